//! The model and the written conversations are held against one another: what a fixture demands, the model has, and what it forbids,
//! the model has not.

use std::collections::BTreeMap;

use chatspec_judge::fixture::{
    Action, Connection, Expectation, Fixture, Kind, Step, TransportName,
};
use chatspec_judge::model::{Act, Answer, Deed, History, Model, Name, Place, Spelling, Text, What};
use chatspec_judge::pattern;
use chatspec_judge::rule::Profile;
use chatspec_judge::value::{self, Bindings};
use serde_json::{Value, json};

/// What the model has no words for.
const BEYOND: [(&str, &str); 5] = [
    (
        "hardened-transport/polling-batch",
        "how many packets a POST has",
    ),
    (
        "hardened-transport/polling-batch-middle",
        "how many packets a POST has",
    ),
    ("hardened-names/confusable", "names that look alike"),
    (
        "hardened-names/confusable-with-foreign",
        "names that look alike",
    ),
    (
        "hardened-names/key-of-unicode",
        "keys that the standard library does not make",
    ),
];
/// Codes of refusals that do not depend on what was before.
const OF_SHAPE: [u64; 9] = [10, 11, 12, 13, 14, 15, 30, 31, 99];
/// Of many that are sent in a row, so many are read: all of them are alike.
const MANY: u64 = 3;
const SPELLINGS: [Spelling; 5] = [
    Spelling::Capitals,
    Spelling::Small,
    Spelling::Title,
    Spelling::Spaced,
    Spelling::Apart,
];

#[test]
fn the_model_has_what_fixtures_demand_and_not_what_they_forbid() {
    let mut compared = Compared::default();
    let fixtures = crate::fixtures::conversations();
    for fixture in &fixtures {
        if BEYOND.iter().any(|(id, _)| *id == fixture.id) {
            continue;
        }
        Reading::new(fixture).compare(&mut compared);
    }
    assert!(compared.wrong.is_empty(), "\n{}", compared.wrong.join("\n"));
    let stopped: usize = compared.stopped.values().map(Vec::len).sum();
    let told = format!(
        "{} fixtures, {} steps, {} demands, {} prohibitions; {stopped} left early: {:#?}",
        fixtures.len(),
        compared.steps,
        compared.demands,
        compared.prohibitions,
        compared.stopped
    );
    // Whoever teaches the model less, or fixtures what it does not know, sees it here.
    assert!(compared.steps >= 950, "{told}");
    assert!(compared.demands >= 1_800, "{told}");
    assert!(compared.prohibitions >= 3_800, "{told}");
    println!("{told}");
}

/// What the comparison rests on: a demand less, one too many and a prohibition of what comes are all noticed.
#[test]
fn a_fixture_that_says_something_else_is_noticed() {
    let fixtures = crate::fixtures::conversations();
    let room = fixtures
        .iter()
        .find(|one| one.id == "chat/room")
        .expect("it is there");
    let wrong = |change: &dyn Fn(&mut Expectation) -> bool| {
        let mut fixture = room.clone();
        for step in &mut fixture.steps {
            step.expect.retain_mut(|one| change(one));
        }
        let mut compared = Compared::default();
        Reading::new(&fixture).compare(&mut compared);
        compared.wrong.join("\n")
    };
    assert_eq!(wrong(&|_| true), "");
    assert!(wrong(&|_| false).contains("does not expect"));
    let to_all = |one: &mut Expectation| {
        one.to = room
            .participants
            .iter()
            .map(|one| one.name.clone())
            .collect();
        true
    };
    assert!(wrong(&to_all).contains("does not in the model"));
    let forbidden = |one: &mut Expectation| {
        one.kind = Kind::Not;
        true
    };
    assert!(wrong(&forbidden).contains("must not receive"));
}

#[derive(Default)]
struct Compared {
    steps: usize,
    /// Messages that a fixture demands or permits, and the model has.
    demands: usize,
    /// Participants that hear nothing beyond that in a step, in either.
    prohibitions: usize,
    wrong: Vec<String>,
    /// Where the model has no words for what somebody does, or the profile leaves open what comes of it.
    stopped: BTreeMap<String, Vec<String>>,
}

/// Words that have one key, each spelling with its place.
#[derive(Default)]
struct Words(Vec<(String, Vec<String>)>);

