//! Servers under load beside each other, in one run, server and driver on a processor each. The figures go into
//! `docs/performance.md`, with a plot beside it.
//!
//! The driver is `chatspec load`, which checks every delivery while it measures: a server that loses or reorders is told
//! from one that does not.

mod document;
mod growth;
mod load;
mod plot;

use std::process::{Command, Stdio};

use self::growth::Growth;
use self::load::{Driver, Run};
use super::peer::{Peer, set_up};
use super::{build, target};
use crate::root;

/// Deliveries a second of the paced load.
pub(super) const PACED: u32 = 100_000;
/// Connections that are opened, and held.
const CONNECTIONS: u32 = 500;

/// A kind of server.
struct Kind {
    name: &'static str,
    /// The program and its arguments; `{port}` is filled in.
    line: Vec<String>,
    /// A script that has to prepare it.
    script: Option<&'static str>,
}

/// What was measured of one.
pub(super) struct Row {
    pub name: &'static str,
    /// Rooms of 20, window 16.
    pub fanout: Run,
    /// As many connects as it takes.
    pub storm: Run,
    /// What a connection takes that does nothing, in bytes.
    pub idle: f64,
    /// The paced load, where the server carries it.
    pub paced: Option<Run>,
}

/// Measures everything for about `seconds` each, and writes document and plot. Gives the table.
pub(super) fn measure(seconds: u32) -> Result<String, String> {
    build()?;
    examples()?;
    let driver = Driver::new(seconds);
    let mut rows = Vec::new();
    for kind in kinds()? {
        eprintln!("measuring {}", kind.name);
        rows.push(row(&kind, &driver)?);
    }
    let ours = kinds()?.remove(0);
    eprintln!("measuring how cost grows");
    let growth = Growth::measure(&driver, || start(&ours, &driver))?;
    document::write(&rows, &growth, &driver)
}

fn row(kind: &Kind, driver: &Driver) -> Result<Row, String> {
    if let Some(script) = kind.script {
        set_up(&root().join(script))?;
    }
    // A fresh server each: no figure rests on what another load has left in memory.
    let fanout = driver.run(
        &start(kind, driver)?,
        "fanout",
        &["--rooms", "10", "--members", "20", "--senders", "20"],
    )?;
    let connections = CONNECTIONS.to_string();
    let storm = driver.run(&start(kind, driver)?, "storm", &["-c", &connections])?;
    let paced = match fanout.per_second > f64::from(PACED) {
        true => Some(driver.run(
            &start(kind, driver)?,
            "fanout",
            &["--rate", &(PACED / 19).to_string()],
        )?),
        false => None,
    };
    Ok(Row {
        name: kind.name,
        idle: storm.bytes_per_connection,
        fanout,
        storm,
        paced,
    })
}

fn start(kind: &Kind, driver: &Driver) -> Result<Peer, String> {
    Peer::start(|port| {
        let line = kind
            .line
            .iter()
            .map(|part| part.replace("{port}", &port.to_string()));
        driver.pinned_server().into_iter().chain(line).collect()
    })
}

/// Ours first: it is what the others are compared with.
fn kinds() -> Result<Vec<Kind>, String> {
    let release = |path: &str| target().join("release").join(path).display().to_string();
    let script = |path: &'static str| Kind {
        name: "",
        line: vec![root().join(path).display().to_string(), "{port}".to_owned()],
        script: Some(path),
    };
    let example = |name: &str| vec![release(&format!("examples/{name}")), "{port}".to_owned()];
    let mut ours = vec![release("chatspec"), "serve".to_owned()];
    ours.extend(["--listen".to_owned(), "127.0.0.1:{port}".to_owned()]);
    if takes(&release("chatspec"), "--unlimited")? {
        ours.push("--unlimited".to_owned());
    }
    Ok(vec![
        Kind {
            name: "chatspec serve",
            line: ours,
            script: None,
        },
        Kind {
            name: "Node socket.io",
            ..script("conformance/interop/node/run")
        },
        Kind {
            name: "python-socketio, asyncio",
            ..script("conformance/bench/asyncio/run")
        },
        Kind {
            name: "Flask-SocketIO",
            ..script("conformance/interop/flask/run")
        },
        Kind {
            name: "plain socketioxide",
            line: example("plain"),
            script: None,
        },
        Kind {
            name: "floor: copies frames",
            line: example("floor"),
            script: None,
        },
    ])
}

/// Whether `chatspec serve` knows the flag.
fn takes(program: &str, flag: &str) -> Result<bool, String> {
    let output = Command::new(program)
        .args(["serve", "--help"])
        .output()
        .map_err(|error| format!("run {program}: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).contains(flag))
}

fn examples() -> Result<(), String> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--release",
            "--package",
            "chatspec-server",
            "--example",
            "plain",
            "--example",
            "floor",
        ])
        .current_dir(root())
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("run cargo: {error}"))?;
    status
        .success()
        .then_some(())
        .ok_or_else(|| "build the examples".to_owned())
}
