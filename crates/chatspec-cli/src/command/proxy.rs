//! `chatspec proxy`: between clients and a server. Bytes pass as they are; what they mean is judged beside them.

mod keep;
mod tell;

use std::time::Duration;

use chatspec_harness::proxy::{self, Tapped};
use chatspec_harness::wire::{Instant, Target};
use chatspec_judge::check::{Checker, Sender};
use chatspec_judge::proxy::{Finding, Line, Remark, Scope, Seen, Summary, Watch, What};
use chatspec_judge::rule::{Level, Profile, Rules};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval};

use self::keep::Keeper;
use self::tell::Teller;
use super::schema;
use crate::args::proxy::Proxy;
use crate::data::Data;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;

/// How long the server may take to let us connect before any client does.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often what is recorded is written: whatever ends the program, most of it is there.
const AGAIN: Duration = Duration::from_secs(2);

/// Forwards until Ctrl-C, or until the first message that is wrong where that is asked for.
pub async fn run(args: Proxy) -> Result<Exit, Failure> {
    let mut target =
        Target::parse(&args.upstream).map_err(|error| Failure::usage(error.to_string()))?;
    target.path.clone_from(&args.path);
    let data = Data::open(args.data.as_deref())?;
    let mut session = Session::new(&args, &data)?;
    let mut writes = interval(AGAIN);
    writes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut interrupt = Interrupt::listen();
    tokio::select! {
        reached = proxy::reach(&target, Instant::now() + PATIENCE) => {
            reached.map_err(Failure::unreachable)?;
        }
        () = interrupt.wait() => return Ok(Exit::Interrupted),
    }
    let listener = TcpListener::bind(&args.listen).await.map_err(|error| {
        Failure::unreachable(format!(
            "listen on {}: {error}; another --listen ADDRESS:PORT may be free",
            args.listen
        ))
    })?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::ours(format!("read the address: {error}")))?;
    session.teller.line(&Line::Listening {
        chatspec: env!("CARGO_PKG_VERSION").to_owned(),
        url: format!("http://{address}"),
        upstream: target.url.to_string(),
        profile: args.profile,
    });
    let (stop, stopped) = oneshot::channel();
    let (serving, mut feed) = proxy::serve(listener, target, stopped);
    let serving = tokio::spawn(serving);
    loop {
        tokio::select! {
            biased;
            () = interrupt.wait() => break,
            // Before what passes, which never ends where much does.
            _ = writes.tick(), if session.keeper.is_some() => session.keep(),
            tapped = feed.next() => match tapped {
                Some(tapped) => session.take(tapped),
                None => break,
            },
        }
        if args.fail_fast && session.summary.findings() > 0 {
            break;
        }
    }
    drop(stop);
    // What it could not end is ended with the program.
    let _ = serving.await;
    while let Some(tapped) = feed.now() {
        session.take(tapped);
    }
    session.finish()
}

/// What has passed so far, and what it came to.
struct Session {
    watch: Watch,
    rules: std::sync::Arc<Rules>,
    teller: Teller,
    summary: Summary,
    keeper: Option<Keeper>,
}

impl Session {
    fn new(args: &Proxy, data: &Data) -> Result<Session, Failure> {
        let scope = Scope {
            profile: args.profile,
            shared: args.shared,
        };
        let watch = Watch::new(
            checker(data, args.profile)?,
            Box::new(schema::opinion),
            scope,
        );
        Ok(Session {
            watch,
            rules: data.rules()?,
            teller: Teller::new(args),
            summary: Summary::default(),
            keeper: args
                .record
                .as_deref()
                .map(|path| Keeper::new(path, args.profile))
                .transpose()?,
        })
    }

    fn take(&mut self, tapped: Tapped) {
        match tapped {
            Tapped::Unreachable(why) => self.teller.unreachable(why),
            Tapped::Seen(all) => all.iter().for_each(|seen| self.see(seen)),
        }
    }

    fn see(&mut self, seen: &Seen) {
        let remarks = self.watch.see(seen);
        self.count(seen);
        self.teller.seen(seen);
        if let Some(keeper) = &mut self.keeper {
            keeper.see(seen, &remarks);
        }
        for remark in remarks {
            let finding = self.finding(seen.at, remark);
            let found = match finding.whose {
                _ if !finding.counts => {
                    self.summary.warnings += 1;
                    self.teller.finding(finding);
                    continue;
                }
                Sender::Client => &mut self.summary.client,
                Sender::Server => &mut self.summary.server,
            };
            *found.entry(finding.rule.clone()).or_default() += 1;
            self.teller.finding(finding);
        }
    }

    fn count(&mut self, seen: &Seen) {
        let summary = &mut self.summary;
        match &seen.what {
            What::Opened { .. } => summary.sessions += 1,
            What::Unread { .. } => summary.unread += 1,
            What::Event { by, .. } | What::Ack { by, .. } => match by {
                Sender::Client => summary.from_clients += 1,
                Sender::Server => summary.from_server += 1,
            },
            _ => {}
        }
    }

    fn finding(&self, at: u64, remark: Remark) -> Finding {
        let rule = self.rules.find(remark.complaint.rule);
        // A client that does what the spec lets a server refuse is wrong, whatever the rule asks of the server.
        let counts = remark.whose == Sender::Client
            || rule.is_none_or(|rule| rule.keyword.level() == Level::Must);
        Finding {
            at,
            session: remark.session,
            name: self.watch.name(remark.session).map(str::to_owned),
            whose: remark.whose,
            rule: remark.complaint.rule.to_owned(),
            sentence: rule.map(|rule| rule.text.clone()).unwrap_or_default(),
            path: remark.complaint.path,
            why: remark.complaint.why,
            mend: remark.complaint.mend,
            message: remark.message,
            counts,
        }
    }

    /// Writes what was recorded so far. A disk that is full for a while is no reason to end what passes.
    fn keep(&mut self) {
        if let Some(keeper) = &mut self.keeper
            && let Ok(true) = keeper.write_some()
        {
            self.summary.recorded = Some(keeper.path().display().to_string());
        }
    }

    fn finish(mut self) -> Result<Exit, Failure> {
        let mut checked = Ok(());
        if let Some(keeper) = &mut self.keeper {
            checked = keeper.write().and_then(|exists| {
                if exists {
                    self.summary.recorded = Some(keeper.path().display().to_string());
                }
                keeper.check(&self.rules)
            });
            if keeper.is_full() {
                anstream::eprintln!("more passed than is recorded; the fixture says where it ends");
            }
        }
        self.teller.summary(&self.summary);
        checked?;
        let summary = &self.summary;
        Ok(match () {
            () if summary.findings() > 0 => Exit::Violated,
            () if summary.unread > 0 => Exit::Inconclusive,
            () if summary.from_clients + summary.from_server == 0 => Exit::Nothing,
            () => Exit::Conforms,
        })
    }
}

/// Clients are held to what they may emit, a hardened server as well, and one of core to what every client has to take.
fn checker(data: &Data, profile: Profile) -> Result<Checker, Failure> {
    let text = |name: &str| data.file(&format!("schemas/protocol/v1/{name}.json"));
    let server = match profile {
        Profile::Core => "server-to-client.receive",
        Profile::Hardened => "server-to-client",
    };
    Checker::from_json(text("client-to-server")?, text(server)?, text("refusal")?)
        .map_err(|error| Failure::usage(error.to_string()))
}
