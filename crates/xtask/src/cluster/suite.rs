//! What the suite says of all nodes together, when nothing happens to them.

use std::process::{Command, Stdio};

use super::fault::Outcome;
use super::world::World;

/// Lines of the suite's that are shown where it finds something.
const SHOWN: usize = 12;

/// Plays the suite against all nodes as one hardened server.
///
/// # Errors
/// Where the program cannot be started.
pub fn play(world: &World, args: &[&str]) -> Result<Outcome, String> {
    let urls = world.urls();
    let mut outcome = Outcome::of(format!("the suite, spread over {} nodes", urls.len()));
    let ran = Command::new(&world.program)
        .arg("test")
        .args(&urls)
        .args(["--profile", "hardened"])
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("start {}: {error}", world.program.display()))?;
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stdout);
        let found = said.lines().filter(|line| {
            let line = line.trim_start();
            [
                "FAIL", "in ", "on node", "expected", "saw", "blocked", "repeat:",
            ]
            .iter()
            .any(|word| line.starts_with(word))
        });
        let found: Vec<&str> = found.take(SHOWN).map(str::trim).collect();
        let errors = String::from_utf8_lossy(&ran.stderr);
        outcome.wrong.push(format!(
            "the suite ended with {}: {} {}",
            ran.status,
            found.join(" / "),
            errors.trim()
        ));
    }
    Ok(outcome)
}
