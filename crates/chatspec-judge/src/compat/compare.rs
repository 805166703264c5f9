//! Two versions, change by change.
//!
//! Each change is tried by itself: the old version with this one change is a version of its own, and the question is
//! asked of that. The whole new version is asked about as well, so that nothing is lost between the changes.

mod body;
mod edit;
mod notes;
mod tolerance;

use serde_json::{Value, json};

use self::edit::Edit;
use super::change::{Category, Change, Peers, Report, Unsound};
use super::contain::{Answer, Engines, Verdict};
use super::document::{DRAFT, canonical};
use super::facts;
use super::schema::SchemaError;
use super::version::{Bundle, Channel, Direction, Version};

/// Compares two versions.
///
/// # Errors
/// A schema that was put together from both has something outside the algebra; neither has, so that does not happen.
pub fn compare(old: &Version, new: &Version) -> Result<Report, SchemaError> {
    let mut engines = Engines::default();
    let mut report = Report {
        old: old.label.clone(),
        new: new.label.clone(),
        verdict: Verdict::Ok,
        changes: Vec::new(),
        unsound: Vec::new(),
    };
    for version in [old, new] {
        for channel in &version.channels {
            let answer = engines.contained(&channel.sent.whole(), &channel.received.whole())?;
            if answer.verdict != Verdict::Ok {
                report.unsound.push(Unsound {
                    version: version.label.clone(),
                    place: channel.sent.file.clone(),
                    verdict: answer.verdict,
                    witness: answer.witness,
                    how: answer.how,
                });
            }
        }
    }
    for (before, after) in old.channels.iter().zip(&new.channels) {
        report.changes.extend(channel(before, after, &mut engines)?);
    }
    if let (Some(before), Some(after)) = (&old.manifest, &new.manifest) {
        report.changes.extend(facts::compare(before, after));
    }
    report.settle();
    Ok(report)
}

fn channel(
    old: &Channel,
    new: &Channel,
    engines: &mut Engines,
) -> Result<Vec<Change>, SchemaError> {
    let direction = old.direction;
    // What an old sender sends to a new receiver, and the other way round.
    let (forward, backward) = match direction {
        Direction::ServerToClient => (Peers::NewClient, Peers::OldClient),
        _ => (Peers::OldClient, Peers::NewClient),
    };
    let edits = edit::edits(old, new);
    let mut changes = Vec::new();
    for edit in &edits {
        let mut change = edit.change(&old.name);
        let receivers = old.received.of(&edit.received);
        for (peers, answer) in [
            (
                forward,
                engines.contained(&old.sent.of(&edit.before), &receivers)?,
            ),
            (
                backward,
                engines.contained(&old.sent.of(&edit.after), &old.received.whole())?,
            ),
        ] {
            if !edit.silent(peers == forward) {
                change.note(direction, peers, &answer);
            }
        }
        changes.push(change);
    }
    let sent = [old.sent.whole(), new.sent.whole()];
    let received = [old.received.whole(), new.received.whole()];
    if sent[0] != sent[1] || received[0] != received[1] {
        for (peers, answer) in [
            (forward, engines.contained(&sent[0], &received[1])?),
            (backward, engines.contained(&sent[1], &received[0])?),
        ] {
            whole(&mut changes, (old, new), peers, &answer);
        }
    }
    for (change, edit) in changes.iter_mut().zip(&edits) {
        if change.kind == "field-renamed" && change.verdict() == Verdict::Ok {
            lost(change, (old, new), edit, engines)?;
        }
    }
    changes.retain(|change| !edit::is_idle(change, &changes_of_messages(&edits)));
    for change in &mut changes {
        change.mend = mend(change);
    }
    changes.extend(notes::notes(old, new));
    changes.extend(tolerance::withdrawn(old, new, engines)?);
    Ok(changes)
}

