//! Runs cargo-mutants.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::result::{Fates, Mutant, Outcomes};
use super::{OUTPUT, Options};

/// The release that the figures are made with: another one makes other mutants.
pub const VERSION: &str = "27.1.0";
/// What is not mutated: these describe types to the schema generator, behind a feature that the crates' own tests do not
/// have; what they make is compared by `cargo xtask codegen --check`.
const EXCLUDED: &str = "**/schema.rs";
/// Tests of one mutant may take so many seconds: a mutant that loops for ever is caught.
const TEST_SECONDS: &str = "120";
/// And its build so many.
const BUILD_SECONDS: &str = "900";
/// The laws are tried on so many random histories: a mutant that breaks one breaks it soon.
const HISTORIES: (&str, &str) = ("PROPTEST_CASES", "32");

/// The program.
pub struct Tool {
    program: PathBuf,
    target: PathBuf,
}

impl Tool {
    /// The one on the PATH if it is of the pinned version; otherwise one of our own, installed if need be.
    ///
    /// # Errors
    /// It cannot be installed.
    pub fn find() -> Result<Tool, String> {
        let target = target()?;
        let own = target.join("tools/bin/cargo-mutants");
        for program in [PathBuf::from("cargo-mutants"), own.clone()] {
            if is_pinned(&program) {
                return Ok(Tool { program, target });
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
            true => Ok(Tool {
                program: own,
                target,
            }),
            false => Err(format!(
                "install cargo-mutants {VERSION}: cargo ended with {status}"
            )),
        }
    }

    /// Tries the mutants of one package that the options choose.
    ///
    /// # Errors
    /// The program cannot be run, or the crate's own tests fail without any mutant.
    pub fn run(&self, package: &str, options: &Options) -> Result<(), String> {
        let mut command = self.command(package);
        command.args(["--timeout", TEST_SECONDS, "--build-timeout", BUILD_SECONDS]);
        command.args(["--cap-lints", "true", "--no-shuffle"]);
        command.args(["--jobs", &options.jobs.to_string()]);
        for file in &options.file {
            command.args(["--file", file]);
        }
        let mut part = package.to_owned();
        if let Some(shard) = &options.shard {
            command.args(["--shard", shard]);
            part = format!("{part}-{}", shard.replace('/', "-of-"));
        }
        for file in &options.file {
            part.push('-');
            part.extend(file.chars().filter(char::is_ascii_alphanumeric));
        }
        command
            .arg("--output")
            .arg(self.target.join(OUTPUT).join(part));
        command.env("CARGO_TARGET_DIR", self.target.join(OUTPUT).join("build"));
        command.env(HISTORIES.0, HISTORIES.1);
        let status = command
            .status()
            .map_err(|e| format!("run cargo-mutants: {e}"))?;
        // 2: some survived. 3: some ran into the deadline. Both are results.
        match status.code() {
            Some(0 | 2 | 3) => Ok(()),
            _ => Err(format!(
                "try the mutants of {package}: cargo-mutants ended with {status}"
            )),
        }
    }

    /// All mutants of a package, by file.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn list(&self, package: &str) -> Result<BTreeMap<String, Vec<Mutant>>, String> {
        let output = self
            .command(package)
            .args(["--list", "--json"])
            .output()
            .map_err(|error| format!("run cargo-mutants: {error}"))?;
        let mutants: Vec<Mutant> = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("read the list of cargo-mutants: {error}"))?;
        let mut files: BTreeMap<String, Vec<Mutant>> = BTreeMap::new();
        for mutant in mutants {
            files.entry(mutant.file.clone()).or_default().push(mutant);
        }
        Ok(files)
    }

    /// What all parts have left; of a mutant that several have tried, the last word.
    ///
    /// # Errors
    /// A result cannot be read.
    pub fn results(&self) -> Result<Fates, String> {
        let mut found: Vec<(PathBuf, Fates)> = Vec::new();
        for path in crate::files(&self.target.join(OUTPUT), "json") {
            let of_ours = path.ends_with("mutants.out/outcomes.json");
            if !of_ours || path.starts_with(self.target.join(OUTPUT).join("build")) {
                continue;
            }
            let text =
                fs::read_to_string(&path).map_err(|e| format!("read {}: {e}", path.display()))?;
            let outcomes: Outcomes =
                serde_json::from_str(&text).map_err(|e| format!("read {}: {e}", path.display()))?;
            found.push((path, outcomes.fates()));
        }
        let age = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
        found.sort_by_key(|(path, _)| age(path));
        Ok(found.into_iter().flat_map(|(_, fates)| fates).collect())
    }

    fn command(&self, package: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args([
            "mutants",
            "--colors",
            "never",
            "--package",
            package,
            "--exclude",
            EXCLUDED,
        ]);
        command.current_dir(crate::root());
        command
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

fn target() -> Result<PathBuf, String> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .current_dir(crate::root())
        .no_deps()
        .exec()
        .map_err(|error| format!("find the target folder: {error}"))?;
    Ok(metadata.target_directory.into_std_path_buf())
}
