//! Two versions of our own protocol.

mod proofs;
mod waivers;

use std::collections::BTreeMap;

use chatspec_judge::compat::allow::Waivers;
use chatspec_judge::compat::change::{Category, Report};
use chatspec_judge::compat::contain::Verdict;
use chatspec_judge::compat::version::Version;
use chatspec_judge::compat::{compare, words};

/// The committed protocol, by file.
fn files() -> BTreeMap<String, String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/protocol/v1");
    let entries = std::fs::read_dir(folder).expect("the schemas are there");
    let read = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path()).expect("a schema can be read");
        (entry.file_name().to_string_lossy().into_owned(), text)
    };
    let json = |entry: &std::fs::DirEntry| {
        entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "json")
    };
    entries
        .map(|entry| entry.expect("readable"))
        .filter(json)
        .map(read)
        .collect()
}

/// The protocol with a text replaced in some of its files.
fn edited(edits: &[(&str, &str, &str)]) -> BTreeMap<String, String> {
    let mut files = files();
    for (name, from, to) in edits {
        let text = files.get_mut(*name).expect("the file is there");
        assert!(text.contains(from), "{name} has {from}");
        *text = text.replace(from, to);
    }
    files
}

fn diff(new: &BTreeMap<String, String>) -> Report {
    let old = Version::read("1.0", &files()).expect("ours can be compared");
    let new = Version::read("1.1", new).expect("so can the edited one");
    compare(&old, &new).expect("within the algebra")
}

#[test]
fn ours_is_sound_and_the_same_as_itself() {
    let report = diff(&files());
    assert_eq!(report.verdict, Verdict::Ok, "{}", words::human(&report));
    assert_eq!(report.changes, []);
    assert!(words::summary(&report).starts_with("compatible: no change; "));
}

/// Messages stay the same, and generated types do not.
#[test]
fn another_order_is_told_and_breaks_nobody() {
    let reordered = |file: &str, edit: &dyn Fn(&mut serde_json::Value)| {
        let mut schema = serde_json::from_str(&files()[file]).expect("json");
        edit(&mut schema);
        let mut new = files();
        new.insert(file.to_owned(), schema.to_string());
        let report = diff(&new);
        let told = report.changes.iter().map(|change| {
            assert_eq!(
                (change.category, change.alters_types),
                (Category::Codegen, true)
            );
            assert_eq!(change.verdict(), Verdict::Ok);
            format!("{} {}", words::subject(change), change.what)
        });
        let told: Vec<String> = told.collect();
        assert!(
            words::summary(&report).starts_with("compatible: 1 change; "),
            "{told:?}"
        );
        told
    };
    let told = reordered("client-to-server.json", &|schema| {
        let fields = schema["$defs"]["Chat"]["properties"].as_object_mut();
        let fields = fields.expect("fields");
        let user = fields.shift_remove("user").expect("a user");
        fields.insert("user".to_owned(), user);
    });
    assert_eq!(
        told,
        ["`Chat` (client-to-server) `properties` has another order"]
    );
    let told = reordered("server-to-client.json", &|schema| {
        schema["oneOf"].as_array_mut().expect("messages").swap(0, 1);
    });
    assert_eq!(told, ["server-to-client `oneOf` has another order"]);
    let told = reordered("refusal.json", &|schema| {
        let codes = schema["$defs"]["RefusalCode"]["enum"].as_array_mut();
        codes.expect("codes").swap(0, 1);
    });
    assert_eq!(told, ["`RefusalCode` (refusal) `enum` has another order"]);
}

#[test]
fn a_field_that_is_renamed_names_who_breaks() {
    let renamed = |file: &str| {
        let mut schema: serde_json::Value = serde_json::from_str(&files()[file]).expect("json");
        let image = &mut schema["$defs"]["Image"];
        let field = image["properties"]
            .as_object_mut()
            .and_then(|fields| fields.shift_remove("bimage"));
        image["properties"]["picture"] = field.expect("it has one");
        image["required"] = serde_json::json!(["event", "room", "picture"]);
        schema.to_string()
    };
    let mut new = files();
    for file in ["client-to-server.json", "client-to-server.receive.json"] {
        new.insert(file.to_owned(), renamed(file));
    }
    let report = diff(&new);
    let [change] = report.changes.as_slice() else {
        panic!("one change: {}", words::human(&report));
    };
    assert_eq!(
        (change.kind, change.category, change.field.as_deref()),
        ("field-renamed", Category::Wire, Some("bimage"))
    );
    assert_eq!(
        change.cells.row(),
        [Verdict::Break, Verdict::Break, Verdict::Ok, Verdict::Ok]
    );
    assert!(change.alters_types);
    let text = words::human(&report);
    let witness = r#"servers built for 1.0 refuse the new client's `Image`: {"event":"image","picture":"data:image/"#;
    assert!(text.contains(witness) && text.contains("mend:"), "{text}");
}

