//! What the model says of random histories makes fixtures that the linter takes, and the model's own laws.

mod corpus;
mod made;
mod shrinking;
mod written;

use std::collections::BTreeSet;

use chatspec_judge::fixture::{self, TransportName, lint};
use chatspec_judge::model::{
    Act, Answer, Deed, History, Model, Name, Place, Spelling, What, conversation, smaller,
};
use chatspec_judge::rule::Profile;

use crate::fixtures::rules;

const PROFILES: [Profile; 2] = [Profile::Core, Profile::Hardened];

#[test]
fn every_history_is_a_fixture_that_the_linter_takes() {
    let rules = rules();
    let mut claimed = BTreeSet::new();
    for profile in PROFILES {
        for seed in 0..100 {
            let history = History::random(seed, profile);
            let text = conversation(&history, profile, "found/random", "Something random");
            let fixture = fixture::load("found/random.yaml", &text)
                .unwrap_or_else(|errors| panic!("{seed}: {}\n{text}", errors[0]));
            let errors = lint::lint(&fixture, &rules);
            assert!(errors.is_empty(), "{seed}: {}\n{text}", errors[0]);
            claimed.extend(fixture.rules);
        }
    }
    assert!(claimed.len() >= 22, "{claimed:?}");
}

#[test]
fn a_seed_is_a_history() {
    for profile in PROFILES {
        for seed in 0..50 {
            let history = History::random(seed, profile);
            assert_eq!(history, History::random(seed, profile));
            assert_eq!(history, history.playable(profile));
        }
    }
    assert_ne!(
        History::random(1, Profile::Hardened),
        History::random(2, Profile::Hardened)
    );
}

/// Nobody hears its own words, nobody hears anything twice of one act but a change of name, and a refusal changes nothing.
#[test]
fn laws_of_the_model() {
    let mut refusals = 0;
    for seed in 0..100 {
        let history = History::random(seed, Profile::Hardened);
        let model = Model::new(&history, Profile::Hardened);
        for (n, act) in history.acts.iter().enumerate() {
            let heard = model.heard(n);
            for heard in &heard {
                let echo = matches!(
                    heard.what,
                    What::Said(_) | What::Batch(_) | What::Shown(_) | What::Gone(..)
                );
                assert!(!(echo && heard.to.contains(&act.by)), "{seed}: {n}");
                assert!(heard.must);
                let to: BTreeSet<usize> = heard.to.iter().copied().collect();
                assert_eq!(to.len(), heard.to.len(), "{seed}: {n}");
            }
            if let Answer::Refused { .. } = model.answer(n) {
                refusals += 1;
                assert!(heard.is_empty());
                // Without it, everything else is as it was.
                let mut without = history.clone();
                without.acts.remove(n);
                let other = Model::new(&without, Profile::Hardened);
                for m in n..without.acts.len() {
                    assert_eq!(other.answer(m), model.answer(m + 1), "{seed}: {n}, {m}");
                    assert_eq!(other.heard(m), model.heard(m + 1), "{seed}: {n}, {m}");
                }
            }
        }
    }
    assert!(refusals > 150, "{refusals}");
}

#[test]
fn smaller_histories_end() {
    for profile in PROFILES {
        let mut history = History::random(7, profile);
        let shows = |history: &History| {
            let mut deeds = history.acts.iter().map(|act| &act.deed);
            deeds.any(|deed| matches!(deed, Deed::Image { .. }))
                && history
                    .acts
                    .iter()
                    .any(|act| matches!(act.deed, Deed::Users { .. }))
        };
        assert!(shows(&history), "take another seed");
        let mut rounds = 0;
        while let Some(next) = smaller(&history, profile).into_iter().find(shows) {
            history = next;
            rounds += 1;
            assert!(rounds < 200);
        }
        assert!(history.acts.len() <= 3, "{history:?}");
        assert_eq!(history.people.len(), 2);
        assert_eq!(history.rooms, 1);
    }
}

/// A private message to the name that nobody holds is refused, also where somebody holds the other one.
#[test]
fn names_with_different_keys_are_written_differently() {
    let name = |of, second| Name {
        of,
        second,
        spelling: Spelling::Capitals,
    };
    let place = Place {
        number: 0,
        spelling: Spelling::Capitals,
    };
    let mut written = BTreeSet::new();
    for of in 0..3 {
        for second in [false, true] {
            let history = History {
                people: vec![TransportName::Websocket; 2],
                rooms: 1,
                racing: 0,
                acts: vec![Act {
                    by: 0,
                    deed: Deed::Join {
                        user: name(of, second),
                        room: place,
                    },
                    acked: false,
                }],
            };
            written.insert(conversation(
                &history,
                Profile::Hardened,
                "found/name",
                "A name",
            ));
        }
    }
    assert_eq!(written.len(), 6);
}
