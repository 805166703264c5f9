//! `chatspec report`: writes a saved JSON report in other formats.

use std::path::Path;

use chatspec_judge::report::Report;

use crate::args::Convert;
use crate::data;
use crate::exit::{Exit, Failure};
use crate::output::wanted;

/// Writes every report that is asked for. The exit says nothing about the server: the run has said it.
pub fn run(args: &Convert) -> Result<Exit, Failure> {
    let taken = wanted::stdout_taken(&args.report, false)?;
    let report = load(&args.file)?;
    for wanted in &args.report {
        wanted.deliver(&report, taken)?;
    }
    Ok(Exit::Conforms)
}

/// Reads a report from a file.
pub fn load(path: &Path) -> Result<Report, Failure> {
    let text = data::read(path)?;
    serde_json::from_str(&text).map_err(|error| {
        let path = path.display();
        Failure::usage(format!(
            "read {path} as a report: {error}; is it of `chatspec test --report json={path}`, and of this version?"
        ))
    })
}
