//! Baselines: what is known is expected, what is not known or no longer true fails.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Message;

use crate::dummies::server::Dead;
use crate::program::{Ran, chatspec};
use crate::proxy::{self, Proxy};
use crate::suite;

/// The failure of the server below, and where it is known.
const KNOWN: &str = "entries:
  # The reason why there is a baseline.
  - case: chat/broadcast@websocket
    rule: chat.broadcast
    outcome: missing
    reason: its library refuses broadcast=True
";

/// A server whose broadcast is dead, two conversations, the rules that they cover, and a baseline.
struct Bench {
    data: TempDir,
    server: Proxy,
}

impl Bench {
    async fn new(baseline: Option<&str>) -> Bench {
        Bench::against(
            proxy::start(|batch| batch.retain(|message| !broadcasts(message))).await,
            baseline,
        )
    }

    fn against(server: Proxy, baseline: Option<&str>) -> Bench {
        let data = suite::data(&["chat/room", "chat/broadcast"]);
        for id in ["chat/room", "chat/broadcast"] {
            let path = format!("fixtures/conversations/{id}.yaml");
            let text = suite::text(&path).replacen(
                "participants:",
                "transports: [websocket]\nparticipants:",
                1,
            );
            suite::write(&data.path().join(path), &text);
        }
        let rules = "spec/generated/rules.json";
        suite::write(&data.path().join(rules), &covered(&suite::text(rules)));
        let bench = Bench { data, server };
        if let Some(text) = baseline {
            suite::write(&bench.file(), text);
        }
        bench
    }

    fn file(&self) -> PathBuf {
        self.data.path().join("known.yaml")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file()).expect("a baseline")
    }

    /// `chatspec test --baseline` with further arguments.
    async fn test(&self, args: &[&str]) -> Ran {
        let (data, file) = (
            self.data.path().display().to_string(),
            self.file().display().to_string(),
        );
        let fixed = [
            "test",
            &self.server.url,
            "--data",
            &data,
            "--baseline",
            &file,
        ];
        chatspec(fixed.iter().chain(args)).await
    }

    /// The same, with the JSON report.
    async fn report(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
        serde_json::from_str(&self.test(&args).await.stdout).expect("a report")
    }
}

/// The rules with all that the two conversations do not verify taken out of the score.
fn covered(rules: &str) -> String {
    let mut file: Value = serde_json::from_str(rules).expect("rules");
    let kept = [
        "chat.room",
        "chat.broadcast",
        "chat.no-echo",
        "message.closure",
    ];
    for rule in file["rules"].as_array_mut().expect("a list") {
        if !kept.iter().any(|name| rule["name"] == *name) {
            rule["untested"] = json!("no conversation here");
        }
    }
    file.to_string()
}

fn broadcasts(message: &Message) -> bool {
    let Message::Text(text) = message else {
        return false;
    };
    let parsed = text
        .strip_prefix("42")
        .and_then(|rest| serde_json::from_str::<Value>(rest).ok());
    parsed.is_some_and(|args| {
        let chat = &args[1];
        chat["event"] == "chat" && chat["room"].is_null() && chat["user"].is_null()
    })
}

#[tokio::test]
async fn without_a_baseline_it_fails() {
    let bench = Bench::new(None).await;
    let data = bench.data.path().display().to_string();
    chatspec(["test", &bench.server.url, "--data", &data])
        .await
        .exits(1)
        .says(&["FAIL chat.broadcast", "does not conform"]);
}

#[tokio::test]
async fn what_is_known_is_expected_and_never_green() {
    let bench = Bench::new(Some(KNOWN)).await;
    let ran = bench.test(&[]).await.exits(0).says(&[
        "expected chat.broadcast: fails in chat/broadcast@websocket",
        "its library refuses broadcast=True",
        "1 known failure, by ",
        "does not conform",
    ]);
    assert!(!ran.stdout.contains("FAIL"), "{}", ran.stdout);
    let report = bench.report(&[]).await;
    assert_eq!(report["conformant"], json!(false));
    assert_eq!(report["summary"]["baseline"]["known"], json!(1));
    assert_eq!(report["summary"]["rules"]["fail"], json!(1));
    let case = &report["cases"][0];
    assert_eq!(case["verdict"], "fail");
    assert_eq!(
        case["known"]["chat.broadcast"],
        "its library refuses broadcast=True"
    );
}

