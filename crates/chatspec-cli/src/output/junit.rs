//! The report as JUnit XML: a suite per topic, a test case per conversation and transport.

use std::collections::BTreeMap;

use chatspec_judge::report::{CaseReport, Report};
use chatspec_judge::verdict::Verdict;
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use crate::exit::Failure;
use crate::output::safe::{safe, short};
use crate::output::view;

/// Characters of a value.
const WIDTH: usize = 1_000;

/// Renders the report.
pub fn render(report: &Report) -> Result<String, Failure> {
    let mut topics: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for case in &report.cases {
        let topic = view::topic(&case.id);
        topics
            .entry(topic)
            .or_insert_with(|| TestSuite::new(safe(topic)))
            .add_test_case(test_case(case));
    }
    let mut junit = Junit::new("chatspec");
    junit.add_test_suites(topics.into_values());
    junit
        .to_string()
        .map_err(|error| Failure::ours(format!("write the JUnit report: {error}")))
}

fn test_case(case: &CaseReport) -> TestCase {
    let why = |kind: &str| {
        let first = case.findings.first();
        let what = first.map(|finding| {
            format!(
                "{}: expected {}, saw {}",
                finding.rule, finding.expected, finding.seen
            )
        });
        let what = what
            .or_else(|| case.error.clone())
            .or_else(|| case.blocked_by.clone())
            .unwrap_or_default();
        short(&format!("{kind}: {what}"), WIDTH)
    };
    let failed = |kind| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(why(case.verdict.word()));
        status
    };
    let skipped = |reason: &str| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(short(&format!("expected to fail: {reason}"), WIDTH));
        status
    };
    let expected = view::expected(case);
    // Nothing that did not hold is green, and nothing unverified either.
    let status = match case.verdict {
        verdict if verdict > Verdict::Pass && expected.is_some() => {
            skipped(&expected.unwrap_or_default())
        }
        Verdict::Pass | Verdict::Observed | Verdict::Warn => TestCaseStatus::success(),
        Verdict::Fail => failed(NonSuccessKind::Failure),
        Verdict::Error | Verdict::Blocked | Verdict::Inconclusive | Verdict::Unverified => {
            failed(NonSuccessKind::Error)
        }
    };
    let mut test_case = TestCase::new(safe(&case.id), status);
    let text: Vec<String> = case
        .findings
        .iter()
        .map(|finding| {
            let line = format!(
                "{} {} {}: expected {}, saw {}",
                finding.rule,
                finding.outcome.word(),
                finding.who,
                finding.expected,
                finding.seen
            );
            short(&line, WIDTH)
        })
        .collect();
    if !text.is_empty() {
        test_case.set_system_out(text.join(" | "));
    }
    test_case
}
