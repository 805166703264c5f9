//! Makes text harmless for a terminal, and for what reads a terminal: whatever a server sent may end up in a report.

use std::fmt::Write as _;

/// `text` with every control character, and every one that turns or hides text, written as `\u{...}`. It has no line
/// breaks, and nothing that GitHub Actions would take for a command in the log of a step.
pub fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let start = text.len() - text.trim_start().len();
    for (at, c) in text.char_indices() {
        if obeyed(c) || commands(&text[at..], at == start) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// [`safe`], and no longer than `width` characters; where it is cut, it says how much there was.
pub fn short(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => safe(text),
        Some((end, _)) => format!(
            "{}... ({} characters)",
            safe(&text[..end]),
            text.chars().count()
        ),
    }
}

/// Whether a terminal would obey the character, or show something else than what is there.
pub fn obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a command of GitHub Actions begins here: `::name` at the start of a line, `##[name` anywhere.
fn commands(rest: &str, starts: bool) -> bool {
    (starts && rest.starts_with("::")) || rest.starts_with("##[")
}

#[cfg(test)]
mod tests {
    use super::{safe, short};

    #[test]
    fn escapes_reach_no_terminal() {
        assert_eq!(
            safe("a\u{1b}[31mb\u{9b}c\u{202e}d\n"),
            "a\\u{1b}[31mb\\u{9b}c\\u{202e}d\\u{a}"
        );
        assert_eq!(safe("ÜNÏ 😀 plain"), "ÜNÏ 😀 plain");
    }

    #[test]
    fn commands_reach_no_runner() {
        assert_eq!(safe(" ::error::x"), " \\u{3a}:error::x");
        assert_eq!(safe("a ##[add-mask]b"), "a \\u{23}#[add-mask]b");
        assert_eq!(safe("a::b ## c"), "a::b ## c");
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        assert_eq!(short("ÄÖÜ", 3), "ÄÖÜ");
        assert_eq!(short("ÄÖÜß", 3), "ÄÖÜ... (4 characters)");
    }
}
