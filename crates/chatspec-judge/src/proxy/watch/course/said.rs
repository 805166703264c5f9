//! What was said, and who heard it.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};

use serde_json::Value;

use super::super::shape::complaint;
use super::super::{Scope, Session};
use super::key;
use crate::check::Complaint;
use crate::proxy::Seen;
use crate::rule::{Profile, names};

/// What is remembered of one speaker; of one who says more, nothing is claimed.
const REMEMBERED: usize = 20_000;
/// What is remembered of all. Beyond, nothing is claimed of anybody.
const ALL: usize = 500_000;
/// Bytes of a text that every server delivers unchanged.
const TEXT_BYTES: usize = 8_192;
/// Microseconds after an upgrade in which the order of what passes on two connections is not known.
const SETTLING: u64 = 2_000_000;

/// All that was said.
#[derive(Debug, Default)]
pub(in super::super) struct Said {
    by: BTreeMap<u32, Speaker>,
    /// By receiver and speaker: the place of the last message that came.
    last: HashMap<(u32, u32), usize>,
    /// By receiver, name and content: how often it came.
    came: HashMap<(u32, u64), usize>,
    total: usize,
}

#[derive(Debug, Default)]
struct Speaker {
    messages: Vec<Message>,
    /// Whether something was said that is not remembered, or whose text is open.
    forgotten: bool,
}

/// One message, by the hash of what it says.
#[derive(Debug)]
struct Message {
    content: u64,
    /// What it says where a server takes `message` for an absent text.
    otherwise: Option<u64>,
    to: To,
}

/// To whom.
#[derive(Debug, PartialEq, Eq)]
enum To {
    /// To a room that is told apart, by key.
    Room(String),
    /// To everybody.
    All,
    /// To one, or to what is not told apart.
    Other,
}

impl Message {
    fn says(&self, content: u64) -> bool {
        self.content == content || self.otherwise == Some(content)
    }
}

impl Said {
    /// A `chat` or `image` is sent.
    pub(super) fn add(&mut self, session: u32, message: &Value) {
        let speaker = self.by.entry(session).or_default();
        let is_image = message["event"] == "image";
        let content = match (is_image, message.get("text"), message.get("bimage")) {
            (false, None, _) => Some("Knock! Knock!"),
            (false, Some(text), _) => text.as_str(),
            (true, _, image) => image.and_then(Value::as_str),
        };
        let is_kept = speaker.messages.len() < REMEMBERED && self.total < ALL;
        // What a longer text or another image comes to is open in core.
        let is_settled = |content: &&str| match is_image {
            true => content.starts_with("data:image/"),
            false => content.len() <= TEXT_BYTES,
        };
        let Some(content) = content.filter(is_settled).filter(|_| is_kept) else {
            speaker.forgotten = true;
            return;
        };
        let otherwise = message.get("message").and_then(Value::as_str);
        let otherwise = otherwise.filter(|_| !is_image && message.get("text").is_none());
        let room = message.get("room").filter(|room| !room.is_null());
        let is_private = !is_image && message.get("user").is_some_and(|user| !user.is_null());
        let to = match (is_private, room) {
            (true, _) => To::Other,
            (false, None) => To::All,
            (false, Some(room)) => key(room.as_str()).map_or(To::Other, To::Room),
        };
        self.total += 1;
        speaker.messages.push(Message {
            content: hash(is_image, content),
            otherwise: otherwise.map(|text| hash(false, text)),
            to,
        });
    }

