//! `chatspec test-client`: a right client holds everything, one with a defect breaks the rule of that defect, and one that does
//! nothing holds nothing.

mod program;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::Value;

use crate::program::{Ran, chatspec};

/// A defect, the scripts that show it, and the rules that break, each once.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

/// Whatever else may be said of such a client is said: the rules are all that break.
const WRONG: &[Row] = &[
    ("lost-path", &["talk"], &["client.opens"]),
    ("old", &["talk"], &["client.version"]),
    ("early", &["connect"], &["client.connect"]),
    ("garbage", &["talk"], &["client.packets", "client.join"]),
    ("two-arguments", &["talk"], &["client.event"]),
    ("malformed", &["talk"], &["client.message"]),
    (
        "attachments",
        &["talk"],
        &["client.text-frames", "client.join"],
    ),
    ("mute-pong", &["talk"], &["client.pong"]),
    ("stutters", &["talk"], &["client.unasked"]),
    ("echoes", &["receive"], &["client.unasked"]),
    ("sends-on", &["talk"], &["client.flood", "client.pong"]),
    (
        "prints-on",
        &["talk"],
        &["client.flood", "client.opens", "client.shows-only"],
    ),
    (
        "prints-a-line",
        &["talk"],
        &["client.flood", "client.opens"],
    ),
    ("renames", &["talk"], &["client.join"]),
    ("trims", &["talk"], &["client.chat", "client.unasked"]),
    ("tells-all", &["talk"], &["client.private"]),
    ("asks-elsewhere", &["talk"], &["client.users"]),
    ("leaves-elsewhere", &["talk"], &["client.leave"]),
    ("talks-on", &["left"], &["client.left"]),
    ("stays", &["talk"], &["client.quits"]),
    ("ends", &["receive"], &["client.lives", "client.shows"]),
    (
        "escapes",
        &["receive"],
        &["client.shows", "client.shows-only"],
    ),
    (
        "shows-all",
        &["receive"],
        &["client.shows-only", "client.unknown-type"],
    ),
    ("shows-twice", &["receive"], &["client.shows-only"]),
    (
        "dies-of-types",
        &["receive"],
        &["client.lives", "client.unknown-type"],
    ),
    (
        "dies-of-keys",
        &["receive"],
        &["client.lives", "client.extra-keys"],
    ),
    (
        "dies-of-events",
        &["receive"],
        &["client.lives", "client.unknown-event"],
    ),
    (
        "hears-all",
        &["receive"],
        &["client.shows-only", "client.unknown-event"],
    ),
    ("offended", &["refusal"], &["client.refusal"]),
    ("keeps-quiet", &["refusal"], &["client.refusal-shown"]),
    (
        "says-refusals",
        &["refusal"],
        &["client.refusal-shown", "client.shows-only"],
    ),
    ("impatient", &["retry"], &["client.retry"]),
    ("gives-up", &["away"], &["client.reconnects"]),
    ("forgets", &["away"], &["client.rejoins"]),
    ("hurries", &["away"], &["client.backoff"]),
    ("knocks-faster", &["patience"], &["client.backoff.grows"]),
    ("hangs", &["talk"], &["client.pong"]),
];

/// A run, and the verdict on each rule.
struct Judged {
    ran: Ran,
    rules: BTreeMap<String, Value>,
}

async fn test(defect: &str, scripts: &[&str]) -> Judged {
    let command = program::command(defect);
    let mut args = vec!["test-client", "--json", "--cmd", &command];
    if defect != "idle" {
        // A busy machine may take its time; who says nothing to any script is waited for long enough as it is.
        args.extend(["--timeout-scale", "3"]);
    }
    for script in scripts {
        args.extend(["--case", script]);
    }
    let ran = chatspec(args).await;
    let document: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:#?}"));
    let rules = document["rules"].as_array().expect("a list of rules");
    let rules = rules
        .iter()
        .map(|rule| {
            (
                rule["rule"].as_str().unwrap_or_default().to_owned(),
                rule.clone(),
            )
        })
        .collect();
    Judged { ran, rules }
}

