//! An expression as a nondeterministic automaton.

use std::collections::BTreeSet;

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// More states than this make no automaton: `a{1000}{1000}` has a million.
const STATES_MAX: usize = 20_000;
/// Every Unicode scalar value.
const ANY: [(u32, u32); 2] = [(0, 0xd7ff), (0xe000, 0x10_ffff)];

/// A regular expression, compiled for comparison.
#[derive(Debug)]
pub struct Pattern {
    /// As written.
    pub source: String,
    nodes: Vec<Node>,
    start: usize,
}

#[derive(Debug)]
enum Node {
    /// Takes a code point in one of the ranges.
    Take(Vec<(u32, u32)>, usize),
    /// Goes on to each of these, without taking anything.
    Split(Vec<usize>),
    /// Goes on at the start of the string alone.
    Start(usize),
    /// Goes on at the end of the string alone.
    End(usize),
    /// The string matches.
    Accept,
}

impl Pattern {
    /// Compiles an expression of the portable subset.
    ///
    /// # Errors
    /// It does not parse, has an assertion other than the anchors, or is too large.
    pub fn new(source: &str) -> Result<Pattern, String> {
        let hir = regex_syntax::ParserBuilder::new()
            .unicode(true)
            .utf8(true)
            .build()
            .parse(source)
            .map_err(|error| match error {
                regex_syntax::Error::Parse(error) => error.kind().to_string(),
                other => other
                    .to_string()
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .to_owned(),
            })?;
        let mut pattern = Pattern::empty(source);
        // Whatever precedes and follows a match may be there.
        let accept = pattern.push(Node::Accept)?;
        let after = pattern.loop_to(accept)?;
        let inner = pattern.compile(&hir, after)?;
        pattern.start = pattern.loop_to(inner)?;
        Ok(pattern)
    }

    /// The expression that this string matches and no other.
    ///
    /// # Errors
    /// It is too long.
    pub fn literal(text: &str) -> Result<Pattern, String> {
        // No expression of the portable subset holds a NUL: the name is its own.
        let mut pattern = Pattern::empty(&format!("\0{text}"));
        let accept = pattern.push(Node::Accept)?;
        let mut next = pattern.push(Node::End(accept))?;
        for char in text.chars().rev() {
            next = pattern.push(Node::Take(vec![(char.into(), char.into())], next))?;
        }
        pattern.start = pattern.push(Node::Start(next))?;
        Ok(pattern)
    }

    /// Whether a string matches.
    pub fn matches(&self, text: &str) -> bool {
        let mut set = self.initial();
        for char in text.chars() {
            set = self.step(&set, char.into());
        }
        self.accepts(&set)
    }

    /// The states before the first code point.
    pub(super) fn initial(&self) -> Vec<usize> {
        self.closure([self.start].into(), true, false)
    }

    /// The states after one more code point.
    pub(super) fn step(&self, set: &[usize], point: u32) -> Vec<usize> {
        let mut next = BTreeSet::new();
        for node in set {
            if let Node::Take(ranges, to) = &self.nodes[*node]
                && ranges
                    .iter()
                    .any(|(low, high)| (*low..=*high).contains(&point))
            {
                next.insert(*to);
            }
        }
        self.closure(next, false, false)
    }

    /// Whether a string that ends here matches.
    pub(super) fn accepts(&self, set: &[usize]) -> bool {
        let all = self.closure(set.iter().copied().collect(), false, true);
        all.iter()
            .any(|node| matches!(self.nodes[*node], Node::Accept))
    }

    /// The classes of code points that it tells apart.
    pub(super) fn classes(&self) -> impl Iterator<Item = &[(u32, u32)]> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Take(ranges, _) => Some(ranges.as_slice()),
            _ => None,
        })
    }

    fn closure(&self, from: BTreeSet<usize>, start: bool, end: bool) -> Vec<usize> {
        let mut stack: Vec<usize> = from.iter().copied().collect();
        let mut all = from;
        while let Some(node) = stack.pop() {
            let next: &[usize] = match &self.nodes[node] {
                Node::Split(next) => next,
                Node::Start(next) if start => std::slice::from_ref(next),
                Node::End(next) if end => std::slice::from_ref(next),
                _ => &[],
            };
            stack.extend(next.iter().filter(|node| all.insert(**node)));
        }
        let waits = |node: &usize| !matches!(self.nodes[*node], Node::Split(_) | Node::Start(_));
        all.into_iter().filter(waits).collect()
    }

    fn empty(source: &str) -> Pattern {
        Pattern {
            source: source.to_owned(),
            nodes: Vec::new(),
            start: 0,
        }
    }

    fn push(&mut self, node: Node) -> Result<usize, String> {
        if self.nodes.len() >= STATES_MAX {
            return Err(format!("it has more than {STATES_MAX} states"));
        }
        self.nodes.push(node);
        Ok(self.nodes.len() - 1)
    }

    /// Any number of any code points, then on.
    fn loop_to(&mut self, next: usize) -> Result<usize, String> {
        let split = self.push(Node::Split(vec![next]))?;
        let take = self.push(Node::Take(ANY.to_vec(), split))?;
        self.nodes[split] = Node::Split(vec![next, take]);
        Ok(split)
    }

    /// The state that matches `hir`, then goes on to `next`.
    fn compile(&mut self, hir: &Hir, next: usize) -> Result<usize, String> {
        match hir.kind() {
            HirKind::Empty => Ok(next),
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).map_err(|error| error.to_string())?;
                text.chars().rev().try_fold(next, |next, char| {
                    self.push(Node::Take(vec![(char.into(), char.into())], next))
                })
            }
            HirKind::Class(Class::Unicode(class)) => {
                let ranges = class.ranges().iter();
                let ranges = ranges.map(|range| (range.start().into(), range.end().into()));
                let ranges = ranges.collect();
                self.push(Node::Take(ranges, next))
            }
            HirKind::Class(Class::Bytes(class)) => {
                let ranges = class.ranges().iter();
                let ranges = ranges.map(|range| (range.start().into(), range.end().into()));
                let ranges = ranges.collect();
                self.push(Node::Take(ranges, next))
            }
            HirKind::Look(Look::Start) => self.push(Node::Start(next)),
            HirKind::Look(Look::End) => self.push(Node::End(next)),
            HirKind::Look(other) => Err(format!("it has the assertion {other:?}")),
            HirKind::Capture(capture) => self.compile(&capture.sub, next),
            HirKind::Concat(parts) => parts
                .iter()
                .rev()
                .try_fold(next, |next, part| self.compile(part, next)),
            HirKind::Alternation(parts) => {
                let starts: Result<Vec<usize>, String> =
                    parts.iter().map(|part| self.compile(part, next)).collect();
                self.push(Node::Split(starts?))
            }
            HirKind::Repetition(repetition) => self.repeat(repetition, next),
        }
    }

    fn repeat(
        &mut self,
        repetition: &regex_syntax::hir::Repetition,
        next: usize,
    ) -> Result<usize, String> {
        let mut at = next;
        match repetition.max {
            None => {
                let split = self.push(Node::Split(vec![next]))?;
                let inner = self.compile(&repetition.sub, split)?;
                self.nodes[split] = Node::Split(vec![next, inner]);
                at = split;
            }
            Some(max) => {
                for _ in repetition.min..max {
                    let inner = self.compile(&repetition.sub, at)?;
                    at = self.push(Node::Split(vec![next, inner]))?;
                }
            }
        }
        (0..repetition.min).try_fold(at, |at, _| self.compile(&repetition.sub, at))
    }
}
