//! Every conversation with the reference server, compared with the one that was reviewed.
//!
//! Snapshots answer "did it change?" and nothing else: whether the server conforms is decided by expectations, shapes
//! and invariants. How to review a change stands in `conformance/snapshots/README.md`.

#[path = "../../src/snapshots/names.rs"]
mod names;
mod play;
#[path = "../../src/snapshots/scenes.rs"]
mod scenes;
#[path = "../../src/snapshots/script.rs"]
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic;
use std::path::PathBuf;

use futures_util::StreamExt;
use futures_util::stream;

/// Conversations at a time; each has a server of its own.
const AT_ONCE: usize = 8;
/// Where the reviewed ones are, from the root of the checkout.
const FOLDER: &str = "conformance/snapshots";
/// Writes all of them anew.
const MEND: &str = "INSTA_UPDATE=always cargo test -p chatspec-cli --test snapshots";

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_as_reviewed() {
    let fixtures = play::fixtures();
    let count = fixtures.len();
    let played: BTreeMap<String, String> = stream::iter(fixtures)
        .map(|fixture| tokio::spawn(async move { (name(&fixture.id), play::play(&fixture).await) }))
        .buffer_unordered(AT_ONCE)
        .map(|ended| ended.expect("a conversation is played to its end"))
        .collect()
        .await;
    assert_eq!(
        played.len(),
        count,
        "two conversations want the same file; rename one"
    );

    let mut problems: Vec<String> = stale(&played)
        .map(|file| format!("{FOLDER}/{file}: no conversation is played for it; remove it: git rm {FOLDER}/{file}"))
        .collect();
    for (name, text) in &played {
        if differs(name, text) {
            problems.push(format!(
                "{FOLDER}/{name}.snap: the conversation went differently, or is new"
            ));
        }
    }
    assert!(
        problems.is_empty(),
        "\n{}\n\nThe differences stand above. Where they are meant: {MEND}\nthen review them: git diff {FOLDER}",
        problems.join("\n")
    );
}

/// Whether the comparison failed; insta has printed the difference then.
fn differs(name: &str, text: &str) -> bool {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // One panic would hide the differences of all conversations after it.
    settings.bind(|| panic::catch_unwind(|| insta::assert_snapshot!(name, text)).is_err())
}

/// Reviewed conversations that nobody plays any more.
fn stale(played: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    let files: BTreeSet<String> = fs::read_dir(folder())
        .expect("the folder of the snapshots")
        .map(|entry| entry.expect("a file").file_name().display().to_string())
        .collect();
    files.into_iter().filter(|file| {
        file.strip_suffix(".snap")
            .is_some_and(|name| !played.contains_key(name))
    })
}

/// `chat/room` is kept in `chat-room.snap`.
fn name(id: &str) -> String {
    id.replace('/', "-")
}

fn folder() -> PathBuf {
    // Behind the link, so that what is printed is where the file is.
    fs::canonicalize(play::data().join(FOLDER)).expect("the folder of the snapshots")
}
