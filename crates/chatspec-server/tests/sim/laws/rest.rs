//! What is left when all is over: whoever is there is listed, and nobody else is.

use std::collections::{BTreeMap, BTreeSet};

use super::seat::{Seat, Seats};
use super::text::Seen;
use crate::history::History;

pub(super) fn broken(seats: &Seats, history: &History) -> Vec<String> {
    let mut broken = Vec::new();
    let mut due: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for seat in seats.0.iter().filter(|seat| seat.calm) {
        if let Some(stay) = seat.stays.last().filter(|stay| stay.may_to == usize::MAX)
            && !due.entry(&stay.room).or_default().insert(&stay.user)
        {
            broken.push(format!("{} is there twice", stay.user));
        }
    }
    for seat in seats.0.iter().filter(|seat| seat.calm) {
        for (room, names) in listings(seat, history.calm) {
            let listed: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            let there = due.get(room).cloned().unwrap_or_default();
            if listed != there || listed.len() != names.len() {
                broken.push(format!(
                    "{}: {room} lists {names:?}, there are {there:?}",
                    seat.who
                ));
            }
        }
    }
    broken
}

/// The listings that it has asked for in the calm, in the order of asking.
fn listings(seat: &Seat, calm: usize) -> impl Iterator<Item = (&str, &Vec<String>)> {
    let rooms = seat.asked.iter().filter(move |asked| asked.sent >= calm);
    let rooms = rooms.filter_map(|asked| asked.room.as_deref());
    let lists = seat.seen.iter().filter(move |(index, _)| *index >= calm);
    let lists = lists.filter_map(|(_, seen)| match seen {
        Seen::Users(names) => Some(names),
        _ => None,
    });
    rooms.zip(lists)
}
