//! Baselines: a known failure is expected and never green, and an entry that is not true is an error.

mod fixing;

use chatspec_judge::baseline::{Baseline, Scope, UNEXPLAINED, apply, fix};
use chatspec_judge::finding::Outcome;
use chatspec_judge::report::{CaseReport, Report};
use chatspec_judge::rule::Profile;
use chatspec_judge::verdict::Verdict;

use crate::results::{case, every, report, rules};

const DIFFERENT: &[Outcome] = &[Outcome::Different];
const MISSING: &[Outcome] = &[Outcome::Missing];
const BOTH: &[Outcome] = &[Outcome::Missing, Outcome::Different];

/// One entry in lines of its own.
fn entry(case: &str, rule: &str, outcome: &str, reason: &str) -> String {
    format!("  - case: {case}\n    rule: {rule}\n    outcome: {outcome}\n    reason: {reason}\n")
}

fn file(entries: &[String]) -> String {
    format!("entries:\n{}", entries.concat())
}

fn loaded(text: &str) -> Baseline {
    Baseline::load("known.yaml", text).expect("a right baseline")
}

fn mistakes(text: &str) -> Vec<String> {
    let errors = Baseline::load("known.yaml", text).expect_err("a wrong baseline");
    errors.iter().map(ToString::to_string).collect()
}

/// What the comparison says is wrong with the entries.
fn wrong(text: &str, mut report: Report) -> Vec<String> {
    compare(text, &mut report, false);
    report.summary.baseline.expect("a comparison").wrong
}

fn compare(text: &str, report: &mut Report, strict: bool) {
    let (rules, every) = (rules(), every());
    let scope = Scope {
        rules: &rules,
        every: &every,
        strict,
    };
    apply(&loaded(text), report, &scope);
}

fn fixed(text: &str, report: &Report) -> Result<(String, usize, usize), String> {
    let (rules, every) = (rules(), every());
    let scope = Scope {
        rules: &rules,
        every: &every,
        strict: false,
    };
    let baseline = loaded(text);
    let fixed = fix(&baseline, report, &scope, UNEXPLAINED)?;
    Ok((fixed.text, fixed.added, fixed.changed))
}

fn core(cases: Vec<CaseReport>) -> Report {
    report(Profile::Core, cases)
}

fn fails(id: &str, rule: &str, ways: &[Outcome]) -> CaseReport {
    case(id, &[(rule, Verdict::Fail, ways)])
}

fn passes(id: &str, rule: &str) -> CaseReport {
    case(id, &[(rule, Verdict::Pass, &[])])
}

#[test]
fn a_file_without_entries_knows_nothing() {
    for text in [
        "",
        "\n",
        "# nothing yet\n\n  # nor here\n",
        "entries: []\n",
        "about: mine\n",
    ] {
        assert!(loaded(text).entries.is_empty(), "{text:?}");
    }
}

#[test]
fn every_mistake_names_its_place_and_its_mend() {
    let right = entry("chat/room", "chat.room", "missing", "known");
    let cases = [
        (
            file(&[entry("chat/room", "chat.room", "missing", "'  '")]),
            "known.yaml:5:13: the reason is empty",
        ),
        (
            file(&[entry("chat/room", "chat.room", "held", "known")]),
            "known.yaml:2:11: `held` is no failure",
        ),
        (
            file(&[entry("chat/room", "chat.room", "held-by-silence", "known")]),
            "known.yaml:2:11: `held-by-silence` is no failure",
        ),
        (
            file(&[right.clone(), right.clone()]),
            "known.yaml:6:11: the same as the entry in line 2: drop one",
        ),
        (
            file(&[entry("''", "chat.room", "missing", "known")]),
            "known.yaml:2:11: the case is empty",
        ),
        (
            file(&[entry("'*'", "chat.room", "missing", "known")]),
            "known.yaml:2:11: `*` names every case",
        ),
        (
            file(&[entry("'*/?@**'", "chat.room", "missing", "known")]),
            "known.yaml:2:11: `*/?@**` names every case",
        ),
        (
            file(&[entry("'chat/[room'", "chat.room", "missing", "known")]),
            "known.yaml:2:11: `chat/[room` is no pattern",
        ),
    ];
    for (text, expected) in cases {
        let found = mistakes(&text);
        assert!(
            found.len() == 1 && found[0].starts_with(expected),
            "{expected}: {found:?}"
        );
    }
    let found = mistakes("entries:\n  - case: chat/room\n    role: x\n");
    assert!(
        found.len() == 1 && found[0].starts_with("known.yaml:3:5: "),
        "{found:?}"
    );
    // Only what is the same in all three is the same.
    loaded(&file(&[
        right,
        entry("chat/room", "chat.room", "different", "known"),
        entry("chat/room", "chat.no-echo", "missing", "known"),
        entry("chat/echo", "chat.room", "missing", "known"),
    ]));
}

