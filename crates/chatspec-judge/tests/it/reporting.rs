//! From judged cases to verdicts per rule, conformance and exit codes.

use std::collections::BTreeMap;

use chatspec_judge::case::Judgement;
use chatspec_judge::fixture::TransportName;
use chatspec_judge::report::{CaseReport, Report, Run};
use chatspec_judge::rule::requirements::Requirements;
use chatspec_judge::rule::{Keyword, Profile, Rule, Rules, RulesFile};
use chatspec_judge::transcript::Transcript;
use chatspec_judge::verdict::Verdict;

fn rules() -> Rules {
    let rule = |name: &str, keyword, slow, untested: Option<&str>| Rule {
        name: name.to_owned(),
        keyword,
        profile: Profile::Core,
        slow,
        untested: untested.map(str::to_owned),
        text: String::new(),
        file: String::new(),
        line: 1,
    };
    let rules = vec![
        rule("a.must", Keyword::Must, false, None),
        rule("b.must", Keyword::Must, false, None),
        rule("c.should", Keyword::Should, false, None),
        rule("d.slow", Keyword::Must, true, None),
        rule("e.client", Keyword::Must, false, Some("it binds clients")),
        rule("f.may", Keyword::May, false, None),
    ];
    Rules::from(RulesFile {
        revision: "1.0".to_owned(),
        rules,
    })
}

fn case(id: &str, verdicts: &[(&str, Verdict)]) -> CaseReport {
    let rules: BTreeMap<String, Verdict> = verdicts
        .iter()
        .map(|(rule, verdict)| ((*rule).to_owned(), *verdict))
        .collect();
    let verdict = rules.values().copied().max().unwrap_or(Verdict::Observed);
    let error = (verdict == Verdict::Error).then(|| "ours".to_owned());
    let judged = Judgement {
        verdict,
        rules,
        findings: vec![],
        blocked_by: None,
        error,
        limited: false,
    };
    let transcript = Transcript {
        fixture: id.to_owned(),
        transport: TransportName::Websocket,
        bindings: BTreeMap::new(),
        entries: vec![],
        stopped: None,
        in_order: None,
        network: None,
        nodes: Default::default(),
    };
    CaseReport::new(id, id, TransportName::Websocket, judged, &transcript)
}

/// A name, a run, its cases; then conformance and exit code.
type Row<'a> = (&'a str, &'a Run, Vec<CaseReport>, (Option<bool>, u8));

fn outcome(run: &Run, cases: Vec<CaseReport>) -> (Option<bool>, u8) {
    let report = Report::new(run, &rules(), cases).explained(&rules(), run.slow);
    (report.conformant, report.exit_code(run.strict))
}

#[test]
fn conformance_and_exit_codes() {
    use Verdict::*;
    let run = Run::default();
    let filtered = Run {
        filtered: true,
        ..Run::default()
    };
    let strict = Run {
        strict: true,
        ..Run::default()
    };
    let slow = Run {
        slow: true,
        ..Run::default()
    };
    let good = || {
        case(
            "x",
            &[("a.must", Pass), ("b.must", Pass), ("c.should", Pass)],
        )
    };
    let table: Vec<Row> = vec![
        ("all held", &run, vec![good()], (Some(true), 0)),
        ("nothing ran", &run, vec![], (None, 4)),
        (
            "a MUST failed",
            &run,
            vec![good(), case("y", &[("a.must", Fail)])],
            (Some(false), 1),
        ),
        (
            "a SHOULD failed",
            &run,
            vec![good(), case("y", &[("c.should", Warn)])],
            (Some(true), 0),
        ),
        (
            "a SHOULD failed, strictly",
            &strict,
            vec![good(), case("y", &[("c.should", Warn)])],
            (Some(false), 1),
        ),
        (
            "one never ran",
            &run,
            vec![case("x", &[("a.must", Pass), ("c.should", Pass)])],
            (None, 5),
        ),
        (
            "filtered",
            &filtered,
            vec![case("x", &[("a.must", Pass)])],
            (None, 0),
        ),
        (
            "filtered and failed",
            &filtered,
            vec![case("x", &[("a.must", Fail)])],
            (Some(false), 1),
        ),
        (
            "filtered and unsure",
            &filtered,
            vec![case("x", &[("a.must", Unverified)])],
            (None, 5),
        ),
        (
            "inconclusive",
            &run,
            vec![good(), case("y", &[("a.must", Inconclusive)])],
            (None, 5),
        ),
        (
            "blocked",
            &run,
            vec![good(), case("y", &[("a.must", Blocked)])],
            (None, 5),
        ),
        (
            "failed before inconclusive",
            &run,
            vec![
                good(),
                case("y", &[("a.must", Inconclusive), ("b.must", Fail)]),
            ],
            (Some(false), 1),
        ),
        (
            "our fault before failed",
            &run,
            vec![
                case("x", &[("a.must", Error)]),
                case("y", &[("b.must", Fail)]),
            ],
            (Some(false), 3),
        ),
        (
            "slow rules count with --slow",
            &slow,
            vec![good()],
            (None, 5),
        ),
        (
            "a MAY is never scored",
            &run,
            vec![good(), case("y", &[("f.may", Observed)])],
            (Some(true), 0),
        ),
    ];
    for (name, run, cases, expected) in table {
        assert_eq!(outcome(run, cases), expected, "{name}");
    }
}

