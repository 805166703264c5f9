//! Everything that a server of two nodes can do wrong with one message: what is said of it is what the file beside this one has.

use std::fmt::Write;

use chatspec_judge::case::Judgement;
use chatspec_judge::fixture::Fixture;
use chatspec_judge::verdict::Verdict;
use serde_json::json;

use super::{Heard, committed, conversation, judged};
use crate::golden;

type Twist = fn(&mut Heard, &'static str);

/// What is done to what one hears in one step.
const TWISTS: [(&str, Twist); 6] = [
    ("the first is lost", |heard, who| {
        _ = heard
            .get_mut(who)
            .filter(|heard| !heard.is_empty())
            .map(|heard| heard.remove(0));
    }),
    ("all is lost", |heard, who| {
        heard.entry(who).or_default().clear();
    }),
    ("the last comes twice", |heard, who| {
        let heard = heard.entry(who).or_default();
        heard.extend(heard.last().cloned());
    }),
    ("the first two change places", |heard, who| {
        let heard = heard.entry(who).or_default();
        if heard.len() > 1 {
            heard.swap(0, 1);
        }
    }),
    ("the last is another text", |heard, who| {
        if let Some(last) = heard.entry(who).or_default().last_mut() {
            last["message"] = json!("never said");
        }
    }),
    ("a stray comes first", |heard, who| {
        let stray = json!({"type": "chat", "from": "ZED", "message": "who is this"});
        heard.entry(who).or_default().insert(0, stray);
    }),
];

/// Conversations that have what the committed ones have not: messages to one, images, rules that core does not have.
fn more() -> Vec<(String, Fixture)> {
    let says = |send: &str, to: &str, must: &str, rule: &str| {
        format!(
            "  - by: ada\n    send: {send}\n    expect:\n      - {{to: [{to}], must: {must}, rule: {rule}}}\n"
        )
    };
    let hi = "{type: chat, message: \"hi $nonce\"}";
    let room = |rule: &str| {
        says(
            "{event: chat, room: $den, text: \"hi $nonce\"}",
            "bob, cora, dan",
            hi,
            rule,
        )
    };
    let one = says(
        "{event: chat, room: $den, user: $bob, text: \"hi $nonce\"}",
        "bob",
        hi,
        "chat.private.by-key",
    );
    let twice = [
        room("chat.room"),
        room("chat.room").replace("$nonce", "again $nonce"),
    ]
    .concat();
    [
        ("core", "room", room("chat.room")),
        ("core", "should", room("users.order")),
        ("core", "other profile", room("chat.members-only")),
        ("hardened", "room", room("chat.members-only")),
        ("hardened", "one", one),
        ("core", "twice", twice),
    ]
    .into_iter()
    .map(|(profile, name, steps)| (format!("{profile} {name}"), conversation(profile, &steps)))
    .collect()
}

#[test]
fn each_wrong_message_is_judged_like_this() {
    let names = ["delivery", "order-node"].map(|name| (name.to_owned(), committed(name)));
    let mut text = String::new();
    for (name, fixture) in names.into_iter().chain(more()) {
        for step in 0..fixture.steps.len() {
            for who in ["bob", "cora"] {
                for (what, twist) in TWISTS {
                    let judged = judged(&fixture, |index, heard| {
                        if index == step {
                            twist(heard, who);
                        }
                    });
                    if judged.verdict != Verdict::Pass {
                        writeln!(text, "{name}, step {step}, {who}: {what}").expect("text");
                        text += &told(&judged);
                    }
                }
            }
        }
    }
    golden::is("nodes/twists.txt", &text);
}

fn told(judged: &Judgement) -> String {
    let mut text = String::new();
    let wrong = judged
        .rules
        .iter()
        .filter(|(_, verdict)| **verdict != Verdict::Pass);
    let wrong: Vec<String> = wrong
        .map(|(rule, verdict)| format!("{rule} {verdict:?}"))
        .collect();
    writeln!(
        text,
        "  {}; blocked by {:?}",
        wrong.join(", "),
        judged.blocked_by
    )
    .expect("text");
    for finding in judged.findings.iter().take(3) {
        writeln!(
            text,
            "    {} {:?} {} {}",
            finding.rule, finding.outcome, finding.step, finding.who
        )
        .expect("text");
    }
    text
}
