//! `chatspec judge`: judges a recorded transcript again.

use chatspec_judge::case::{self, Law};
use chatspec_judge::report::{CaseReport, Report, Run};
use chatspec_judge::transcript::Transcript;

use crate::args::Judge;
use crate::data::{self, Data};
use crate::exit::{Exit, Failure};
use crate::output::human;
use crate::output::out::outln;

/// Prints the verdict on one transcript; exits as a filtered run would.
pub fn run(args: &Judge) -> Result<Exit, Failure> {
    let data = Data::open(args.data.as_deref())?;
    let (rules, shapes) = (data.rules_of(None)?, data.shapes()?);
    let text = data::read(&args.transcript)?;
    let transcript: Transcript = serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!(
            "read {} as a transcript: {error}",
            args.transcript.display()
        ))
    })?;
    let mut fixtures = data.fixtures(&rules)?;
    fixtures.extend(data.hostile(&rules)?);
    let fixture = fixtures
        .iter()
        .find(|fixture| fixture.id == transcript.fixture)
        .ok_or_else(|| {
            Failure::usage(format!(
                "find the conversation {:?} of the transcript",
                transcript.fixture
            ))
        })?;
    let claimed = fixture.claimed(args.profile);
    let fixture = claimed.as_ref().unwrap_or(fixture);
    let law = Law {
        rules: &rules,
        shapes: &shapes,
        profile: args.profile,
        in_order: true,
    };
    let judged = case::judge(fixture, &transcript, &law);
    let case = CaseReport::new(
        &fixture.id,
        &fixture.title,
        transcript.transport,
        judged,
        &transcript,
    );
    outln!("{} {}", case.verdict.word(), case.id);
    human::failures(std::slice::from_ref(&case), &rules, "");
    let run = Run {
        profile: args.profile,
        filtered: true,
        ..Run::default()
    };
    let report = Report::new(&run, &rules, vec![case]);
    Ok(Exit::from_code(report.exit_code(false)))
}