/// A field that is renamed and optional: the old name is taken for an unknown key, and what it says is lost.
fn lost(
    change: &mut Change,
    (old, new): (&Channel, &Channel),
    edit: &Edit,
    engines: &mut Engines,
) -> Result<(), SchemaError> {
    let fields: Vec<&str> = change
        .field
        .iter()
        .map(String::as_str)
        .chain(edit.to.as_deref())
        .collect();
    let fields: Vec<String> = fields.into_iter().map(str::to_owned).collect();
    let senders = [(&old.sent, &edit.before), (&new.sent, &edit.after)];
    let peers = match old.direction {
        Direction::ServerToClient => [Peers::NewClient, Peers::OldClient],
        _ => [Peers::OldClient, Peers::NewClient],
    };
    change.category = Category::Semantic;
    for ((field, (bundle, bodies)), peers) in fields.into_iter().zip(senders).zip(peers) {
        let mut bodies = bodies.clone();
        for body in &mut bodies {
            let names = body["required"].as_array().into_iter().flatten().cloned();
            body["required"] = names.chain([Value::from(field.as_str())]).collect();
        }
        // The smallest message that has the field.
        let nobody = json!({"$schema": DRAFT, "not": {}});
        let answer = Answer {
            verdict: Verdict::Break,
            witness: engines.contained(&bundle.of(&bodies), &nobody)?.witness,
            how: format!(
                "`{field}` is taken for a key that nobody knows, and what it says is lost"
            ),
        };
        change.note(old.direction, peers, &answer);
    }
    Ok(())
}

fn changes_of_messages(edits: &[Edit]) -> bool {
    edits
        .iter()
        .any(|edit| ["message-added", "message-removed"].contains(&edit.kind) || edit.tag)
}

/// Holds the changes against the whole: it decides.
fn whole(
    changes: &mut Vec<Change>,
    (old, new): (&Channel, &Channel),
    peers: Peers,
    answer: &Answer,
) {
    let direction = match old.direction {
        Direction::Either => Direction::ClientToServer,
        one => one,
    };
    let worst = changes
        .iter_mut()
        .map(|change| *change.cells.cell(direction, peers))
        .max()
        .unwrap_or_default();
    if answer.verdict == Verdict::Ok && worst != Verdict::Ok {
        for change in changes.iter_mut() {
            *change.cells.cell(direction, peers) = Verdict::Ok;
            for finding in change
                .findings
                .iter_mut()
                .filter(|f| f.direction == direction && f.peers == peers)
            {
                finding.verdict = Verdict::Ok;
                finding.how = "another change makes up for it".to_owned();
            }
        }
    } else if answer.verdict > worst {
        let what = "what no change does by itself, they do together".to_owned();
        let mut change = Change::new(Category::Wire, "together", &old.name, what);
        change.note(old.direction, peers, answer);
        let text = |bundle: &Bundle| canonical(&bundle.whole());
        let [before, after] =
            [old, new].map(|channel| text(&channel.sent) + &text(&channel.received));
        changes.push(change.marked(&before, &after));
    }
}

/// What to do instead of a change that breaks somebody.
fn mend(change: &Change) -> &'static str {
    if change.verdict() == Verdict::Ok {
        return "";
    }
    match change.kind {
        "field-added" | "field-required" => {
            "leave the field optional, and say what its absence means; it can be required in the next major revision"
        }
        "field-removed" | "field-optional" => {
            "let senders go on sending the field, and say that it is deprecated; it can go in the next major revision"
        }
        "field-renamed" => {
            "keep the old name, add the new one as an optional field beside it, and say that the old one is deprecated"
        }
        "message-added" => {
            "let receivers take the message in one revision, and let senders send it in a later one; or announce it, and \
             send it to peers alone that have said that they know it"
        }
        "message-removed" => {
            "keep the message, and say that it is deprecated; it can go in the next major revision"
        }
        _ => {
            "keep what the field could be, and put what is new into an optional field of its own; or let receivers take \
             more in one revision, and let senders send it in a later one"
        }
    }
}

/// A value for people, in bounds.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
