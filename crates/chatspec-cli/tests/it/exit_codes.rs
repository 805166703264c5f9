//! Exit codes are API: each has a run that ends with it, and the error says what was tried and how to mend it.

mod reorder;

use std::collections::BTreeMap;
use std::time::Duration;

use chatspec_judge::fixture::TransportName;
use chatspec_judge::report::{CaseReport, Report, Run};
use chatspec_judge::rule::Rules;
use chatspec_judge::verdict::Verdict;

use crate::dummies::server::{Dead, Door, Server};
use crate::dummies::seven;
use crate::program::{Ran, chatspec};
use crate::suite::{self, UNHURRIED};

/// One small case.
const CASE: &str = "chat/room@websocket";

/// `chatspec test` with these arguments, on the smallest data that will do.
async fn test(args: &[&str]) -> Ran {
    let data = suite::data(&["chat/room", "transport/polling"]);
    let folder = data.path().display().to_string();
    let fixed = ["test", "--data", &folder];
    chatspec(fixed.iter().chain(args)).await
}

#[tokio::test]
async fn zero_where_the_server_conforms() {
    let ran = chatspec(["test", "--case", "chat/room@websocket"])
        .await
        .exits(0)
        .says(&[
            "ok chat",
            "1/1",
            " rules of client.* are for `chatspec test-client`",
            "a filtered run says nothing about conformance",
        ]);
    assert!(!ran.stdout.contains("client.opens"), "{}", ran.stdout);
}

#[tokio::test]
async fn one_where_a_rule_is_violated() {
    let server = Server::start(seven::open(seven::echo)).await;
    test(&[
        &server.url,
        "--case",
        CASE,
        "--seed",
        "7",
        UNHURRIED[0],
        UNHURRIED[1],
    ])
    .await
    .exits(1)
    .says(&[
        "FAIL ",
        "expected",
        "saw",
        "does not conform",
        &format!(
            "repeat: chatspec test {} --profile core --seed 7",
            server.url
        ),
    ]);
}

#[tokio::test]
async fn two_where_the_command_line_is_wrong() {
    test(&["--no-such-flag"])
        .await
        .exits(2)
        .complains(&["--no-such-flag", "Usage"]);
    test(&["--profile", "strict"])
        .await
        .exits(2)
        .complains(&["`strict` is no profile; there are core and hardened"]);
    test(&["--report", "pdf=x"])
        .await
        .exits(2)
        .complains(&["`pdf` is no format; there are json, junit"]);
    test(&["--case", "chat/[room"])
        .await
        .exits(2)
        .in_one_line()
        .complains(&["chat/[room", "pattern"]);
    test(&["localhost:5005"])
        .await
        .exits(2)
        .in_one_line()
        .complains(&["localhost:5005", "http://"]);
    test(&["http://127.0.0.1:1", "--header", "nothing"])
        .await
        .exits(2)
        .in_one_line()
        .complains(&["\"nothing\"", "NAME: VALUE"]);
}

#[tokio::test]
async fn three_where_nothing_listens() {
    let dead = Dead::new();
    let ran = test(&[&dead.url]).await.exits(3).in_one_line().complains(&[
        &dead.url.replace("http", "ws"),
        "is the server running, and are host, port and scheme right?",
    ]);
    assert!(ran.took < Duration::from_secs(10), "{:?}", ran.took);
}

#[tokio::test]
async fn three_where_a_web_server_knows_no_socket_io() {
    let page = "<!doctype html><title>404</title>".to_owned();
    let server = Server::start(Door::Answers("404 Not Found", page)).await;
    test(&[&server.url])
        .await
        .exits(3)
        .in_one_line()
        .complains(&["/socket.io/", "404 Not Found", "is its path right?"]);
}

#[tokio::test]
async fn three_where_the_server_hangs() {
    let silent = Server::start(Door::Silent).await;
    let mute = Server::start(seven::connected_mute()).await;
    // Half of the usual patience leaves a busy machine the other half.
    let to = |url| [url, "--timeout-scale", "0.5"];
    let (to_silent, to_mute) = (to(silent.url.as_str()), to(mute.url.as_str()));
    let (silent, mute) = tokio::join!(test(&to_silent), test(&to_mute));
    let silent = silent
        .exits(3)
        .in_one_line()
        .complains(&["timed out after", "is the server alive"]);
    let mute = mute.exits(3).in_one_line().complains(&[
        "`users` request",
        "not answered",
        "is this the chat server",
    ]);
    assert!(silent.took < Duration::from_secs(10), "{:?}", silent.took);
    assert!(mute.took < Duration::from_secs(10), "{:?}", mute.took);
}

