//! Pairs what was expected with what came: each message is consumed once.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Judged;
use crate::pattern::{self, Mismatch};
use crate::transcript::What;
use crate::value::Bindings;

/// One message that must or may come.
pub(super) struct Demand {
    /// The Socket.IO event.
    pub event: String,
    /// Its one argument, resolved.
    pub pattern: Value,
    /// The rule that demands it.
    pub rule: String,
    /// Whether it must come.
    pub must: bool,
    /// Further demands on the same message.
    pub and: Vec<(Value, String)>,
    /// Demands with the same key must come in the order given.
    pub sequence: Option<(usize, Option<String>)>,
}

impl Demand {
    /// The refusal that the actor must get.
    pub fn refusal(pattern: Value, rule: &str) -> Demand {
        Demand {
            event: "message".to_owned(),
            pattern,
            rule: rule.to_owned(),
            must: true,
            and: vec![],
            sequence: None,
        }
    }
}

/// What became of a demand.
pub(super) enum Result {
    /// It came.
    Matched {
        /// Index in the transcript.
        entry: usize,
        /// The argument.
        value: Value,
    },
    /// Nothing like it came.
    Absent,
    /// Something of its type came instead.
    Near {
        /// Index in the transcript.
        entry: usize,
        /// How it differs.
        why: String,
    },
    /// It came, but not in its turn.
    Misplaced {
        /// Index in the transcript.
        entry: usize,
    },
}

/// One event that came.
pub(super) struct Item {
    /// Index in the transcript.
    pub entry: usize,
    /// Event name.
    pub name: String,
    /// Arguments.
    pub args: Vec<Value>,
    /// Whether an equal message has been consumed already.
    pub duplicate: bool,
    taken: bool,
}

/// All events of one participant in one window, in the order of arrival.
pub(super) struct Pool {
    items: Vec<Item>,
}

