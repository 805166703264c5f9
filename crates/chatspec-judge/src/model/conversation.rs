//! A history as a fixture: what people do, and what the model says of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::fold::{Answer, Heard, Model, What};
use super::history::{Act, Deed, History, Name, PEOPLE, Place, ROOMS, Spelling, Text};
use super::odd::Odd;
use crate::fixture::Drop;
use crate::rule::Profile;

/// Two who talk in a room of their own, before and after: whoever is silent in between is not a server that is dead.
const COMPANY: [&str; 2] = ["yan", "zoe"];
const YARD: &str = "yard";
/// A small image, whose base64 is padded.
const IMAGE: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";
/// What the second name of somebody ends with: with all that `core` asks for, and with what `hardened` takes.
const SECOND: [&str; 2] = [
    "-o'brien-of-the-long-and-winding-road",
    "-o'brien-stra\u{df}e-\u{e9}t\u{e9}-and-some-more",
];

/// Writes a fixture with this id and title, of a history that is [playable](History::playable).
pub fn conversation(history: &History, profile: Profile, id: &str, title: &str) -> String {
    let model = Model::new(history, profile);
    let mut writer = Writer {
        history,
        profile,
        rules: BTreeSet::new(),
    };
    let mut steps = vec![json!({"enter": {"who": COMPANY, "room": format!("${YARD}")}})];
    let begun = history.acts.len() - history.racing;
    for (n, act) in history.acts[..begun].iter().enumerate() {
        steps.push(writer.step(n, act, &model));
    }
    if history.racing > 0 {
        steps.extend(writer.race(begun));
    }
    steps.push(json!({
        "exchange": {"from": COMPANY[0], "to": [COMPANY[1]], "room": format!("${YARD}")}
    }));
    let people: Vec<&str> = (0..history.people.len())
        .map(person)
        .chain(COMPANY)
        .collect();
    let rooms: Vec<&str> = ROOMS
        .iter()
        .take(history.rooms)
        .copied()
        .chain([YARD])
        .collect();
    let settings: Map<String, Value> = history
        .people
        .iter()
        .enumerate()
        .map(|(who, transport)| {
            (
                person(who).to_owned(),
                json!({"transport": transport.word()}),
            )
        })
        .collect();
    writer.rules.insert("chat.room");
    let mut text = format!(
        "id: {id}\ntitle: {}\nprofile: {}\nrules: {}\ntransports: [websocket]\nparticipants: {}\nrooms: {}\nsettings: {}\nsteps:\n",
        json!(title),
        json!(profile).as_str().unwrap_or("core"),
        json!(writer.rules),
        json!(people),
        json!(rooms),
        Value::Object(settings),
    );
    // JSON is YAML, and a step a line is what people can read.
    for step in steps {
        text.push_str(&format!("  - {step}\n"));
    }
    text
}

struct Writer<'h> {
    history: &'h History,
    profile: Profile,
    rules: BTreeSet<&'static str>,
}

