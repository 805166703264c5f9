use super::result::{Fate, Fates, Mutant, Outcomes};
use super::*;

const FILE: &str = "crates/chatspec-room/src/join.rs";

fn mutant(what: &str) -> Mutant {
    Mutant {
        name: format!("{FILE}:3:5: {what}"),
        file: FILE.to_owned(),
        diff: format!("-{what}"),
    }
}

/// Records of a run of [`FILE`] with these fates, in a checkout that has the file.
fn records(fates: &[(&str, Fate)]) -> (tempfile::TempDir, Records) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("crates/chatspec-room/src")).unwrap();
    fs::write(folder.path().join(FILE), "fn join() {}\n").unwrap();
    let listed: Vec<Mutant> = fates.iter().map(|(what, _)| mutant(what)).collect();
    let listed = BTreeMap::from([(FILE.to_owned(), listed)]);
    let fates: Fates = fates
        .iter()
        .map(|(what, fate)| (mutant(what), *fate))
        .collect();
    let mut records = Records::default();
    records.take_up(folder.path(), &listed, &fates);
    (folder, records)
}

#[test]
fn the_tools_words_are_understood() {
    let text = r#"{"outcomes": [
        {"scenario": "Baseline", "summary": "Success", "phase_results": []},
        {"scenario": {"Mutant": {"name": "a", "file": "f", "package": "p"}}, "summary": "CaughtMutant"},
        {"scenario": {"Mutant": {"name": "b", "file": "f"}}, "summary": "Timeout"},
        {"scenario": {"Mutant": {"name": "c", "file": "f"}}, "summary": "MissedMutant"},
        {"scenario": {"Mutant": {"name": "d", "file": "f"}}, "summary": "Unviable"},
        {"scenario": {"Mutant": {"name": "e", "file": "f"}}, "summary": "Failure"}
    ], "total_mutants": 5}"#;
    let outcomes: Outcomes = serde_json::from_str(text).unwrap();
    let fates: Vec<(String, Fate)> = outcomes
        .fates()
        .into_iter()
        .map(|(mutant, fate)| (mutant.name, fate))
        .collect();
    let expected = [
        ("a".to_owned(), Fate::Caught),
        ("b".to_owned(), Fate::Caught),
        ("c".to_owned(), Fate::Survived),
        ("d".to_owned(), Fate::Unviable),
    ];
    assert_eq!(fates, expected, "what came to no end has no fate");
}

#[test]
fn a_file_counts_once_all_of_it_was_run() {
    let (folder, mut records) = records(&[("one", Fate::Caught), ("two", Fate::Unviable)]);
    assert_eq!(records.sum("chatspec-room").counted(), 1);
    assert_eq!(records.sum("chatspec").counted(), 0);

    let other = "crates/chatspec-room/src/leave.rs";
    let mut left = mutant("three");
    left.file = other.to_owned();
    let listed = BTreeMap::from([
        (FILE.to_owned(), vec![mutant("one"), mutant("changed")]),
        (other.to_owned(), vec![left]),
    ]);
    records.take_up(
        folder.path(),
        &listed,
        &Fates::from([(mutant("one"), Fate::Survived)]),
    );
    let sum = records.sum("chatspec-room");
    assert_eq!(
        (sum.caught, sum.survived, sum.waiting),
        (1, 0, 1),
        "what was known stays"
    );
    let text = document::markdown(folder.path(), &records, &Survivors::default());
    assert!(
        text.contains(&format!("| `{FILE}` | 2 | 1 | 0 | 1 | yes |")),
        "{text}"
    );
    assert!(
        text.contains(&format!("| `{other}` | 1 | | | | **no** |")),
        "{text}"
    );

    fs::write(folder.path().join(FILE), "fn join() { }\n").unwrap();
    let text = document::markdown(folder.path(), &records, &Survivors::default());
    assert!(text.contains("| before its last change |"), "{text}");

    records.take_up(folder.path(), &BTreeMap::new(), &Fates::new());
    assert!(
        records.files.is_empty(),
        "a file that is gone has no mutants"
    );
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
