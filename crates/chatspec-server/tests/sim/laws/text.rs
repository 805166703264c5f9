//! What a text says of itself.

use serde_json::Value;

/// A message that somebody said: who, the how many-eth of theirs, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    pub(super) who: String,
    pub(super) number: u64,
    pub(super) to: To,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum To {
    Room(String),
    One { room: String, user: String },
    All,
}

impl Said {
    /// From a text that [`crate::person`] has made.
    pub(super) fn parse(text: &str) -> Option<Said> {
        let parts: Vec<&str> = text.split('|').collect();
        let (who, number, to) = match parts[..] {
            [who, number, "m", room, _] => (who, number, To::Room(room.to_owned())),
            [who, number, "p", room, user, _] => {
                let (room, user) = (room.to_owned(), user.to_owned());
                (who, number, To::One { room, user })
            }
            [who, number, "b", _] => (who, number, To::All),
            _ => return None,
        };
        Some(Said {
            who: who.to_owned(),
            number: number.parse().ok()?,
            to,
        })
    }
}

/// What a message from the server is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Seen {
    Chat {
        from: String,
        said: Said,
    },
    NewUser {
        user: String,
        room: String,
    },
    DelUser {
        user: String,
        room: String,
    },
    Users(Vec<String>),
    /// Nothing that anybody can have caused.
    Other(String),
}

impl Seen {
    pub(super) fn parse(message: &Value) -> Seen {
        let text = message["message"].as_str().unwrap_or_default();
        let between = |before: &str, middle: &str| {
            let (user, room) = text.strip_prefix(before)?.split_once(middle)?;
            Some((user.to_owned(), room.to_owned()))
        };
        let seen = match message["type"].as_str() {
            Some("chat") => Said::parse(text).map(|said| Seen::Chat {
                from: message["from"].as_str().unwrap_or_default().to_owned(),
                said,
            }),
            Some("newuser") => between("New User ", " joined room ")
                .map(|(user, room)| Seen::NewUser { user, room }),
            Some("deluser") => {
                between("User ", " left room ").map(|(user, room)| Seen::DelUser { user, room })
            }
            Some("users") => text
                .strip_prefix("Users in room: [")
                .and_then(|rest| rest.strip_suffix(']'))
                .map(|names| {
                    let names = names.split(", ").filter(|name| !name.is_empty());
                    Seen::Users(
                        names
                            .map(|name| name.trim_matches('\'').to_owned())
                            .collect(),
                    )
                }),
            _ => None,
        };
        seen.unwrap_or_else(|| Seen::Other(message.to_string()))
    }
}
