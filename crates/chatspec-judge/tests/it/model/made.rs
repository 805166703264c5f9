//! Histories that a seed makes: what each is written as, and what is tried in place of it, stay as they are.

use std::fmt::Write;

use chatspec_judge::fixture::TransportName::Websocket;
use chatspec_judge::model::{
    Act, Deed, History, Model, Name, Odd, Place, Spelling, Text, conversation, smaller,
};
use chatspec_judge::rule::Profile;

use crate::golden;

const SEEDS: u64 = 40;
const MORE: u64 = 600;
/// Of so many the conversations are written out.
const WHOLE: usize = 3;

/// Of four in a room two talk at the same time: the others have to agree on the order, and nobody else.
#[test]
fn those_who_listen_to_a_race_have_to_agree() {
    let plain = |number: usize| Place {
        number,
        spelling: Spelling::Capitals,
    };
    let join = |by: usize, number: usize| Act {
        by,
        deed: Deed::Join {
            user: Name {
                of: by,
                second: false,
                spelling: Spelling::Capitals,
            },
            room: plain(number),
        },
        acked: false,
    };
    let chat = |by: usize, number: usize| Act {
        by,
        deed: Deed::Chat {
            room: Some(plain(number)),
            to: None,
            text: Text::Plain,
        },
        acked: false,
    };
    let agree = |joins: &[(usize, usize)], chats: &[(usize, usize)], profile: Profile| {
        let acts = joins.iter().map(|(by, number)| join(*by, *number));
        let history = History {
            people: vec![Websocket; 5],
            rooms: 2,
            acts: acts
                .chain(chats.iter().map(|(by, number)| chat(*by, *number)))
                .collect(),
            racing: chats.len(),
        };
        let written = conversation(&history, profile, "found/x", "A race");
        let found = written.split("\"agree\":{\"among\":").nth(1);
        found
            .map_or("", |found| &found[..found.find(']').unwrap_or(0) + 1])
            .to_owned()
    };
    use Profile::{Core, Hardened};
    let all = [(0, 0), (1, 0), (2, 0), (3, 0), (4, 1)];
    let three = [(0, 0), (1, 0), (2, 0), (4, 1)];
    let two = [(0, 0), (1, 0)];
    assert_eq!(agree(&all, &two, Hardened), "[\"cora\",\"dan\"]");
    assert_eq!(agree(&all, &two, Core), "");
    // With one listener there is nobody to agree with.
    assert_eq!(agree(&three, &two, Hardened), "");
    // In two rooms, or from outside, there is no order to agree on.
    assert_eq!(agree(&all, &[(0, 0), (4, 1)], Hardened), "");
    assert_eq!(agree(&all, &[(0, 0), (4, 0)], Hardened), "");
    assert_eq!(agree(&all, &[(0, 0), (1, 0), (2, 0)], Hardened), "");
}

#[test]
fn a_seed_gives_the_same_history_as_ever() {
    let mut text = String::new();
    for profile in [Profile::Core, Profile::Hardened] {
        let mut whole = 0;
        for seed in 1..=SEEDS {
            let history = History::random(seed, profile);
            let written = conversation(&history, profile, "found/x", "Made up");
            let tried: Vec<String> = smaller(&history, profile)
                .iter()
                .map(|smaller| format!("{smaller:?}"))
                .collect();
            let model = Model::new(&history, profile);
            let there: String = (0..history.people.len())
                .flat_map(|who| [0, history.acts.len() / 2, history.acts.len()].map(|n| (who, n)))
                .map(|(who, n)| if model.is_connected(who, n) { '1' } else { '0' })
                .collect();
            writeln!(
                text,
                "{profile} {seed}: {} acts, {} racing, {there}; {:016x}; {} tried, {:016x}",
                history.acts.len(),
                history.racing,
                golden::hash(&written),
                tried.len(),
                golden::hash(&tried.concat()),
            )
            .expect("text");
            if history.racing > 0 && whole < WHOLE {
                whole += 1;
                text += &written;
            }
        }
    }
    // Races in which all speak in one room are rare.
    for seed in SEEDS + 1..=MORE {
        let history = History::random(seed, Profile::Hardened);
        if history.racing > 0 {
            let written = conversation(&history, Profile::Hardened, "found/x", "Made up");
            let agree = written.matches("order.room.total").count();
            writeln!(text, "{seed}: {agree} {:016x}", golden::hash(&written)).expect("text");
        }
    }
    for number in 0..Odd::count() {
        writeln!(text, "odd {number}: {:?}", Odd::number(number).argument()).expect("text");
    }
    golden::is("model/made.txt", &text);
}
