//! What a load came to. Programs read it as JSON; its keys are API.

use std::collections::BTreeMap;

use chatspec_judge::ledger::{Kind, Tally, Violations};
use serde::Serialize;

/// The whole of it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The program's version.
    pub chatspec: String,
    /// What was done.
    pub scenario: &'static str,
    /// To whom.
    pub target: String,
    /// The URLs of all nodes, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<String>,
    /// Seed of the run.
    pub seed: u64,
    /// How it was done.
    pub settings: Settings,
    /// What is to be made of it.
    pub outcome: Outcome,
    /// Why it is no better, each in a sentence.
    pub reasons: Vec<String>,
    /// Messages and their deliveries, over the whole run.
    pub messages: Messages,
    /// Deliveries a second while the load lasted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deliveries_per_second: Option<f64>,
    /// From sending, or from when it was due, to each delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<Latency>,
    /// How connections came to stand.
    pub connects: Connects,
    /// What attackers did, and what the others felt of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attack: Option<Attack>,
    /// What was wrong.
    pub violations: Violations,
    /// Refusals by code.
    pub refusals: BTreeMap<u64, u64>,
    /// The server's process, where it was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<Process>,
    /// The process that made the load.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<Driver>,
    /// By steps of time; of a storm connections, else deliveries.
    pub timeline: Vec<Sample>,
}

/// How the load was made.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    /// Rooms.
    pub rooms: u32,
    /// Members of each.
    pub members: u32,
    /// Members of each that send.
    pub senders: u32,
    /// Messages of one sender that may be on their way; none in an open loop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<u32>,
    /// Messages or connections a second in an open loop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// How long the load lasted.
    pub seconds: f64,
    /// Bytes of a text, at least.
    pub size: usize,
    /// Connections of attackers.
    pub attackers: u32,
    /// What they did, one after the other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub manners: Vec<&'static str>,
}

/// What is to be made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything that was due came, once and in order, and nothing else did.
    Held,
    /// Something was wrong.
    Violated,
    /// Nothing was wrong, and not everything was seen.
    Inconclusive,
    /// No delivery was ever due.
    Nothing,
}

impl Outcome {
    /// The exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Outcome::Held => 0,
            Outcome::Violated => 1,
            Outcome::Nothing => 4,
            Outcome::Inconclusive => 5,
        }
    }
}

/// Messages, and the deliveries that they led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Messages {
    /// Messages that were sent.
    pub sent: u64,
    /// Deliveries that were due.
    pub due: u64,
    /// Deliveries that came.
    pub received: u64,
    /// How often a member was told that messages from other nodes were lost.
    #[serde(skip_serializing_if = "is_none")]
    pub gaps: u64,
    /// Deliveries that did not come and that such a gap accounts for; they do not count as due.
    #[serde(skip_serializing_if = "is_none")]
    pub lost: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

impl From<Tally> for Messages {
    fn from(tally: Tally) -> Messages {
        Messages {
            sent: tally.sent,
            due: tally.due,
            received: tally.received,
            gaps: tally.gaps,
            lost: tally.lost,
        }
    }
}

/// Milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// Half are faster.
    pub p50: f64,
    /// Nine of ten are faster.
    pub p90: f64,
    /// All but one in a hundred are faster.
    pub p99: f64,
    /// All but one in a thousand are faster.
    pub p999: f64,
    /// The slowest.
    pub max: f64,
}

/// How connections came to stand: opened, and seen to have joined.
#[derive(Clone, Debug, Serialize)]
pub struct Connects {
    /// Those that did.
    pub joined: u64,
    /// Those that did not.
    pub failed: u64,
    /// How long all of them took, in seconds.
    pub seconds: f64,
    /// Connections a second.
    pub per_second: f64,
    /// From the start of each, or from when it was due, to its own `newuser`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<Latency>,
}

/// What attackers did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Attack {
    /// Bytes that they sent.
    pub bytes: u64,
    /// Connections that they opened.
    pub connections: u64,
    /// How often the server closed one.
    pub closed: u64,
    /// How often it let none in.
    pub refused: u64,
    /// Latency of the others before the attack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calm_ms: Option<Latency>,
}

/// What the server's process took.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Process {
    /// Seconds of processors while connections were opened.
    pub connect_cpu_seconds: f64,
    /// Seconds of processors while the load lasted.
    pub cpu_seconds: f64,
    /// Deliveries per second of a processor.
    pub deliveries_per_cpu_second: f64,
    /// Connections per second of a processor.
    pub connects_per_cpu_second: f64,
    /// Resident bytes before the first connection.
    pub rss_before: u64,
    /// Resident bytes when all had joined.
    pub rss_joined: u64,
    /// Resident bytes at the end of the load.
    pub rss_after: u64,
    /// What each connection added until all had joined.
    pub bytes_per_connection: f64,
}