impl Writer<'_> {
    fn step(&mut self, n: usize, act: &Act, model: &Model<'_>) -> Value {
        let mut step = Map::new();
        let mut put = |key: &str, value: Value| drop(step.insert(key.to_owned(), value));
        put("by", json!(person(act.by)));
        match &act.deed {
            Deed::Drop(how) => put("drop", json!(word(*how))),
            Deed::Connect => put("connect", json!(true)),
            Deed::Odd(number) => {
                let odd = Odd::number(*number);
                put(odd.key, odd.value());
            }
            Deed::Batch { room } => {
                let texts = (1..=3).map(|part| {
                    json!({"event": "chat", "room": self.place(*room), "text": part_of(n, part)})
                });
                put("batch", texts.collect());
            }
            deed => put("send", self.message(n, deed)),
        }
        let is_message = match act.deed {
            Deed::Drop(_) | Deed::Connect | Deed::Batch { .. } => false,
            Deed::Odd(number) => Odd::number(number).key == "send",
            _ => true,
        };
        let ack = act.acked && is_message;
        match model.answer(n) {
            Answer::Accepted => {
                if ack {
                    put("ack", json!("ok"));
                }
            }
            Answer::Refused { code, rule } => {
                self.rules.insert(rule);
                put("refused", json!([code]));
                put("rule", json!(rule));
                if ack {
                    put("ack", json!("refused"));
                }
            }
            Answer::Nothing { rule } => {
                self.rules.insert(rule);
                put("quiet", json!(rule));
                put("rule", json!(rule));
                put("ack", json!("any"));
            }
        }
        let expect: Vec<Value> = model
            .heard(n)
            .iter()
            .flat_map(|heard| self.expectations(n, act, heard))
            .collect();
        if !expect.is_empty() {
            if matches!(act.deed, Deed::Drop(_)) {
                put("within", json!("heartbeat"));
            }
            put("ordered", json!(true));
            put("expect", json!(expect));
        }
        Value::Object(step)
    }

    /// What happens at the same time, and who is where after it: as it comes out in one order or another.
    fn race(&mut self, begun: usize) -> Vec<Value> {
        let history = self.history;
        let orders = history.orders();
        let models: Vec<Model<'_>> = orders
            .iter()
            .map(|(history, _)| Model::new(history, self.profile))
            .collect();
        let mut together = Map::new();
        for (n, act) in history.acts.iter().enumerate().skip(begun) {
            together.insert(person(act.by).to_owned(), self.message(n, &act.deed));
        }
        let mut either = Vec::new();
        let before = std::mem::take(&mut self.rules);
        // What only one of the orders shows, a right server need not show.
        let mut shown: Option<BTreeSet<&str>> = None;
        for ((order, places), model) in orders.iter().zip(&models) {
            let mut expect = Vec::new();
            for (n, place) in places.iter().enumerate().skip(begun) {
                let act = &order.acts[n];
                expect.extend(self.refusal(act, &model.answer(n)));
                for heard in model.heard(n) {
                    expect.extend(self.expectations(*place, act, &heard));
                }
            }
            either.push(Value::Array(expect));
            let rules = std::mem::take(&mut self.rules);
            shown = Some(match shown {
                None => rules,
                Some(others) => others.intersection(&rules).copied().collect(),
            });
        }
        self.rules = before;
        self.rules.extend(shown.into_iter().flatten());
        let mut race = json!({"together": together, "either": either});
        let listeners = self.listeners(begun, &models[0]);
        if listeners.len() > 1 {
            let rule = "order.room.total";
            self.rules.insert(rule);
            race["agree"] = json!({"among": listeners, "rules": [rule]});
        }
        let mut steps = vec![race];
        for number in 0..history.rooms {
            let place = Place {
                number,
                spelling: Spelling::Capitals,
            };
            let either = models.iter().map(|model| {
                let members = model.members(number, history.acts.len());
                let names: Vec<Name> = members.iter().map(|(_, record)| record.user).collect();
                let heard = Heard {
                    to: Vec::new(),
                    must: true,
                    what: What::Listing(names),
                    rule: "users.reply",
                };
                json!([self.expectation(&[COMPANY[0]], &heard, self.listing(&heard.what))])
            });
            let either: Vec<Value> = either.collect();
            let send = json!({"event": "users", "room": self.place(place)});
            steps.push(json!({"by": COMPANY[0], "send": send, "either": either}));
        }
        self.rules.insert("users.reply");
        steps
    }

    /// Who hears all of what is said in one room at the same time, and says nothing itself.
    fn listeners(&self, begun: usize, model: &Model<'_>) -> Vec<&'static str> {
        let tail = &self.history.acts[begun..];
        // Images are not told apart by what they show.
        let said = |act: &Act| match &act.deed {
            Deed::Chat {
                room: Some(room),
                to: None,
                ..
            } => Some(room.number),
            _ => None,
        };
        let Some(room) =
            said(&tail[0]).filter(|room| tail.iter().all(|act| said(act) == Some(*room)))
        else {
            return Vec::new();
        };
        if self.profile == Profile::Core {
            return Vec::new();
        }
        let members = model.members(room, begun);
        let is_member = |who: usize| members.iter().any(|(member, _)| *member == who);
        // Who is none is refused, and then there may be nothing to be heard in any order.
        if !tail.iter().all(|act| is_member(act.by)) {
            return Vec::new();
        }
        let silent = members
            .iter()
            .map(|(who, _)| *who)
            .filter(|who| tail.iter().all(|act| act.by != *who));
        silent.map(person).collect()
    }

    /// A refusal as something that its sender receives.
    fn refusal(&mut self, act: &Act, answer: &Answer) -> Option<Value> {
        let Answer::Refused { code, rule } = answer else {
            return None;
        };
        self.rules.insert(rule);
        let words = json!({"$json": {"code": code, "message": {"$any": "string"}}});
        Some(json!({"to": [person(act.by)], "event": "message", "must": words, "rule": rule}))
    }

    fn message(&self, n: usize, deed: &Deed) -> Value {
        let mut message = Map::new();
        let mut put =
            |key: &str, value: String| drop(message.insert(key.to_owned(), Value::String(value)));
        match deed {
            Deed::Join { user, room } => {
                put("event", "join".to_owned());
                put("user", self.name(*user));
                put("room", self.place(*room));
            }
            Deed::Leave { user, room } => {
                put("event", "leave".to_owned());
                user.iter().for_each(|user| put("user", self.name(*user)));
                room.iter().for_each(|room| put("room", self.place(*room)));
            }
            Deed::Users { room } => {
                put("event", "users".to_owned());
                put("room", self.place(*room));
            }
            Deed::Chat { room, to, text } => {
                put("event", "chat".to_owned());
                room.iter().for_each(|room| put("room", self.place(*room)));
                to.iter().for_each(|to| put("user", self.name(*to)));
                if *text == Text::Beside {
                    for (key, value) in BESIDE {
                        put(key, value.to_owned());
                    }
                }
                if *text != Text::Absent {
                    message.insert("text".to_owned(), said(n, *text));
                }
            }
            Deed::Image { room, to } => {
                put("event", "image".to_owned());
                put("room", self.place(*room));
                to.iter().for_each(|to| put("user", self.name(*to)));
                put("bimage", IMAGE.to_owned());
            }
            _ => {}
        }
        Value::Object(message)
    }

    fn expectations(&mut self, n: usize, act: &Act, heard: &Heard) -> Vec<Value> {
        let mut to: Vec<&str> = heard.to.iter().map(|who| person(*who)).collect();
        if matches!(
            act.deed,
            Deed::Chat {
                room: None,
                to: None,
                ..
            }
        ) && heard.must
        {
            to.extend(COMPANY);
        }
        if to.is_empty() {
            return Vec::new();
        }
        if heard.must {
            self.rules.insert(heard.rule);
        }
        let patterns = self.patterns(n, act, &heard.what);
        let expectation = |pattern: Value| self.expectation(&to, heard, pattern);
        patterns.into_iter().map(expectation).collect()
    }

    fn expectation(&self, to: &[&str], heard: &Heard, pattern: Value) -> Value {
        let kind = if heard.must { "must" } else { "may" };
        let mut expectation = json!({"to": to, kind: pattern});
        if heard.must {
            expectation["rule"] = json!(heard.rule);
        }
        if let (What::Listing(names), Profile::Hardened) = (&heard.what, self.profile) {
            let names = self.quoted(names);
            let text = format!("Users in room: [{}]", names.join(", "));
            expectation["and"] = json!([{"is": {"message": text}, "rule": "users.order.kept"}]);
        }
        expectation
    }

    fn patterns(&self, n: usize, act: &Act, what: &What) -> Vec<Value> {
        let chat = |name: &Name, text: Value| json!({"type": "chat", "from": self.shown_upper(*name), "message": text});
        match what {
            What::New(user, room) => {
                let text = format!(
                    "New User {} joined room {}",
                    self.shown(*user),
                    self.place_shown(*room)
                );
                vec![json!({"type": "newuser", "message": text})]
            }
            What::Gone(user, room) => {
                let text = format!(
                    "User {} left room {}",
                    self.shown(*user),
                    self.place_shown(*room)
                );
                vec![json!({"type": "deluser", "message": text})]
            }
            What::Listing(_) => vec![self.listing(what)],
            What::Said(name) => {
                let Deed::Chat { text, .. } = act.deed else {
                    return Vec::new();
                };
                let mut said = chat(name, said(n, text));
                if text == Text::Beside && self.profile == Profile::Hardened {
                    said["mood"] = json!({"$absent": true});
                }
                vec![said]
            }
            What::Batch(name) => (1..=3)
                .map(|part| chat(name, json!(part_of(n, part))))
                .collect(),
            What::Shown(name) => {
                vec![json!({"type": "image", "from": self.shown_upper(*name), "bimage": IMAGE})]
            }
        }
    }

    /// A name as it is sent.
    fn name(&self, name: Name) -> String {
        let suffix = match (name.of < self.history.people.len(), name.second) {
            // Nobody has two names, too: what differs by key must differ as it is written.
            (false, true) => "-nobody-b",
            (false, false) => "-nobody",
            (true, true) => SECOND[usize::from(self.profile == Profile::Hardened)],
            (true, false) => "",
        };
        let of = match name.of < self.history.people.len() {
            true => person(name.of),
            false => COMPANY[1],
        };
        spelled(of, suffix, name.spelling)
    }

    fn shown(&self, name: Name) -> String {
        self.name(name).trim().replace(APART, "\u{c9}")
    }

    fn listing(&self, what: &What) -> Value {
        let names = match what {
            What::Listing(names) => self.quoted(names),
            _ => Vec::new(),
        };
        json!({"type": "users", "message": {"$listing": names}})
    }

    /// Names as a listing has them.
    fn quoted(&self, names: &[Name]) -> Vec<String> {
        let quoted = |name: &Name| match self.shown_upper(*name) {
            name if name.contains('\'') => format!("\"{name}\""),
            name => format!("'{name}'"),
        };
        names.iter().map(quoted).collect()
    }

    fn shown_upper(&self, name: Name) -> String {
        self.shown(Name {
            spelling: Spelling::Capitals,
            ..name
        })
    }

    fn place(&self, place: Place) -> String {
        spelled(ROOMS[place.number % ROOMS.len()], "", place.spelling)
    }

    fn place_shown(&self, place: Place) -> String {
        self.place(place).trim().to_owned()
    }
}

