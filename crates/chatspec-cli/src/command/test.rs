//! `chatspec test`: the suite.

mod hostile;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chatspec_harness::drive::{Manner, Stage};
use chatspec_harness::suite::{self, Options, Outcome, Progress, SuiteError};
use chatspec_harness::wire::Clock;
use chatspec_judge::fixture::Fixture;
use chatspec_judge::report::{Report, Run};
use chatspec_judge::rule::{Profile, Rules};
use chatspec_judge::transcript::Transcript;

use crate::args::{Format, Suite, Test};
use crate::baseline;
use crate::data::{self, Data, plural};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output::human::Human;
use crate::output::live::Live;
use crate::output::out::{out, outln};
use crate::output::safe::safe;
use crate::output::{trace, wanted, write};
use crate::select::{self, Selection, select};
use crate::snapshots;
use crate::target::{self, Server, quoted};

/// Runs the suite, prints and writes what it found.
pub async fn run(args: Test) -> Result<Exit, Failure> {
    if !args.watch.is_empty() {
        return super::watch::run(args).await;
    }
    let data = Data::open(args.data.as_deref())?;
    let rules = data.rules_of(args.revision.as_deref())?;
    let shapes = data.shapes()?;
    let fixtures = match args.fixtures.as_slice() {
        [] => hostile::fixtures(&args, &data, &rules)?,
        paths => own(paths, &rules)?,
    };
    let profile = profile(&args);
    let quiet = wanted::stdout_taken(&args.report, args.format == Format::Json)?;
    let baseline = baseline::open(&args)?;
    let Selection {
        cases,
        filtered,
        mut every,
    } = select(&args, profile, fixtures, &rules)?;
    // Fixtures of one's own are not the suite.
    let filtered = filtered || !args.fixtures.is_empty();
    if baseline.is_some() {
        // A baseline may know more than this suite plays.
        every.extend(select::ids(&data.fixtures(&rules)?));
        every.extend(select::ids(&data.hostile(&rules)?));
    }
    baseline::fixable(&args, filtered)?;
    snapshots::blessable(&args, filtered)?;
    if cases.is_empty() {
        return Err(Failure::nothing(
            "find a conversation to play: the filters match none; see `chatspec list cases`",
        ));
    }
    if args.dry_run {
        for case in &cases {
            outln!("{}@{}", case.fixture.id, case.transport.word());
        }
        hostile::announce(&cases);
        return Ok(Exit::Conforms);
    }
    let mut interrupt = Interrupt::listen();
    let server = tokio::select! {
        server = target::open(&args) => server?,
        () = interrupt.wait() => return Ok(Exit::Interrupted),
    };
    let stage = stage(&args, &server);
    let options = Options {
        stage: stage.clone(),
        profile,
        jobs: usize::from(args.jobs),
        repeat: args.repeat,
        probes: true,
        fail_fast: args.fail_fast,
        pid: args.pid,
        transcripts: args.trace || args.transcripts.is_some() || args.snapshots.is_some(),
    };
    let repeat = repeat(&args, &server.repeat, profile, stage.seed);
    let mut human = Human::new(&args, &rules, &cases, profile, &stage, &repeat, quiet);
    let mut run = Run {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        profile,
        target: stage.target.url.to_string(),
        nodes: urls(&stage),
        seed: stage.seed,
        // Until the run has ended, it is one that was interrupted.
        filtered: true,
        aborted: true,
        repeat,
        slow: args.slow,
        strict: args.strict,
        in_order: None,
        unscored: hostile::unscored(&args, &rules),
        inputs: hostile::inputs(&cases),
    };
    let report = |run: &Run, cases| Report::new(run, &rules, cases).explained(&rules, args.slow);
    let mut live = Live::new(&args.report);
    let result = suite::run_until(
        interrupt.wait(),
        cases.clone(),
        rules.clone(),
        shapes,
        &options,
        |progress| match progress {
            Progress::Started { cases, in_order } => {
                run.in_order = in_order;
                human.started(cases, in_order);
            }
            Progress::Done(case) => {
                live.done(case, |cases| report(&run, cases));
                human.done(case);
            }
        },
    )
    .await;
    server.close().await;
    let mut outcome = result.map_err(|error| {
        if matches!(error, SuiteError::Task(_)) {
            live.write(|cases| report(&run, cases));
        }
        failure(error)
    })?;
    run.in_order = outcome.in_order;
    run.aborted = outcome.aborted;
    run.filtered = filtered || args.fail_fast || outcome.aborted;
    let mut report = report(&run, std::mem::take(&mut outcome.cases));
    report.summary.flaky.clone_from(&outcome.flaky);
    let fixed = match &baseline {
        Some(baseline) => baseline::compare(baseline, &args, &rules, &every, &mut report),
        None => Ok(()),
    };
    outputs(&args, &report, &outcome, &mut human, quiet)?;
    snapshots::print(&args, &cases, &report, &outcome, quiet)?;
    fixed?;
    if outcome.aborted {
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::from_code(report.exit_code(args.strict)))
}

