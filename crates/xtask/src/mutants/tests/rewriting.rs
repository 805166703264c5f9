use std::process::Command;

use crate::mutants::mutant::{Function, Mutant, Place, Span};
use crate::mutants::rewrite::{can_switch, rewrite};
use crate::mutants::text::{bytes, replaced, shape};

/// The mutant that puts something in the place of the first `what` in the function that starts with `function`.
pub fn mutant(source: &str, function: &str, what: &str, replacement: &str) -> Mutant {
    let start = source.find(function).unwrap();
    let length = source[start..]
        .find("\n}\n")
        .map_or(source.len() - start, |end| end + 2);
    let at = start + source[start..].find(what).unwrap();
    Mutant {
        name: format!("src/lib.rs:1:1: replace {what} with {replacement}"),
        file: "src/lib.rs".to_owned(),
        function: Some(Function {
            span: span(source, start, start + length),
        }),
        span: span(source, at, at + what.len()),
        replacement: replacement.to_owned(),
    }
}

fn span(source: &str, start: usize, end: usize) -> Span {
    let place = |at: usize| {
        let before = &source[..at];
        let line = before.rsplit('\n').next().unwrap();
        Place {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    };
    Span {
        start: place(start),
        end: place(end),
    }
}

#[test]
fn columns_count_characters_and_lines_start_at_one() {
    let text = "eins\nzwölf + ß\n";
    let plus = text.find('+').unwrap();
    let found = bytes(text, span(text, plus, plus + 1)).unwrap();
    assert_eq!(&text[found.clone()], "+");
    assert_eq!(replaced(text, found, "-"), "eins\nzwölf - ß\n");

    let place = |line, column| Place { line, column };
    let at = |line, column| {
        bytes(
            text,
            Span {
                start: place(line, column),
                end: place(line, column),
            },
        )
    };
    assert_eq!(at(1, 5), Some(4..4), "the end of a line is a place");
    for (line, column) in [(1, 6), (0, 1), (1, 0), (9, 1)] {
        assert_eq!(at(line, column), None, "{line}:{column}");
    }
}

#[test]
fn a_body_is_found_behind_comments_and_attributes() {
    let cases = [
        (
            "/// Not { this }.\n#[doc = \"{\"]\nfn f() { 1 }",
            " 1 ",
            false,
            false,
        ),
        (
            "pub(crate) const fn f<T>() -> [u8; 2] where T: A { { 2 } }",
            " { 2 } ",
            true,
            false,
        ),
        ("fn f(a: impl Fn()) -> u8 {}", "", false, false),
        ("fn f() -> Vec<impl Fn()> { x }", " x ", false, true),
    ];
    for (text, body, constant, nameless) in cases {
        let shape = shape(text, 0..text.len()).unwrap();
        assert_eq!(&text[shape.body], body);
        assert_eq!(
            (shape.constant, shape.nameless),
            (constant, nameless),
            "{text}"
        );
    }
    assert_eq!(shape("fn f();", 0..7), None);
}

#[test]
fn a_switch_holds_what_is_not_constant_and_can_be_boxed() {
    let source = "fn plain() -> u8 {\n 1\n}\nconst fn fixed() -> u8 {\n 1\n}\n\
                  fn hidden() -> impl Fn() {\n || {}\n}\nconst ONE: u8 = 1;\n";
    assert!(can_switch(source, &mutant(source, "fn plain", "1", "0")));
    assert!(!can_switch(source, &mutant(source, "const fn", "1", "0")));
    assert!(can_switch(
        source,
        &mutant(source, "fn hidden", "|| {}", "x")
    ));
    let deep = "fn deep() -> Vec<impl Fn()> {\n 1\n}\n";
    assert!(!can_switch(deep, &mutant(deep, "fn deep", "1", "2")));
    let mut nowhere = mutant(source, "const ONE", "1", "0");
    nowhere.function = None;
    assert!(!can_switch(source, &nowhere));
}

/// Two bodies of a type without a name have two types.
#[test]
fn a_result_without_a_name_is_boxed() {
    for (head, boxed) in [
        (
            "fn f() -> impl Fn() -> u8 {",
            "fn f() -> Box<dyn Fn() -> u8> {",
        ),
        (
            "fn f<A>(a: &[A]) -> impl Iterator<Item = &A> where A: Eq {",
            "fn f<A>(a: &[A]) -> Box<dyn Iterator<Item = &A> + '_> where A: Eq {",
        ),
    ] {
        let source = format!("{head}\n one\n}}\n");
        let mutant = mutant(&source, "fn f", "one", "two");
        let text = rewrite(&source, &[(1, &mutant)]).unwrap().text;
        assert!(text.starts_with(boxed), "{text}");
        assert!(text.contains("1 => Box::new({ \n two\n\n}),"), "{text}");
        assert!(text.contains("_ => Box::new({\n one"), "{text}");
    }
}

const SOURCE: &str = "pub fn outer(a: u8) -> u8 {
    fn inner(b: u8) -> u8 {
        b + 1
    }
    let ok = a > 2 && a != 7;
    if let Some(c) = a.checked_sub(1) && ok { inner(c) } else { 0 }
}

