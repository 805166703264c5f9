//! Every rule that is cited anywhere is one, every rule is in the book, and quotes say what the spec says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chatspec_judge::rule::{Rule, RulesFile};

/// Folders with texts that cite rules, from the root.
const FOLDERS: [&str; 6] = [
    "spec/src",
    "fixtures",
    "conformance",
    "clients",
    "docs",
    "crates",
];
/// Folders in them that are not ours, or that are made from what is checked here.
const SKIPPED: [&str; 8] = [
    "built",
    "node_modules",
    ".venv",
    "target",
    "snapshots",
    "data",
    "generated",
    "__pycache__",
];
/// Endings of texts. Of programs only comments and string literals cite.
const TEXTS: [&str; 7] = ["md", "yaml", "toml", "rs", "py", "mjs", "json"];
/// What looks like the name of a rule and is the name of a file.
const FILES: [&str; 14] = [
    "rs", "md", "json", "yaml", "toml", "html", "xml", "py", "mjs", "png", "txt", "ts", "go",
    "java",
];
/// A keyword as the spec prints it; text around one, outside the spec, is a quote.
const KEYWORDS: [&str; 5] = [
    "**MUST**",
    "**MUST NOT**",
    "**SHOULD**",
    "**SHOULD NOT**",
    "**MAY**",
];

fn rules() -> Vec<Rule> {
    let text = fs::read_to_string(xtask::root().join("spec/generated/rules.json")).unwrap();
    serde_json::from_str::<RulesFile>(&text).unwrap().rules
}

#[test]
fn every_rule_that_is_cited_exists() {
    let rules = rules();
    let mut cited = 0;
    let mut unknown = Vec::new();
    for (path, text) in texts() {
        for name in citations(&path, &text, &topics(&rules)) {
            cited += 1;
            // `chat.private` stands for `chat.private.*`.
            let of_group = |rule: &Rule| rule.name.starts_with(&format!("{name}."));
            if !rules.iter().any(|rule| rule.name == name || of_group(rule)) {
                unknown.push(format!("{}: no rule {name}", path.display()));
            }
        }
    }
    assert!(cited > 1000, "only {cited} citations: the search is broken");
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

#[test]
fn every_rule_is_in_the_book() {
    let folder = xtask::root().join("spec/src");
    let summary = fs::read_to_string(folder.join("SUMMARY.md")).unwrap();
    let known: BTreeSet<String> = rules().into_iter().map(|rule| rule.name).collect();
    for path in xtask::files(&folder, "md") {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        assert!(
            name == "SUMMARY.md" || summary.contains(&format!("({name})")),
            "spec/src/{name} is in no line of SUMMARY.md: nobody reads it"
        );
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some((rule, _)) = line
                .strip_prefix("r[")
                .and_then(|rest| rest.split_once(']'))
            else {
                continue;
            };
            assert!(
                known.contains(rule),
                "{rule} in spec/src/{name} is not in rules.json"
            );
        }
    }
}

