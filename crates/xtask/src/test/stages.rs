//! The stages of the test run.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::root;

/// One stage: a few commands, the first failure of which fails it.
pub struct Stage {
    /// Its name in the table.
    pub name: &'static str,
    /// Whether it belongs to the quick run.
    pub quick: bool,
    commands: fn() -> Vec<Line>,
}

/// A program and its arguments.
enum Line {
    /// Run from the root.
    Run(Vec<String>),
    /// Run from the root, and has to end with 1: a violated rule.
    Fails(Vec<String>),
    /// Run with the URL of a running reference server as last argument.
    Against(Vec<String>),
}

/// All stages, in order.
pub fn all() -> Vec<Stage> {
    vec![
        Stage {
            name: "format",
            quick: true,
            commands: || vec![cargo("fmt --all -- --check")],
        },
        Stage {
            name: "lints",
            quick: true,
            commands: || {
                vec![
                    cargo("clippy --workspace --all-targets -- -D warnings"),
                    cargo("clippy -p chatspec-cli --features fault --bins -- -D warnings"),
                ]
            },
        },
        Stage {
            name: "generated files",
            quick: true,
            commands: || vec![cargo("run -q -p xtask -- codegen --check")],
        },
        Stage {
            name: "rust tests",
            quick: true,
            commands: || vec![cargo("test --workspace")],
        },
        Stage {
            name: "binaries",
            quick: false,
            commands: || vec![cargo("build -p chatspec-cli --features fault --bins")],
        },
        Stage {
            name: "reference server",
            quick: false,
            commands: reference,
        },
        Stage {
            name: "bad input",
            quick: false,
            commands: bad_input,
        },
        Stage {
            name: "cluster",
            quick: false,
            commands: || {
                vec![cargo(&format!(
                    "run -q -p xtask -- cluster --smoke --program {}",
                    chatspec()
                ))]
            },
        },
        Stage {
            name: "protocol changes",
            quick: false,
            commands: changes,
        },
        Stage {
            name: "flask",
            quick: false,
            commands: || interop("flask"),
        },
        Stage {
            name: "flask, as printed",
            quick: false,
            commands: as_printed,
        },
        Stage {
            name: "node",
            quick: false,
            commands: || interop("node"),
        },
        Stage {
            name: "outside client, JavaScript",
            quick: false,
            commands: || outside("js-client"),
        },
        Stage {
            name: "outside client, Rust",
            quick: false,
            commands: || outside("rust-client"),
        },
        Stage {
            name: "AsyncAPI",
            quick: false,
            commands: asyncapi,
        },
        Stage {
            name: "page in a browser",
            quick: false,
            commands: browser,
        },
        Stage {
            name: "clients",
            quick: false,
            commands: || vec![cargo("run -q -p xtask -- clients --check")],
        },
        Stage {
            name: "types, TypeScript",
            quick: false,
            commands: || types("typescript"),
        },
        Stage {
            name: "types, Python",
            quick: false,
            commands: || types("python"),
        },
        Stage {
            name: "types, Go",
            quick: false,
            commands: || types("go"),
        },
        Stage {
            name: "types, Java",
            quick: false,
            commands: || types("java"),
        },
        Stage {
            name: "types, Rust",
            quick: false,
            commands: || types("rust"),
        },
    ]
}

/// Runs the commands of a stage.
pub fn play(stage: &Stage) -> Result<(), String> {
    for line in (stage.commands)() {
        match line {
            Line::Run(words) => ends(&words, 0)?,
            Line::Fails(words) => ends(&words, 1)?,
            Line::Against(mut words) => {
                let (mut server, url) = serve()?;
                words.push(url);
                let result = ends(&words, 0);
                let _ = server.kill();
                let _ = server.wait();
                result?;
            }
        }
    }
    Ok(())
}

/// The embedded reference server, its report checked by a validator that is not ours.
fn reference() -> Vec<Line> {
    let report = report("report.json");
    vec![
        Line::Run(words(&["conformance/interop/validator/run", "--setup"])),
        Line::Run(words(&[
            &chatspec(),
            "test",
            "--report",
            &format!("json={report}"),
        ])),
        Line::Run(words(&[
            "conformance/interop/validator/run",
            "schemas/suite/report.json",
            &report,
        ])),
        Line::Run(words(&[
            "conformance/interop/validator/run",
            "schemas/suite/rules.json",
            "spec/generated/rules.json",
        ])),
    ]
}

