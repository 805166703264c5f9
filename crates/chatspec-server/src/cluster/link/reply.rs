//! What the broker answers, taken apart. Whatever is not of the form that is looked for is as if it were not there.

use redis::Value;

pub(super) fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        _ => &[],
    }
}

pub(super) fn text(value: &Value) -> Option<&str> {
    match value {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        _ => None,
    }
}

pub(super) fn number(value: &Value) -> Option<u64> {
    text(value)?.parse().ok()
}

/// Something with a key and fields: an entry of a stream by its id, the members of a node by its name.
pub(super) struct Keyed<'a, Fields> {
    pub(super) key: &'a str,
    pub(super) fields: Fields,
}

impl<'a> Keyed<'a, ()> {
    /// Takes it apart. A field that is no text is left out.
    pub(super) fn of(
        value: &'a Value,
    ) -> Option<Keyed<'a, impl Iterator<Item = (&'a str, &'a str)> + use<'a>>> {
        let [key, fields] = list(value) else {
            return None;
        };
        let pairs = list(fields).chunks_exact(2);
        Some(Keyed {
            key: text(key)?,
            fields: pairs.filter_map(|pair| Some((text(&pair[0])?, text(&pair[1])?))),
        })
    }
}

/// The entries that a read of one stream has given.
pub(super) fn entries(reply: &Value) -> &[Value] {
    let first = list(reply).first().map(list);
    first.and_then(|stream| stream.get(1)).map_or(&[], list)
}
