//! Reads the rules out of the spec's own text.
//!
//! A rule is a line `r[name] (profile)`, a blank line, and one paragraph with exactly one keyword in bold. The
//! parentheses may add `slow`, and `untested: reason`.

use super::{Keyword, Profile, Rule};

/// One thing wrong with the spec's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct SpecError {
    /// The file, as given to [`rules`].
    pub file: String,
    /// Line from 1.
    pub line: u32,
    /// What is wrong, and what is allowed there.
    pub what: String,
}

/// All rules of one file of the spec, in order.
///
/// # Errors
/// Every place where a rule is not written as the module says.
pub fn rules(file: &str, text: &str) -> Result<Vec<Rule>, Vec<SpecError>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut errors = Vec::new();
    let mut fenced = false;
    for (index, line) in lines.iter().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced || !line.starts_with("r[") {
            continue;
        }
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        match rule(line, &lines[index + 1..]) {
            Ok(mut rule) => {
                rule.file = file.to_owned();
                rule.line = number;
                found.push(rule);
            }
            Err(what) => errors.push(SpecError {
                file: file.to_owned(),
                line: number,
                what,
            }),
        }
    }
    if errors.is_empty() {
        Ok(found)
    } else {
        Err(errors)
    }
}

fn rule(head: &str, rest: &[&str]) -> Result<Rule, String> {
    let (name, attributes) = head
        .strip_prefix("r[")
        .and_then(|head| head.split_once(']'))
        .ok_or("a rule starts with `r[name] (core)`")?;
    if name.is_empty()
        || !name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c))
    {
        return Err(format!(
            "`{name}` is no rule name: lower-case words, joined by `.` and `-`"
        ));
    }
    let attributes = attributes
        .trim()
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
        .ok_or_else(|| {
            format!("`{name}` needs its profile: `r[{name}] (core)` or `(hardened, slow)`")
        })?;
    let (attributes, untested) = match attributes.split_once("untested:") {
        Some((before, reason)) => (
            before.trim().trim_end_matches(','),
            Some(reason.trim().to_owned()),
        ),
        None => (attributes, None),
    };
    let mut profile = None;
    let mut slow = false;
    for attribute in attributes.split(',').map(str::trim) {
        match attribute {
            "core" => profile = Some(Profile::Core),
            "hardened" => profile = Some(Profile::Hardened),
            "slow" => slow = true,
            other => {
                return Err(format!(
                    "`{other}`: expected core, hardened, slow, or untested: reason"
                ));
            }
        }
    }
    let profile = profile.ok_or_else(|| format!("`{name}` names no profile"))?;
    let text = paragraph(rest).ok_or_else(|| format!("`{name}` is followed by no paragraph"))?;
    let keyword = keyword(&text).map_err(|count| {
        format!("the sentence of `{name}` has {count} keywords in bold (**MUST**, **SHOULD NOT**, ...), not one")
    })?;
    Ok(Rule {
        name: name.to_owned(),
        keyword,
        profile,
        slow,
        untested,
        text,
        file: String::new(),
        line: 0,
    })
}

fn paragraph(rest: &[&str]) -> Option<String> {
    let (blank, body) = rest.split_first()?;
    if !blank.trim().is_empty() {
        return None;
    }
    let lines: Vec<&str> = body
        .iter()
        .map(|line| line.trim())
        .take_while(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        None
    } else {
        Some(lines.join(" "))
    }
}

fn keyword(text: &str) -> Result<Keyword, usize> {
    let all = [
        ("**MUST**", Keyword::Must),
        ("**MUST NOT**", Keyword::MustNot),
        ("**SHOULD**", Keyword::Should),
        ("**SHOULD NOT**", Keyword::ShouldNot),
        ("**MAY**", Keyword::May),
    ];
    let hits: Vec<Keyword> = all
        .into_iter()
        .flat_map(|(bold, keyword)| text.matches(bold).map(move |_| keyword))
        .collect();
    match hits.as_slice() {
        [one] => Ok(*one),
        other => Err(other.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_with_its_attributes() {
        let text = "# Chat\n\nr[chat.room] (hardened, slow, untested: needs a clock, twice)\n\nThe server **MUST\nNOT** nap.\n\nMore.\n";
        let rules = rules("chat.md", text).expect("one rule");
        assert_eq!(rules.len(), 1);
        assert_eq!(rules[0].keyword, Keyword::MustNot);
        assert_eq!(rules[0].text, "The server **MUST NOT** nap.");
        assert_eq!(rules[0].untested.as_deref(), Some("needs a clock, twice"));
        assert!(rules[0].slow);
        assert_eq!((rules[0].profile, rules[0].line), (Profile::Hardened, 3));
    }

    #[test]
    fn what_is_no_rule_is_named_with_its_line() {
        for (text, what) in [
            ("r[Chat.Room] (core)\n\nX **MUST** y.", "no rule name"),
            ("r[chat.room]\n\nX **MUST** y.", "needs its profile"),
            ("r[chat.room] (cor)\n\nX **MUST** y.", "expected core"),
            ("r[chat.room] (core)\nX **MUST** y.", "no paragraph"),
            (
                "r[chat.room] (core)\n\nX **MUST** y and **MAY** z.",
                "2 keywords",
            ),
            ("r[chat.room] (core)\n\nX must y.", "0 keywords"),
        ] {
            let errors = rules("f.md", text).expect_err(text);
            assert!(errors[0].to_string().starts_with("f.md:1: "), "{errors:?}");
            assert!(errors[0].what.contains(what), "{errors:?}");
        }
    }

    #[test]
    fn examples_in_fences_are_no_rules() {
        assert_eq!(rules("f.md", "```\nr[x.y] (core)\n```\n"), Ok(vec![]));
    }
}
