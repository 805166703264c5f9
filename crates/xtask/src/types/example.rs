//! The example of a language, against a server.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Language, script};

/// What every example prints: what ada sees.
const EXPECTED: &str = "\
New User ada joined room lobby
New User bob joined room lobby
BOB: hi ada
Users in room: ['ADA', 'BOB']
refused: 22
";

/// Runs the example of a language against a server of its own.
///
/// # Errors
/// When it does not print what it has to, or does not end well.
pub fn hold(root: &Path, language: &Language) -> Result<(), Vec<String>> {
    play(root, language).map_err(|problem| vec![problem])
}

fn play(root: &Path, language: &Language) -> Result<(), String> {
    let (mut server, url) = serve()?;
    let said = script::run(root, language, "run", &["example", &url]);
    let _ = server.kill();
    let _ = server.wait();
    let said = said?;
    if said.well && said.out == EXPECTED {
        println!("{}: the example printed", language.name);
        EXPECTED.lines().for_each(|line| println!("  {line}"));
        return Ok(());
    }
    Err(format!(
        "the example has to print\n{EXPECTED}and end well; it said\n{}",
        script::tail(&said.all)
    ))
}

fn serve() -> Result<(Child, String), String> {
    let program = script::target().join("debug/chatspec");
    let mut server = Command::new(&program)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            format!(
                "start {}: {error}; first run: cargo build -p chatspec-cli",
                program.display()
            )
        })?;
    let mut line = String::new();
    let out = server.stdout.take();
    let _ = out.map(|out| BufReader::new(out).read_line(&mut line));
    match line.trim().strip_prefix("listening on ") {
        Some(url) => Ok((server, url.to_owned())),
        None => {
            let _ = server.kill();
            let _ = server.wait();
            Err(format!("the server said {line:?} instead of its address"))
        }
    }
}