pub fn other(a: u8) -> u8 {
    match a {
        1 if a < 9 => 10,
        1 => 5,
        _ => !a,
    }
}
";

fn all() -> Vec<Mutant> {
    let within = |what, with| mutant(SOURCE, "pub fn outer", what, with);
    let beside = |what, with| mutant(SOURCE, "pub fn other", what, with);
    let mut inner = within("+", "*");
    let (start, end) = (
        SOURCE.find("fn inner").unwrap(),
        SOURCE.find("    let ok").unwrap() - 1,
    );
    inner.function = Some(Function {
        span: span(SOURCE, start, end),
    });
    vec![
        inner,
        within("a > 2", "a < 2"),
        within("&&", "||"),
        within("inner(c)", "\"no number\""),
        beside("a < 9", "false"),
        beside("1 if a < 9 => 10,", ""),
        beside("!", ""),
    ]
}

#[test]
fn every_copy_and_function_knows_its_lines() {
    let all = all();
    let numbered: Vec<(usize, &Mutant)> = (1..).zip(&all).collect();
    let done = rewrite(SOURCE, &numbered).unwrap();
    let lines: Vec<&str> = done.text.lines().collect();
    for number in 1..=all.len() {
        let own = done.copies[&number].clone();
        assert!(
            lines[own.start - 1].starts_with(&format!("{number} => {{")),
            "{}",
            done.text
        );
        for line in own {
            assert_eq!(done.blamed(line), [number], "line {line}");
        }
    }
    let line = |text: &str| lines.iter().rposition(|line| line.contains(text)).unwrap() + 1;
    assert_eq!(done.blamed(line("let ok")), [2, 3, 4], "the body as it is");
    assert_eq!(done.blamed(line("b + 1")), [1], "the function inside");
    assert_eq!(done.blamed(line("=> !a")), [5, 6, 7]);
    assert_eq!(done.blamed(line("pub fn other") - 1), [0; 0]);
    let keys: Vec<(usize, usize)> = done.keys().collect();
    assert!(
        keys.contains(&(4, 2)) && keys.contains(&(1, 1)) && keys.contains(&(7, 5)),
        "{keys:?}"
    );

    let mut misplaced = all[1].clone();
    misplaced.span = all[6].span;
    assert!(
        rewrite(SOURCE, &[(1, &misplaced)])
            .unwrap_err()
            .contains("outside of its function")
    );
    misplaced.function = None;
    assert!(
        rewrite(SOURCE, &[(1, &misplaced)])
            .unwrap_err()
            .contains("no function")
    );
}

/// The text with switches is compiled, and says of each number what the mutant's own text says.
#[test]
fn each_number_is_its_mutant() {
    let all: Vec<Mutant> = all()
        .into_iter()
        .filter(|m| !m.replacement.contains("no number"))
        .collect();
    let numbered: Vec<(usize, &Mutant)> = (1..).zip(&all).collect();
    let together = rewrite(SOURCE, &numbered).unwrap().text;
    let mut program = format!(
        "mod mutant_switch {{ pub static NUMBER: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
         pub fn active(_: usize) -> usize {{ NUMBER.load(std::sync::atomic::Ordering::Relaxed) }} }}
         mod together {{ {together} }}\n"
    );
    let mut calls = String::new();
    for (number, text) in alone(&all) {
        program += &format!("mod alone_{number} {{ {text} }}\n");
        calls += &format!(
            "mutant_switch::NUMBER.store({number}, std::sync::atomic::Ordering::Relaxed);
             for a in 0..20 {{
                 assert_eq!(together::outer(a), alone_{number}::outer(a), \"{number} of {{a}}\");
                 assert_eq!(together::other(a), alone_{number}::other(a), \"{number} of {{a}}\");
             }}\n"
        );
    }
    program += &format!("fn main() {{ {calls} }}\n");
    let folder = tempfile::tempdir().unwrap();
    let (source, made) = (folder.path().join("main.rs"), folder.path().join("main"));
    std::fs::write(&source, program).unwrap();
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "--cap-lints", "allow", "-o"]);
    assert!(rustc.arg(&made).arg(&source).status().unwrap().success());
    assert!(Command::new(&made).status().unwrap().success());
}

/// The source with no mutant, as 0, and with each.
fn alone(all: &[Mutant]) -> Vec<(usize, String)> {
    let each = all.iter().map(|mutant| {
        let span = bytes(SOURCE, mutant.span).unwrap();
        replaced(SOURCE, span, &mutant.replacement)
    });
    std::iter::once(SOURCE.to_owned())
        .chain(each)
        .enumerate()
        .collect()
}
