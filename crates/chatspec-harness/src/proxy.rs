//! Stands between clients and a server: forwards bytes, and reads a copy of them.
//!
//! What passes is never changed: a chunk that was read from one side is written to the other as it is, whatever it holds, and
//! ends of connections are passed on as what they are, a reset as a reset. A copy goes to [`Reader`], which takes HTTP, WebSocket,
//! Engine.IO and Socket.IO apart on a task of its own, so that nothing waits for it; what it does not understand has passed all
//! the same. Both the copies that wait and what the reader keeps are bounded: beyond that a connection is forwarded unread.
//!
//! `Host` and `Origin` are among the bytes, and stay as the client sent them. A server that looks at them has to know the address
//! of the proxy; it is told by its own settings, not by a proxy that forges what it passes.

mod connection;
mod feed;
mod frames;
mod http;
mod reader;
mod relay;

pub use feed::{Feed, Tapped};
pub use reader::Reader;
pub use relay::{reach, serve};
