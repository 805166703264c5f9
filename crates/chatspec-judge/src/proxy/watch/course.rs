//! What holds between messages: who may have heard what, how often and in which order.
//!
//! A server is accused only of what nothing that passed can explain. Where somebody talks past the proxy
//! ([`Scope::shared`](super::Scope)), where more was said than is remembered, or where something could not be read, less is said.

mod said;

use std::collections::VecDeque;

use serde_json::Value;

use super::shape::complaint;
use super::{Session, Watch};
use crate::case::load::refusal;
use crate::check::{Complaint, Sender};
use crate::proxy::{Seen, What};
use crate::rule::{Profile, names};

pub(super) use said::Said;

/// Events that may wait for their acknowledgements; where more do, the session is not followed any further.
const WAITING: usize = 10_000;
/// Rooms and names of one session that are remembered.
const NAMES: usize = 256;

/// What is remembered of a session.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// Whether something of it was not seen, or could not be understood.
    pub(super) blind: bool,
    /// When it was upgraded: what passes on two connections has no order that we know.
    pub(super) upgraded: Option<u64>,
    /// Ids that the client asked to be acknowledged, and what for.
    asked: VecDeque<(String, Asked)>,
    /// Requests for a listing, or what may be taken for one, that have no answer yet.
    listings: u64,
    /// What was sent and may be refused.
    refusable: u64,
    /// Rooms that it has asked to join, by key; none stands for one that is not told apart.
    pub(super) rooms: Vec<Option<String>>,
    /// Names that it has asked for, by key.
    pub(super) names: Vec<Option<String>>,
    /// The newest join, as sent, that came about.
    inside: Option<Join>,
    /// The newest join, while its own `newuser` has not come.
    joining: Option<Join>,
    /// What one hears of a leave as at join that was sent, and that no join has followed.
    leaving: Option<String>,
}

/// A join with a name and a room that no server rewrites.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Join {
    user: String,
    room: String,
}

impl Join {
    fn announced(&self) -> String {
        format!("New User {} joined room {}", self.user, self.room)
    }
}

/// What an acknowledgement is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    /// The first join of a session, with the text of the `newuser` that is due before.
    Join { text: String, heard: bool },
    /// A listing, which is due before.
    Users { heard: bool },
    /// Anything else.
    Other,
}