#[test]
fn an_entry_names_a_case_a_conversation_or_what_a_pattern_fits() {
    for (written, is_pattern, named, other) in [
        (
            "chat/room@polling",
            false,
            "chat/room@polling",
            "chat/room@websocket",
        ),
        (
            "chat/room",
            false,
            "chat/room@websocket",
            "chat/rooms@websocket",
        ),
        ("'chat/*'", true, "chat/echo@polling", "users/list@polling"),
        (
            "'chat/{room,echo}'",
            true,
            "chat/echo@polling",
            "chat/x@polling",
        ),
        (
            "'*@polling'",
            true,
            "users/list@polling",
            "users/list@websocket",
        ),
        ("'chat/roo?'", true, "chat/room@polling", "chat/roo@polling"),
    ] {
        let baseline = loaded(&file(&[entry(written, "chat.room", "missing", "known")]));
        let entry = &baseline.entries[0];
        assert_eq!(entry.is_pattern(), is_pattern, "{written}");
        assert!(entry.names(named), "{written} {named}");
        assert!(!entry.names(other), "{written} {other}");
    }
}

#[test]
fn an_entry_without_a_reason_of_its_own_can_be_found() {
    let baseline = loaded(&file(&[
        entry("chat/room", "chat.room", "missing", "the library"),
        entry(
            "chat/echo",
            "chat.room",
            "missing",
            &format!("'{UNEXPLAINED}'"),
        ),
    ]));
    let found: Vec<&str> = baseline
        .unexplained()
        .map(|entry| entry.case.as_str())
        .collect();
    assert_eq!(found, ["chat/echo"]);
}

#[test]
fn what_is_known_is_marked_and_counted_and_stays_a_failure() {
    let text = file(&[
        entry("chat/room", "chat.room", "missing", "old library"),
        entry("chat/room", "chat.room", "different", "new library"),
    ]);
    for (ways, known) in [
        (MISSING, Some("old library")),
        (DIFFERENT, Some("new library")),
        (BOTH, Some("new library; old library")),
        (&[Outcome::Missing, Outcome::Late][..], None),
        (&[][..], None),
    ] {
        let mut report = core(vec![fails("chat/room@polling", "chat.room", ways)]);
        compare(&text, &mut report, false);
        let case = &report.cases[0];
        assert_eq!(
            case.known.get("chat.room").map(String::as_str),
            known,
            "{ways:?}"
        );
        assert_eq!(case.verdict, Verdict::Fail);
        let compared = report.summary.baseline.expect("a comparison");
        assert_eq!(compared.known, usize::from(known.is_some()), "{ways:?}");
        assert_eq!(compared.file, "known.yaml");
    }
}

#[test]
fn a_verdict_that_is_no_failure_or_no_servers_fault_is_not_known() {
    let text = file(&[entry("chat/room", "chat.room", "missing", "known")]);
    let known = |case: CaseReport| {
        let mut report = core(vec![case]);
        compare(&text, &mut report, false);
        !report.cases[0].known.is_empty()
    };
    let with = |verdict| case("chat/room@polling", &[("chat.room", verdict, MISSING)]);
    assert!(known(with(Verdict::Fail)));
    assert!(known(with(Verdict::Warn)));
    assert!(
        !known(with(Verdict::Inconclusive)),
        "the network may be to blame"
    );
    assert!(!known(with(Verdict::Pass)));
    let mut ours = with(Verdict::Fail);
    ours.error = Some("the suite's own".to_owned());
    assert!(!known(ours));
    let elsewhere = fails("chat/echo@polling", "chat.room", MISSING);
    assert!(!known(elsewhere), "another case");
    let other = fails("chat/room@polling", "chat.no-echo", MISSING);
    assert!(!known(other), "another rule");
}

