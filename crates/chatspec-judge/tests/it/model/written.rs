//! What histories are written as: two that have everything in them, word for word.

use std::path::Path;

use chatspec_judge::fixture::TransportName::{Polling, Upgrade, Websocket};
use chatspec_judge::fixture::{self, Drop, lint};
use chatspec_judge::model::{Act, Deed, History, Name, Odd, Place, Spelling, Text, conversation};
use chatspec_judge::rule::Profile;

use crate::fixtures::rules;
use Spelling::{Apart, Capitals, Small, Spaced, Title};

fn name(of: usize, second: bool, spelling: Spelling) -> Name {
    Name {
        of,
        second,
        spelling,
    }
}

fn own(of: usize) -> Name {
    name(of, false, Capitals)
}

fn place(number: usize, spelling: Spelling) -> Place {
    Place { number, spelling }
}

fn join(user: Name, room: Place) -> Deed {
    Deed::Join { user, room }
}

fn leave(user: Option<Name>, room: Option<Place>) -> Deed {
    Deed::Leave { user, room }
}

fn chat(room: Option<Place>, to: Option<Name>, text: Text) -> Deed {
    Deed::Chat { room, to, text }
}

fn image(room: Place) -> Deed {
    Deed::Image { room, to: None }
}

/// The acts of people; those that ask for an acknowledgement have a `true`.
fn acts(list: Vec<(usize, Deed, bool)>) -> Vec<Act> {
    let act = |(by, deed, acked)| Act { by, deed, acked };
    list.into_iter().map(act).collect()
}

/// The text is what the file has, and a fixture without a fault.
fn is_written(history: &History, profile: Profile, file: &str) {
    assert_eq!(history.playable(profile), *history, "{file} can be played");
    let id = format!("found/{}", file.trim_end_matches(".yaml"));
    let text = conversation(history, profile, &id, "Everything, once");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/model");
    let wanted = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    assert!(text == wanted, "{file} has to be\n{text}");
    let fixture = fixture::load(&format!("{id}.yaml"), &text).expect("it is well formed");
    assert!(lint::lint(&fixture, &rules()).is_empty());
}

#[test]
fn a_history_of_hardened_is_written_like_this() {
    let (den, attic) = (place(0, Capitals), place(1, Capitals));
    let history = History {
        people: vec![Websocket, Polling, Upgrade],
        rooms: 2,
        racing: 0,
        acts: acts(vec![
            (0, chat(Some(den), None, Text::Plain), true),
            (0, leave(None, None), false),
            (0, join(own(0), place(0, Small)), true),
            (1, join(name(1, true, Title), place(0, Spaced)), false),
            (2, join(name(0, false, Small), den), true),
            (2, join(name(2, false, Spaced), attic), false),
            (
                0,
                Deed::Users {
                    room: place(0, Title),
                },
                true,
            ),
            (0, chat(Some(place(0, Small)), None, Text::Unicode), true),
            (
                0,
                chat(Some(den), Some(name(1, true, Small)), Text::Markup),
                false,
            ),
            (
                0,
                chat(None, Some(name(1, true, Title)), Text::Plain),
                false,
            ),
            (0, chat(None, Some(own(2)), Text::Plain), true),
            (0, chat(Some(den), Some(own(2)), Text::Plain), false),
            (0, chat(Some(den), Some(own(1)), Text::Plain), false),
            (
                0,
                chat(Some(den), Some(name(3, true, Small)), Text::Plain),
                false,
            ),
            (0, chat(Some(den), Some(own(3)), Text::Plain), false),
            (0, chat(Some(den), Some(own(0)), Text::Plain), false),
            (0, chat(Some(attic), Some(own(2)), Text::Plain), false),
            (2, chat(Some(den), None, Text::Plain), false),
            (2, image(den), false),
            (1, image(place(0, Small)), true),
            (
                1,
                Deed::Batch {
                    room: place(0, Title),
                },
                true,
            ),
            (2, chat(None, None, Text::Plain), false),
            (2, Deed::Odd(0), true),
            (2, Deed::Odd(3), true),
            (2, join(name(2, false, Small), place(1, Small)), false),
            (2, leave(Some(own(1)), None), true),
            (2, leave(None, Some(den)), false),
            (2, join(own(2), den), true),
            (2, join(name(2, true, Title), den), false),
            (
                2,
                leave(Some(name(2, true, Small)), Some(place(0, Small))),
                true,
            ),
            (0, Deed::Users { room: den }, false),
            (1, Deed::Drop(Drop::Close), true),
            (1, Deed::Connect, true),
            (2, join(own(2), den), false),
            (2, Deed::Drop(Drop::Namespace), false),
            (1, join(own(1), den), false),
            (0, Deed::Drop(Drop::Abrupt), false),
            (2, Deed::Connect, false),
            (2, chat(Some(den), Some(own(1)), Text::Plain), false),
            (2, Deed::Batch { room: den }, false),
        ]),
    };
    let mut history = history;
    // Nobody says three things where none of it is taken.
    history.acts.pop();
    is_written(&history, Profile::Hardened, "hardened.yaml");
}