impl Watch {
    /// Takes in what passed, and says what cannot be right after all that passed before.
    pub(super) fn course(&mut self, seen: &Seen) -> Vec<Complaint> {
        match &seen.what {
            What::Unread { .. } => {
                // On a connection of no session, it may have been anybody's.
                self.all_blind |= seen.session == 0;
                self.course_of(seen.session).blind = true;
            }
            What::Upgraded => self.course_of(seen.session).upgraded = Some(seen.at),
            What::Event {
                by: Sender::Client,
                namespace,
                name,
                args,
                ack,
                ..
            } if namespace == "/" => self.sent(seen.session, name, args, ack.as_deref()),
            // A server may make something of it all the same.
            What::Malformed {
                by: Sender::Client, ..
            }
            | What::Binary {
                by: Sender::Client, ..
            } => self.course_of(seen.session).blind = true,
            What::Event {
                by: Sender::Server,
                name,
                args,
                ..
            } => match (name.as_str(), args.as_slice()) {
                ("chat", [message]) => return self.told(seen, message),
                ("message", _) => return self.refused(seen.session, args),
                _ => {}
            },
            What::Ack {
                by: Sender::Server,
                id,
                args,
            } => return self.acked(seen.session, id, args),
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn course_of(&mut self, session: u32) -> &mut Course {
        &mut self.sessions.entry(session).or_default().course
    }

    fn sent(&mut self, session: u32, name: &str, args: &[Value], ack: Option<&str>) {
        let profile = self.scope.profile;
        let course = self.course_of(session);
        course.refusable += 1;
        let message = match args {
            [message @ Value::Object(_)] if name == "chat" => Some(message),
            _ => None,
        };
        let event = message
            .and_then(|message| message.get("event"))
            .and_then(Value::as_str);
        let asked = match (event, message) {
            (Some("join"), Some(message)) => course.join(message, profile),
            (Some("leave"), Some(message)) => course.leave(message),
            (Some("users"), Some(message)) if has_plain_room(message) => {
                Asked::Users { heard: false }
            }
            _ => Asked::Other,
        };
        // What has no `event`, or another shape, may be taken for a request.
        course.listings += u64::from(event.is_none_or(|word| word == "users"));
        if let Some(id) = ack {
            // Numbers of JavaScript cannot tell it from the next.
            course.blind |= id
                .parse()
                .map_or(true, |id: u64| id >= super::shape::ACK_MAX);
            course.asked.push_back((id.to_owned(), asked));
            if course.asked.len() > WAITING {
                course.blind = true;
                course.asked.pop_front();
            }
        }
        if let (Some("chat" | "image"), Some(message)) = (event, message) {
            self.said.add(session, message);
        }
    }

    fn acked(&mut self, session: u32, id: &str, args: &[Value]) -> Vec<Complaint> {
        let course = self.course_of(session);
        if course.blind {
            return Vec::new();
        }
        let at = course.asked.iter().position(|(asked, _)| same(asked, id));
        let Some((_, asked)) = at.and_then(|at| course.asked.remove(at)) else {
            return vec![complaint(
                names::ACK_SUCCESS,
                "an acknowledgement that is not asked for, or was given already".to_owned(),
                "acknowledge each event once, under the id that it came with",
            )];
        };
        let what = match asked {
            _ if !args.is_empty() => return Vec::new(),
            Asked::Join { heard: false, .. } => "a join is acknowledged before its own `newuser`",
            Asked::Users { heard: false } => "a `users` message is acknowledged before its answer",
            _ => return Vec::new(),
        };
        vec![complaint(
            names::ACK_AFTER,
            format!("{what} has come"),
            "send the acknowledgement after everything that the event causes",
        )]
    }

    fn refused(&mut self, session: u32, args: &[Value]) -> Vec<Complaint> {
        let course = self.course_of(session);
        let is_refusal =
            refusal("message", args).is_some_and(|refusal| refusal.get("code").is_some());
        if !is_refusal || course.blind {
            return Vec::new();
        }
        match course.refusable.checked_sub(1) {
            Some(left) => {
                course.refusable = left;
                Vec::new()
            }
            None => vec![complaint(
                names::REFUSAL_ONLY_SENDER,
                "more refusals than this client has sent messages".to_owned(),
                "send a refusal to the one whose message is refused, once, and to nobody else",
            )],
        }
    }

    fn told(&mut self, seen: &Seen, message: &Value) -> Vec<Complaint> {
        let text = message.get("message").and_then(Value::as_str);
        let kind = message.get("type").and_then(Value::as_str);
        let found = match (kind, text) {
            (Some("users"), _) => self.listing(seen.session),
            (Some("newuser"), Some(text)) => {
                self.course_of(seen.session).heard_join(text);
                self.announced(seen.session, text, " JOINED ROOM ")
            }
            (Some("deluser"), Some(text)) => {
                let own = self.own_leave(seen.session, text);
                own.or_else(|| self.announced(seen.session, text, " LEFT ROOM "))
            }
            (Some("chat" | "image"), _) => {
                self.said.heard(seen, message, self.scope, &self.sessions)
            }
            _ => None,
        };
        found.into_iter().collect()
    }

    fn listing(&mut self, session: u32) -> Option<Complaint> {
        let course = self.course_of(session);
        let waiting = course.asked.iter_mut().map(|(_, asked)| asked);
        let mut listings = waiting.filter(|asked| matches!(asked, Asked::Users { .. }));
        if let Some(first) = listings.find(|asked| **asked == Asked::Users { heard: false }) {
            *first = Asked::Users { heard: true };
        }
        match course.listings.checked_sub(1) {
            Some(left) => course.listings = left,
            None if course.blind => {}
            None => {
                return Some(complaint(
                    "users.only-requester",
                    "a listing that this client has not asked for".to_owned(),
                    "answer a `users` message once, and only the session that asked",
                ));
            }
        }
        None
    }

    /// What one hears of its own leaving.
    fn own_leave(&self, session: u32, text: &str) -> Option<Complaint> {
        let course = &self.sessions.get(&session)?.course;
        if course.blind || course.leaving.as_deref() != Some(text) {
            return None;
        }
        // In core another of the same name may have left the same room, before the leave was handled.
        let is_other = |(other, known): (&u32, &Session)| {
            let names = &known.course.names;
            let same = || names.iter().any(|name| course.names.contains(name));
            *other != session && (known.course.blind || same())
        };
        let unique = self.scope.profile == Profile::Hardened;
        let alone = !self.scope.shared && !self.sessions.iter().any(is_other);
        (unique || alone).then(|| {
            complaint(
                names::LEAVE_SILENT,
                "one who leaves is told of it".to_owned(),
                "take the session out of the room before the others are told",
            )
        })
    }

    /// A `newuser` or `deluser`, of a room that its receiver has to have asked for.
    fn announced(&self, session: u32, text: &str, words: &str) -> Option<Complaint> {
        let course = &self.sessions.get(&session)?.course;
        // A room that is not plain is not told apart.
        if course.blind || !text.is_ascii() {
            return None;
        }
        let upper = text.to_uppercase();
        let mut ends = upper
            .match_indices(words)
            .map(|(at, _)| upper[at + words.len()..].trim());
        let is_asked_for = ends.any(|end| {
            let mut rooms = course.rooms.iter();
            rooms.any(|room| room.as_deref().is_none_or(|room| room == end))
        });
        (!is_asked_for).then(|| {
            complaint(
                names::CLOSURE,
                "an announcement of a room that this client has never asked to join".to_owned(),
                "send `newuser` and `deluser` to the members of the room alone",
            )
        })
    }
}

impl Course {
    /// A join is sent.
    fn join(&mut self, message: &Value, profile: Profile) -> Asked {
        let text = |key: &str, default: &str| match message.get(key) {
            None => Some(default.to_owned()),
            Some(value) => value.as_str().map(str::to_owned),
        };
        let (user, room) = (text("user", "JDOE"), text("room", "PARKED"));
        remember(&mut self.rooms, key(room.as_deref()));
        remember(&mut self.names, key(user.as_deref()));
        self.leaving = None;
        let is_first = self.rooms.len() == 1 && self.joining.is_none() && self.inside.is_none();
        let join = user.zip(room).map(|(user, room)| Join { user, room });
        self.joining = join.filter(|join| is_plain(&join.user) && is_plain(&join.room));
        match &self.joining {
            // In core a join may be refused without a word, and acknowledged.
            Some(join) if is_first && profile == Profile::Hardened => Asked::Join {
                text: join.announced(),
                heard: false,
            },
            _ => Asked::Other,
        }
    }

    /// A leave is sent.
    fn leave(&mut self, message: &Value) -> Asked {
        let as_at_join = self.inside.as_ref().filter(|own| {
            let same = |key: &str, own: &str| message.get(key).is_some_and(|value| value == own);
            self.joining.is_none() && same("user", &own.user) && same("room", &own.room)
        });
        self.leaving = as_at_join.map(|own| format!("User {} left room {}", own.user, own.room));
        Asked::Other
    }

    /// A `newuser` has come: if it is the own one, the join has come about.
    fn heard_join(&mut self, text: &str) {
        for (_, asked) in &mut self.asked {
            if let Asked::Join { text: due, heard } = asked {
                *heard |= due == text;
            }
        }
        if let Some(join) = self.joining.take_if(|join| join.announced() == text) {
            self.inside = Some(join);
        }
    }
}

/// Whether two ids are one number, however many zeros it is written with.
fn same(asked: &str, given: &str) -> bool {
    asked.trim_start_matches('0') == given.trim_start_matches('0')
}

fn has_plain_room(users: &Value) -> bool {
    users
        .get("room")
        .is_none_or(|room| room.as_str().is_some_and(is_plain))
}

fn remember(known: &mut Vec<Option<String>>, key: Option<String>) {
    if known.len() < NAMES && !known.contains(&key) {
        known.push(key);
    } else if known.len() >= NAMES {
        // It may be any, from now on.
        known[0] = None;
    }
}

/// Whether every server takes it as it is: printable ASCII, without white space at an end or twice in a row.
fn is_plain(name: &str) -> bool {
    let printable = |c: char| c == ' ' || c.is_ascii_graphic();
    (1..=64).contains(&name.len())
        && name.chars().all(printable)
        && name.trim() == name
        && !name.contains("  ")
}

/// The key of a plain name. Of others nothing is claimed.
pub(super) fn key(name: Option<&str>) -> Option<String> {
    let name = name?.trim();
    is_plain(name).then(|| name.to_uppercase())
}
