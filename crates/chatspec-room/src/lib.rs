//! The decision: command in, deliveries out; pure and total.
//!
//! [`Rooms`] is the whole state of a chat server. [`Rooms::apply`] takes one [`Command`] and returns every
//! [`Delivery`] that follows from it, in the order in which they are to be carried out. It never fails (a refusal is
//! a delivery), never waits, never logs, and never looks at a clock: whoever owns the sockets does these things.
//!
//! Two sequences of equal commands give equal deliveries, so a conversation can be replayed from a list of commands.
//!
//! Sessions of other servers are sessions like others, with numbers that their owner gives them: what they do comes in as
//! [`Remote`]. They are members and hold names, and nothing is ever sent to them.
//!
//! ```
//! use chatspec::message::{ClientMessage, UsersRequest};
//! use chatspec_room::{Action, Command, Rooms, SessionId};
//!
//! let mut rooms = Rooms::default();
//! let asked = Command::new(SessionId(1), Action::Message(ClientMessage::Users(UsersRequest::default())));
//! assert_eq!(rooms.apply(asked).len(), 1);
//! ```

mod chat;
mod command;
mod delivery;
mod image;
mod join;
mod leave;
mod register;
mod remote;
mod rooms;
mod users;

pub use command::{AckToken, Action, Command, Remote, SessionId};
pub use delivery::{Audience, Delivery};
pub use rooms::{Place, Rooms};
