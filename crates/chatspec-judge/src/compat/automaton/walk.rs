//! Several automata, walked side by side.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::Pattern;

/// More states than this are not walked.
const STATES_MAX: usize = 20_000;
/// More lengths than this are not looked at before they repeat.
const LAYERS_MAX: usize = 50_000;
/// No string longer than this is made, in code points.
const LENGTH_MAX: u64 = 2_000_000;

/// A set of strings: those that match all of `with`, none of `without`, and have a length within the bounds.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    /// What has to match.
    pub with: Vec<Rc<Pattern>>,
    /// What must not.
    pub without: Vec<Rc<Pattern>>,
    /// Least length, in code points.
    pub min: u64,
    /// Greatest length.
    pub max: Option<u64>,
}

impl Strings {
    /// The shortest string of the set, made of letters where that is possible; `None` proves that it is empty.
    ///
    /// # Errors
    /// It cannot be decided within bounds.
    pub fn shortest(&self) -> Result<Option<String>, String> {
        if self.max.is_some_and(|max| max < self.min) {
            return Ok(None);
        }
        match Walk::of(self)?.shortest(self.min, self.max) {
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(why)) => Err(why),
            None => Ok(None),
        }
    }
}

/// The walk: every state that can be reached and from which a string of the set can end.
pub struct Walk {
    /// By state, where each code point that is worth telling apart leads; the best to read first.
    pub(crate) next: Vec<Vec<(char, usize)>>,
    /// By state, whether a string may end here.
    pub(crate) ends: Vec<bool>,
}

thread_local! {
    /// Walks that were made: the same few expressions are asked about for every field that has them. Whether a walk is
    /// remembered changes nothing but the time.
    static KNOWN: RefCell<HashMap<String, Result<Rc<Walk>, String>>> = RefCell::default();
}

/// Walks that are remembered, at most.
const KNOWN_MAX: usize = 256;

impl Walk {
    /// The walk through these expressions, made or remembered.
    ///
    /// # Errors
    /// As for [`Walk::new`].
    pub fn of(strings: &Strings) -> Result<Rc<Walk>, String> {
        let sources = |patterns: &[Rc<Pattern>]| {
            patterns
                .iter()
                .map(|pattern| format!("{:?} ", pattern.source))
                .collect::<String>()
        };
        let key = format!("{}- {}", sources(&strings.with), sources(&strings.without));
        if let Some(known) = KNOWN.with_borrow(|known| known.get(&key).cloned()) {
            return known;
        }
        let made = Walk::new(strings).map(Rc::new);
        KNOWN.with_borrow_mut(|known| {
            if known.len() >= KNOWN_MAX {
                known.clear();
            }
            known.insert(key, made.clone());
        });
        made
    }

    /// Walks all states. State 0 is the start.
    ///
    /// # Errors
    /// There are too many.
    pub fn new(strings: &Strings) -> Result<Walk, String> {
        let all: Vec<&Pattern> = strings
            .with
            .iter()
            .chain(&strings.without)
            .map(Rc::as_ref)
            .collect();
        let letters = letters(&all);
        let mut parts: Vec<Part<'_>> = all.iter().map(|pattern| Part::new(pattern)).collect();
        let with = strings.with.len();
        let first = vec![0; parts.len()];
        let mut ids: HashMap<Vec<usize>, usize> = HashMap::from([(first.clone(), 0)]);
        let mut queue = vec![first];
        let mut walk = Walk {
            next: Vec::new(),
            ends: Vec::new(),
        };
        let mut at = 0;
        while at < queue.len() {
            let state = queue[at].clone();
            at += 1;
            let accepted = |index: usize| parts[index].accepts[state[index]];
            walk.ends
                .push((0..parts.len()).all(|index| accepted(index) == (index < with)));
            let mut targets: Vec<(char, usize)> = Vec::new();
            for (index, letter) in letters.iter().enumerate() {
                let steps = parts.iter_mut().zip(&state);
                let target: Vec<usize> = steps
                    .map(|(part, from)| part.step(*from, index, *letter))
                    .collect();
                // What can match no more is left alone.
                if parts
                    .iter()
                    .zip(&target)
                    .take(with)
                    .any(|(part, to)| part.sets[*to].is_empty())
                {
                    continue;
                }
                let fresh = ids.len();
                let id = *ids.entry(target.clone()).or_insert(fresh);
                if id == fresh {
                    queue.push(target);
                }
                if targets.iter().all(|(_, known)| *known != id) {
                    targets.push((*letter, id));
                }
            }
            walk.next.push(targets);
            if queue.len() > STATES_MAX {
                return Err(format!(
                    "the expressions have more than {STATES_MAX} states side by side"
                ));
            }
        }
        walk.prune();
        Ok(walk)
    }

