//! Makes text harmless for a terminal: whatever a server sent may end up in a report.

use std::fmt::Write as _;

/// `text` with every control character, and every one that turns or hides text, written as `\u{...}`.
pub fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if obeyed(c) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a terminal would obey the character, or show something else than what is there.
pub fn obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn escapes_reach_no_terminal() {
        assert_eq!(
            safe("a\u{1b}[31mb\u{9b}c\u{202e}d\n"),
            "a\\u{1b}[31mb\\u{9b}c\\u{202e}d\\u{a}"
        );
        assert_eq!(safe("ÜNÏ 😀 plain"), "ÜNÏ 😀 plain");
    }
}
