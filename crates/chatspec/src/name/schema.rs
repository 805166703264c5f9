//! The names as JSON Schema, and the patterns in it.
//!
//! The patterns keep to the portable subset of regular expressions: classes with `\uXXXX` escapes, counted repetition,
//! and anchors. They state what never changes in Unicode: White_Space, and the categories Cc, Zl and Zp. The categories
//! Cf, Co and Cn, and the length after NFC, are the decoder's alone (see [`crate::difference`]).

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{RoomName, ShownName, UserName};
use crate::limits::{NAME_MAX, NAME_MIN, SHOWN_NAME_MAX};

/// Class of the code points with the property White_Space, which trimming takes off.
const SPACE: &str =
    r"[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]";
/// Class of the code points that may stand inside a name: all but Cc, Zl and Zp.
const INNER: &str = r"[^\u0000-\u001f\u007f-\u009f\u2028\u2029]";
/// Class of the code points that may stand at an end of a name: as inside, but no White_Space.
const EDGE: &str =
    r"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]";

/// Pattern of a name as a conforming client sends it: already trimmed.
pub fn sent_pattern() -> String {
    format!("^{}$", trimmed())
}

/// Pattern of a name as a server has to take it: White_Space at both ends is trimmed.
pub fn received_pattern() -> String {
    format!("^{SPACE}*{}{SPACE}*$", trimmed())
}

fn trimmed() -> String {
    format!("{EDGE}(?:{INNER}{{0,{}}}{EDGE})?", NAME_MAX - 2)
}

impl JsonSchema for UserName {
    fn schema_name() -> Cow<'static, str> {
        "UserName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        name("Name of a user", "ada")
    }
}

impl JsonSchema for RoomName {
    fn schema_name() -> Cow<'static, str> {
        "RoomName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        name("Name of a room", "lobby")
    }
}

impl JsonSchema for ShownName {
    fn schema_name() -> Cow<'static, str> {
        "ShownName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Name of a user, upper-cased with full Unicode mappings, which can make it three times as long. Length in code points.",
            "type": "string",
            "minLength": NAME_MIN,
            "maxLength": SHOWN_NAME_MAX,
            "examples": ["ADA"],
        })
    }
}

fn name(what: &str, example: &str) -> Schema {
    json_schema!({
        "description": format!(
            "{what}: {NAME_MIN} to {NAME_MAX} code points after trimming and NFC, none of the categories Cc, Cf, Cs, Co, Cn, Zl, Zp. Compared by casefold(upper(NFC(trim(name))))."
        ),
        "type": "string",
        "minLength": NAME_MIN,
        "maxLength": NAME_MAX,
        "pattern": sent_pattern(),
        "examples": [example],
    })
}
