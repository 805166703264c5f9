//! The messages, one file each, and an enum per direction.
//!
//! A client sends its messages, and a server its own, as the one argument of the Socket.IO event `chat`. What a client
//! sends is told apart by `event`, what a server sends by `type`.

mod chat;
mod chat_message;
mod client;
mod deluser;
mod image;
mod image_message;
mod join;
mod leave;
mod newuser;
mod server;
mod user_list;
mod users;

pub use chat::Chat;
pub use chat_message::ChatMessage;
pub use client::ClientMessage;
pub use deluser::DelUser;
pub use image::Image;
pub use image_message::ImageMessage;
pub use join::Join;
pub use leave::Leave;
pub use newuser::NewUser;
pub use server::ServerMessage;
pub use user_list::UserList;
pub use users::UsersRequest;