#[tokio::test]
async fn an_id_without_transport_and_a_pattern_will_do() {
    for case in ["chat/broadcast", "'chat/b*'"] {
        let text = KNOWN.replace("chat/broadcast@websocket", case);
        Bench::new(Some(&text)).await.test(&[]).await.exits(0);
    }
}

#[tokio::test]
async fn an_entry_that_no_longer_fails_is_stale() {
    let stale = format!(
        "{KNOWN}{}",
        KNOWN
            .lines()
            .skip(2)
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    )
    .replacen("chat/broadcast@websocket", "chat/room", 1)
    .replacen("chat.broadcast", "chat.room", 1);
    Bench::new(Some(&stale))
        .await
        .test(&[])
        .await
        .exits(1)
        .says(&[
            "known.yaml:3:11: stale: chat.room no longer fails in chat/room@websocket",
            "drop the entry, or run with --fix",
        ]);
}

/// What depends on who is faster may hold for once; it may not fail in another way.
#[tokio::test]
async fn what_comes_and_goes_is_not_stale() {
    let entry = |case: &str, rule: &str, outcome: &str| {
        format!(
            "  - {{case: {case}, rule: {rule}, outcome: {outcome}, reason: a race, sometimes: true}}\n"
        )
    };
    let text = format!(
        "{KNOWN}{}{}",
        entry("chat/room", "chat.room", "late"),
        entry("chat/r*", "chat.no-echo", "unexpected")
    );
    let bench = Bench::new(Some(&text)).await;
    bench.test(&[]).await.exits(0);
    bench.test(&["--fix"]).await.exits(0);
    assert_eq!(bench.text(), text);
    let other = format!(
        "entries:\n{}",
        entry("chat/broadcast", "chat.broadcast", "late")
    );
    let ran = Bench::new(Some(&other)).await.test(&[]).await.exits(1);
    ran.says(&["fails chat.broadcast in another way: missing instead of late"]);
}

#[tokio::test]
async fn an_entry_that_names_nothing_is_an_error() {
    let case = KNOWN.replace("chat/broadcast@", "chat/brodcast@");
    let ran = Bench::new(Some(&case)).await.test(&[]).await.exits(1);
    ran.says(&[
        "FAIL chat.broadcast",
        "`chat/brodcast@websocket` is no case; did you mean `chat/broadcast@websocket`?",
    ]);
    let rule = KNOWN.replace("chat.broadcast", "chat.brodcast");
    let ran = Bench::new(Some(&rule)).await.test(&[]).await.exits(1);
    ran.says(&[
        "FAIL chat.broadcast",
        "`chat.brodcast` is no rule of the spec; did you mean `chat.broadcast`?",
    ]);
}

#[tokio::test]
async fn another_way_to_fail_is_not_masked() {
    let other = KNOWN.replace("missing", "duplicate");
    Bench::new(Some(&other))
        .await
        .test(&[])
        .await
        .exits(1)
        .says(&[
            "FAIL chat.broadcast",
            "fails chat.broadcast in another way: missing instead of duplicate",
        ]);
}

#[tokio::test]
async fn entries_of_cases_that_do_not_run_are_not_stale() {
    let bench = Bench::new(Some(KNOWN)).await;
    bench.test(&["--case", "chat/room"]).await.exits(0);
}

#[tokio::test]
async fn nothing_masks_a_server_that_cannot_be_reached() {
    let mut bench = Bench::new(Some(KNOWN)).await;
    bench.server.url = Dead::new().url.clone();
    bench.test(&[]).await.exits(3);
    bench.test(&["--fix"]).await.exits(3);
    assert_eq!(bench.text(), KNOWN);
}

