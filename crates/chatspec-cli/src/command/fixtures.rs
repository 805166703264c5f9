//! `chatspec fixtures export`: the embedded data as files.

use std::fs;
use std::path::Path;

use crate::args::{Fixtures, FixturesCommand};
use crate::data::{Data, plural};
use crate::exit::{Exit, Failure};
use crate::output::out::outln;
use crate::output::safe::safe;
use crate::output::write;

/// Writes every file of the data below a folder. Nothing that differs is overwritten unless that is asked for.
pub fn run(args: &Fixtures) -> Result<Exit, Failure> {
    let FixturesCommand::Export {
        folder,
        force,
        data,
    } = &args.command;
    let data = Data::open(data.as_deref())?;
    let files: Vec<(&str, &str)> = data.below("").collect();
    let differs = |path: &str, text: &str| {
        let path = folder.join(path);
        path.exists() && fs::read_to_string(path).ok().as_deref() != Some(text)
    };
    let changed: Vec<&str> = files
        .iter()
        .filter(|(path, text)| !force && differs(path, text))
        .map(|(path, _)| *path)
        .collect();
    if let Some(first) = changed.first() {
        return Err(Failure::usage(format!(
            "export into {}: {} there would be overwritten, {first} the first; --force does that",
            folder.display(),
            plural(changed.len(), "file")
        )));
    }
    for (path, text) in &files {
        let path = folder.join(path);
        create(path.parent().unwrap_or(folder))?;
        write::file(&path, text)?;
    }
    let shown = safe(&folder.display().to_string());
    outln!(
        "wrote {} below {shown}; use them with --data {shown}",
        plural(files.len(), "file")
    );
    Ok(Exit::Conforms)
}

fn create(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::ours(format!("create {}: {error}", folder.display())))
}
