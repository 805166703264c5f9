//! In which order messages come: each sender's as they were said, and all of them in one order for everybody.

use std::collections::BTreeMap;

use super::seat::{Seat, Seats};
use super::text::{Said, Seen};

pub(super) fn broken(seats: &Seats) -> Vec<String> {
    let heard: Vec<(&Seat, Vec<&Said>)> = seats.0.iter().map(|seat| (seat, heard(seat))).collect();
    let mut broken = Vec::new();
    for (seat, said) in &heard {
        let mut last: BTreeMap<&str, u64> = BTreeMap::new();
        for said in said {
            let last = last.entry(&said.who).or_default();
            if said.number < *last {
                broken.push(format!("{}: {said:?} comes after number {last}", seat.who));
            }
            *last = said.number.max(*last);
        }
    }
    for (index, (one, first)) in heard.iter().enumerate() {
        let place: BTreeMap<&Said, usize> = first
            .iter()
            .enumerate()
            .map(|(n, said)| (*said, n))
            .collect();
        for (other, second) in &heard[index + 1..] {
            let mut last = None;
            for said in second.iter().filter(|said| place.contains_key(*said)) {
                let here = place[said];
                if last.is_some_and(|last| here < last) {
                    let (one, other) = (one.who, other.who);
                    broken.push(format!(
                        "{one} and {other} hear {said:?} in different order"
                    ));
                }
                last = Some(here);
            }
        }
    }
    broken
}

fn heard(seat: &Seat) -> Vec<&Said> {
    let said = seat.seen.iter().filter_map(|(_, seen)| match seen {
        Seen::Chat { said, .. } => Some(said),
        _ => None,
    });
    said.collect()
}
