//! A conversation as a diagram: a column per participant, time downwards, the offending frames marked.

use std::collections::BTreeSet;

use chatspec_judge::finding::{Finding, describe};
use chatspec_judge::transcript::{Entry, Transcript, What};

use super::safe::safe;

/// Characters of a line's text before it is cut.
const WIDTH: usize = 140;

/// What stands behind the line of an offending frame.
const MARK: &str = "   <== here";

/// Whether a line is that of an offending frame.
pub fn is_marked(line: &str) -> bool {
    line.ends_with(MARK)
}

/// Lines of the diagram. Barriers that returned are left out: they are everywhere.
pub fn lines(transcript: &Transcript, findings: &[Finding]) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    for entry in &transcript.entries {
        if !entry.who.is_empty() && !names.contains(&entry.who.as_str()) {
            names.push(&entry.who);
        }
    }
    let marked: BTreeSet<usize> = findings
        .iter()
        .filter_map(|finding| finding.entry)
        .collect();
    let width = names
        .iter()
        .map(|name| name.len())
        .max()
        .unwrap_or(0)
        .max(4)
        + 2;
    let mut lines = vec![format!(
        "step  {}",
        names
            .iter()
            .map(|name| format!("{name:<width$}"))
            .collect::<String>()
    )];
    let mut order: Vec<(usize, &Entry)> = transcript.entries.iter().enumerate().collect();
    order.sort_by_key(|(index, entry)| (entry.step, entry.at, *index));
    for (index, entry) in order {
        let Some((sign, text)) = line(&entry.what) else {
            continue;
        };
        if answers_barrier(transcript, index) && !marked.contains(&index) {
            continue;
        }
        let sign = if marked.contains(&index) { "✖" } else { sign };
        let columns: String = names
            .iter()
            .map(|name| format!("{:<width$}", if *name == entry.who { sign } else { "│" }))
            .collect();
        let text: String = safe(&text);
        let short: String = text.chars().take(WIDTH).collect();
        let more = if text.chars().count() > WIDTH {
            "..."
        } else {
            ""
        };
        let mark = if marked.contains(&index) { MARK } else { "" };
        lines.push(format!(
            "{:>4}  {columns}{short}{more}{mark}",
            entry.step + 1
        ));
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
    })
}

/// Which raw connection; nothing for the participant's session.
fn on(connection: u32) -> String {
    match connection {
        0 => String::new(),
        number => format!(" on connection {number}"),
    }
}
