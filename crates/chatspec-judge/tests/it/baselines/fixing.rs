//! A baseline that is written anew.

use super::*;

#[test]
fn a_baseline_is_begun() {
    let failing = core(vec![
        fails("chat/room@polling", "chat.room", MISSING),
        fails("chat/room@websocket", "chat.room", MISSING),
        fails("chat/echo@polling", "chat.no-echo", DIFFERENT),
        passes("chat/echo@websocket", "chat.no-echo"),
    ]);
    let reason = format!("'{UNEXPLAINED}'");
    let expected = [
        entry("chat/echo@polling", "chat.no-echo", "different", &reason),
        entry("chat/room", "chat.room", "missing", &reason),
    ]
    .concat();
    for (before, head) in [
        (
            "",
            "# Known failures. Each entry has to fail as it says; see conformance/baselines/README.md.\nentries:\n",
        ),
        ("about: mine\n", "about: mine\nentries:\n"),
        ("about: mine\nentries: []\n", "about: mine\nentries:\n"),
    ] {
        let (text, added, changed) = fixed(before, &failing).expect("a baseline");
        assert_eq!(text, format!("{head}{expected}"));
        assert_eq!((added, changed), (2, 0));
        let (again, added, changed) = fixed(&text, &failing).expect("a baseline");
        assert_eq!(
            (again.as_str(), added, changed),
            (text.as_str(), 0, 0),
            "nothing is left to fix"
        );
    }
}

#[test]
fn only_new_failures_that_count_are_added() {
    let case = |rows: &[(&str, Verdict, &[Outcome])]| {
        let report = core(vec![case("chat/room@polling", rows)]);
        fixed("entries: []\n", &report).expect("a baseline").1
    };
    assert_eq!(
        case(&[("chat.room", Verdict::Fail, BOTH)]),
        2,
        "each way is one"
    );
    assert_eq!(case(&[("chat.room", Verdict::Pass, &[])]), 0);
    assert_eq!(
        case(&[("users.order", Verdict::Warn, MISSING)]),
        0,
        "not strict"
    );
    assert_eq!(
        case(&[("name.client", Verdict::Fail, MISSING)]),
        0,
        "not scored"
    );
}

#[test]
fn what_stands_keeps_its_comment_its_reason_and_its_place() {
    let before = "# Mine.\nentries:\n\n    # First.\n    # It has two lines.\n    - case: chat/echo\n      rule: chat.no-echo\n      outcome: missing\n      reason: |\n        of\n        several lines\n\n    # Second.\n    - case: chat/room\n      rule: chat.room\n      outcome: missing\n      reason: the library\n\n    # The end.\n";
    let echo = |verdict: fn(&str) -> CaseReport| verdict("chat/echo@polling");
    let failing: fn(&str) -> CaseReport = |id| fails(id, "chat.no-echo", MISSING);
    let passing: fn(&str) -> CaseReport = |id| passes(id, "chat.no-echo");
    let room = |polling: bool, websocket: bool| {
        [("polling", polling), ("websocket", websocket)].map(|(on, fail)| {
            let id = format!("chat/room@{on}");
            if fail {
                fails(&id, "chat.room", MISSING)
            } else {
                passes(&id, "chat.room")
            }
        })
    };
    let with = |echo: CaseReport, room: [CaseReport; 2]| {
        let report = core([echo].into_iter().chain(room).collect());
        fixed(before, &report).expect("a baseline")
    };
    assert_eq!(
        with(echo(failing), room(true, true)),
        (before.to_owned(), 0, 0)
    );

    let (text, added, changed) = with(echo(passing), room(true, true));
    let first = before.find("    # First.").unwrap()..before.find("\n    # Second.").unwrap();
    let expected = format!("{}{}", &before[..first.start], &before[first.end..]);
    assert_eq!((text, added, changed), (expected, 0, 1));

    let (text, added, changed) = with(echo(failing), room(false, true));
    let expected = before.replace("case: chat/room", "case: chat/room@websocket");
    assert_eq!((text, added, changed), (expected, 0, 1));

    let (text, added, changed) = with(echo(passing), room(false, false));
    assert_eq!(text, "# Mine.\nentries: []\n\n\n\n    # The end.\n");
    assert_eq!((added, changed), (0, 2));
}

