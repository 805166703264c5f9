//! Origins, as requests carry them and as an operator lists them.

use std::fmt;
use std::str::FromStr;

use super::host::Authority;

/// Scheme, host and port of a page.
#[derive(Debug, Clone)]
pub struct PageOrigin {
    scheme: Scheme,
    pub(super) authority: Authority,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

impl PageOrigin {
    pub(super) fn default_port(&self) -> u16 {
        match self.scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

impl PartialEq for PageOrigin {
    fn eq(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && self
                .authority
                .is_same(&other.authority, self.default_port())
    }
}

impl Eq for PageOrigin {}

impl fmt::Display for PageOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(f, "{scheme}://{}", self.authority)
    }
}

/// Reads an origin: a scheme, a host, perhaps a port, and nothing more.
pub(super) fn parse(text: &str) -> Option<PageOrigin> {
    let (scheme, authority) = text.split_once("://")?;
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return None,
    };
    let authority = Authority::parse(authority)?;
    Some(PageOrigin { scheme, authority })
}

/// A page, or a kind of pages, that may use the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigin {
    /// Every page: `*`.
    Any,
    /// Every page of this machine: `loopback`.
    Loopback,
    /// The pages of one origin, such as `https://talk.example`.
    One(PageOrigin),
}

impl FromStr for AllowedOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "*" => Ok(AllowedOrigin::Any),
            "loopback" => Ok(AllowedOrigin::Loopback),
            origin => parse(origin).map(AllowedOrigin::One).ok_or_else(|| {
                "write an origin such as https://talk.example, with nothing behind it, or loopback, or *"
                    .to_owned()
            }),
        }
    }
}

impl fmt::Display for AllowedOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AllowedOrigin::Any => f.write_str("*"),
            AllowedOrigin::Loopback => f.write_str("loopback"),
            AllowedOrigin::One(origin) => origin.fmt(f),
        }
    }
}
