//! Written conversations with a line that is missing, comes twice, or has another word: what is said of each, and where, is what the
//! file beside this one has.

use std::fmt::Write;
use std::path::Path;

use chatspec_judge::fixture::{self, lint};
use chatspec_judge::rule::Rules;

use crate::fixtures::rules;
use crate::golden;

/// A few that have much in them, each of another kind.
const FIXTURES: [&str; 8] = [
    "cluster/order-node",
    "cluster/private",
    "hardened-order/total",
    "hardened-presence/unanswered",
    "users/order",
    "join/same-name",
    "hardened-message/binary-attached",
    "hardened-order/upgrade-sending",
];

#[test]
fn each_wrong_line_is_told_like_this() {
    let rules = rules();
    let mut text = String::new();
    for name in FIXTURES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fixtures/conversations")
            .join(format!("{name}.yaml"));
        let source = std::fs::read_to_string(path).expect("a fixture");
        let lines: Vec<&str> = source.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let with = |new: &[&str]| {
                let all = [&lines[..number], new, &lines[number + 1..]].concat();
                format!("{}\n", all.join("\n"))
            };
            let others = [
                ("gone", with(&[])),
                ("twice", with(&[line, line])),
                ("other name", with(&[&line.replacen("ada", "zed", 1)])),
                ("other rule", with(&[&line.replacen("order.", "ordre.", 1)])),
                (
                    "other node",
                    with(&[&line.replacen("node: 2", "node: 1", 1)]),
                ),
                ("other room", with(&[&line.replacen("$room", "$hall", 1)])),
                (
                    "other profile",
                    with(&[&line.replacen("hardened", "core", 1)]),
                ),
                ("other kind", with(&[&line.replacen("must:", "not:", 1)])),
            ];
            for (what, other) in others.into_iter().filter(|(_, other)| *other != source) {
                let said = said(&other, &rules);
                writeln!(text, "{name}:{} {what}: {said}", number + 1).expect("text");
            }
        }
    }
    golden::is("mistaken/lines.txt", &text);
}

fn said(text: &str, rules: &Rules) -> String {
    let loaded = fixture::load("x.yaml", text);
    let whole = format!("{loaded:?}");
    let errors = match loaded {
        Err(errors) => errors,
        Ok(fixture) => lint::lint(&fixture, rules),
    };
    let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
    match all.as_slice() {
        [] => format!("nothing {:016x}", golden::hash(&whole)),
        all => all.join(" / ").replace('\n', "\\n"),
    }
}
