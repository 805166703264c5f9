//! The rule that speaks of an error, and the mend.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use super::words::{kind, why};
use super::{Complaint, Sender};

/// Code points that a name may have (rule `name.length`).
const NAME_MAX: usize = 64;

/// A complaint of an error in a message with a known tag; none where the spec allows what the schema of senders leaves
/// out: keys of its own in a server's message (rule `message.extra-keys`).
pub(super) fn message(
    sender: Sender,
    tag: &str,
    message: &Value,
    error: &ValidationError<'_>,
) -> Option<Complaint> {
    let path = path(error);
    let field = path
        .trim_start_matches("$.")
        .split('.')
        .next()
        .unwrap_or("");
    let (rule, mend) = match sender {
        Sender::Client => client(tag, field, message, error),
        Sender::Server if matches!(error.kind(), Kind::AdditionalProperties { .. }) => return None,
        Sender::Server => server(tag, field, error),
    };
    Some(Complaint {
        path,
        rule,
        why: why(error),
        mend: mend.to_owned(),
    })
}

fn client(
    tag: &str,
    field: &str,
    message: &Value,
    error: &ValidationError<'_>,
) -> (&'static str, &'static str) {
    match (field, error.kind()) {
        (_, Kind::AdditionalProperties { .. }) => (
            "message.unknown-keys",
            "leave it out: a server acts as if it were not there; look for a typing error",
        ),
        (_, Kind::Required { .. }) if tag == "image" => {
            ("image.fields.refused", "send both `room` and `bimage`")
        }
        ("bimage", Kind::MaxLength { .. }) => (
            "image.too-large",
            "send at most 700 000 bytes, which are 933 336 characters of base64",
        ),
        ("bimage", Kind::Pattern { .. } | Kind::Not { .. }) => (
            "image.content",
            "send a data URL of base64: data:image/png;base64,... (png, jpeg, gif or webp)",
        ),
        ("room" | "bimage", Kind::Type { .. }) if tag == "image" => (
            "image.fields.refused",
            "send a string: neither field of an image may be left out",
        ),
        ("text", Kind::MaxLength { .. }) => ("chat.text-size", "send at most 8 192 bytes of UTF-8"),
        (
            "user" | "room",
            Kind::Pattern { .. } | Kind::MaxLength { .. } | Kind::MinLength { .. },
        ) => name(&message[field]),
        ("user" | "room", Kind::AnyOf { .. }) if message[field].is_string() => {
            name(&message[field])
        }
        _ => (
            "message.types.refused",
            "send a string, or leave the key out where it is optional",
        ),
    }
}

fn name(name: &Value) -> (&'static str, &'static str) {
    let length = name.as_str().map_or(0, |name| name.trim().chars().count());
    if (1..=NAME_MAX).contains(&length) {
        (
            "name.alphabet",
            "leave out control characters, line and paragraph separators, and what is not shown",
        )
    } else {
        (
            "name.length",
            "send 1 to 64 code points, counted without white space at both ends",
        )
    }
}

fn server(tag: &str, field: &str, error: &ValidationError<'_>) -> (&'static str, &'static str) {
    match (tag, field, error.kind()) {
        ("newuser", "message", Kind::Pattern { .. }) => {
            ("join.announce", "send `New User USER joined room ROOM`")
        }
        ("deluser", "message", Kind::Pattern { .. }) => {
            ("leave.announce", "send `User USER left room ROOM`")
        }
        ("users", "message", Kind::Pattern { .. }) => (
            "users.reply",
            "send `Users in room: [...]`, the names as Python prints a list of strings",
        ),
        (_, "bimage", Kind::Pattern { .. } | Kind::MaxLength { .. } | Kind::Not { .. }) => {
            ("image.unchanged", "relay valid images alone, as they came")
        }
        _ => (
            "message.schema",
            "send the fields that the schema of this type asks for",
        ),
    }
}

/// The message is no object.
pub(super) fn no_object(sender: Sender, message: &Value) -> Complaint {
    let found = kind(message);
    complaint(
        "$",
        shape_rule(sender),
        format!("expected an object, found {found}"),
        "send one JSON object as the one argument of the event `chat`",
    )
}

/// Not one argument.
pub(super) fn arguments(sender: Sender, count: usize) -> Complaint {
    complaint(
        "$",
        shape_rule(sender),
        format!("expected exactly one argument, found {count}"),
        "send one JSON object as the one argument of the event `chat`",
    )
}

/// Not at most one argument of an acknowledgement.
pub(super) fn acknowledgement(count: usize) -> Complaint {
    complaint(
        "$",
        "ack.success",
        format!("expected no argument or one refusal, found {count} arguments"),
        "acknowledge success without arguments, and a refusal with it alone",
    )
}

/// There is no tag.
pub(super) fn no_tag(sender: Sender, known: &[String]) -> Complaint {
    let key = sender.tag_key();
    let (rule, mend) = match sender {
        Sender::Client => (
            "message.event-absent",
            "say what it is; without, a server takes it for `users`".to_owned(),
        ),
        Sender::Server => ("message.schema", one_of(key, known)),
    };
    complaint("$", rule, format!("the field {key:?} is missing"), &mend)
}

/// The tag is no string.
pub(super) fn odd_tag(sender: Sender, tag: &Value, known: &[String]) -> Complaint {
    let key = sender.tag_key();
    let rule = match sender {
        Sender::Client => "message.types.refused",
        Sender::Server => "message.schema",
    };
    let why = format!("expected a string, found {}", kind(tag));
    complaint(&format!("$.{key}"), rule, why, &one_of(key, known))
}

/// The tag is none of those that the schema knows.
pub(super) fn unknown_tag(sender: Sender, known: &[String]) -> Complaint {
    let key = sender.tag_key();
    let rule = match sender {
        Sender::Client => "message.event-unknown.refused",
        Sender::Server => "message.unknown-types",
    };
    let why = "not a message of this revision".to_owned();
    complaint(&format!("$.{key}"), rule, why, &one_of(key, known))
}

/// The event `message` does not carry a refusal.
pub(super) fn refusal_form(why: &str, mend: &str) -> Complaint {
    complaint("$", "refusal.form", why.to_owned(), mend)
}

/// A complaint of an error in a refusal.
pub(super) fn refusal(refusal: &Value, error: &ValidationError<'_>) -> Complaint {
    let path = path(error);
    if path == "$.code" && refusal["code"].is_number() {
        complaint(
            &path,
            "refusal.codes",
            why(error),
            "use the code of the closed list that fits",
        )
    } else {
        complaint(
            &path,
            "refusal.form",
            why(error),
            "send an object with a number `code` and a string `message`",
        )
    }
}

fn one_of(key: &str, known: &[String]) -> String {
    format!("send one of {} in `{key}`", known.join(", "))
}

fn shape_rule(sender: Sender) -> &'static str {
    match sender {
        Sender::Client => "message.shape.refused",
        Sender::Server => "message.schema",
    }
}

fn complaint(path: &str, rule: &'static str, why: String, mend: &str) -> Complaint {
    Complaint {
        path: path.to_owned(),
        rule,
        why,
        mend: mend.to_owned(),
    }
}

/// The path of an error: keys of the schema alone, since none is looked at that the schema does not name.
fn path(error: &ValidationError<'_>) -> String {
    format!("${}", error.instance_path().to_string().replace('/', "."))
}
