//! The course of a load: gather, talk, fall silent, look whether anything is missing, go.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, timeout, timeout_at};

use super::attack;
use super::gather::gather;
use super::options::{Options, Scenario};
use super::process::{self, Usage};
use super::report::{
    Attack, Connects, Driver, Evidence, Latency, Messages, Process, Report, Sample, Settings,
};
use super::world::{Phase, Shared};
use crate::suite::ProcessError;
use crate::wire::OpenError;

/// How fine the timetable of an open loop is. What falls due within one step is sent at its end, and measured from there.
const STEP: Duration = Duration::from_millis(1);
/// Samples of a load, at most, and how close they are at least.
const SAMPLES: u32 = 100;
const SAMPLE: Duration = Duration::from_millis(100);
/// How long the farewells may take.
const PARTING: Duration = Duration::from_secs(2);
/// How long it may take until all nodes of a server show who has come and who has gone.
const CROSSING: Duration = Duration::from_secs(2);
/// The part of a load with attackers in which there are none yet.
const CALM: u32 = 3;
/// The driver has no more to give from here on.
const BUSY: f64 = 0.95;

/// Why there is nothing to report.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The server cannot be reached, or is none.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The process is not there.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The system has no thread to give.
    #[error("start the attackers: {0}")]
    Thread(std::io::Error),
}

/// How far a load is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Since the connections began to be opened.
    pub elapsed: Duration,
    /// Connections that have joined.
    pub joined: u64,
    /// Deliveries that came.
    pub received: u64,
    /// The step that has just ended.
    pub sample: Sample,
    /// What was wrong so far.
    pub violations: u64,
}

/// Runs a load. It goes on the thread that calls it, and needs a runtime of one thread to be measured by.
///
/// Whatever is wrong with the server is in the report; `stop` ends the load early, and what was seen until then is
/// judged.
///
/// # Errors
///
/// [`LoadError`] if the first connection does not come to stand, or the server's process is not there.
pub async fn run(
    options: &Options,
    stop: impl Future<Output = ()>,
    tell: impl Fn(&Progress) + Send + 'static,
) -> Result<Report, LoadError> {
    let before = options.pid.map(process::usage).transpose()?;
    let shared = Shared::new(options);
    let mut load = Load {
        options,
        shared: shared.clone(),
        members: JoinSet::new(),
        doubts: Vec::new(),
        attack: None,
    };
    let mut helpers = JoinSet::new();
    helpers.spawn(sample(shared, options.pid, step(options), tell));
    tokio::pin!(stop);
    let mut seen = Seen::new(before);
    // What ends the run early ends its waiting as well; what has come is judged.
    tokio::select! {
        went = load.go(&mut seen) => went?,
        () = &mut stop => load.doubts.push("it was interrupted".to_owned()),
    }
    helpers.shutdown().await;
    load.close_books(&seen);
    load.part().await;
    Ok(load.report(&seen))
}

/// Moments of a load, and what the processes had taken by then.
struct Seen {
    before: Option<Usage>,
    joined: Option<Usage>,
    after: Option<Usage>,
    gathering: Duration,
    talking: Duration,
    /// Deliveries that came while everybody talked.
    received: u64,
    own: Option<(Duration, Duration)>,
    silent: bool,
}

impl Seen {
    fn new(before: Option<Usage>) -> Seen {
        Seen {
            before,
            joined: None,
            after: None,
            gathering: Duration::ZERO,
            talking: Duration::ZERO,
            received: 0,
            own: None,
            silent: false,
        }
    }
}

struct Load<'a> {
    options: &'a Options,
    shared: Shared,
    members: JoinSet<()>,
    doubts: Vec<String>,
    attack: Option<Attack>,
}

