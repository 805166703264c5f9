//! The portable subset of regular expressions: what ECMAScript, Python, Rust, Java and Go read alike.

/// Checks an expression against the portable subset.
///
/// It has literals, classes of ranges, `[\s\S]` for any character, groups without capture, alternatives, quantifiers,
/// and anchors at the edges of an alternative.
///
/// # Errors
/// The first construct that is not in it, and where, in characters from 0.
pub fn portable(source: &str) -> Result<(), String> {
    let chars: Vec<char> = source.chars().collect();
    let mut at = 0;
    // The quantifier that has just been read: 1 is one, 2 one that is lazy.
    let mut quantifier = 0;
    while at < chars.len() {
        let before = std::mem::take(&mut quantifier);
        at = match chars[at] {
            '[' => class(&chars, at)?,
            '\\' => escape(&chars, at, "")?,
            '(' => group(&chars, at)?,
            '.' => {
                return Err(no(
                    "`.`, whose line breaks differ: write [\\s\\S] or a class",
                    at,
                ));
            }
            '^' if at > 0
                && !matches!(chars[at - 1], '(' | '|')
                && !chars[..at].ends_with(&['(', '?', ':']) =>
            {
                return Err(no("`^` in the middle", at));
            }
            '$' if !matches!(chars.get(at + 1), None | Some(')' | '|')) => {
                return Err(no("`$` in the middle", at));
            }
            '+' if before > 0 => return Err(no("a possessive quantifier", at)),
            '*' | '{' if before > 0 => return Err(no("a quantifier of a quantifier", at)),
            '?' if before > 1 => return Err(no("a quantifier of a quantifier", at)),
            '?' | '*' | '+' => {
                quantifier = before + 1;
                at + 1
            }
            '{' => {
                quantifier = 1;
                braces(&chars, at)?
            }
            _ => at + 1,
        };
    }
    Ok(())
}

fn group(chars: &[char], at: usize) -> Result<usize, String> {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('?'), Some(':')) => Ok(at + 3),
        (Some('?'), Some('=' | '!' | '<')) => Err(no("a look-around or a named group", at)),
        (Some('?'), _) => Err(no("a flag", at)),
        _ => Ok(at + 1),
    }
}

fn class(chars: &[char], start: usize) -> Result<usize, String> {
    // Together these two are every character, in every dialect; each alone is not.
    let text: String = chars[start..].iter().take(6).collect();
    if [
        "[\\s\\S]", "[\\S\\s]", "[\\d\\D]", "[\\D\\d]", "[\\w\\W]", "[\\W\\w]",
    ]
    .contains(&text.as_str())
    {
        return Ok(start + 6);
    }
    let mut at = start + 1 + usize::from(chars.get(start + 1) == Some(&'^'));
    if chars.get(at) == Some(&']') {
        return Err(no("an empty class", start));
    }
    while let Some(char) = chars.get(at) {
        at = match char {
            ']' => return Ok(at + 1),
            '\\' => escape(chars, at, "-")?,
            '[' => return Err(no("a `[` in a class that is not escaped", at)),
            '&' | '~' | '-' if chars.get(at + 1) == Some(char) => {
                return Err(no("an operator between classes", at));
            }
            _ => at + 1,
        };
    }
    Err(no("a class without its `]`", start))
}

fn escape(chars: &[char], at: usize, more: &str) -> Result<usize, String> {
    let hex = |count: usize| -> Option<u32> {
        let digits: String = chars.get(at + 2..at + 2 + count)?.iter().collect();
        u32::from_str_radix(&digits, 16).ok()
    };
    match chars.get(at + 1) {
        Some('n' | 'r' | 't' | 'f' | 'v') => Ok(at + 2),
        Some('x') if hex(2).is_some() => Ok(at + 4),
        Some('u') => match hex(4) {
            Some(0xd800..=0xdfff) => Err(no("half of a surrogate pair", at)),
            Some(_) => Ok(at + 6),
            None => Err(no("`\\u` without four digits", at)),
        },
        Some(other) if "^$\\.*+?()[]{}|/".contains(*other) || more.contains(*other) => Ok(at + 2),
        Some(other) => Err(no(&format!("`\\{other}`"), at)),
        None => Err(no("a `\\` at the end", at)),
    }
}

fn braces(chars: &[char], at: usize) -> Result<usize, String> {
    let end = chars[at..]
        .iter()
        .position(|c| *c == '}')
        .map(|found| at + found);
    let Some(end) = end else {
        return Err(no("a `{` that is not escaped", at));
    };
    let inside: String = chars[at + 1..end].iter().collect();
    let (low, high) = inside.split_once(',').unwrap_or((&inside, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    match !low.is_empty() && digits(low) && digits(high) {
        true => Ok(end + 1),
        false => Err(no(&format!("`{{{inside}}}`"), at)),
    }
}

fn no(what: &str, at: usize) -> String {
    format!("the regular expression has {what}, at character {at}")
}

#[cfg(test)]
mod tests {
    use super::portable;

    #[test]
    fn ours_are_portable() {
        for source in [
            "^New User [\\s\\S]* joined room [\\s\\S]*$",
            "^data:image/(?:png|jpeg);base64,(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==)?$",
            "^[^\\u0000-\\u0020\\u007f-\\u00a0](?:[a-z]{0,62}[^-])?$",
            "\\n",
            "\\x41\\x7f{2}a{3,}b{1,20}",
            "[\\x20-\\x7e]\\{\\}",
        ] {
            assert_eq!(portable(source), Ok(()), "{source}");
        }
    }

    #[test]
    fn what_dialects_read_differently_is_named() {
        for (source, word) in [
            ("a.c", "`.`"),
            ("\\d+", "`\\d`"),
            ("(?=a)", "look-around"),
            ("(?i)a", "flag"),
            ("a\\b", "`\\b`"),
            ("a++", "possessive"),
            ("[[:alpha:]]", "`[`"),
            ("[a&&b]", "operator"),
            ("a^b", "`^`"),
            ("a$b", "`$`"),
            ("\\ud83d", "surrogate"),
            ("a{,3}", "`{,3}`"),
            ("\\p{L}", "`\\p`"),
            ("\\x4", "`\\x`"),
            ("\\x41\\d", "`\\d`"),
            ("\\u0041.", "at character 6"),
            ("a{2}\\d", "`\\d`, at character 4"),
            ("a{2,x}", "`{2,x}`"),
            ("a{2", "not escaped"),
        ] {
            let error = portable(source).expect_err(source);
            assert!(error.contains(word), "{source}: {error}");
        }
    }
}