/// What the process that made the load took.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Driver {
    /// Seconds of processors while the load lasted.
    pub cpu_seconds: f64,
    /// The part of one processor.
    pub busy: f64,
}

/// One step of time.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Sample {
    /// Its end, in seconds since the start of the load.
    pub at: f64,
    /// Deliveries or connections a second.
    pub per_second: f64,
    /// Their latencies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    /// The part of one processor that the server took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<f64>,
    /// The server's resident bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rss: Option<u64>,
}

/// What has to be weighed.
pub(super) struct Evidence<'a> {
    pub(super) violations: &'a Violations,
    pub(super) messages: Messages,
    /// Whether the scenario has messages at all.
    pub(super) talks: bool,
    /// Whether the end was waited for: otherwise what is missing may be on its way.
    pub(super) silent: bool,
    /// What the server said when it would take no more.
    pub(super) limited: Option<String>,
    /// Why something else was not seen.
    pub(super) doubts: Vec<String>,
}

impl Evidence<'_> {
    /// Weighs it. What a server owes that has limited the load nobody knows; all else it still must not do.
    pub(super) fn weigh(self) -> (Outcome, Vec<String>) {
        let excused = |kind: Kind| self.limited.is_some() && matches!(kind, Kind::Gap | Kind::Lost);
        let wrong: u64 = self
            .violations
            .counts
            .iter()
            .filter(|(kind, _)| !excused(**kind))
            .map(|(_, count)| count)
            .sum();
        let missing = self.messages.due - self.messages.received.min(self.messages.due);
        let limited = self.limited.is_some();
        let mut reasons = Vec::new();
        if wrong > 0 {
            reasons.push(format!("{wrong} violations"));
        }
        if missing > 0 {
            reasons.push(format!(
                "{missing} of {} deliveries that were due did not come",
                self.messages.due
            ));
        }
        reasons.extend(self.limited);
        let doubtful = limited || !self.doubts.is_empty();
        reasons.extend(self.doubts);
        let outcome = if wrong > 0 || (missing > 0 && !limited && self.silent) {
            Outcome::Violated
        } else if doubtful || missing > 0 {
            Outcome::Inconclusive
        } else if self.talks && self.messages.due == 0 {
            reasons.push("no delivery was ever due: a room needs two members at least".to_owned());
            Outcome::Nothing
        } else {
            Outcome::Held
        };
        (outcome, reasons)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weigh(kind: Option<Kind>, received: u64, limited: bool) -> Outcome {
        weigh_at(true, kind, received, limited)
    }

    fn weigh_at(silent: bool, kind: Option<Kind>, received: u64, limited: bool) -> Outcome {
        let mut violations = Violations::default();
        violations.counts.extend(kind.map(|kind| (kind, 1)));
        let evidence = Evidence {
            violations: &violations,
            messages: Messages {
                sent: 1,
                due: 10,
                received,
                gaps: 0,
                lost: 0,
            },
            talks: true,
            silent,
            limited: limited.then(|| "refused with code 30".to_owned()),
            doubts: Vec::new(),
        };
        evidence.weigh().0
    }

    #[test]
    fn fewer_than_due_is_never_green() {
        assert_eq!(weigh(None, 10, false), Outcome::Held);
        assert_eq!(weigh(None, 9, false), Outcome::Violated);
        assert_eq!(weigh(None, 9, true), Outcome::Inconclusive);
        assert_eq!(weigh(None, 10, true), Outcome::Inconclusive);
    }

    #[test]
    fn what_had_not_come_when_it_was_interrupted_is_a_doubt() {
        assert_eq!(weigh_at(false, None, 9, false), Outcome::Inconclusive);
        assert_eq!(
            weigh_at(false, Some(Kind::Order), 9, false),
            Outcome::Violated
        );
    }

    #[test]
    fn a_limit_excuses_what_did_not_come_and_nothing_else() {
        assert_eq!(weigh(Some(Kind::Gap), 9, true), Outcome::Inconclusive);
        assert_eq!(weigh(Some(Kind::Gap), 9, false), Outcome::Violated);
        assert_eq!(weigh(Some(Kind::Order), 10, true), Outcome::Violated);
    }

    #[test]
    fn nothing_at_all_is_no_success() {
        let violations = Violations::default();
        let evidence = |talks| Evidence {
            violations: &violations,
            messages: Messages {
                sent: 0,
                due: 0,
                received: 0,
                gaps: 0,
                lost: 0,
            },
            talks,
            silent: true,
            limited: None,
            doubts: Vec::new(),
        };
        assert_eq!(evidence(true).weigh().0, Outcome::Nothing);
        assert_eq!(evidence(false).weigh().0, Outcome::Held);
    }
}
