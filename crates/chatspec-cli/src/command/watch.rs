//! `chatspec test --watch`: fixtures under work, played again whenever they change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chatspec_harness::suite::{self, Case, Options, Progress};
use chatspec_judge::fixture::Fixture;
use chatspec_judge::report::{Report, Run};
use chatspec_judge::rule::{Profile, Rules};
use chatspec_judge::shape::Shapes;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::test;
use crate::args::{Format, Test};
use crate::data::{self, Data, plural};
use crate::exit::{Exit, Failure, report};
use crate::interrupt::Interrupt;
use crate::output::human::Human;
use crate::output::out::{out, outln};
use crate::output::safe::safe;
use crate::output::write;
use crate::select::select;
use crate::target::{self, Server};

/// An editor writes a file in several goes; they count as one change when so long nothing has followed.
const QUIET: Duration = Duration::from_millis(60);

/// Plays what is there, then what changes, until Ctrl-C. Mistakes in fixtures are told, and waited out.
pub async fn run(args: Test) -> Result<Exit, Failure> {
    // Before anything is read: what changes meanwhile must not be missed.
    let (watcher, mut changes) = watch(&args.watch)?;
    let mut interrupt = Interrupt::listen();
    let bench = tokio::select! {
        bench = Bench::open(&args) => bench?,
        () = interrupt.wait() => return Ok(Exit::Interrupted),
    };
    let mut known: BTreeMap<PathBuf, String> = BTreeMap::new();
    loop {
        let now = read(&args.watch);
        let changed: Vec<(String, String)> = now
            .iter()
            .filter(|(path, text)| known.get(*path) != Some(text))
            .map(|(path, text)| (path.display().to_string(), text.clone()))
            .collect();
        known = now;
        if !changed.is_empty() {
            tokio::select! {
                played = play(&bench, &args, changed) => {
                    if let Err(failure) = played {
                        report(&failure);
                    }
                }
                () = interrupt.wait() => break,
            }
            outln!("\nwatching {}; Ctrl-C ends", plural(known.len(), "fixture"));
        }
        tokio::select! {
            change = changes.recv() => if change.is_none() { break },
            () = interrupt.wait() => break,
        }
        while let Ok(Some(())) = timeout(QUIET, changes.recv()).await {}
    }
    drop(watcher);
    bench.server.close().await;
    Ok(Exit::Conforms)
}

async fn play(bench: &Bench, args: &Test, changed: Vec<(String, String)>) -> Result<(), Failure> {
    for (path, _) in &changed {
        outln!("\n{}", safe(path));
    }
    let fixtures =
        data::load(changed.into_iter(), &bench.rules).map_err(|errors| data::broken(&errors))?;
    let fixtures: Vec<Arc<Fixture>> = fixtures.into_iter().map(Arc::new).collect();
    let selection = select(args, bench.profile, fixtures, &bench.rules)?;
    if selection.cases.is_empty() {
        outln!("nothing to play: the filters or the profile leave it out");
        return Ok(());
    }
    bench.play(args, selection.cases).await
}

/// Everything but the fixtures.
struct Bench {
    rules: Arc<Rules>,
    shapes: Arc<Shapes>,
    profile: Profile,
    server: Server,
}

impl Bench {
    async fn open(args: &Test) -> Result<Bench, Failure> {
        let data = Data::open(args.data.as_deref())?;
        Ok(Bench {
            rules: data.rules_of(args.revision.as_deref())?,
            shapes: data.shapes()?,
            profile: test::profile(args),
            server: target::open(args).await?,
        })
    }

    async fn play(&self, args: &Test, cases: Vec<Case>) -> Result<(), Failure> {
        let stage = test::stage(args, &self.server);
        let options = Options {
            stage: stage.clone(),
            profile: self.profile,
            jobs: usize::from(args.jobs),
            repeat: args.repeat,
            probes: true,
            fail_fast: args.fail_fast,
            pid: args.pid,
            transcripts: args.trace,
        };
        let quiet = args.format == Format::Json;
        let repeat = test::repeat(args, &self.server.repeat, self.profile, stage.seed);
        let mut human = Human::new(
            args,
            &self.rules,
            &cases,
            self.profile,
            &stage,
            &repeat,
            quiet,
        );
        let (rules, shapes) = (Arc::clone(&self.rules), Arc::clone(&self.shapes));
        let mut outcome = suite::run(cases, rules, shapes, &options, |progress| match progress {
            Progress::Started { cases, in_order } => human.started(cases, in_order),
            Progress::Done(case) => human.done(case),
        })
        .await
        .map_err(test::failure)?;
        let run = Run {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            profile: self.profile,
            target: stage.target.url.to_string(),
            nodes: test::urls(&stage),
            seed: stage.seed,
            // Some conversations never tell whether a server conforms.
            filtered: true,
            repeat,
            slow: args.slow,
            strict: args.strict,
            in_order: outcome.in_order,
            ..Run::default()
        };
        let mut report = Report::new(&run, &self.rules, std::mem::take(&mut outcome.cases))
            .explained(&self.rules, args.slow);
        report.summary.flaky.clone_from(&outcome.flaky);
        match args.format {
            Format::Json => out!(write::json(&report)?),
            Format::Human => human.finished(&report, &outcome),
        }
        Ok(())
    }
}

/// The fixtures there are. One that cannot be read at this moment is being written: the next change tells.
fn read(paths: &[PathBuf]) -> BTreeMap<PathBuf, String> {
    paths
        .iter()
        .flat_map(|path| {
            if path.is_dir() {
                data::walk(path, "yaml")
            } else {
                vec![path.clone()]
            }
        })
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            Some((path, text))
        })
        .collect()
}

/// Tells that something below one of the paths may have changed. Editors replace files: a file's folder is watched.
fn watch(paths: &[PathBuf]) -> Result<(RecommendedWatcher, mpsc::Receiver<()>), Failure> {
    // One that waits is enough: it says "look".
    let (tell, changes) = mpsc::channel(1);
    let wrong = |error: notify::Error| Failure::usage(format!("watch the fixtures: {error}"));
    let mut watcher = notify::recommended_watcher(move |_| {
        let _ = tell.try_send(());
    })
    .map_err(wrong)?;
    for path in paths {
        if !path.exists() {
            return Err(Failure::usage(format!(
                "watch {}: it is not there",
                path.display()
            )));
        }
        let (folder, mode) = if path.is_dir() {
            (path.as_path(), RecursiveMode::Recursive)
        } else {
            let parent = path.parent().filter(|parent| *parent != Path::new(""));
            (
                parent.unwrap_or(Path::new(".")),
                RecursiveMode::NonRecursive,
            )
        };
        watcher.watch(folder, mode).map_err(wrong)?;
    }
    Ok((watcher, changes))
}
