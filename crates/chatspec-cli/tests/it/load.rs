//! `chatspec load`: the checker is worth what it catches, so each fault of a server in small has to be named.

mod server;

use serde_json::Value;

use self::server::{Fault, start};
use crate::dummies::server::{Dead, Door, Server};
use crate::program::{Ran, chatspec};

/// A load that is over in half a second.
const SMALL: [&str; 8] = [
    "--rooms",
    "2",
    "--members",
    "5",
    "--duration",
    "0.4",
    "--seed",
    "7",
];

async fn load(scenario: &str, url: &str, args: &[&str]) -> Ran {
    chatspec(["load", scenario, url].iter().chain(&SMALL).chain(args)).await
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error} in {ran:#?}"))
}

#[tokio::test]
async fn an_honest_server_holds() {
    let server = start(Fault::Nothing).await;
    for scenario in ["fanout", "mixed"] {
        let ran = load(scenario, &server.url, &["--format", "json"])
            .await
            .exits(0);
        let report = json(&ran);
        let messages = &report["messages"];
        assert_eq!(messages["due"], messages["received"], "{report:#}");
        assert!(messages["received"].as_u64() > Some(0), "{report:#}");
        assert!(
            report["latency_ms"]["p99"].as_f64() > Some(0.0),
            "{report:#}"
        );
        assert_eq!(report["settings"]["rooms"], 2);
    }
}

#[tokio::test]
async fn each_fault_is_named_with_who_and_what() {
    let rows = [
        (Fault::Drops, "gap"),
        (Fault::Doubles, "duplicate"),
        (Fault::Swaps, "order"),
        (Fault::Strays, "stranger"),
        (Fault::Lies, "altered"),
        (Fault::Cuts, "altered"),
        (Fault::Hushes, "presence"),
        (Fault::Closes, "lost"),
    ];
    for (fault, kind) in rows {
        let server = start(fault).await;
        let ran = load("fanout", &server.url, &["--patience", "2"])
            .await
            .exits(1);
        let line = ran
            .stdout
            .lines()
            .find(|line| line.trim_start().starts_with(&format!("! {kind}: ")));
        let line = line.unwrap_or_else(|| panic!("{fault:?}: {ran:#?}"));
        for part in ["expected ", ", saw ", "-"] {
            assert!(line.contains(part), "{fault:?}: {line}");
        }
    }
}

#[tokio::test]
async fn the_embedded_server_holds_in_an_open_loop() {
    let ran = chatspec([
        "load",
        "mixed",
        "--rooms",
        "2",
        "--members",
        "4",
        "--rate",
        "60",
        "--duration",
        "1",
        "--format",
        "json",
    ])
    .await
    .exits(0);
    let report = json(&ran);
    assert!(
        report["messages"]["received"].as_u64() > Some(0),
        "{report:#}"
    );
    chatspec(["load", "storm", "-c", "40", "--members", "4"])
        .await
        .exits(0)
        .says(&["40 joined", "held"]);
    chatspec(["load", "hold", "-c", "40", "--duration", "0.2"])
        .await
        .exits(0)
        .says(&["40 joined", "held"]);
}

#[tokio::test]
async fn a_server_that_limits_makes_the_load_inconclusive() {
    let server = start(Fault::Limits).await;
    load("fanout", &server.url, &[]).await.exits(5).says(&[
        "inconclusive",
        "code 30",
        "wait 40 ms",
        "--rate",
        "--unlimited",
    ]);
}

#[tokio::test]
async fn a_server_that_throws_out_who_goes_on_makes_it_inconclusive() {
    let server = start(Fault::Ousts).await;
    load("fanout", &server.url, &[])
        .await
        .exits(5)
        .says(&["inconclusive", "code 30"]);
}

#[tokio::test]
async fn listings_that_are_lost_or_doubled_are_named() {
    for (fault, kind) in [
        (Fault::Forgets, "! gap: "),
        (Fault::Repeats, "! duplicate: "),
    ] {
        let server = start(fault).await;
        load("mixed", &server.url, &["--patience", "1"])
            .await
            .exits(1)
            .says(&[kind]);
    }
}

#[tokio::test]
async fn a_refusal_that_nobody_earned_is_named() {
    let server = start(Fault::Denies).await;
    load("fanout", &server.url, &["--patience", "1"])
        .await
        .exits(1)
        .says(&["! refused: ", "code 22"]);
}

/// More connections than are opened at a time.
#[tokio::test]
async fn a_server_that_lets_nobody_join_does_not_hold_up_the_load() {
    for (fault, words) in [(Fault::Mute, "! gap: "), (Fault::Refuses, "! refused: ")] {
        let server = start(fault).await;
        let args = ["--rooms", "10", "--members", "8", "--patience", "1"];
        chatspec(
            ["load", "fanout", &server.url, "--duration", "0.2"]
                .iter()
                .chain(&args),
        )
        .await
        .exits(1)
        .says(&[words]);
    }
}

