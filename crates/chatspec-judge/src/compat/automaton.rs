//! Regular expressions as automata over code points: whether some string matches these and not those, and the shortest.
//!
//! Expressions are searched for, as JSON Schema has it, not matched from end to end. Automata are made deterministic as
//! they are walked, side by side: a state of the walk is one state of each. So inclusion is decided, not guessed:
//! `P` is in `Q` where nothing is reachable that `P` accepts and `Q` does not.

mod nfa;
mod walk;

pub use self::nfa::Pattern;
pub use self::walk::{Strings, Walk};

#[cfg(test)]
mod tests;
