//! Connections with all that is theirs, and when each was, or may have been, in which room.

use std::collections::BTreeMap;

use super::text::{Said, Seen};
use crate::history::{History, What, Who};

/// All connections. Times are indices of the history.
pub(super) struct Seats(pub(super) Vec<Seat>);

pub(super) struct Seat {
    pub(super) who: Who,
    pub(super) asked: Vec<Asked>,
    pub(super) seen: Vec<(usize, Seen)>,
    pub(super) stays: Vec<Stay>,
    /// When it ended, if the client knows.
    pub(super) ended: Option<usize>,
    /// Whether it was there in the calm at the end.
    pub(super) calm: bool,
}

/// An event that was sent.
pub(super) struct Asked {
    pub(super) sent: usize,
    /// When its acknowledgement came, and the code of a refusal.
    pub(super) acked: Option<(usize, Option<u64>)>,
    pub(super) event: String,
    pub(super) user: Option<String>,
    pub(super) room: Option<String>,
    pub(super) said: Option<Said>,
}

/// A time in a room under a name.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    pub(super) user: String,
    pub(super) room: String,
    /// From here on it may be there: the join was sent.
    pub(super) may_from: usize,
    /// From here on it is.
    pub(super) is_from: usize,
    /// To here it certainly is: what ends it was not sent yet.
    pub(super) is_to: usize,
    /// To here it may be.
    pub(super) may_to: usize,
}

impl Asked {
    /// Nobody knows, or it was granted.
    pub(super) fn may_hold(&self) -> bool {
        !matches!(self.acked, Some((_, Some(_))))
    }

    pub(super) fn is_granted(&self) -> bool {
        matches!(self.acked, Some((_, None)))
    }

    /// When it has been handled at the latest, as far as anybody knows.
    pub(super) fn by(&self) -> usize {
        self.acked.map_or(usize::MAX, |(acked, _)| acked)
    }
}

impl Seat {
    /// Whether this connection has answered something that it sent after `index`: all that the server sent it before has come.
    pub(super) fn is_complete_after(&self, index: usize) -> bool {
        self.asked
            .iter()
            .any(|asked| asked.sent > index && asked.acked.is_some())
    }

    /// Times in rooms, as far as the acknowledgements tell.
    fn find_stays(&mut self) {
        let mut stays: Vec<Stay> = Vec::new();
        let end = usize::MAX;
        for asked in self.asked.iter().filter(|asked| asked.may_hold()) {
            let joins = asked.event == "join";
            if !joins && asked.event != "leave" {
                continue;
            }
            // Whatever is open ends here: a join leaves the old room, or changes the name.
            for stay in &mut stays {
                stay.is_to = stay.is_to.min(asked.sent);
                if asked.is_granted() {
                    stay.may_to = stay.may_to.min(asked.by());
                }
            }
            if joins {
                stays.push(Stay {
                    user: asked.user.clone().unwrap_or_default(),
                    room: asked.room.clone().unwrap_or_default(),
                    may_from: asked.sent,
                    is_from: asked.by(),
                    is_to: self.ended.unwrap_or(end),
                    may_to: end,
                });
            }
        }
        self.stays = stays;
    }

    /// Whether it was in the room all the time between the two.
    pub(super) fn is_in(&self, room: Option<&str>, from: usize, to: usize) -> bool {
        let here = |stay: &&Stay| room.is_none_or(|room| stay.room == room);
        let mut stays = self.stays.iter().filter(here);
        stays.any(|stay| stay.is_from < from && to < stay.is_to)
    }

    /// Whether it may have been in the room at any time between the two.
    pub(super) fn may_be_in(&self, room: Option<&str>, from: usize, to: usize) -> bool {
        self.may_stay(from, to)
            .any(|stay| room.is_none_or(|room| stay.room == room))
    }

    /// Where it may have been at any time between the two.
    pub(super) fn may_stay(&self, from: usize, to: usize) -> impl Iterator<Item = &Stay> {
        self.stays
            .iter()
            .filter(move |stay| stay.may_from < to && from < stay.may_to)
    }
}

impl Seats {
    pub(super) fn new(history: &History) -> Seats {
        let mut seats: BTreeMap<Who, Seat> = BTreeMap::new();
        for (index, entry) in history.entries.iter().enumerate() {
            let seat = seats.entry(entry.who).or_insert_with(|| Seat {
                who: entry.who,
                asked: Vec::new(),
                seen: Vec::new(),
                stays: Vec::new(),
                ended: None,
                calm: false,
            });
            match &entry.what {
                What::Sent { event, .. } => {
                    let text = |key: &str| event[key].as_str().map(str::to_owned);
                    seat.asked.push(Asked {
                        sent: index,
                        acked: None,
                        event: text("event").unwrap_or_default(),
                        user: text("user"),
                        room: text("room"),
                        said: text("text").as_deref().and_then(Said::parse),
                    });
                }
                // Ids count from zero on each connection.
                What::Acked { id, refused } => {
                    let asked = usize::try_from(*id).ok();
                    if let Some(asked) = asked.and_then(|id| seat.asked.get_mut(id)) {
                        asked.acked = Some((index, *refused));
                        seat.calm |= asked.sent >= history.calm;
                    }
                }
                What::Got(message) => seat.seen.push((index, Seen::parse(message))),
                What::Left | What::Lost => seat.ended = Some(index),
                What::Connected | What::Stopped => {}
            }
        }
        let mut seats: Vec<Seat> = seats.into_values().collect();
        seats.iter_mut().for_each(Seat::find_stays);
        Seats(seats)
    }

    /// Every message that was said, with who said it.
    pub(super) fn said(&self) -> impl Iterator<Item = (&Seat, &Asked, &Said)> {
        self.0.iter().flat_map(|seat| {
            seat.asked
                .iter()
                .filter_map(move |asked| Some((seat, asked, asked.said.as_ref()?)))
        })
    }
}
