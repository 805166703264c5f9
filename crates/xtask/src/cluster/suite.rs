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
    let said = String::from_utf8_lossy(&ran.stdout);
    if !ran.status.success() || fails(&said) {
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

/// Whether a rule was told as violated. No rule of several nodes is scored, so the exit code does not say so.
fn fails(said: &str) -> bool {
    said.lines().any(|line| line.starts_with("FAIL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reported_and_not_scored_fails_too() {
        let unscored = "  ok names 3/3\n\nFAIL cluster.names (not scored: no server has to have several nodes)\n";
        assert!(fails(unscored));
        assert!(!fails(
            "  ok names 3/3\n\nWARN users.order\n  in x: says FAIL\nconforms to hardened\n"
        ));
    }
}
