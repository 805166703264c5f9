//! Rules: the normative sentences of the spec, by name.

pub mod names;
pub mod requirements;
pub mod spec;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

/// One normative sentence of the spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable dotted name, such as `chat.private.only-target`.
    pub name: String,
    /// The one RFC 2119 keyword of the sentence.
    pub keyword: Keyword,
    /// The profile that demands it.
    pub profile: Profile,
    /// Whether a verdict needs a heartbeat to run out; scored with `--slow` alone.
    pub slow: bool,
    /// Why no conversation can test it; absent for rules that are tested.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub untested: Option<String>,
    /// The sentence, as Markdown, on one line.
    pub text: String,
    /// Where it stands, from the root of the spec.
    pub file: String,
    /// Line of its name in that file, from 1.
    pub line: u32,
}

/// The RFC 2119 keyword of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Keyword {
    /// Violated: the server does not conform.
    #[serde(rename = "MUST")]
    Must,
    /// Violated: the server does not conform.
    #[serde(rename = "MUST NOT")]
    MustNot,
    /// Violated: a warning, and a failure under `--strict`.
    #[serde(rename = "SHOULD")]
    Should,
    /// Violated: a warning, and a failure under `--strict`.
    #[serde(rename = "SHOULD NOT")]
    ShouldNot,
    /// Reported as observed, never scored.
    #[serde(rename = "MAY")]
    May,
}

impl Keyword {
    /// The level that decides severity: the negation does not matter to it.
    pub fn level(self) -> Level {
        match self {
            Keyword::Must | Keyword::MustNot => Level::Must,
            Keyword::Should | Keyword::ShouldNot => Level::Should,
            Keyword::May => Level::May,
        }
    }

    /// The keyword as the spec prints it.
    pub fn text(self) -> &'static str {
        match self {
            Keyword::Must => "MUST",
            Keyword::MustNot => "MUST NOT",
            Keyword::Should => "SHOULD",
            Keyword::ShouldNot => "SHOULD NOT",
            Keyword::May => "MAY",
        }
    }
}

/// How much a rule weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Violation is failure.
    Must,
    /// Violation is a warning.
    Should,
    /// Never scored.
    May,
}

/// A set of rules that a server can claim. `Hardened` contains `Core`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// What every server of the protocol does.
    #[default]
    Core,
    /// `Core` and the repairs of what the article's server leaves open.
    Hardened,
}

impl Profile {
    /// Whether a run of `self` includes what `other` demands.
    pub fn includes(self, other: Profile) -> bool {
        other <= self
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Profile::Core => "core",
            Profile::Hardened => "hardened",
        })
    }
}

/// All rules of one revision of the spec, as in `spec/generated/rules.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RulesFile {
    /// Revision of the protocol that these rules make up.
    pub revision: String,
    /// The rules, in the order of the spec.
    pub rules: Vec<Rule>,
}

/// Rules by name.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    revision: String,
    by_name: BTreeMap<String, Rule>,
    /// The names that count; none where no revision was chosen, and then all count.
    scored: Option<BTreeSet<String>>,
}

impl Rules {
    /// Reads the text of `rules.json`.
    ///
    /// # Errors
    /// Says where the text is no such file.
    pub fn from_json(text: &str) -> Result<Rules, serde_json::Error> {
        serde_json::from_str::<RulesFile>(text).map(Rules::from)
    }

    /// The same rules, scored by the set of one revision: what is not in it is reported alone.
    #[must_use]
    pub fn scored_by(mut self, set: &requirements::Requirements) -> Rules {
        self.revision.clone_from(&set.revision);
        self.scored = Some(set.names());
        self
    }

    /// Whether the chosen revision asks for the rule of that name.
    pub fn asks_for(&self, name: &str) -> bool {
        self.scored.as_ref().is_none_or(|set| set.contains(name))
    }

    /// The revision that servers are scored by.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The rule of that name.
    pub fn find(&self, name: &str) -> Option<&Rule> {
        self.by_name.get(name)
    }

    /// All rules, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.by_name.values()
    }

    /// The existing name that looks most like `name`.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        self.by_name
            .keys()
            .map(|known| (distance(known, name), known.as_str()))
            .min()
            .filter(|(far, _)| *far <= name.len() / 2)
            .map(|(_, known)| known)
    }
}

impl From<RulesFile> for Rules {
    fn from(file: RulesFile) -> Rules {
        let by_name = file
            .rules
            .into_iter()
            .map(|rule| (rule.name.clone(), rule))
            .collect();
        Rules {
            revision: file.revision,
            by_name,
            scored: None,
        }
    }
}

/// Levenshtein's distance, for "did you mean".
pub(crate) fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardened_includes_core_and_not_the_reverse() {
        assert!(Profile::Hardened.includes(Profile::Core));
        assert!(!Profile::Core.includes(Profile::Hardened));
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("chat.room", "chat.rom"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
        assert_eq!(distance("xxab", "ab"), 2);
        assert_eq!(distance("ab", "xxab"), 2);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("ab", "ba"), 2);
    }
}
