use std::cmp::Ordering;

use serde::{Serialize, Serializer};

/// Why a message is refused (rule `refusal.codes`). The order of codes is that of priority: where several apply, the
/// smallest is sent (rule `refusal.priority`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// 99
    BadPayload,
    /// 10
    UnknownEvent,
    /// 11
    BadUserName,
    /// 12
    BadRoomName,
    /// 15
    TooLarge,
    /// 13
    BadText,
    /// 14
    BadImage,
    /// 21
    NotJoined,
    /// 24
    NotYours,
    /// 22
    NotMember,
    /// 23
    NoSuchUser,
    /// 20
    NameTaken,
    /// 30
    RateLimited,
    /// 31
    AtCapacity,
}

impl Code {
    /// All codes, in the order of priority. A payload that is no object at all goes before code 10, a field of a wrong
    /// type after it, although both are code 99.
    pub const ALL: [Self; 14] = [
        Self::BadPayload,
        Self::UnknownEvent,
        Self::BadUserName,
        Self::BadRoomName,
        Self::TooLarge,
        Self::BadText,
        Self::BadImage,
        Self::NotJoined,
        Self::NotYours,
        Self::NotMember,
        Self::NoSuchUser,
        Self::NameTaken,
        Self::RateLimited,
        Self::AtCapacity,
    ];

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        self.row().0
    }

    /// What the code is called in a few words.
    pub const fn title(self) -> &'static str {
        self.row().1
    }

    /// When the code is sent.
    pub const fn meaning(self) -> &'static str {
        self.row().2
    }

    /// Place in the order of priority, from 1. Codes 13 and 14 share one: no message has both a text and an image.
    pub const fn rank(self) -> u8 {
        self.row().3
    }

    /// The code with this number.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|c| u64::from(c.number()) == number)
    }

    #[rustfmt::skip] // A table reads best with one line per code.
    const fn row(self) -> (u8, &'static str, &'static str, u8) {
        match self {
            Self::BadPayload => (99, "bad payload", "the payload is not exactly one JSON object, has duplicate keys, nests too deep, or has a field of a wrong type or lacks a required one", 1),
            Self::UnknownEvent => (10, "unknown event", "`event` is a string that names no message, or the Socket.IO event is not `chat`", 2),
            Self::BadUserName => (11, "bad user name", "`user` is no valid user name", 3),
            Self::BadRoomName => (12, "bad room name", "`room` is no valid room name", 4),
            Self::TooLarge => (15, "too large", "the text, or the image once decoded, has more bytes than its limit", 5),
            Self::BadText => (13, "bad text", "the text is not acceptable; every string of Unicode scalar values within the limit is, so this is reserved", 6),
            Self::BadImage => (14, "bad image", "the image is no base64 data URL of a PNG, JPEG, GIF or WebP image, is not what its label says, or has too many pixels", 6),
            Self::NotJoined => (21, "not joined", "the session is not in any room", 7),
            Self::NotYours => (24, "not yours", "a leave names another user or another room than the session joined with", 8),
            Self::NotMember => (22, "not a member", "the session is not a member of the room that it names", 9),
            Self::NoSuchUser => (23, "no such user", "no other session in that room has that name", 10),
            Self::NameTaken => (20, "name taken", "another live session holds that name, or one that looks like it", 11),
            Self::RateLimited => (30, "rate limited", "too many messages in too short a time", 12),
            Self::AtCapacity => (31, "at capacity", "the server has no room for more users or rooms", 13),
        }
    }
}

impl Ord for Code {
    /// The code that goes first in priority is the smaller one.
    fn cmp(&self, other: &Self) -> Ordering {
        (self.rank(), self.number()).cmp(&(other.rank(), other.number()))
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Code {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RefusalCode".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let list: Vec<String> = Self::ALL
            .iter()
            .map(|c| format!("{} {}", c.number(), c.title()))
            .collect();
        schemars::json_schema!({
            "description": format!("Closed list, in the order of priority: {}.", list.join(", ")),
            "type": "integer",
            "enum": Self::ALL.map(Self::number),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_closed_and_ordered() {
        let numbers = Code::ALL.map(Code::number);
        assert_eq!(
            numbers,
            [99, 10, 11, 12, 15, 13, 14, 21, 24, 22, 23, 20, 30, 31]
        );
        assert!(Code::ALL.is_sorted());
        for code in Code::ALL {
            assert_eq!(Code::from_number(u64::from(code.number())), Some(code));
        }
        assert_eq!(Code::from_number(0), None);
    }

    #[test]
    fn every_code_has_its_title_and_a_meaning_of_its_own() {
        assert_eq!(Code::NameTaken.title(), "name taken");
        assert_eq!(Code::BadPayload.title(), "bad payload");
        let meanings: std::collections::BTreeSet<&str> =
            Code::ALL.iter().map(|code| code.meaning()).collect();
        assert_eq!(meanings.len(), Code::ALL.len());
        assert_eq!(Code::NotJoined.meaning(), "the session is not in any room");
    }

    /// The order of the spec: what is wrong with the payload before what is wrong with the session.
    #[test]
    fn places_in_the_order() {
        assert_eq!(
            Code::ALL.map(Code::rank),
            [1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13]
        );
        assert!(Code::BadPayload < Code::NotJoined);
        assert_eq!(Code::BadText.cmp(&Code::BadText), Ordering::Equal);
    }
}
