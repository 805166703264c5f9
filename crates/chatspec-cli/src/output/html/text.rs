//! Text that HTML takes for nothing but text, between tags and in quoted attributes.

use std::fmt::Write as _;

use crate::output::safe::short;

/// Characters of a value.
const WIDTH: usize = 1_000;

/// The text, harmless, and cut where it is long.
pub fn text(text: &str) -> String {
    escaped(&short(text, WIDTH))
}

/// A sentence of the spec: strong text and code are marked up, everything else is plain.
pub fn sentence(text: &str) -> String {
    let text = short(text, 2 * WIDTH);
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            let _ = write!(out, "<code>{}</code>", escaped(part));
            continue;
        }
        for (index, part) in part.split("**").enumerate() {
            let part = escaped(part);
            // Writing to a string cannot fail.
            let _ = match index % 2 {
                1 => write!(out, "<strong>{part}</strong>"),
                _ => write!(out, "{part}"),
            };
        }
    }
    out
}

/// A name that can be an anchor, and nothing else.
pub fn slug(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars()
        .take(100)
        .map(|c| if plain(c) { c } else { '-' })
        .collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            '`' => out += "&#96;",
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{sentence, slug, text};

    #[test]
    fn markup_is_text() {
        assert_eq!(
            text("<script>'\"&`\u{1b}\u{202e}"),
            "&lt;script&gt;&#39;&quot;&amp;&#96;\\u{1b}\\u{202e}"
        );
        assert_eq!(slug("a\"b/c@d.e"), "a-b-c-d.e");
    }

    #[test]
    fn a_sentence_keeps_its_keyword_and_its_code() {
        assert_eq!(
            sentence("A **MUST** send `<a>` **<b>**"),
            "A <strong>MUST</strong> send <code>&lt;a&gt;</code> <strong>&lt;b&gt;</strong>"
        );
        // What is not closed is closed by us.
        assert_eq!(sentence("a ` b"), "a <code> b</code>");
    }
}
