//! `cargo xtask cluster --measure`: what a delivery costs on one node, and what each node added costs, for `docs/scaling.md`.
//!
//! All processes share this machine's processors, so that what a second delivers says little about machines of their own. What holds
//! elsewhere is the processor time that each takes for a delivery, and that is what is measured.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::process::{Broker, Node};

/// Between these two comments the document has the table.
const MARKS: [&str; 2] = ["<!-- measured -->", "<!-- end of what is measured -->"];
const DOCUMENT: &str = "docs/scaling.md";
/// Members of a room, and of those who talk: each message is 19 deliveries.
const MEMBERS: &str = "20";
const SENDERS: &str = "4";
const DELIVERIES: f64 = 19.0;
/// Ticks of a second, in which Linux counts processor time for others to read.
const TICKS: f64 = 100.0;

/// How many nodes, and whether they have a broker.
struct Setting {
    nodes: usize,
    cluster: bool,
}

const SETTINGS: [Setting; 4] = [
    Setting {
        nodes: 1,
        cluster: false,
    },
    Setting {
        nodes: 1,
        cluster: true,
    },
    Setting {
        nodes: 2,
        cluster: true,
    },
    Setting {
        nodes: 4,
        cluster: true,
    },
];

/// What one load came to.
#[derive(Debug, Default)]
struct Figures {
    deliveries: f64,
    p50: f64,
    p99: f64,
    violations: u64,
    /// Seconds of processor of all nodes together, and of the broker.
    nodes: f64,
    broker: f64,
    /// Bytes that the broker read and wrote.
    carried: f64,
}

/// Measures each setting so many times for so many seconds, keeps of each the run in which deliveries cost least, and writes them into
/// the document.
///
/// # Errors
/// A program cannot be started, or the document has no place for the table.
pub fn measure(
    program: &Path,
    broker: &'static str,
    seconds: u32,
    runs: u32,
) -> Result<String, String> {
    let mut rows = Vec::new();
    let mut alone = None;
    for setting in &SETTINGS {
        let mut best: Option<Figures> = None;
        for run in 1..=runs {
            eprintln!("{} nodes, run {run} of {runs}", setting.nodes);
            let figures = load(program, broker, setting, seconds)?;
            let is_better = |best: &Figures| figures.cost() < best.cost();
            if best.as_ref().is_none_or(is_better) {
                best = Some(figures);
            }
        }
        let figures = best.ok_or("measure nothing")?;
        let first = *alone.get_or_insert(figures.cost());
        rows.push(row(setting, &figures, first));
    }
    let table = format!(
        "Measured by `cargo xtask cluster --measure`: {broker}, rooms of {MEMBERS} of whom {SENDERS} talk, members dealt out to the nodes in turn, {seconds} s \
         each, the best of {runs}; nodes, broker and driver on this machine together.\n\n\
         | nodes | broker | deliveries | lost, doubled, astray | p50 ms | p99 ms | processor us a delivery, all nodes | times one node | broker us a message | broker bytes a message |\n\
         |---|---|---|---|---|---|---|---|---|---|\n{}",
        rows.concat()
    );
    write(&table)?;
    Ok(table)
}

fn row(setting: &Setting, figures: &Figures, first: f64) -> String {
    let messages = figures.deliveries / DELIVERIES;
    let broker = match setting.cluster {
        false => "- | -".to_owned(),
        true => format!(
            "{:.1} | {:.0}",
            figures.broker * 1e6 / messages,
            figures.carried / messages
        ),
    };
    format!(
        "| {} | {} | {:.0} | {} | {:.1} | {:.1} | {:.2} | {:.2} | {broker} |\n",
        setting.nodes,
        if setting.cluster { "yes" } else { "no" },
        figures.deliveries,
        figures.violations,
        figures.p50,
        figures.p99,
        figures.cost(),
        figures.cost() / first,
    )
}

impl Figures {
    /// Microseconds of processor that a delivery takes of all nodes together.
    fn cost(&self) -> f64 {
        self.nodes * 1e6 / self.deliveries.max(1.0)
    }
}