impl Pool {
    /// The events among these entries.
    pub fn new<'a>(entries: impl Iterator<Item = (usize, &'a What)>) -> Pool {
        let items = entries.filter_map(|(entry, what)| match what {
            What::Event { name, args } => Some(Item {
                entry,
                name: name.clone(),
                args: args.clone(),
                duplicate: false,
                taken: false,
            }),
            _ => None,
        });
        Pool {
            items: items.collect(),
        }
    }

    /// Consumes the last empty listing: the answer to a barrier. A repeated act has several barriers, with one each.
    pub fn take_barrier(&mut self) -> bool {
        let empty = serde_json::json!({"type": "users", "message": "Users in room: []"});
        let is_reply = |item: &Item| {
            item.name == "chat"
                && item.args.len() == 1
                && pattern::matches(&empty, &item.args[0], &mut Bindings::new()).is_ok()
        };
        match self
            .items
            .iter_mut()
            .rev()
            .find(|item| !item.taken && is_reply(item))
        {
            Some(item) => {
                item.taken = true;
                true
            }
            None => false,
        }
    }

    /// What is not consumed.
    pub fn left(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.taken)
    }

    /// Pairs all demands; `musts` first, so that a `may` never takes what a `must` needs.
    pub fn pair(
        &mut self,
        demands: Vec<Demand>,
        ordered: bool,
        judged: &mut Judged,
    ) -> Vec<(Demand, Result)> {
        let mut chosen = self.assign(&demands, ordered);
        let consumed: Vec<Value> = chosen
            .values()
            .map(|item| Value::Array(self.items[*item].args.clone()))
            .collect();
        for item in chosen.values() {
            self.items[*item].taken = true;
        }
        let mut results = Vec::new();
        for (index, demand) in demands.into_iter().enumerate() {
            let result = match chosen.remove(&index) {
                Some(item) => {
                    let item = &self.items[item];
                    let value = item.args.first().cloned().unwrap_or(Value::Null);
                    // Captures take effect here, once it is settled which message is whose.
                    match pattern::matches(&demand.pattern, &value, &mut judged.bindings) {
                        Ok(()) => Result::Matched {
                            entry: item.entry,
                            value,
                        },
                        Err(why) => Result::Near {
                            entry: item.entry,
                            why: at(&why),
                        },
                    }
                }
                None if demand.must => self.explain(&demand),
                None => Result::Absent,
            };
            results.push((demand, result));
        }
        for item in self.items.iter_mut().filter(|item| !item.taken) {
            item.duplicate = consumed.contains(&Value::Array(item.args.clone()));
        }
        results
    }

    /// Which item each demand gets: sequences in their order, the rest by augmenting paths, so that an open pattern
    /// never starves a narrow one.
    fn assign(&self, demands: &[Demand], ordered: bool) -> BTreeMap<usize, usize> {
        let mut owner: BTreeMap<usize, usize> = BTreeMap::new();
        let mut last: BTreeMap<Option<(usize, Option<String>)>, usize> = BTreeMap::new();
        let in_order = |demand: &Demand| demand.sequence.is_some() || (ordered && demand.must);
        for (index, demand) in demands
            .iter()
            .enumerate()
            .filter(|(_, demand)| in_order(demand))
        {
            let key = if ordered {
                None
            } else {
                demand.sequence.clone()
            };
            let from = last.get(&key).copied().unwrap_or(0);
            let free = (from..self.items.len())
                .find(|item| !owner.contains_key(item) && self.fits(demand, *item));
            if let Some(item) = free {
                owner.insert(item, index);
                last.insert(key, item + 1);
            }
        }
        let settled: Vec<usize> = owner.keys().copied().collect();
        let rest = |must: bool| {
            demands
                .iter()
                .enumerate()
                .filter(move |(_, d)| d.must == must && !in_order(d))
                .map(|(index, _)| index)
        };
        for index in rest(true).chain(rest(false)) {
            let mut tried = settled.clone();
            self.augment(index, demands, &mut owner, &mut tried);
        }
        owner
            .into_iter()
            .map(|(item, demand)| (demand, item))
            .collect()
    }

    fn augment(
        &self,
        index: usize,
        demands: &[Demand],
        owner: &mut BTreeMap<usize, usize>,
        tried: &mut Vec<usize>,
    ) -> bool {
        for item in 0..self.items.len() {
            if tried.contains(&item) || !self.fits(&demands[index], item) {
                continue;
            }
            tried.push(item);
            let free = match owner.get(&item).copied() {
                None => true,
                Some(other) => self.augment(other, demands, owner, tried),
            };
            if free {
                owner.insert(item, index);
                return true;
            }
        }
        false
    }

    fn fits(&self, demand: &Demand, item: usize) -> bool {
        let item = &self.items[item];
        !item.taken
            && item.name == demand.event
            && item.args.len() == 1
            && !pattern::differs_plainly(&demand.pattern, &item.args[0])
            && pattern::matches(&demand.pattern, &item.args[0], &mut Bindings::new()).is_ok()
    }

    /// What came instead of a missing message, consumed so that it is not reported twice.
    fn explain(&mut self, demand: &Demand) -> Result {
        let misplaced = (0..self.items.len()).find(|item| self.fits(demand, *item));
        if let Some(item) = misplaced {
            self.items[item].taken = true;
            return Result::Misplaced {
                entry: self.items[item].entry,
            };
        }
        let wanted = demand.pattern.get("type");
        let near = self.items.iter_mut().find(|item| {
            let kind = item.args.first().and_then(|arg| arg.get("type"));
            !item.taken && item.name == demand.event && (kind == wanted || demand.event != "chat")
        });
        let Some(item) = near else {
            return Result::Absent;
        };
        item.taken = true;
        let value = item.args.first().cloned().unwrap_or(Value::Null);
        match pattern::matches(&demand.pattern, &value, &mut Bindings::new()) {
            Err(why) => Result::Near {
                entry: item.entry,
                why: at(&why),
            },
            Ok(()) => Result::Near {
                entry: item.entry,
                why: "a wrong number of arguments".to_owned(),
            },
        }
    }
}

fn at(why: &Mismatch) -> String {
    format!("at {}: {}", why.path, why.why)
}