#[test]
fn a_history_of_core_is_written_like_this() {
    let (den, attic) = (place(0, Capitals), place(1, Capitals));
    let history = History {
        people: vec![Websocket, Polling, Websocket, Websocket],
        rooms: 2,
        racing: 0,
        acts: acts(vec![
            (0, chat(Some(den), None, Text::Plain), false),
            (0, image(den), false),
            (0, join(own(0), den), false),
            (1, join(own(1), den), true),
            (2, join(own(2), den), false),
            (0, chat(Some(den), None, Text::Plain), true),
            (0, chat(None, None, Text::Unicode), false),
            (0, chat(Some(den), Some(own(1)), Text::Plain), false),
            (0, chat(Some(den), Some(own(3)), Text::Markup), true),
            (0, chat(Some(den), Some(own(0)), Text::Plain), false),
            (0, Deed::Odd(0), false),
            (0, Deed::Odd(3), false),
            // Again, under another name, and in another room: what the first room hears of it, and later on, is free.
            (1, join(own(1), den), false),
            (1, join(name(1, true, Capitals), den), false),
            (1, join(name(1, true, Capitals), attic), false),
            (0, image(den), false),
            (0, Deed::Batch { room: den }, false),
            (2, leave(Some(own(2)), Some(den)), false),
            (0, chat(Some(den), None, Text::Plain), false),
            (1, leave(Some(name(1, true, Capitals)), Some(attic)), false),
            (2, join(own(2), attic), false),
            (0, chat(Some(den), None, Text::Plain), false),
            (2, chat(Some(attic), None, Text::Plain), false),
            (2, join(own(2), den), false),
            (0, join(own(0), attic), false),
            (0, chat(Some(attic), None, Text::Plain), false),
            (2, leave(Some(own(2)), Some(den)), false),
            (0, Deed::Users { room: attic }, false),
        ]),
    };
    is_written(&history, Profile::Core, "core.yaml");
}

/// Every text, every way to be wrong, and names with all that names may have.
#[test]
fn what_is_said_and_what_is_wrong_is_written_like_this() {
    let den = place(0, Capitals);
    let mut list = vec![
        (0, join(name(0, true, Apart), den), false),
        (1, join(name(1, true, Capitals), den), false),
        (0, join(name(0, true, Small), den), false),
    ];
    for text in [
        Text::Plain,
        Text::Unicode,
        Text::Markup,
        Text::Empty,
        Text::Spaced,
        Text::Long,
        Text::Nul,
        Text::Absent,
        Text::Beside,
    ] {
        list.push((1, chat(Some(den), None, text), false));
    }
    let to = Some(name(0, true, Capitals));
    list.push((1, Deed::Image { room: den, to }, false));
    list.push((1, Deed::Users { room: den }, false));
    list.extend((0..Odd::count()).map(|number| (0, Deed::Odd(number), number % 2 == 1)));
    let history = |acts| History {
        people: vec![Websocket, Websocket],
        rooms: 1,
        racing: 0,
        acts,
    };
    is_written(&history(acts(list)), Profile::Hardened, "words.yaml");
    let odd = |number| (0, Deed::Odd(number), false);
    let all = history(acts((0..Odd::count()).map(odd).collect()));
    is_written(&all.playable(Profile::Core), Profile::Core, "odd.yaml");
}

/// A seed gives the same history, and the same fixture, on every machine and in every build: a find can be told by its seed.
#[test]
fn seeds_are_the_same_everywhere() {
    let sum = |text: &str, sum: u64| {
        // FNV-1a: all that is asked of it is to be another where a text is.
        let step = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        text.bytes().fold(sum, step)
    };
    let of = |profile| {
        (0..100).fold(0xcbf2_9ce4_8422_2325, |all, seed| {
            let history = History::random(seed, profile);
            let text = conversation(&history, profile, "found/random", "Random");
            sum(&text, sum(&format!("{history:?}"), all))
        })
    };
    let found = [Profile::Core, Profile::Hardened].map(of);
    let known = [16_538_589_410_346_964_879, 1_956_586_084_820_715_132];
    assert_eq!(
        found, known,
        "take these where histories are meant to be others"
    );
}
