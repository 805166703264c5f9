//! `conformance/faults.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chatspec_judge::rule::names::CLUSTER;
use serde::Deserialize;

/// Where the table is.
pub const PATH: &str = "conformance/faults.toml";
/// Where the rules are.
const RULES: &str = "spec/generated/rules.json";
/// Chapters of the spec, each of which has faults.
const TOPICS: [&str; 10] = [
    "transport",
    "messages",
    "names",
    "membership",
    "chat",
    "delivery",
    "refusals",
    "robustness",
    "robustness-wire",
    "robustness-messages",
];
/// Rules that every bad input is scored for, so that they choose none.
const EVERYWHERE: [&str; 6] = [
    "robust.bystanders",
    "robust.newcomers",
    "robust.room",
    "robust.listing",
    "robust.process",
    "robust.resources",
];

/// The whole table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    groups: BTreeMap<String, BTreeSet<String>>,
    /// The faults, in the order of the file.
    #[serde(rename = "fault")]
    pub faults: Vec<Fault>,
    /// Every rule that the suite can fail, by name.
    #[serde(skip)]
    pub rules: BTreeMap<String, Rule>,
}

/// One fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Its name, as `chatspec-faulty` knows it.
    pub name: String,
    /// What goes wrong, in one sentence.
    pub what: String,
    /// The chapter of the spec.
    pub topic: String,
    /// Why random conversations do not find it, where they do not.
    #[serde(default)]
    pub unexplored: Option<String>,
    /// The transport that the suite plays over.
    #[serde(default = "websocket")]
    pub transport: String,
    /// What is played.
    #[serde(default)]
    pub suite: Suite,
    /// The rules that are asked for, slow ones among them, where playing everything would show nothing more.
    #[serde(default)]
    pub only: Option<String>,
    /// Of the bad inputs, those that are played; where there are none, those that are scored for a rule that must fail.
    #[serde(default)]
    pub cases: Vec<String>,
    /// Rules that must fail.
    pub rules: BTreeSet<String>,
    /// Rules that may fail as well. Groups are replaced by what is in them.
    #[serde(default)]
    pub may: BTreeSet<String>,
}

/// What is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suite {
    /// Every conversation.
    #[default]
    Conversations,
    /// Some of the bad inputs.
    Hostile,
}

/// What matters of a rule here.
#[derive(Deserialize)]
pub struct Rule {
    name: String,
    keyword: String,
    #[serde(default)]
    slow: bool,
    #[serde(default)]
    untested: Option<String>,
}

impl Rule {
    /// Whether the suite holds a server of one node to it without `--slow`. What breaks the others is in `cargo xtask cluster`.
    pub fn is_scored(&self) -> bool {
        let binds_nodes = self.name.starts_with(CLUSTER);
        !self.slow && self.untested.is_none() && self.keyword != "MAY" && !binds_nodes
    }
}

fn websocket() -> String {
    "websocket".to_owned()
}

#[derive(Deserialize)]
struct RuleFile {
    rules: Vec<Rule>,
}

impl Fault {
    /// What is wrong with what it has played, if anything is.
    fn choice(&self) -> Option<&'static str> {
        let everywhere = |rule: &String| EVERYWHERE.contains(&rule.as_str());
        match self.suite {
            Suite::Conversations if !self.cases.is_empty() => {
                Some("`cases` goes with suite = \"hostile\"")
            }
            Suite::Hostile if self.only.is_some() => {
                Some("`only` goes with conversations; of bad inputs, `cases` says which")
            }
            Suite::Hostile if self.cases.is_empty() && self.rules.iter().any(everywhere) => {
                Some("every bad input is scored for its rules; `cases` says which to play")
            }
            _ => None,
        }
    }
}

impl Table {
    /// Reads the table of the checkout.
    ///
    /// # Errors
    ///
    /// A file is missing or is not what it should be; the text says where.
    pub fn read(root: &Path) -> Result<Table, String> {
        let text = read(root, PATH)?;
        let mut table: Table =
            toml::from_str(&text).map_err(|error| format!("read {PATH}: {error}"))?;
        let rules: RuleFile = serde_json::from_str(&read(root, RULES)?)
            .map_err(|error| format!("read {RULES}: {error}"))?;
        let by_name = rules
            .rules
            .into_iter()
            .map(|rule| (rule.name.clone(), rule));
        table.rules = by_name.collect();
        for fault in &mut table.faults {
            fault.may = expand(&fault.may, &table.groups)
                .map_err(|group| format!("read {PATH}: {}: no group {group}", fault.name))?;
        }
        Ok(table)
    }