#[tokio::test]
async fn mistakes_in_the_file_have_a_place() {
    for (text, says) in [
        (
            "entries:\n  - case: a/b\n    rule: c\n    outcome: missing\n",
            ":4:5: missing field `reason`",
        ),
        (
            "entries:\n  - case: a/b\n    rule: c\n    outcome: missing\n    reason: ' '\n",
            ":5:13: the reason is empty",
        ),
        (
            "entries:\n  - case: a/b\n    rule: c\n    outcome: gone\n    reason: x\n",
            ":4:14: unknown variant `gone`",
        ),
        (
            "entries:\n  - case: a/b\n    rule: c\n    outcome: held\n    reason: x\n",
            ":2:11: `held` is no failure",
        ),
        (
            "entries:\n  - case: '*'\n    rule: c\n    outcome: late\n    reason: x\n",
            ":2:11: `*` names every case",
        ),
        (
            "entries:\n  - case: 'a/[b'\n    rule: c\n    outcome: late\n    reason: x\n",
            ":2:11: `a/[b` is no pattern",
        ),
        ("entrys: []\n", ":1:1: unknown field `entrys`"),
    ] {
        let bench = Bench::new(Some(text)).await;
        let place = format!("known.yaml{says}");
        bench
            .test(&[])
            .await
            .exits(2)
            .complains(&["of the baseline:", &place]);
    }
    let bench = Bench::new(None).await;
    bench
        .test(&[])
        .await
        .exits(2)
        .in_one_line()
        .complains(&["known.yaml"]);
}

#[tokio::test]
async fn fix_writes_what_the_next_run_accepts() {
    let bench = Bench::new(None).await;
    bench
        .test(&["--fix"])
        .await
        .exits(0)
        .complains(&["1 added", "warning: 1 entry without a reason of its own"]);
    assert!(
        bench.text().contains("case: chat/broadcast\n"),
        "{}",
        bench.text()
    );
    bench
        .test(&[])
        .await
        .exits(0)
        .complains(&["without a reason"]);
    let bench = Bench::new(None).await;
    let ran = bench
        .test(&["--fix", "--reason", "an old library: it's known"])
        .await
        .exits(0);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
    bench
        .test(&[])
        .await
        .exits(0)
        .says(&["an old library: it's known"]);
}

#[tokio::test]
async fn fix_keeps_reasons_comments_and_places() {
    let stale = "  - {case: chat/room, rule: chat.room, outcome: late, reason: mended since}\n";
    let bench = Bench::new(Some(&format!("about: ours\n{KNOWN}{stale}"))).await;
    bench
        .test(&["--fix"])
        .await
        .exits(0)
        .complains(&["1 entry, 0 added, 1 dropped"]);
    assert_eq!(bench.text(), format!("about: ours\n{KNOWN}"));
}

#[tokio::test]
async fn fix_is_refused_where_the_run_does_not_carry_it() {
    let bench = Bench::new(Some(KNOWN)).await;
    for filter in [
        ["--case", "chat/room"],
        ["--skip", "chat/room"],
        ["--transport", "websocket"],
    ] {
        let args: Vec<&str> = filter.into_iter().chain(["--fix"]).collect();
        bench
            .test(&args)
            .await
            .exits(2)
            .in_one_line()
            .complains(&["needs a whole run"]);
    }
    bench.test(&["--fix", "--fail-fast"]).await.exits(2);
    assert_eq!(bench.text(), KNOWN);
    chatspec(["test", "--fix"])
        .await
        .exits(2)
        .complains(&["--baseline"]);
}

#[tokio::test]
async fn verdicts_that_differ_are_told_and_no_ground_for_a_baseline() {
    let seen = AtomicUsize::new(0);
    let first =
        move |message: &Message| broadcasts(message) && seen.fetch_add(1, Ordering::Relaxed) == 0;
    let server = proxy::start(move |batch| batch.retain(|message| !first(message))).await;
    let bench = Bench::against(server, None);
    let ran = bench.test(&["--fix", "--repeat", "3"]).await.exits(2);
    ran.says(&["chat/broadcast@websocket  1 fail, 2 pass"])
        .complains(&["verdicts differ between repetitions in 1 case: chat/broadcast@websocket"]);
    assert!(!bench.file().exists());
}
