//! Runs cargo-fuzz.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::said::Said;

/// The release whose flags for the compiler are known to do without nightly.
const VERSION: &str = "0.13.1";

/// The program, and where its builds and corpora are kept.
pub(super) struct Tool {
    program: PathBuf,
    target: PathBuf,
    planted: bool,
}

impl Tool {
    /// The one on the PATH if it is of the pinned version; otherwise one of our own, installed if need be.
    pub fn find(planted: bool) -> Result<Tool, String> {
        let target = crate::types::target();
        let own = target.join("tools/bin/cargo-fuzz");
        let tool = |program| Tool {
            program,
            target: target.join("fuzz"),
            planted,
        };
        for program in [PathBuf::from("cargo-fuzz"), own.clone()] {
            if is_pinned(&program) {
                return Ok(tool(program));
            }
        }
        eprintln!("installing cargo-fuzz {VERSION}");
        let status = Command::new(env!("CARGO"))
            .args([
                "install",
                "cargo-fuzz",
                "--locked",
                "--version",
                VERSION,
                "--root",
            ])
            .arg(target.join("tools"))
            .status()
            .map_err(|error| format!("run cargo: {error}"))?;
        match status.success() {
            true => Ok(tool(own)),
            false => Err(format!(
                "install cargo-fuzz {VERSION}: cargo ended with {status}"
            )),
        }
    }

    /// Builds every target.
    pub fn build(&self) -> Result<(), String> {
        let status = self
            .command("build")
            .status()
            .map_err(|error| format!("run cargo-fuzz: {error}"))?;
        match status.success() {
            true => Ok(()),
            false => Err(format!("build the targets: cargo-fuzz ended with {status}")),
        }
    }

    /// The folder in which a target keeps what it has learned. Without what it learned before where a defect is planted: that
    /// has to be found from the seeds.
    pub fn corpus(&self, target: &str) -> Result<PathBuf, String> {
        let kind = if self.planted { "planted" } else { "corpus" };
        let folder = self.target.join(kind).join(target);
        if self.planted {
            let _ = fs::remove_dir_all(&folder);
        }
        fs::create_dir_all(&folder)
            .map_err(|error| format!("make {}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// Runs a target until its time is over or it has found something.
    pub fn fuzz(&self, target: &str, arguments: &[String]) -> Result<Said, String> {
        let (folders, flags): (Vec<&String>, Vec<&String>) = arguments
            .iter()
            .partition(|argument| !argument.starts_with('-'));
        let output = self
            .command("run")
            .arg(target)
            .args(folders)
            .arg("--")
            .args(flags)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("run cargo-fuzz: {error}"))?;
        let text = String::from_utf8_lossy(&output.stderr);
        Ok(Said::read(&text, output.status.success()))
    }

    /// Without a sanitizer, and for the compiler's own target: nothing but stable is needed then.
    fn command(&self, what: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["fuzz", what, "--sanitizer", "none", "--fuzz-dir"]);
        command.arg(crate::root().join("fuzz"));
        command.arg("--target-dir").arg(self.target.join("build"));
        if self.planted {
            command.args(["--features", "planted"]);
        }
        command.current_dir(crate::root());
        command
    }
}

fn is_pinned(program: &Path) -> bool {
    let output = Command::new(program).args(["fuzz", "--version"]).output();
    output.is_ok_and(|output| {
        let said = String::from_utf8_lossy(&output.stdout);
        said.trim().ends_with(&format!(" {VERSION}"))
    })
}
