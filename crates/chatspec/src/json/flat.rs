use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Number;

/// Most members of a flat object. No message of the protocol has more than four.
const MOST: usize = 8;

/// An object of a few members with keys of their own, none of whose values is an object or an array: the shape of nearly
/// every message.
///
/// Nothing can be wrong with it that a [`Flaw`](super::Flaw) could tell, so it is read straight from the text, and strings
/// without escapes are borrowed. Everything else fails to be read, and is then read as a [`Payload`](super::Payload), which
/// says what is wrong, or that nothing is.
#[derive(Debug, Default)]
pub(crate) struct Flat<'a> {
    members: [(Cow<'a, str>, Scalar<'a>); MOST],
    count: usize,
}

/// The value of a member. No [`Value`](serde_json::Value): one is three times as large, and every message moves eight of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Scalar<'a> {
    Text(Cow<'a, str>),
    #[default]
    Null,
    Bool(bool),
    Number(Number),
}

impl<'a> Flat<'a> {
    /// The value of `key`, if it is there.
    pub(crate) fn get(&self, key: &str) -> Option<&Scalar<'a>> {
        let members = &self.members[..self.count];
        let (_, value) = members.iter().find(|(name, _)| name == key)?;
        Some(value)
    }

    fn insert(&mut self, key: Cow<'a, str>, value: Scalar<'a>) -> Result<(), &'static str> {
        if self.get(&key).is_some() {
            return Err("a key twice");
        }
        let free = self.members.get_mut(self.count).ok_or("too many members")?;
        *free = (key, value);
        self.count += 1;
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Flat<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Flat<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a flat object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Flat<'de>, A::Error> {
        let mut flat = Flat::default();
        while let Some(key) = map.next_key::<Scalar<'de>>()? {
            // The parser gives nothing else for a key.
            let Scalar::Text(key) = key else {
                return Err(A::Error::custom("a key that is no string"));
            };
            flat.insert(key, map.next_value()?)
                .map_err(A::Error::custom)?;
        }
        Ok(flat)
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyScalar)
    }
}

struct AnyScalar;

impl<'de> Visitor<'de> for AnyScalar {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a number, a boolean or null")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Scalar<'de>, E> {
        // JSON has no other; a format that has is refused.
        let number = Number::from_f64(value).ok_or_else(|| E::custom("an infinite number"))?;
        Ok(Scalar::Number(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Flat<'_>> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn scalars_are_read() {
        let flat = read(
            r#" {"a": "x", "\u0062": "\n", "c": null, "": true, "e": -1, "f": 1e2, "g": 18446744073709551615} "#,
        )
        .unwrap();
        for (key, value) in [
            ("a", Scalar::Text("x".into())),
            ("b", Scalar::Text("\n".into())),
            ("c", Scalar::Null),
            ("", Scalar::Bool(true)),
            ("e", Scalar::Number((-1).into())),
            ("g", Scalar::Number(u64::MAX.into())),
        ] {
            assert_eq!(flat.get(key), Some(&value), "{key}");
        }
        assert_eq!(flat.get("d"), None);
        assert!(matches!(flat.get("f"), Some(Scalar::Number(n)) if n.as_f64() == Some(100.0)));
        assert!(read("{}").is_some());
    }

    #[test]
    fn a_string_without_escapes_is_borrowed() {
        let flat = read(r#"{"a":"x\ty","b":"é"}"#).unwrap();
        assert!(matches!(
            flat.get("a"),
            Some(Scalar::Text(Cow::Owned(text))) if text == "x\ty"
        ));
        assert!(matches!(
            flat.get("b"),
            Some(Scalar::Text(Cow::Borrowed("é")))
        ));
    }

    #[test]
    fn everything_else_is_left_to_others() {
        let keys = |count: usize| {
            let members: Vec<String> = (0..count).map(|i| format!(r#""{i}":"""#)).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(read(&keys(MOST)).is_some());
        for text in [
            keys(MOST + 1).as_str(),
            r#"{"a":"x","\u0061":"y"}"#,
            r#"{"a":{}}"#,
            r#"{"a":[]}"#,
            r#"{"a":1e999}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":"x"}x"#,
            r#"{"a":"x""#,
            r#"["a"]"#,
            "null",
            "",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
