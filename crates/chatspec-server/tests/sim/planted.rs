//! The server, or, with the feature `fault`, one with a defect that a simulation has to find.

use std::future::Future;

use chatspec_server::{Config, Listener};

#[cfg(not(feature = "fault"))]
pub async fn serve<L: Listener>(
    listener: L,
    config: Config,
    stopped: impl Future<Output = ()> + Send,
) {
    if let Err(error) = chatspec_server::serve(listener, config, stopped).await {
        panic!("the server does not start: {error}");
    }
}

/// `CHATSPEC_SIM_PLANTED` names the defect.
#[cfg(feature = "fault")]
pub async fn serve<L: Listener>(
    listener: L,
    config: Config,
    stopped: impl Future<Output = ()> + Send,
) {
    let faults = defect(&std::env::var("CHATSPEC_SIM_PLANTED").unwrap_or_default());
    if let Err(error) = chatspec_server::serve_faulty(listener, config, faults, stopped).await {
        panic!("the server does not start: {error}");
    }
}

/// The names of the defects.
#[cfg(feature = "fault")]
pub const DEFECTS: [&str; 4] = ["drops", "swaps", "repeats", "ghosts"];

#[cfg(feature = "fault")]
fn defect(name: &str) -> chatspec_server::Faults {
    let mut faults = chatspec_server::Faults::default();
    let mut count = 0_u32;
    let mut every = move |n: u32| {
        count += 1;
        count.is_multiple_of(n)
    };
    match name {
        "" => {}
        // One message in fifty reaches nobody.
        "drops" => {
            faults.emission = Box::new(move |emission| match every(50) {
                true => Vec::new(),
                false => vec![emission],
            });
        }
        // One in fifty comes twice.
        "repeats" => {
            faults.emission = Box::new(move |emission| match every(50) {
                true => vec![emission.clone(), emission],
                false => vec![emission],
            });
        }
        // One in fifty is overtaken by the next.
        "swaps" => {
            let mut held = None;
            faults.emission = Box::new(move |emission| match (held.take(), every(50)) {
                (None, true) => {
                    held = Some(emission);
                    Vec::new()
                }
                (Some(before), _) => vec![emission, before],
                (None, false) => vec![emission],
            });
        }
        // Who goes without a word stays listed.
        "ghosts" => {
            faults.command = Box::new(|command| match command.action {
                chatspec_room::Action::Disconnected => Vec::new(),
                _ => vec![command],
            });
        }
        other => panic!("{other}: no such defect; there are {}", DEFECTS.join(", ")),
    }
    faults
}
