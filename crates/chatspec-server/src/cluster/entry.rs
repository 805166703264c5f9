//! What a node hears of the others: the entries of the stream, and who is where at one moment.
//!
//! The broker is trusted no further than this: what cannot be read is counted and dropped.

use chatspec::decode::decode_server;
use chatspec::message::ServerMessage;
use chatspec::name::{NameKey, RoomName, UserName};
use serde::Deserialize;

use super::Node;
use super::op::{Rooms, To};

/// The version of entries that is written, and the only one that is read.
pub(crate) const VERSION: &str = "1";

/// One entry of the stream.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// Each entry has the position after that of the one before it, so that one that is missing is noticed.
    pub(crate) position: u64,
    /// What it says; none if it cannot be read.
    pub(crate) news: Option<News>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct News {
    /// Whose session it is about.
    pub(crate) node: Node,
    /// What that node has written is numbered; 0 is what another has written about it.
    pub(crate) sequence: u64,
    pub(crate) event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event {
    Joined {
        session: u64,
        request: u64,
        user: UserName,
        room: RoomName,
        entered: u64,
    },
    Left {
        session: u64,
    },
    Said {
        session: u64,
        to: To,
        message: ServerMessage,
    },
    Gap(Rooms),
    /// We have said something ourselves.
    Echo,
}

impl Entry {
    /// Reads the fields of an entry. None if it has no position: then it is none of ours. What the node `own` has said is not
    /// looked at any more.
    pub(crate) fn read<'a>(
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
        own: &str,
    ) -> Option<Self> {
        let fields = Fields(fields.into_iter().collect());
        Some(Self {
            position: fields.number("p")?,
            news: fields.news(own),
        })
    }
}

/// Names are short, and so is the list.
struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl Fields<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| *value)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    fn news(&self, own: &str) -> Option<News> {
        if self.get("v")? != VERSION {
            return None;
        }
        let node = self.get("n")?;
        Some(News {
            node: node.into(),
            sequence: self.number("q")?,
            event: self.event(node == own)?,
        })
    }

    fn event(&self, is_own: bool) -> Option<Event> {
        Some(match self.get("k")? {
            "say" | "gap" if is_own => Event::Echo,
            "join" => Event::Joined {
                session: self.number("s")?,
                request: self.number("r")?,
                user: UserName::parse(self.get("u")?).ok()?,
                room: RoomName::parse(self.get("m")?).ok()?,
                entered: self.number("e")?,
            },
            "leave" => Event::Left {
                session: self.number("s")?,
            },
            "say" => Event::Said {
                session: self.number("s")?,
                to: self.to()?,
                message: said(self.get("d")?)?,
            },
            "gap" => Event::Gap(match self.get("d")? {
                "*" => Rooms::All,
                rooms => Rooms::These(serde_json::from_str(rooms).ok()?),
            }),
            _ => return None,
        })
    }

    fn to(&self) -> Option<To> {
        let room = || self.get("m").map(NameKey::of);
        Some(match self.get("a")? {
            "room" => To::Room(room()?),
            "all" => To::Joined,
            "one" => {
                let (node, session) = self.get("t")?.rsplit_once(' ')?;
                To::Session {
                    node: node.into(),
                    session: session.parse().ok()?,
                    room: room()?,
                }
            }
            _ => return None,
        })
    }
}

/// A message that somebody can have said: the others are made by each node for itself.
fn said(json: &str) -> Option<ServerMessage> {
    let value = serde_json::from_str(json).ok()?;
    let message = decode_server(&value).ok()??;
    matches!(message, ServerMessage::Chat(_) | ServerMessage::Image(_)).then_some(message)
}

/// Who is where in the cluster, and up to where of the stream that is so.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) position: u64,
    pub(crate) members: Vec<Member>,
}

/// One member.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) node: Node,
    pub(crate) session: u64,
    pub(crate) user: UserName,
    pub(crate) room: RoomName,
    pub(crate) entered: u64,
}

impl Member {
    /// Reads what the broker keeps of a member, if it can be read.
    pub(crate) fn read(node: &Node, session: &str, json: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Kept {
            user: String,
            room: String,
            entered: String,
        }
        let kept: Kept = serde_json::from_str(json).ok()?;
        Some(Self {
            node: Node::clone(node),
            session: session.parse().ok()?,
            user: UserName::parse(&kept.user).ok()?,
            room: RoomName::parse(&kept.room).ok()?,
            entered: kept.entered.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: [(&str, &str); 8] = [
        ("v", "1"),
        ("p", "7"),
        ("n", "a.1"),
        ("q", "3"),
        ("k", "say"),
        ("s", "5"),
        ("a", "all"),
        ("d", r#"{"type":"chat","from":"ADA","message":"hi"}"#),
    ];

    #[test]
    fn what_is_written_is_read() {
        let entry = Entry::read(SAID, "b.1").unwrap();
        assert_eq!(entry.position, 7);
        let news = entry.news.unwrap();
        assert_eq!((&*news.node, news.sequence), ("a.1", 3));
        assert!(matches!(
            news.event,
            Event::Said {
                session: 5,
                to: To::Joined,
                message: ServerMessage::Chat(_)
            }
        ));
    }

    #[test]
    fn what_we_have_said_is_an_echo() {
        let news = Entry::read(SAID, "a.1").and_then(|entry| entry.news);
        assert_eq!(news.unwrap().event, Event::Echo);
    }

    #[test]
    fn what_cannot_be_read_keeps_its_position() {
        for (name, value) in [
            ("v", "2"),
            ("n", ""),
            ("q", "-1"),
            ("k", "pickle"),
            ("s", "1e3"),
            ("a", "some"),
            ("d", "\u{80}\u{4}"),
            ("d", r#"{"type":"deluser","message":"User a left room b"}"#),
        ] {
            let fields = SAID.map(|(other, was)| (other, if other == name { value } else { was }));
            let entry = Entry::read(fields, "b.1").unwrap();
            assert_eq!(entry.position, 7);
            assert!(entry.news.is_none() || name == "n", "{name} {value}");
        }
        assert_eq!(Entry::read([("v", "1"), ("data", "x")], ""), None);
    }
}
