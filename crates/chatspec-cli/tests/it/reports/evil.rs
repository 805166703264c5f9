//! A report in which every text is an attack, and readers of every format that notice where one gets through.

use serde_json::Value;

/// Clears the screen, makes a link, fills the clipboard, ends a string, a section, a cell, a fence, a line; says what each
/// format would take for a command of its own.
pub const TEXT: &str = "e\u{1b}[2J\u{1b}]8;;http://x.example\u{7}l\u{1b}]8;;\u{7}\u{1b}]52;c;eA==\u{7}\u{0}\u{9b}31m\u{202e}\u{ffff}\
    ]]></title></style></script><script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">\
    &amp;&lt;\"'` ``` | \\| ** [l](javascript:x) ![i](http://x.example/i) www.x.example @all # TODO skip %0A%3A,title=x\
    \n::error::x\r\n##[add-mask]x\n::stop-commands::x\nnot ok 1 - x\n  ---\n  ...\n1..9\nBail out! x\n\n```\n<!-- <b> -->";

/// Words that have to stay what they are, or it would be no report.
const WORDS: [&str; 6] = [
    "verdict",
    "level",
    "profile",
    "transport",
    "outcome",
    "kind",
];

/// The same report, with an attack in every text and every name.
pub fn report(value: &Value) -> Value {
    spoil(value, "")
}

fn spoil(value: &Value, key: &str) -> Value {
    match value {
        Value::String(text) if !WORDS.contains(&key) => Value::from(format!("{text}{TEXT}")),
        Value::Array(items) => items.iter().map(|item| spoil(item, "")).collect(),
        // Counts by verdict.
        Value::Object(map) if map.values().all(Value::is_number) => value.clone(),
        // Verdicts by rule, and reasons: their keys are names.
        Value::Object(map) if matches!(key, "rules" | "not_verified") => {
            let inner = if key == "rules" { "verdict" } else { "" };
            let named = map
                .iter()
                .map(|(name, item)| (format!("{name}{TEXT}"), spoil(item, inner)));
            named.collect()
        }
        Value::Object(map) => map
            .iter()
            .map(|(name, item)| (name.clone(), spoil(item, name)))
            .collect(),
        other => other.clone(),
    }
}

/// Every tag, with its attributes, as a browser would find them. Values hold no `>` as long as they are escaped.
pub fn tags(html: &str) -> Vec<&str> {
    let starts = html.split('<').skip(1);
    let tags = starts.map(|rest| rest.split('>').next().unwrap_or(rest));
    tags.collect()
}

/// Markdown without blocks and spans of code, in which everything is text.
pub fn prose(markdown: &str) -> String {
    let mut prose = String::new();
    let mut fence: Option<usize> = None;
    for line in markdown.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(length) if ticks >= length && line.trim_matches('`').is_empty() => fence = None,
            Some(_) => {}
            None if ticks >= 3 => fence = Some(ticks),
            None => {
                let outside = line.split('`').step_by(2);
                prose.extend(outside);
                prose.push('\n');
            }
        }
    }
    assert_eq!(fence, None, "a block of code that does not end");
    prose
}
