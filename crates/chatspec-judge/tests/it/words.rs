//! What people read: words of verdicts and outcomes, keywords, brief values, cut recordings, and what may be meant.

use chatspec_judge::finding::{Outcome, describe};
use chatspec_judge::pattern::{brief, cut, cut_text, differs_plainly};
use chatspec_judge::rule::{Keyword, Level, Profile, Rules};
use chatspec_judge::transcript::{Entry, What};
use chatspec_judge::verdict::Verdict;
use serde_json::{Value, json};

use crate::results::{rules, transcript};

/// Reports, baselines and schemas have one word for one thing.
#[test]
fn words_are_those_of_the_report() {
    for verdict in [
        Verdict::Observed,
        Verdict::Pass,
        Verdict::Warn,
        Verdict::Unverified,
        Verdict::Inconclusive,
        Verdict::Blocked,
        Verdict::Error,
        Verdict::Fail,
    ] {
        assert_eq!(json!(verdict), verdict.word());
    }
    for outcome in [
        Outcome::Held,
        Outcome::HeldBySilence,
        Outcome::Missing,
        Outcome::Different,
        Outcome::Unexpected,
        Outcome::Duplicate,
        Outcome::Order,
        Outcome::Late,
        Outcome::Dead,
    ] {
        assert_eq!(json!(outcome), outcome.word());
        let held = matches!(outcome, Outcome::Held | Outcome::HeldBySilence);
        assert_eq!(outcome.is_violation(), !held, "{outcome:?}");
    }
    for profile in [Profile::Core, Profile::Hardened] {
        assert_eq!(json!(profile), profile.to_string());
    }
}

#[test]
fn keywords_are_those_of_the_spec() {
    for (keyword, text, level) in [
        (Keyword::Must, "MUST", Level::Must),
        (Keyword::MustNot, "MUST NOT", Level::Must),
        (Keyword::Should, "SHOULD", Level::Should),
        (Keyword::ShouldNot, "SHOULD NOT", Level::Should),
        (Keyword::May, "MAY", Level::May),
    ] {
        assert_eq!((keyword.text(), keyword.level()), (text, level));
    }
}

#[test]
fn the_rule_that_may_be_meant_is_near() {
    let rules = rules();
    for (name, near) in [
        ("chat.rom", Some("chat.room")),
        ("chat.roommate", Some("chat.room")),
        ("user.ordr", Some("users.order")),
        ("ack", None),
        ("something.else", None),
    ] {
        assert_eq!(rules.nearest(name), near, "{name}");
    }
    let text = r#"{"revision": "1.0", "rules": [{"name": "a.b", "keyword": "MUST", "profile": "core", "slow": false, "text": "x", "file": "f", "line": 3}]}"#;
    let read = Rules::from_json(text).expect("a file of rules");
    assert_eq!(read.revision(), "1.0");
    assert_eq!(read.find("a.b").map(|rule| rule.line), Some(3));
    assert_eq!(read.iter().count(), 1);
    assert!(Rules::from_json("{}").is_err());
}

#[test]
fn an_event_is_described_on_one_line() {
    assert_eq!(
        describe("chat", &[json!({"type": "chat"})]),
        r#"{"type":"chat"}"#
    );
    assert_eq!(describe("chat", &[json!(1), json!(2)]), "[1,2]");
    assert_eq!(
        describe("message", &[json!("no")]),
        r#"event "message" "no""#
    );
    let long = describe(&"e".repeat(1_000), &[]);
    assert!(
        long.starts_with("event \"eee") && long.len() < 200,
        "{long}"
    );
}

