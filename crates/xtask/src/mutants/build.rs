//! Builds the copy of a crate, and says where it does not compile.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel, DiagnosticSpan};

/// An error of the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The file, from the root of the copy, and the line; none, where the compiler named none.
    pub place: Option<(String, usize)>,
    /// What it said.
    pub text: String,
}

/// What a build came to.
pub enum Built {
    /// The programs of the tests.
    Programs(Vec<PathBuf>),
    /// It does not compile.
    Broken(Vec<Complaint>),
}

/// Where and what to build.
pub struct Builder {
    /// The root of the copy.
    pub folder: PathBuf,
    /// Where cargo puts what it makes.
    pub target: PathBuf,
    /// The crate.
    pub package: String,
}

impl Builder {
    /// Compiles the library, without its tests and without making anything.
    ///
    /// # Errors
    /// Cargo does not run, or fails for a reason of its own.
    pub fn check(&self) -> Result<Built, String> {
        self.cargo(&["check", "--lib"])
    }

    /// Builds its tests.
    ///
    /// # Errors
    /// Cargo does not run, or fails for a reason of its own.
    pub fn tests(&self) -> Result<Built, String> {
        self.cargo(&["test", "--no-run", "--lib", "--tests"])
    }

    fn cargo(&self, args: &[&str]) -> Result<Built, String> {
        let output = Command::new(env!("CARGO"))
            .args(args)
            .args(["--package", &self.package])
            .args(["--message-format", "json", "--quiet"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            // The tests run thousands of times, and are built once.
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("run cargo: {error}"))?;
        let mut programs = Vec::new();
        let mut complaints = Vec::new();
        for message in Message::parse_stream(output.stdout.as_slice()) {
            match message.map_err(|error| format!("read what cargo says: {error}"))? {
                Message::CompilerMessage(said) => {
                    complaints.extend(complaint(&self.folder, &said.message));
                }
                Message::CompilerArtifact(made) if made.profile.test => {
                    programs.extend(made.executable.map(PathBuf::from));
                }
                _ => {}
            }
        }
        programs.sort();
        match (output.status.success(), complaints.is_empty()) {
            (true, _) => Ok(Built::Programs(programs)),
            (false, false) => Ok(Built::Broken(complaints)),
            (false, true) => Err(format!(
                "build {}: cargo ended with {}",
                self.package, output.status
            )),
        }
    }
}

/// An error, with the first of its places that lies in the copy. The last error of all, which only counts, has none and
/// is left out.
fn complaint(folder: &Path, said: &Diagnostic) -> Option<Complaint> {
    let counts = said.spans.is_empty() && said.message.contains("aborting due to");
    if !matches!(said.level, DiagnosticLevel::Error | DiagnosticLevel::Ice) || counts {
        return None;
    }
    let primary = said.spans.iter().filter(|span| span.is_primary);
    Some(Complaint {
        place: primary.filter_map(|span| in_copy(folder, span)).next(),
        text: said
            .rendered
            .clone()
            .unwrap_or_else(|| said.message.clone()),
    })
}

/// Where the span is; for one in a macro, where the macro is called.
fn in_copy(folder: &Path, span: &DiagnosticSpan) -> Option<(String, usize)> {
    let mut span = span;
    while let Some(expansion) = &span.expansion {
        span = &expansion.span;
    }
    let name = Path::new(&span.file_name);
    let name = name.strip_prefix(folder).unwrap_or(name);
    let here = folder.join(name).exists() && name.is_relative();
    here.then(|| (name.to_string_lossy().into_owned(), span.line_start))
}
