//! Who may connect, where not everybody may: whoever knows one of the tokens.

use std::fmt;
use std::io;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use subtle::{Choice, ConstantTimeEq};

/// The tokens that open the server.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Tokens(Vec<String>);

impl Tokens {
    /// Reads a file with one token a line. Empty lines, and those that start with `#`, are none.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is no UTF-8, or has no token: then nobody could connect.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        Self::parse(&std::fs::read_to_string(path)?).ok_or_else(|| {
            let why = format!("{} has no token", path.display());
            io::Error::new(io::ErrorKind::InvalidData, why)
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let lines = text.lines().map(str::trim);
        let tokens: Vec<String> = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::to_owned)
            .collect();
        (!tokens.is_empty()).then_some(Self(tokens))
    }

    /// Whether one of them was given. It takes the same time whichever it is, and however much of one is right.
    pub(crate) fn admit(&self, given: Option<&str>) -> bool {
        let given = given.unwrap_or_default().as_bytes();
        let any = self.0.iter().fold(Choice::from(0), |any, token| {
            any | token.as_bytes().ct_eq(given)
        });
        any.into()
    }
}

/// Never the tokens themselves.
impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.0.len())
    }
}

/// What stands behind a CONNECT: an object, of which only a string `token` is looked at.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) token: Option<String>,
}

impl<'de> Deserialize<'de> for Credentials {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Credentials;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Credentials, A::Error> {
        let mut token = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == "token" {
                token = match map.next_value()? {
                    serde_json::Value::String(text) => Some(text),
                    _ => None,
                };
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Credentials { token })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_a_line() {
        let tokens = Tokens::parse("# for the bots\n  alpha \n\nbeta\n").unwrap();
        assert!(tokens.admit(Some("alpha")));
        assert!(tokens.admit(Some("beta")));
        for wrong in ["", "alph", "alphabet", "ALPHA", "# for the bots", "gamma"] {
            assert!(!tokens.admit(Some(wrong)), "{wrong:?}");
        }
        assert!(!tokens.admit(None));
        assert_eq!(Tokens::parse("# nothing\n\n"), None);
        assert_eq!(format!("{tokens:?}"), "Tokens(2)");
    }

    #[test]
    fn an_object_whatever_is_in_it() {
        for (text, token) in [
            ("{}", Some(None)),
            (r#"{"token":"t","more":[1,{"a":null}]}"#, Some(Some("t"))),
            (r#"{"token":7}"#, Some(None)),
            ("[]", None),
            (r#"["t"]"#, None),
            ("null", None),
            (r#""t""#, None),
        ] {
            let read = serde_json::from_str::<Credentials>(text).ok();
            let read = read.map(|credentials| credentials.token);
            assert_eq!(read, token.map(|t| t.map(str::to_owned)), "{text}");
        }
    }
}
