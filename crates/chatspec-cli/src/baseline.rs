//! `--baseline`: the failures that are known.

use std::collections::BTreeSet;
use std::path::Path;

use chatspec_judge::baseline::{self, Baseline, Scope, UNEXPLAINED};
use chatspec_judge::report::Report;
use chatspec_judge::rule::Rules;

use crate::args::Test;
use crate::data::{self, plural};
use crate::exit::Failure;
use crate::output::safe::safe;
use crate::output::write;

/// The baseline that the arguments name. With `--fix`, one that is not there yet is empty.
pub fn open(args: &Test) -> Result<Option<Baseline>, Failure> {
    let Some(path) = &args.baseline else {
        return Ok(None);
    };
    let text = if args.fix && !path.exists() {
        String::new()
    } else {
        data::read(path)?
    };
    load(path, &text).map(Some)
}

fn load(path: &Path, text: &str) -> Result<Baseline, Failure> {
    Baseline::load(&path.display().to_string(), text).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::usage(format!(
            "read {} of the baseline:\n{}",
            plural(errors.len(), "place"),
            lines.join("\n")
        ))
    })
}

/// Refuses `--fix` where part of the suite does not run: what was left out cannot be told from what was mended.
pub fn fixable(args: &Test, filtered: bool) -> Result<(), Failure> {
    if args.fix && (filtered || args.fail_fast) {
        return Err(Failure::usage(
            "fix the baseline: that needs a whole run; drop --case, --rule, --skip, --level, --transport and --fail-fast",
        ));
    }
    Ok(())
}

/// Compares the report with the baseline, and writes the latter anew where that is asked for.
///
/// # Errors
/// It was asked for, and the run does not carry it. The report is compared in any case.
pub fn compare(
    baseline: &Baseline,
    args: &Test,
    rules: &Rules,
    every: &BTreeSet<String>,
    report: &mut Report,
) -> Result<(), Failure> {
    let scope = Scope {
        rules,
        every,
        strict: args.strict,
    };
    baseline::apply(baseline, report, &scope);
    if args.fix {
        fix(baseline, args, report, &scope)
    } else {
        unexplained(baseline);
        Ok(())
    }
}

fn fix(old: &Baseline, args: &Test, report: &mut Report, scope: &Scope<'_>) -> Result<(), Failure> {
    sound(report)?;
    let reason = args.reason.as_deref().unwrap_or(UNEXPLAINED);
    let fixed = baseline::fix(old, report, scope, reason)
        .map_err(|what| Failure::usage(format!("fix the baseline: {what}")))?;
    let path = args.baseline.as_deref().unwrap_or(Path::new(&old.path));
    let new = load(path, &fixed.text)?;
    write::file(path, &fixed.text)?;
    anstream::eprintln!(
        "wrote {}: {}, {} added, {} dropped or narrowed",
        safe(&path.display().to_string()),
        if new.entries.len() == 1 {
            "1 entry".to_owned()
        } else {
            format!("{} entries", new.entries.len())
        },
        fixed.added,
        fixed.changed
    );
    unexplained(&new);
    baseline::apply(&new, report, scope);
    Ok(())
}

/// A baseline is written from a run that can be believed alone.
fn sound(report: &Report) -> Result<(), Failure> {
    let named = |what: &str, ids: Vec<&str>| {
        let shown = ids.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        Err(Failure::usage(format!(
            "fix the baseline: {what} in {}: {shown}; it stays as it was",
            plural(ids.len(), "case")
        )))
    };
    if !report.summary.flaky.is_empty() {
        let ids = report.summary.flaky.keys().map(String::as_str).collect();
        return named("verdicts differ between repetitions", ids);
    }
    if report.summary.aborted {
        return Err(Failure::usage(
            "fix the baseline: the run was interrupted; it stays as it was",
        ));
    }
    let ids = |holds: &dyn Fn(&chatspec_judge::report::CaseReport) -> bool| -> Vec<&str> {
        let cases = report.cases.iter().filter(|case| holds(case));
        cases.map(|case| case.id.as_str()).collect()
    };
    let lost = ids(&|case| case.network.is_some());
    if !lost.is_empty() {
        return named("the network was in the way", lost);
    }
    let ours = ids(&|case| case.error.is_some());
    if !ours.is_empty() {
        return named("the suite itself failed", ours);
    }
    Ok(())
}

fn unexplained(baseline: &Baseline) {
    let count = baseline.unexplained().count();
    if let Some(first) = baseline.unexplained().next() {
        anstream::eprintln!(
            "warning: {} without a reason of its own in {}, the first in line {}",
            if count == 1 {
                "1 entry".to_owned()
            } else {
                format!("{count} entries")
            },
            safe(&baseline.path),
            first.line
        );
    }
}
