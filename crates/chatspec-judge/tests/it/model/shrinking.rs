//! Which histories are tried in place of one that shows something.

use chatspec_judge::fixture::TransportName::{Polling, Websocket};
use chatspec_judge::model::{Act, Deed, History, Name, Place, Spelling, Text, smaller};
use chatspec_judge::rule::Profile;

const PROFILE: Profile = Profile::Hardened;

fn name(of: usize, spelling: Spelling) -> Name {
    Name {
        of,
        second: false,
        spelling,
    }
}

fn place(number: usize, spelling: Spelling) -> Place {
    Place { number, spelling }
}

fn act(by: usize, deed: Deed) -> Act {
    Act {
        by,
        deed,
        acked: false,
    }
}

/// Three people in the second of two rooms; every deed that has a name, a room or a text, written in another way than plainly.
fn history() -> History {
    use Spelling::{Capitals, Small, Spaced, Title};
    let mut acts = vec![
        act(
            0,
            Deed::Join {
                user: name(0, Small),
                room: place(1, Small),
            },
        ),
        act(
            1,
            Deed::Join {
                user: name(1, Title),
                room: place(1, Spaced),
            },
        ),
        act(
            2,
            Deed::Join {
                user: name(2, Capitals),
                room: place(1, Capitals),
            },
        ),
        act(
            0,
            Deed::Chat {
                room: Some(place(1, Small)),
                to: Some(name(2, Small)),
                text: Text::Markup,
            },
        ),
        act(
            2,
            Deed::Chat {
                room: Some(place(1, Title)),
                to: Some(name(1, Title)),
                text: Text::Unicode,
            },
        ),
        act(
            2,
            Deed::Users {
                room: place(1, Small),
            },
        ),
        act(
            2,
            Deed::Image {
                room: place(1, Small),
                to: None,
            },
        ),
        act(
            2,
            Deed::Batch {
                room: place(1, Title),
            },
        ),
        act(
            0,
            Deed::Leave {
                user: Some(name(0, Small)),
                room: Some(place(1, Spaced)),
            },
        ),
    ];
    acts[5].acked = true;
    let history = History {
        people: vec![Websocket, Polling, Websocket],
        rooms: 2,
        racing: 0,
        acts,
    };
    assert_eq!(history.playable(PROFILE), history);
    history
}

/// The candidate with a change, as it can be played.
fn with(change: impl FnOnce(&mut History)) -> History {
    let mut candidate = history();
    change(&mut candidate);
    candidate.playable(PROFILE)
}

/// Everything that is smaller, written down one by one.
fn expected() -> Vec<History> {
    let plain = |number| place(number, Spelling::Capitals);
    let called = |of| name(of, Spelling::Capitals);
    let mut all = Vec::new();
    for part in [0..5, 5..9, 0..2, 2..4, 4..6, 6..8, 8..9] {
        all.push(with(|history| drop(history.acts.drain(part))));
    }
    all.extend((0..9).map(|n| {
        with(|history| {
            history.acts.remove(n);
        })
    }));
    // Without the first, the second and the third of the people; whom names meant who are gone, they mean nobody now.
    all.push(with(|history| {
        history.people = vec![Polling, Websocket];
        history.acts.retain(|act| act.by != 0);
        history.acts.iter_mut().for_each(|act| act.by -= 1);
        history.acts[0].deed = Deed::Join {
            user: name(0, Spelling::Title),
            room: place(1, Spelling::Spaced),
        };
        history.acts[1].deed = Deed::Join {
            user: called(1),
            room: plain(1),
        };
        let (room, to) = (
            Some(place(1, Spelling::Title)),
            Some(name(0, Spelling::Title)),
        );
        history.acts[2].deed = Deed::Chat {
            room,
            to,
            text: Text::Unicode,
        };
    }));
    all.push(with(|history| {
        history.people = vec![Websocket, Websocket];
        history.acts.retain(|act| act.by != 1);
        history.acts.iter_mut().for_each(|act| act.by /= 2);
        history.acts[1].deed = Deed::Join {
            user: called(1),
            room: plain(1),
        };
        let (room, to) = (
            Some(place(1, Spelling::Small)),
            Some(name(1, Spelling::Small)),
        );
        history.acts[2].deed = Deed::Chat {
            room,
            to,
            text: Text::Markup,
        };
        let (room, to) = (
            Some(place(1, Spelling::Title)),
            Some(name(2, Spelling::Title)),
        );
        history.acts[3].deed = Deed::Chat {
            room,
            to,
            text: Text::Unicode,
        };
    }));
    all.push(with(|history| {
        history.people = vec![Websocket, Polling];
        history.acts.retain(|act| act.by != 2);
    }));
    // In one room.
    all.push(with(|history| {
        history.rooms = 1;
        for act in &mut history.acts {
            match &mut act.deed {
                Deed::Join { room, .. }
                | Deed::Users { room }
                | Deed::Image { room, .. }
                | Deed::Batch { room } => room.number = 0,
                Deed::Chat { room, .. } | Deed::Leave { room, .. } => {
                    *room = room.map(|room| place(0, room.spelling));
                }
                _ => unreachable!("there is no other deed"),
            }
        }
    }));
    // Each act plainly, and the one that asks for an acknowledgement without it.
    let deeds = [
        Deed::Join {
            user: called(0),
            room: plain(1),
        },
        Deed::Join {
            user: called(1),
            room: plain(1),
        },
        Deed::Join {
            user: called(2),
            room: plain(1),
        },
        Deed::Chat {
            room: Some(plain(1)),
            to: Some(called(2)),
            text: Text::Plain,
        },
        Deed::Chat {
            room: Some(plain(1)),
            to: Some(called(1)),
            text: Text::Plain,
        },
        Deed::Users { room: plain(1) },
        Deed::Image {
            room: plain(1),
            to: None,
        },
        Deed::Chat {
            room: Some(plain(1)),
            to: None,
            text: Text::Plain,
        },
        Deed::Leave {
            user: Some(called(0)),
            room: Some(plain(1)),
        },
    ];
    for (n, deed) in deeds.into_iter().enumerate() {
        all.push(with(|history| history.acts[n].acked = false));
        all.push(with(|history| {
            history.acts[n] = act(history.acts[n].by, deed)
        }));
    }
    all.push(with(|history| history.people[1] = Websocket));
    all
}

#[test]
fn smaller_histories_are_these() {
    let mut expected = expected();
    expected.retain(|candidate| *candidate != history());
    let mut once: Vec<History> = Vec::new();
    for candidate in expected {
        if !once.contains(&candidate) {
            once.push(candidate);
        }
    }
    let found = smaller(&history(), PROFILE);
    for (n, (found, expected)) in found.iter().zip(&once).enumerate() {
        assert_eq!(found, expected, "candidate {n}");
    }
    assert_eq!(found.len(), once.len());
}

/// Two people are the fewest that show anything, and one room is.
#[test]
fn two_people_in_one_room_stay() {
    let mut history = history();
    history.people.truncate(2);
    history.rooms = 1;
    history.acts = vec![
        act(
            0,
            Deed::Join {
                user: name(0, Spelling::Capitals),
                room: place(0, Spelling::Capitals),
            },
        ),
        act(
            1,
            Deed::Join {
                user: name(1, Spelling::Capitals),
                room: place(0, Spelling::Capitals),
            },
        ),
    ];
    for candidate in smaller(&history, PROFILE) {
        assert_eq!((candidate.people.len(), candidate.rooms), (2, 1));
    }
}