/// A field that has to be there now, and one that need not be any more.
#[test]
fn whether_a_field_is_needed_is_told() {
    let needed = |message: &str, fields: &[&str]| {
        let mut new = files();
        for file in ["client-to-server.json", "client-to-server.receive.json"] {
            let mut schema: serde_json::Value = serde_json::from_str(&new[file]).expect("json");
            schema["$defs"][message]["required"] = serde_json::json!(fields);
            new.insert(file.to_owned(), schema.to_string());
        }
        let told = diff(&new).changes;
        told.iter()
            .map(|change| (change.kind, change.what.clone()))
            .collect::<Vec<_>>()
    };
    let told = needed("Chat", &["event", "text"]);
    let required = ("field-required", "was optional and is required".to_owned());
    assert!(told.contains(&required), "{told:?}");
    let told = needed("Image", &["event", "bimage"]);
    let optional = ("field-optional", "was required and is optional".to_owned());
    assert!(told.contains(&optional), "{told:?}");
}

#[test]
fn an_optional_field_that_is_renamed_is_lost() {
    let (old, new) = ("\"text\"", "\"body\"");
    let report = diff(&edited(&[
        ("client-to-server.json", old, new),
        ("client-to-server.receive.json", old, new),
    ]));
    let change = &report.changes[0];
    assert_eq!(
        (change.kind, change.category),
        ("field-renamed", Category::Semantic)
    );
    let text = words::human(&report);
    assert!(
        text.contains(
            "servers built for 1.1 take the old client's `Chat`, and `text` is taken for"
        ),
        "{text}"
    );
    assert!(text.contains(r#"{"event":"chat","text":""}"#), "{text}");
}

#[test]
fn words_change_and_nobody_breaks() {
    let report = diff(&edited(&[(
        "server-to-client.json",
        "Someone else has said something.",
        "Somebody spoke.",
    )]));
    let found: Vec<_> = report
        .changes
        .iter()
        .map(|change| (change.category, change.verdict()))
        .collect();
    assert_eq!(found, [(Category::Doc, Verdict::Ok)]);
}

#[test]
fn a_limit_and_a_code_are_compared() {
    let report = diff(&edited(&[
        (
            "manifest.json",
            "\"text_max_bytes\": 8192",
            "\"text_max_bytes\": 4096",
        ),
        (
            "manifest.json",
            "\"title\": \"bad payload\"",
            "\"title\": \"no good\"",
        ),
        (
            "manifest.json",
            "\"namespace\": \"/\"",
            "\"namespace\": \"/chat\"",
        ),
    ]));
    let cells: Vec<_> = report
        .changes
        .iter()
        .map(|change| {
            (
                change.message.as_deref().unwrap_or_default(),
                change.cells.row(),
            )
        })
        .collect();
    use Verdict::{Break, Ok};
    assert_eq!(
        cells,
        [
            ("limits.text_max_bytes", [Break, Ok, Ok, Ok]),
            ("refusals.99.title", [Ok, Ok, Break, Break]),
            ("transport.namespace", [Break; 4]),
        ]
    );
}

/// What a schema does not say is in the manifest's lists.
#[test]
fn what_the_lists_say_of_messages_and_values_is_compared() {
    let edited = |edit: &dyn Fn(&mut serde_json::Value)| {
        let mut new = files();
        let mut manifest = serde_json::from_str(&new["manifest.json"]).expect("json");
        edit(&mut manifest);
        new.insert("manifest.json".to_owned(), manifest.to_string());
        let told: Vec<_> = diff(&new)
            .changes
            .into_iter()
            .map(|change| {
                (
                    change.message.clone().unwrap_or_default(),
                    change.category,
                    change.cells.row(),
                )
            })
            .collect();
        told
    };
    use Verdict::{Break, Ok};
    let told = edited(&|manifest| {
        let message = &mut manifest["messages"][0];
        message["since"] = "1.1".into();
        message["rules"] = serde_json::json!([]);
        message["name"] = "Other".into();
    });
    let told: Vec<_> = told
        .iter()
        .map(|(name, category, row)| (name.as_str(), *category, *row))
        .collect();
    let [(name, ..), ..] = told[..] else {
        panic!("nothing is told");
    };
    let message = name.strip_suffix(".name").expect("the name comes first");
    assert!(message.starts_with("messages."), "{message}");
    let [name, since, rules] = ["name", "since", "rules"].map(|field| format!("{message}.{field}"));
    let expected = [
        (name.as_str(), Category::Codegen, [Ok; 4]),
        (since.as_str(), Category::Doc, [Ok; 4]),
        (rules.as_str(), Category::Doc, [Ok; 4]),
    ];
    assert_eq!(told, expected);

    let told = edited(&|manifest| {
        manifest["messages"]
            .as_array_mut()
            .expect("messages")
            .remove(0);
    });
    assert_eq!(told, [], "a message that is gone is seen in the schemas");

    let told = edited(&|manifest| {
        let list = manifest["differences"].as_array_mut().expect("differences");
        let gone = list.remove(0);
        list[0]["meaning"] = "something else".into();
        let mut came = gone;
        came["name"] = "brand-new".into();
        list.push(came);
    });
    let cells: Vec<_> = told
        .iter()
        .map(|(_, category, row)| (*category, *row))
        .collect();
    assert_eq!(
        cells,
        [
            (Category::Semantic, [Ok, Break, Ok, Ok]),
            (Category::Semantic, [Break, Break, Ok, Ok]),
            (Category::Semantic, [Break, Ok, Ok, Ok]),
        ],
        "{told:?}"
    );
    assert_eq!(told[2].0, "differences.brand-new");
}

/// The same report as a table and as annotations.
#[test]
fn a_break_is_told_where_people_read_it() {
    let mut reports = [diff(&edited(&[
        (
            "manifest.json",
            "\"text_max_bytes\": 8192",
            "\"text_max_bytes\": 4096",
        ),
        (
            "server-to-client.json",
            "Someone else has said something.",
            "Somebody spoke.",
        ),
    ]))];
    let text = words::markdown(&reports[0]);
    assert!(
        text.starts_with("### `1.0` → `1.1`: breaking\n\n| change | category |"),
        "{text}"
    );
    let told = text.lines().filter(|line| line.starts_with("**")).count();
    assert_eq!(
        told, 1,
        "who breaks is told once, and of words nothing: {text}"
    );
    for part in [
        "| SEMANTIC | **BREAK** | ok | ok | ok |",
        "| DOC | ok | ok | ok | ok |",
        "- mend: ",
        "- to allow it: `",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let text = words::github(&reports[0]);
    assert_eq!(text.lines().count(), 2, "the break, and the sum: {text}");
    assert!(
        text.starts_with("::error title=SEMANTIC BREAK::") && text.contains("%0Amend: "),
        "{text}"
    );

    // What is allowed says why, and its reason cannot end the line.
    let name = reports[0]
        .changes
        .iter()
        .find(|change| change.verdict() == Verdict::Break);
    let name = name.expect("one breaks").fingerprint.clone();
    let allow = format!("allow:\n  - change: {name}\n    reason: 100% agreed\n");
    let waivers = Waivers::load("allow.yaml", &allow).expect("well formed");
    assert_eq!(waivers.apply(&mut reports), []);
    let text = words::markdown(&reports[0]);
    assert!(
        text.contains("| breaking (allowed) |") && text.contains("- allowed: 100% agreed"),
        "{text}"
    );
    let text = words::github(&reports[0]);
    assert!(
        text.starts_with("::notice title=SEMANTIC BREAK::") && !text.contains("::error"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_compared_is_named_with_its_place() {
    for (from, to, wanted) in [
        (
            "\"additionalProperties\": false",
            "\"patternProperties\": {}",
            "$.$defs.Join.patternProperties",
        ),
        ("\"maxLength\": 8192", "\"maxLenght\": 8192", "no keyword"),
        (
            "#/$defs/UserName",
            "https://example.org/name.json",
            "remote",
        ),
        ("draft/2020-12/schema", "draft-07/schema", "draft"),
        ("\"pattern\": \"^", "\"pattern\": \"(?=a)^", "look-around"),
        ("#/$defs/UserName", "#/$defs/Chat", "leads back to itself"),
        ("#/$defs/UserName", "#/$defs/Nobody", "names nothing"),
        ("\"maxLength\": 8192", "\"multipleOf\": 0", "more than 0"),
        ("\"maxLength\": 8192", "\"multipleOf\": -1", "more than 0"),
    ] {
        let new = edited(&[("client-to-server.json", from, to)]);
        let error = Version::read("1.1", &new).expect_err(to).to_string();
        assert!(
            error.starts_with("client-to-server.json at $") && error.contains(wanted),
            "{to}: {error}"
        );
    }
}