fn spelled(variable: &str, suffix: &str, spelling: Spelling) -> String {
    match spelling {
        Spelling::Capitals => format!("${variable}{}", suffix.to_uppercase()),
        Spelling::Small => format!("${{{variable}|lower}}{suffix}"),
        Spelling::Title => format!("${{{variable}|title}}{suffix}"),
        Spelling::Spaced => format!(" ${variable}{}\t", suffix.to_uppercase()),
        Spelling::Apart => {
            let suffix = suffix.to_uppercase().replace('\u{c9}', APART);
            format!("${variable}{suffix}")
        }
    }
}

/// Keys that a chat does not have. Who speaks is not told by one of them.
const BESIDE: [(&str, &str); 4] = [
    ("from", "$zoe"),
    ("message", "not this"),
    ("type", "users"),
    ("mood", "$nonce"),
];
/// An accented letter, as two code points.
const APART: &str = "E\u{301}";

fn person(who: usize) -> &'static str {
    PEOPLE[who % PEOPLE.len()]
}

fn word(drop: Drop) -> &'static str {
    match drop {
        Drop::Abrupt => "abrupt",
        Drop::Close => "close",
        Drop::Namespace => "namespace",
    }
}

/// A text as it is sent, and delivered.
fn said(n: usize, text: Text) -> Value {
    let text = match text {
        Text::Plain | Text::Beside => format!("{n} $nonce"),
        Text::Unicode => format!("{n} Stra\u{df}e \u{1f980} e\u{301} \u{202e} $nonce"),
        Text::Markup => format!("{n} <b>&amp;\"'</b>\\n $nonce"),
        Text::Empty => String::new(),
        Text::Spaced => format!("  {n} $nonce \t"),
        Text::Nul => format!("{n} \0 $nonce"),
        Text::Absent => "Knock! Knock!".to_owned(),
        Text::Long => {
            return json!({"$concat": [format!("{n} $nonce "), {"$repeat": {"text": "x", "times": 5000}}]});
        }
    };
    Value::String(text)
}

fn part_of(n: usize, part: usize) -> String {
    format!("{n}.{part} $nonce")
}
