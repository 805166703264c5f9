//! A conversation as a diagram: a column per participant, time downwards, the offending frames marked.

use std::collections::{BTreeMap, BTreeSet};

use chatspec_judge::finding::{Finding, describe};
use chatspec_judge::transcript::{Entry, Transcript, What};

use super::safe::{safe, short};

/// Characters of a line's text before it is cut.
const WIDTH: usize = 140;
/// Characters of a participant's name.
const NAME: usize = 16;
/// What stands behind the line of an offending frame.
const MARK: &str = "   <== here";

/// Whether a line is that of an offending frame.
pub fn is_marked(line: &str) -> bool {
    line.ends_with(MARK)
}

/// A conversation, ready to be drawn.
pub struct Diagram<'a> {
    /// The participants, one a column.
    pub names: Vec<&'a str>,
    /// What happened, downwards.
    pub rows: Vec<Row<'a>>,
}

/// One thing that happened.
pub struct Row<'a> {
    /// Index of the step.
    pub step: usize,
    /// The participant; empty where it was none of them.
    pub who: &'a str,
    /// An arrow for what was sent or received, `○` or `✖` for what became of the connection.
    pub sign: &'static str,
    /// What happened, as it was: not yet harmless.
    pub text: String,
    /// Whether a finding is about it.
    pub offends: bool,
}

/// Draws the conversation. Barriers that returned are left out: they are everywhere. What several participants receive
/// between two things that were sent has no order of its own, so it is put in the order of the columns: the same
/// conversation looks the same.
pub fn diagram<'a>(transcript: &'a Transcript, findings: &[Finding]) -> Diagram<'a> {
    let marked: BTreeSet<usize> = findings
        .iter()
        .filter_map(|finding| finding.entry)
        .collect();
    let mut order: Vec<(usize, &Entry)> = transcript.entries.iter().enumerate().collect();
    order.sort_by_key(|(index, entry)| (entry.step, entry.at, *index));
    let names = names(&order);
    let column = |who: &str| names.iter().position(|name| *name == who);
    let shown = order.into_iter().filter_map(|(index, entry)| {
        let (sign, text) = line(&entry.what)?;
        let offends = marked.contains(&index);
        let barrier = answers_barrier(transcript, index) && !offends;
        let row = Row {
            step: entry.step,
            who: &entry.who,
            sign,
            text,
            offends,
        };
        (!barrier).then_some((received(&entry.what), row))
    });
    let mut shown: Vec<(bool, Row<'a>)> = shown.collect();
    for run in shown.chunk_by_mut(|(came, a), (comes, b)| *came && *comes && a.step == b.step) {
        run.sort_by_key(|(_, row)| column(row.who));
    }
    let rows = shown.into_iter().map(|(_, row)| row);
    let rows = rows.collect();
    Diagram { names, rows }
}

/// Participants by the step in which they first appear, then by name: who is the first of a step is chance.
fn names<'a>(order: &[(usize, &'a Entry)]) -> Vec<&'a str> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, entry) in order.iter().filter(|(_, entry)| !entry.who.is_empty()) {
        first.entry(&entry.who).or_insert(entry.step);
    }
    let mut names: Vec<(usize, &str)> = first.into_iter().map(|(who, step)| (step, who)).collect();
    names.sort_unstable();
    names.into_iter().map(|(_, who)| who).collect()
}

/// Whether nothing that we do tells when it happens.
fn received(what: &What) -> bool {
    !matches!(
        what,
        What::Sent { .. }
            | What::SentRaw { .. }
            | What::SentBytes { .. }
            | What::BarrierSent
            | What::Dropped
            | What::Left { .. }
    )
}

/// Lines of the diagram, for a terminal.
pub fn lines(transcript: &Transcript, findings: &[Finding]) -> Vec<String> {
    let Diagram { names, rows } = diagram(transcript, findings);
    let shown: Vec<String> = names.iter().map(|name| short(name, NAME)).collect();
    let longest = shown.iter().map(|name| name.chars().count()).max();
    let width = longest.unwrap_or(0).max(4) + 2;
    let head: String = shown.iter().map(|name| format!("{name:<width$}")).collect();
    let mut lines = vec![format!("step  {head}")];
    for row in rows {
        let sign = if row.offends { "✖" } else { row.sign };
        let columns: String = names
            .iter()
            .map(|name| format!("{:<width$}", if *name == row.who { sign } else { "│" }))
            .collect();
        let text = safe(&row.text);
        let kept: String = text.chars().take(WIDTH).collect();
        let more = if kept.len() < text.len() { "..." } else { "" };
        let mark = if row.offends { MARK } else { "" };
        lines.push(format!("{:>4}  {columns}{kept}{more}{mark}", row.step + 1));
    }
    lines
}