#[test]
fn what_rests_on_a_known_failure_alone_is_known_too() {
    let text = file(&[entry("chat/room", "chat.room", "missing", "known")]);
    let rests = |more: &[(&str, Verdict, &[Outcome])], strict| {
        let first = ("chat.room", Verdict::Fail, MISSING);
        let all: Vec<_> = std::iter::once(first).chain(more.iter().copied()).collect();
        let mut report = core(vec![case("chat/room@polling", &all)]);
        compare(&text, &mut report, strict);
        let compared = report.summary.baseline.as_ref().expect("a comparison");
        assert_eq!(
            compared.known, 1,
            "what rests on it is no failure of its own"
        );
        let known = &report.cases[0].known;
        known
            .keys()
            .filter(|rule| *rule != "chat.room")
            .cloned()
            .collect::<Vec<_>>()
    };
    let blocked: (&str, Verdict, &[Outcome]) = ("chat.no-echo", Verdict::Blocked, &[]);
    let unverified: (&str, Verdict, &[Outcome]) = ("ack.always", Verdict::Unverified, &[]);
    assert_eq!(rests(&[blocked], false), ["chat.no-echo"]);
    assert_eq!(rests(&[unverified], false), ["ack.always"]);
    assert!(rests(&[("chat.no-echo", Verdict::Pass, &[])], false).is_empty());
    let warned: (&str, Verdict, &[Outcome]) = ("users.order", Verdict::Warn, DIFFERENT);
    assert_eq!(rests(&[blocked, warned], false), ["chat.no-echo"]);
    assert!(
        rests(&[blocked, warned], true).is_empty(),
        "a new failure beside it"
    );
    assert!(rests(&[blocked, ("users.order", Verdict::Fail, DIFFERENT)], false).is_empty());
}

#[test]
fn the_failure_that_blocks_is_named_where_it_is_known() {
    let text = file(&[
        entry("chat/room", "chat.room", "missing", "known"),
        entry("chat/room", "ack.always", "missing", "known"),
    ]);
    let rows: [(&str, Verdict, &[Outcome]); 3] = [
        ("ack.always", Verdict::Fail, MISSING),
        ("chat.no-echo", Verdict::Blocked, &[]),
        ("chat.room", Verdict::Fail, MISSING),
    ];
    for (blocked_by, root) in [
        (Some("chat.room"), "chat.room"),
        (Some("ack.always"), "ack.always"),
        (Some("users.order"), "ack.always"),
        (None, "ack.always"),
    ] {
        let mut blocked = case("chat/room@polling", &rows);
        blocked.blocked_by = blocked_by.map(str::to_owned);
        let mut report = report(Profile::Hardened, vec![blocked]);
        compare(&text, &mut report, false);
        let expected = format!("rests on {root}, which is known to fail");
        assert_eq!(
            report.cases[0].known["chat.no-echo"], expected,
            "{blocked_by:?}"
        );
    }
    let mut ours = case("chat/room@polling", &rows);
    ours.error = Some("the suite's own".to_owned());
    let mut report = report(Profile::Hardened, vec![ours]);
    compare(&text, &mut report, false);
    assert!(report.cases[0].known.is_empty());
}

#[test]
fn an_entry_that_is_not_true_is_stale() {
    let on = |case: &str| file(&[entry(case, "chat.room", "missing", "known")]);
    let both = |polling: CaseReport, websocket: CaseReport| core(vec![polling, websocket]);
    let (fail, pass) = (
        |on: &str| fails(&format!("chat/room@{on}"), "chat.room", MISSING),
        |on: &str| passes(&format!("chat/room@{on}"), "chat.room"),
    );
    let none: Vec<String> = vec![];
    assert_eq!(
        wrong(&on("chat/room"), both(fail("polling"), fail("websocket"))),
        none
    );
    assert_eq!(
        wrong(&on("chat/room"), both(pass("polling"), pass("websocket"))),
        [
            "known.yaml:2:11: stale: chat.room no longer fails in chat/room@polling, chat/room@websocket; drop the entry, or run with --fix"
        ]
    );
    assert_eq!(
        wrong(&on("chat/room"), both(pass("polling"), fail("websocket"))),
        [
            "known.yaml:2:11: stale: chat.room no longer fails in chat/room@polling; name the transports that still fail, or run with --fix"
        ]
    );
    let another = fails("chat/room@polling", "chat.room", DIFFERENT);
    assert_eq!(
        wrong(&on("chat/room"), both(another, fail("websocket"))),
        [
            "known.yaml:2:11: chat/room@polling fails chat.room in another way: different instead of missing; look at it, then mend the entry"
        ]
    );
    assert_eq!(
        wrong(&on("chat/echo"), both(pass("polling"), pass("websocket"))),
        none,
        "not played"
    );
}

