//! `chatspec explore`: random histories against a live server, judged by the model and by everything that judges the conversations.
//!
//! A history becomes a fixture with the model's expectations ([`chatspec_judge::model`]), and is played and judged like one: with
//! barriers, invariants, lingering and the ordering probe. The shrinking is ours and not proptest's: each smaller history costs a
//! conversation with a server, so that many are played at once, and of a find that comes only sometimes each is played several
//! times.

mod coverage;
mod find;
mod play;

use std::sync::Arc;
use std::time::Instant;

use chatspec_harness::drive::Hasty;
use chatspec_judge::model::History;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use self::coverage::Coverage;
use self::find::Find;
use self::play::{Played, Player};
use super::test;
use crate::args::Test;
use crate::args::explore::Explore;
use crate::data::{Data, plural};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output::human;
use crate::output::out::{out, outln};
use crate::output::safe::safe;
use crate::output::write;
use crate::target;

/// Histories, where nobody says how many.
const HISTORIES: u64 = 1_000;
/// Histories that are played before the next progress is told and the clock looked at: few at first, because on a server that makes
/// every play wait something is found in those.
const BATCH: [u64; 2] = [8, 64];

/// Explores until the histories or the minutes are over, or enough is found.
pub async fn run(args: Explore) -> Result<Exit, Failure> {
    let test = as_test(&args)?;
    let data = Data::open(args.data.as_deref())?;
    let rules = data.rules()?;
    let profile = test::profile(&test);
    let mut interrupt = Interrupt::listen();
    let server = tokio::select! {
        server = target::open(&test) => server?,
        () = interrupt.wait() => return Ok(Exit::Interrupted),
    };
    let mut stage = test::stage(&test, &server);
    let seed = stage.seed;
    stage.manner.hasty = Some(Hasty {
        rules: Arc::clone(&rules),
        profile,
    });
    let mut exploration = Exploration {
        player: Player {
            stage,
            profile,
            rules,
            shapes: data.shapes()?,
            jobs: usize::from(args.jobs),
            numbers: 0,
        },
        coverage: Coverage::default(),
        finds: Vec::new(),
        fleeting: Vec::new(),
        bar: bar(&args),
        repeat: server.repeat.clone(),
    };
    if !args.json {
        outln!(
            "chatspec {} · exploring · profile {profile} · {} · seed {seed}",
            env!("CARGO_PKG_VERSION"),
            safe(exploration.player.stage.target.url.as_str()),
        );
    }
    let ended = tokio::select! {
        ended = exploration.go(&args, seed) => Some(ended),
        () = interrupt.wait() => None,
    };
    exploration.settle(&args)?;
    exploration.bar.finish_and_clear();
    server.close().await;
    // What was found before an error is told all the same.
    exploration.tell(&args, seed)?;
    match ended {
        None => Ok(Exit::Interrupted),
        Some(ended) => ended.map(|()| exploration.exit()),
    }
}

struct Exploration {
    player: Player,
    coverage: Coverage,
    finds: Vec<Find>,
    /// What came once and not again: at the end it is a find, where there are not enough others. On a server that breaks something for
    /// everybody at once, the play beside may be the one that did it.
    fleeting: Vec<Find>,
    bar: ProgressBar,
    /// What names the server on a command line.
    repeat: String,
}

impl Exploration {
    async fn go(&mut self, args: &Explore, seed: u64) -> Result<(), Failure> {
        let start = Instant::now();
        let most = args.histories.unwrap_or(match args.minutes {
            Some(_) => u64::MAX,
            None => HISTORIES,
        });
        let is_over = || {
            args.minutes
                .is_some_and(|minutes| start.elapsed() >= minutes)
        };
        let mut next = 0;
        let [mut batch, most_at_once] = BATCH;
        while next < most && !is_over() && self.finds.len() < usize::from(args.finds) {
            let end = most.min(next + batch);
            batch = most_at_once.min(batch * 2);
            let histories: Vec<(u64, History)> = (next..end)
                .map(|number| {
                    let seed = seed.wrapping_add(number);
                    (seed, History::random(seed, self.player.profile))
                })
                .collect();
            let played = self.player.play(histories).await?;
            self.bar.inc(end - next);
            next = end;
            for played in &played {
                self.coverage.add(played);
            }
            for played in played {
                self.look_into(args, played).await?;
            }
            self.bar.set_message(format!(
                "{}, {}",
                plural(self.coverage.rules(), "rule"),
                plural(self.finds.len(), "find")
            ));
        }
        Ok(())
    }

