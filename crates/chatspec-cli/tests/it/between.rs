//! `chatspec proxy`: every byte passes as it is, and what is wrong with a message is told at once.

mod bytes;
mod people;
mod program;
mod recorded;
mod wrong;
