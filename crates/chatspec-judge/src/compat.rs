//! Whether two versions of a protocol get on: schemas and facts go in, who breaks and by which message comes out.
//!
//! A version has two schemas a direction: `S`, what a conforming sender may send, and `R`, what a conforming receiver
//! has to take. Two versions get on where `S` of the one is in `R` of the other, and the other way round; a version is
//! sound where its own `S` is in its own `R`. The question is put to a prover of our own, which decides patterns by
//! automata, to the algebra of the validator's library, and to chance; what they do not agree on is not decided.
//!
//! The way through: [`version::Version::read`] takes the files of a version apart, [`compare::compare`] finds the changes and
//! asks [`contain::Engines`] about each, [`allow::Waivers`] lets through what people have given a reason for, and
//! [`words`] says it.

pub mod allow;
mod automaton;
pub mod change;
mod compare;
pub mod contain;
pub mod corpus;
mod document;
mod facts;
mod fuzz;
mod prove;
mod schema;
pub mod version;
pub mod words;

pub use self::compare::compare;
pub use self::schema::SchemaError;