impl Load<'_> {
    async fn go(&mut self, seen: &mut Seen) -> Result<(), LoadError> {
        let start = Instant::now();
        let storm = self.options.scenario == Scenario::Storm;
        let rate = self.options.rate.filter(|_| storm);
        gather(&self.shared, self.options, rate, &mut self.members).await?;
        seen.gathering = start.elapsed();
        seen.joined = self.usage();
        if !storm {
            let start = Instant::now();
            let own = process::own();
            self.shared.lock().deliveries.restart();
            let before = self.received();
            self.shared.lock().go(Phase::Talking);
            self.talk().await?;
            self.shared.lock().go(Phase::Quiet);
            seen.talking = start.elapsed();
            seen.received = self.received() - before;
            seen.own = own.zip(process::own()).map(|(from, to)| (from.cpu, to.cpu));
        }
        seen.after = self.usage();
        self.settle().await;
        seen.silent = true;
        Ok(())
    }

    /// For as long as the load lasts, unless the server takes no more or falls silent.
    async fn talk(&mut self) -> Result<(), LoadError> {
        let end = Instant::now() + self.options.duration;
        let mut pacing = JoinSet::new();
        if let Some(rate) = self.options.rate {
            pacing.spawn(pace(self.shared.clone(), rate));
        }
        if self.options.scenario == Scenario::Abuse {
            self.wait(Instant::now() + self.options.duration / CALM)
                .await;
            let calm = self.calm();
            let names = self.shared.lock().names.clone();
            let attack = attack::start(self.options, &names).map_err(LoadError::Thread)?;
            self.wait(end).await;
            self.attack = Some(Attack {
                calm_ms: calm,
                ..attack.stop()
            });
        } else {
            self.wait(end).await;
        }
        pacing.shutdown().await;
        Ok(())
    }

    fn calm(&self) -> Option<Latency> {
        let meter = &mut self.shared.lock().deliveries;
        let calm = meter.latency();
        meter.restart();
        calm
    }

    async fn wait(&self, end: Instant) {
        let talks = self.options.scenario.talks() && self.options.rate.is_none();
        let mut received = self.received();
        let mut silent = Instant::now() + self.options.patience;
        loop {
            if self.shared.lock().limited.is_some() {
                return;
            }
            if timeout_at(end.min(silent), self.shared.changed())
                .await
                .is_ok()
            {
                continue;
            }
            let now = self.received();
            if Instant::now() >= end || (talks && now == received) {
                return;
            }
            (received, silent) = (now, Instant::now() + self.options.patience);
        }
    }

    /// Waits for what is still on its way. Then everybody asks a question, twice: the first answers say that the server
    /// has handled all messages, the second that all their deliveries have come.
    async fn settle(&mut self) {
        if self.shared.lock().limited.is_some() {
            return;
        }
        self.until(|shared| shared.lock().ledger.waiting() == 0)
            .await;
        for _ in 0..2 {
            self.shared.lock().question_all();
            self.until(|shared| shared.lock().answers_due == 0).await;
        }
        if !self.options.nodes.is_empty() {
            let told = async {
                while !self.shared.lock().ledger.is_told() {
                    self.shared.changed().await;
                }
            };
            // What has not come by then is missing.
            let _ = timeout(CROSSING.max(self.options.patience / 5), told).await;
        }
        let mut world = self.shared.lock();
        let silent = world.answers_due;
        world.settle_answers();
        drop(world);
        if silent > 0 {
            self.doubts
                .push(format!("{silent} connections got no answer in the end"));
        }
    }

    /// Books what is owed, before anybody goes. What has not come by an interrupted or a limited end may be on its way.
    fn close_books(&self, seen: &Seen) {
        let world = &mut *self.shared.lock();
        if world.limited.is_some() {
            return;
        }
        match seen.silent {
            true => world.ledger.settle(),
            false => world.ledger.settle_farewells(),
        }
    }

    /// Waits for it, as long as anything comes.
    async fn until(&self, done: impl Fn(&Shared) -> bool) {
        let mut seen = None;
        let mut deadline = Instant::now() + self.options.patience;
        while !done(&self.shared) {
            let now = (self.received(), self.shared.lock().answers_due);
            if seen != Some(now) {
                seen = Some(now);
                deadline = Instant::now() + self.options.patience;
            }
            if timeout_at(deadline, self.shared.changed()).await.is_err()
                && seen == Some((self.received(), self.shared.lock().answers_due))
            {
                return;
            }
        }
    }

    async fn part(&mut self) {
        self.shared.lock().go(Phase::Over);
        let parting = async { while self.members.join_next().await.is_some() {} };
        let _ = timeout(PARTING, parting).await;
        self.members.shutdown().await;
    }

    fn received(&self) -> u64 {
        self.shared.lock().ledger.tally().received
    }

    fn usage(&self) -> Option<Usage> {
        // A server that has died since is seen by what it owes.
        self.options.pid.and_then(|pid| process::usage(pid).ok())
    }

    fn report(mut self, seen: &Seen) -> Report {
        let options = self.options;
        let mut world = self.shared.lock();
        let storm = options.scenario == Scenario::Storm;
        let driver = seen.own.map(|(from, to)| driver(from, to, seen.talking));
        if let Some(why) = world.failed.first() {
            self.doubts.push(format!(
                "{} of {} connections did not come to stand, the first one: {why}",
                world.failed.len(),
                options.connections()
            ));
        }
        let missing = u64::from(options.connections())
            - world.joined.min(u64::from(options.connections()))
            - world.failed.len() as u64;
        if missing > 0 && world.limited.is_none() && seen.silent {
            self.doubts.push(format!(
                "{missing} connections did not see their own newuser"
            ));
        }
        let messages = Messages::from(world.ledger.tally());
        let evidence = Evidence {
            violations: world.ledger.violations(),
            messages,
            talks: options.scenario.talks(),
            silent: seen.silent,
            limited: world.limited.clone().map(|why| format!("{why}: lower the load with --rate, or lift the server's limits (`chatspec serve --unlimited`)")),
            doubts: std::mem::take(&mut self.doubts),
        };
        let (outcome, mut reasons) = evidence.weigh();
        if driver.is_some_and(|driver| driver.busy > BUSY) {
            reasons.push(
                "the driver was as busy as one processor can be: the server may be able to do more"
                    .to_owned(),
            );
        }
        let talked = seen.talking.as_secs_f64();
        let timeline = if storm {
            world.joins.samples()
        } else {
            world.deliveries.samples()
        };
        Report {
            chatspec: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: options.scenario.word(),
            target: options.target.url.to_string(),
            nodes: options
                .nodes
                .iter()
                .map(|node| node.url.to_string())
                .collect(),
            seed: options.seed,
            settings: settings(options),
            outcome,
            reasons,
            messages,
            deliveries_per_second: (talked > 0.0 && options.scenario.talks())
                .then(|| seen.received as f64 / talked),
            latency_ms: world.deliveries.latency(),
            connects: connects(
                world.joined,
                world.failed.len() as u64,
                seen.gathering,
                world.joins.latency(),
            ),
            attack: self.attack.take(),
            violations: world.ledger.violations().clone(),
            refusals: world.refusals.clone(),
            process: usage_of(seen, world.joined),
            driver,
            timeline,
        }
    }
}

