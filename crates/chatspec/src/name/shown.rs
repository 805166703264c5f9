use std::fmt;

use serde::Serialize;

/// A user name upper-cased with full Unicode mappings, as `from` and the listing show it (rules `name.upper`,
/// `name.upper.unicode`).
///
/// Upper-casing can lengthen a name, so this is no [`UserName`](super::UserName). One that was received may be any
/// string: other servers have other ideas of a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ShownName(Box<str>);

impl ShownName {
    /// The upper-cased form of `name`.
    pub(super) fn upper(name: &str) -> Self {
        Self(name.to_uppercase().into_boxed_str())
    }

    /// A name as another server sent it.
    pub fn received(name: &str) -> Self {
        Self(name.into())
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