/// Whether an entry is the listing that a barrier asked for: the empty one, right before the barrier returned.
fn answers_barrier(transcript: &Transcript, index: usize) -> bool {
    let entry = &transcript.entries[index];
    let What::Event { args, .. } = &entry.what else {
        return false;
    };
    let empty = args
        .first()
        .and_then(|arg| arg.get("message"))
        .and_then(|text| text.as_str())
        == Some("Users in room: []");
    let mut after = transcript.entries[index + 1..]
        .iter()
        .filter(|other| other.who == entry.who);
    empty
        && after
            .next()
            .is_some_and(|next| next.what == What::BarrierReturned)
}

fn line(what: &What) -> Option<(&'static str, String)> {
    Some(match what {
        What::Connected { transport } => ("○", format!("connected by {}", transport.word())),
        What::ConnectFailed { why } => ("✖", format!("could not connect: {why}")),
        What::Upgraded => ("○", "upgraded to websocket".to_owned()),
        What::Sent { event, args, ack } => {
            let ack = ack.map(|id| format!(" (ack {id})")).unwrap_or_default();
            ("→", format!("sends {}{ack}", describe(event, args)))
        }
        What::SentRaw { text } => ("→", format!("sends literally {text}")),
        What::Event { name, args } => ("←", format!("gets {}", describe(name, args))),
        What::Acked { id, args } => ("←", format!("gets ack {id} {}", describe("chat", args))),
        What::Malformed { raw, why, .. } => ("←", format!("gets what is no packet ({why}): {raw}")),
        What::BarrierSent | What::BarrierReturned => return None,
        What::BarrierLost { why } => ("✖", format!("no longer answers: {why}")),
        What::Closed { why } => ("✖", format!("closed: {why}")),
        What::Dropped => ("○", "ends its connection".to_owned()),
        What::Answered {
            status,
            body,
            closed,
            ..
        } => {
            let closed = if *closed { ", closed at once" } else { "" };
            ("←", format!("HTTP {status}{closed} {body}"))
        }
        What::SentBytes {
            connection,
            text,
            length,
        } => (
            "→",
            format!("sends {length} bytes{} {text}", on(*connection)),
        ),
        What::Reply {
            connection,
            status,
            body,
            ..
        } => ("←", format!("HTTP {status}{} {body}", on(*connection))),
        What::Got { connection, text } => ("←", format!("gets{} {text}", on(*connection))),
        What::Left { connection } => ("○", format!("ends its connection{}", on(*connection))),
        What::Ended {
            connection,
            code,
            why,
        } => {
            let code = code
                .map(|code| format!(", code {code}"))
                .unwrap_or_default();
            ("✖", format!("ended{}: {why}{code}", on(*connection)))
        }
        What::Kept { connection } => ("○", format!("still held{}", on(*connection))),
        What::Process { why, .. } => ("○", format!("the process: {why}")),
        What::Aside { text } => ("·", text.clone()),
        What::Astray { why, .. } => ("✖", why.clone()),
    })
}

/// Which raw connection; nothing for the participant's session.
fn on(connection: u32) -> String {
    match connection {
        0 => String::new(),
        number => format!(" on connection {number}"),
    }
}

#[cfg(test)]
mod tests {
    use chatspec_judge::fixture::TransportName;
    use chatspec_judge::transcript::{Entry, Transcript, What};
    use serde_json::json;

    use super::lines;

    fn transcript(order: &[(&str, What)]) -> Transcript {
        let entries = order.iter().enumerate().map(|(index, (who, what))| Entry {
            at: index as u64,
            step: 0,
            who: (*who).to_owned(),
            what: what.clone(),
        });
        let mut transcript: Transcript = serde_json::from_value(json!({
            "fixture": "chat/room", "transport": "websocket", "bindings": {}, "entries": []
        }))
        .expect("a transcript");
        transcript.entries = entries.collect();
        transcript
    }

    #[test]
    fn who_is_first_to_hear_is_chance_and_not_shown() {
        let hears = |text: &str| What::Event {
            name: "chat".to_owned(),
            args: vec![json!({"message": text})],
        };
        let connected = What::Connected {
            transport: TransportName::Websocket,
        };
        let says = What::Sent {
            event: "chat".to_owned(),
            args: vec![json!({"event": "chat"})],
            ack: None,
        };
        let one = transcript(&[
            ("ada", connected.clone()),
            ("bob", connected.clone()),
            ("ada", says.clone()),
            ("bob", hears("1")),
            ("ada", hears("2")),
            ("bob", hears("3")),
        ]);
        let other = transcript(&[
            ("bob", connected.clone()),
            ("ada", connected),
            ("ada", says),
            ("ada", hears("2")),
            ("bob", hears("1")),
            ("bob", hears("3")),
        ]);
        let shown = lines(&one, &[]);
        assert_eq!(shown, lines(&other, &[]));
        // What one of them hears keeps its order, and stands below what led to it.
        let at = |text: &str| shown.iter().position(|line| line.contains(text));
        assert!(
            at("sends") < at("\"1\"") && at("\"1\"") < at("\"3\""),
            "{shown:#?}"
        );
    }
}
