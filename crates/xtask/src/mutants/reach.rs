//! Which test comes to which function, and the processor time that it uses.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::play::{ACTIVE, End, NOTES, Run, names};
use super::pool;

/// Quick tests are run first, in one go, as long as they take no more than this together.
const QUICK: Duration = Duration::from_millis(500);

/// A test.
pub struct Test {
    program: PathBuf,
    name: String,
    takes: Duration,
    reaches: BTreeSet<usize>,
}

/// All tests of a crate.
pub struct Tests {
    folder: PathBuf,
    tests: Vec<Test>,
}

impl Tests {
    /// Runs each test alone, with no mutant active.
    ///
    /// # Errors
    /// One fails as it is, or cannot be run.
    pub fn survey(
        folder: &Path,
        notes: &Path,
        programs: &[PathBuf],
        jobs: usize,
    ) -> Result<Tests, String> {
        let mut named = Vec::new();
        for program in programs {
            named.extend(
                names(program)?
                    .into_iter()
                    .map(|name| (program.clone(), name)),
            );
        }
        fs::create_dir_all(notes).map_err(|e| format!("make {}: {e}", notes.display()))?;
        let numbered = named.into_iter().enumerate().collect();
        let tests = pool::each(jobs, numbered, |(number, (program, name))| {
            look(folder, &notes.join(number.to_string()), program, name)
        });
        let mut tests = tests.into_iter().collect::<Result<Vec<Test>, String>>()?;
        tests.sort_by_key(|test| test.takes);
        Ok(Tests {
            folder: folder.to_owned(),
            tests,
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.tests.len()
    }

    /// The time of all that come to a function.
    pub fn cost(&self, function: usize) -> Duration {
        self.of(function).map(|test| test.takes).sum()
    }

    /// Runs those that come to a function with this mutant of it active until one fails: the quick ones together, then the
    /// others one by one.
    ///
    /// # Errors
    /// They cannot be run.
    pub fn end(&self, function: usize, mutant: usize) -> Result<End, String> {
        let mut spent = Duration::ZERO;
        let (quick, slow): (Vec<&Test>, Vec<&Test>) = self.of(function).partition(|test| {
            spent += test.takes;
            spent <= QUICK
        });
        let env = vec![(ACTIVE, mutant.to_string())];
        let parts = std::iter::once(quick).chain(slow.into_iter().map(|test| vec![test]));
        for part in parts {
            match self.run(&part, &env)? {
                End::Passed => {}
                end => return Ok(end),
            }
        }
        Ok(End::Passed)
    }

    fn of(&self, function: usize) -> impl Iterator<Item = &Test> {
        let reaches = move |test: &&Test| test.reaches.contains(&function);
        self.tests.iter().filter(reaches)
    }

    /// Runs all tests of programs that were built with one mutant and without switches.
    ///
    /// # Errors
    /// They cannot be run.
    pub fn end_alone(&self, programs: &[PathBuf]) -> Result<End, String> {
        for program in programs {
            let run = Run {
                program,
                tests: Vec::new(),
                usual: self.tests.iter().map(|test| test.takes).sum(),
                env: Vec::new(),
            };
            match run.end(&self.folder)? {
                End::Passed => {}
                end => return Ok(end),
            }
        }
        Ok(End::Passed)
    }

    fn run(&self, tests: &[&Test], env: &[(&'static str, String)]) -> Result<End, String> {
        let programs: BTreeSet<&Path> = tests.iter().map(|t| t.program.as_path()).collect();
        for program in programs {
            let mine = tests.iter().filter(|test| test.program == program);
            let run = Run {
                program,
                tests: mine.clone().map(|test| test.name.as_str()).collect(),
                usual: mine.map(|test| test.takes).sum(),
                env: env.to_vec(),
            };
            match run.end(&self.folder)? {
                End::Passed => {}
                end => return Ok(end),
            }
        }
        Ok(End::Passed)
    }
}

fn look(folder: &Path, notes: &Path, program: PathBuf, name: String) -> Result<Test, String> {
    // Functions are noted behind those of an earlier survey.
    if notes.exists() {
        fs::remove_file(notes).map_err(|e| format!("remove {}: {e}", notes.display()))?;
    }
    let run = Run {
        program: &program,
        tests: vec![&name],
        usual: Duration::from_secs(60),
        env: vec![(NOTES, notes.to_string_lossy().into_owned())],
    };
    let end = run.end(folder)?;
    if end != End::Passed {
        return Err(format!(
            "run {name} of {}: it fails without a mutant",
            program.display()
        ));
    }
    let noted = fs::read_to_string(notes).unwrap_or_default();
    Ok(Test {
        reaches: noted.lines().filter_map(|line| line.parse().ok()).collect(),
        takes: used(&noted),
        program,
        name,
    })
}

/// The time that the shell's `times` has written, such as `0m1.250s 0m0.030s`: its own, and that of what it ran.
fn used(noted: &str) -> Duration {
    let part = |word: &str| {
        let (minutes, seconds) = word.strip_suffix('s')?.split_once('m')?;
        let minutes: f64 = minutes.parse().ok()?;
        let seconds: f64 = seconds.replace(',', ".").parse().ok()?;
        Duration::try_from_secs_f64(minutes * 60.0 + seconds).ok()
    };
    noted.split_whitespace().filter_map(part).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shells_times_are_read() {
        let noted = "12\n7\n0m0.010s 0m0.000s\n1m2,500s 0m0.030000s\n";
        assert_eq!(used(noted), Duration::from_millis(62_540));
    }
}
