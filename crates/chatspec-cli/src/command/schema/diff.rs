//! `chatspec schema diff`: what differs between two versions, and whom it breaks.

mod source;
mod witness;

use chatspec_judge::compat::allow::Waivers;
use chatspec_judge::compat::change::Report;
use chatspec_judge::compat::contain::Verdict;
use chatspec_judge::compat::{compare, words};

use crate::args::diff::{Diff, DiffFormat};
use crate::data::{self, plural};
use crate::exit::{Exit, Failure};
use crate::output::out::{out, outln};
use crate::output::safe::safe;

use self::source::Source;

/// Compares, and says what was found.
pub fn run(args: &Diff) -> Result<Exit, Failure> {
    let (old, new) = (Source::open(&args.old)?, Source::open(&args.new)?);
    let waivers = args.allow.as_deref().map(waivers).transpose()?;
    let (old, new) = source::versions(&old, &new)?;
    let report = compare(&old, &new)
        .map_err(|error| Failure::ours(format!("compare the versions: {error}")))?;
    let mut reports = [report];
    let idle = waivers
        .map(|waivers| waivers.apply(&mut reports))
        .unwrap_or_default();
    let [report] = reports;
    if let Some(folder) = &args.witnesses {
        witness::write(folder, &report)?;
    }
    print(&report, args.format)?;
    for waiver in &idle {
        anstream::eprintln!("error: {}", safe(&waiver.to_string()));
    }
    match report.verdict == Verdict::Ok && idle.is_empty() {
        true => Ok(Exit::Conforms),
        false => Ok(Exit::Violated),
    }
}

fn waivers(path: &std::path::Path) -> Result<Waivers, Failure> {
    Waivers::load(&path.display().to_string(), &data::read(path)?).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::usage(format!(
            "read {} of the waivers:\n{}",
            plural(errors.len(), "place"),
            lines.join("\n")
        ))
    })
}

fn print(report: &Report, format: DiffFormat) -> Result<(), Failure> {
    let text = match format {
        DiffFormat::Json => {
            let text = serde_json::to_string_pretty(report)
                .map_err(|error| Failure::ours(format!("write the report: {error}")))?;
            out!(text + "\n");
            return Ok(());
        }
        DiffFormat::Github => {
            // These lines are commands, and their text is escaped.
            out!(words::github(report));
            return Ok(());
        }
        DiffFormat::Human => words::human(report),
        DiffFormat::Markdown => words::markdown(report),
    };
    // Schemas come from anywhere, and may hold what a terminal obeys.
    text.lines().for_each(|line| outln!("{}", safe(line)));
    Ok(())
}
