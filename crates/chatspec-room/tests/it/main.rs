//! The room from outside: conversations as tables, and laws that hold for every conversation.

mod chat;
mod image;
mod join;
mod laws;
mod leave;
mod outcome;
mod play;
mod remote;
mod remote_laws;
mod users;
