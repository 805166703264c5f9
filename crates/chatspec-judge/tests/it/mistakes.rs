//! What is wrong with a fixture is said with its place and its mend.

use chatspec_judge::fixture::{self, Fixture, lint};
use chatspec_judge::rule::{Keyword, Profile, Rule, Rules, RulesFile};

/// Rules of both profiles, and a slow one.
fn rules() -> Rules {
    let rule = |name: &str, profile, slow| Rule {
        name: name.to_owned(),
        keyword: Keyword::Must,
        profile,
        slow,
        untested: None,
        text: String::new(),
        file: String::new(),
        line: 1,
    };
    Rules::from(RulesFile {
        revision: "1.0".to_owned(),
        rules: vec![
            rule("chat.room", Profile::Core, false),
            rule("chat.members-only", Profile::Hardened, false),
            rule("connection.heartbeat", Profile::Core, true),
            rule("join.announce", Profile::Core, false),
            rule("message.closure", Profile::Core, false),
        ],
    })
}

const ENTER: &str = "  - enter: {who: [ada, bob]}\n";
const EXCHANGE: &str = "  - exchange: {from: ada, to: [bob]}\n";

fn text(rules: &str, steps: &str) -> String {
    format!(
        "id: chat/x\ntitle: X\nprofile: core\nrules: [{rules}]\nparticipants: [ada, bob, eve]\nsteps:\n{steps}"
    )
}

fn loaded(rules: &str, steps: &str) -> Fixture {
    match fixture::load("chat/x.yaml", &text(rules, steps)) {
        Ok(fixture) => fixture,
        Err(errors) => panic!("{}", errors[0]),
    }
}

fn linted(fixture: &Fixture) -> Vec<String> {
    lint::lint(fixture, &rules())
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// A conversation with a step between two that are heard.
fn framed(step: &str) -> Vec<String> {
    linted(&loaded(
        "chat.room",
        &format!("{ENTER}{EXCHANGE}{step}{EXCHANGE}"),
    ))
}

fn says(found: &[String], expected: &[&str]) {
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}\nis not {expected}");
    }
}

#[test]
fn a_right_conversation_has_nothing_wrong() {
    says(&framed(""), &[]);
}

#[test]
fn rules_that_are_cited_exist_and_belong() {
    let steps = format!("{ENTER}{EXCHANGE}");
    says(
        &linted(&loaded("chat.room, chat.rom", &steps)),
        &["chat/x.yaml:4:20: `chat.rom` is no rule of the spec; did you mean `chat.room`?"],
    );
    says(
        &linted(&loaded("chat.room, x", &steps)),
        &["chat/x.yaml:4:20: `x` is no rule of the spec"],
    );
    assert!(!linted(&loaded("chat.room, x", &steps))[0].contains("did you mean"));
    says(
        &linted(&loaded("chat.room, chat.members-only", &steps)),
        &[
            "chat/x.yaml:4:20: `chat.members-only` is a rule of hardened, the fixture of core",
            "chat/x.yaml:4:20: no expectation holds `chat.members-only`",
        ],
    );
    let step = "  - by: eve\n    send: {event: chat, room: $room, text: \"psst $nonce\"}\n    quiet: chat.rom\n";
    says(
        &framed(step),
        &["chat/x.yaml:9:5: `chat.rom` is no rule of the spec; did you mean `chat.room`?"],
    );
}

#[test]
fn a_slow_rule_makes_a_slow_fixture() {
    let step = |rule: &str| {
        format!(
            "{ENTER}{EXCHANGE}  - by: eve\n    send: {{event: chat, room: $room, text: \"psst $nonce\"}}\n    quiet: {rule}\n{EXCHANGE}"
        )
    };
    let found = linted(&loaded(
        "connection.heartbeat",
        &step("connection.heartbeat"),
    ));
    assert!(!found.is_empty());
    let slow = "`connection.heartbeat` is slow: the fixture needs `slow: true`";
    assert!(found.iter().all(|found| found.contains(slow)), "{found:#?}");
    // It breaks the rule by the way, and is not scored for it.
    says(
        &linted(&loaded("chat.room", &step("connection.heartbeat"))),
        &[],
    );
    let text = text("connection.heartbeat", &step("connection.heartbeat"));
    let text = text.replace("steps:", "slow: true\nsteps:");
    says(
        &linted(&fixture::load("x.yaml", &text).expect("a fixture")),
        &[],
    );
}

