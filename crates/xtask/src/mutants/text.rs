//! A source by lines and columns, and the parts of a function in it.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::mutant::{Place, Span};

/// The bytes that a span covers; `None` if the text has no such place.
pub fn bytes(text: &str, span: Span) -> Option<Range<usize>> {
    Some(offset(text, span.start)?..offset(text, span.end)?)
}

fn offset(text: &str, place: Place) -> Option<usize> {
    let before = place.line.checked_sub(1)?;
    let line = text.split('\n').nth(before)?;
    let before: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    let column = place.column.checked_sub(1)?;
    let ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
    ends.take(column + 1)
        .nth(column)
        .map(|within| before + within)
}

/// The text with the span replaced.
pub fn replaced(text: &str, span: Range<usize>, replacement: &str) -> String {
    format!("{}{replacement}{}", &text[..span.start], &text[span.end..])
}

/// What matters about a function.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// The bytes between the braces of its body.
    pub body: Range<usize>,
    /// Whether it can be called where the compiler has to know the result.
    pub constant: bool,
    /// Whether it returns a type without a name, which no two bodies share.
    pub nameless: bool,
    /// The bytes of that type if it is the whole result, and whether it may borrow from a parameter.
    pub result: Option<(Range<usize>, bool)>,
}

/// The shape of the function in these bytes of the text; `None` if there is no body.
pub fn shape(text: &str, function: Range<usize>) -> Option<Shape> {
    let source = text.get(function.clone())?;
    let tokens: Vec<TokenTree> = source.parse::<TokenStream>().ok()?.into_iter().collect();
    let body = tokens.iter().rev().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            Some(group.span().byte_range())
        }
        _ => None,
    })?;
    let word =
        |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    let named = tokens.iter().position(|token| word(token, "fn"))?;
    let (head, rest) = tokens.split_at(named);
    let place = |token: &TokenTree| token.span().byte_range();
    let start = rest.iter().position(|token| word(token, "impl"));
    let result = start.and_then(|start| {
        let behind = |token: &TokenTree| word(token, "where") || place(token) == body;
        let end = start + rest[start..].iter().position(behind)?;
        let arrow =
            matches!(&rest[start.checked_sub(1)?], TokenTree::Punct(p) if p.as_char() == '>');
        let open =
            matches!(&rest[start.checked_sub(2)?], TokenTree::Punct(p) if p.as_char() == '-');
        let bytes = place(&rest[start]).start..place(&rest[end - 1]).end;
        let borrows = rest[..start]
            .iter()
            .any(|token| token.to_string().contains('&'));
        (arrow && open).then_some((
            function.start + bytes.start..function.start + bytes.end,
            borrows,
        ))
    });
    Some(Shape {
        body: function.start + body.start + 1..function.start + body.end - 1,
        constant: head.iter().any(|token| word(token, "const")),
        // Parameters are a group of their own, so that an `impl` out here stands in the result.
        nameless: start.is_some(),
        result,
    })
}
