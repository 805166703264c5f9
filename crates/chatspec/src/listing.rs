//! The text of a listing: `Users in room: ` and a list of names as Python prints it (rules `users.reply`,
//! `users.quoting`, `users.quoting.unicode`).

mod nonprintable;

use nonprintable::NONPRINTABLE;

/// What every listing starts with.
pub const PREFIX: &str = "Users in room: ";

/// The text of the reply to a users request, for names that are already as they shall be shown.
///
/// ```
/// use chatspec::listing::listing;
///
/// assert_eq!(listing(["ADA", "O'BRIEN"].into_iter()), r#"Users in room: ['ADA', "O'BRIEN"]"#);
/// ```
pub fn listing<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let items: Vec<String> = names.map(python_repr).collect();
    format!("{PREFIX}[{}]", items.join(", "))
}

/// What Python 3.11 prints for `repr(name)`.
///
/// The quotes are `'`, or `"` if the name has `'` and no `"`. Backslash, tab, line feed, carriage return and the quote in
/// use get a backslash; a code point that Unicode 14 calls non-printable becomes `\xNN`, `\uNNNN` or `\UNNNNNNNN`.
pub fn python_repr(name: &str) -> String {
    let quote = if name.contains('\'') && !name.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut repr = String::with_capacity(name.len() + 2);
    repr.push(quote);
    for c in name.chars() {
        push_escaped(&mut repr, c, quote);
    }
    repr.push(quote);
    repr
}

fn push_escaped(repr: &mut String, c: char, quote: char) {
    match c {
        '\\' => repr.push_str("\\\\"),
        '\t' => repr.push_str("\\t"),
        '\n' => repr.push_str("\\n"),
        '\r' => repr.push_str("\\r"),
        c if c == quote => repr.extend(['\\', c]),
        c if is_printable(c) => repr.push(c),
        c => repr.push_str(&match c as u32 {
            n @ ..=0xff => format!("\\x{n:02x}"),
            n @ ..=0xffff => format!("\\u{n:04x}"),
            n => format!("\\U{n:08x}"),
        }),
    }
}

fn is_printable(c: char) -> bool {
    let c = c as u32;
    let place = NONPRINTABLE.partition_point(|&(_, end)| end < c);
    NONPRINTABLE.get(place).is_none_or(|&(start, _)| c < start)
}

#[cfg(test)]
mod tests;
