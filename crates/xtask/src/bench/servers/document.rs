//! The tables, and where they stand.

use std::fmt::Write as _;
use std::fs;

use super::growth::Growth;
use super::load::Driver;
use super::{PACED, Row, plot};
use crate::root;

const DOCUMENT: &str = "docs/performance.md";
const PLOT: &str = "docs/performance.svg";
const BEGIN: &str = "<!-- servers: written by cargo xtask bench --servers -->\n";
const END: &str = "<!-- /servers -->\n";

/// Writes the tables into the document and the plot beside it. Gives the tables.
pub(super) fn write(rows: &[Row], growth: &Growth, driver: &Driver) -> Result<String, String> {
    let tables = render(rows, growth, driver);
    let path = root().join(DOCUMENT);
    let text = fs::read_to_string(&path).map_err(|error| format!("read {DOCUMENT}: {error}"))?;
    let (before, rest) = text
        .split_once(BEGIN)
        .ok_or(format!("find the line {BEGIN:?} in {DOCUMENT}"))?;
    let (_, after) = rest
        .split_once(END)
        .ok_or(format!("find the line {END:?} in {DOCUMENT}"))?;
    fs::write(&path, format!("{before}{BEGIN}{tables}{END}{after}"))
        .map_err(|error| format!("write {DOCUMENT}: {error}"))?;
    fs::write(root().join(PLOT), plot::render(rows, growth))
        .map_err(|error| format!("write {PLOT}: {error}"))?;
    Ok(tables)
}

fn render(rows: &[Row], growth: &Growth, driver: &Driver) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "One run of {} s a figure; server and driver {}.\n",
        driver.seconds,
        if driver.pinned {
            "on a processor each"
        } else {
            "on whatever processor was free"
        }
    );
    out += "| server | deliveries / CPU s | of ours | connects / CPU s | of ours | KiB idle | p99 paced | gaps | inversions | other | driver |\n";
    out += "|---|---|---|---|---|---|---|---|---|---|---|\n";
    let Some(ours) = rows.first() else {
        return out;
    };
    for row in rows {
        let paced = row
            .paced
            .as_ref()
            .map_or("–".to_owned(), |run| format!("{:.1} ms", run.p99));
        let _ = writeln!(
            out,
            "| {} | {} | {:.2} | {} | {:.2} | {:.1} | {paced} | {} | {} | {} | {:.0} % |",
            row.name,
            count(row.fanout.per_cpu_second),
            row.fanout.per_cpu_second / ours.fanout.per_cpu_second,
            count(row.storm.connects_per_cpu_second),
            row.storm.connects_per_cpu_second / ours.storm.connects_per_cpu_second,
            row.idle / 1_024.0,
            row.fanout.gaps,
            row.fanout.inversions,
            row.fanout.others,
            row.fanout.driver * 100.0,
        );
    }
    let _ = writeln!(
        out,
        "\n*paced*: {} deliveries a second, on servers that carry them.\n\n\
         ![Deliveries per second of a processor, and how the cost of one grows](performance.svg)\n",
        count(f64::from(PACED))
    );
    for (what, points) in [
        ("members of one room", &growth.members),
        ("rooms of two", &growth.rooms),
    ] {
        let head: Vec<String> = points
            .iter()
            .map(|(number, _)| count(f64::from(*number)))
            .collect();
        let costs: Vec<String> = points
            .iter()
            .map(|(_, cost)| format!("{cost:.2} µs"))
            .collect();
        let _ = writeln!(
            out,
            "| {what} | {} |\n|---|{}\n| CPU for one delivery | {} |\n",
            head.join(" | "),
            "---|".repeat(points.len()),
            costs.join(" | ")
        );
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// A whole number in groups of three digits.
fn count(number: f64) -> String {
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
    use super::*;
    use crate::bench::servers::load::Run;

    #[test]
    fn ratios_are_of_ours() {
        let row = |name, rate: f64| Row {
            name,
            fanout: Run {
                per_cpu_second: rate,
                ..Run::default()
            },
            storm: Run {
                connects_per_cpu_second: rate / 100.0,
                ..Run::default()
            },
            idle: 2_048.0,
            paced: None,
        };
        let growth = Growth {
            members: vec![(2, 1.5)],
            rooms: vec![(10_000, 2.0)],
        };
        let driver = Driver {
            seconds: 1,
            pinned: true,
        };
        let text = render(
            &[row("ours", 800_000.0), row("theirs", 200_000.0)],
            &growth,
            &driver,
        );
        assert!(
            text.contains("| theirs | 200 000 | 0.25 | 2 000 | 0.25 | 2.0 | – | 0 | 0 | 0 | 0 % |"),
            "{text}"
        );
        assert!(
            text.contains(
                "| rooms of two | 10 000 |\n|---|---|\n| CPU for one delivery | 2.00 µs |\n"
            ),
            "{text}"
        );
    }
}
