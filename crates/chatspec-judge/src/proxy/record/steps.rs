//! Writes acts as steps.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::acts::{Act, Acts, Deed};
use super::names::{Names, plain};
use super::{COMPANY, literal};
use crate::rule::{Profile, names};

/// A step, where there are words for it, with what is to be noted above it.
type Noted = (Vec<String>, Option<Value>);

/// Announcements that may come late which are carried from step to step; more are not.
const LATE: usize = 16;

/// All acts as steps, what may still come after them, and the rules that they hold.
pub(super) fn write(
    acts: &Acts,
    names: &Names,
    profile: Profile,
) -> (Vec<Noted>, Vec<Value>, BTreeSet<String>) {
    let mut writer = Writer {
        names,
        profile,
        rules: BTreeSet::from([names::CHAT_ROOM.to_owned()]),
        late: Vec::new(),
    };
    let mut steps = Vec::new();
    for act in &acts.all {
        if let Some(step) = writer.step(act) {
            steps.push(step);
        }
    }
    (steps, writer.late, writer.rules)
}

struct Writer<'n> {
    names: &'n Names,
    profile: Profile,
    rules: BTreeSet<String>,
    /// What may still come of those who have dropped: in core nobody has to notice at once, or at all.
    late: Vec<Value>,
}

/// What somebody received, how strictly it is expected, and to whom it came.
struct Due {
    pattern: Value,
    rule: Option<&'static str>,
    to: BTreeSet<u32>,
}