    /// The shortest string with a length within the bounds; with an error, one exists and is too long to write.
    fn shortest(&self, min: u64, max: Option<u64>) -> Option<Result<String, String>> {
        let mut layers: Vec<BTreeSet<usize>> = vec![[0].into()];
        let mut seen: BTreeMap<BTreeSet<usize>, usize> = BTreeMap::new();
        let ends = |layer: &BTreeSet<usize>| layer.iter().any(|state| self.ends[*state]);
        // From here on, layers repeat with this period.
        let (start, period) = loop {
            let here = layers.len() - 1;
            let last = &layers[here];
            if here as u64 >= min && max.is_none_or(|max| here as u64 <= max) && ends(last) {
                return Some(Ok(self.spell(here, |length| &layers[length])));
            }
            if last.is_empty() || max.is_some_and(|max| here as u64 > max) {
                return None;
            }
            if let Some(before) = seen.insert(last.clone(), here) {
                break (before, here - before);
            }
            if layers.len() > LAYERS_MAX {
                return Some(Err("the expression has too many lengths".to_owned()));
            }
            let next = last
                .iter()
                .flat_map(|state| self.next[*state].iter().map(|(_, to)| *to))
                .collect();
            layers.push(next);
        };
        let layer = |length: usize| match length < start {
            true => &layers[length],
            false => &layers[start + (length - start) % period],
        };
        let from = min.max(start as u64);
        let mut lengths =
            (from..from + period as u64).filter(|length| max.is_none_or(|max| *length <= max));
        let length = lengths
            .find(|length| usize::try_from(*length).is_ok_and(|length| ends(layer(length))))?;
        match usize::try_from(length) {
            Ok(short) if length <= LENGTH_MAX => Some(Ok(self.spell(short, layer))),
            _ => Some(Err(format!("the shortest string has {length} code points"))),
        }
    }

    /// A string of this length, backwards from its end.
    fn spell<'a>(&self, length: usize, layer: impl Fn(usize) -> &'a BTreeSet<usize>) -> String {
        let mut into: Vec<Vec<(char, usize)>> = vec![Vec::new(); self.next.len()];
        for (from, next) in self.next.iter().enumerate() {
            for (letter, to) in next {
                into[*to].push((*letter, from));
            }
        }
        for list in &mut into {
            list.sort_by_key(|(letter, from)| (rank(*letter), *from));
        }
        let mut state = layer(length)
            .iter()
            .copied()
            .find(|state| self.ends[*state])
            .expect("the caller looked for an end in this layer");
        let mut letters = Vec::with_capacity(length);
        for before in (0..length).rev() {
            let (letter, from) = into[state]
                .iter()
                .find(|(_, from)| layer(before).contains(from))
                .expect("a state of a layer was reached from the layer before");
            letters.push(*letter);
            state = *from;
        }
        letters.iter().rev().collect()
    }

    /// Drops steps to states from which no string ends.
    fn prune(&mut self) {
        let mut alive = self.ends.clone();
        loop {
            let mut changed = false;
            for (state, next) in self.next.iter().enumerate() {
                if !alive[state] && next.iter().any(|(_, to)| alive[*to]) {
                    alive[state] = true;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        for next in &mut self.next {
            next.retain(|(_, to)| alive[*to]);
        }
    }
}

/// One pattern, made deterministic as it is walked.
struct Part<'a> {
    pattern: &'a Pattern,
    sets: Vec<Vec<usize>>,
    ids: HashMap<Vec<usize>, usize>,
    accepts: Vec<bool>,
    next: HashMap<(usize, usize), usize>,
}

impl<'a> Part<'a> {
    fn new(pattern: &'a Pattern) -> Part<'a> {
        let mut part = Part {
            pattern,
            sets: Vec::new(),
            ids: HashMap::new(),
            accepts: Vec::new(),
            next: HashMap::new(),
        };
        part.state(pattern.initial());
        part
    }

    fn state(&mut self, set: Vec<usize>) -> usize {
        if let Some(known) = self.ids.get(&set) {
            return *known;
        }
        let id = self.sets.len();
        self.accepts.push(self.pattern.accepts(&set));
        self.ids.insert(set.clone(), id);
        self.sets.push(set);
        id
    }

    fn step(&mut self, from: usize, index: usize, letter: char) -> usize {
        if let Some(known) = self.next.get(&(from, index)) {
            return *known;
        }
        let set = self.pattern.step(&self.sets[from], u32::from(letter));
        let to = self.state(set);
        self.next.insert((from, index), to);
        to
    }
}

/// One code point for each set of them that no expression tells apart, the best to read first.
fn letters(patterns: &[&Pattern]) -> Vec<char> {
    let mut edges: BTreeSet<u32> = [0, 0xd800, 0xe000, 0x11_0000].into();
    let classes: BTreeSet<&[(u32, u32)]> = patterns
        .iter()
        .flat_map(|pattern| pattern.classes())
        .collect();
    for (low, high) in classes.iter().copied().flatten() {
        edges.extend([*low, high + 1]);
    }
    let edges: Vec<u32> = edges.into_iter().collect();
    let mut best: BTreeMap<Vec<bool>, char> = BTreeMap::new();
    for pair in edges.windows(2) {
        let (low, high) = (pair[0], pair[1] - 1);
        let Some(letter) = readable(low, high) else {
            continue;
        };
        let inside =
            |class: &&[(u32, u32)]| class.iter().any(|(from, to)| (*from..=*to).contains(&low));
        let signature = classes.iter().map(inside).collect();
        let known = best.entry(signature).or_insert(letter);
        if (rank(letter), letter) < (rank(*known), *known) {
            *known = letter;
        }
    }
    let mut letters: Vec<char> = best.into_values().collect();
    letters.sort_by_key(|letter| (rank(*letter), *letter));
    letters
}

fn readable(low: u32, high: u32) -> Option<char> {
    ['a', '0', 'A', ' ']
        .map(u32::from)
        .into_iter()
        .map(|best| best.clamp(low, high))
        .filter_map(char::from_u32)
        .min_by_key(|letter| (rank(*letter), *letter))
}

/// Smaller is better to read.
fn rank(letter: char) -> u8 {
    match letter {
        'a'..='z' => 0,
        '0'..='9' => 1,
        'A'..='Z' => 2,
        '!'..='~' => 3,
        ' ' => 4,
        '\u{a1}'.. => 5,
        _ => 6,
    }
}
