//! The committed rules, schemas and fixtures, and the suite as a library.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chatspec_harness::drive::{Manner, Stage};
use chatspec_harness::suite::{self, Case, Options, Outcome};
use chatspec_harness::wire::{Clock, Target};
use chatspec_judge::fixture::{self, Fixture};
use chatspec_judge::rule::{Profile, Rules};
use chatspec_judge::shape::Shapes;
use tempfile::TempDir;

/// The seed of every run here: names are the same from run to run.
pub const SEED: u64 = 7;

/// Five times the usual patience, where everything is answered: it costs nothing, and a busy machine may need it.
pub const UNHURRIED: [&str; 2] = ["--timeout-scale", "5"];

/// What a run needs besides a server.
pub struct Committed {
    pub rules: Arc<Rules>,
    pub shapes: Arc<Shapes>,
    pub fixtures: Vec<Arc<Fixture>>,
}

impl Committed {
    pub fn read() -> Committed {
        let rules = Rules::from_json(&text("spec/generated/rules.json")).expect("rules");
        let shapes = Shapes::from_json(&text("schemas/protocol/v1/server-to-client.receive.json"));
        let fixtures = files(&root().join("fixtures/conversations"))
            .into_iter()
            .map(|path| {
                let text = fs::read_to_string(&path).expect("a fixture");
                Arc::new(fixture::load(&path.display().to_string(), &text).expect("a good fixture"))
            });
        Committed {
            rules: Arc::new(rules),
            shapes: Arc::new(shapes.expect("a schema")),
            fixtures: fixtures.collect(),
        }
    }

    /// Every bad input of the hostile suite.
    pub fn hostile() -> Vec<Arc<Fixture>> {
        let all = files(&root().join("fixtures/hostile")).into_iter();
        let loaded = all.flat_map(|path| {
            let text = fs::read_to_string(&path).expect("a fixture");
            fixture::hostile::load(&path.display().to_string(), &text).expect("good inputs")
        });
        loaded.map(Arc::new).collect()
    }

    /// Plays one case, without control and ordering probe.
    pub async fn play(&self, case: Case, profile: Profile, url: &str, scale: f64) -> Outcome {
        let options = Options {
            stage: Stage {
                target: Target::parse(url).expect("a URL"),
                cross_origin: "http://127.0.0.1:3000".to_owned(),
                clock: Clock::start(),
                nodes: vec![],
                seating: SEED,
                seed: SEED,
                timeout_scale: scale,
                manner: Manner::default(),
            },
            profile,
            jobs: 1,
            repeat: 1,
            probes: false,
            fail_fast: false,
            pid: None,
            transcripts: true,
        };
        let (rules, shapes) = (Arc::clone(&self.rules), Arc::clone(&self.shapes));
        suite::run(vec![case], rules, shapes, &options, |_| {})
            .await
            .expect("no probe that could fail")
    }
}

/// A folder for `--data` with the rules, the schemas and these fixtures alone: reading all of them takes its time.
pub fn data(fixtures: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let fixtures = fixtures
        .iter()
        .map(|id| format!("fixtures/conversations/{id}.yaml"));
    let schemas = ["protocol/v1/server-to-client.receive", "suite/report"]
        .map(|name| format!("schemas/{name}.json"));
    let rules = "spec/generated/rules.json".to_owned();
    for path in fixtures.chain(schemas).chain([rules]) {
        write(&folder.path().join(&path), &text(&path));
    }
    folder
}

/// Writes a file, and the folders above it.
pub fn write(path: &Path, text: &str) {
    let parent = path.parent().expect("a path in a folder");
    fs::create_dir_all(parent).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// A committed file of the data that the program embeds.
pub fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("a committed file")
}

/// The folder with `spec/`, `schemas/` and `fixtures/`.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    found
}