impl Judged {
    fn of(&self, verdicts: &[&str]) -> Vec<&str> {
        let is = |rule: &Value| verdicts.iter().any(|verdict| rule["verdict"] == *verdict);
        self.rules
            .iter()
            .filter(|(_, rule)| is(rule))
            .map(|(name, _)| name.as_str())
            .collect()
    }
}

#[tokio::test]
async fn a_right_client_holds_every_rule() {
    let judged = test("none", &[]).await;
    assert_eq!(
        judged.of(&["pass"]).len(),
        judged.rules.len(),
        "{:#?}",
        judged.rules
    );
    assert_eq!(judged.rules.keys().cloned().collect::<Vec<_>>(), clauses());
    judged.ran.exits(0);
}

#[tokio::test]
async fn each_wrong_client_breaks_its_rule() {
    let wrong: Vec<String> = stream::iter(WRONG)
        .map(async |(defect, scripts, breaks)| {
            let judged = test(defect, scripts).await;
            let mut breaks = breaks.to_vec();
            breaks.sort_unstable();
            let broken = judged.of(&["fail", "warn"]);
            (broken != breaks).then(|| format!("{defect}: {broken:?}, not {breaks:?}"))
        })
        .buffered(4)
        .filter_map(async |wrong| wrong)
        .collect()
        .await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_rule_is_broken_by_a_wrong_client() {
    let unbroken: Vec<String> = clauses()
        .into_iter()
        .filter(|rule| {
            !WRONG
                .iter()
                .any(|(.., breaks)| breaks.contains(&rule.as_str()))
        })
        .collect();
    assert!(unbroken.is_empty(), "{unbroken:?}");
}

#[tokio::test]
async fn who_does_nothing_holds_nothing() {
    for defect in ["idle", "crashes"] {
        let judged = test(defect, &[]).await;
        assert_eq!(judged.of(&["pass"]), Vec::<&str>::new(), "{defect}");
        assert!(judged.of(&["fail"]).contains(&"client.opens"), "{defect}");
        judged.ran.exits(1);
    }
}

#[tokio::test]
async fn a_crash_is_told_at_once_and_with_its_last_words() {
    let ran = chatspec(["test-client", "--cmd", &program::command("crashes")])
        .await
        .exits(1);
    assert!(ran.took < Duration::from_secs(30), "{ran:#?}");
    ran.says(&[
        "fail       client.lives",
        "exit status: 3",
        "no such \\u{1b}[31mlibrary",
    ]);
}

#[tokio::test]
async fn what_is_written_on_standard_error_costs_nothing_and_is_shown_where_it_helps() {
    let ran = chatspec([
        "test-client",
        "--case",
        "talk",
        "--cmd",
        &program::command("complains-on"),
    ])
    .await
    .exits(0);
    assert!(!ran.stdout.contains("warning"), "{ran:#?}");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_a_client_that_opens_nothing() {
    chatspec(["test-client", "--cmd", "no-such-program {url}"])
        .await
        .exits(1)
        .says(&["fail       client.opens", "exit status: 127"]);
}

#[tokio::test]
async fn no_script_of_that_name_is_no_pass() {
    chatspec(["test-client", "--case", "nope", "--cmd", "true"])
        .await
        .exits(4);
}

#[tokio::test]
async fn a_rule_names_the_scripts_that_test_it() {
    chatspec(["explain", "client.rejoins"])
        .await
        .exits(0)
        .says(&[
            "It binds clients.",
            "client/away ",
            "Test it: chatspec test-client",
        ]);
    chatspec(["explain", "client.message"])
        .await
        .exits(0)
        .says(&["client/*"]);
}

/// The rules of the spec's chapter, sorted.
fn clauses() -> Vec<String> {
    let text = include_str!("../../../../spec/src/client.md");
    let mut rules: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("r[")?.split_once(']'))
        .map(|(rule, _)| rule.to_owned())
        .collect();
    rules.sort();
    rules
}
