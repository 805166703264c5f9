mod rewriting;
mod trial;

use super::mutant::{Fate, Fates, Mutant, Place, Span};
use super::*;

const FILE: &str = "crates/chatspec-room/src/join.rs";
const SOURCE: &str = "fn join() {}\n";

fn mutant(file: &str, what: &str) -> Mutant {
    let start = Place { line: 3, column: 5 };
    Mutant {
        name: format!("{file}:3:5: {what}"),
        file: file.to_owned(),
        function: None,
        span: Span { start, end: start },
        replacement: String::new(),
    }
}

fn fates(mutants: &[(Mutant, Fate)]) -> Fates {
    let each = mutants.iter();
    each.map(|(mutant, fate)| (mutant.name.clone(), *fate))
        .collect()
}

/// Records of a run of [`FILE`] with these fates, in a checkout that has the file.
fn records(fated: &[(&str, Fate)]) -> (tempfile::TempDir, Records) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("crates/chatspec-room/src")).unwrap();
    fs::write(folder.path().join(FILE), SOURCE).unwrap();
    let mut records = Records::default();
    take_up(&mut records, folder.path(), fated, fated);
    (folder, records)
}

/// Takes up that these mutants are there, and that these were tried.
fn take_up(records: &mut Records, folder: &Path, listed: &[(&str, Fate)], tried: &[(&str, Fate)]) {
    let made = |fated: &[(&str, Fate)]| -> Vec<(Mutant, Fate)> {
        let each = fated.iter();
        each.map(|(what, fate)| (mutant(FILE, what), *fate))
            .collect()
    };
    let mutants: Vec<Mutant> = made(listed).into_iter().map(|(mutant, _)| mutant).collect();
    records.take_up(folder, "chatspec-room", &mutants, &fates(&made(tried)));
}

#[test]
fn the_lists_words_are_understood() {
    let text = r#"[{
        "name": "src/a.rs:2:7: replace + with - in add", "file": "src/a.rs", "package": "p", "genre": "BinaryOperator",
        "function": {"function_name": "add", "return_type": "-> u8",
            "span": {"start": {"line": 1, "column": 1}, "end": {"line": 3, "column": 2}}},
        "replacement": "-", "span": {"start": {"line": 2, "column": 7}, "end": {"line": 2, "column": 8}}
    }]"#;
    let listed: Vec<Mutant> = serde_json::from_str(text).unwrap();
    let span = listed[0].span;
    assert_eq!((span.start.line, span.end.column), (2, 8));
    assert_eq!(listed[0].function.unwrap().span.end.line, 3);
    assert_eq!(listed[0].replacement, "-");
}

#[test]
fn a_file_counts_once_all_of_it_was_run() {
    let all = [
        ("one", Fate::Caught),
        ("two", Fate::Unviable),
        ("three", Fate::Late),
    ];
    let (folder, mut records) = records(&all);
    assert_eq!(records.sum("chatspec-room").counted(), 2);
    assert_eq!(records.sum("chatspec").counted(), 0);

    let other = "crates/chatspec-room/src/leave.rs";
    let both = [
        mutant(FILE, "one"),
        mutant(FILE, "new"),
        mutant(other, "four"),
    ];
    let tried = fates(&[(mutant(FILE, "one"), Fate::Survived)]);
    records.take_up(folder.path(), "chatspec-room", &both, &tried);
    let sum = records.sum("chatspec-room");
    assert_eq!(
        (sum.caught, sum.survived, sum.waiting),
        (2, 0, 1),
        "what was known stays"
    );
    let text = document::markdown(folder.path(), &records, &Survivors::default());
    assert!(
        text.contains(&format!("| `{FILE}` | 2 | 2 | 1 | 0 | 1 | yes |")),
        "{text}"
    );
    assert!(
        text.contains(&format!("| `{other}` | 1 | | | | | **no** |")),
        "{text}"
    );

    fs::write(folder.path().join(FILE), "fn join() { }\n").unwrap();
    let text = document::markdown(folder.path(), &records, &Survivors::default());
    assert!(text.contains("| before its last change |"), "{text}");

    records.take_up(folder.path(), "chatspec", &[], &Fates::new());
    assert_eq!(records.sum("chatspec-room").counted(), 2, "another crate");
    records.take_up(folder.path(), "chatspec-room", &[], &Fates::new());
    assert!(
        records.files.is_empty() && records.listed.is_empty(),
        "a file that is gone has no mutants"
    );
}

