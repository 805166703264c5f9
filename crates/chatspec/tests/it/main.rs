//! Properties of the nouns, and the order of refusals.

mod decoding;
mod generate;
mod naming;
mod priority;
mod seeds;
mod texts;
mod ways;
