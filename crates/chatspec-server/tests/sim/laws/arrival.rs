//! Who gets a message: all who are due, once each, and nobody else.

use super::seat::{Asked, Seat, Seats};
use super::text::{Said, Seen, To};

pub(super) fn broken(seats: &Seats) -> Vec<String> {
    let mut broken = Vec::new();
    for seat in &seats.0 {
        for (_, seen) in &seat.seen {
            match seen {
                Seen::Chat { said, .. } if !seats.said().any(|(_, _, other)| other == said) => {
                    broken.push(format!("{}: gets {said:?}, which nobody said", seat.who));
                }
                Seen::Other(text) => broken.push(format!("{}: gets {text}", seat.who)),
                _ => {}
            }
        }
    }
    for (sender, asked, said) in seats.said() {
        let mut reached = 0;
        for seat in &seats.0 {
            let times = copies(seat, said);
            reached += times;
            let mut blame = |why: &str| {
                broken.push(format!("{}: {why} {said:?}, {times} times", seat.who));
            };
            if times > 1 {
                blame("gets more than once");
            }
            if times > 0 && seat.who == sender.who {
                blame("hears itself:");
            }
            if times > 0 && !asked.may_hold() {
                blame("gets what was refused:");
            }
            if times > 0 && !may_get(seat, asked, said) {
                blame("is none of those for whom it is:");
            }
            if times == 0 && is_due(seat, sender, asked, said) {
                blame("does not get");
            }
        }
        if matches!(said.to, To::One { .. }) && reached > 1 {
            broken.push(format!("{said:?} reaches {reached}"));
        }
        if !from_is_right(seats, sender, asked, said) {
            broken.push(format!(
                "{said:?} comes under a name that was not its sender's"
            ));
        }
    }
    broken
}

fn copies(seat: &Seat, said: &Said) -> usize {
    let seen = seat.seen.iter();
    seen.filter(|(_, seen)| matches!(seen, Seen::Chat { said: other, .. } if other == said))
        .count()
}

/// Whether it may have been among those for whom a message was, when the message was handled.
fn may_get(seat: &Seat, asked: &Asked, said: &Said) -> bool {
    let (from, to) = (asked.sent, asked.by());
    match &said.to {
        To::Room(room) => seat.may_be_in(Some(room), from, to),
        To::All => seat.may_be_in(None, from, to),
        To::One { room, user } => seat
            .may_stay(from, to)
            .any(|stay| stay.room == *room && stay.user == *user),
    }
}

/// Whether a message that was granted has to be among what it has seen. G3: no silent gap.
fn is_due(seat: &Seat, sender: &Seat, asked: &Asked, said: &Said) -> bool {
    let Some((acked, None)) = asked.acked else {
        return false;
    };
    let inside = match &said.to {
        To::Room(room) => seat.is_in(Some(room), asked.sent, acked),
        To::All => seat.is_in(None, asked.sent, acked),
        // Who holds the name is not looked up; that it reaches one alone is a law of its own.
        To::One { .. } => false,
    };
    seat.who != sender.who && inside && (seat.is_complete_after(acked) || later(seat, said))
}

/// Whether it got something that the same connection said later, so that this cannot be on its way any more.
fn later(seat: &Seat, said: &Said) -> bool {
    seat.seen.iter().any(|(_, seen)| {
        matches!(seen, Seen::Chat { said: other, .. } if other.who == said.who && other.number > said.number)
    })
}

/// Whether whoever got it was told a name that its sender may have held.
fn from_is_right(seats: &Seats, sender: &Seat, asked: &Asked, said: &Said) -> bool {
    let all = seats.0.iter().flat_map(|seat| &seat.seen);
    all.filter_map(|(_, seen)| match seen {
        Seen::Chat { from, said: other } if other == said => Some(from),
        _ => None,
    })
    .all(|from| {
        let mut stays = sender.may_stay(asked.sent, asked.by());
        stays.any(|stay| stay.user == *from)
    })
}
