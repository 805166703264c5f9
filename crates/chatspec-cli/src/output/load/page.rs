//! A load as one page: what it came to, throughput and latency over time. It loads nothing and runs nothing.

use chatspec_harness::load::{Latency, Outcome, Report, Sample};

use super::human::{headline, rows};
use super::plot::{Curve, plot};
use crate::output::html::{page, text};

/// Renders it.
pub fn render(report: &Report) -> String {
    let body = format!(
        "{}<main>{}{}{}</main>{}",
        head(report),
        plots(report),
        facts(report),
        violations(report),
        foot(report)
    );
    page(
        &format!("{} {}", report.target, report.scenario),
        &body,
        None,
    )
}

fn head(report: &Report) -> String {
    let tone = match report.outcome {
        Outcome::Held => "good",
        Outcome::Violated => "bad",
        Outcome::Inconclusive | Outcome::Nothing => "unsure",
    };
    let reasons: String = report
        .reasons
        .iter()
        .map(|reason| format!("<p class=note>{}</p>", text(reason)))
        .collect();
    let headline = headline(report);
    let (first, rest) = headline.split_at(1);
    format!(
        "<header class={tone}><p class=what>chatspec load {}</p><p class=target>{}</p><h1>{}{}</h1>{reasons}</header>",
        report.scenario,
        text(&report.target),
        first.to_uppercase(),
        text(rest)
    )
}

fn plots(report: &Report) -> String {
    let what = if report.scenario == "storm" {
        "connections"
    } else {
        "deliveries"
    };
    let curve = |class, name, value: &dyn Fn(&Sample) -> Option<f64>| Curve {
        class,
        name,
        points: report
            .timeline
            .iter()
            .filter_map(|sample| Some((sample.at, value(sample)?)))
            .collect(),
    };
    let latency = |class, name, value: fn(Latency) -> f64| {
        curve(class, name, &move |sample| sample.latency.map(value))
    };
    let busy = report.timeline.iter().any(|sample| sample.per_second > 0.0);
    let mut out = String::new();
    if busy {
        out += &plot(
            "Throughput",
            &format!("{what} a second"),
            &[curve("one", what, &|sample| Some(sample.per_second))],
        );
        out += &plot(
            "Latency",
            "milliseconds",
            &[
                latency("three", "max", |latency| latency.max),
                latency("two", "p99", |latency| latency.p99),
                latency("one", "p50", |latency| latency.p50),
            ],
        );
    }
    out += &plot(
        "Server",
        "per cent of one processor",
        &[curve("one", "processor", &|sample| {
            sample.cpu.map(|cpu| cpu * 100.0)
        })],
    );
    out + &plot(
        "Memory of the server",
        "MiB",
        &[curve("one", "resident", &|sample| {
            sample.rss.map(|rss| rss as f64 / f64::from(1 << 20))
        })],
    )
}

fn facts(report: &Report) -> String {
    let rows: String = rows(report)
        .iter()
        .map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>", text(name), text(value)))
        .collect();
    format!("<section class=reasons><h2>Figures</h2><dl>{rows}</dl></section>")
}

fn violations(report: &Report) -> String {
    if report.violations.first.is_empty() {
        return String::new();
    }
    let items: String = report
        .violations
        .first
        .iter()
        .map(|violation| {
            let sender = violation
                .sender
                .as_deref()
                .unwrap_or("nobody in particular");
            format!(
                "<dt>{} · {} from {}</dt><dd>expected {}, saw {}</dd>",
                violation.kind.word(),
                text(&violation.receiver),
                text(sender),
                text(&violation.expected),
                text(&violation.seen)
            )
        })
        .collect();
    let total = report.violations.total();
    let shown = report.violations.first.len();
    format!(
        "<section class=reasons><h2>Violations, {shown} of {total}</h2><dl>{items}</dl></section>"
    )
}

fn foot(report: &Report) -> String {
    format!(
        "<footer><p>Seed {}, chatspec {}. Every delivery was checked: order, gaps, duplicates, strangers, presence. This page \
         asks nothing of any other machine.</p></footer>",
        report.seed,
        text(&report.chatspec)
    )
}
