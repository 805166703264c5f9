//! What holds in every history, whatever was scripted. Nothing here predicts what the server does: each law compares what
//! was seen with what was granted.

mod arrival;
mod order;
mod presence;
mod rest;
mod seat;
mod text;

use crate::history::{History, What};
use seat::Seats;

/// What is broken, in words.
pub fn broken(history: &History) -> Vec<String> {
    let seats = Seats::new(history);
    let mut broken = Vec::new();
    if history.endless {
        broken.push("something never comes to its end".to_owned());
    }
    broken.extend(answers(history));
    broken.extend(arrival::broken(&seats));
    broken.extend(order::broken(&seats));
    broken.extend(presence::broken(&seats));
    broken.extend(rest::broken(&seats, history));
    broken
}

/// Longest time between an event and its acknowledgement on a connection that nothing disturbs, whatever others do.
const PROMPT_MS: u128 = 250;

/// Acknowledgements come once each, in time, and a connection that nothing disturbs is not lost.
fn answers(history: &History) -> Vec<String> {
    let mut broken = Vec::new();
    let mut open = std::collections::BTreeMap::new();
    for entry in &history.entries {
        let who = entry.who;
        match &entry.what {
            What::Sent { id, .. } => drop(open.insert((who, *id), entry.ms)),
            What::Acked { id, .. } => match open.remove(&(who, *id)) {
                None => broken.push(format!("{who}: ack {id} for nothing")),
                Some(sent) if history.fair.contains(&who) && entry.ms - sent > PROMPT_MS => {
                    let late = entry.ms - sent;
                    broken.push(format!(
                        "{who}: ack {id} after {late} ms, on a fair connection"
                    ));
                }
                Some(_) => {}
            },
            What::Lost if history.fair.contains(&who) && history.roomy => {
                broken.push(format!("{who}: a fair connection is lost"));
            }
            _ => {}
        }
    }
    broken
}
