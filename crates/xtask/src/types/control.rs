//! Small programs that must not pass: the wrong variant, a typo, a missing field.
//!
//! Each is written down once, with lines that end in `good` or `bad` as a comment. Without the bad lines it has to pass;
//! without the good ones it has to fail, and to say what its first line says. So it fails for what is on those lines, and
//! for nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Language, script};

/// What every language has to show.
const KINDS: [&str; 3] = ["wrong_variant", "typo", "missing_field"];

/// A control of a language.
struct Control {
    /// What it is about, and the name of its file.
    kind: &'static str,
    text: String,
    /// What the compiler or the validator has to say.
    says: String,
}

/// Runs every control of a language.
///
/// # Errors
/// One line for each that goes otherwise than it has to.
pub fn hold(root: &Path, language: &Language) -> Result<(), Vec<String>> {
    let controls: Result<Vec<Control>, String> = KINDS
        .iter()
        .map(|kind| load(root, language, kind))
        .collect();
    let controls = controls.map_err(|problem| vec![problem])?;
    let play = |without: &str| play(root, language, &controls, without).map_err(|why| vec![why]);

    let passes = play("bad")?;
    if !passes.well {
        let said = script::tail(&passes.all);
        return Err(vec![format!(
            "the controls fail even without their bad lines:\n{said}"
        )]);
    }
    let fails = play("good")?;
    if fails.well {
        return Err(vec!["the controls pass with their bad lines".to_owned()]);
    }
    let missing = |control: &&Control| !told(language, control, &fails.all);
    let problems: Vec<String> = controls
        .iter()
        .filter(missing)
        .map(|control| format!("{} does not say {:?}", control.kind, control.says))
        .collect();
    if problems.is_empty() {
        let lines = controls.iter();
        lines.for_each(|control| println!("{}: {}: {}", language.name, control.kind, control.says));
        return Ok(());
    }
    let said = format!("the controls said:\n{}", script::tail(&fails.all));
    Err(problems.into_iter().chain([said]).collect())
}

fn load(root: &Path, language: &Language, kind: &'static str) -> Result<Control, String> {
    let file = format!("controls/{kind}.{}", language.ending);
    let text = fs::read_to_string(script::folder(root, language).join(&file))
        .map_err(|error| format!("read {file}: {error}"))?;
    let says = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{} says: ", language.comment)))
        .ok_or_else(|| format!("{file} has no line with what it has to say"))?
        .to_owned();
    Ok(Control { kind, text, says })
}

/// One line names the program and says what is wrong with it.
fn told(language: &Language, control: &Control, said: &str) -> bool {
    let file = format!("{}.{}", control.kind, language.ending);
    said.lines()
        .any(|line| line.contains(&file) && line.contains(&control.says))
}

fn play(
    root: &Path,
    language: &Language,
    controls: &[Control],
    without: &str,
) -> Result<script::Said, String> {
    let folder = script::work(root, language)?;
    let mut args = vec![PathBuf::from("controls")];
    for control in controls {
        let file = folder.join(format!("{}.{}", control.kind, language.ending));
        fs::write(&file, leave_out(language, &control.text, without)?)
            .map_err(|error| format!("write {}: {error}", file.display()))?;
        args.push(file);
    }
    script::run(root, language, "run", &args)
}

/// A program without the lines of one kind, of which it must have one.
fn leave_out(language: &Language, text: &str, kind: &str) -> Result<String, String> {
    let mark = format!("{} {kind}", language.comment);
    let kept: Vec<&str> = text.lines().filter(|line| !line.ends_with(&mark)).collect();
    match kept.len() == text.lines().count() {
        true => Err(format!("a control has no line that ends with {mark:?}")),
        false => Ok(kept.join("\n") + "\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::LANGUAGES;
    use super::*;

    #[test]
    fn a_program_is_written_once_and_played_twice() {
        let text = "// says: no\none\ntwo // good\nthree // bad\n";
        let left = |kind| leave_out(&LANGUAGES[0], text, kind);
        assert_eq!(left("bad").unwrap(), "// says: no\none\ntwo // good\n");
        assert_eq!(left("good").unwrap(), "// says: no\none\nthree // bad\n");
        assert!(left("ugly").is_err());
    }

    #[test]
    fn another_reason_or_another_program_is_not_enough() {
        let control = Control {
            kind: "typo",
            text: String::new(),
            says: "no field `txt`".to_owned(),
        };
        let told = |said| told(&LANGUAGES[0], &control, said);
        assert!(told("work/typo.ts(3): error: no field `txt`"));
        assert!(!told("work/typo.ts(3): error: cannot find module"));
        assert!(!told("work/wrong_variant.ts(3): error: no field `txt`"));
    }
}
