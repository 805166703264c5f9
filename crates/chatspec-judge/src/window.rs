//! Judges one step: what came in its window against what was expected.

mod ack;
mod answer;
mod attack;
mod pairing;

use serde_json::{Value, json};

use crate::finding::{Finding, Outcome, describe};
use crate::fixture::{Action, Connection, Expectation, Fixture, Kind, Step};
use crate::pattern::{self, brief};
use crate::rule::names;
use crate::transcript::{Entry, What};
use crate::value::{self, Bindings, ValueError};

use self::pairing::{Demand, Pool};

/// One step and what was recorded in its window.
pub struct Window<'a> {
    /// The conversation.
    pub fixture: &'a Fixture,
    /// Index of the step.
    pub index: usize,
    /// The whole transcript so far; entries of other steps are not looked at.
    pub entries: &'a [Entry],
}

/// What a window says.
pub struct Judged {
    /// Held and violated rules.
    pub findings: Vec<Finding>,
    /// The variables, with what was captured.
    pub bindings: Bindings,
}

impl Window<'_> {
    /// Judges the step.
    ///
    /// # Errors
    /// A value of the fixture cannot be made: an error of the fixture, which lint finds.
    pub fn judge(&self, bindings: &Bindings) -> Result<Judged, ValueError> {
        let mut judged = Judged {
            findings: vec![],
            bindings: bindings.clone(),
        };
        if self.is_skipped() {
            return Ok(judged);
        }
        for participant in &self.fixture.participants {
            self.participant(&participant.name, &mut judged)?;
        }
        self.quiet(&mut judged);
        ack::judge(self, &mut judged);
        answer::judge(self, &mut judged);
        attack::judge(self, &mut judged);
        self.agree(&mut judged);
        Ok(judged)
    }

    /// Whether every `must` of the step has come: the driver may stop waiting.
    ///
    /// # Errors
    /// As [`Window::judge`].
    pub fn satisfied(&self, bindings: &Bindings) -> Result<bool, ValueError> {
        self.pending(bindings).map(|pending| pending.is_empty())
    }

    /// Those who still lack something that must come.
    ///
    /// # Errors
    /// As [`Window::judge`].
    pub fn pending(&self, bindings: &Bindings) -> Result<Vec<String>, ValueError> {
        // Of what may go several ways, what lacks least is on its way.
        let ways = self.step().either.len();
        if ways > 0 {
            let pending = (0..ways).map(|way| {
                let fixture = &self.fixture.way(way);
                Window { fixture, ..*self }.pending(bindings)
            });
            let all = pending.collect::<Result<Vec<_>, _>>()?;
            return Ok(all.into_iter().min_by_key(Vec::len).unwrap_or_default());
        }
        let judged = self.judge(bindings)?;
        let pending = |finding: &Finding| {
            matches!(finding.outcome, Outcome::Missing | Outcome::Different)
                || (finding.outcome == Outcome::Dead && finding.rule == self.step().rule)
        };
        let findings = judged.findings.into_iter().filter(pending);
        Ok(findings.map(|finding| finding.who).collect())
    }

    /// A step that depends on what became of mallory and was not played, or whose effects the profile leaves open.
    fn is_skipped(&self) -> bool {
        let step = self.step();
        if let Some(input) = &self.fixture.input
            && input.free
            && (input.acts.0..input.acts.1).contains(&self.index)
        {
            return true;
        }
        step.given.is_some()
            && !step.actors().iter().any(|who| {
                self.of(who)
                    .any(|(_, what)| matches!(what, What::Sent { .. }))
            })
    }

    /// Whether what becomes of this connection is no matter any more: that of mallory, once her input is judged.
    fn is_settled_with(&self, who: &str) -> bool {
        let input = self.fixture.input.as_ref();
        who == "mallory"
            && self.step().given.is_none()
            && input.is_some_and(|input| self.index >= input.acts.1)
    }

    fn is_attack(&self) -> bool {
        matches!(self.step().action, Action::Attack(_))
    }

    pub(crate) fn step(&self) -> &Step {
        &self.fixture.steps[self.index]
    }

    /// The entries of one participant in this window, with their index in the transcript.
    pub(crate) fn of<'e>(&'e self, who: &'e str) -> impl Iterator<Item = (usize, &'e What)> {
        self.entries
            .iter()
            .enumerate()
            .filter(move |(_, entry)| entry.step == self.index && entry.who == who)
            .map(|(index, entry)| (index, &entry.what))
    }

    fn participant(&self, who: &str, judged: &mut Judged) -> Result<(), ValueError> {
        let step = self.step();
        let actor = step.actors().contains(&who);
        let mut pool = Pool::new(self.of(who));
        for _ in self
            .of(who)
            .filter(|(_, what)| matches!(what, What::BarrierReturned))
        {
            judged.findings.push(match pool.take_barrier() {
                true => Finding::held(names::BARRIER, self.index, who),
                false => self.found(
                    names::BARRIER,
                    Outcome::Missing,
                    who,
                    "an empty listing of the barrier's unused room".to_owned(),
                    "the acknowledgement alone".to_owned(),
                    None,
                ),
            });
        }
        for (demand, result) in pool.pair(
            self.demands(who, actor, &judged.bindings)?,
            step.ordered,
            judged,
        ) {
            self.paired(who, &demand, result, judged);
        }
        // What comes back to the sender of a bad input is its outcome.
        let open = self.fixture.input.as_ref().is_some_and(|input| input.free);
        if !(open || self.is_settled_with(who) || actor && self.is_attack()) {
            self.leftovers(who, actor, &pool, judged)?;
        }
        if !self.is_settled_with(who) {
            self.connection(who, actor, judged);
        }
        Ok(())
    }

    /// What this participant must and may receive, generators run and variables replaced.
    fn demands(
        &self,
        who: &str,
        actor: bool,
        bindings: &Bindings,
    ) -> Result<Vec<Demand>, ValueError> {
        let step = self.step();
        let due = self.is_due();
        let mut demands = Vec::new();
        // Where the server may close instead, a connection that is gone needs no refusal.
        let gone = step.connection == Connection::LivesOrCloses
            && self
                .of(who)
                .any(|(_, what)| matches!(what, What::Closed { .. }));
        if actor && !step.refused.is_empty() && !gone {
            let refusal =
                json!({"$json": {"code": {"$oneOf": step.refused}, "message": {"$any": "string"}}});
            demands.push(Demand::refusal(refusal, &step.rule));
        }
        let mine = step
            .expect
            .iter()
            .filter(|e| e.kind != Kind::Not && e.to.iter().any(|to| to == who));
        for (sequence, expectation) in mine.enumerate() {
            for sender in self.senders(expectation, who) {
                let mut scope = bindings.clone();
                if let Some(sender) = &sender {
                    scope.insert(
                        "me".to_owned(),
                        bindings.get(sender).cloned().unwrap_or_default(),
                    );
                }
                for i in 1..=expectation.repeat {
                    scope.insert("i".to_owned(), json!(i));
                    let pattern = value::resolve(&expectation.pattern, &scope)?;
                    let and = expectation.and.iter().map(|refine| {
                        value::resolve(&refine.is, &scope).map(|is| (is, refine.rule.clone()))
                    });
                    demands.push(Demand {
                        event: expectation.event.clone(),
                        pattern,
                        rule: expectation.rule.clone(),
                        must: expectation.kind == Kind::Must && due,
                        and: and.collect::<Result<_, _>>()?,
                        // Repeated messages form a sequence; so does each sender's part of a race.
                        sequence: (expectation.repeat > 1).then(|| (sequence, sender.clone())),
                    });
                }
            }
        }
        Ok(demands)
    }

    /// Whose messages an expectation is about: each sender of a race but the receiver, or nobody in particular.
    fn senders(&self, expectation: &Expectation, who: &str) -> Vec<Option<String>> {
        match &self.step().action {
            Action::Race { by, .. } if expectation.each => by
                .iter()
                .filter(|sender| *sender != who)
                .cloned()
                .map(Some)
                .collect(),
            _ => vec![None],
        }
    }

    fn paired(&self, who: &str, demand: &Demand, result: pairing::Result, judged: &mut Judged) {
        match result {
            pairing::Result::Matched { entry, value } => {
                if demand.must {
                    judged
                        .findings
                        .push(Finding::held(&demand.rule, self.index, who));
                }
                for (is, rule) in &demand.and {
                    let mut bindings = judged.bindings.clone();
                    judged
                        .findings
                        .push(match pattern::matches(is, &value, &mut bindings) {
                            Ok(()) => Finding::held(rule, self.index, who),
                            Err(why) => self.found(
                                rule,
                                Outcome::Different,
                                who,
                                brief(is),
                                format!("{}: {}", why.path, why.why),
                                Some(entry),
                            ),
                        });
                }
            }
            pairing::Result::Absent if !demand.must => {}
            pairing::Result::Absent => judged.findings.push(self.found(
                &demand.rule,
                Outcome::Missing,
                who,
                describe(&demand.event, std::slice::from_ref(&demand.pattern)),
                "nothing like it, up to the barrier".to_owned(),
                None,
            )),
            pairing::Result::Near { entry, why } => judged.findings.push(self.found(
                &demand.rule,
                Outcome::Different,
                who,
                describe(&demand.event, std::slice::from_ref(&demand.pattern)),
                why,
                Some(entry),
            )),
            pairing::Result::Misplaced { entry } => judged.findings.push(self.found(
                &demand.rule,
                Outcome::Order,
                who,
                describe(&demand.event, std::slice::from_ref(&demand.pattern)),
                "the same message at another place in the order".to_owned(),
                Some(entry),
            )),
        }
    }

    /// What no expectation has consumed.
    fn leftovers(
        &self,
        who: &str,
        actor: bool,
        pool: &Pool,
        judged: &mut Judged,
    ) -> Result<(), ValueError> {
        let step = self.step();
        let mut forbidden: Vec<(&str, Value)> = Vec::new();
        for expectation in step
            .expect
            .iter()
            .filter(|e| e.kind == Kind::Not && e.to.iter().any(|to| to == who))
        {
            let mut scope = judged.bindings.clone();
            scope.insert("i".to_owned(), json!(1));
            forbidden.push((
                &expectation.rule,
                value::resolve(&expectation.pattern, &scope)?,
            ));
        }
        if !step.refused.is_empty() {
            forbidden.push((&step.rule, json!({})));
        }
        let mut broken: Vec<&str> = Vec::new();
        for item in pool.left() {
            let refusal = item.name == "message" && is_refusal(&item.args);
            if is_open(&item.name, &item.args)
                && (actor || (!refusal && !carries_text(item, &judged.bindings)))
            {
                continue;
            }
            let arg = item.args.first().cloned().unwrap_or(Value::Null);
            let hit = forbidden.iter().find(|(_, pattern)| {
                pattern::matches(pattern, &arg, &mut judged.bindings.clone()).is_ok()
            });
            let (rule, outcome) = match hit {
                Some((rule, _)) => (*rule, Outcome::Unexpected),
                None if refusal => (names::REFUSAL_ONLY_SENDER, Outcome::Unexpected),
                None if item.duplicate => (names::ONCE, Outcome::Duplicate),
                None if actor && is_echo(&arg, judged.bindings.get(who)) => {
                    (names::NO_ECHO, Outcome::Unexpected)
                }
                None if actor && self.is_own_deluser(&arg, judged.bindings.get(who)) => {
                    (names::LEAVE_SILENT, Outcome::Unexpected)
                }
                None => (
                    step.quiet.as_deref().unwrap_or(names::CLOSURE),
                    Outcome::Unexpected,
                ),
            };
            broken.push(rule);
            let seen = describe(&item.name, &item.args);
            judged.findings.push(self.found(
                rule,
                outcome,
                who,
                "no such message".to_owned(),
                seen,
                Some(item.entry),
            ));
        }
        let connected = self
            .of(who)
            .any(|(_, what)| matches!(what, What::BarrierReturned));
        for (rule, _) in forbidden
            .iter()
            .filter(|(rule, _)| connected && !broken.contains(rule))
        {
            judged.findings.push(Finding::silent(rule, self.index, who));
        }
        if connected && broken.is_empty() {
            judged
                .findings
                .push(Finding::silent(names::CLOSURE, self.index, who));
        }
        Ok(())
    }

    /// Silence of everybody: held where nobody has broken it, and at least one barrier returned.
    fn quiet(&self, judged: &mut Judged) {
        let Some(rule) = &self.step().quiet else {
            return;
        };
        let returned = self
            .entries
            .iter()
            .any(|entry| entry.step == self.index && matches!(entry.what, What::BarrierReturned));
        let broken = judged
            .findings
            .iter()
            .any(|finding| finding.rule == *rule && finding.outcome.is_violation());
        if returned && !broken {
            judged.findings.push(Finding::silent(rule, self.index, ""));
        }
    }

    fn connection(&self, who: &str, actor: bool, judged: &mut Judged) {
        let step = self.step();
        let lost = self.of(who).find_map(|(entry, what)| match what {
            What::BarrierLost { why } => Some((entry, why.clone())),
            _ => None,
        });
        let closed = self
            .of(who)
            .any(|(_, what)| matches!(what, What::Closed { .. }));
        let returned = self
            .of(who)
            .any(|(_, what)| matches!(what, What::BarrierReturned));
        let rule = match step.connection {
            // What is no conversation at all may cost others their connection: that breaks the rule that the step is about.
            _ if !actor && self.is_attack() => names::BYSTANDERS,
            _ if !actor && self.is_rough() && !step.rule.is_empty() => step.rule.as_str(),
            Connection::Lives => names::LIVES,
            _ if !actor => names::LIVES,
            Connection::MayClose => return,
            Connection::MustClose | Connection::LivesOrCloses => step.rule.as_str(),
        };
        let wants_close = actor && step.connection == Connection::MustClose;
        let may_close = actor && step.connection == Connection::LivesOrCloses;
        let answers = "a connection that answers".to_owned();
        match lost {
            _ if wants_close => judged.findings.push(match closed {
                true => Finding::held(rule, self.index, who),
                false => {
                    let expected = "the server ends the connection".to_owned();
                    self.found(
                        rule,
                        Outcome::Dead,
                        who,
                        expected,
                        "it stays open".to_owned(),
                        None,
                    )
                }
            }),
            Some(_) if may_close && closed => {
                judged.findings.push(Finding::held(rule, self.index, who))
            }
            Some((entry, why)) => {
                judged.findings.push(self.found(
                    rule,
                    Outcome::Dead,
                    who,
                    answers,
                    why,
                    Some(entry),
                ));
            }
            None if returned => judged.findings.push(Finding::held(rule, self.index, who)),
            None => {}
        }
    }

    /// Whether one who leaves is told of it.
    fn is_own_deluser(&self, arg: &Value, own_name: Option<&Value>) -> bool {
        let Action::Send(payload) = &self.step().action else {
            return false;
        };
        let name = own_name
            .and_then(Value::as_str)
            .unwrap_or("?")
            .to_uppercase();
        let text = arg
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or_default();
        payload.get("event") == Some(&json!("leave"))
            && arg.get("type") == Some(&json!("deluser"))
            && text.to_uppercase().starts_with(&format!("USER {name}"))
    }

    fn is_rough(&self) -> bool {
        matches!(
            self.step().action,
            Action::Packets(_) | Action::Frames(_) | Action::Mute | Action::Drop(_)
        )
    }

    fn agree(&self, judged: &mut Judged) {
        let Some(agree) = &self.step().agree else {
            return;
        };
        let orders: Vec<(&str, Vec<&Value>)> = agree
            .among
            .iter()
            .map(|who| {
                let chats = self.of(who).filter_map(|(_, what)| match what {
                    What::Event { name, args } if name == "chat" => args.first(),
                    _ => None,
                });
                (
                    who.as_str(),
                    chats
                        .filter(|arg| arg.get("type") == Some(&json!("chat")))
                        .collect(),
                )
            })
            .collect();
        let differs = orders.iter().enumerate().find_map(|(index, (who, left))| {
            orders[index + 1..]
                .iter()
                .find(|(_, right)| !same_order(left, right))
                .map(|(other, _)| (*who, *other))
        });
        let enough = orders.iter().all(|(_, order)| order.len() > 1);
        for rule in &agree.rules {
            match differs {
                Some((one, other)) => judged.findings.push(self.found(
                    rule,
                    Outcome::Order,
                    other,
                    format!("the messages in the order in which {one} saw them"),
                    "another order".to_owned(),
                    None,
                )),
                None if enough => judged.findings.push(Finding::held(rule, self.index, "")),
                None => {}
            }
        }
    }

    pub(crate) fn found(
        &self,
        rule: &str,
        outcome: Outcome,
        who: &str,
        expected: String,
        seen: String,
        entry: Option<usize>,
    ) -> Finding {
        Finding::new(rule, outcome, self.index, who, expected, seen, entry)
    }
}

