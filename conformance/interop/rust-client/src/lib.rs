//! Outside participants for conversations with a chat server: stock `rust_socketio` clients, and what they hear.
//!
//! The conversations themselves are in `tests/conversation.rs`.

mod cast;
mod failure;
mod person;
pub mod png;
pub mod words;

pub use cast::{Cast, play};
pub use failure::Failure;
pub use person::Person;
