//! `chatspec load`: puts a server under load, and checks every delivery.

mod descriptors;

use std::time::Duration;

use chatspec_harness::load::{self, LoadError, Options, Outcome, Report};
use chatspec_harness::wire::Target;
use url::Host;

use super::test::fresh_seed;
use crate::args::Format;
use crate::args::load::{Load, Manner, Scenario};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output::load::{Line, human, page};
use crate::output::out::{out, outln};
use crate::output::wanted::{self, To, Wanted};
use crate::output::write;
use crate::target::{self, Server};

/// Connections of an embedded server are ours as well.
const BOTH_ENDS: u32 = 2;

/// Runs the load, prints and writes what came of it.
pub async fn run(args: Load) -> Result<Exit, Failure> {
    let quiet = wanted::stdout_taken(&args.report, args.format == Format::Json)?;
    let server = match args.url.is_empty() {
        false => None,
        true => Some(target::reference().await?),
    };
    let options = options(&args, server.as_ref())?;
    let ends = if server.is_some() { BOTH_ENDS } else { 1 };
    descriptors::need((options.connections() + options.attackers) * ends)?;
    let ran = drive(options, quiet).await;
    if let Some(server) = server {
        server.close().await;
    }
    let (mut report, interrupted) = ran?;
    late(&args, &mut report);
    match args.format {
        Format::Json => out!(write::json(&report)?),
        Format::Human if !quiet => outln!("{}", human::render(&report)),
        Format::Human => {}
    }
    for wanted in &args.report {
        deliver(wanted, &report)?;
    }
    Ok(match interrupted {
        true => Exit::Interrupted,
        false => Exit::from_code(report.outcome.exit_code()),
    })
}

/// On a thread of its own, so that the load takes one processor, and neither an embedded server nor the printing does.
async fn drive(options: Options, quiet: bool) -> Result<(Report, bool), Failure> {
    let mut interrupt = Interrupt::listen();
    let line = Line::new(quiet);
    let running = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::ours(format!("start the runtime: {error}")))?;
        let mut interrupted = false;
        let report = runtime.block_on(load::run(
            &options,
            async {
                interrupt.wait().await;
                interrupted = true;
            },
            line.teller(),
        ));
        line.clear();
        Ok((report.map_err(failure)?, interrupted))
    });
    running
        .await
        .map_err(|error| Failure::ours(format!("run the load: {error}")))?
}

fn failure(error: LoadError) -> Failure {
    match error {
        LoadError::Open(error) => Failure::unreachable(error.to_string()),
        LoadError::Process(error) => Failure::usage(error.to_string()),
        error @ LoadError::Thread(_) => Failure::ours(error.to_string()),
    }
}

fn options(args: &Load, server: Option<&Server>) -> Result<Options, Failure> {
    let given = args.url.iter().map(|url| {
        let mut target = Target::parse(url).map_err(|error| Failure::usage(error.to_string()))?;
        target.path.clone_from(&args.path);
        target.headers = target::headers(&args.header)?;
        Ok(target)
    });
    let given = given.collect::<Result<Vec<Target>, Failure>>()?;
    let target = match (given.first(), server) {
        (Some(target), _) => target.clone(),
        (None, Some(server)) => server.target.clone(),
        (None, None) => return Err(Failure::usage("find a server: give its URL")),
    };
    let far = given.iter().find(|target| !is_loopback(target));
    if let Some(far) = far.filter(|_| !args.allow_remote) {
        return Err(Failure::usage(format!(
            "send load to {}: it is not this machine; with its owner's consent, say --allow-remote",
            far.authority()
        )));
    }
    let nodes = if given.len() > 1 { given } else { vec![] };
    if !nodes.is_empty() && !matches!(args.scenario, Scenario::Fanout | Scenario::Mixed) {
        return Err(Failure::usage(
            "put several nodes under this load: only fanout and mixed spread over them",
        ));
    }
    let by_connections = matches!(args.scenario, Scenario::Hold | Scenario::Storm);
    let connections = args
        .connections
        .or((by_connections && args.rooms.is_none()).then_some(1_000));
    let members = connections.map_or(args.members, |all| args.members.min(all));
    let abuse = args.scenario == Scenario::Abuse;
    let rooms = match connections {
        Some(all) => all.div_ceil(members),
        None => args.rooms.unwrap_or(if abuse { 5 } else { 10 }),
    };
    let default_rate = (abuse && args.window.is_none()).then_some(50.0);
    Ok(Options {
        target,
        nodes,
        scenario: scenario(args.scenario),
        rooms,
        members,
        senders: args.senders,
        window: args.window.unwrap_or(if args.scenario == Scenario::Mixed {
            4
        } else {
            16
        }),
        rate: args.rate.or(default_rate),
        duration: args
            .duration
            .unwrap_or(Duration::from_secs(if abuse { 9 } else { 5 })),
        size: args.size as usize,
        attackers: if abuse { args.attackers } else { 0 },
        manners: args.manner.iter().copied().map(manner).collect(),
        seed: args.seed.unwrap_or_else(fresh_seed),
        pid: args.pid,
        patience: args.patience,
    })
}

fn manner(manner: Manner) -> load::Manner {
    match manner {
        Manner::Flood => load::Manner::Flood,
        Manner::Deaf => load::Manner::Deaf,
        Manner::Users => load::Manner::Users,
        Manner::Noise => load::Manner::Noise,
        Manner::Flap => load::Manner::Flap,
        Manner::Knock => load::Manner::Knock,
        Manner::Slow => load::Manner::Slow,
        Manner::Silent => load::Manner::Silent,
    }
}

fn scenario(scenario: Scenario) -> load::Scenario {
    match scenario {
        Scenario::Fanout => load::Scenario::Fanout,
        Scenario::Hold => load::Scenario::Hold,
        Scenario::Storm => load::Scenario::Storm,
        Scenario::Mixed => load::Scenario::Mixed,
        Scenario::Abuse => load::Scenario::Abuse,
    }
}

fn is_loopback(target: &Target) -> bool {
    match target.url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Holds the latency against what was allowed.
fn late(args: &Load, report: &mut Report) {
    let latency = match args.scenario {
        Scenario::Hold | Scenario::Storm => report.connects.latency_ms,
        _ => report.latency_ms,
    };
    if let (Some(most), Some(latency)) = (args.max_p99, latency)
        && latency.p99 > most
    {
        let p99 = latency.p99;
        report.reasons.push(format!(
            "the 99th percentile of latency is {p99:.1} ms, above {most} ms"
        ));
        report.outcome = Outcome::Violated;
    }
}

fn deliver(wanted: &Wanted, report: &Report) -> Result<(), Failure> {
    let text = match wanted.format {
        wanted::Format::Html => page::render(report),
        _ => write::json(report)?,
    };
    match &wanted.to {
        To::Stdout => out!(text),
        To::File(path) => write::replace(path, &text)?,
        To::Environment => {}
    }
    Ok(())
}
