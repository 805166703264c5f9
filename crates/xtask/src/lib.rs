//! The project's own chores as a library, so that tests can call them.
//!
//! Nothing here includes a generated file at compile time: a broken one must never stop the generator that mends it
//! from building.

pub mod bench;
pub mod clients;
pub mod cluster;
pub mod codegen;
pub mod coverage;
pub mod explore;
pub mod faults;
pub mod flake;
pub mod fuzz;
pub mod gate;
pub mod matrix;
pub mod model;
pub mod mutants;
pub mod pages;
pub mod released;
pub mod requirements;
pub mod sim;
pub mod test;
pub mod types;

use std::path::{Path, PathBuf};

/// Root of the checkout that this program was built from.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the package is two folders below the root")
        .to_owned()
}

/// Files below a folder with this ending, sorted.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|other| other == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}
