use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::rewriting::mutant;
use crate::mutants::build::Builder;
use crate::mutants::journal::Journal;
use crate::mutants::mutant::{Fate, Mutant};
use crate::mutants::play::{End, Run};
use crate::mutants::together::Trial;
use crate::mutants::tree::Tree;

const WORKSPACE: &str = "[workspace]\nmembers = [\"small\"]\nresolver = \"3\"\n";
const MANIFEST: &str = "[package]\nname = \"small\"\nedition = \"2024\"\n";
const SOURCE: &str = "//! A crate.

/// Adds.
pub fn add(a: u8, b: u8) -> u8 {
    a + b
}

/// Of no use to anybody.
pub fn idle() -> u8 {
    7
}

/// What is known at compile time.
pub const fn fixed() -> u8 {
    3
}

/// Nobody knows its type.
pub fn hidden(a: u8) -> impl Fn() -> u8 {
    move || a
}

#[test]
fn it_adds() {
    assert_eq!(add(2, fixed()), 5);
    assert_eq!(hidden(1)(), 1);
}
";

/// What never ends is not waited for, and is told from what fails.
#[test]
fn tests_end_by_themselves_or_are_ended() {
    let folder = tempfile::tempdir().unwrap();
    let end = |script: &str| {
        let program = folder.path().join("program");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        let run = Run {
            program: Path::new("sh"),
            tests: Vec::new(),
            usual: Duration::ZERO,
            env: vec![("MUTANT_ACTIVE", "3".to_owned())],
        };
        run.once(folder.path(), &[program.to_str().unwrap()], 1)
            .unwrap()
    };
    assert_eq!(end("[ $MUTANT_ACTIVE = 3 ]"), End::Passed);
    assert_eq!(end("exit 101"), End::Failed);
    assert_eq!(end("kill -ABRT $$"), End::Failed);
    assert_eq!(end("while :; do :; done"), End::Late);
}

/// A small crate from its checkout to the fates of its mutants.
#[test]
fn a_crate_is_tried_from_end_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let checkout = folder.path().join("checkout");
    fs::create_dir_all(checkout.join("small/src")).unwrap();
    fs::write(checkout.join("Cargo.toml"), WORKSPACE).unwrap();
    fs::write(checkout.join("small/Cargo.toml"), MANIFEST).unwrap();
    fs::write(checkout.join("small/src/lib.rs"), SOURCE).unwrap();
    let git = Command::new("git")
        .args(["init", "--quiet"])
        .current_dir(&checkout)
        .status();
    assert!(git.unwrap().success());
    let tree = Tree::copy(&checkout, folder.path().join("tree")).unwrap();

    let cases = [
        ("pub fn add", "+", "*", Fate::Caught),
        ("pub fn add", "a + b", "b + a", Fate::Survived),
        ("pub fn add", "a + b", "\"no number\"", Fate::Unviable),
        ("pub fn idle", "7", "0", Fate::Survived),
        ("pub const fn", "3", "1", Fate::Caught),
        ("pub const fn", "3", "1 + 2", Fate::Survived),
        ("pub fn hidden", "move || a", "|| 1", Fate::Survived),
        ("pub fn hidden", "move || a", "move || 9", Fate::Caught),
        ("pub fn hidden", "move || a", "7", Fate::Unviable),
        // An interrupted run has found this.
        ("pub fn add", "a + b", "a", Fate::Late),
    ];
    let made = |(number, (function, what, with, _)): (usize, &(&str, &str, &str, Fate))| Mutant {
        name: format!("small/src/lib.rs:{number}:1: {function}"),
        file: "small/src/lib.rs".to_owned(),
        ..mutant(SOURCE, function, what, with)
    };
    let mutants: Vec<Mutant> = (1..).zip(&cases).map(made).collect();
    let journal = Journal::open(
        folder.path().join("journal"),
        &tree.hash("small/src", super::super::record::code),
        &tree.hash("small", |all| all),
    )
    .unwrap();
    let known = mutants.last().unwrap().name.clone();
    journal.note(&known, Fate::Late).unwrap();
    let journal = Journal::open(
        folder.path().join("journal"),
        &tree.hash("small/src", super::super::record::code),
        &tree.hash("small", |all| all),
    )
    .unwrap();
    let trial = Trial {
        journal: &journal,
        tree: &tree,
        builder: Builder {
            folder: tree.folder.clone(),
            target: folder.path().join("target"),
            package: "small".to_owned(),
        },
        home: "small".to_owned(),
        notes: folder.path().join("notes"),
        jobs: 2,
        mutants: &mutants,
        wanted: BTreeSet::from_iter(1..=mutants.len()),
    };
    let fates = trial.fates().unwrap();
    for (mutant, (function, what, with, fate)) in mutants.iter().zip(&cases) {
        assert_eq!(fates[&mutant.name], *fate, "{function}: {what}, {with}");
    }
    assert_eq!(
        fs::read_to_string(tree.folder.join("small/src/lib.rs")).unwrap(),
        SOURCE,
        "the copy is whole again"
    );

    let other = Journal::open(folder.path().join("journal"), "of other sources", "tests").unwrap();
    assert!(!journal.known.is_empty() && other.known.is_empty());
    other.close().unwrap();
    assert!(!folder.path().join("journal").exists());
}