fn settings(options: &Options) -> Settings {
    Settings {
        rooms: options.rooms,
        members: options.members,
        senders: options.speakers(),
        window: options.rate.is_none().then_some(options.window),
        rate: options.rate,
        seconds: options.duration.as_secs_f64(),
        size: options.size,
        attackers: options.attackers,
        manners: match options.attackers {
            0 => Vec::new(),
            _ => options
                .manners()
                .iter()
                .map(|manner| manner.word())
                .collect(),
        },
    }
}

fn connects(joined: u64, failed: u64, took: Duration, latency_ms: Option<Latency>) -> Connects {
    let seconds = took.as_secs_f64();
    Connects {
        joined,
        failed,
        seconds,
        per_second: joined as f64 / seconds.max(1e-9),
        latency_ms,
    }
}

fn driver(from: Duration, to: Duration, talking: Duration) -> Driver {
    let cpu_seconds = to.saturating_sub(from).as_secs_f64();
    Driver {
        cpu_seconds,
        busy: cpu_seconds / talking.as_secs_f64().max(1e-9),
    }
}

fn usage_of(seen: &Seen, joined: u64) -> Option<Process> {
    let (before, there, after) = (seen.before?, seen.joined?, seen.after?);
    let connect = there.cpu.saturating_sub(before.cpu).as_secs_f64();
    let cpu = after.cpu.saturating_sub(there.cpu).as_secs_f64();
    // A hundredth of a second is as fine as the kernel tells.
    let per = |count: u64, seconds: f64| count as f64 / seconds.max(0.01);
    Some(Process {
        connect_cpu_seconds: connect,
        cpu_seconds: cpu,
        deliveries_per_cpu_second: per(seen.received, cpu),
        connects_per_cpu_second: per(joined, connect),
        rss_before: before.rss,
        rss_joined: there.rss,
        rss_after: after.rss,
        bytes_per_connection: there.rss.saturating_sub(before.rss) as f64 / (joined.max(1)) as f64,
    })
}

fn step(options: &Options) -> Duration {
    (options.duration / SAMPLES).max(SAMPLE)
}

/// Ends a step of the meters again and again.
async fn sample(shared: Shared, pid: Option<u32>, step: Duration, tell: impl Fn(&Progress)) {
    let start = Instant::now();
    let mut ticks = interval_at(start + step, step);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = (start, pid.and_then(|pid| process::usage(pid).ok()));
    loop {
        ticks.tick().await;
        let now = Instant::now();
        let usage = pid.and_then(|pid| process::usage(pid).ok());
        let took = now.duration_since(last.0);
        let progress = {
            let mut world = shared.lock();
            let storm = world.scenario == Scenario::Storm;
            let meter = if storm {
                &mut world.joins
            } else {
                &mut world.deliveries
            };
            let sample = meter.end_step(now.duration_since(start), took);
            sample.rss = usage.map(|usage| usage.rss);
            sample.cpu = usage.zip(last.1).map(|(to, from)| {
                to.cpu.saturating_sub(from.cpu).as_secs_f64() / took.as_secs_f64().max(1e-9)
            });
            let sample = *sample;
            Progress {
                elapsed: now.duration_since(start),
                joined: world.joined,
                received: world.ledger.tally().received,
                sample,
                violations: world.ledger.violations().total(),
            }
        };
        tell(&progress);
        last = (now, usage);
    }
}

/// Tells speakers in turn that a message is due, so many a second.
async fn pace(shared: Shared, rate: f64) {
    let mut ticks = interval(STEP);
    // The timetable does not wait for anybody: after a delay, all that was due meanwhile is.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let start = shared.lock().now();
    let mut told = 0;
    for tick in 1.. {
        ticks.tick().await;
        let due = STEP.as_nanos() as u64 * tick;
        let until = (rate * due as f64 / 1e9) as u64;
        let mut world = shared.lock();
        for index in told..until {
            let who = world.speaker(index);
            let slot = &mut world.slots[who as usize];
            slot.due.push_back(start + due);
            if let Some(waker) = &slot.waker {
                waker.wake_by_ref();
            }
        }
        told = until;
    }
}