impl Writer<'_> {
    fn step(&mut self, act: &Act) -> Option<Noted> {
        let by = self.names.person(act.session)?;
        let mut step = Map::new();
        let mut put = |key: &str, value: Value| drop(step.insert(key.to_owned(), value));
        put("by", json!(by));
        let mut notes = act.notes.clone();
        notes.dedup();
        match &act.deed {
            Deed::Connect => put("connect", json!(true)),
            Deed::Drop(how) => put("drop", json!(how)),
            Deed::Raw(raw) => put("frames", json!([plain(raw)])),
            Deed::Event { name, args } => match (name.as_str(), self.sent(act, args)) {
                (_, None) => {
                    notes.push(format!(
                        "{by}: an event that a fixture has no words for is left out"
                    ));
                    return Some((notes, None));
                }
                ("chat", Some(args)) if args.len() == 1 => put("send", args[0].clone()),
                (_, Some(args)) => put("emit", json!({"event": name, "args": args})),
            },
        }
        let refused = act.refused.filter(|_| self.profile == Profile::Hardened);
        if let Some(code) = refused {
            let rule = refusal_rule(code);
            self.rules.insert(rule.to_owned());
            put("refused", json!([code]));
            put("rule", json!(rule));
        }
        if act.is_asked() {
            put("ack", json!(self.ack(act)));
        }
        if act.closed || matches!(act.deed, Deed::Raw(_)) {
            put("connection", json!("may-close"));
        }
        let due = self.due(act);
        let mut expect: Vec<Value> = due.iter().map(|due| self.expectation(act, due)).collect();
        let is_drop = matches!(act.deed, Deed::Drop(_));
        if is_drop && due.iter().any(|due| due.rule.is_some()) {
            put("within", json!("heartbeat"));
        }
        if !self.late.is_empty() && due.iter().any(|due| due.rule == Some(names::LISTING)) {
            put("retry", json!(true));
        }
        let own = expect.len();
        expect.extend(self.late.iter().cloned());
        if is_drop && self.profile == Profile::Core {
            for late in &expect[..own] {
                if self.late.len() < LATE && !self.late.contains(late) {
                    self.late.push(late.clone());
                }
            }
        }
        if !expect.is_empty() {
            put("expect", Value::Array(expect));
        }
        Some((notes, Some(Value::Object(step))))
    }

    fn ack(&self, act: &Act) -> &'static str {
        match (&act.acked, act.refused) {
            (Some(args), None) if args.is_empty() && act.notes.is_empty() => "ok",
            (Some(_), Some(_)) if self.profile == Profile::Hardened => "refused",
            _ => "any",
        }
    }

    /// The arguments of an event, as they are to be written.
    fn sent(&self, act: &Act, args: &[Value]) -> Option<Vec<Value>> {
        let Some(Value::Object(message)) = act.message().filter(|_| act.event().is_some()) else {
            return args.iter().map(literal).collect();
        };
        let mut written = Map::new();
        for (name, value) in message {
            let value = match (name.as_str(), value.as_str()) {
                ("user", Some(user)) => json!(self.names.user(user)),
                ("room", Some(room)) => json!(self.names.room(room)),
                ("text" | "message", Some(text)) => json!(self.names.text(text)),
                ("bimage", Some(image)) => self.names.image(image),
                _ => literal(value)?,
            };
            written.insert(name.clone(), value);
        }
        literal_keys(&written).then(|| vec![Value::Object(written)])
    }

    /// What came of an act, alike things together.
    fn due(&mut self, act: &Act) -> Vec<Due> {
        let mut due: Vec<Due> = Vec::new();
        let heard = act.heard.iter().map(|heard| (heard, true));
        let strays = act.strays.iter().map(|stray| (stray, false));
        for ((to, message), is_due) in heard.chain(strays) {
            let Some(pattern) = self.pattern(message) else {
                continue;
            };
            let rule = self.rule(act, *to, message).filter(|_| is_due);
            let known = due
                .iter_mut()
                .find(|due| due.pattern == pattern && due.rule == rule && !due.to.contains(to));
            match known {
                Some(known) => drop(known.to.insert(*to)),
                None => due.push(Due {
                    pattern,
                    rule,
                    to: BTreeSet::from([*to]),
                }),
            }
        }
        due.retain(|due| due.to.iter().any(|to| self.names.person(*to).is_some()));
        self.rules
            .extend(due.iter().filter_map(|due| due.rule.map(str::to_owned)));
        due
    }

    fn expectation(&self, act: &Act, due: &Due) -> Value {
        let mut to: Vec<&str> = due
            .to
            .iter()
            .filter_map(|session| self.names.person(*session))
            .collect();
        match due.rule {
            Some(rule) => {
                if rule == "chat.broadcast" && act.event() == Some("chat") {
                    to.extend(COMPANY);
                }
                json!({"to": to, "must": due.pattern, "rule": rule})
            }
            None => json!({"to": to, "may": due.pattern}),
        }
    }

    fn pattern(&self, message: &Value) -> Option<Value> {
        let text = message.get("message").and_then(Value::as_str);
        let from = || {
            let from = message.get("from").and_then(Value::as_str);
            from.map(|from| self.names.user(from))
        };
        Some(match (message.get("type")?.as_str()?, text) {
            ("newuser", Some(text)) => {
                json!({"type": "newuser", "message": self.names.announcement(text)})
            }
            ("deluser", Some(text)) => {
                json!({"type": "deluser", "message": self.names.announcement(text)})
            }
            ("users", Some(text)) => json!({"type": "users", "message": self.names.listing(text)}),
            ("chat", Some(text)) => {
                json!({"type": "chat", "from": from()?, "message": self.names.text(text)})
            }
            ("image", _) => {
                let image = self.names.image(message.get("bimage")?.as_str()?);
                json!({"type": "image", "from": from()?, "bimage": image})
            }
            // What nobody has to send may be sent: no rule is broken without it.
            _ => return None,
        })
    }

    /// The rule that asks for a message; none where the profile leaves it open.
    fn rule(&self, act: &Act, to: u32, message: &Value) -> Option<&'static str> {
        let hardened = self.profile == Profile::Hardened;
        let only_hardened = |rule| hardened.then_some(rule);
        match message.get("type")?.as_str()? {
            "users" => Some(names::LISTING),
            "image" => self.to_room(act, "image.room"),
            "chat" => {
                let sent = act.message()?;
                let is = |key: &str| sent.get(key).is_some_and(|value| !value.is_null());
                match (is("user"), is("room")) {
                    (true, _) if hardened => Some("chat.private.by-key"),
                    (true, true) => self.to_room(act, "chat.private.only-target"),
                    (true, false) => None,
                    (false, true) => self.to_room(act, names::CHAT_ROOM),
                    // In core whoever has joined nothing may hear it as well; the actor never does.
                    (false, false) => Some("chat.broadcast").filter(|_| to != act.session),
                }
            }
            "newuser" => match (&act.before, act.joined()?) {
                (Some((user, room)), (new, there)) if *room == there => match *user == new {
                    true => only_hardened("join.again.announce"),
                    false if hardened => Some("join.rename.announce"),
                    false => Some(names::JOIN),
                },
                _ => Some(names::JOIN),
            },
            "deluser" => match (&act.deed, act.event()) {
                (Deed::Drop(_), _) => only_hardened("presence.cleanup"),
                (_, Some("leave")) => Some(names::LEAVE),
                (_, Some("join")) => {
                    let (_, room) = act.before.as_ref()?;
                    match act.joined()?.1 == *room {
                        true => only_hardened("join.rename.announce"),
                        false => only_hardened("join.move.leaves"),
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// In core it is open whether a message to a room in which its sender is not is delivered.
    fn to_room(&self, act: &Act, rule: &'static str) -> Option<&'static str> {
        let room = act.message()?.get("room")?.as_str()?;
        (self.profile == Profile::Hardened || act.is_to_room_of(room)).then_some(rule)
    }
}

/// Whether an object is taken for what it is, and not for a generator.
fn literal_keys(message: &Map<String, Value>) -> bool {
    message.len() != 1 || !message.keys().any(|key| key.starts_with('$'))
}

/// The rule that a refusal with this code most likely rests on; a person may know better.
fn refusal_rule(code: u64) -> &'static str {
    match code {
        10 => "message.event-unknown.refused",
        11 | 12 => "name.length",
        14 => "image.content",
        15 => "chat.text-size",
        20 => "join.unique",
        21 => "chat.unjoined.refused",
        22 => "chat.members-only",
        23 => "chat.private.unknown.refused",
        24 => "leave.own-record",
        99 => "message.shape.refused",
        _ => "refusal.form",
    }
}
