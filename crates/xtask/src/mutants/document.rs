//! Mutants as a document.

use std::fmt::Write;
use std::path::Path;

use super::list::VERSION;
use super::record::Records;
use super::survivors::{Survivors, key};
use super::{ENOUGH, PACKAGES};

/// One line a crate, for the terminal.
pub fn summary(records: &Records) -> String {
    let lines: Vec<String> = PACKAGES
        .iter()
        .map(|package| {
            let sum = records.sum(package);
            format!(
                "{package}: {} of {} caught, {} not run",
                sum.caught,
                sum.counted(),
                sum.waiting
            )
        })
        .collect();
    lines.join("\n")
}

/// The document.
pub fn markdown(root: &Path, records: &Records, survivors: &Survivors) -> String {
    let mut text = format!(
        "# Mutants\n\n\
         Written by `cargo xtask mutants`; the list is that of cargo-mutants {VERSION}. Each mutant is one expression of a pure\n\
         crate, broken. It is caught if a test of the crate's own fails, or runs for ever. {ENOUGH} of 100 have to be; those that\n\
         do not compile do not count. A file that was not run says so, and so does one that has changed since.\n\n\
         | crate | caught | of | % | not run |\n|---|---|---|---|---|\n"
    );
    for package in PACKAGES {
        let sum = records.sum(package);
        let percent = match sum.counted() {
            0 => "-".to_owned(),
            all => format!("{:.1}", sum.caught as f64 * 100.0 / all as f64),
        };
        let _ = writeln!(
            text,
            "| `{package}` | {} | {} | {percent} | {} |",
            sum.caught,
            sum.counted(),
            sum.waiting
        );
    }
    text.push_str("\n## Survivors\n\n");
    let survived: Vec<&String> = records.files.values().flat_map(|r| &r.survived).collect();
    if survived.is_empty() {
        text.push_str("None.\n");
    } else {
        text.push_str(
            "| mutant | why it is no hole, or the test that there might be |\n|---|---|\n",
        );
    }
    for name in survived {
        let reason = survivors.reason(name).unwrap_or("**no reason yet**");
        let _ = writeln!(text, "| `{}` | {reason} |", key(name).replace('|', "\\|"));
    }
    text.push_str("\n## Files\n\n| file | mutants | caught | of these by time | survived | do not compile | run |\n|---|---|---|---|---|---|---|\n");
    for (file, count) in &records.listed {
        let _ = match records.files.get(file) {
            None => writeln!(text, "| `{file}` | {count} | | | | | **no** |"),
            Some(record) => writeln!(
                text,
                "| `{file}` | {count} | {} | {} | {} | {} | {} |",
                record.caught,
                record.late,
                record.survived.len(),
                record.unviable,
                match records.current(root, file) {
                    Some(_) => "yes",
                    None => "before its last change",
                }
            ),
        };
    }
    text
}