    /// What is wrong with the table, given the faults that the server has; one line each.
    pub fn problems(&self, served: &[String]) -> Vec<String> {
        let mut problems = Vec::new();
        let names: BTreeSet<&str> = self.faults.iter().map(|f| f.name.as_str()).collect();
        if names.len() < self.faults.len() {
            problems.push(format!("{PATH}: a name is there twice"));
        }
        let unserved = names
            .iter()
            .filter(|name| !served.iter().any(|s| s == **name));
        problems.extend(unserved.map(|name| format!("{name}: chatspec-faulty has no such fault")));
        let unlisted = served.iter().filter(|name| !names.contains(name.as_str()));
        problems.extend(unlisted.map(|name| format!("{name}: {PATH} has no such fault")));
        for fault in &self.faults {
            let unknown = fault
                .rules
                .union(&fault.may)
                .chain(self.groups.values().flatten());
            let unknown = unknown.filter(|rule| !self.rules.contains_key(*rule));
            problems.extend(unknown.map(|rule| format!("{}: no rule {rule}", fault.name)));
            if fault.rules.is_empty() {
                problems.push(format!("{}: no rule catches it", fault.name));
            }
            problems.extend(fault.choice().map(|why| format!("{}: {why}", fault.name)));
            if !TOPICS.contains(&fault.topic.as_str()) {
                problems.push(format!("{}: no topic {}", fault.name, fault.topic));
            }
        }
        for topic in TOPICS {
            if self.faults.iter().filter(|f| f.topic == topic).count() < 2 {
                problems.push(format!("{PATH}: fewer than two faults in {topic}"));
            }
        }
        problems
    }

    /// The faults of these names; all, if there are none.
    ///
    /// # Errors
    ///
    /// A name is not in the table.
    pub fn choose(&self, names: &[String]) -> Result<Vec<&Fault>, String> {
        if names.is_empty() {
            return Ok(self.faults.iter().collect());
        }
        let find = |name: &String| {
            let found = self.faults.iter().find(|fault| fault.name == *name);
            found.ok_or_else(|| format!("find the fault {name} in {PATH}"))
        };
        names.iter().map(find).collect()
    }
}

fn read(root: &Path, path: &str) -> Result<String, String> {
    std::fs::read_to_string(root.join(path)).map_err(|error| format!("read {path}: {error}"))
}

/// Replaces `@group` by the rules in it.
fn expand(
    names: &BTreeSet<String>,
    groups: &BTreeMap<String, BTreeSet<String>>,
) -> Result<BTreeSet<String>, String> {
    let mut rules = BTreeSet::new();
    for name in names {
        match name.strip_prefix('@') {
            Some(group) => rules.extend(groups.get(group).ok_or(name)?.iter().cloned()),
            None => drop(rules.insert(name.clone())),
        }
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        [groups]
        both = ["chat.room", "chat.no-echo"]
        [[fault]]
        name = "mute"
        what = "Nobody hears anything."
        topic = "chat"
        rules = ["chat.room"]
        may = ["@both", "image.room"]
    "#;

    #[test]
    fn groups_are_replaced() {
        let table: Table = toml::from_str(TEXT).unwrap();
        let may = expand(&table.faults[0].may, &table.groups).unwrap();
        let may: Vec<&str> = may.iter().map(String::as_str).collect();
        assert_eq!(may, ["chat.no-echo", "chat.room", "image.room"]);
        let unknown = BTreeSet::from(["@none".to_owned()]);
        assert_eq!(expand(&unknown, &table.groups), Err("@none".to_owned()));
    }

    #[test]
    fn what_a_fault_plays_is_one_of_two_and_fits() {
        let of = |more: &str| {
            let text = TEXT.replace("topic = \"chat\"", &format!("topic = \"chat\"\n{more}"));
            toml::from_str::<Table>(&text)
        };
        let why = |more: &str| of(more).unwrap().faults[0].choice();
        assert_eq!(why(""), None);
        assert_eq!(why("suite = \"hostile\""), None);
        assert!(why("cases = [\"#P-03\"]").is_some());
        assert!(why("suite = \"hostile\"\nonly = \"chat.*\"").is_some());
        assert!(of("suite = \"everything\"").is_err());
        let text = TEXT.replace(
            "rules = [\"chat.room\"]",
            "rules = [\"robust.room\"]\nsuite = \"hostile\"",
        );
        let table: Table = toml::from_str(&text).unwrap();
        assert!(table.faults[0].choice().is_some());
    }

    #[test]
    fn what_the_server_and_the_spec_do_not_know_is_told() {
        let table: Table = toml::from_str(TEXT).unwrap();
        let problems = table.problems(&["deaf".to_owned()]).join("\n");
        for problem in [
            "mute: chatspec-faulty has no such fault",
            "deaf: conformance/faults.toml has no such fault",
            "mute: no rule chat.room",
            "fewer than two faults in names",
        ] {
            assert!(problems.contains(problem), "{problem:?} in {problems}");
        }
    }
}
