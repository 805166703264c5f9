//! Requirement sets: which rules count for conformance with one revision of the spec.
//!
//! A rule that is written after a revision was released is reported and not scored, until the next revision asks for
//! it: no server that conformed stops conforming because the suite has learnt something.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Keyword, Profile, Rule, names};

/// The scored rules of one revision, as in `conformance/requirements/1.0.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirements {
    /// The revision, `major.minor`.
    pub revision: String,
    /// Whether the revision is released. From then on the file never changes.
    pub released: bool,
    /// The rules, sorted by name.
    pub rules: Vec<Requirement>,
}

/// One scored rule, as it was when its revision was released.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its name.
    pub name: String,
    /// Its keyword.
    pub keyword: Keyword,
    /// Its profile.
    pub profile: Profile,
    /// `sha256:` and the hash of its sentence, in hexadecimal.
    pub clause: String,
}

impl Requirements {
    /// Reads the text of a requirement set.
    ///
    /// # Errors
    /// Says at which line the text is no such set.
    pub fn from_yaml(text: &str) -> Result<Requirements, String> {
        serde_saphyr::from_str(text).map_err(|error| error.to_string())
    }

    /// Whether `rule` is one that a revision scores, once it stands in its set: it can be tested, and it demands
    /// something, of a server of one node, too.
    pub fn takes(rule: &Rule) -> bool {
        let several = rule.name.starts_with(names::CLUSTER);
        rule.untested.is_none() && rule.keyword != Keyword::May && !several
    }

    /// The names of its rules.
    pub fn names(&self) -> BTreeSet<String> {
        self.rules.iter().map(|rule| rule.name.clone()).collect()
    }

    /// The set that a run is scored by where nobody names one: the newest released, or while none is, the newest.
    pub fn newest(sets: &[Requirements]) -> Option<&Requirements> {
        let newest = |released: bool| {
            sets.iter()
                .filter(|set| set.released || !released)
                .max_by(|a, b| compare(&a.revision, &b.revision))
        };
        newest(true).or_else(|| newest(false))
    }
}

/// Revisions in their order: `1.10` comes after `1.9`.
pub fn compare(left: &str, right: &str) -> Ordering {
    let numbers = |revision: &str| -> Vec<u32> {
        revision
            .split('.')
            .map(|part| part.parse().unwrap_or_default())
            .collect()
    };
    numbers(left).cmp(&numbers(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(revision: &str, released: bool) -> Requirements {
        Requirements {
            revision: revision.to_owned(),
            released,
            rules: vec![],
        }
    }

    #[test]
    fn the_newest_released_one_counts() {
        let newest =
            |sets: &[Requirements]| Requirements::newest(sets).map(|set| set.revision.clone());
        assert_eq!(newest(&[]), None);
        let sets = [set("1.9", true), set("1.10", true), set("1.11", false)];
        assert_eq!(newest(&sets).as_deref(), Some("1.10"));
        let sets = [set("1.0", false), set("0.9", false)];
        assert_eq!(newest(&sets).as_deref(), Some("1.0"));
    }

    #[test]
    fn a_set_is_read_and_a_stranger_in_it_told_with_its_line() {
        let text = "revision: \"1.0\"\nreleased: true\nrules:\n  - {name: chat.room, keyword: MUST, profile: core, clause: \"sha256:00\"}\n";
        let set = Requirements::from_yaml(text).expect("a set");
        assert!(set.released);
        assert_eq!(set.names(), BTreeSet::from(["chat.room".to_owned()]));
        let error = Requirements::from_yaml(&text.replace("released", "relaesed"));
        let error = error.expect_err("a misspelt key");
        assert!(error.contains("relaesed") && error.contains('2'), "{error}");
    }
}
