use std::rc::Rc;

use super::{Pattern, Strings};

fn pattern(source: &str) -> Rc<Pattern> {
    Rc::new(Pattern::new(source).expect(source))
}

/// The shortest string that matches the first and not the second.
fn outside(inner: &str, outer: &str) -> Option<String> {
    let strings = Strings {
        with: vec![pattern(inner)],
        without: vec![pattern(outer)],
        ..Strings::default()
    };
    strings.shortest().expect("small enough")
}

#[test]
fn expressions_are_searched_for() {
    let word = pattern("b+");
    assert!(word.matches("abba") && !word.matches("aa"));
    let whole = pattern("^b+$");
    assert!(whole.matches("bb") && !whole.matches("abba") && !whole.matches("bb\n"));
    let either = pattern("^a|b$");
    assert!(either.matches("ax") && either.matches("xb") && !either.matches("xa"));
}

#[test]
fn inclusion_is_decided_with_the_shortest_witness() {
    assert_eq!(outside("^a{2,3}$", "^a{1,4}$"), None);
    assert_eq!(outside("^a{1,4}$", "^a{2,3}$").as_deref(), Some("a"));
    assert_eq!(
        outside("^(?:png|gif|webp)$", "^(?:png|webp)$").as_deref(),
        Some("gif")
    );
    // The same language, written otherwise.
    assert_eq!(outside("^(?:ab|ac)*$", "^(?:a[bc])*$"), None);
    assert_eq!(outside("^(?:a[bc])*$", "^(?:ab|ac)*$"), None);
}

#[test]
fn lengths_are_code_points() {
    let long = |min, max| Strings {
        with: vec![pattern("^x(?:[0-9]{4})*$")],
        min,
        max,
        ..Strings::default()
    };
    assert_eq!(long(2, Some(4)).shortest(), Ok(None));
    assert_eq!(
        long(2, None)
            .shortest()
            .map(|text| text.map(|text| text.len())),
        Ok(Some(5))
    );
    let far = long(900_000, None)
        .shortest()
        .expect("small")
        .expect("some");
    assert_eq!(far.len(), 900_001);
    assert!(far.starts_with("x0000"));
}

#[test]
fn a_literal_excludes_itself_alone() {
    let strings = Strings {
        with: vec![pattern("^[ab]$")],
        without: vec![Rc::new(Pattern::literal("a").expect("short"))],
        ..Strings::default()
    };
    assert_eq!(strings.shortest(), Ok(Some("b".to_owned())));
}

#[test]
fn what_is_too_large_is_said() {
    assert!(Pattern::new("(?:a{1000}){1000}").is_err());
}
