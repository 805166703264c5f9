//! The settings as a file, each with what it does: what `chatspec serve --print-config` prints.

use std::fmt::Write;

use super::setting::{Form, Setting};
use super::{Config, TABLE};

/// Widest line of a comment, in characters.
const WIDTH: usize = 100;

impl Config {
    /// The settings as TOML, with comments. [`Config::lay_file`] reads it.
    pub fn to_toml(&self) -> String {
        let mut file = String::from(
            "# Settings of `chatspec serve --config FILE`. A flag stands above an environment variable, that above this file, and\n\
             # this file above the default. `--max-payload`, `CHATSPEC_MAX_PAYLOAD` and `max-payload` are the same setting.\n",
        );
        let mut group = "";
        for setting in TABLE {
            if setting.group != group {
                group = setting.group;
                // Writing to a string cannot fail.
                let _ = write!(file, "\n## {group}\n");
            }
            let _ = write!(file, "\n{}{}", comment(setting), line(setting, self));
        }
        file
    }
}

fn comment(setting: &Setting) -> String {
    let facts = [setting.range(), default(setting)];
    let facts: Vec<&str> = facts
        .iter()
        .map(String::as_str)
        .filter(|fact| !fact.is_empty())
        .collect();
    let lines = wrapped(&setting.doc())
        .into_iter()
        .chain([facts.join("; ")]);
    lines.map(|line| format!("# {line}\n")).collect()
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        if lines[last].chars().count() + word.chars().count() + 3 > WIDTH {
            lines.push(word.to_owned());
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines
}

fn default(setting: &Setting) -> String {
    match setting.default().as_slice() {
        [] => "not set by default".to_owned(),
        texts => format!("default {}", texts.join(", ")),
    }
}

fn line(setting: &Setting, config: &Config) -> String {
    let (key, texts) = (setting.key(), setting.show(config));
    match (setting.form, texts.as_slice()) {
        (Form::List, texts) => {
            let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            format!("{key} = [{}]\n", texts.join(", "))
        }
        (Form::Number | Form::Switch, [bare]) => format!("{key} = {bare}\n"),
        (_, [text]) => format!("{key} = {}\n", quoted(text)),
        (_, _) => format!("# {key} = \"\"\n"),
    }
}

/// A string of TOML. What JSON escapes, TOML escapes in the same way.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
