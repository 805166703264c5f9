//! Says of each message at once what is wrong with it.

mod course;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use self::course::{Course, Said};
use super::{Seen, What};
use crate::check::{Checker, Complaint, Sender};
use crate::rule::Profile;

/// Sessions that are remembered. Beyond, the oldest are forgotten, and nothing is said that rests on them.
const SESSIONS: usize = 20_000;

/// A message of a client in which a key stands twice, as the second look names it.
const DUPLICATE_KEYS: &str = "message.duplicate-keys.refused";
/// Characters of a name that are remembered: no server takes a longer one.
const NAME: usize = 64;

/// What may be taken for granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The profile that the server claims. Clients are held to all rules, whichever it is.
    pub profile: Profile,
    /// Whether others talk to the server past the proxy: then nothing is said that they could explain.
    pub shared: bool,
}

/// Something that is wrong with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Whose message it is.
    pub whose: Sender,
    /// On which session.
    pub session: u32,
    /// Where in the message, which rule, why, and the mend.
    pub complaint: Complaint,
    /// The message, on one bounded line.
    pub message: String,
}

/// What a look at the text of a message of a client finds beyond its schema.
pub type Second = Box<dyn Fn(&str) -> Option<Complaint> + Send>;

/// Watches what passes.
pub struct Watch {
    checker: Checker,
    second: Second,
    scope: Scope,
    sessions: BTreeMap<u32, Session>,
    said: Said,
    /// Whether something passed that may have been anybody's.
    all_blind: bool,
}

/// What is remembered of a session.
#[derive(Debug, Default)]
struct Session {
    /// The name of its newest join, as it was sent, cut.
    name: Option<String>,
    /// Attachments that are announced, and have not come.
    attachments: u64,
    course: Course,
}

impl Watch {
    /// A watch by these schemas: of clients what they may emit, of servers what the profile allows. `second` looks at the
    /// JSON text of each message of a client that fits its schema.
    pub fn new(checker: Checker, second: Second, scope: Scope) -> Watch {
        Watch {
            checker,
            second,
            scope,
            sessions: BTreeMap::new(),
            said: Said::default(),
            all_blind: false,
        }
    }

    /// Takes in what has passed next, and says what is wrong with it.
    pub fn see(&mut self, seen: &Seen) -> Vec<Remark> {
        self.follow(seen);
        let mut found = self.shape(seen);
        // Which of two values of one key a server takes is open.
        let is_open = |(_, what): &(Sender, Complaint)| what.rule == DUPLICATE_KEYS;
        if found.iter().any(is_open) {
            self.course_of(seen.session).blind = true;
        }
        let course = self.course(seen);
        // Of what has not the shape of a message nothing more can be said; and nothing where what explains it may have passed
        // unseen.
        if found.is_empty() && !self.all_blind {
            found.extend(course.into_iter().map(|what| (Sender::Server, what)));
        }
        if found.is_empty() {
            return Vec::new();
        }
        let message = describe(&seen.what);
        let remark = |(whose, complaint)| Remark {
            whose,
            session: seen.session,
            complaint,
            message: message.clone(),
        };
        found.into_iter().map(remark).collect()
    }

    /// The name that a session has asked for last, as it was sent; the beginning of a long one.
    pub fn name(&self, session: u32) -> Option<&str> {
        self.sessions.get(&session)?.name.as_deref()
    }

    fn follow(&mut self, seen: &Seen) {
        let session = self.sessions.entry(seen.session).or_default();
        if let What::Event {
            by: Sender::Client,
            name,
            args,
            ..
        } = &seen.what
            && name == "chat"
            && let [message] = args.as_slice()
            && message["event"] == "join"
        {
            let user = message.get("user").and_then(Value::as_str);
            session.name = Some(crate::pattern::cut_text(user.unwrap_or("JDOE"), NAME));
        }
        if self.sessions.len() > SESSIONS {
            self.sessions.pop_first();
            self.all_blind = true;
        }
    }
}

/// What passed, on one bounded line.
fn describe(what: &What) -> String {
    match what {
        What::Event { name, args, .. } => crate::finding::describe(name, args),
        What::Ack { id, args, .. } => {
            let args = Value::Array(args.clone());
            format!("acknowledgement {id} {}", crate::pattern::brief(&args))
        }
        What::Malformed { raw, .. } => crate::pattern::cut_text(raw, 200),
        What::Binary { length, .. } => format!("{length} binary bytes"),
        What::WrongWay { what, .. } => (*what).to_owned(),
        _ => String::new(),
    }
}