    /// A `chat` or `image` is delivered; what nothing that was said explains.
    pub(super) fn heard(
        &mut self,
        seen: &Seen,
        message: &Value,
        scope: Scope,
        sessions: &BTreeMap<u32, Session>,
    ) -> Option<Complaint> {
        let receiver = &sessions.get(&seen.session)?.course;
        let is_image = message["type"] == "image";
        let content = message.get(if is_image { "bimage" } else { "message" });
        let content = hash(is_image, content?.as_str()?);
        let from = key(message.get("from").and_then(Value::as_str))?;
        if scope.shared || receiver.blind {
            return None;
        }
        let mut speakers = Vec::new();
        for (session, known) in sessions {
            let course = &known.course;
            let may_be = |name: &Option<String>| name.as_ref().is_none_or(|name| *name == from);
            // Under what name one has joined that was not seen, nobody knows.
            if !course.blind && !course.names.iter().any(may_be) {
                continue;
            }
            let said = self.by.get(session);
            if course.blind || said.is_some_and(|said| said.forgotten) {
                return None;
            }
            speakers.extend(said.map(|said| (*session, said, course)));
        }
        let times = |said: &Speaker| said.messages.iter().filter(|one| one.says(content)).count();
        speakers.retain(|(_, said, _)| times(said) > 0);
        let most: usize = speakers.iter().map(|(_, said, _)| times(said)).sum();
        if most == 0 {
            return Some(unsaid(is_image));
        }
        let mut hasher = DefaultHasher::new();
        (&from, content).hash(&mut hasher);
        if self.came.len() > ALL || self.last.len() > ALL {
            return None;
        }
        let came = self
            .came
            .entry((seen.session, hasher.finish()))
            .or_default();
        *came += 1;
        if *came > most {
            return Some(complaint(
                names::ONCE,
                format!("the same message {came} times, and it was sent {most} times"),
                "deliver each message to a session once",
            ));
        }
        let [(speaker, said, course)] = speakers[..] else {
            return None;
        };
        if speaker == seen.session {
            return Some(complaint(
                names::NO_ECHO,
                "a message comes back to the client that sent it".to_owned(),
                "deliver to every other member, and not to the sender",
            ));
        }
        let found = astray(said, content, receiver, scope.profile);
        let settling = [receiver.upgraded, course.upgraded];
        let settling = settling.into_iter().flatten();
        let is_settled = settling.clone().all(|at| seen.at > at + SETTLING);
        let last = self.last.get(&(seen.session, speaker)).copied();
        let after = last.map_or(0, |last| last + 1);
        let next = said
            .messages
            .iter()
            .skip(after)
            .position(|one| one.says(content));
        match next {
            Some(next) => drop(self.last.insert((seen.session, speaker), after + next)),
            None if found.is_none() && is_settled => {
                return Some(complaint(
                    names::SENDER_ORDER,
                    "a message comes after one that was sent later".to_owned(),
                    "deliver what one client sends in the order in which it was sent",
                ));
            }
            None => {}
        }
        found
    }
}

/// A message to rooms in which its receiver never was.
fn astray(
    said: &Speaker,
    content: u64,
    receiver: &super::Course,
    profile: Profile,
) -> Option<Complaint> {
    let may_hear = |to: &To| match to {
        To::Room(room) => {
            let mut rooms = receiver.rooms.iter();
            rooms.any(|own| own.as_ref().is_none_or(|own| own == room))
        }
        To::All => profile == Profile::Core || !receiver.rooms.is_empty(),
        To::Other => true,
    };
    let mut same = said.messages.iter().filter(|one| one.says(content));
    if same.clone().any(|one| may_hear(&one.to)) {
        return None;
    }
    let (rule, why) = match (same.next().map(|one| &one.to), profile) {
        (Some(To::All), _) => (
            "chat.broadcast.joined-only",
            "a message to all rooms, to a client that has joined none",
        ),
        (_, Profile::Hardened) => (
            names::MEMBERS_ONLY,
            "a message to a room that this client has never asked to join",
        ),
        _ => (
            names::CLOSURE,
            "a message to a room that this client has never asked to join",
        ),
    };
    Some(complaint(
        rule,
        why.to_owned(),
        "deliver a message to the members of its room alone",
    ))
}

fn unsaid(is_image: bool) -> Complaint {
    let (rule, what, mend) = match is_image {
        true => ("image.unchanged", "an image", "deliver an image as it came"),
        false => ("chat.text-unchanged", "a text", "deliver a text as it came"),
    };
    complaint(
        rule,
        format!("{what} that nobody of this name has sent"),
        mend,
    )
}

fn hash(is_image: bool, content: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (is_image, content).hash(&mut hasher);
    hasher.finish()
}
