use std::fs;
use std::path::Path;

use super::*;

const SPEC: &str = "r[chat.room] (core)\n\nThe server **MUST** tell the room.\n\n\
                    r[chat.may] (core)\n\nThe server **MAY** sing.\n\n\
                    r[chat.load] (core, untested: it takes load)\n\nThe server **MUST** bear it.\n";
const SET: &str = "conformance/requirements/1.0.yaml";

/// A checkout with one chapter and its requirements.
fn checkout() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("spec/src")).unwrap();
    fs::write(
        folder.path().join("spec/src/SUMMARY.md"),
        "- [Chat](chat.md)\n",
    )
    .unwrap();
    spec(folder.path(), SPEC);
    assert_eq!(write(folder.path()), Vec::<String>::new());
    folder
}

fn spec(root: &Path, text: &str) {
    fs::write(root.join("spec/src/chat.md"), text).unwrap();
}

fn edit(root: &Path, path: &str, from: &str, to: &str) {
    let text = fs::read_to_string(root.join(path)).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(root.join(path), text.replace(from, to)).unwrap();
}

#[test]
fn until_the_release_it_follows_the_spec() {
    let folder = checkout();
    let root = folder.path();
    assert_eq!(check(root), Vec::<String>::new());
    let set = Requirements::from_yaml(&fs::read_to_string(root.join(SET)).unwrap()).unwrap();
    assert!(!set.released);
    assert_eq!(
        set.rules.len(),
        1,
        "neither a MAY nor an untested rule is scored"
    );

    spec(root, &SPEC.replace("the room", "the whole room"));
    assert_eq!(
        check(root),
        [format!("{SET}: stale; mend: cargo xtask codegen")]
    );
    write(root);
    assert_eq!(check(root), Vec::<String>::new());
}

#[test]
fn a_released_set_is_never_changed() {
    let folder = checkout();
    let root = folder.path();
    frozen::release(root, "1.0").unwrap();
    assert_eq!(check(root), Vec::<String>::new());
    assert!(artifacts(root).is_empty());
    let again = frozen::release(root, "1.0").unwrap_err();
    assert_eq!(again, format!("{SET}: is released already"));

    for (from, to) in [
        ("released: true", "released: false"),
        ("keyword: MUST", "keyword: SHOULD"),
        ("name: chat.room", "name: chat.rooms"),
    ] {
        edit(root, SET, from, to);
        let problems = check(root).join("\n");
        assert!(
            problems.contains("is released and its requirements are frozen"),
            "{problems}"
        );
        edit(root, SET, to, from);
    }
    fs::rename(root.join(SET), root.join("conformance/gone")).unwrap();
    let problems = check(root).join("\n");
    assert!(problems.contains("its requirements are gone"), "{problems}");
}

#[test]
fn a_released_rule_keeps_its_words_and_a_new_one_waits() {
    let folder = checkout();
    let root = folder.path();
    frozen::release(root, "1.0").unwrap();
    spec(
        root,
        &format!("{SPEC}\nr[chat.new] (core)\n\nThe server **MUST** be new.\n"),
    );
    write(root);
    assert_eq!(check(root), Vec::<String>::new());
    let set = fs::read_to_string(root.join(SET)).unwrap();
    assert!(!set.contains("chat.new"));

    for (from, to, what) in [
        ("the room", "a room", "has another sentence"),
        ("**MUST** tell", "**SHOULD** tell", "has another keyword"),
        (
            "r[chat.room] (core)",
            "r[chat.room] (hardened)",
            "has another profile",
        ),
        ("r[chat.room]", "r[chat.hall]", "is gone"),
    ] {
        spec(root, &SPEC.replace(from, to));
        let problems = check(root).join("\n");
        assert!(
            problems.contains(what) && problems.contains("mend: "),
            "{problems}"
        );
    }
}

#[test]
fn a_hand_cannot_release() {
    let folder = checkout();
    edit(folder.path(), SET, "released: false", "released: true");
    let problems = check(folder.path()).join("\n");
    assert!(problems.contains("does not know it"), "{problems}");
}

#[test]
fn a_set_of_another_name_or_of_a_past_revision_is_told() {
    let folder = checkout();
    let root = folder.path();
    let old = fs::read_to_string(root.join(SET))
        .unwrap()
        .replace("revision: \"1.0\"", "revision: \"0.9\"");
    fs::write(root.join("conformance/requirements/0.8.yaml"), old).unwrap();
    let problems = check(root).join("\n");
    assert!(
        problems.contains("rename it to conformance/requirements/0.9.yaml"),
        "{problems}"
    );
    assert!(problems.contains("was never released"), "{problems}");
}

/// The sets of this checkout.
#[test]
fn requirements_are_fresh_or_frozen() {
    let problems = check(&crate::root());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
