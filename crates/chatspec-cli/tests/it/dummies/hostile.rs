//! The same of bad inputs: a server that implements nothing survives none of them.
//!
//! An input is survived where others are seen to be served, so there is nothing here that silence could pass.

use std::sync::Arc;

use chatspec_harness::suite::Case;
use chatspec_judge::fixture::Fixture;
use chatspec_judge::rule::Profile;
use futures_util::{StreamExt, stream};

use super::seven::{self, Dummy};
use super::{Vacuous, play, print_table};
use crate::suite::Committed;

/// Short: whatever a dummy does not do at once it never does. A second is left for a barrier.
const SCALE: f64 = 0.1;
/// Played at a time. Nearly all of them wait for the heartbeat bound.
const AT_A_TIME: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_implement_nothing_survive_no_bad_input() {
    let committed = Arc::new(Committed::read());
    let inputs = Committed::hostile();
    assert!(inputs.len() > 300, "only {} inputs", inputs.len());
    let plays: Vec<_> = seven::ALL
        .iter()
        .enumerate()
        .flat_map(|(place, dummy)| share(&inputs, place, dummy).map(move |input| (dummy, input)))
        .collect();
    let played: Vec<Vacuous> = stream::iter(plays)
        .map(|(dummy, (fixture, profile))| {
            let committed = Arc::clone(&committed);
            let case = Case {
                transport: fixture.transports[0],
                fixture: Arc::new(fixture),
            };
            let scale = if dummy.acknowledges { SCALE } else { 0.02 };
            let task = async move { play(&committed, dummy, case, profile, scale).await };
            async { tokio::spawn(task).await.expect("no panic") }
        })
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;

    print_table(&played);
    let green: Vec<String> = played
        .iter()
        .filter(|case| case.is_green())
        .map(|case| format!("{} on {}: {:?}", case.case, case.dummy, case.rules))
        .collect();
    assert!(
        green.is_empty(),
        "passed by accident:\n{}",
        green.join("\n")
    );
}

/// Being out of reach is not what fails a dummy: the one that comes furthest is played to the end, where it has the time for it.
#[tokio::test]
async fn a_server_that_implements_nothing_is_played_to_the_end() {
    let committed = Committed::read();
    let inputs = Committed::hostile();
    let input = inputs.iter().find(|input| input.id.ends_with("#N-06a"));
    let fixture = Arc::clone(input.expect("a name that is accepted"));
    let furthest = seven::ALL.iter().find(|dummy| dummy.name == "barrier-only");
    let case = Case {
        transport: fixture.transports[0],
        fixture,
    };
    let dummy = furthest.expect("a dummy of that name");
    let played = play(&committed, dummy, case, Profile::Core, 1.0).await;
    assert_eq!(played.stopped, None);
    assert!(!played.is_green(), "{:?}", played.rules);
}

/// The inputs that a dummy is tried with: every third for the one that comes furthest, every eleventh for the others, and for each
/// another eleventh. They are played for either profile in turn. Floods are left out: they take long, and begin like all others.
fn share<'a>(
    inputs: &'a [Arc<Fixture>],
    place: usize,
    dummy: &Dummy,
) -> impl Iterator<Item = (Fixture, Profile)> + use<'a> {
    let step = match dummy.name {
        "barrier-only" => 3,
        _ => seven::ALL.len(),
    };
    let light = inputs
        .iter()
        .filter(|input| !input.slow && input.alone.is_none());
    let mine = light.skip(place % step).step_by(step);
    mine.zip([Profile::Hardened, Profile::Core].into_iter().cycle())
        .filter_map(|(input, profile)| Some((input.claimed(profile)?, profile)))
}
