//! The project's own chores as a library, so that tests can call them.
//!
//! Nothing here includes a generated file at compile time: a broken one must never stop the generator that mends it
//! from building.

pub mod bench;
pub mod codegen;
pub mod faults;
pub mod flake;
pub mod test;

use std::path::{Path, PathBuf};

/// Root of the checkout that this program was built from.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the package is two folders below the root")
        .to_owned()
}