/// The claim: what the arguments say, or core; hardened for our own server.
pub(super) fn profile(args: &Test) -> Profile {
    let embedded = args.url.is_empty() && args.cmd.is_none();
    args.profile.unwrap_or(if embedded {
        Profile::Hardened
    } else {
        Profile::Core
    })
}

/// The fixtures of these files and folders.
fn own(paths: &[PathBuf], rules: &Rules) -> Result<Vec<Arc<Fixture>>, Failure> {
    let fixtures = data::load(data::given(paths)?.into_iter(), rules);
    let mut fixtures = fixtures.map_err(|errors| data::broken(&errors))?;
    for fixture in fixtures.iter_mut().filter(|fixture| !fixture.reviewed) {
        anstream::eprintln!(
            "not reviewed: {}: what it expects was recorded from a server",
            safe(&fixture.path)
        );
        // Wherever the case is named, it says so.
        fixture.title.push_str(" (not reviewed)");
    }
    Ok(fixtures.into_iter().map(Arc::new).collect())
}

/// What plays need to know of the run.
pub(super) fn stage(args: &Test, server: &Server) -> Stage {
    let seed = args.seed.unwrap_or_else(fresh_seed);
    Stage {
        cross_origin: args
            .origin
            .clone()
            .unwrap_or_else(|| target::cross_origin(&server.target.url)),
        target: server.target.clone(),
        clock: Clock::start(),
        nodes: server.nodes.clone(),
        seating: seed,
        seed,
        timeout_scale: args.timeout_scale,
        manner: Manner {
            trace: args.trace.then(trace::trace),
            pace: Duration::from_millis(args.pace),
            hasty: None,
        },
    }
}

/// The URLs of all nodes, where there are several.
pub(super) fn urls(stage: &Stage) -> Vec<String> {
    let nodes = stage.nodes.iter();
    nodes.map(|node| node.url.to_string()).collect()
}

/// Whose fault it is that there is nothing to judge.
pub(super) fn failure(error: SuiteError) -> Failure {
    match error {
        SuiteError::Open(_) | SuiteError::Control(_) => Failure::unreachable(error.to_string()),
        SuiteError::Process(_) => Failure::usage(error.to_string()),
        SuiteError::Task(_) => Failure::ours(error.to_string()),
    }
}

/// The command line that repeats the run, but for `--case`. Headers are left out: they may hold secrets.
pub(super) fn repeat(args: &Test, server: &str, profile: Profile, seed: u64) -> String {
    let mut line = "chatspec test".to_owned();
    if !server.is_empty() {
        line += &format!(" {server}");
    }
    line += match args.suite {
        Suite::Conversations => "",
        Suite::Hostile => " --suite hostile",
        Suite::All => " --suite all",
    };
    line += &format!(" --profile {profile}");
    if let Some(revision) = &args.revision {
        line += &format!(" --revision {}", quoted(revision));
    }
    line += &format!(" --seed {seed}");
    if args.path != "/socket.io/" {
        line += &format!(" --path {}", quoted(&args.path));
    }
    if args.slow {
        line += " --slow";
    }
    line
}

fn outputs(
    args: &Test,
    report: &Report,
    outcome: &Outcome,
    human: &mut Human,
    quiet: bool,
) -> Result<(), Failure> {
    // First what is on the screen: a file that cannot be written must not cost the result.
    match args.format {
        Format::Json => out!(write::json(report)?),
        Format::Human => human.finished(report, outcome),
    }
    for wanted in &args.report {
        wanted.deliver(report, quiet)?;
    }
    if let Some(folder) = &args.transcripts {
        transcripts(folder, &outcome.transcripts)?;
    }
    Ok(())
}

fn transcripts(folder: &Path, all: &[Transcript]) -> Result<(), Failure> {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::ours(format!("create {}: {error}", folder.display())))?;
    for transcript in all {
        let name = format!(
            "{}@{}.json",
            transcript.fixture.replace('/', "-"),
            transcript.transport.word()
        );
        write::file(&folder.join(name), &write::json(transcript)?)?;
    }
    anstream::eprintln!(
        "wrote {} to {}",
        plural(all.len(), "transcript"),
        folder.display()
    );
    Ok(())
}

/// From the clock: names must differ from those of the last run, and a person must be able to type it.
pub(super) fn fresh_seed() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    (since.as_millis() as u64) % 1_000_000_000_000
}
