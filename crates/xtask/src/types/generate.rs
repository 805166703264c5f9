//! Makes the generated files, or compares them.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Language, script};

/// Writes the generated files of a language.
///
/// # Errors
/// When its generator fails.
pub fn write(root: &Path, language: &Language) -> Result<(), Vec<String>> {
    let folder = script::folder(root, language).join(language.folder);
    make(root, language, &folder).map_err(|problem| vec![problem])
}

/// Generates in a folder of its own, and compares.
///
/// # Errors
/// One line a file that differs, and the mend; or why the generator failed.
pub fn check(root: &Path, language: &Language) -> Result<(), Vec<String>> {
    let fresh = script::work(root, language)
        .map(|folder| folder.join("generated"))
        .map_err(|problem| vec![problem])?;
    let _ = fs::remove_dir_all(&fresh);
    make(root, language, &fresh).map_err(|problem| vec![problem])?;
    let committed = script::folder(root, language).join(language.folder);
    let mut problems: Vec<String> = language
        .files
        .iter()
        .filter_map(|file| difference(language, file, &committed, &fresh))
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    problems.push(format!(
        "to mend this: cargo xtask types --language {}",
        language.name
    ));
    Err(problems)
}

fn make(root: &Path, language: &Language, to: &Path) -> Result<(), String> {
    fs::create_dir_all(to).map_err(|error| format!("make {}: {error}", to.display()))?;
    let said = script::run(root, language, "generate", &[to])?;
    let missing = |file: &&&str| fs::read(to.join(file)).map_or(true, |bytes| bytes.is_empty());
    match language.files.iter().find(missing) {
        None if said.well => Ok(()),
        found => Err(format!(
            "{}: the generator {}:\n{}",
            language.name,
            found.filter(|_| said.well).map_or_else(
                || "failed".to_owned(),
                |file| format!("did not write {file}")
            ),
            script::tail(&said.all)
        )),
    }
}

fn difference(language: &Language, file: &str, committed: &Path, fresh: &Path) -> Option<String> {
    let read =
        |folder: &Path| -> Option<Vec<u8>> { fs::read(PathBuf::from(folder).join(file)).ok() };
    let path = format!("clients/{}/{}/{file}", language.name, language.folder);
    let (was, is) = (read(committed)?, read(fresh)?);
    let line = was
        .split(|byte| *byte == b'\n')
        .zip(is.split(|byte| *byte == b'\n'))
        .position(|(was, is)| was != is);
    (was != is).then(|| match line {
        Some(line) => format!(
            "{path}:{}: the generator makes something else (CODEGEN)",
            line + 1
        ),
        None => format!("{path}: the generator makes something longer or shorter (CODEGEN)"),
    })
}
