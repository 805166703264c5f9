//! Limits: who is told to do with less.

use serde_json::Value;

use super::{keys, plain};
use crate::compat::change::{Category, Change, Peers};
use crate::compat::version::Direction;

/// Every limit that differs.
pub(super) fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let differ = keys(old, new)
        .into_iter()
        .filter(|key| old[key] != new[key]);
    differ
        .map(|key| limit(&key, &old[&key], &new[&key]))
        .collect()
}

fn limit(key: &str, old: &Value, new: &Value) -> Change {
    let name = format!("limits.{key}");
    let change = plain(Category::Semantic, "limit", &name, old, new);
    // A server says these at the handshake, and a client goes by what it says.
    if key.starts_with("ping_") {
        return change;
    }
    // Without a limit, there is no end.
    let least = key.contains("_min");
    let value = |limit: &Value| {
        limit.as_f64().unwrap_or(if least {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        })
    };
    let tighter = (value(new) < value(old)) != least;
    let (peers, how) = match tighter {
        true => (
            Peers::OldClient,
            "new servers refuse what the old limit allows",
        ),
        false => (
            Peers::NewClient,
            "old servers refuse what the new limit allows",
        ),
    };
    let mut change = change.breaks(Direction::ClientToServer, &[peers], how);
    change.mend = match tighter {
        true => "leave the limit to the next major revision",
        false => "raise it for servers in one revision, and for clients in a later one",
    };
    change
}
