//! `chatspec lint`: checks fixtures.

use std::path::PathBuf;

use crate::args::Lint;
use crate::data::{self, Data, plural};
use crate::exit::{Exit, Failure};
use crate::output::out::outln;

/// Loads and lints files and folders; every mistake has a place and a mend.
pub fn run(args: &Lint) -> Result<Exit, Failure> {
    let rules = Data::open(args.data.as_deref())?.rules()?;
    let mut paths: Vec<PathBuf> = Vec::new();
    for given in &args.files {
        if given.is_dir() {
            paths.extend(data::walk(given, "yaml"));
        } else {
            paths.push(given.clone());
        }
    }
    if paths.is_empty() {
        return Err(Failure::nothing("find a fixture: no .yaml file there"));
    }
    let texts: Vec<(String, String)> = paths
        .iter()
        .map(|path| data::read(path).map(|text| (path.display().to_string(), text)))
        .collect::<Result<_, _>>()?;
    let count = texts.len();
    data::load(texts.into_iter(), &rules).map_err(|errors| data::broken(&errors))?;
    outln!("{}: nothing to say", plural(count, "fixture"));
    Ok(Exit::Conforms)
}
