//! The walls of the house, over every dependency edge: normal, build and dev.

use cargo_metadata::{Metadata, MetadataCommand, Package};

/// A member, whom it may never reach, and why.
const WALLS: [(&str, &[&str], &str); 4] = [
    (
        "chatspec",
        &[
            "chatspec-",
            "tokio",
            "axum",
            "hyper",
            "socketioxide",
            "rand",
            "jsonschema",
        ],
        "the nouns know no other member, no runtime, no I/O and no randomness",
    ),
    (
        "chatspec-room",
        &[
            "chatspec-",
            "tokio",
            "axum",
            "hyper",
            "socketioxide",
            "rand",
            "jsonschema",
        ],
        "the decision is pure: it knows the nouns alone",
    ),
    (
        "chatspec-judge",
        &[
            "chatspec",
            "tokio",
            "hyper",
            "axum",
            "socketioxide",
            "rust_socketio",
            "mio",
            "socket2",
        ],
        "the referee does not know the player, and waits for nothing",
    ),
    (
        "chatspec-harness",
        &[
            "chatspec",
            "socketioxide",
            "engineioxide",
            "rust_socketio",
            "axum",
        ],
        "the hands share no type and no library with the server under test: both would be wrong in the same way",
    ),
];

/// The one edge that a wall lets through: the hands play what the referee defines.
const DOORS: [(&str, &str); 2] = [
    ("chatspec-harness", "chatspec-judge"),
    ("chatspec-room", "chatspec"),
];

#[test]
fn no_member_reaches_over_its_wall() {
    let metadata = metadata();
    for (member, forbidden, why) in WALLS {
        let package = package(&metadata, member);
        for dependency in &package.dependencies {
            // Generators of test data may use randomness: they are no part of what is shipped.
            let name = dependency.name.as_str();
            let door = DOORS.contains(&(member, name)) || name == "proptest";
            let hit = forbidden
                .iter()
                .any(|wall| name == *wall || (wall.ends_with('-') && name.starts_with(wall)));
            let hit = hit
                || (member != "chatspec-room"
                    && forbidden.contains(&"chatspec")
                    && name.starts_with("chatspec"));
            assert!(
                door || !hit,
                "{member} depends on {name}, which it must not: {why}"
            );
        }
    }
}

#[test]
fn what_is_pure_links_no_runtime() {
    let metadata = metadata();
    for member in ["chatspec", "chatspec-room", "chatspec-judge"] {
        let linked = linked(&metadata, member);
        assert!(linked.len() > 3, "the graph of {member} was read");
        for name in ["tokio", "mio", "socket2", "hyper"] {
            assert!(
                !linked.iter().any(|other| other == name),
                "{member} links {name}: a pure core opens no socket"
            );
        }
    }
}

#[test]
fn both_wings_meet_in_two_members_alone() {
    let metadata = metadata();
    let wing = |package: &Package, names: &[&str]| {
        package
            .dependencies
            .iter()
            .any(|d| names.contains(&d.name.as_str()))
    };
    let members = metadata.workspace_packages();
    assert_eq!(members.len(), 7, "the house has seven members");
    let both: Vec<&str> = members
        .iter()
        .filter(|package| {
            wing(package, &["chatspec", "chatspec-room", "chatspec-server"])
                && wing(package, &["chatspec-judge", "chatspec-harness"])
        })
        .map(|package| package.name.as_str())
        .collect();
    let mut sorted = both.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        ["chatspec-cli", "xtask"],
        "only these see both wings"
    );
}

#[test]
fn one_file_on_each_side_opens_a_socket() {
    let root = xtask::root();
    for (folder, allowed) in [
        (
            "crates/chatspec-harness/src",
            "crates/chatspec-harness/src/wire/net.rs",
        ),
        ("crates/chatspec-judge/src", ""),
        ("crates/chatspec/src", ""),
        ("crates/chatspec-room/src", ""),
    ] {
        for path in files(&root.join(folder)) {
            let text = std::fs::read_to_string(&path).expect("a source file can be read");
            let name = path
                .strip_prefix(&root)
                .expect("below the root")
                .display()
                .to_string();
            for word in [
                "TcpStream::connect",
                "TcpSocket::new",
                "TcpListener::bind",
                "UdpSocket",
            ] {
                assert!(
                    name == allowed || !text.contains(word),
                    "{name} opens a socket ({word}): only {allowed:?} may"
                );
            }
        }
    }
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)
        .expect("a folder of sources")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(xtask::root().join("Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .exec()
        .expect("cargo metadata runs")
}

fn package<'a>(metadata: &'a Metadata, name: &str) -> &'a Package {
    metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == name)
        .expect("a member of that name")
}

/// Names of everything that ends up in the library, by normal edges.
fn linked(metadata: &Metadata, member: &str) -> Vec<String> {
    let resolve = metadata.resolve.as_ref().expect("a resolved graph");
    let mut waiting = vec![package(metadata, member).id.clone()];
    let mut seen = Vec::new();
    while let Some(id) = waiting.pop() {
        if seen.contains(&id) {
            continue;
        }
        let node = resolve
            .nodes
            .iter()
            .find(|node| node.id == id)
            .expect("every package has a node");
        let normal = node.deps.iter().filter(|dep| {
            dep.dep_kinds
                .iter()
                .any(|kind| kind.kind == cargo_metadata::DependencyKind::Normal)
        });
        waiting.extend(normal.map(|dep| dep.pkg.clone()));
        seen.push(id);
    }
    metadata
        .packages
        .iter()
        .filter(|package| seen.contains(&package.id))
        .map(|package| package.name.to_string())
        .collect()
}
