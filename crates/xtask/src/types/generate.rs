//! Makes the generated files, or compares them.

use std::fs;
use std::path::Path;

use super::language::Fresh;
use super::{Language, hashed, script};

/// Writes the generated files of a language.
///
/// # Errors
/// When its generator fails.
pub fn write(root: &Path, language: &Language) -> Result<(), Vec<String>> {
    let folder = script::folder(root, language).join(language.folder);
    make(root, language, &folder).map_err(|problem| vec![problem])
}

/// Generates in a folder of its own, and compares; or looks at the hashes, where that is how the files are known.
///
/// # Errors
/// One line a file that differs, and the mend; or why the generator failed.
pub fn check(root: &Path, language: &Language) -> Result<(), Vec<String>> {
    if language.fresh == Fresh::Hashed {
        return hashed::check(root, language);
    }
    let fresh = script::work(root, language)
        .map(|folder| folder.join("generated"))
        .map_err(|problem| vec![problem])?;
    let _ = fs::remove_dir_all(&fresh);
    make(root, language, &fresh).map_err(|problem| vec![problem])?;
    let committed = script::folder(root, language).join(language.folder);
    let mut problems = differences(language, &committed, &fresh);
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

/// What the generator makes otherwise than it is committed, file by file.
fn differences(language: &Language, committed: &Path, fresh: &Path) -> Vec<String> {
    let path = |file: &str| format!("clients/{}/{}/{file}", language.name, language.folder);
    let mut problems: Vec<String> = language
        .files
        .iter()
        .filter_map(|file| {
            let why = difference(&committed.join(file), &fresh.join(file))?;
            Some(format!("{}{why} (CODEGEN)", path(file)))
        })
        .collect();
    for made in crate::files(fresh, language.ending) {
        let file = made
            .strip_prefix(fresh)
            .unwrap_or(&made)
            .display()
            .to_string();
        if !language.files.contains(&file.as_str()) {
            problems.push(format!(
                "{}: the generator makes it, and crates/xtask/src/types/language.rs does not name it (CODEGEN)",
                path(&file)
            ));
        }
    }
    problems
}

fn difference(committed: &Path, fresh: &Path) -> Option<String> {
    let (Ok(was), Ok(is)) = (fs::read_to_string(committed), fs::read_to_string(fresh)) else {
        return Some(": the file is missing".to_owned());
    };
    let line = was.lines().zip(is.lines()).position(|(was, is)| was != is);
    (was != is).then(|| match line {
        Some(line) => format!(":{}: the generator makes something else", line + 1),
        None => ": the generator makes something longer or shorter".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::LANGUAGES;
    use super::*;

    #[test]
    fn a_file_that_differs_is_missing_or_is_new_is_told() {
        let (committed, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let [first, second, third] = LANGUAGES[0].files else {
            panic!("the first language has three files");
        };
        for folder in [&committed, &fresh] {
            for file in [first, second, third] {
                fs::write(folder.path().join(file), "one\ntwo\n").unwrap();
            }
        }
        let told = || differences(&LANGUAGES[0], committed.path(), fresh.path());
        assert_eq!(told(), Vec::<String>::new());

        fs::write(fresh.path().join(first), "one\n2\n").unwrap();
        fs::write(fresh.path().join(second), "one\ntwo\nthree\n").unwrap();
        fs::remove_file(committed.path().join(third)).unwrap();
        fs::write(fresh.path().join("new.ts"), "one\n").unwrap();
        let told = told();
        let whys = [
            ":2: the gen",
            "longer or shorter",
            "is missing",
            "new.ts: the generator",
        ];
        assert_eq!(told.len(), whys.len(), "{told:?}");
        for (told, why) in told.iter().zip(whys) {
            assert!(told.contains(why) && told.ends_with("(CODEGEN)"), "{told}");
        }
    }
}
