//! The summary of a load, for a terminal or a log.

use std::fmt::Write as _;

use chatspec_harness::load::{Latency, Outcome, Process, Report};

use crate::output::safe::short;

/// Characters of what a server sent.
const WIDTH: usize = 200;

/// Renders it, without a final newline.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "chatspec {} · load {} · {} · seed {}",
        report.chatspec,
        report.scenario,
        short(&servers(report), WIDTH),
        report.seed
    );
    for (name, value) in rows(report) {
        let _ = writeln!(out, "  {name:<11} {value}");
    }
    for violation in &report.violations.first {
        let _ = writeln!(out, "  ! {}", short(&violation.to_string(), 2 * WIDTH));
    }
    let told = report.violations.first.len() as u64;
    if report.violations.total() > told {
        let _ = writeln!(out, "  ! and {} more", report.violations.total() - told);
    }
    let _ = write!(out, "{}", headline(report));
    for reason in &report.reasons {
        let _ = write!(out, "\n  {}", short(reason, 4 * WIDTH));
    }
    out
}

/// The server, or all its nodes.
fn servers(report: &Report) -> String {
    match report.nodes.is_empty() {
        true => report.target.clone(),
        false => report.nodes.join(" "),
    }
}

/// What it comes to, in a few words.
pub fn headline(report: &Report) -> &'static str {
    match report.outcome {
        Outcome::Held if report.messages.due > 0 => {
            "held: every delivery that was due came, once and in order, and no other"
        }
        Outcome::Held => "held",
        Outcome::Violated => "violated",
        Outcome::Inconclusive => "inconclusive",
        Outcome::Nothing => "nothing ran",
    }
}

/// Names and values, as both the summary and the page have them.
pub fn rows(report: &Report) -> Vec<(&'static str, String)> {
    let mut rows = vec![("load", settings(report))];
    let connects = &report.connects;
    let mut joined = format!(
        "{} joined in {:.2} s, {}/s",
        count(connects.joined as f64),
        connects.seconds,
        count(connects.per_second)
    );
    if connects.failed > 0 {
        joined += &format!(", {} failed", count(connects.failed as f64));
    }
    if let Some(latency) = connects.latency_ms {
        joined += &format!("; {}", percentiles(latency));
    }
    rows.push(("connections", joined));
    let messages = report.messages;
    if messages.sent > 0 {
        rows.push((
            "messages",
            format!(
                "{} sent, {} of {} deliveries due came",
                count(messages.sent as f64),
                count(messages.received as f64),
                count(messages.due as f64)
            ),
        ));
    }
    if messages.gaps > 0 {
        rows.push((
            "gaps",
            format!(
                "announced {} times, for {} deliveries that did not come",
                count(messages.gaps as f64),
                count(messages.lost as f64)
            ),
        ));
    }
    if let Some(rate) = report.deliveries_per_second {
        rows.push(("throughput", format!("{} deliveries/s", count(rate))));
    }
    if let Some(latency) = report.latency_ms {
        let from = if report.settings.rate.is_some() {
            "due"
        } else {
            "sent"
        };
        rows.push((
            "latency",
            format!("{}, from when it was {from}", percentiles(latency)),
        ));
    }
    if let Some(attack) = &report.attack {
        rows.push((
            "attack",
            format!(
                "{} MB over {} connections, {} closed by the server, {} not let in",
                attack.bytes / 1_000_000,
                count(attack.connections as f64),
                count(attack.closed as f64),
                count(attack.refused as f64)
            ),
        ));
        if let Some(calm) = attack.calm_ms {
            rows.push(("before it", percentiles(calm)));
        }
    }
    if let Some(process) = report.process {
        rows.push(("server", server(report, process)));
    }
    if let Some(driver) = report.driver {
        rows.push((
            "driver",
            format!("{:.0} % of one processor", driver.busy * 100.0),
        ));
    }
    if !report.refusals.is_empty() {
        let refusals: Vec<String> = report
            .refusals
            .iter()
            .map(|(code, count)| format!("{count} of code {code}"))
            .collect();
        rows.push(("refusals", refusals.join(", ")));
    }
    let counts: Vec<String> = report
        .violations
        .counts
        .iter()
        .map(|(kind, count)| format!("{count} {}", kind.word()))
        .collect();
    let counts = if counts.is_empty() {
        "0".to_owned()
    } else {
        counts.join(", ")
    };
    rows.push(("violations", counts));
    rows
}

fn settings(report: &Report) -> String {
    let settings = &report.settings;
    let mut text = format!("{} rooms × {} members", settings.rooms, settings.members);
    if matches!(report.scenario, "fanout" | "abuse") {
        text += &format!(", {} talk", settings.senders);
    }
    if let Some(rate) = settings.rate {
        text += &format!(", {rate}/s");
    } else if let Some(window) = settings.window.filter(|_| report.messages.sent > 0) {
        text += &format!(", window {window}");
    }
    text += &format!(", {} s", settings.seconds);
    if settings.attackers > 0 {
        // A manner that is named often is so for its share.
        let mut manners = settings.manners.clone();
        manners.dedup();
        text += &format!(", {} attackers: {}", settings.attackers, manners.join(", "));
    }
    text
}

fn server(report: &Report, process: Process) -> String {
    let mut text = String::new();
    if report.deliveries_per_second.is_some() {
        text += &format!(
            "{:.2} s of processors, {} deliveries per second of one; ",
            process.cpu_seconds,
            count(process.deliveries_per_cpu_second)
        );
    }
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    text + &format!(
        "{} connects per second of one; {:.0} MiB, {:.0} when all had joined ({:.1} KiB each), {:.0} at the end",
        count(process.connects_per_cpu_second),
        mib(process.rss_before),
        mib(process.rss_joined),
        process.bytes_per_connection / 1024.0,
        mib(process.rss_after)
    )
}

fn percentiles(latency: Latency) -> String {
    format!(
        "p50 {} · p90 {} · p99 {} · p99.9 {} · max {}",
        millis(latency.p50),
        millis(latency.p90),
        millis(latency.p99),
        millis(latency.p999),
        millis(latency.max)
    )
}

/// Milliseconds, with as many digits as say something.
pub fn millis(milliseconds: f64) -> String {
    match milliseconds {
        m if m < 10.0 => format!("{m:.2} ms"),
        m if m < 1_000.0 => format!("{m:.0} ms"),
        m => format!("{:.1} s", m / 1_000.0),
    }
}

/// A whole number in groups of three digits.
pub fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{count, millis};

    #[test]
    fn figures_are_readable() {
        assert_eq!(count(1_234_567.4), "1 234 567");
        assert_eq!(count(999.0), "999");
        assert_eq!(millis(0.123), "0.12 ms");
        assert_eq!(millis(12.3), "12 ms");
        assert_eq!(millis(12_345.0), "12.3 s");
    }
}