#[test]
fn a_brief_value_is_bounded() {
    let short = json!({"a": ["b", 1, null]});
    assert_eq!(brief(&short), short.to_string());
    let text = "x".repeat(120);
    assert_eq!(brief(&json!(text)), format!("{text:?}"));
    let cut = brief(&json!("x".repeat(121)));
    assert_eq!(cut, format!("\"{text}... (121 characters)\""));
    // 240 characters in all are whole, and more are cut.
    let digits = |count: usize| Value::Array(vec![json!(1); count]);
    let whole = json!(["a", "x".repeat(117), "y".repeat(112)]);
    assert_eq!(brief(&whole), whole.to_string());
    let longer = json!(["a", "x".repeat(117), "y".repeat(113)]);
    let expected: String = longer
        .to_string()
        .chars()
        .take(240)
        .chain("...".chars())
        .collect();
    assert_eq!(brief(&longer), expected);
    assert!(brief(&digits(1_000)).len() < 300);
}

#[test]
fn what_is_long_is_cut_and_says_how_long_it_was() {
    assert_eq!(cut_text("größer", 4), "größ... (6 characters)");
    assert_eq!(cut_text("größer", 6), "größer");
    let items = |count: usize| Value::Array((0..count).map(|n| json!(n)).collect());
    assert_eq!(cut(&items(100), 9), items(100));
    let short = cut(&items(101), 9);
    assert_eq!(short.as_array().map(Vec::len), Some(101));
    assert_eq!(short[100], json!("... (101 items)"));
    let object = |count: usize| -> Value {
        (0..count)
            .map(|n| (format!("k{n}"), json!(n)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    assert_eq!(cut(&object(100), 9), object(100));
    assert_eq!(cut(&object(101), 9)["... (101 items)"], Value::Null);
    let nested = json!({"a": ["abcdef"], "abcdef": 1});
    assert_eq!(
        cut(&nested, 3),
        json!({"a": ["abc... (6 characters)"], "abc... (6 characters)": 1})
    );
}

#[test]
fn a_text_that_is_spelled_out_differs_plainly() {
    let pattern = json!({"type": "chat", "from": {"$any": "string"}, "count": 1});
    for (value, differs) in [
        (json!({"type": "chat", "from": "x"}), false),
        (json!({"type": "image", "from": "x"}), true),
        (json!({"from": "x"}), false),
        (json!({"type": 7}), false),
        (json!({"type": "chat", "count": 2}), false),
        (json!("chat"), false),
    ] {
        assert_eq!(differs_plainly(&pattern, &value), differs, "{value}");
    }
    assert!(
        !differs_plainly(&json!({"$regex": "a"}), &json!({"$regex": "b"})),
        "an operator"
    );
}

#[test]
fn a_recording_is_cut_for_the_report() {
    let long = "x".repeat(11);
    let whole = "y".repeat(10);
    let short = "xxxxxxxxxx... (11 characters)";
    let recorded = [
        What::Event {
            name: long.clone(),
            args: vec![json!(long), json!(whole)],
        },
        What::Sent {
            event: "chat".to_owned(),
            args: vec![json!({"a": long})],
            ack: None,
        },
        What::Acked {
            id: 1,
            args: vec![json!(long)],
        },
        What::SentRaw { text: long.clone() },
        What::SentRaw {
            text: whole.clone(),
        },
        What::BarrierSent,
    ];
    let mut recording = transcript("chat/x");
    recording.entries = recorded
        .into_iter()
        .map(|what| Entry {
            at: 0,
            step: 0,
            who: "ada".to_owned(),
            what,
        })
        .collect();
    let cut: Vec<What> = recording
        .cut(10)
        .entries
        .into_iter()
        .map(|entry| entry.what)
        .collect();
    let expected = [
        What::Event {
            name: short.to_owned(),
            args: vec![json!(short), json!(whole)],
        },
        What::Sent {
            event: "chat".to_owned(),
            args: vec![json!({"a": short})],
            ack: None,
        },
        What::Acked {
            id: 1,
            args: vec![json!(short)],
        },
        What::SentRaw {
            text: "xxxxxxxxxx...".to_owned(),
        },
        What::SentRaw { text: whole },
        What::BarrierSent,
    ];
    assert_eq!(cut, expected);
}
