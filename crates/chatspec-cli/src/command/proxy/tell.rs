//! Tells what passes, for people or for programs; nobody who sends much can make it print without end.

use std::collections::HashMap;

use anstyle::{AnsiColor, Style};
use chatspec_judge::check::Sender;
use chatspec_judge::pattern::cut;
use chatspec_judge::proxy::{Finding, Line, Seen, Summary, What};
use serde_json::Value;

use crate::args::proxy::{Lines, Proxy};
use crate::data::plural;
use crate::output::out::{out, outln};
use crate::output::safe::{safe, short};
use crate::output::write::escaped;

/// Findings of one rule at one place of one session that are printed, and things of one kind that could not be read; more are
/// counted.
const ALIKE: u32 = 3;
/// Kinds of findings that are told apart; beyond, they are counted alone.
const KINDS: usize = 2_000;
/// Characters of a string in a message that are shown.
const SHOWN: usize = 200;
/// Characters of a message on one line.
const WIDTH: usize = 160;

const WRONG: Style = AnsiColor::Red.on_default().bold();
const ODD: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// Prints.
pub struct Teller {
    lines: Lines,
    trace: bool,
    told: HashMap<Kind, u32>,
    untold: u64,
}

/// What is like what: a session, whose, a rule and a path; or why something could not be read.
type Kind = (u32, Sender, String, String);

impl Teller {
    pub fn new(args: &Proxy) -> Teller {
        Teller {
            lines: args.format,
            trace: args.trace,
            told: HashMap::new(),
            untold: 0,
        }
    }

    /// Prints one line.
    pub fn line(&self, line: &Line) {
        match self.lines {
            Lines::Human => human(line),
            // Every value of it has a JSON.
            Lines::Jsonl => {
                let json = serde_json::to_string(line).unwrap_or_default();
                out!(escaped(&json) + "\n");
            }
        }
    }

    /// Prints that the server could not be reached, unless it was told often enough.
    pub fn unreachable(&mut self, why: String) {
        if self.is_news((0, Sender::Server, String::new(), why.clone())) {
            self.line(&Line::Unreachable { why });
        }
    }

    /// Prints what passed, as far as it is asked for.
    pub fn seen(&mut self, seen: &Seen) {
        let (at, session) = (seen.at, seen.session);
        let line = match &seen.what {
            What::Opened { transport } => Line::Opened {
                at,
                session,
                transport: *transport,
            },
            What::Upgraded => Line::Upgraded { at, session },
            What::Closed { by, how, .. } => Line::Closed {
                at,
                session,
                by: *by,
                how: how.clone(),
            },
            What::Unread { why } => {
                if !self.is_news((0, Sender::Client, String::new(), why.clone())) {
                    return;
                }
                Line::Unread {
                    at,
                    session,
                    why: why.clone(),
                }
            }
            What::Event {
                by,
                name,
                args,
                ack,
                ..
            } if self.trace => Line::Message {
                at,
                session,
                from: *by,
                event: Some(name.clone()),
                args: shortened(args),
                ack: ack.clone(),
            },
            What::Ack { by, id, args } if self.trace => Line::Message {
                at,
                session,
                from: *by,
                event: None,
                args: shortened(args),
                ack: Some(id.clone()),
            },
            _ => return,
        };
        self.line(&line);
    }

    /// Prints a finding, unless enough like it are printed.
    pub fn finding(&mut self, finding: Finding) {
        let kind = (
            finding.session,
            finding.whose,
            finding.rule.clone(),
            finding.path.clone(),
        );
        match self.is_news(kind) {
            true => self.line(&Line::Finding(finding)),
            false => self.untold += 1,
        }
    }

    /// Whether few like it were told so far.
    fn is_news(&mut self, kind: Kind) -> bool {
        if self.told.len() >= KINDS && !self.told.contains_key(&kind) {
            return false;
        }
        let told = self.told.entry(kind).or_default();
        *told = told.saturating_add(1);
        *told <= ALIKE
    }

    /// Prints the last line.
    pub fn summary(&self, summary: &Summary) {
        if self.lines == Lines::Human && self.untold > 0 {
            outln!(
                "\n{} more, like those above, counted and not shown",
                plural(self.untold as usize, "finding")
            );
        }
        self.line(&Line::Summary(summary.clone()));
    }
}