impl Words {
    fn find(&mut self, text: &str) -> Option<(usize, Spelling)> {
        let trimmed = text.trim();
        let marks = |c: char| c.is_control() || ('\u{300}'..='\u{36f}').contains(&c);
        if trimmed.is_empty() || trimmed.chars().count() > 64 || trimmed.chars().any(marks) {
            return None;
        }
        let key = trimmed.to_uppercase().replace('\u{1e9e}', "SS");
        let at = self.0.iter().position(|(known, _)| *known == key);
        let at = at.unwrap_or_else(|| {
            self.0.push((key, Vec::new()));
            self.0.len() - 1
        });
        let spellings = &mut self.0[at].1;
        let slot = spellings.iter().position(|known| known == trimmed);
        let slot = slot.unwrap_or_else(|| {
            spellings.push(trimmed.to_owned());
            spellings.len() - 1
        });
        Some((at, *SPELLINGS.get(slot)?))
    }

    fn shown(&self, at: usize, spelling: Spelling) -> String {
        let slot = SPELLINGS.iter().position(|known| *known == spelling);
        self.0[at].1[slot.unwrap_or_default()].clone()
    }
}

/// A fixture as it is read into a history.
struct Reading<'f> {
    fixture: &'f Fixture,
    bindings: Bindings,
    names: Words,
    rooms: Words,
    history: History,
    /// What is said or shown with each act.
    said: Vec<Value>,
}

/// Why a step is not compared.
enum Left {
    /// It comes to nothing, whatever was before.
    Out,
    /// Nothing can be said of what comes after it.
    Here(String),
}

