//! Every committed fixture loads, and lint has nothing to say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chatspec_judge::fixture::{self, Fixture, lint};
use chatspec_judge::rule::{Rules, RulesFile, spec};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn rules() -> Rules {
    let mut all = Vec::new();
    for path in files(&root().join("spec/src"), "md") {
        let text = fs::read_to_string(&path).expect("the spec can be read");
        all.extend(
            spec::rules(&path.display().to_string(), &text)
                .expect("the spec's rules are well-formed"),
        );
    }
    Rules::from(RulesFile {
        revision: "1.0".to_owned(),
        rules: all,
    })
}

/// All written conversations.
pub fn conversations() -> Vec<Fixture> {
    let load = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a fixture can be read");
        fixture::load(&path.display().to_string(), &text).expect("a fixture")
    };
    let paths = files(&root().join("fixtures/conversations"), "yaml");
    paths.into_iter().map(load).collect()
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|other| other == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_fixture_is_clean() {
    let rules = rules();
    assert!(rules.iter().count() > 100, "the spec has its rules");
    let mut fixtures = Vec::new();
    let mut errors = Vec::new();
    let paths = files(&root().join("fixtures/conversations"), "yaml");
    assert!(!paths.is_empty(), "there are fixtures");
    for path in paths {
        let text = fs::read_to_string(&path).expect("a fixture can be read");
        match fixture::load(&path.display().to_string(), &text) {
            Ok(fixture) => fixtures.push(fixture),
            Err(found) => errors.extend(found),
        }
    }
    errors.extend(
        fixtures
            .iter()
            .flat_map(|fixture| lint::lint(fixture, &rules)),
    );
    errors.extend(lint::lint_all(&fixtures));
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "\n{}", errors.join("\n"));
}

/// Bad inputs, too: each is judged by its steps in either profile, and counted once in the layer of its id.
#[test]
fn every_bad_input_is_clean_in_either_profile() {
    let rules = rules();
    let mut errors = Vec::new();
    let mut all = Vec::new();
    for path in files(&root().join("fixtures/hostile"), "yaml") {
        let text = fs::read_to_string(&path).expect("a fixture can be read");
        match fixture::hostile::load(&path.display().to_string(), &text) {
            Ok(fixtures) => all.extend(fixtures),
            Err(found) => errors.extend(found),
        }
    }
    assert!(!all.is_empty(), "there are bad inputs");
    errors.extend(all.iter().flat_map(|fixture| lint::lint(fixture, &rules)));
    errors.extend(lint::lint_all(&all));
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "\n{}", errors.join("\n"));

    let layers = fixture::hostile::by_layer(all.iter());
    let ids: BTreeSet<&str> = all
        .iter()
        .filter_map(|fixture| fixture.input.as_ref())
        .map(|input| input.id.as_str())
        .collect();
    assert_eq!(layers.values().sum::<usize>(), ids.len());
    assert!(
        layers.len() > 8 && layers.keys().all(|layer| !layer.is_empty()),
        "{layers:?}"
    );
}