/// The reference server under bad input: whatever its baseline does not know fails the run.
///
/// With the report of the conversations, its own says what is covered.
fn bad_input() -> Vec<Line> {
    let [conversations, hostile] = ["report.json", "hostile.json"].map(report);
    vec![
        Line::Run(words(&[
            &chatspec(),
            "test",
            "--suite",
            "hostile",
            "--baseline",
            "conformance/baselines/reference.yaml",
            "--report",
            &format!("json={hostile}"),
        ])),
        cargo(&format!(
            "run -q -p xtask -- coverage --check --from {conversations} --from {hostile}"
        )),
    ]
}

/// The corpus of edits, its witnesses confirmed by a validator that is not ours, and the gate; types have a stage of their
/// own.
fn changes() -> Vec<Line> {
    let [conversations, hostile, proofs] =
        ["report.json", "hostile.json", "proofs.json"].map(report);
    let validator = "conformance/interop/validator/run";
    vec![
        Line::Run(words(&[
            &chatspec(),
            "schema",
            "corpus",
            "--proofs",
            &proofs,
        ])),
        Line::Run(words(&[validator, "--witnesses", &proofs])),
        cargo(&format!(
            "run -q -p xtask -- gate --without-types --from {conversations} --from {hostile}"
        )),
    ]
}

/// Where a report of this run goes.
fn report(name: &str) -> String {
    target().join(name).display().to_string()
}

/// A server that was written from the spec alone.
fn interop(name: &str) -> Vec<Line> {
    let run = format!("conformance/interop/{name}/run");
    vec![
        Line::Run(words(&[&run, "--setup"])),
        Line::Run(words(&[
            &chatspec(),
            "test",
            // Nothing of core is shown by waiting, so patience costs a right server no time, and a busy machine no verdict.
            "--timeout-scale",
            "3",
            "--cmd",
            &format!("{run} {{port}}"),
        ])),
    ]
}

/// The article's way to broadcast: a failure with which the run ends, unless a baseline knows it.
fn as_printed() -> Vec<Line> {
    let test = |more: &[&str]| {
        let server = "conformance/interop/flask/run {port} --as-printed";
        let fixed = [&chatspec(), "test", "--cmd", server];
        words(&[&fixed, more].concat())
    };
    let baseline = "conformance/baselines/flask-dead-broadcast.yaml";
    vec![
        Line::Fails(test(&["--case", "*/broadcast"])),
        Line::Run(test(&["--baseline", baseline])),
    ]
}

/// A client that we did not write, against our server.
fn outside(name: &str) -> Vec<Line> {
    let run = format!("conformance/interop/{name}/run");
    vec![
        Line::Run(words(&[&run, "--setup"])),
        Line::Against(words(&[&run])),
    ]
}

/// The AsyncAPI document, read by a parser that is not ours.
fn asyncapi() -> Vec<Line> {
    let run = "conformance/interop/asyncapi/run";
    vec![
        Line::Run(words(&[run, "--setup"])),
        Line::Run(words(&[run, "schemas/protocol/v1/asyncapi.yaml"])),
    ]
}

/// The types of a language: those of the generator, and held to their contract.
fn types(language: &str) -> Vec<Line> {
    vec![cargo(&format!(
        "run -q -p xtask -- types --check --contract --language {language}"
    ))]
}

/// The server's page, which starts and kills its server itself.
fn browser() -> Vec<Line> {
    let run = "conformance/browser/run";
    vec![
        Line::Run(words(&[run, "--setup"])),
        Line::Run(words(&[run, &chatspec()])),
    ]
}

fn serve() -> Result<(Child, String), String> {
    let mut server = Command::new(chatspec())
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("start {}: {error}", chatspec()))?;
    let mut line = String::new();
    let read = server
        .stdout
        .take()
        .map(|out| BufReader::new(out).read_line(&mut line));
    match (read, line.trim().strip_prefix("listening on ")) {
        (Some(Ok(_)), Some(url)) => Ok((server, url.to_owned())),
        _ => {
            let _ = server.kill();
            let _ = server.wait();
            Err(format!(
                "the reference server said {line:?} instead of its address"
            ))
        }
    }
}

fn ends(words: &[String], code: i32) -> Result<(), String> {
    println!("$ {}", words.join(" "));
    let status = Command::new(&words[0])
        .args(&words[1..])
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target())
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("run {}: {error}", words[0]))?;
    if status.code() == Some(code) {
        Ok(())
    } else {
        Err(format!(
            "{} ended with {status}, not with {code}",
            words.join(" ")
        ))
    }
}

fn cargo(line: &str) -> Line {
    Line::Run(
        std::iter::once("cargo")
            .chain(line.split(' '))
            .map(str::to_owned)
            .collect(),
    )
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|word| (*word).to_owned()).collect()
}

fn chatspec() -> String {
    target().join("debug/chatspec").display().to_string()
}

/// One target folder for everything, the packages outside the workspace included.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