fn load(
    program: &Path,
    broker: &'static str,
    setting: &Setting,
    seconds: u32,
) -> Result<Figures, String> {
    let broker = match setting.cluster {
        true => Some(Broker::start(broker)?),
        false => None,
    };
    let address = broker.as_ref().map(|broker| broker.address);
    let nodes = (0..setting.nodes).map(|_| Node::with(program, address));
    let nodes = nodes.collect::<Result<Vec<Node>, String>>()?;
    let of_nodes = || {
        let each = nodes.iter().map(|node| processor(node.id()));
        each.sum::<Result<f64, String>>()
    };
    let of_broker = || -> Result<(f64, f64), String> {
        match &broker {
            Some(broker) => Ok((processor(broker.id())?, carried(broker)?)),
            None => Ok((0.0, 0.0)),
        }
    };
    let (before, broker_before) = (of_nodes()?, of_broker()?);
    let urls = nodes.iter().map(|node| format!("http://{}", node.address));
    let output = Command::new(program)
        .args(["load", "fanout"])
        .args(urls)
        .args([
            "--members",
            MEMBERS,
            "--senders",
            SENDERS,
            "--format",
            "json",
        ])
        .args(["--duration", &seconds.to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("run {}: {error}", program.display()))?;
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("load {} nodes: {}", setting.nodes, said.trim())
    })?;
    let (after, broker_after) = (of_nodes()?, of_broker()?);
    let number = |pointer: &str| report.pointer(pointer).and_then(Value::as_f64);
    let number =
        |pointer: &str| number(pointer).ok_or_else(|| format!("find {pointer} in the report"));
    let counts = report["violations"]["counts"].as_object();
    let counts = counts.into_iter().flat_map(|all| all.values());
    Ok(Figures {
        deliveries: number("/messages/received")?,
        p50: number("/latency_ms/p50")?,
        p99: number("/latency_ms/p99")?,
        violations: counts.filter_map(Value::as_u64).sum(),
        nodes: after - before,
        broker: broker_after.0 - broker_before.0,
        carried: broker_after.1 - broker_before.1,
    })
}

/// Seconds of processor that a process has taken: fields 14 and 15 of proc(5) stat.
fn processor(id: u32) -> Result<f64, String> {
    let path = format!("/proc/{id}/stat");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("read {path}: {error}"))?;
    // The second field is a name, which may hold anything.
    let rest = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = rest.split_whitespace().skip(11).take(2);
    let ticks = ticks.filter_map(|field| field.parse::<u32>().ok());
    Ok(ticks.map(f64::from).sum::<f64>() / TICKS)
}

/// Bytes that a broker has read and written.
fn carried(broker: &Broker) -> Result<f64, String> {
    let text = broker.info("stats")?;
    let of = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|value| value.trim().parse::<f64>().ok())
            .ok_or_else(|| format!("find {key} in what the broker tells of itself"))
    };
    Ok(of("total_net_input_bytes:")? + of("total_net_output_bytes:")?)
}

fn write(table: &str) -> Result<(), String> {
    let path = crate::root().join(DOCUMENT);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("read {}: {error}", path.display()))?;
    let written = placed(&text, table).ok_or_else(|| format!("find {MARKS:?} in {DOCUMENT}"))?;
    std::fs::write(&path, written).map_err(|error| format!("write {}: {error}", path.display()))
}

fn placed(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(MARKS[0])?;
    let (_, after) = rest.split_once(MARKS[1])?;
    Some(format!(
        "{before}{}\n\n{}\n\n{}{after}",
        MARKS[0],
        table.trim(),
        MARKS[1]
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_takes_the_place_of_the_one_before() {
        let text = format!("a\n{}\nold\n{}\nb\n", MARKS[0], MARKS[1]);
        let once = placed(&text, "| new |\n").expect("it has a place");
        assert!(once.contains("| new |") && !once.contains("old") && once.ends_with("\nb\n"));
        assert_eq!(placed(&once, "| new |\n").as_deref(), Some(once.as_str()));
        assert_eq!(placed("no place", "x"), None);
    }

    #[test]
    fn a_process_takes_time() {
        assert!(processor(std::process::id()).expect("it is there") >= 0.0);
        assert!(processor(u32::MAX).is_err());
    }
}