#[test]
fn a_fixture_is_scored_for_what_it_can_fail() {
    let steps = format!("{ENTER}{EXCHANGE}");
    says(
        &linted(&loaded("chat.room, connection.heartbeat", &steps)),
        &[
            "chat/x.yaml:4:20: `connection.heartbeat` is slow",
            "chat/x.yaml:4:20: no expectation holds `connection.heartbeat`: a fixture is scored for what it can fail",
        ],
    );
    // Invariants are looked at in every conversation.
    says(&linted(&loaded("chat.room, message.closure", &steps)), &[]);
}

const QUIET: &str = "  - by: eve\n    send: {event: chat, room: $room, text: \"psst $nonce\"}\n    quiet: chat.room\n";

/// A mute server keeps every silence: before and after it somebody is heard.
#[test]
fn silence_stands_between_two_that_are_heard() {
    let alone = "  - enter: {who: [ada]}\n";
    let steps = |before: &str, after: &str| {
        linted(&loaded(
            "chat.room",
            &format!("{alone}{before}{QUIET}{after}"),
        ))
    };
    says(&steps(EXCHANGE, EXCHANGE), &[]);
    says(
        &steps(EXCHANGE, ""),
        &["chat/x.yaml:9:5: silence without a positive control after it"],
    );
    says(
        &steps("", EXCHANGE),
        &["chat/x.yaml:8:5: silence without a positive control before it"],
    );
    says(
        &steps("", ""),
        &[
            "chat/x.yaml:8:5: silence without a positive control before it",
            "chat/x.yaml:7:5: no step is observed by anybody but its actor: a mute server would pass",
        ],
    );
    // A step that is heard is its own control.
    let heard = "  - by: ada\n    send: {event: chat, room: $room, text: \"hi $nonce\"}\n    expect:\n      - {to: [bob], must: {type: chat, from: $ada, message: \"hi $nonce\"}}\n    quiet: chat.room\n";
    says(&linted(&loaded("chat.room", heard)), &[]);
    // What only the actor hears is no control, nor is another event than chat.
    let own = heard.replace("to: [bob]", "to: [ada]");
    assert_eq!(linted(&loaded("chat.room", &own)).len(), 2);
    for kind in ["may", "not"] {
        let found = linted(&loaded(
            "chat.room",
            &heard.replace("must:", &format!("{kind}:")),
        ));
        assert!(
            found
                .iter()
                .any(|found| found.contains("a mute server would pass")),
            "{kind}: {found:#?}"
        );
    }
}

/// Each way to claim that something does not come is such a silence.
#[test]
fn refusals_and_forbidden_messages_are_silence_too() {
    let alone = "  - enter: {who: [ada]}\n";
    for claim in [
        "    refused: [21]\n    rule: chat.room\n",
        "    expect:\n      - {to: [bob], not: {type: chat, from: $eve}}\n",
        "    quiet: chat.room\n",
    ] {
        let step = format!(
            "  - by: eve\n    send: {{event: chat, room: $room, text: \"psst $nonce\"}}\n{claim}"
        );
        let found = linted(&loaded("chat.room", &format!("{alone}{step}{EXCHANGE}")));
        says(
            &found,
            &["chat/x.yaml:8:5: silence without a positive control before it"],
        );
    }
    let plain = "  - by: eve\n    send: {event: chat, room: $room, text: \"psst $nonce\"}\n    expect:\n      - {to: [eve], may: {type: chat, from: $eve}}\n";
    says(
        &linted(&loaded("chat.room", &format!("{alone}{plain}{EXCHANGE}"))),
        &[],
    );
}