#[test]
fn a_pattern_is_stale_when_none_of_its_cases_fails() {
    let text = file(&[entry("'chat/*'", "chat.room", "missing", "known")]);
    let cases = |echo: CaseReport| core(vec![passes("chat/room@polling", "chat.room"), echo]);
    let stale = "known.yaml:2:11: stale: no case of `chat/*` fails chat.room as missing; drop the entry, or run with --fix";
    assert_eq!(
        wrong(&text, cases(passes("chat/echo@polling", "chat.room"))),
        [stale]
    );
    let none: Vec<String> = vec![];
    assert_eq!(
        wrong(
            &text,
            cases(fails("chat/echo@polling", "chat.room", MISSING))
        ),
        none
    );
    assert_eq!(
        wrong(
            &text,
            cases(fails("chat/echo@polling", "chat.room", DIFFERENT))
        ),
        [stale]
    );
    let blocked = case("chat/echo@polling", &[("chat.room", Verdict::Blocked, &[])]);
    assert_eq!(wrong(&text, cases(blocked)), none, "it cannot be told");
    assert_eq!(wrong(&text, core(vec![])), none, "none was played");
    let mut filtered = cases(passes("chat/echo@polling", "chat.room"));
    filtered.summary.filtered = true;
    assert_eq!(
        wrong(&text, filtered),
        none,
        "the one that fails may be left out"
    );
}

#[test]
fn only_a_rule_that_was_seen_to_hold_makes_an_entry_stale() {
    let text = file(&[entry("chat/room", "chat.room", "missing", "known")]);
    let stale = |case: CaseReport| !wrong(&text, core(vec![case])).is_empty();
    let with = |verdict| case("chat/room@polling", &[("chat.room", verdict, &[])]);
    assert!(stale(with(Verdict::Pass)));
    assert!(stale(with(Verdict::Observed)));
    for verdict in [
        Verdict::Blocked,
        Verdict::Unverified,
        Verdict::Inconclusive,
        Verdict::Error,
    ] {
        assert!(!stale(with(verdict)), "{verdict:?}");
    }
    let mut ours = with(Verdict::Pass);
    ours.error = Some("the suite's own".to_owned());
    assert!(!stale(ours));
    let mut lossy = with(Verdict::Pass);
    lossy.network = Some("a reset".to_owned());
    assert!(!stale(lossy));
    // A prerequisite that is not scored has no verdict of its own.
    assert!(stale(passes("chat/room@polling", "chat.no-echo")));
    assert!(!stale(fails("chat/room@polling", "chat.no-echo", MISSING)));
}

#[test]
fn an_entry_that_names_nothing_says_what_may_be_meant() {
    let report = || core(vec![fails("chat/room@polling", "chat.room", MISSING)]);
    for (case, rule, expected) in [
        (
            "chat/room",
            "chat.rom",
            "`chat.rom` is no rule of the spec; did you mean `chat.room`?",
        ),
        ("chat/room", "x", "`x` is no rule of the spec"),
        (
            "chat/rom",
            "chat.room",
            "`chat/rom` is no case; did you mean `chat/room`?",
        ),
        (
            "chat/rom@polling",
            "chat.room",
            "`chat/rom@polling` is no case; did you mean `chat/room@polling`?",
        ),
        ("zzz", "chat.room", "`zzz` is no case"),
        ("zzzzzzzz", "chat.room", "`zzzzzzzz` is no case"),
    ] {
        let text = file(&[entry(case, rule, "missing", "known")]);
        assert_eq!(
            wrong(&text, report()),
            [format!("known.yaml:2:11: {expected}")]
        );
    }
    let text = file(&[entry("chat/room", "ack.always", "missing", "known")]);
    let case = || passes("chat/room@polling", "ack.always");
    assert!(
        wrong(&text, core(vec![case()])).is_empty(),
        "of another profile"
    );
    assert_eq!(
        wrong(&text, self::report(Profile::Hardened, vec![case()])).len(),
        1
    );
}
