//! The text format of Prometheus, version 0.0.4.

mod cluster;

use std::fmt::{self, Display, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use chatspec::refusal::Code;

use super::{ACTS, BOUNDS, Metrics};
use crate::cluster::Level;
use crate::parting::Why;

/// What there is at this moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Levels {
    pub(crate) sessions: usize,
    pub(crate) members: usize,
    pub(crate) rooms: usize,
    /// Where there is a cluster.
    pub(crate) cluster: Option<Level>,
}

impl Metrics {
    /// Everything, as text. Every label is there from the start, so that a rate is right from the first event.
    pub(crate) fn text(&self, levels: Levels) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, levels);
        text
    }

    fn write(&self, to: &mut String, levels: Levels) -> fmt::Result {
        family(
            to,
            "chatspec_sessions",
            "gauge",
            "Sessions of the namespace that are there",
            level(levels.sessions),
        )?;
        family(
            to,
            "chatspec_members",
            "gauge",
            "Sessions that have joined a room",
            level(levels.members),
        )?;
        family(
            to,
            "chatspec_rooms",
            "gauge",
            "Rooms that have a member",
            level(levels.rooms),
        )?;
        family(
            to,
            "chatspec_draining",
            "gauge",
            "1 from the order to stop on",
            level(usize::from(self.is_draining())),
        )?;
        family(
            to,
            "chatspec_sessions_total",
            "counter",
            "Sessions so far",
            plain(&self.sessions),
        )?;
        family(
            to,
            "chatspec_events_total",
            "counter",
            "Events so far, by what they were; excess is what was beyond a rate",
            labelled("event", ACTS.iter().zip(&self.acts)),
        )?;
        family(
            to,
            "chatspec_deliveries_total",
            "counter",
            "Messages meant for a receiver, each counted for each of them",
            plain(&self.deliveries),
        )?;
        family(
            to,
            "chatspec_refusals_total",
            "counter",
            "Refusals so far, by code",
            labelled(
                "code",
                Code::ALL
                    .iter()
                    .map(|code| code.number())
                    .zip(&self.refusals),
            ),
        )?;
        family(
            to,
            "chatspec_drops_total",
            "counter",
            "Sessions that the server has ended, by reason",
            labelled("reason", Why::ALL.iter().zip(&self.drops)),
        )?;
        self.histogram(to)?;
        match levels.cluster {
            Some(level) => cluster::write(to, &level),
            None => Ok(()),
        }
    }

    fn histogram(&self, to: &mut String) -> fmt::Result {
        let name = "chatspec_handling_seconds";
        let mut below = 0;
        let mut buckets = Vec::new();
        for (index, handled) in self.handled.iter().enumerate() {
            below += count(handled);
            let bound = BOUNDS
                .get(index)
                .map_or("+Inf".to_owned(), |micros| seconds(*micros));
            buckets.push(("_bucket", format!("{{le=\"{bound}\"}}"), below));
        }
        family(
            to,
            name,
            "histogram",
            "Time to handle one event, from its text to the queues of its receivers",
            buckets,
        )?;
        let sum = seconds(count(&self.handled_micros));
        writeln!(to, "{name}_sum {sum}\n{name}_count {below}")
    }
}

/// One family: its comments, and its samples by suffix, labels and value.
fn family(
    to: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    samples: impl IntoIterator<Item = (&'static str, String, u64)>,
) -> fmt::Result {
    writeln!(to, "# HELP {name} {help}.\n# TYPE {name} {kind}")?;
    for (suffix, labels, value) in samples {
        writeln!(to, "{name}{suffix}{labels} {value}")?;
    }
    Ok(())
}

fn plain(value: &AtomicU64) -> [(&'static str, String, u64); 1] {
    [("", String::new(), count(value))]
}

fn level(value: usize) -> [(&'static str, String, u64); 1] {
    [("", String::new(), value as u64)]
}

/// No label of ours has a character that would have to be escaped.
fn labelled<'a>(
    label: &str,
    samples: impl Iterator<Item = (impl Display, &'a AtomicU64)>,
) -> Vec<(&'static str, String, u64)> {
    samples
        .map(|(value, counter)| ("", format!("{{{label}=\"{value}\"}}"), count(counter)))
        .collect()
}

fn count(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// Microseconds as seconds, without the rounding of floating point.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chatspec::message::{ClientMessage, UsersRequest};
    use chatspec_room::Action;

    use super::*;

    #[test]
    fn every_line_is_a_comment_or_a_sample() {
        let metrics = Metrics::default();
        metrics.act(&Action::Message(ClientMessage::Users(
            UsersRequest::default(),
        )));
        metrics.deliver(19);
        metrics.refuse(Code::RateLimited);
        metrics.drop_session(Why::Slow);
        metrics.handle(Duration::from_micros(30));
        metrics.handle(Duration::from_secs(2));
        let levels = Levels {
            sessions: 3,
            ..Levels::default()
        };
        let text = metrics.text(levels);
        for line in [
            "chatspec_sessions 3",
            "chatspec_events_total{event=\"users\"} 1",
            "chatspec_events_total{event=\"chat\"} 0",
            "chatspec_deliveries_total 19",
            "chatspec_refusals_total{code=\"30\"} 1",
            "chatspec_drops_total{reason=\"slow\"} 1",
            "chatspec_handling_seconds_bucket{le=\"0.000025\"} 0",
            "chatspec_handling_seconds_bucket{le=\"0.00005\"} 1",
            "chatspec_handling_seconds_bucket{le=\"0.25\"} 1",
            "chatspec_handling_seconds_bucket{le=\"+Inf\"} 2",
            "chatspec_handling_seconds_sum 2.00003",
            "chatspec_handling_seconds_count 2",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
        for line in text.lines() {
            let sample = || {
                let (name, value) = line.rsplit_once(' ')?;
                let named = name.starts_with("chatspec_");
                (named && value.parse::<f64>().is_ok()).then_some(())
            };
            assert!(line.starts_with("# ") || sample().is_some(), "{line}");
        }
        assert!(text.ends_with('\n'));
    }
}
