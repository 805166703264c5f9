//! What is told of who comes and goes: one newuser before the first message, one deluser after the last, and every listing
//! agrees with it.

use std::collections::BTreeMap;

use super::seat::{Seat, Seats, Stay};
use super::text::{Seen, To};

pub(super) fn broken(seats: &Seats) -> Vec<String> {
    let mut broken = Vec::new();
    for seat in &seats.0 {
        for stay in &seat.stays {
            // Whether it ever was there is not known otherwise.
            if stay.is_from < usize::MAX {
                broken.extend(during(seats, seat, stay));
            }
        }
    }
    broken
}

/// One connection's view of one room for as long as it certainly is there. A name of which it has heard nothing yet is neither
/// here nor away.
fn during(seats: &Seats, seat: &Seat, stay: &Stay) -> Vec<String> {
    let mut broken = Vec::new();
    let mut here: BTreeMap<&str, bool> = BTreeMap::from([(stay.user.as_str(), true)]);
    let within = |(index, _): &&(usize, Seen)| stay.is_from < *index && *index < stay.is_to;
    for (index, seen) in seat.seen.iter().filter(within) {
        let why = match seen {
            Seen::NewUser { user, room } if *room == stay.room => {
                let again = here.insert(user, true) == Some(true);
                (again && !is_repeated(seats, user, room)).then_some("comes, and was there")
            }
            Seen::DelUser { user, room } if *room == stay.room => {
                let away = here.insert(user, false) == Some(false);
                away.then_some("goes, and was not there")
            }
            Seen::Chat { from, said } if said.to == To::Room(stay.room.clone()) => {
                let away = here.insert(from, true) == Some(false);
                away.then_some("speaks, and is not there")
            }
            Seen::Users(names) if listed(seat, *index) == Some(&stay.room) => {
                let is_listed = |name: &str| names.iter().any(|listed| listed == name);
                let wrong = here.iter().any(|(name, here)| is_listed(name) != *here);
                here.extend(names.iter().map(|name| (name.as_str(), true)));
                wrong.then_some("the listing is another than what was told")
            }
            _ => None,
        };
        if let Some(why) = why {
            broken.push(format!("{} in {}: {why}: {seen:?}", seat.who, stay.room));
        }
    }
    broken
}

/// Of which room a listing is: the answer comes before its acknowledgement, and after that of whatever was asked before.
fn listed(seat: &Seat, index: usize) -> Option<&String> {
    let mut asked = seat.asked.iter();
    let asked = asked.find(|asked| asked.by() > index)?;
    asked.room.as_ref().filter(|_| asked.event == "users")
}

/// Whether somebody may have joined the same room under the same name twice on one connection, which may be told twice.
fn is_repeated(seats: &Seats, user: &str, room: &str) -> bool {
    seats.0.iter().any(|seat| {
        let same = |stay: &&Stay| stay.user == user && stay.room == room;
        seat.stays.iter().filter(same).count() > 1
    })
}
