use chatspec_judge::report::{CaseReport, Report, Run};
use chatspec_judge::rule::{Keyword, Profile, Rules, RulesFile};
use serde_json::json;

use super::super::document;
use super::super::source::Head;
use super::*;

fn rule(name: &str, keyword: Keyword, slow: bool, untested: Option<&str>) -> Rule {
    Rule {
        name: name.to_owned(),
        keyword,
        profile: Profile::Core,
        slow,
        untested: untested.map(str::to_owned),
        text: String::new(),
        file: String::new(),
        line: 1,
    }
}

/// A case as reports have it.
fn case(fixture: &str, transport: &str, verdicts: &[(&str, &str)]) -> CaseReport {
    let rules: BTreeMap<&str, &str> = verdicts.iter().copied().collect();
    let case = json!({
        "id": format!("{fixture}@{transport}"),
        "title": "",
        "transport": transport,
        "verdict": "pass",
        "rules": rules,
        "findings": [],
    });
    serde_json::from_value(case).expect("a case")
}

fn source() -> Source {
    let rules = vec![
        rule("chat.room", Keyword::Must, false, None),
        rule("chat.cited", Keyword::Must, false, None),
        rule("chat.slow", Keyword::Must, true, None),
        rule("chat.load", Keyword::Must, false, Some("it takes load")),
        rule("message.closure", Keyword::MustNot, false, None),
        rule(
            "client.join",
            Keyword::Must,
            false,
            Some("it binds clients"),
        ),
        rule(
            "client.lost",
            Keyword::Must,
            false,
            Some("it binds clients"),
        ),
    ];
    let known = Rules::from(RulesFile {
        revision: "1.0".to_owned(),
        rules: rules.clone(),
    });
    let head = |id: &str, rules: &[&str], slow| {
        let head = Head {
            id: id.to_owned(),
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            slow,
        };
        (id.to_owned(), head)
    };
    let cases = vec![
        case(
            "chat/room",
            "websocket",
            &[
                ("chat.room", "pass"),
                ("chat.cited", "unverified"),
                ("message.closure", "pass"),
            ],
        ),
        case(
            "hostile/json/deep#J-01",
            "polling",
            &[("chat.room", "fail")],
        ),
    ];
    Source {
        rules,
        reports: vec![Report::new(&Run::default(), &known, cases)],
        fixtures: BTreeMap::from([
            head("chat/room", &["chat.room", "chat.cited"], false),
            head("chat/slow", &["chat.slow"], true),
            head("hostile/json/deep", &["chat.room"], false),
        ]),
        faults: BTreeMap::from([(
            "chat.room".to_owned(),
            vec!["mute".to_owned(), "deaf".to_owned()],
        )]),
        scripts: BTreeMap::from([("client.join".to_owned(), vec!["client/talk".to_owned()])]),
        matrix: Some("| fault |\n|---|\n| `mute` | x |\n".to_owned()),
    }
}

fn find<'a>(coverage: &'a Coverage, name: &str) -> &'a Covered {
    coverage
        .rules
        .iter()
        .find(|covered| covered.rule.name == name)
        .unwrap()
}

#[test]
fn only_evidence_makes_a_rule_tested() {
    let coverage = Coverage::new(&source());
    let room = find(&coverage, "chat.room");
    assert_eq!(room.state, State::Tested);
    assert_eq!(room.fixtures, ["chat/room", "hostile/json/deep"]);
    assert_eq!(room.transports, ["polling", "websocket"]);
    assert_eq!(find(&coverage, "chat.cited").state, State::Untested);
    assert_eq!(find(&coverage, "chat.slow").state, State::Slow);
    assert_eq!(find(&coverage, "chat.slow").fixtures, ["chat/slow"]);
    assert_eq!(
        find(&coverage, "chat.load").state,
        State::NotTestable("it takes load".to_owned())
    );
    let closure = find(&coverage, "message.closure");
    assert!(closure.invariant && closure.state == State::Tested && closure.fixtures.is_empty());
}

#[test]
fn faults_and_their_absence_are_told() {
    let coverage = Coverage::new(&source());
    assert_eq!(find(&coverage, "chat.room").faults, ["mute", "deaf"]);
    assert_eq!(
        (coverage.faults.all, coverage.faults.in_matrix),
        (2, Some(1))
    );
    let unbroken: Vec<&str> = coverage.unbroken().map(|c| c.rule.name.as_str()).collect();
    assert_eq!(
        unbroken,
        ["message.closure"],
        "untested ones are in another list"
    );
    assert_eq!(
        document::summary(&coverage),
        "7 rules: 1 not testable, 2 tested, 1 tested on clients, 0 tested on several nodes, 1 tested with --slow, 2 untested; 1 MUSTs that no fault breaks yet"
    );
}

#[test]
fn the_documents_say_all_of_it() {
    let coverage = Coverage::new(&source());
    let text = document::markdown(&coverage);
    for line in [
        "2 faults break rules; the kill matrix shows 1 of them caught.",
        "## MUSTs that no fault breaks yet: 1\n\n- `message.closure`\n",
        "| `chat.load` | MUST | core | not testable: it takes load |",
        "| `client.join` | MUST | core | `client/talk` |  |  |",
        "| `client.lost` | MUST | core | no case came to it |",
        "| `chat.cited` | MUST | core | no case came to it |",
        "| `chat.room` | MUST | core | `chat/room` `hostile/json/deep` | polling, websocket | `mute` `deaf` |",
        "| `message.closure` | MUST NOT | core | every conversation | websocket |  |",
    ] {
        assert!(text.contains(line), "{line:?} in\n{text}");
    }
    let value: serde_json::Value = serde_json::from_str(&document::json(&coverage)).unwrap();
    assert_eq!(value["rules"].as_array().unwrap().len(), 7);
    assert_eq!(value["counts"]["tested"], 2);
    assert_eq!(value["rules"][3]["reason"], "it takes load");
}
