//! What a single message costs, beside ajv and pydantic in the same run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::target;
use crate::root;

/// Characters of the larger image's data URL.
const IMAGE: usize = 900_000;
/// Where the table stands.
const DOCUMENT: &str = "docs/performance.md";
const BEGIN: &str = "<!-- messages: written by cargo xtask bench --messages -->\n";
const END: &str = "<!-- /messages -->\n";

/// Nanoseconds by name: `check chat`, `read chat`.
type Figures = BTreeMap<String, f64>;

/// The messages that are measured, as text.
pub fn examples() -> BTreeMap<String, String> {
    let chat = serde_json::json!({"event": "chat", "room": "The Lobby", "text": "Has anyone seen my keys?"});
    let join = serde_json::json!({"event": "join", "user": "Ada Lovelace", "room": "The Lobby"});
    let image = serde_json::json!({"event": "image", "room": "The Lobby", "bimage": image()});
    [("chat", chat), ("join", join), ("image of 900 kB", image)]
        .into_iter()
        .map(|(name, message)| (name.to_owned(), message.to_string()))
        .collect()
}

/// A PNG header, filled up.
fn image() -> String {
    const LABEL: &str = "data:image/png;base64,";
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x04\0\0\0\x03\0".to_vec();
    bytes.resize((IMAGE - LABEL.len()) / 4 * 3, 0x5a);
    format!("{LABEL}{}", BASE64_STANDARD.encode(bytes))
}

/// Measures all three, one after the other, and writes the table.
pub(super) fn measure() -> Result<String, String> {
    let ours = ours()?;
    let file = target().join("bench-messages.json");
    let text = serde_json::to_string(&examples()).map_err(|error| error.to_string())?;
    fs::write(&file, text).map_err(|error| format!("write {}: {error}", file.display()))?;
    let ajv = ajv(&file)?;
    let pydantic = pydantic(&file)?;
    let table = table(&ours, &ajv, &pydantic)?;
    write(&table)?;
    Ok(table)
}

fn ours() -> Result<Figures, String> {
    finishes(
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())).args([
            "bench",
            "--quiet",
            "--package",
            "xtask",
            "--bench",
            "messages",
        ]),
    )?;
    let mut figures = Figures::new();
    for name in examples().keys() {
        for what in ["check", "read"] {
            let name = format!("{what} {name}");
            let path = target().join(format!("criterion/{name}/new/estimates.json"));
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("read {}: {error}", path.display()))?;
            let estimate: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            let nanoseconds = estimate["median"]["point_estimate"].as_f64();
            figures.insert(name, nanoseconds.ok_or("find the median of criterion")?);
        }
    }
    Ok(figures)
}

fn ajv(messages: &Path) -> Result<Figures, String> {
    let folder = root().join("conformance/bench");
    finishes(
        Command::new("npm")
            .args(["ci", "--silent", "--no-audit", "--no-fund"])
            .current_dir(&folder),
    )?;
    let schema = root().join("schemas/protocol/v1/client-to-server.json");
    printed(
        Command::new("node")
            .arg(folder.join("ajv.mjs"))
            .arg(schema)
            .arg(messages),
    )
}

fn pydantic(messages: &Path) -> Result<Figures, String> {
    let client = root().join("clients/python");
    finishes(Command::new(client.join("run")).arg("--setup"))?;
    printed(
        Command::new(client.join(".venv/bin/python"))
            .arg(root().join("conformance/bench/pydantic_bench.py"))
            .arg(messages)
            .env("PYTHONPATH", client)
            .env("PYTHONDONTWRITEBYTECODE", "1"),
    )
}

fn finishes(command: &mut Command) -> Result<(), String> {
    let status = command
        .current_dir(command.get_current_dir().map_or_else(root, Path::to_owned))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("run {command:?}: {error}"))?;
    status
        .success()
        .then_some(())
        .ok_or_else(|| format!("run {command:?}: it ended with {status}"))
}

fn printed(command: &mut Command) -> Result<Figures, String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("run {command:?}: {error}"))?;
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("read what {command:?} printed: {error}"))
}

fn table(ours: &Figures, ajv: &Figures, pydantic: &Figures) -> Result<String, String> {
    let mut table = String::from(
        "| one message | ours | ajv | pydantic | ajv / ours | pydantic / ours |\n|---|---|---|---|---|---|\n",
    );
    for (name, mine) in ours {
        let of = |peer: &Figures| peer.get(name).copied().ok_or(format!("find {name:?}"));
        let (ajv, pydantic) = (of(ajv)?, of(pydantic)?);
        table += &format!(
            "| {name} | {} | {} | {} | {:.1} | {:.1} |\n",
            shown(*mine),
            shown(ajv),
            shown(pydantic),
            ajv / mine,
            pydantic / mine
        );
    }
    Ok(table)
}

/// Nanoseconds in the unit that reads best.
fn shown(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.2} µs", n / 1e3),
        n => format!("{:.2} ms", n / 1e6),
    }
}

/// Puts the table into its place in the document.
fn write(table: &str) -> Result<(), String> {
    let path = root().join(DOCUMENT);
    let text = fs::read_to_string(&path).map_err(|error| format!("read {DOCUMENT}: {error}"))?;
    let (before, rest) = text
        .split_once(BEGIN)
        .ok_or(format!("find the line {BEGIN:?} in {DOCUMENT}"))?;
    let (_, after) = rest
        .split_once(END)
        .ok_or(format!("find the line {END:?} in {DOCUMENT}"))?;
    fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}"))
        .map_err(|error| format!("write {DOCUMENT}: {error}"))
}