#[test]
fn quotes_say_what_the_spec_says() {
    let clauses: Vec<String> = rules().iter().map(|rule| words(&rule.text)).collect();
    let mut wrong = Vec::new();
    let mut quotes = 0;
    for (path, text) in texts() {
        let of_spec = path.starts_with(xtask::root().join("spec"));
        let of_rust = path.extension().is_some_and(|ending| ending == "rs");
        if of_spec || of_rust {
            continue;
        }
        for quote in
            paragraphs(&text).filter(|text| KEYWORDS.iter().any(|word| text.contains(word)))
        {
            quotes += 1;
            if !clauses.iter().any(|clause| quote.contains(clause.as_str())) {
                wrong.push(format!(
                    "{}: not what any rule says: {quote}",
                    path.display()
                ));
            }
        }
    }
    assert!(quotes > 0, "the README quotes a rule: the search is broken");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_a_citation() {
    let topics = BTreeSet::from(["chat".to_owned()]);
    let of = |path: &str, text: &str| citations(Path::new(path), text, &topics);
    assert_eq!(
        of("a.md", "see `chat.room`, chat.private.* and chat.rs"),
        ["chat.room", "chat.private"]
    );
    assert_eq!(
        of("a.yaml", "rules: [chat.room, order.once]"),
        ["chat.room"]
    );
    assert_eq!(
        of("a.md", "src/chat.room, chat.room() and my-chat.room"),
        Vec::<String>::new()
    );
    let rust = "let a = chat.user; // rule: chat.room\nconst A: &str = \"chat.no-echo\";\n#[cfg(test)]\nmod t { \"chat.no\" }\n";
    assert_eq!(of("src/a.rs", rust), ["chat.room", "chat.no-echo"]);
    assert_eq!(
        of("a.py", "x = chat.user  # rule: chat.room\ny = 'n'"),
        ["chat.room"]
    );
    assert_eq!(of("a.mjs", "chat.user(\"chat.no-echo\")"), ["chat.no-echo"]);
    assert_eq!(of("tests/a.rs", "\"chat.rom\" // chat.room"), ["chat.room"]);
}

#[test]
fn a_quote_is_a_paragraph_without_its_marks() {
    let text = "Text.\n\n# > \"The server\n# > **MUST** nap.\"\n\n    Indented.\n";
    let found: Vec<String> = paragraphs(text).collect();
    assert_eq!(
        found,
        ["Text.", "\"The server **MUST** nap.\"", "Indented."]
    );
}

/// First words of rule names.
fn topics(rules: &[Rule]) -> BTreeSet<String> {
    let topic = |rule: &Rule| rule.name.split('.').next().unwrap_or_default().to_owned();
    rules.iter().map(topic).collect()
}

/// Every text that may cite a rule.
fn texts() -> Vec<(PathBuf, String)> {
    let root = xtask::root();
    let mut found = Vec::new();
    for folder in FOLDERS {
        walk(&root.join(folder), &mut found);
    }
    let at_root = fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    found.extend(at_root.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    found.sort();
    found
        .into_iter()
        .filter_map(|path| fs::read_to_string(&path).ok().map(|text| (path, text)))
        .collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            // Of crates, `src/target` is a module and `target` alone is not ours.
            let ours = name == "target" && folder.ends_with("src");
            if ours || !SKIPPED.contains(&name.as_str()) {
                walk(&path, found);
            }
        } else if TEXTS
            .iter()
            .any(|ending| name.ends_with(&format!(".{ending}")))
            && !name.contains("lock")
        {
            found.push(path);
        }
    }
}

/// The names of rules in a text.
fn citations(path: &Path, text: &str, topics: &BTreeSet<String>) -> Vec<String> {
    let comment = match path.extension().and_then(|ending| ending.to_str()) {
        Some("rs" | "mjs") => "//",
        Some("py") => "#",
        _ => return names(text, topics),
    };
    // Tests misspell names on purpose; their comments do not.
    let folder = |name: &str| path.components().any(|part| part.as_os_str() == name);
    let is_test = folder("tests") || folder("controls") || path.ends_with("tests.rs");
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for line in code.lines() {
        let (code, comment) = line.split_once(comment).unwrap_or((line, ""));
        if !is_test {
            let literals = code.split('"').skip(1).step_by(2);
            found.extend(literals.flat_map(|literal| names(literal, topics)));
        }
        found.extend(names(comment, topics));
    }
    found
}

fn names(text: &str, topics: &BTreeSet<String>) -> Vec<String> {
    let part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let mut found = Vec::new();
    let mut rest = text;
    let mut before = ' ';
    while let Some(start) = rest.find(part) {
        before = rest[..start].chars().next_back().unwrap_or(before);
        let word = &rest[start..];
        let end = word.find(|c| !part(c)).unwrap_or(word.len());
        let after = word[end..].chars().next().unwrap_or(' ');
        let name = word[..end].trim_end_matches(['.', '-']);
        rest = &word[end..];
        let joined = before.is_alphanumeric()
            || "._/-:$".contains(before)
            || "(_/!".contains(after)
            || after.is_alphanumeric();
        before = word[..end].chars().next_back().unwrap_or(' ');
        let mut parts = name.split('.');
        let known = parts.next().is_some_and(|topic| topics.contains(topic));
        let file = name
            .rsplit('.')
            .next()
            .is_some_and(|ending| FILES.contains(&ending));
        if known
            && parts.clone().count() > 0
            && parts.all(|part| !part.is_empty())
            && !joined
            && !file
        {
            found.push(name.to_owned());
        }
    }
    found
}

/// Paragraphs on one line each, without marks of comments and quotes.
fn paragraphs(text: &str) -> impl Iterator<Item = String> {
    let mut found = vec![Vec::new()];
    for line in text.lines() {
        let line = line.trim().trim_start_matches(['#', '>', '/', '!', ' ']);
        match (line.is_empty(), found.last_mut()) {
            (false, Some(lines)) => lines.push(line.to_owned()),
            _ => found.push(Vec::new()),
        }
    }
    found
        .into_iter()
        .filter(|lines| !lines.is_empty())
        .map(|lines| words(&lines.join(" ")))
}

/// With one blank between words.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