#[test]
fn what_a_run_says_nothing_of_stays() {
    let text = |case: &str, rule: &str| file(&[entry(case, rule, "missing", "known")]);
    let keeps = |text: String, report: &Report| fixed(&text, report).expect("a baseline").0 == text;
    let room = passes("chat/room@polling", "chat.room");
    assert!(
        keeps(text("chat/echo", "chat.room"), &core(vec![room.clone()])),
        "not played"
    );
    assert!(
        !keeps(text("chat/gone", "chat.room"), &core(vec![room.clone()])),
        "no case"
    );
    assert!(
        !keeps(text("chat/room", "chat.gone"), &core(vec![room.clone()])),
        "no rule"
    );
    let blocked = case("chat/room@polling", &[("chat.room", Verdict::Blocked, &[])]);
    assert!(
        keeps(text("chat/room", "chat.room"), &core(vec![blocked])),
        "it cannot be told"
    );
    let echo = fails("chat/echo@polling", "chat.room", MISSING);
    let pattern = text("'chat/*'", "chat.room");
    assert!(
        keeps(pattern.clone(), &core(vec![room.clone(), echo])),
        "one of its cases fails"
    );
    assert!(!keeps(pattern, &core(vec![room])), "none does");
    // Another way to fail takes the place of the old one.
    let another = core(vec![fails("chat/room@polling", "chat.room", DIFFERENT)]);
    let (text, added, changed) =
        fixed(&text("chat/room", "chat.room"), &another).expect("a baseline");
    let expected = file(&[entry(
        "chat/room",
        "chat.room",
        "different",
        &format!("'{UNEXPLAINED}'"),
    )]);
    assert_eq!((text, added, changed), (expected, 1, 1));
}

#[test]
fn a_baseline_that_is_not_in_lines_is_not_touched() {
    let report = core(vec![passes("chat/room@polling", "chat.room")]);
    let one = "{case: chat/room, rule: chat.room, outcome: missing, reason: known}";
    for text in [
        format!("entries: [{one}]\n"),
        format!(
            "entries:\n  - {one}\n  -\n    {}\n",
            one.replace("missing", "late")
        ),
    ] {
        let error = fixed(&text, &report).expect_err("not edited");
        assert!(error.contains("--fix edits line by line"), "{error}");
    }
}

/// A reason goes into the file as it is, quoted where YAML would read something else.
#[test]
fn reasons_survive_the_file() {
    let report = core(vec![fails("chat/room@polling", "chat.room", MISSING)]);
    let (rules, every) = (rules(), every());
    let scope = Scope {
        rules: &rules,
        every: &every,
        strict: false,
    };
    let empty = loaded("");
    for (reason, written) in [
        ("plain words", "plain words"),
        ("it's so: because", "'it''s so: because'"),
        ("a #hash", "'a #hash'"),
        ("a#hash", "a#hash"),
        ("at:once", "at:once"),
        ("ends:", "'ends:'"),
        ("7 of 9", "'7 of 9'"),
        ("- dash", "'- dash'"),
        ("Yes", "'Yes'"),
        ("null", "'null'"),
        ("two\nlines", "two lines"),
    ] {
        let fixed = fix(&empty, &report, &scope, reason).expect("a baseline");
        let line = format!("    reason: {written}\n");
        assert!(fixed.text.ends_with(&line), "{reason:?}: {}", fixed.text);
        let back = loaded(&fixed.text).entries.remove(0).reason;
        assert_eq!(back, reason.replace('\n', " "));
    }
}

/// What comes and goes is not gone where it does not come.
#[test]
fn what_fails_only_sometimes_stays() {
    let report = core(vec![
        passes("chat/room@polling", "chat.room"),
        passes("chat/room@websocket", "chat.room"),
    ]);
    let always = file(&[entry("chat/room", "chat.room", "missing", "the library")]);
    let sometimes = format!("{always}    sometimes: true\n");
    let (text, added, changed) = fixed(&sometimes, &report).expect("a baseline");
    assert_eq!((text, added, changed), (sometimes, 0, 0));
    let (text, added, changed) = fixed(&always, &report).expect("a baseline");
    assert_eq!((text.as_str(), added, changed), ("entries: []\n", 0, 1));
}

#[test]
fn nothing_is_written_where_nothing_fails() {
    let report = core(vec![passes("chat/room@polling", "chat.room")]);
    assert_eq!(fixed("", &report), Ok((String::new(), 0, 0)));
}