impl<'f> Reading<'f> {
    fn new(fixture: &'f Fixture) -> Reading<'f> {
        let mut bindings: Bindings = [
            ("nonce", "n1"),
            ("i", "1"),
            ("origin", "http://elsewhere.test"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
        let mut names = Words::default();
        for participant in &fixture.participants {
            let name = format!("{}-1", participant.name.to_uppercase());
            names.find(&name);
            bindings.insert(participant.name.clone(), json!(name));
            bindings.insert(
                format!("sid_{}", participant.name),
                json!(format!("sid{name}")),
            );
        }
        for room in &fixture.rooms {
            bindings.insert(room.clone(), json!(format!("{}-R1", room.to_uppercase())));
        }
        Reading {
            fixture,
            bindings,
            names,
            rooms: Words::default(),
            history: History {
                people: vec![TransportName::Websocket; fixture.participants.len()],
                rooms: 4,
                racing: 0,
                acts: Vec::new(),
            },
            said: Vec::new(),
        }
    }

    fn compare(mut self, compared: &mut Compared) {
        for step in &self.fixture.steps {
            let begun = self.history.acts.len();
            match self.acts(step) {
                Err(Left::Out) => self.history.acts.truncate(begun),
                Err(Left::Here(why)) => {
                    let here = format!("{}:{}", self.fixture.id, step.line);
                    compared.stopped.entry(why).or_default().push(here);
                    return;
                }
                Ok(()) => {
                    let wrong = self.step(step, begun, compared);
                    let place = |what: String| format!("{}:{}: {what}", self.fixture.id, step.line);
                    compared.wrong.extend(wrong.into_iter().map(place));
                }
            }
            self.said.truncate(self.history.acts.len());
        }
    }

    fn who(&self, name: &str) -> usize {
        let mut all = self.fixture.participants.iter();
        all.position(|one| one.name == name).expect("a participant")
    }

    /// Takes up what is done in a step.
    fn acts(&mut self, step: &Step) -> Result<(), Left> {
        let senders: Vec<String> = step.actors().into_iter().map(str::to_owned).collect();
        let of_shape =
            !step.refused.is_empty() && step.refused.iter().all(|code| OF_SHAPE.contains(code));
        let comes_to_nothing = of_shape || step.quiet.is_some() && step.expect.is_empty();
        if step.connection == Connection::MustClose {
            return Err(Left::Here("the end of a connection".to_owned()));
        }
        let payloads: Vec<(usize, Value)> = match &step.action {
            Action::Send(payload) => {
                vec![(self.who(&senders[0]), self.resolved(payload, None, 1)?)]
            }
            Action::Batch(payloads) => {
                let by = self.who(&senders[0]);
                let each = payloads
                    .iter()
                    .map(|payload| Ok((by, self.resolved(payload, None, 1)?)));
                each.collect::<Result<_, _>>()?
            }
            Action::Burst { count, send, .. } => {
                let by = self.who(&senders[0]);
                let each = (1..=MANY.min(*count)).map(|i| Ok((by, self.resolved(send, None, i)?)));
                each.collect::<Result<_, _>>()?
            }
            Action::Race { by, count, send } => {
                let mut all = Vec::new();
                for name in by {
                    for i in 1..=MANY.min(*count) {
                        all.push((self.who(name), self.resolved(send, Some(name), i)?));
                    }
                }
                all
            }
            Action::Drop(how) => {
                return self.act(self.who(&senders[0]), Deed::Drop(*how), Value::Null);
            }
            Action::Connect => {
                let by = self.who(&senders[0]);
                let model = Model::new(&self.history, self.fixture.profile);
                let is_there = model.is_connected(by, self.history.acts.len());
                return match is_there {
                    true => Ok(()),
                    false => self.act(by, Deed::Connect, Value::Null),
                };
            }
            Action::Upgrade => return Ok(()),
            _ if comes_to_nothing => return Err(Left::Out),
            _ => return Err(Left::Here("not one of the messages".to_owned())),
        };
        for (by, payload) in payloads {
            let Some((deed, said)) = self.deed(&payload) else {
                return Err(match comes_to_nothing {
                    true => Left::Out,
                    false => Left::Here("a message that the model does not send".to_owned()),
                });
            };
            if of_shape {
                return Err(Left::Out);
            }
            self.act(by, deed, said)?;
        }
        Ok(())
    }

    /// One act more, if it is decided what comes of it.
    fn act(&mut self, by: usize, deed: Deed, said: Value) -> Result<(), Left> {
        let acked = false;
        self.history.acts.push(Act { by, deed, acked });
        self.said.push(said);
        let open = self.history.playable(self.fixture.profile) != self.history;
        match open {
            true => Err(Left::Here("open".to_owned())),
            false => Ok(()),
        }
    }

    fn resolved(&self, value: &Value, me: Option<&String>, i: u64) -> Result<Value, Left> {
        let mut bindings = self.bindings.clone();
        bindings.insert("i".to_owned(), json!(i));
        if let Some(me) = me {
            bindings.insert("me".to_owned(), self.bindings[me].clone());
        }
        value::resolve(value, &bindings).map_err(|error| Left::Here(error.to_string()))
    }

    fn deed(&mut self, payload: &Value) -> Option<(Deed, Value)> {
        let text = |key: &str| match payload.get(key) {
            None | Some(Value::Null) => Some(None),
            Some(Value::String(text)) => Some(Some(text.clone())),
            Some(_) => None,
        };
        let (user, room) = (text("user")?, text("room")?);
        let is_null = |key: &str| payload.get(key) == Some(&Value::Null);
        let event = payload.get("event")?.as_str()?;
        if event != "chat" && (is_null("user") || is_null("room")) {
            return None;
        }
        let user = match user {
            Some(user) => Some(self.name(&user)?),
            None => None,
        };
        let room = match room {
            Some(room) => Some(self.place(&room)?),
            None => None,
        };
        let none = Value::Null;
        Some(match event {
            "join" => (
                Deed::Join {
                    user: user?,
                    room: room?,
                },
                none,
            ),
            "leave" => (Deed::Leave { user, room }, none),
            "users" => (Deed::Users { room: room? }, none),
            "chat" => {
                let said = match (payload.get("text"), payload.get("message")) {
                    (Some(Value::String(text)), _) if text.len() <= 8_192 => json!(text),
                    (None, None) => json!("Knock! Knock!"),
                    _ => return None,
                };
                let text = Text::Plain;
                (
                    Deed::Chat {
                        room,
                        to: user,
                        text,
                    },
                    said,
                )
            }
            "image" => {
                let image = payload.get("bimage")?.as_str()?;
                (
                    Deed::Image {
                        room: room?,
                        to: user,
                    },
                    json!(image),
                )
            }
            _ => return None,
        })
    }

    fn name(&mut self, text: &str) -> Option<Name> {
        let (of, spelling) = self.names.find(text)?;
        let second = false;
        Some(Name {
            of,
            second,
            spelling,
        })
    }

    fn place(&mut self, text: &str) -> Option<Place> {
        let (number, spelling) = self.rooms.find(text)?;
        Some(Place { number, spelling })
    }

    /// What differs in a step, whose acts begin with this one.
    fn step(&self, step: &Step, begun: usize, compared: &mut Compared) -> Vec<String> {
        let model = Model::new(&self.history, self.fixture.profile);
        let mut wrong = Vec::new();
        for n in begun..self.history.acts.len() {
            let refused = match model.answer(n) {
                Answer::Refused { code, .. } => vec![code],
                _ => Vec::new(),
            };
            let codes = codes(step);
            let agrees = match refused.first() {
                None => codes.is_empty(),
                // Where nothing is said of it, a server may refuse.
                Some(code) => codes.contains(code) || (codes.is_empty() && step.expect.is_empty()),
            };
            if !agrees {
                wrong.push(format!("refused with {codes:?}, in the model {refused:?}"));
            }
        }
        compared.steps += 1;
        for participant in &self.fixture.participants {
            let who = self.who(&participant.name);
            let mut heard: Vec<(bool, Value, bool)> = Vec::new();
            for n in begun..self.history.acts.len() {
                for one in model
                    .heard(n)
                    .into_iter()
                    .filter(|one| one.to.contains(&who))
                {
                    let message = self.message(n, &one.what);
                    heard.push((one.must, message, false));
                }
            }
            let mine = step
                .expect
                .iter()
                .filter(|one| one.to.contains(&participant.name));
            for expectation in mine.filter(|one| one.event == "chat") {
                for pattern in self.patterns(step, expectation, &participant.name) {
                    let matching = heard.iter_mut().find(|(_, message, taken)| {
                        !taken
                            && pattern::matches(&pattern, message, &mut self.bindings.clone())
                                .is_ok()
                    });
                    match (expectation.kind, matching) {
                        (Kind::Must, None) => wrong.push(format!(
                            "{} must receive {pattern}, and does not in the model",
                            participant.name
                        )),
                        (Kind::Not, Some((_, message, _))) => wrong.push(format!(
                            "{} must not receive {pattern}, and gets {message} in the model",
                            participant.name
                        )),
                        (Kind::Must | Kind::May, Some((.., taken))) => {
                            *taken = true;
                            compared.demands += 1;
                        }
                        _ => {}
                    }
                }
            }
            let beyond = heard.iter().find(|(must, _, taken)| *must && !taken);
            match beyond {
                Some((_, message, _)) => wrong.push(format!(
                    "{} gets {message} in the model, which the fixture does not expect",
                    participant.name
                )),
                None => compared.prohibitions += 1,
            }
        }
        wrong
    }

    /// An expectation with all that it stands for written out.
    fn patterns(&self, step: &Step, expectation: &Expectation, who: &str) -> Vec<Value> {
        let senders: Vec<Option<String>> = match &step.action {
            Action::Race { by, .. } if expectation.each => by
                .iter()
                .filter(|sender| *sender != who)
                .cloned()
                .map(Some)
                .collect(),
            _ => vec![None],
        };
        let mut all = Vec::new();
        for sender in &senders {
            for i in 1..=MANY.min(expectation.repeat) {
                // What was captured before is not known here.
                all.extend(self.resolved(&expectation.pattern, sender.as_ref(), i));
            }
        }
        all
    }

    fn message(&self, n: usize, what: &What) -> Value {
        let shown = |name: &Name| self.names.shown(name.of, name.spelling);
        let upper = |name: &Name| shown(name).to_uppercase();
        let room = |place: &Place| self.rooms.shown(place.number, place.spelling);
        match what {
            What::New(user, place) => {
                let text = format!("New User {} joined room {}", shown(user), room(place));
                json!({"type": "newuser", "message": text})
            }
            What::Gone(user, place) => {
                let text = format!("User {} left room {}", shown(user), room(place));
                json!({"type": "deluser", "message": text})
            }
            What::Listing(names) => {
                let quoted = |name: &Name| match upper(name) {
                    name if name.contains('\'') => format!("\"{name}\""),
                    name => format!("'{name}'"),
                };
                let names: Vec<String> = names.iter().map(quoted).collect();
                json!({"type": "users", "message": format!("Users in room: [{}]", names.join(", "))})
            }
            What::Said(from) | What::Batch(from) => {
                let mut said =
                    json!({"type": "chat", "from": upper(from), "message": self.said[n]});
                let is_private =
                    matches!(self.history.acts[n].deed, Deed::Chat { to: Some(_), .. });
                if is_private && self.fixture.profile == Profile::Hardened {
                    said["private"] = json!(true);
                }
                said
            }
            What::Shown(from) => {
                json!({"type": "image", "from": upper(from), "bimage": self.said[n]})
            }
        }
    }
}

/// The codes of the refusal that a step demands, in whichever form it says so.
fn codes(step: &Step) -> Vec<u64> {
    let messages = step.expect.iter().filter(|one| one.event == "message");
    let written = messages.filter_map(|one| one.pattern["$json"]["code"].as_u64());
    step.refused.iter().copied().chain(written).collect()
}