#[test]
fn what_survived_may_be_tried_again_while_the_file_is_the_same() {
    let all = [
        ("one", Fate::Caught),
        ("two", Fate::Survived),
        ("three", Fate::Survived),
    ];
    let (folder, mut records) = records(&all);
    let caught = |records: &Records| records.sum("chatspec-room").caught;

    take_up(&mut records, folder.path(), &all, &[("two", Fate::Caught)]);
    assert_eq!(
        caught(&records),
        1,
        "only one of those that survived was tried"
    );
    let both = [("two", Fate::Caught), ("three", Fate::Survived)];
    take_up(&mut records, folder.path(), &all, &both);
    assert_eq!(caught(&records), 2);
    assert_eq!(records.files[FILE].survived, [mutant(FILE, "three").name]);

    fs::write(folder.path().join(FILE), "fn join() { }\n").unwrap();
    take_up(
        &mut records,
        folder.path(),
        &all,
        &[("three", Fate::Caught)],
    );
    assert_eq!(caught(&records), 2, "of another text, all have to be tried");
}

#[test]
fn options_choose_mutants() {
    let (folder, records) = records(&[("one", Fate::Caught), ("two", Fate::Survived)]);
    let other = "crates/chatspec-room/src/leave.rs";
    let all = [
        mutant(FILE, "one"),
        mutant(FILE, "two"),
        mutant(other, "three"),
    ];
    let chosen = |again: bool, file: &str| {
        let options = Options {
            package: Vec::new(),
            file: vec![file.to_owned()],
            again,
            jobs: 1,
            settle: false,
            check: false,
        };
        Vec::from_iter(wanted(folder.path(), &records, &options, &all))
    };
    assert_eq!(chosen(false, ""), [1, 2, 3]);
    assert_eq!(chosen(false, "leave"), [3]);
    assert_eq!(chosen(true, ""), [2, 3], "one is known to be caught");
    fs::write(folder.path().join(FILE), "fn join() { }\n").unwrap();
    assert_eq!(chosen(true, ""), [1, 2, 3], "of another text, nothing is");
}

#[test]
fn a_survivor_needs_a_reason_and_a_reason_a_survivor() {
    let mut fates = vec![("replace == with != in join", Fate::Survived)];
    let names: Vec<String> = (0..19).map(|n| format!("caught {n}")).collect();
    fates.extend(names.iter().map(|name| (name.as_str(), Fate::Caught)));
    let (_folder, records) = records(&fates);
    let bare = problems(&records, &Survivors::default()).join("\n");
    let key = format!("{FILE}: replace == with != in join");
    assert!(
        bare.contains("no test notices it") && bare.contains(&key),
        "{bare}"
    );
    assert!(!bare.contains("of 100"), "19 of 20 are enough: {bare}");

    let toml = |mutant: &str, reason: &str| {
        let text = format!("[[survivor]]\nmutant = {mutant:?}\nreason = {reason:?}\n");
        Survivors::parse(&text).unwrap()
    };
    assert_eq!(
        problems(&records, &toml(&key, "both are the same")),
        Vec::<String>::new()
    );
    assert_eq!(
        problems(&records, &toml(&key, " ")).len(),
        1,
        "a blank is no reason"
    );
    let stale = problems(&records, &toml(&format!("{FILE}: replace + with -"), "x"));
    assert!(
        stale
            .iter()
            .any(|line| line.contains("is caught, or is no mutant")),
        "{stale:?}"
    );
}

#[test]
fn too_few_caught_fail() {
    let (_folder, records) = records(&[("one", Fate::Survived), ("two", Fate::Caught)]);
    let problems = problems(&records, &Survivors::default()).join("\n");
    assert!(
        problems.contains("chatspec-room: 1 of 2 mutants caught"),
        "{problems}"
    );
}

/// What is committed.
#[test]
fn survivors_of_this_checkout_have_reasons() {
    let root = crate::root();
    let records = Records::read(&root).unwrap();
    let problems = problems(&records, &Survivors::read(&root).unwrap());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
