//! A server of several nodes: who sits where, and that nodes which do not know each other never pass for one server.

use std::collections::{BTreeMap, BTreeSet};

use chatspec_judge::spread;
use chatspec_server::{Config, serve};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::dummies::seven;
use crate::program::{Ran, chatspec};
use crate::suite::{Committed, UNHURRIED};

/// A reference server; it ends with the test.
struct Node {
    port: u16,
    _stop: oneshot::Sender<()>,
}

impl Node {
    async fn start() -> Node {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(serve(listener, Config::default(), async {
            let _ = stopped.await;
        }));
        Node { port, _stop: stop }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The same server under another name.
    fn alias(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

async fn test(urls: [&str; 2], args: &[&str]) -> Ran {
    let fixed = [
        "test",
        urls[0],
        urls[1],
        "--profile",
        "hardened",
        "--seed",
        "7",
    ];
    chatspec(fixed.iter().chain(args)).await
}

fn report(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error} in {ran:#?}"))
}

fn cases(report: &Value) -> &Vec<Value> {
    report["cases"].as_array().expect("cases")
}

/// Who sat where in a case.
fn seats(case: &Value) -> BTreeMap<String, u64> {
    serde_json::from_value(case["nodes"].clone()).expect("nodes")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_server_under_two_names_is_a_server_of_two_nodes() {
    let node = Node::start().await;
    let (url, alias) = (node.url(), node.alias());
    let args = ["--transport", "websocket", "--format", "json"];
    let ran = test([&url, &alias], &[&args[..], &UNHURRIED].concat()).await;
    let ran = ran.exits(0);
    let report = report(&ran);
    assert_eq!(
        report["summary"]["nodes"],
        serde_json::json!([format!("{url}/"), format!("{alias}/")])
    );
    let bad: Vec<&Value> = cases(&report)
        .iter()
        .filter(|case| !matches!(case["verdict"].as_str(), Some("pass" | "observed")))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
    let rules = report["rules"].as_array().expect("rules");
    for rule in rules {
        let name = rule["name"].as_str().expect("a name");
        if name.starts_with("cluster.") {
            assert_eq!(rule["scored"], false, "{name}");
            let played = !rule["cases"].as_array().expect("cases").is_empty();
            assert!(!played || rule["verdict"] == "pass", "{rule:#}");
        }
    }
    pairs_meet(&report);
}

/// Everybody meets everybody across nodes whom some conversation allows to sit apart.
fn pairs_meet(report: &Value) {
    let mut met = BTreeSet::new();
    let mut apart = 0;
    for case in cases(report) {
        let seats = seats(case);
        let mut spread = false;
        for (one, node) in &seats {
            for (other, elsewhere) in &seats {
                if one < other && node != elsewhere {
                    met.insert((one.clone(), other.clone()));
                    spread = true;
                }
            }
        }
        apart += usize::from(spread);
    }
    let count = cases(report).len();
    println!(
        "{apart} of {count} conversations across nodes, {} pairs",
        met.len()
    );
    assert!(
        apart * 5 >= count,
        "{apart} of {count} conversations are spread"
    );
    // A pair that may sit apart in several conversations does in one. In a single one of eight people not all of them can.
    let mut possible: BTreeMap<(String, String), usize> = BTreeMap::new();
    for fixture in Committed::read().fixtures {
        let mut apart = BTreeSet::new();
        for mix in 0..64_u64 {
            let seats = spread::seats(&fixture, 2, mix.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let people = fixture.participants.iter().zip(&seats);
            for (one, node) in people.clone() {
                for (other, elsewhere) in people.clone() {
                    if one.name < other.name && node != elsewhere {
                        apart.insert((one.name.clone(), other.name.clone()));
                    }
                }
            }
        }
        for pair in apart {
            *possible.entry(pair).or_default() += 1;
        }
    }
    let often = possible.iter().filter(|(_, count)| **count >= 4);
    let missed: Vec<_> = often.filter(|(pair, _)| !met.contains(*pair)).collect();
    assert!(missed.is_empty(), "never across nodes: {missed:?}");
    for pair in [
        ("ada", "bob"),
        ("ada", "cora"),
        ("bob", "cora"),
        ("cora", "dan"),
    ] {
        let pair = (pair.0.to_owned(), pair.1.to_owned());
        assert!(met.contains(&pair), "{pair:?} never meet: {met:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_inputs_hit_both_nodes_and_are_watched_from_both() {
    let node = Node::start().await;
    let (url, alias) = (node.url(), node.alias());
    let args = [
        "--suite",
        "hostile",
        "--case",
        "hostile/polling/malformed*",
        "--format",
        "json",
    ];
    let ran = test([&url, &alias], &[&args[..], &UNHURRIED].concat()).await;
    let report = report(&ran.exits(0));
    let mut hit = BTreeSet::new();
    let mut across = 0;
    for case in cases(&report) {
        let seats = seats(case);
        hit.insert(seats["mallory"]);
        assert_eq!(seats["mallory"], seats["ada"], "{}", case["id"]);
        across += usize::from(seats["bob"] != seats["cora"]);
    }
    assert_eq!(hit, BTreeSet::from([1, 2]));
    assert!(across > 0, "the bystanders always sat together");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_do_not_know_each_other_fail_loudly() {
    let (one, other) = (Node::start().await, Node::start().await);
    let urls = [&*one.url(), &*other.url()];
    let only = [
        "--transport",
        "websocket",
        "--case",
        "cluster/*",
        "--case",
        "order/*",
        "--case",
        "join/*",
        "-j",
        "32",
    ];
    let ran = test(urls, &only).await.exits(1).says(&[
        "FAIL cluster.delivery",
        "FAIL cluster.deluser",
        "FAIL cluster.listing",
        "FAIL cluster.names",
        "FAIL cluster.order.sender",
        "FAIL cluster.presence",
        "FAIL cluster.private",
        "FAIL users.reply",
        "blocked by cluster.presence",
        "on node  ada ",
        "are these nodes of one server",
        "does not conform",
    ]);
    assert!(!ran.stdout.contains("inconclusive"), "{}", ran.stdout);
    let json = test(urls, &[&only[..], &["--format", "json"]].concat()).await;
    let report = report(&json.exits(1));
    let mut spread = 0;
    for case in cases(&report) {
        let nodes: BTreeSet<u64> = seats(case).into_values().collect();
        if nodes.len() > 1 {
            spread += 1;
            assert_eq!(case["verdict"], "fail", "{case:#}");
        }
    }
    assert!(spread >= 7, "{spread} conversations across nodes");
    for rule in report["rules"].as_array().expect("rules") {
        let name = rule["name"].as_str().expect("a name");
        let held = matches!(rule["verdict"].as_str(), Some("pass" | "observed"));
        let asks = name.starts_with("cluster.") && rule["level"] != "MAY";
        assert!(!held || !asks, "{rule:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dummy_is_no_second_node() {
    let node = Node::start().await;
    for dummy in &seven::ALL {
        let second = dummy.start().await;
        let args = ["--case", "cluster/*@websocket", "--timeout-scale", "0.3"];
        let ran = test([&node.url(), second.url()], &args).await;
        match ran.code {
            1 => drop(ran.says(&["FAIL cluster."])),
            3 => drop(ran.complains(&[second.url().trim_start_matches("http://")])),
            _ => panic!("{}: {ran:#?}", dummy.name),
        }
    }
}

#[tokio::test]
async fn a_node_that_cannot_be_reached_is_named() {
    let node = Node::start().await;
    let dead = crate::dummies::server::Dead::new();
    let args = ["--case", "chat/room@websocket"];
    let address = dead.url.trim_start_matches("http://");
    test([&node.url(), &dead.url], &args)
        .await
        .exits(3)
        .complains(&[address]);
    test([&node.url(), &node.url()], &args)
        .await
        .exits(2)
        .complains(&["named twice"]);
}
