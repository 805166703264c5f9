//! Writes a transcript as a script that is the same in every run.
//!
//! Left out: times, barriers and the farewell, which are the driver's business; how a connection ended; headers and
//! bodies of HTTP answers. What may come now or later is put in one place, see [`scenes`].

use std::fmt::Write as _;

use chatspec_judge::fixture::{Action, Fixture, Step};
use chatspec_judge::transcript::{Entry, Transcript, What};
use serde_json::{Value, json};

use super::names::Names;
use super::scenes;

/// The whole conversation: per step and participant, what was sent (`>`) and received (`<`) on that connection.
pub fn write(fixture: &Fixture, transcript: &Transcript) -> String {
    let names = Names::of(&transcript.bindings);
    let mut out = format!("{} over {}\n", fixture.id, transcript.transport.word());
    for (index, scene) in scenes::scenes(fixture, transcript).iter().enumerate() {
        let step = fixture.steps.get(index);
        let lines = lines(fixture, step, scene, &names);
        match step {
            Some(step) => {
                let _ = writeln!(out, "\nstep {}: {}", index + 1, act(step));
            }
            None if lines.is_empty() => {}
            None => out.push_str("\nafter the end\n"),
        }
        out.push_str(&lines);
    }
    if let Some(stop) = &transcript.stopped {
        let _ = writeln!(out, "\nstopped at step {}: {}", stop.step + 1, stop.who);
    }
    out
}

/// What happened in one step, participant by participant. HTTP requests belong to nobody and come last.
fn lines(fixture: &Fixture, step: Option<&Step>, scene: &[&Entry], names: &Names) -> String {
    let raced =
        step.is_some_and(|step| matches!(step.action, Action::Race { .. } | Action::Together(_)));
    let participants = fixture.participants.iter().map(|p| p.name.as_str());
    let mut out = String::new();
    for who in participants.chain([""]) {
        let mine = scene.iter().filter(|entry| entry.who == who);
        let mut lines: Vec<String> = mine.filter_map(|entry| line(&entry.what, names)).collect();
        if raced {
            // Whose message comes first is decided by the race; each participant's own order is the referee's business.
            lines.sort();
        }
        // A lost barrier tells once more that a connection has ended.
        lines.dedup_by(|this, last| this == last && this == CLOSED);
        if !lines.is_empty() {
            let _ = writeln!(out, "  {}", if who.is_empty() { "(http)" } else { who });
        }
        for line in lines {
            let _ = writeln!(out, "    {line}");
        }
    }
    out
}

const CLOSED: &str = "closed";

fn line(what: &What, names: &Names) -> Option<String> {
    let packet = |name: &str, args: &[Value]| {
        let all: Vec<Value> = std::iter::once(json!(name))
            .chain(args.iter().cloned())
            .collect();
        names.value(&json!(all))
    };
    Some(match what {
        What::Connected { transport } => format!("connected by {}", transport.word()),
        What::ConnectFailed { .. } => "not connected".to_owned(),
        What::Upgraded => "upgraded".to_owned(),
        What::Sent {
            event,
            args,
            ack: None,
        } => format!("> {}", packet(event, args)),
        What::Sent {
            event,
            args,
            ack: Some(id),
        } => format!("> {} ack {id}", packet(event, args)),
        What::SentRaw { text } => format!("> raw {}", json!(names.text(text))),
        What::Event { name, args } => format!("< {}", packet(name, args)),
        What::Acked { id, args } => format!("< ack {id} {}", names.value(&json!(args))),
        What::Malformed { raw, .. } => format!("< malformed {}", json!(names.text(raw))),
        What::Answered {
            status,
            closed: false,
            ..
        } => format!("< status {status}"),
        What::Answered {
            status,
            closed: true,
            ..
        } => format!("< status {status}, {CLOSED}"),
        What::BarrierLost { .. } | What::Closed { .. } => CLOSED.to_owned(),
        What::Dropped => "dropped".to_owned(),
        What::BarrierSent | What::BarrierReturned => return None,
        // Of bad inputs alone, which have a set of right outcomes and no snapshot.
        What::SentBytes { .. }
        | What::Reply { .. }
        | What::Got { .. }
        | What::Left { .. }
        | What::Ended { .. }
        | What::Kept { .. }
        | What::Process { .. }
        | What::Aside { .. }
        | What::Astray { .. } => return None,
    })
}

/// Who does what.
fn act(step: &Step) -> String {
    let verb = match &step.action {
        Action::Send(_) => "send",
        Action::Emit { .. } => "emit",
        Action::Batch(_) => "batch",
        Action::Packets(_) => "packets",
        Action::Frames(_) => "frames",
        Action::Burst { .. } => "burst",
        Action::Race { .. } => "race, sorted",
        Action::Together(_) => "send together, sorted",
        Action::Drop(_) => "drop",
        Action::Connect => "connect",
        Action::Upgrade => "upgrade",
        Action::Mute => "mute",
        Action::Request { .. } => "request",
        Action::Attack(_) => "bad input",
    };
    let actors = step.actors().join(", ");
    format!("{actors} {verb}").trim_start().to_owned()
}
