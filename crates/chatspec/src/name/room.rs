use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::spelling::Spelling;
use super::{NameError, NameKey};
use crate::limits::DEFAULT_ROOM;

/// Name of a room: 1 to 64 code points after trimming and NFC, none of them of the categories Cc, Cf, Cs, Co, Cn, Zl,
/// Zp (rules `name.length`, `name.alphabet`).
///
/// Equality and order are those of the spelling, then the key; `key()` tells whether two names mean the same room.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomName(Spelling);

impl RoomName {
    /// Trims `input` of White_Space, brings it to NFC, and checks what is left (rule `name.rewrite`).
    ///
    /// # Errors
    ///
    /// [`NameError`], which a server refuses with code 12.
    pub fn parse(input: &str) -> Result<Self, NameError> {
        Spelling::parse(input).map(Self)
    }

    /// The name as every text shows it: trimmed and in NFC, its case untouched.
    pub fn as_str(&self) -> &str {
        &self.0.shown
    }

    /// What the name is compared by.
    pub fn key(&self) -> &NameKey {
        &self.0.key
    }
}

impl Default for RoomName {
    /// The room of a message that names none.
    fn default() -> Self {
        Self::parse(DEFAULT_ROOM).expect("the default room is a valid name")
    }
}

impl FromStr for RoomName {
    type Err = NameError;

    fn from_str(input: &str) -> Result<Self, NameError> {
        Self::parse(input)
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RoomName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