#[test]
fn what_was_not_verified_is_named_with_its_reason() {
    let report = Report::new(
        &Run::default(),
        &rules(),
        vec![case("x", &[("a.must", Verdict::Pass)])],
    );
    let report = report.explained(&rules(), false);
    let reasons = &report.summary.not_verified;
    assert_eq!(
        reasons.keys().collect::<Vec<_>>(),
        ["b.must", "c.should", "d.slow", "e.client"]
    );
    assert!(reasons["d.slow"].contains("--slow"));
    assert_eq!(reasons["e.client"], "it binds clients");
}

#[test]
fn a_rule_that_is_newer_than_the_revision_is_reported_and_not_scored() {
    let set = Requirements::from_yaml(
        "revision: \"0.9\"\nreleased: true\nrules:\n  - {name: a.must, keyword: MUST, profile: core, clause: x}\n",
    );
    let rules = rules().scored_by(&set.expect("a set"));
    let cases = vec![case(
        "x",
        &[("a.must", Verdict::Pass), ("b.must", Verdict::Fail)],
    )];
    let report = Report::new(&Run::default(), &rules, cases).explained(&rules, false);
    assert_eq!(report.revision, "0.9");
    assert_eq!(
        (report.conformant, report.exit_code(false)),
        (Some(true), 0)
    );
    let newer = report.rules.iter().find(|rule| rule.name == "b.must");
    let newer = newer.expect("it is reported");
    assert_eq!((newer.scored, newer.verdict), (false, Verdict::Fail));
}

/// What one suite is not there to show counts all the same where it shows that a server is wrong.
#[test]
fn evidence_against_a_rule_of_another_suite_counts() {
    let run = Run {
        profile: Profile::Core,
        unscored: BTreeMap::from([("b.must".to_owned(), "another suite".to_owned())]),
        ..Run::default()
    };
    let with = |verdict| {
        let verdicts = [
            ("a.must", Verdict::Pass),
            ("b.must", verdict),
            ("c.should", Verdict::Pass),
        ];
        outcome(&run, vec![case("one", &verdicts)])
    };
    assert_eq!(with(Verdict::Fail), (Some(false), 1));
    assert_eq!(with(Verdict::Pass), (Some(true), 0));
    assert_eq!(with(Verdict::Unverified), (Some(true), 0));
    assert_eq!(with(Verdict::Blocked), (Some(true), 0));
}
/// Each rule that was not verified has the reason that fits it best.
#[test]
fn a_reason_fits_what_happened() {
    let reason = |rule: &str, run: &Run, cases: Vec<CaseReport>| {
        let report = Report::new(run, &rules(), cases).explained(&rules(), run.slow);
        report
            .summary
            .not_verified
            .get(rule)
            .cloned()
            .unwrap_or_default()
    };
    let run = Run::default();
    let slow = Run {
        slow: true,
        ..Run::default()
    };
    let aborted = Run {
        aborted: true,
        ..Run::default()
    };
    let none = || vec![case("x", &[("a.must", Verdict::Pass)])];
    let came = || vec![case("x", &[("b.must", Verdict::Unverified)])];
    let (uncovered, interrupted, missed) = (
        "no case of this run covers it",
        "the run was interrupted before a case came to it",
        "no case of this run came to it",
    );
    assert_eq!(reason("b.must", &run, none()), uncovered);
    assert_eq!(reason("b.must", &aborted, none()), interrupted);
    assert_eq!(reason("b.must", &run, came()), missed);
    assert_eq!(reason("b.must", &aborted, came()), missed);
    assert!(reason("d.slow", &run, none()).starts_with("slow: "));
    assert_eq!(reason("d.slow", &slow, none()), uncovered);
    assert_eq!(reason("a.must", &run, none()), "", "it was verified");
}

/// What a baseline knows is expected, and an entry that is not true fails the run.
#[test]
fn the_exit_code_takes_a_baseline_into_account() {
    use chatspec_judge::report::Compared;
    let code = |known: bool, wrong: &[&str]| {
        let mut failing = case("y", &[("a.must", Verdict::Fail)]);
        if known {
            failing
                .known
                .insert("a.must".to_owned(), "the library".to_owned());
        }
        let good = case(
            "x",
            &[
                ("a.must", Verdict::Pass),
                ("b.must", Verdict::Pass),
                ("c.should", Verdict::Pass),
            ],
        );
        let mut report = Report::new(&Run::default(), &rules(), vec![good, failing]);
        report.summary.baseline = Some(Compared {
            wrong: wrong.iter().map(|line| (*line).to_owned()).collect(),
            ..Compared::default()
        });
        assert_eq!(report.conformant, Some(false), "known is not green");
        report.exit_code(false)
    };
    assert_eq!(code(false, &[]), 1);
    assert_eq!(code(true, &[]), 0);
    assert_eq!(code(true, &["stale"]), 1);
}