/// Messages that the protocol leaves open: other event names, and `chat` messages of an unknown type.
fn is_open(name: &str, args: &[Value]) -> bool {
    if name != "chat" {
        return true;
    }
    let known = ["newuser", "deluser", "users", "chat", "image"];
    matches!(args, [Value::Object(map)] if map.get("type").and_then(Value::as_str).is_some_and(|t| !known.contains(&t)))
}

/// Whether something that the protocol leaves open carries what somebody said in this conversation.
fn carries_text(item: &pairing::Item, bindings: &Bindings) -> bool {
    let nonce = bindings.get("nonce").and_then(Value::as_str).unwrap_or("?");
    item.args.iter().any(|arg| arg.to_string().contains(nonce))
}

/// Whether a `message` event has the form of a refusal.
fn is_refusal(args: &[Value]) -> bool {
    let [Value::String(text)] = args else {
        return false;
    };
    serde_json::from_str::<Value>(text)
        .is_ok_and(|value| value.get("code").is_some_and(Value::is_number))
}

fn is_echo(arg: &Value, own_name: Option<&Value>) -> bool {
    matches!(
        arg.get("type").and_then(Value::as_str),
        Some("chat" | "image")
    ) && arg.get("from") == own_name
}

/// Whether what both saw stands in the same order in both.
fn same_order(left: &[&Value], right: &[&Value]) -> bool {
    let common: Vec<&&Value> = left.iter().filter(|value| right.contains(value)).collect();
    let mirrored: Vec<&&Value> = right.iter().filter(|value| left.contains(value)).collect();
    common == mirrored
}
