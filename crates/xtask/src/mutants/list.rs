//! The list of mutants, as cargo-mutants makes it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::mutant::Mutant;

/// The release that the figures are made with: another one makes other mutants.
pub const VERSION: &str = "27.1.0";
/// What is not mutated: these describe types to the schema generator, behind a feature that the crates' own tests do not
/// have; what they make is compared by `cargo xtask codegen --check`.
const EXCLUDED: &str = "**/schema.rs";

/// The program.
pub struct Tool {
    program: PathBuf,
}

impl Tool {
    /// The one on the PATH if it is of the pinned version; otherwise one of our own, installed if need be.
    ///
    /// # Errors
    /// It cannot be installed.
    pub fn find(target: &Path) -> Result<Tool, String> {
        let own = target.join("tools/bin/cargo-mutants");
        for program in [PathBuf::from("cargo-mutants"), own.clone()] {
            if is_pinned(&program) {
                return Ok(Tool { program });
            }
        }
        println!("installing cargo-mutants {VERSION}");
        let status = Command::new(env!("CARGO"))
            .args([
                "install",
                "cargo-mutants",
                "--locked",
                "--version",
                VERSION,
                "--root",
            ])
            .arg(target.join("tools"))
            .status()
            .map_err(|error| format!("run cargo: {error}"))?;
        match status.success() {
            true => Ok(Tool { program: own }),
            false => Err(format!(
                "install cargo-mutants {VERSION}: cargo ended with {status}"
            )),
        }
    }

    /// All mutants of a package in the checkout in this folder.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn list(&self, folder: &Path, package: &str) -> Result<Vec<Mutant>, String> {
        let output = Command::new(&self.program)
            .args(["mutants", "--list", "--json", "--colors", "never"])
            .args(["--package", package, "--exclude", EXCLUDED])
            .current_dir(folder)
            .output()
            .map_err(|error| format!("run cargo-mutants: {error}"))?;
        serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("read the list of cargo-mutants: {error}"))
    }
}

fn is_pinned(program: &Path) -> bool {
    let output = Command::new(program)
        .args(["mutants", "--version"])
        .output();
    output.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout)
            .trim()
            .ends_with(&format!(" {VERSION}"))
    })
}
