//! The nouns of the chat-room protocol: messages, names, limits, refusals.
//!
//! A value of a type in this crate is valid by construction: strings are parsed once, at the door, and never checked
//! again. Nothing here does I/O, looks at a clock or draws a random number.
//!
//! ```
//! use chatspec::decode::decode_client_json;
//! use chatspec::message::ClientMessage;
//!
//! let message = decode_client_json(r#"{"event": "join", "user": " ada ", "room": "lobby"}"#).unwrap();
//! let ClientMessage::Join(join) = message else { panic!("not a join") };
//! assert_eq!(join.user.unwrap().as_str(), "ada");
//!
//! let refusal = decode_client_json(r#"{"event": "joni"}"#).unwrap_err();
//! assert_eq!(refusal.code.number(), 10);
//! ```

pub mod catalog;
pub mod decode;
pub mod difference;
pub mod image;
pub mod json;
pub mod limits;
pub mod listing;
pub mod message;
pub mod name;
mod quote;
pub mod refusal;
pub mod text;
