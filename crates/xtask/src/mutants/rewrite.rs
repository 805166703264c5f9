//! All mutants of a file in one text, behind switches.
//!
//! A function that has mutants becomes a `match` on the number of the active one: for each mutant a copy of the body as
//! cargo-mutants would have changed it, and for all other numbers the body as it is. Bodies are copied whole, since an
//! `if` around an expression alone would change what it borrows and drops.

use std::collections::BTreeMap;
use std::ops::Range;

use super::mutant::{Mutant, Span};
use super::text::{Shape, bytes, replaced, shape};

/// A file with its mutants.
#[derive(Debug)]
pub struct Rewritten {
    /// The new text.
    pub text: String,
    /// The lines of each mutant's copy, by its number.
    pub copies: BTreeMap<usize, Range<usize>>,
    /// The lines of each function that has copies, with their numbers.
    pub functions: Vec<(Range<usize>, Vec<usize>)>,
}

impl Rewritten {
    /// Each mutant with the number of its function.
    pub fn keys(&self) -> impl Iterator<Item = (usize, usize)> {
        let functions = self.functions.iter();
        functions.flat_map(|(_, numbers)| numbers.iter().map(|number| (*number, key(numbers))))
    }

    /// The mutants that are to blame for an error in this line: one, or all of its function; none, where there are none.
    pub fn blamed(&self, line: usize) -> Vec<usize> {
        let copy = self
            .copies
            .iter()
            .find(|(_, lines)| lines.contains(&line))
            .map(|(number, _)| vec![*number]);
        let around = self
            .functions
            .iter()
            .filter(|(lines, _)| lines.contains(&line));
        let innermost = around.min_by_key(|(lines, _)| lines.len());
        copy.or(innermost.map(|(_, numbers)| numbers.clone()))
            .unwrap_or_default()
    }
}

/// Whether a switch can hold the mutant: it stands in a function that is not constant, and whose result has a type with a
/// name, or can be boxed.
pub fn can_switch(source: &str, mutant: &Mutant) -> bool {
    let shape = mutant
        .function
        .and_then(|function| shape(source, bytes(source, function.span)?));
    shape.is_some_and(|shape| !shape.constant && shape.nameless == shape.result.is_some())
}

/// Rewrites a source with these mutants of it, each with its number, none of which is 0.
///
/// `crate::mutant_switch::active(N)` has to be there in the crate, N being the lowest number of a function.
///
/// # Errors
/// The list is one of another text.
pub fn rewrite(source: &str, mutants: &[(usize, &Mutant)]) -> Result<Rewritten, String> {
    let mut by_function: BTreeMap<Span, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (number, mutant) in mutants {
        let function = mutant
            .function
            .ok_or_else(|| format!("{}: it stands in no function", mutant.name))?;
        by_function
            .entry(function.span)
            .or_default()
            .push((*number, mutant));
    }
    let mut switches = Vec::new();
    for (span, mutants) in by_function {
        let whole = bytes(source, span);
        let shape = whole.and_then(|bytes| shape(source, bytes));
        let shape = shape.ok_or_else(|| format!("{}: no function is there", mutants[0].1.name))?;
        switches.push(Switch { shape, mutants });
    }
    let mut writer = Writer {
        source,
        done: Rewritten {
            text: String::new(),
            copies: BTreeMap::new(),
            functions: Vec::new(),
        },
    };
    // Spans sort by their start, so that a function comes before those that it holds.
    writer.part(0..source.len(), &switches)?;
    Ok(writer.done)
}

/// A function goes by the lowest number of its mutants.
fn key(numbers: &[usize]) -> usize {
    numbers.iter().copied().min().unwrap_or_default()
}

struct Switch<'m> {
    shape: Shape,
    mutants: Vec<(usize, &'m Mutant)>,
}

struct Writer<'s> {
    source: &'s str,
    done: Rewritten,
}

impl Writer<'_> {
    /// Writes a part of the source, with the switches of the functions in it.
    fn part(&mut self, part: Range<usize>, mut switches: &[Switch<'_>]) -> Result<(), String> {
        let mut at = part.start;
        while let Some((switch, rest)) = switches.split_first() {
            let body = switch.shape.body.clone();
            let inside = rest.partition_point(|other| other.shape.body.start < body.end);
            self.head(at..body.start, &switch.shape);
            self.switch(switch, &rest[..inside])?;
            at = body.end;
            switches = &rest[inside..];
        }
        self.done.text.push_str(&self.source[at..part.end]);
        Ok(())
    }

    /// Writes what stands before a body; a result without a name is boxed, so that all bodies share its type.
    fn head(&mut self, part: Range<usize>, shape: &Shape) {
        let source = self.source;
        let Some((result, borrows)) = &shape.result else {
            return self.push(&source[part]);
        };
        let named = source[result.clone()].replacen("impl", "Box<dyn", 1);
        let lifetime = if *borrows { " + '_>" } else { ">" };
        let before = &source[part.start..result.start];
        let behind = &source[result.end..part.end];
        self.push(&format!("{before}{named}{lifetime}{behind}"));
    }

    fn switch(&mut self, switch: &Switch<'_>, inside: &[Switch<'_>]) -> Result<(), String> {
        let numbers: Vec<usize> = switch.mutants.iter().map(|(number, _)| *number).collect();
        let first = self.line();
        let key = key(&numbers);
        self.push(&format!(" match crate::mutant_switch::active({key}) {{\n"));
        let (open, close) = match switch.shape.result {
            Some(_) => ("Box::new({", "}),"),
            None => ("{", "}"),
        };
        for (number, mutant) in &switch.mutants {
            let start = self.line();
            let copy = self.copy(&switch.shape.body, mutant)?;
            self.push(&format!("{number} => {open} {copy}\n{close}\n"));
            self.done.copies.insert(*number, start..self.line());
        }
        self.push(&format!("_ => {open}"));
        self.part(switch.shape.body.clone(), inside)?;
        self.push(&format!("\n{close} }} "));
        self.done.functions.push((first..self.line() + 1, numbers));
        Ok(())
    }

    /// The body as the mutant has it.
    fn copy(&self, body: &Range<usize>, mutant: &Mutant) -> Result<String, String> {
        let span = bytes(self.source, mutant.span)
            .filter(|span| body.start <= span.start && span.end <= body.end)
            .ok_or_else(|| format!("{}: it stands outside of its function", mutant.name))?;
        let span = span.start - body.start..span.end - body.start;
        Ok(replaced(
            &self.source[body.clone()],
            span,
            &mutant.replacement,
        ))
    }

    fn push(&mut self, text: &str) {
        self.done.text.push_str(text);
    }

    /// The line that is being written, from 1.
    fn line(&self) -> usize {
        self.done.text.matches('\n').count() + 1
    }
}