fn shortened(args: &[Value]) -> Vec<Value> {
    match cut(&Value::Array(args.to_vec()), SHOWN) {
        Value::Array(args) => args,
        other => vec![other],
    }
}

fn human(line: &Line) {
    match line {
        Line::Listening {
            chatspec,
            url,
            upstream,
            profile,
        } => {
            outln!("listening on {url}");
            outln!(
                "chatspec {chatspec} · proxy for {} · profile {profile} · Ctrl-C ends it",
                safe(upstream)
            );
        }
        Line::Opened {
            at,
            session,
            transport,
        } => note(*at, *session, &format!("opened by {}", transport.word())),
        Line::Upgraded { at, session } => note(*at, *session, "upgraded to WebSocket"),
        Line::Closed {
            at, session, how, ..
        } => note(*at, *session, how),
        Line::Message {
            at,
            session,
            from,
            event,
            args,
            ack,
        } => {
            let arrow = match from {
                Sender::Client => "→",
                Sender::Server => "←",
            };
            let said = match event {
                Some(name) => format!("{name} {}", Value::Array(args.clone())),
                None => format!("acknowledges {}", Value::Array(args.clone())),
            };
            let ack = ack.as_ref().map_or(String::new(), |id| format!(" #{id}"));
            note(*at, *session, &format!("{arrow}{ack} {said}"));
        }
        Line::Finding(finding) => found(finding),
        Line::Unread { session, why, .. } => {
            outln!("{ODD}UNREAD{ODD:#} of client {session}: {}", safe(why));
        }
        Line::Unreachable { why } => {
            outln!(
                "{ODD}LOST{ODD:#} a client: the server could not be reached: {}",
                safe(why)
            );
        }
        Line::Summary(summary) => summed(summary),
    }
}

fn note(at: u64, session: u32, what: &str) {
    let seconds = at as f64 / 1e6;
    outln!(
        "{DIM}{seconds:10.3}  {session:>3}  {}{DIM:#}",
        short(what, WIDTH)
    );
}

fn found(finding: &Finding) {
    let (style, word) = match finding.counts {
        true => (WRONG, "WRONG"),
        false => (ODD, "ODD"),
    };
    let name = finding
        .name
        .as_deref()
        .map_or(String::new(), |name| format!(" ({})", short(name, 64)));
    let whose = match finding.whose {
        Sender::Client => format!("from client {}{name}", finding.session),
        Sender::Server => format!("from the server, to client {}{name}", finding.session),
    };
    outln!(
        "{style}{word}{style:#} {whose}: {}: {} [{}]",
        safe(&finding.path),
        safe(&finding.why),
        finding.rule
    );
    if !finding.message.is_empty() {
        outln!("    message   {}", short(&finding.message, WIDTH));
    }
    if !finding.sentence.is_empty() {
        outln!("    the spec  {}", safe(&finding.sentence));
    }
    outln!("    mend      {}", safe(&finding.mend));
}

fn summed(summary: &Summary) {
    outln!(
        "\n{}: {} of clients, {} of the server",
        plural(summary.sessions as usize, "session"),
        plural(summary.from_clients as usize, "message"),
        summary.from_server
    );
    for (whose, rules) in [
        ("clients", &summary.client),
        ("the server", &summary.server),
    ] {
        for (rule, count) in rules {
            outln!("{WRONG}{count:5}{WRONG:#} of {whose}: {rule}");
        }
    }
    if summary.warnings > 0 {
        outln!("{}", plural(summary.warnings as usize, "warning"));
    }
    if summary.unread > 0 {
        outln!(
            "{} could not be read: of it nothing is said",
            plural(summary.unread as usize, "thing")
        );
    }
    match summary.findings() {
        0 if summary.from_clients + summary.from_server == 0 => outln!("no message passed"),
        0 => outln!("nothing wrong was seen"),
        _ => outln!("`chatspec explain RULE` says more of a rule"),
    }
    if let Some(path) = &summary.recorded {
        outln!("recorded in {}", safe(path));
    }
}
