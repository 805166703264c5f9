//! Where the broker is.

use std::fmt;
use std::str::FromStr;

/// Where a broker is: `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS.
#[derive(Clone, PartialEq, Eq)]
pub struct Broker(String);

impl Broker {
    /// The URL, with its password.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL without user and password, for people.
    pub fn shown(&self) -> String {
        match self.0.rsplit_once('@') {
            Some((before, host)) => {
                let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
                format!("{scheme}://{host}")
            }
            None => self.0.clone(),
        }
    }
}

impl FromStr for Broker {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const MEND: &str = "write redis://[:password@]host:port[/database], or rediss:// for TLS";
        let (scheme, rest) = text.split_once("://").ok_or(MEND)?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let plain = text.chars().all(|c| c.is_ascii_graphic());
        match matches!(scheme, "redis" | "rediss")
            && !host.is_empty()
            && !host.starts_with(':')
            && plain
        {
            true => Ok(Self(text.to_owned())),
            false => Err(MEND),
        }
    }
}

/// Never the password: what prints settings prints this.
impl fmt::Display for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// Never the password.
impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Broker({})", self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let broker: Broker = "rediss://user:pass%40word@broker.talk.example:6380/2"
            .parse()
            .unwrap();
        assert_eq!(broker.shown(), "rediss://broker.talk.example:6380/2");
        assert!(!format!("{broker:?} {broker}").contains("pass"));
        assert!(broker.as_str().contains("pass"));
        let plain: Broker = "redis://127.0.0.1".parse().unwrap();
        assert_eq!(plain.shown(), plain.to_string());
    }

    #[test]
    fn what_is_no_broker() {
        for text in [
            "",
            "127.0.0.1:6379",
            "http://host",
            "redis://",
            "redis:///0",
            "redis://:6379",
            "redis://a b",
            "redis://x@",
        ] {
            assert!(text.parse::<Broker>().is_err(), "{text}");
        }
    }
}