#[tokio::test]
async fn people_beside_attackers_are_measured() {
    let server = start(Fault::Nothing).await;
    let ran = load("abuse", &server.url, &["--rate", "200", "--format", "json"]).await;
    let report = json(&ran);
    assert!(
        report["attack"]["bytes"].as_u64() > Some(10_000),
        "{report:#}"
    );
}

/// Those that hold connections without a session, alone: the people beside them are served as ever.
#[tokio::test]
async fn attackers_do_what_they_are_told() {
    let server = start(Fault::Nothing).await;
    let told = [
        "--manner",
        "slow",
        "--manner",
        "silent",
        "--attackers",
        "10",
    ];
    let ran = load(
        "abuse",
        &server.url,
        &[&["--rate", "200", "--format", "json"][..], &told].concat(),
    )
    .await;
    let report = json(&ran);
    let attack = &report["attack"];
    assert!(attack["connections"].as_u64() >= Some(10), "{report:#}");
    // Five of them send a byte a second, and nobody sends more.
    let bytes = attack["bytes"].as_u64();
    assert!((Some(5)..=Some(100)).contains(&bytes), "{report:#}");
    let told = &report["settings"]["manners"];
    assert_eq!(*told, serde_json::json!(["slow", "silent"]));
}

#[tokio::test]
async fn what_cannot_run_says_why() {
    let dead = Dead::new();
    load("fanout", &dead.url, &[]).await.exits(3).in_one_line();
    let server = Server::start(Door::Answers("503 Service Unavailable", "full".to_owned())).await;
    load("fanout", &server.url, &[])
        .await
        .exits(3)
        .complains(&["503"]);
    let honest = start(Fault::Nothing).await;
    load("fanout", "http://192.0.2.1", &[])
        .await
        .exits(2)
        .complains(&["--allow-remote"]);
    load("fanout", &honest.url, &["--pid", "16777216"])
        .await
        .exits(2)
        .complains(&["--pid"]);
    // A room of one owes nobody anything.
    chatspec([
        "load",
        "fanout",
        &honest.url,
        "--rooms",
        "1",
        "--members",
        "1",
        "--duration",
        "0.1",
    ])
    .await
    .exits(4)
    .says(&["nothing ran"]);
    load("fanout", &honest.url, &["--max-p99", "0.01"])
        .await
        .exits(1)
        .says(&["above 0.01 ms"]);
}

#[cfg(unix)]
#[tokio::test]
async fn too_few_descriptors_are_told_before_anything_is_sent() {
    let run = format!(
        "ulimit -n 200; exec {} load hold -c 1000",
        env!("CARGO_BIN_EXE_chatspec")
    );
    let output = tokio::process::Command::new("sh")
        .args(["-c", &run])
        .output()
        .await
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("may have 200 descriptors") && said.contains("ulimit -n 2064"),
        "{said}"
    );
}

#[tokio::test]
async fn the_page_is_one_file_with_plots() {
    let server = start(Fault::Drops).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("load.html");
    let report = format!("html={}", path.display());
    load("fanout", &server.url, &["--report", &report])
        .await
        .exits(1);
    let page = std::fs::read_to_string(path).expect("the page");
    for part in [
        "<h1>Violated</h1>",
        "<svg class=plot",
        "Latency",
        "default-src 'none'",
        "gap · ",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    assert!(
        !page.contains("<script") && !page.contains("http://www") && !page.contains("src="),
        "{page}"
    );
    load("fanout", &server.url, &["--report", "junit=x"])
        .await
        .exits(2)
        .complains(&["json and html"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_are_dealt_out_to_all_nodes() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let config = chatspec_server::Config {
        unlimited: true,
        ..chatspec_server::Config::default()
    };
    tokio::spawn(chatspec_server::serve(
        listener,
        config,
        std::future::pending(),
    ));
    let urls = [
        format!("http://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
    ];
    for scenario in ["fanout", "mixed"] {
        let ran = load(scenario, &urls[0], &[&urls[1], "--format", "json"]).await;
        let report = json(&ran.exits(0));
        assert_eq!(report["nodes"].as_array().map(Vec::len), Some(2));
        assert_eq!(
            report["messages"]["due"], report["messages"]["received"],
            "{report:#}"
        );
        assert!(report["messages"]["due"].as_u64() > Some(0), "{report:#}");
    }
    load("storm", &urls[0], &[&urls[1]])
        .await
        .exits(2)
        .complains(&["only fanout and mixed"]);
}

#[tokio::test]
async fn nodes_that_do_not_know_each_other_owe_everything() {
    let (one, other) = (start(Fault::Nothing).await, start(Fault::Nothing).await);
    let args = [other.url.as_str(), "--patience", "1"];
    let ran = load("fanout", &one.url, &args).await.exits(1);
    assert!(ran.stdout.contains("violated"), "{}", ran.stdout);
    assert!(ran.stdout.contains("gap"), "{}", ran.stdout);
}