#[tokio::test]
async fn three_where_the_command_ends_at_once() {
    test(&["--cmd", "exit 7"]).await.exits(3).complains(&[
        "\"exit 7\"",
        "exit status: 7",
        "it printed nothing",
    ]);
    test(&["--cmd", r#"sh -c "echo broken >&2; exit 1""#])
        .await
        .exits(3)
        .complains(&[
            "it ended before it answered",
            "exit status: 1",
            "its last 1 line",
            "  broken",
        ]);
}

#[tokio::test]
async fn three_where_the_command_never_listens() {
    test(&["--cmd", "echo hello; tail -f /dev/null", "--wait", "0.3"])
        .await
        .exits(3)
        .complains(&["it did not answer within 0.3 s (--wait)", "  hello"]);
}

#[tokio::test]
async fn a_command_is_started_tested_and_ended() {
    let program = env!("CARGO_BIN_EXE_chatspec");
    let command = format!("'{program}' serve --listen 127.0.0.1:{{port}}");
    let ran = test(&["--cmd", &command, "--case", CASE]).await.exits(0);
    let url = ran
        .stdout
        .split(" · ")
        .find(|part| part.starts_with("http://"));
    let url = url
        .expect("the head names the server")
        .trim_end_matches('/')
        .to_owned();
    // Whether it has ended shows in that nothing listens there any more.
    test(&[&url]).await.exits(3);
}

#[tokio::test]
async fn four_where_nothing_matches() {
    test(&["--case", "no/such"])
        .await
        .exits(4)
        .in_one_line()
        .complains(&["the filters match none", "chatspec list cases"]);
    test(&["--rule", "no.such.*"]).await.exits(4);
    test(&["--case", "chat/room", "--skip", "*"]).await.exits(4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_where_silence_proves_nothing() {
    let server = reorder::start().await;
    test(&[&server.url, "--case", CASE])
        .await
        .exits(5)
        .says(&["out of order; silence proves nothing", "inconclusive"]);
    // What is violated counts more than what is in doubt.
    let (case, order) = ("--case", "{chat/room@websocket,transport/polling@*}");
    test(&[&server.url, case, order])
        .await
        .exits(1)
        .says(&["FAIL ", "inconclusive"]);
}

/// Nothing ran, then our own error, then a violation, then doubt: the first of these that there is decides.
#[test]
fn the_gravest_decides() {
    let rules = Rules::from_json(&suite::text("spec/generated/rules.json")).expect("rules");
    let exit = |cases: &[CaseReport]| {
        let run = Run {
            filtered: true,
            ..Run::default()
        };
        Report::new(&run, &rules, cases.to_vec()).exit_code(false)
    };
    let held = case("chat.room", Verdict::Pass, None);
    let doubt = case("chat.no-echo", Verdict::Inconclusive, None);
    let blocked = case("chat.no-echo", Verdict::Blocked, None);
    let broken = case("order.once", Verdict::Fail, None);
    let ours = case(
        "join.announce",
        Verdict::Error,
        Some("a mistake of the suite"),
    );
    assert_eq!(exit(&[]), 4);
    assert_eq!(exit(std::slice::from_ref(&held)), 0);
    assert_eq!(exit(&[held.clone(), doubt.clone()]), 5);
    assert_eq!(exit(&[held.clone(), blocked]), 5);
    assert_eq!(exit(&[held.clone(), doubt.clone(), broken.clone()]), 1);
    assert_eq!(exit(&[held, doubt, broken, ours]), 3);
}

/// A SHOULD that does not hold is a warning, unless `--strict` says otherwise.
#[test]
fn strict_makes_a_warning_a_failure() {
    let rules = Rules::from_json(&suite::text("spec/generated/rules.json")).expect("rules");
    let run = Run {
        filtered: true,
        ..Run::default()
    };
    let warned = case("users.order", Verdict::Warn, None);
    let report = Report::new(&run, &rules, vec![warned]);
    assert_eq!((report.exit_code(false), report.exit_code(true)), (0, 1));
}

fn case(rule: &str, verdict: Verdict, error: Option<&str>) -> CaseReport {
    CaseReport {
        id: format!("{rule}@websocket"),
        title: String::new(),
        transport: TransportName::Websocket,
        verdict,
        rules: BTreeMap::from([(rule.to_owned(), verdict)]),
        findings: vec![],
        blocked_by: None,
        error: error.map(str::to_owned),
        transcript: None,
        known: BTreeMap::new(),
        network: None,
        nodes: Default::default(),
        limited: false,
    }
}
