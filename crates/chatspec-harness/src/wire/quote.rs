//! Quoting what a server sent, so that it cannot write on the reader's terminal.

/// The first `limit` characters of `text` in double quotes, with control characters, bidirectional
/// marks and quotes escaped; an ellipsis says that more was there.
///
/// ```
/// assert_eq!(chatspec_harness::wire::quote("a\u{1b}[31m\nb", 80), r#""a\u{1b}[31m\nb""#);
/// assert_eq!(chatspec_harness::wire::quote("abcdef", 3), "\"abc\"…");
/// ```
pub fn quote(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// The same without the quotation marks, for the text of errors that other libraries made.
pub(crate) fn escape(text: &str) -> String {
    text.chars()
        .take(400)
        .flat_map(|c| {
            // Quotation marks and backslashes are harmless here, and read better as they are.
            let plain = (c == ' ' || !c.is_whitespace()) && c.escape_debug().len() == 1;
            let keep = plain || matches!(c, '"' | '\'' | '\\');
            let escaped = (!keep).then(|| c.escape_debug());
            keep.then_some(c)
                .into_iter()
                .chain(escaped.into_iter().flatten())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_the_cursor_survives() {
        let hostile = "x\r\n\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\u{2028}\0";
        for text in [quote(hostile, 80), escape(hostile)] {
            assert!(
                text.chars()
                    .all(|c| c == ' ' || c.is_ascii_graphic() || c == '…'),
                "{text}"
            );
        }
    }

    #[test]
    fn plain_words_stay_plain() {
        assert_eq!(escape("it's \"so\" \\ é"), "it's \"so\" \\ é");
    }
}