#[test]
fn variables_and_operators_exist() {
    let unknown = "`$nobody`";
    for step in [
        "  - by: eve\n    send: {event: chat, room: $nobody, text: hi}\n",
        "  - by: eve\n    emit: {event: message, args: [$nobody]}\n",
        "  - by: eve\n    batch:\n      - {event: chat, room: $nobody}\n",
        "  - by: eve\n    burst: {count: 2, send: {event: chat, text: $nobody}}\n",
        "  - by: eve\n    packets: ['42[\"chat\",\"$nobody\"]']\n",
        "  - by: eve\n    frames: ['42[\"chat\",\"$nobody\"]']\n",
        "  - by: eve\n    send: {event: users}\n    expect:\n      - {to: [eve], must: {type: users, message: $nobody}}\n",
    ] {
        let found = framed(step);
        assert!(
            found.len() == 1
                && found[0].starts_with("chat/x.yaml:9:5: ")
                && found[0].contains("nobody"),
            "{step}: {unknown}: {found:#?}"
        );
        says(&framed(&step.replace("$nobody", "$eve")), &[]);
    }
    let generator = "  - by: eve\n    send: {event: chat, list: [{$listing: [x]}]}\n";
    says(
        &framed(generator),
        &["chat/x.yaml:9:5: `$listing` is no generator; there are $repeat, $image, $concat"],
    );
    let expects = |pattern: &str| {
        framed(&format!(
            "  - by: eve\n    send: {{event: users}}\n    expect:\n      - {{to: [eve], must: {{type: users, message: {pattern}}}}}\n"
        ))
    };
    for pattern in [
        "{$lisding: [x]}",
        "[{$lisding: [x]}]",
        "{a: {$lisding: [x]}}",
    ] {
        says(
            &expects(pattern),
            &["chat/x.yaml:9:5: `$lisding` is no operator; there are "],
        );
    }
    says(&expects("{$listing: [x]}"), &[]);
    // What an expectation captures is known everywhere.
    for pattern in ["{$capture: nobody}", "[{$capture: nobody}]"] {
        let captured = "  - by: eve\n    send: {event: chat, text: $nobody}\n    expect:\n      - {to: [eve], may: {type: chat, message: PATTERN}}\n";
        says(&framed(&captured.replace("PATTERN", pattern)), &[]);
    }
}

#[test]
fn an_id_stands_once() {
    let one = || loaded("chat.room", EXCHANGE);
    assert!(lint::lint_all(&[one()]).is_empty());
    let found: Vec<String> = lint::lint_all(&[one(), one()])
        .iter()
        .map(ToString::to_string)
        .collect();
    says(
        &found,
        &["chat/x.yaml:1:5: the id `chat/x` stands in another fixture too"],
    );
}

/// The parser knows its own terms alone, so the file says what belongs there, with an example.
#[test]
fn another_kind_of_value_says_what_belongs_there() {
    for (step, expected) in [
        (
            "enter: ada",
            "`enter` takes keys and values, such as `enter: {who: [ada, bob]}`",
        ),
        (
            "exchange: ada",
            "`exchange` takes keys and values, such as `exchange: {from: ada, to: [bob]}`",
        ),
        (
            "listing: ada",
            "`listing` takes keys and values, such as `listing: {by: ada, holds: [ada, bob]}`",
        ),
        (
            "depart: ada",
            "`depart` takes keys and values, such as `depart: {who: bob, heard: [ada]}`",
        ),
        (
            "burst: ada",
            "`burst` takes keys and values, such as `burst: {key: value}`",
        ),
        (
            "enter: {who: ada}",
            "`who` takes a list, such as `who: [ada, bob]`",
        ),
        ("by: [ada]", "`by` takes one text, such as `by: ada`"),
    ] {
        let errors = fixture::load("chat/x.yaml", &text("chat.room", &format!("  - {step}\n")));
        let error = errors.expect_err("another kind").remove(0);
        assert_eq!(error.what, expected, "{step}");
        assert_eq!(error.line, 7, "{step}");
        assert_eq!(
            error.to_string(),
            format!("chat/x.yaml:7:{}: {expected}", error.column)
        );
    }
}
