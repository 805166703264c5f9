//! Plays one conversation against a server of its own.

use std::fs;
use std::path::{Path, PathBuf};

use chatspec_harness::drive::{self, Manner, Stage};
use chatspec_harness::wire::{Clock, Target};
use chatspec_judge::fixture::{self, Fixture, TransportName};
use chatspec_server::{Config, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::script;

/// Names are the same in every run, so that sorting and cutting them is, too.
const SEED: u64 = 7;

/// Every committed conversation that does not wait for a heartbeat.
pub fn fixtures() -> Vec<Fixture> {
    files(&data().join("fixtures/conversations"))
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a fixture");
            fixture::load(&path.display().to_string(), &text).expect("a good fixture")
        })
        .filter(|fixture| !fixture.slow)
        .collect()
}

/// The normalised script of one conversation with a fresh server: nothing of another one can be heard in it.
pub async fn play(fixture: &Fixture) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, Config::default(), async {
        let _ = stopped.await;
    }));

    let stage = Stage {
        target: Target::parse(&format!("http://{address}")).expect("a URL"),
        // Loopback, as the default of `chatspec test`: the server lets in no other page.
        cross_origin: "http://127.0.0.1:1".to_owned(),
        clock: Clock::start(),
        nodes: vec![],
        seating: SEED,
        seed: SEED,
        timeout_scale: 4.0,
        manner: Manner::default(),
    };
    let transport = transport(fixture);
    let mut play = drive::play(fixture, transport, &stage).await;
    play.release().await;
    let script = script::write(fixture, &play.transcript);

    let _ = stop.send(());
    server
        .await
        .expect("the server does not panic")
        .expect("the server ends well");
    script
}

/// WebSocket, or else the first that the fixture allows.
fn transport(fixture: &Fixture) -> TransportName {
    let allowed = &fixture.transports;
    if allowed.contains(&TransportName::Websocket) {
        TransportName::Websocket
    } else {
        *allowed.first().expect("a fixture is played on something")
    }
}

/// The folder with `spec/`, `schemas/`, `fixtures/` and `conformance/`.
pub fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    found
}
