//! Embeds the rules, schemas and fixtures, so that the installed binary needs no checkout.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Folders below `data/` (links into the checkout, copies in a packaged crate), and the endings of what is embedded.
const FOLDERS: [(&str, &str); 7] = [
    ("spec/generated", "json"),
    ("schemas", "json"),
    ("fixtures/conversations", "yaml"),
    ("conformance/requirements", "yaml"),
    ("conformance/compat", "json"),
    ("fixtures/hostile", "yaml"),
    ("fixtures/client", "yaml"),
];

fn main() -> io::Result<()> {
    let data = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?)
        .join("data");
    let mut table = String::from(
        "/// Path from the root of the data, and content.\npub static FILES: &[(&str, &str)] = &[\n",
    );
    for (folder, ending) in FOLDERS {
        let root = data.join(folder);
        println!("cargo::rerun-if-changed={}", root.display());
        let mut found = Vec::new();
        // A missing folder is an error at run time, with a mend; it must not stop the build of the generator's users.
        walk(&root, ending, &mut found)?;
        found.sort();
        for path in found {
            let name = path
                .strip_prefix(&data)
                .map_err(io::Error::other)?
                .display()
                .to_string();
            writeln!(
                table,
                "    ({name:?}, include_str!({:?})),",
                path.display().to_string()
            )
            .map_err(io::Error::other)?;
        }
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::write(out.join("embedded.rs"), table)
}

fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            walk(&path, ending, found)?;
        } else if path.extension().is_some_and(|other| other == ending) {
            found.push(path);
        }
    }
    Ok(())
}
