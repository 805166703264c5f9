//! Text that Markdown, and the HTML in it, take for nothing but text.

use std::fmt::Write as _;

use crate::output::safe::short;

/// Characters of a sentence.
const WIDTH: usize = 2_000;

/// A code span. What could end it, or the cell of a table around it, is written as `\u{...}`.
pub fn code(safe: &str) -> String {
    let mut text = "`".to_owned();
    for c in safe.chars() {
        if matches!(c, '`' | '|') {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
        } else {
            text.push(c);
        }
    }
    if safe.trim().is_empty() {
        text += "\"\"";
    }
    text + "`"
}

/// A block of code, within a fence that is longer than any in it. The lines have no line breaks.
pub fn fenced(language: &str, lines: &[String]) -> String {
    let longest = lines.iter().map(|line| ticks(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}

fn ticks(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A sentence of the spec: strong text and code stay what they are, everything else is plain.
pub fn sentence(text: &str) -> String {
    let text = short(text, WIDTH);
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            out += &code(part);
            continue;
        }
        for (index, part) in part.split("**").enumerate() {
            match index % 2 {
                1 => {
                    let _ = write!(out, "**{}**", plain(part));
                }
                _ => out += &plain(part),
            }
        }
    }
    out
}

/// Every character that could begin markup, a link or a mention, as an entity.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_{}[]<>#+!|~&:@$=".contains(c) {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out.replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::{code, fenced, sentence};

    #[test]
    fn spans_and_fences_hold() {
        assert_eq!(code("a`b|c"), "`a\\u{60}b\\u{7c}c`");
        assert_eq!(code(" "), "` \"\"`");
        assert_eq!(
            fenced("text", &["```` x".to_owned()]),
            "`````text\n```` x\n`````\n"
        );
    }

    #[test]
    fn a_sentence_keeps_its_keyword_and_its_code() {
        assert_eq!(
            sentence("A server **MUST NOT** send `a|b` to <i>@all</i>."),
            "A server **MUST NOT** send `a\\u{7c}b` to &#60;i&#62;&#64;all&#60;/i&#62;."
        );
    }

    #[test]
    fn hostile_sentences_are_plain() {
        let text = sentence("[x](javascript:y) ![](http://a) <script> | ** # @x `");
        for markup in ["[", "<", "|", "@", "http:", "!"] {
            assert!(!text.contains(markup), "{markup} in {text}");
        }
    }
}
