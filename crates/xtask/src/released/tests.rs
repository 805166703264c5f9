use super::*;

/// A checkout that has our protocol, and nothing else.
fn checkout() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join(PROTOCOL);
    fs::create_dir_all(&target).unwrap();
    for (name, text) in protocol(&crate::root().join(PROTOCOL)).unwrap() {
        fs::write(target.join(name), text).unwrap();
    }
    folder
}

#[test]
fn what_is_released_is_never_changed() {
    let folder = checkout();
    let root = folder.path();
    assert_eq!(check(root), Vec::<String>::new(), "nothing is released yet");
    release(root, "1.0").unwrap();
    assert_eq!(check(root), Vec::<String>::new());
    let again = release(root, "1.0").unwrap_err();
    assert!(again.contains("is released already"), "{again}");

    let path = format!("{FOLDER}/1.0/refusal.json");
    let text = fs::read_to_string(root.join(&path)).unwrap();
    fs::write(root.join(&path), text.replace("Closed list", "List")).unwrap();
    let said = check(root);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("was changed") && said[0].contains(&format!("git checkout {path}")),
        "{said:?}"
    );

    fs::remove_file(root.join(&path)).unwrap();
    assert!(check(root)[0].contains("is gone"));
    fs::write(root.join(&path), &text).unwrap();
    fs::write(root.join(FOLDER).join("1.0/new.json"), "{}").unwrap();
    assert!(check(root)[0].contains("no part of what was released"));
}

#[test]
fn the_protocol_goes_on_after_a_release() {
    let folder = checkout();
    let root = folder.path();
    release(root, "1.0-rc.1").unwrap();
    let path = root.join(PROTOCOL).join("refusal.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("Closed list", "List")).unwrap();
    assert_eq!(check(root), Vec::<String>::new());
    release(root, "1.0-rc.2").unwrap();
    assert_eq!(check(root), Vec::<String>::new());
    assert_eq!(revisions(root).len(), 2);
    assert!(release(root, "../escape").is_err());
}

#[test]
fn what_is_committed_is_as_it_was_released() {
    assert_eq!(check(&crate::root()), Vec::<String>::new());
}
