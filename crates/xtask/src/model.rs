//! `cargo xtask model`: holds the model that judges explorations and the rooms of the reference server against one another, over
//! random histories, without a server.
//!
//! Both were written from the spec, in different shapes and on different sides of the wall: what they disagree on, one of them has
//! wrong. The rooms are hardened, so that for `core` they have to stay within what the model permits.

mod compare;
mod server;
mod words;

use std::process::ExitCode;
use std::thread;

use chatspec_judge::model::{History, smaller};
use chatspec_judge::rule::Profile;
use chatspec_room::Delivery;
use clap::ValueEnum;

use compare::difference;

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Histories of each profile.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub histories: u64,
    /// The first seed; each history adds one.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub first: u64,
    /// Plant a defect in the rooms, and look whether it is found.
    #[arg(long, value_enum, value_name = "NAME")]
    pub planted: Vec<Planted>,
}

/// Defects of rooms that a comparison has to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Planted {
    /// Who leaves stays in the audience.
    Stays,
    /// The one who acts hears what it says.
    Echo,
    /// The newest member of a room hears nothing.
    Deaf,
    /// Two messages of one act come the other way round.
    Swapped,
    /// What is refused is carried out silently.
    Silent,
}

impl Planted {
    /// What becomes of the deliveries of one command.
    fn spoil(self, deliveries: &mut Vec<Delivery>) {
        let except_nobody = |delivery: &mut Delivery| {
            if let Delivery::Message {
                audience: chatspec_room::Audience::Room { except, .. },
                ..
            } = delivery
            {
                *except = None;
            }
        };
        match self {
            Planted::Stays => deliveries.retain(|one| !matches!(one, Delivery::Exit { .. })),
            Planted::Echo => deliveries.iter_mut().for_each(except_nobody),
            Planted::Deaf => deliveries.retain(|one| !matches!(one, Delivery::Enter { .. })),
            Planted::Swapped => deliveries.reverse(),
            Planted::Silent => deliveries.retain(|one| !matches!(one, Delivery::Refuse { .. })),
        }
    }
}

/// Runs the command.
pub fn run(options: &Options) -> ExitCode {
    if options.planted.is_empty() {
        return match compare_all(options, None) {
            None => {
                println!(
                    "{} histories of each profile: model and rooms agree",
                    options.histories
                );
                ExitCode::SUCCESS
            }
            Some(found) => {
                println!("{found}");
                ExitCode::FAILURE
            }
        };
    }
    let mut all = true;
    for planted in &options.planted {
        let found = compare_all(options, Some(*planted));
        all &= found.is_some();
        println!(
            "{planted:?}: {}",
            found.unwrap_or_else(|| "NOT found".to_owned())
        );
    }
    match all {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// The first difference, in the smallest history that shows it.
pub fn compare_all(options: &Options, planted: Option<Planted>) -> Option<String> {
    let threads = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let part = |number: u64| {
        let mine = (options.first..options.first + options.histories)
            .skip(usize::try_from(number).unwrap_or(0))
            .step_by(usize::try_from(threads).unwrap_or(1));
        for seed in mine {
            for profile in [Profile::Core, Profile::Hardened] {
                let history = History::random(seed, profile);
                if difference(&history, profile, planted).is_some() {
                    return Some((seed, profile, history));
                }
            }
        }
        None
    };
    let found = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|number| scope.spawn(move || part(number)))
            .collect();
        let ended = running
            .into_iter()
            .filter_map(|one| one.join().ok().flatten());
        ended.min_by_key(|(seed, ..)| *seed)
    });
    let (seed, profile, mut history) = found?;
    let acts = history.acts.len();
    while let Some(next) = smaller(&history, profile)
        .into_iter()
        .find(|next| difference(next, profile, planted).is_some())
    {
        history = next;
    }
    let what = difference(&history, profile, planted)?;
    Some(format!(
        "seed {seed}, {profile}, {acts} acts, shrunk to {}: {what}\n{:#?}",
        history.acts.len(),
        history.acts
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(histories: u64) -> Options {
        Options {
            histories,
            first: 1,
            planted: Vec::new(),
        }
    }

    #[test]
    fn model_and_rooms_agree() {
        assert_eq!(compare_all(&options(1_000), None), None);
    }

    #[test]
    fn every_planted_defect_is_found() {
        for planted in Planted::value_variants() {
            let found = compare_all(&options(200), Some(*planted));
            assert!(found.is_some(), "{planted:?}");
        }
    }
}
