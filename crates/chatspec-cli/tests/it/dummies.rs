//! No green by accident: a server that implements nothing passes no case.
//!
//! Every fixture is played against every dummy, one case a server, so that what a dummy says to everybody stays within the case.
//! Control and ordering probe are off: they would stop the run before anything could be proven.

mod hostile;
pub mod http;
pub mod server;
mod session;
pub mod seven;

use std::collections::BTreeMap;
use std::sync::Arc;

use chatspec_harness::suite::Case;
use chatspec_judge::fixture::{Fixture, Step, TransportName};
use chatspec_judge::rule::Profile;
use chatspec_judge::verdict::Verdict;
use futures_util::{StreamExt, stream};

use crate::suite::Committed;
use seven::Dummy;

/// Cases that a server may pass that answers nothing but barriers: none.
const PASSED_BY_BARRIERS_ALONE: [&str; 0] = [];

/// Played at a time. Most of them wait.
const AT_A_TIME: usize = 24;

/// One case on one dummy.
struct Vacuous {
    dummy: &'static str,
    case: String,
    profile: Profile,
    verdict: Verdict,
    rules: BTreeMap<String, Verdict>,
    /// Why the play stopped before its end, if it did.
    stopped: Option<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_implement_nothing_pass_nothing() {
    let committed = Arc::new(Committed::read());
    let mut plays: Vec<_> = seven::ALL
        .iter()
        .flat_map(|dummy| {
            cases(&committed, dummy).map(move |(case, profile)| (dummy, case, profile))
        })
        .collect();
    // What waits for a heartbeat starts first, so that nobody waits for it in the end.
    plays.sort_by_key(|(_, case, _)| !waits(&case.fixture));
    let played: Vec<Vacuous> = stream::iter(plays)
        .map(|(dummy, case, profile)| {
            let committed = Arc::clone(&committed);
            // Who answers has all the time it needs, or slowness would be what fails it. Nobody waits for who does not.
            let scale = if dummy.acknowledges { 1.0 } else { 0.02 };
            let task = async move { play(&committed, dummy, case, profile, scale).await };
            async { tokio::spawn(task).await.expect("no panic") }
        })
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;

    print_table(&played);
    for dummy in seven::ALL.iter().filter(|dummy| dummy.acknowledges) {
        assert_played(dummy.name, &played);
    }
    let green: Vec<String> = played
        .iter()
        .filter(|case| case.is_green() && !case.is_allowed())
        .map(|case| {
            format!(
                "{} on {} ({}): {:?}",
                case.case, case.dummy, case.profile, case.rules
            )
        })
        .collect();
    assert!(
        green.is_empty(),
        "passed by accident:\n{}",
        green.join("\n")
    );
}

impl Vacuous {
    fn is_green(&self) -> bool {
        self.verdict <= Verdict::Warn
    }

    fn is_allowed(&self) -> bool {
        self.dummy == "barrier-only" && PASSED_BY_BARRIERS_ALONE.contains(&self.case.as_str())
    }
}

/// Every fixture by WebSocket; by the other transports where a dummy gets far enough for that to matter.
fn cases<'a>(
    committed: &'a Committed,
    dummy: &'a Dummy,
) -> impl Iterator<Item = (Case, Profile)> + 'a {
    committed.fixtures.iter().flat_map(move |fixture| {
        let everywhere = fixture.profile == Profile::Core
            && matches!(dummy.name, "barrier-only" | "echo-everything");
        fixture
            .transports
            .iter()
            .filter(move |transport| {
                everywhere
                    || **transport == TransportName::Websocket
                    || fixture.transports.len() == 1
            })
            .map(|transport| {
                let case = Case {
                    fixture: Arc::clone(fixture),
                    transport: *transport,
                };
                (case, fixture.profile)
            })
    })
}

fn waits(fixture: &Fixture) -> bool {
    let waits = |step: &Step| step.within_heartbeat || step.retry;
    fixture.steps.iter().any(waits)
}

async fn play(
    committed: &Committed,
    dummy: &Dummy,
    case: Case,
    profile: Profile,
    scale: f64,
) -> Vacuous {
    let running = dummy.start().await;
    let outcome = committed.play(case, profile, running.url(), scale).await;
    let [report] = outcome.cases.as_slice() else {
        panic!("one case, one report");
    };
    Vacuous {
        dummy: dummy.name,
        case: report.id.clone(),
        profile,
        verdict: report.verdict,
        rules: report.rules.clone(),
        stopped: outcome.transcripts[0]
            .stopped
            .as_ref()
            .map(|stop| stop.why.clone()),
    }
}

/// A dummy that fails because it could not be reached proves nothing: those that answer are played to the end.
fn assert_played(dummy: &str, played: &[Vacuous]) {
    let mine = || played.iter().filter(|case| case.dummy == dummy);
    let stopped: Vec<String> = mine()
        .filter_map(|case| Some(format!("{}: {}", case.case, case.stopped.as_ref()?)))
        .collect();
    assert!(
        stopped.is_empty(),
        "{dummy}: not played to the end:\n{}",
        stopped.join("\n")
    );
}

fn print_table(played: &[Vacuous]) {
    println!("| server that implements nothing | core | hardened |");
    println!("|---|---|---|");
    for dummy in &seven::ALL {
        let of = |profile| {
            let cases = || {
                played
                    .iter()
                    .filter(move |case| case.dummy == dummy.name && case.profile == profile)
            };
            format!(
                "{} of {}",
                cases().filter(|case| case.is_green()).count(),
                cases().count()
            )
        };
        println!(
            "| {} | {} | {} |",
            dummy.name,
            of(Profile::Core),
            of(Profile::Hardened)
        );
    }
}
