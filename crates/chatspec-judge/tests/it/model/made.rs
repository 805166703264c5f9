//! Histories that a seed makes: what each is written as, and what is tried in place of it, stay as they are.

use std::fmt::Write;

use chatspec_judge::model::{History, Model, Odd, conversation, smaller};
use chatspec_judge::rule::Profile;

use crate::golden;

const SEEDS: u64 = 40;
const MORE: u64 = 600;
/// Of so many the conversations are written out.
const WHOLE: usize = 3;

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
