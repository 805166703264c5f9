//! `cargo xtask pages`: opens HTML reports in a real browser, asserts that nothing in them runs that is not ours and that
//! they fit on a phone, and writes the pictures in `docs/`.
//!
//! It needs `chromium` on the path; on Debian, `apt-get install -y chromium`.

mod browser;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;

use self::browser::{Look, dom, picture};
use crate::root;

/// The fault of the broken server: the one in the readme.
const FAULT: &str = "leave-told-to-leaver";
/// A case in which it shows.
const CASE: &str = "case-leave-announce-polling";
/// What stands in every text of the third report.
const ATTACK: &str = "</title></style></script><script>document.title='ran'</script>\
    <img src=x onerror=\"document.title='ran'\"><svg onload=\"document.title='ran'\">\"'` onmouseover=x \u{1b}[2J\u{202e}";
/// Words that have to stay what they are, or it would be no report.
const WORDS: [&str; 6] = [
    "verdict",
    "level",
    "profile",
    "transport",
    "outcome",
    "kind",
];

/// Options of the command.
#[derive(clap::Args)]
pub struct Options {
    /// Use the reports of the last run instead of playing again.
    #[arg(long)]
    pub keep: bool,
}

/// Makes the reports, looks at them, and writes the pictures.
pub fn run(options: &Options) -> ExitCode {
    match look(options) {
        Ok(()) => {
            println!("three reports in a browser: nothing ran, everything fits");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("failed to {why}");
            ExitCode::FAILURE
        }
    }
}

fn look(options: &Options) -> Result<(), String> {
    let folder = target().join("pages");
    fs::create_dir_all(&folder).map_err(|error| format!("create {}: {error}", folder.display()))?;
    let at = |name: &str| folder.join(name);
    if !(options.keep && at("clean.json").exists() && at("broken.json").exists()) {
        build()?;
        play(&at("clean.json"), "hardened", None)?;
        let faulty = target().join("debug/chatspec-faulty");
        let faulty = format!(
            "{} --fault {FAULT} --listen 127.0.0.1:{{port}}",
            faulty.display()
        );
        play(&at("broken.json"), "core", Some(&faulty))?;
    }
    let evil = spoil(&read(&at("broken.json"))?, "");
    fs::write(at("evil.json"), evil.to_string())
        .map_err(|error| format!("write evil.json: {error}"))?;
    for name in ["clean", "broken", "evil"] {
        let page = at(&format!("{name}.html"));
        convert(&at(&format!("{name}.json")), &page)?;
        check(name, &page)?;
    }
    let docs = root().join("docs");
    fs::create_dir_all(&docs).map_err(|error| format!("create docs: {error}"))?;
    let (clean, broken) = (at("clean.html"), at("broken.html"));
    picture(&broken, &docs.join("report-light.png"), Look::Light)?;
    picture(&broken, &docs.join("report-dark.png"), Look::Dark)?;
    picture(&broken, &docs.join("report-phone.png"), Look::Phone)?;
    picture(&broken, &docs.join("report-case.png"), Look::At(CASE))?;
    picture(&clean, &docs.join("report-clean.png"), Look::Light)
}

/// Nothing of the report runs, the page's own script does, and nothing is wider than a phone.
fn check(name: &str, page: &Path) -> Result<(), String> {
    let shown = dom(page)?;
    // Had anything run, it had changed the title.
    if shown.contains("<title>ran</title>") {
        return Err(format!("open {name}: a script of the report ran"));
    }
    if shown.contains("role=\"search\" hidden") {
        return Err(format!("open {name}: the page's own script did not run"));
    }
    if name == "evil" && !shown.contains("&lt;script&gt;document.title='ran'") {
        return Err(format!("open {name}: there is no attack in it"));
    }
    let width = browser::width_on_phone(page)?;
    match width <= browser::PHONE {
        true => Ok(()),
        false => Err(format!("open {name} on a phone: it is {width} pixels wide")),
    }
}

fn build() -> Result<(), String> {
    let mut cargo = Command::new("cargo");
    cargo
        .args([
            "build",
            "-p",
            "chatspec-cli",
            "--features",
            "fault",
            "--bins",
        ])
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target());
    finish(cargo, &[0])
}

fn play(report: &Path, profile: &str, server: Option<&str>) -> Result<(), String> {
    let mut chatspec = Command::new(program());
    chatspec
        .args(["test", "--profile", profile, "--seed", "7", "--report"])
        .arg(format!("json={}", report.display()))
        .stdout(Stdio::null());
    if let Some(server) = server {
        chatspec.args(["--cmd", server]);
    }
    finish(chatspec, &[0, 1, 5])
}

fn convert(from: &Path, to: &Path) -> Result<(), String> {
    let mut chatspec = Command::new(program());
    chatspec
        .arg("report")
        .arg(from)
        .arg(format!("html={}", to.display()));
    finish(chatspec, &[0])
}

fn finish(mut command: Command, good: &[i32]) -> Result<(), String> {
    println!("$ {command:?}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("run {command:?}: {error}"))?;
    match status.code() {
        Some(code) if good.contains(&code) => Ok(()),
        _ => Err(format!("run {command:?}: it ended with {status}")),
    }
}

fn read(path: &Path) -> Result<Value, String> {
    let text =
        fs::read_to_string(path).map_err(|error| format!("read {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("read {}: {error}", path.display()))
}

/// The same report, with an attack in every text and every name.
fn spoil(value: &Value, key: &str) -> Value {
    match value {
        Value::String(text) if !WORDS.contains(&key) => Value::from(format!("{text}{ATTACK}")),
        Value::Array(items) => items.iter().map(|item| spoil(item, "")).collect(),
        Value::Object(map) if map.values().all(Value::is_number) => value.clone(),
        // Verdicts by rule: their keys are names.
        Value::Object(map) if key == "rules" => {
            let named = map
                .iter()
                .map(|(name, item)| (format!("{name}{ATTACK}"), item.clone()));
            named.collect()
        }
        Value::Object(map) => map
            .iter()
            .map(|(name, item)| (name.clone(), spoil(item, name)))
            .collect(),
        other => other.clone(),
    }
}

fn program() -> PathBuf {
    target().join("debug/chatspec")
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
