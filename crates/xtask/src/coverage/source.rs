//! What coverage is joined from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chatspec_judge::client;
use chatspec_judge::report::Report;
use chatspec_judge::rule::{Profile, Rule, Rules, RulesFile};
use serde::Deserialize;

/// Everything, read.
pub struct Source {
    /// The rules in the order of the spec.
    pub rules: Vec<Rule>,
    /// The reports of whole runs.
    pub reports: Vec<Report>,
    /// What every fixture file says of itself, by its id.
    pub fixtures: BTreeMap<String, Head>,
    /// The names of the faults that break each rule.
    pub faults: BTreeMap<String, Vec<String>>,
    /// The scripts for clients that test each rule; those that every script tests have `client/*`.
    pub scripts: BTreeMap<String, Vec<String>>,
    /// The kill matrix, where one has been written.
    pub matrix: Option<String>,
}

/// What matters here of a fixture, whatever its kind.
#[derive(Deserialize)]
pub struct Head {
    /// Its id.
    pub id: String,
    /// The rules that it is scored for.
    pub rules: Vec<String>,
    /// Whether it is played with `--slow` alone.
    #[serde(default)]
    pub slow: bool,
}

impl Source {
    /// Reads the checkout, and takes the reports' texts.
    ///
    /// # Errors
    /// A file is missing or broken, or a report is not of a whole run of profile hardened.
    pub fn read(root: &Path, reports: &[String]) -> Result<Source, String> {
        let rules: RulesFile = serde_json::from_str(&text(root, "spec/generated/rules.json")?)
            .map_err(|error| format!("read spec/generated/rules.json: {error}"))?;
        let mut fixtures = BTreeMap::new();
        for kind in ["conversations", "hostile"] {
            for path in crate::files(&root.join("fixtures").join(kind), "yaml") {
                let yaml = fs::read_to_string(&path)
                    .map_err(|e| format!("read {}: {e}", path.display()))?;
                let head: Head = serde_saphyr::from_str(&yaml)
                    .map_err(|error| format!("read {}: {error}", path.display()))?;
                fixtures.insert(case_name(kind, &head.id), head);
            }
        }
        Ok(Source {
            scripts: scripts(root, &rules)?,
            rules: rules.rules,
            reports: reports
                .iter()
                .map(|text| report(text))
                .collect::<Result<_, _>>()?,
            fixtures,
            faults: faults(root)?,
            matrix: fs::read_to_string(root.join("conformance/kill-matrix.md")).ok(),
        })
    }
}

fn scripts(root: &Path, rules: &RulesFile) -> Result<BTreeMap<String, Vec<String>>, String> {
    let rules = Rules::from(rules.clone());
    let mut by_rule: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for rule in client::rules() {
        by_rule.insert(rule.to_owned(), vec!["client/*".to_owned()]);
    }
    for path in crate::files(&root.join("fixtures/client"), "yaml") {
        let yaml =
            fs::read_to_string(&path).map_err(|e| format!("read {}: {e}", path.display()))?;
        let script =
            client::load(&path.display().to_string(), &yaml, &rules).map_err(|errors| {
                let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
                format!("read the scripts for clients: {}", lines.join("; "))
            })?;
        for rule in script.rules() {
            let scripts = by_rule.entry(rule.to_owned()).or_default();
            scripts.push(format!("client/{}", script.id));
        }
    }
    Ok(by_rule)
}

/// The id of a fixture in reports.
fn case_name(kind: &str, id: &str) -> String {
    match kind {
        "hostile" => format!("hostile/{}", id.trim_start_matches("hostile/")),
        _ => id.to_owned(),
    }
}

#[derive(Deserialize)]
struct FaultsFile {
    fault: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    name: String,
    rules: Vec<String>,
}

/// The names of the faults that break each rule, in the order of the file.
fn faults(root: &Path) -> Result<BTreeMap<String, Vec<String>>, String> {
    let path = "conformance/faults.toml";
    let file: FaultsFile =
        toml::from_str(&text(root, path)?).map_err(|error| format!("read {path}: {error}"))?;
    let mut by_rule: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for fault in file.fault {
        for rule in fault.rules {
            by_rule.entry(rule).or_default().push(fault.name.clone());
        }
    }
    Ok(by_rule)
}

fn report(text: &str) -> Result<Report, String> {
    let report: Report = serde_json::from_str(text)
        .map_err(|error| format!("read the report of the run: {error}"))?;
    if report.profile != Profile::Hardened || report.summary.filtered {
        return Err(
            "make coverage of this report: it is not of a whole run of profile hardened".to_owned(),
        );
    }
    Ok(report)
}

fn text(root: &Path, path: &str) -> Result<String, String> {
    fs::read_to_string(root.join(path)).map_err(|error| format!("read {path}: {error}"))
}
