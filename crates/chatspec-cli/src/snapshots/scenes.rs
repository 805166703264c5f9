//! Sorts the entries of a transcript into steps, so that the same conversation gives the same scenes.

use chatspec_judge::fixture::{Fixture, Kind, Step};
use chatspec_judge::pattern;
use chatspec_judge::transcript::{Entry, Transcript, What};
use chatspec_judge::value::{Bindings, resolve};
use serde_json::json;

/// The entries of each step, and at last those of after the end.
pub fn scenes<'a>(fixture: &Fixture, transcript: &'a Transcript) -> Vec<Vec<&'a Entry>> {
    let steps = fixture.steps.len();
    let mut scenes = vec![Vec::new(); steps + 1];
    let mut moved = vec![Vec::new(); steps + 1];
    for entry in without_barriers(&transcript.entries) {
        let first = first_allowed(fixture, entry, &transcript.bindings);
        match entry.step.min(steps) {
            step if first < step => moved[first].push(entry),
            step => scenes[step].push(entry),
        }
    }
    for (index, step) in fixture.steps.iter().enumerate() {
        if step.retry {
            last_attempt(step, &mut scenes[index]);
        }
        scenes[index].append(&mut moved[index]);
    }
    scenes[steps].retain(|entry| !is_farewell(&entry.what));
    scenes
}

/// A barrier is answered with an empty listing and an acknowledgement; the listing is the last such event before it.
fn without_barriers(entries: &[Entry]) -> Vec<&Entry> {
    let mut kept: Vec<&Entry> = Vec::new();
    for entry in entries {
        if entry.what == What::BarrierReturned {
            let listing = kept
                .iter()
                .rposition(|kept| kept.who == entry.who && is_empty_listing(&kept.what));
            if let Some(index) = listing {
                kept.remove(index);
            }
        } else if entry.what != What::BarrierSent {
            kept.push(entry);
        }
    }
    kept
}

fn is_empty_listing(what: &What) -> bool {
    let listing = json!({"type": "users", "message": "Users in room: []"});
    matches!(what, What::Event { name, args } if name == "chat" && args.len() == 1
        && pattern::matches(&listing, &args[0], &mut Bindings::new()).is_ok())
}

/// When a server notices a lost connection is a matter of time. A message that a run of steps allows is shown in the
/// first of them.
fn first_allowed(fixture: &Fixture, entry: &Entry, bindings: &Bindings) -> usize {
    let Some(steps) = fixture.steps.get(..=entry.step) else {
        return entry.step;
    };
    let run = steps
        .iter()
        .rev()
        .take_while(|step| allows(step, entry, bindings));
    entry.step + 1 - run.count().max(1)
}

fn allows(step: &Step, entry: &Entry, bindings: &Bindings) -> bool {
    let What::Event { name, args } = &entry.what else {
        return false;
    };
    let [message] = args.as_slice() else {
        return false;
    };
    let mut allowed = step
        .expected()
        .filter(|e| e.kind == Kind::May && e.event == *name && e.to.contains(&entry.who));
    allowed.any(|expectation| {
        resolve(&expectation.pattern, bindings)
            .is_ok_and(|wanted| pattern::matches(&wanted, message, &mut Bindings::new()).is_ok())
    })
}

/// How often an act had to be repeated is a matter of time, too.
fn last_attempt(step: &Step, scene: &mut Vec<&Entry>) {
    let actors = step.actors();
    let is_actor = |entry: &Entry| actors.contains(&entry.who.as_str());
    let last = scene
        .iter()
        .rposition(|entry| is_actor(entry) && matches!(entry.what, What::Sent { .. }))
        .unwrap_or(0);
    let mut index = 0;
    scene.retain(|entry| {
        index += 1;
        index > last || !is_actor(entry)
    });
}

/// All leave at once at the end, so who still hears of whom is a race. Whatever else comes then should not.
fn is_farewell(what: &What) -> bool {
    match what {
        What::Event { name, args } => {
            name == "message" || args.iter().any(|message| message["type"] == "deluser")
        }
        What::Sent { .. } | What::Acked { .. } => true,
        _ => false,
    }
}
