//! Reading a JSON value while looking for flaws.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};

use super::Flaw;
use crate::limits::{JSON_DEPTH_MAX, QUOTE_MAX};
use crate::quote::quote;

/// Whether an object `{"_placeholder": true, "num": n}` stands for a binary attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placeholders {
    /// It is an object like any other.
    Plain,
    /// It is a flaw.
    Binary,
}

/// The first flaw so far, and where the reader stands.
pub(super) struct Scan {
    placeholders: Placeholders,
    flaw: Option<Flaw>,
    path: String,
}

impl Scan {
    /// Reads one value to its end, flaw or not, so that what follows it can be read too.
    pub(super) fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        placeholders: Placeholders,
    ) -> Result<Result<Value, Flaw>, D::Error> {
        let mut scan = Self {
            placeholders,
            flaw: None,
            path: "$".to_owned(),
        };
        let node = Node {
            scan: &mut scan,
            depth: 0,
        };
        let value = node.deserialize(deserializer)?;
        Ok(scan.flaw.map_or(Ok(value), Err))
    }

    fn flawed(&mut self, flaw: impl FnOnce(String) -> Flaw) {
        if self.flaw.is_none() {
            self.flaw = Some(flaw(cut(&self.path)));
        }
    }

    /// Enters the member `key`; the result is what `path` has to be cut to on the way out.
    fn enter_key(&mut self, key: &str) -> usize {
        let outside = self.path.len();
        let plain = !key.is_empty()
            && key.len() <= QUOTE_MAX
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if plain {
            self.path.push('.');
            self.path.push_str(key);
        } else {
            self.path.push_str(&format!("[{}]", quote(key)));
        }
        outside
    }

    fn enter_item(&mut self, index: usize) -> usize {
        let outside = self.path.len();
        self.path.push_str(&format!("[{index}]"));
        outside
    }
}

/// A path of many long keys would repeat too much of the input.
fn cut(path: &str) -> String {
    match path.char_indices().nth(2 * QUOTE_MAX) {
        None => path.to_owned(),
        Some((end, _)) => format!("{}...", &path[..end]),
    }
}

/// One value, `depth` objects and arrays below the payload.
struct Node<'a> {
    scan: &'a mut Scan,
    depth: usize,
}

impl Node<'_> {
    /// Whether one more object or array fits.
    fn enter(&mut self) -> bool {
        self.depth += 1;
        if self.depth > JSON_DEPTH_MAX {
            self.scan.flawed(|path| Flaw::TooDeep { path });
        }
        self.scan.flaw.is_none()
    }

    fn child(&mut self) -> Node<'_> {
        Node {
            scan: self.scan,
            depth: self.depth,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.scan.flaw.is_some() {
            // After a flaw the rest is only skipped, which takes neither memory nor stack.
            IgnoredAny::deserialize(deserializer)?;
            return Ok(Value::Null);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<Value, E> {
        self.scan.flawed(|path| Flaw::Binary { path });
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Value, A::Error> {
        self.enter();
        let mut items = Vec::new();
        loop {
            let outside = self.scan.enter_item(items.len());
            let item = seq.next_element_seed(self.child())?;
            self.scan.path.truncate(outside);
            match item {
                None => return Ok(Value::Array(items)),
                Some(_) if self.scan.flaw.is_some() => {}
                Some(item) => items.push(item),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Value, A::Error> {
        self.enter();
        let mut members = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let outside = self.scan.enter_key(&key);
            if members.contains_key(&key) {
                self.scan.flawed(|path| Flaw::DuplicateKey { path });
            }
            let value = map.next_value_seed(self.child())?;
            self.scan.path.truncate(outside);
            members.insert(key, value);
        }
        if self.scan.placeholders == Placeholders::Binary && is_placeholder(&members) {
            self.scan.flawed(|path| Flaw::Binary { path });
        }
        Ok(Value::Object(members))
    }
}

/// The member by which Socket.IO tells that an object stands for an attachment.
pub(super) const PLACEHOLDER: &str = "_placeholder";

/// The form in which Socket.IO puts attachments into JSON: these two members and no other.
fn is_placeholder(members: &Map<String, Value>) -> bool {
    members.len() == 2
        && members.get(PLACEHOLDER) == Some(&Value::Bool(true))
        && members.get("num").is_some_and(Value::is_u64)
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::{BytesDeserializer, Error};

    use super::*;

    /// Rule `message.binary`: the parser of the server hands attachments over as bytes.
    #[test]
    fn bytes_are_a_binary_attachment() {
        let read = Scan::read(
            BytesDeserializer::<Error>::new(b"\x89PNG"),
            Placeholders::Binary,
        );
        let path = "$".to_owned();
        assert_eq!(read, Ok(Err(Flaw::Binary { path })));
    }

    #[test]
    fn what_a_value_cannot_hold_is_an_error() {
        let deserializer: serde::de::value::CharDeserializer<Error> = 'x'.into_deserializer();
        assert_eq!(
            Scan::read(deserializer, Placeholders::Plain),
            Ok(Ok("x".into()))
        );
        let unit = serde::de::value::UnitDeserializer::<Error>::new();
        assert_eq!(Scan::read(unit, Placeholders::Plain), Ok(Ok(Value::Null)));
        let wide: serde::de::value::I128Deserializer<Error> = (i128::MIN).into_deserializer();
        let error = Scan::read(wide, Placeholders::Plain).unwrap_err();
        assert!(error.to_string().contains("any JSON value"), "{error}");
    }
}
