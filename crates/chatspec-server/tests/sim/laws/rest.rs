//! What is left when all is over: whoever is there is listed, and nobody else is.

use std::collections::{BTreeMap, BTreeSet};

use super::seat::{Seat, Seats};
use super::text::Seen;
use crate::history::History;

pub(super) fn broken(seats: &Seats, history: &History) -> Vec<String> {
    let mut broken = Vec::new();
    let mut due: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut may: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for seat in &seats.0 {
        let Some(stay) = seat.stays.last().filter(|stay| stay.may_to == usize::MAX) else {
            continue;
        };
        if seat.calm && !due.entry(&stay.room).or_default().insert(&stay.user) {
            broken.push(format!("{} is there twice", stay.user));
        }
        // What breaks while people look was there before, and is noticed presently.
        if seat.calm || seat.ended.is_some_and(|ended| ended >= history.calm) {
            may.entry(&stay.room).or_default().insert(&stay.user);
        }
    }
    for seat in seats.0.iter().filter(|seat| seat.calm) {
        for (room, names) in listings(seat, history.calm) {
            let listed: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            let there = due.get(room).cloned().unwrap_or_default();
            let most = may.get(room).cloned().unwrap_or_default();
            if !listed.is_superset(&there)
                || !listed.is_subset(&most)
                || listed.len() != names.len()
            {
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
