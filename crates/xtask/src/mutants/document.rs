//! Mutants as a document.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::record::{Record, Records, code_hash};
use super::survivors::{Survivors, key};
use super::tool::VERSION;
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
         Written by `cargo xtask mutants` with cargo-mutants {VERSION}: each mutant is one expression of a pure crate, broken. It\n\
         is caught if the crate's own tests fail. {ENOUGH} of 100 have to be; those that do not compile do not count. Files are\n\
         run one by one, as a whole run takes hours: what was not run says so, and so does what has changed since.\n\n\
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
        text.push_str("| mutant | why it is no hole |\n|---|---|\n");
    }
    for name in survived {
        let reason = survivors.reason(name).unwrap_or("**no reason yet**");
        let _ = writeln!(text, "| `{}` | {reason} |", key(name).replace('|', "\\|"));
    }
    text.push_str("\n## Files\n\n| file | mutants | caught | survived | do not compile | run |\n|---|---|---|---|---|---|\n");
    for (file, count) in &records.listed {
        let _ = match records.files.get(file) {
            None => writeln!(text, "| `{file}` | {count} | | | | **no** |"),
            Some(record) => writeln!(
                text,
                "| `{file}` | {count} | {} | {} | {} | {} |",
                record.caught,
                record.survived.len(),
                record.unviable,
                age(root, file, record)
            ),
        };
    }
    text
}

fn age(root: &Path, file: &str, record: &Record) -> &'static str {
    match fs::read_to_string(root.join(file)) {
        Ok(source) if code_hash(&source) == record.source => "yes",
        _ => "before its last change",
    }
}
