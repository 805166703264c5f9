//! From JSON to typed messages, in two stages: the tag is read first, then the fields of the type it names.
//!
//! So errors have paths, an array is never taken for an object, and only the absence of `event` means users. Where
//! several refusals apply, the first in the order of priority is given: all fields are checked for their types before
//! the value of any of them is looked at.
//!
//! Text goes one of two ways. A flat object, which is what clients send, is read without a value in between; whatever is
//! not flat, or no JSON, is read as a [`Payload`](crate::json::Payload). What a message is decided from is the same for both
//! ([`fields`]), so that they cannot differ in what they refuse or how.

mod client;
pub(crate) mod fields;
mod server;
pub(crate) mod values;

pub use client::{decode_client, decode_client_args, decode_client_json, decode_client_packet};
pub use fields::ShapeError;
pub use server::decode_server;
