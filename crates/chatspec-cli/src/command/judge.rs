//! `chatspec judge`: judges recorded transcripts again.

use std::path::Path;
use std::sync::Arc;

use chatspec_judge::case::{self, Law};
use chatspec_judge::fixture::Fixture;
use chatspec_judge::report::{CaseReport, Report, Run};
use chatspec_judge::rule::Rules;
use chatspec_judge::shape::Shapes;
use chatspec_judge::transcript::Transcript;

use crate::args::Judge;
use crate::data::{self, Data, plural};
use crate::exit::{Exit, Failure};
use crate::output::human;
use crate::output::out::outln;

/// Prints the verdict on one transcript, or on each of a folder; exits as a filtered run would.
pub fn run(args: &Judge) -> Result<Exit, Failure> {
    let data = Data::open(args.data.as_deref())?;
    let (rules, shapes) = (data.rules_of(None)?, data.shapes()?);
    let paths = if args.transcript.is_dir() {
        data::walk(&args.transcript, "json")
    } else {
        vec![args.transcript.clone()]
    };
    if paths.is_empty() {
        return Err(Failure::nothing(format!(
            "find a transcript in {}: no .json file there",
            args.transcript.display()
        )));
    }
    let mut fixtures = data.fixtures(&rules)?;
    fixtures.extend(data.hostile(&rules)?);
    let bench = Bench {
        args,
        rules: &rules,
        shapes: &shapes,
        fixtures: &fixtures,
    };
    let cases: Vec<CaseReport> = paths
        .iter()
        .map(|path| bench.judge(path))
        .collect::<Result<_, _>>()?;
    for case in &cases {
        outln!("{} {}", case.verdict.word(), case.id);
    }
    human::failures(&cases, &rules, "");
    if cases.len() > 1 {
        let held = cases.iter().filter(|case| case.findings.is_empty()).count();
        outln!(
            "\n{} of {} without a violation",
            held,
            plural(cases.len(), "transcript")
        );
    }
    let run = Run {
        profile: args.profile,
        filtered: true,
        ..Run::default()
    };
    let report = Report::new(&run, &rules, cases);
    Ok(Exit::from_code(report.exit_code(false)))
}

struct Bench<'a> {
    args: &'a Judge,
    rules: &'a Rules,
    shapes: &'a Shapes,
    fixtures: &'a [Arc<Fixture>],
}

impl Bench<'_> {
    fn judge(&self, path: &Path) -> Result<CaseReport, Failure> {
        let text = data::read(path)?;
        let transcript: Transcript = serde_json::from_str(&text).map_err(|error| {
            Failure::usage(format!("read {} as a transcript: {error}", path.display()))
        })?;
        let fixture = self
            .fixtures
            .iter()
            .find(|fixture| fixture.id == transcript.fixture)
            .ok_or_else(|| {
                Failure::usage(format!(
                    "find the conversation {:?} of the transcript",
                    transcript.fixture
                ))
            })?;
        let claimed = fixture.claimed(self.args.profile);
        let fixture = claimed.as_ref().unwrap_or(fixture);
        let law = Law {
            rules: self.rules,
            shapes: self.shapes,
            profile: self.args.profile,
            // Where the probe was not asked, order is taken for granted, as in the run itself.
            in_order: transcript.in_order.unwrap_or(true),
        };
        let judged = case::judge(fixture, &transcript, &law);
        Ok(CaseReport::new(
            &fixture.id,
            &fixture.title,
            transcript.transport,
            judged,
            &transcript,
        ))
    }
}
