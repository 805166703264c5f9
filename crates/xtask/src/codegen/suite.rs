//! The suite's own formats, and the rules out of the spec's text.

use std::fs;
use std::path::{Path, PathBuf};

use chatspec_judge::baseline::{BaselineFile, EntryFile};
use chatspec_judge::fixture::file::{FixtureFile, StepFile};
use chatspec_judge::fixture::hostile::file::{HostileFile, InputFile};
use chatspec_judge::proxy::Line;
use chatspec_judge::report::Report;
use chatspec_judge::rule::{RulesFile, spec};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::{Artifact, json_file};

/// The file that the rules are read from at run time.
const RULES: &str = "spec/generated/rules.json";

/// `schemas/suite/*.json` and `spec/generated/rules.json`.
pub fn artifacts(root: &Path) -> Vec<Artifact> {
    vec![
        Artifact::new(RULES, rules(root)),
        schema::<BaselineFile<EntryFile<String>>>(
            "baseline",
            "Baseline",
            "The failures of a server that are known, each with its reason.",
        ),
        schema::<FixtureFile<StepFile>>("fixture", "Fixture", "One scripted conversation."),
        schema::<HostileFile<InputFile>>("hostile", "Hostile fixture", "One topic of bad inputs."),
        schema::<Line>(
            "proxy",
            "Proxy",
            "One line of `chatspec proxy --format jsonl`.",
        ),
        schema::<Report>(
            "report",
            "Report",
            "What a run found: the one truth that every other format is derived from.",
        ),
        schema::<RulesFile>("rules", "Rules", "The rules of one revision of the spec."),
    ]
}

fn schema<T: JsonSchema>(name: &str, title: &str, description: &str) -> Artifact {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>();
    schema.insert(
        "$id".to_owned(),
        format!("https://chatspec.dev/schemas/suite/{name}.json").into(),
    );
    schema.insert("title".to_owned(), title.into());
    schema.insert("description".to_owned(), description.into());
    let mut value = Value::from(schema);
    drop_formats(&mut value);
    Artifact::made(format!("schemas/suite/{name}.json"), json_file(&value))
}

/// Formats such as `uint64` are no standard ones, and strict validators refuse them.
fn drop_formats(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map
                .get("format")
                .and_then(Value::as_str)
                .is_some_and(|format| format.starts_with("uint"))
            {
                map.shift_remove("format");
            }
            map.values_mut().for_each(drop_formats);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_formats),
        _ => {}
    }
}

fn rules(root: &Path) -> Result<String, String> {
    let value = serde_json::to_value(rules_of(root)?).map_err(|error| error.to_string())?;
    Ok(json_file(&value))
}

/// The rules as the spec's text has them now.
pub fn rules_of(root: &Path) -> Result<RulesFile, String> {
    let folder = root.join("spec/src");
    let mut rules = Vec::new();
    let mut wrong = Vec::new();
    for chapter in chapters(&folder)? {
        let text = fs::read_to_string(&chapter)
            .map_err(|error| format!("read {}: {error}", chapter.display()))?;
        let name = chapter
            .strip_prefix(root)
            .unwrap_or(&chapter)
            .display()
            .to_string();
        match spec::rules(&name, &text) {
            Ok(found) => rules.extend(found),
            Err(errors) => wrong.extend(errors.iter().map(ToString::to_string)),
        }
    }
    let mut names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    names.sort_unstable();
    wrong.extend(
        names
            .windows(2)
            .filter(|two| two[0] == two[1])
            .map(|two| format!("the rule {} stands twice", two[0])),
    );
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    Ok(RulesFile {
        revision: chatspec::limits::REVISION.to_owned(),
        rules,
    })
}

/// The chapters in the order of the book.
fn chapters(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let summary = folder.join("SUMMARY.md");
    let text = fs::read_to_string(&summary)
        .map_err(|error| format!("read {}: {error}", summary.display()))?;
    let links = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let mut chapters: Vec<PathBuf> = Vec::new();
    // The pages of the messages are generated, from the rules among others, and hold none.
    let is_chapter = |link: &&str| {
        link.ends_with(".md") && !link.starts_with("http") && !link.starts_with("message/")
    };
    for link in links.filter(is_chapter) {
        let path = folder.join(link.trim_start_matches("./"));
        if !chapters.contains(&path) {
            chapters.push(path);
        }
    }
    Ok(chapters)
}