    async fn look_into(&mut self, args: &Explore, played: Played) -> Result<(), Failure> {
        if let Some(error) = &played.report.error {
            return Err(Failure::ours(format!("play seed {}: {error}", played.seed)));
        }
        let Some(rule) = find::broken(&played.report) else {
            return Ok(());
        };
        let is_known = self.finds.iter().any(|find| find.rule == rule);
        if is_known || self.finds.len() >= usize::from(args.finds) {
            return Ok(());
        }
        self.bar
            .set_message(format!("{rule}: looking for the smallest history"));
        let find = Find::shrink(&mut self.player, played, rule).await?;
        if find.came_again() {
            return self.record(args, find);
        }
        let alike = self.fleeting.iter().filter(|other| other.rule == find.rule);
        if alike.count() == 0 {
            self.fleeting.push(find);
        }
        Ok(())
    }

    /// What came once and not again is told where there are not enough finds.
    fn settle(&mut self, args: &Explore) -> Result<(), Failure> {
        for find in std::mem::take(&mut self.fleeting) {
            let is_known = self.finds.iter().any(|known| known.rule == find.rule);
            if !is_known && self.finds.len() < usize::from(args.finds) {
                self.record(args, find)?;
            }
        }
        Ok(())
    }

    /// Writes a find, and tells of it.
    fn record(&mut self, args: &Explore, find: Find) -> Result<(), Failure> {
        let file = find.write(&args.out, self.player.profile, &self.player.rules)?;
        if !args.json {
            let bar = self.bar.clone();
            let repeat = format!(
                "chatspec test {} --profile {} --fixtures {}",
                self.repeat,
                self.player.profile,
                target::quoted(&file.display().to_string())
            );
            bar.suspend(|| {
                human::failures(
                    std::slice::from_ref(&find.report),
                    &self.player.rules,
                    &repeat,
                );
                outln!("{}", find.summary());
                outln!(
                    "  wrote {}\n  repeat: {repeat}",
                    safe(&file.display().to_string())
                );
            });
        }
        self.finds.push(find);
        Ok(())
    }

    fn tell(&self, args: &Explore, seed: u64) -> Result<(), Failure> {
        if args.json {
            let finds: Vec<_> = self.finds.iter().map(Find::json).collect();
            out!(write::json(&serde_json::json!({
                "chatspec": env!("CARGO_PKG_VERSION"),
                "target": self.player.stage.target.url.as_str(),
                "profile": self.player.profile,
                "seed": seed,
                "coverage": self.coverage,
                "finds": finds,
            }))?);
            return Ok(());
        }
        outln!("\n{}", self.coverage.summary());
        match self.finds.len() {
            0 => outln!("nothing found"),
            finds => outln!(
                "{} in {}",
                plural(finds, "find"),
                safe(&args.out.display().to_string())
            ),
        }
        Ok(())
    }

    /// A run in which much could not be judged says nothing good of a server.
    fn exit(&self) -> Exit {
        if !self.finds.is_empty() {
            return Exit::Violated;
        }
        match (self.coverage.histories, self.coverage.unclear) {
            (0, _) => Exit::Nothing,
            (_, 0) => Exit::Conforms,
            _ => Exit::Inconclusive,
        }
    }
}

/// The same server as `chatspec test` would open with these arguments.
fn as_test(args: &Explore) -> Result<Test, Failure> {
    let mut words = vec!["test".to_owned()];
    words.extend(args.url.clone());
    let mut option = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.push(format!("--{name}={value}"));
        }
    };
    option("cmd", args.cmd.clone());
    option("profile", args.profile.map(|profile| profile.to_string()));
    option("path", Some(args.path.clone()));
    option("seed", args.seed.map(|seed| seed.to_string()));
    option("timeout-scale", Some(args.timeout_scale.to_string()));
    for header in &args.header {
        option("header", Some(header.clone()));
    }
    Test::try_parse_from(words).map_err(|error| Failure::usage(error.to_string()))
}

fn bar(args: &Explore) -> ProgressBar {
    let bar = match (args.histories, args.minutes) {
        (Some(histories), _) => ProgressBar::new(histories),
        (None, None) => ProgressBar::new(HISTORIES),
        (None, Some(_)) => ProgressBar::no_length(),
    };
    let style =
        ProgressStyle::with_template("{elapsed} {human_pos} histories, {per_sec} {wide_msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
