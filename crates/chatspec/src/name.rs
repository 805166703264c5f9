//! Names of users and rooms: parsed once, compared by key, shown as written.

mod error;
mod key;
mod room;
#[cfg(feature = "schema")]
pub mod schema;
mod shown;
mod skeleton;
mod spelling;
mod user;

pub use error::NameError;
pub use key::NameKey;
pub use room::RoomName;
pub use shown::ShownName;
pub use skeleton::Skeleton;
pub use user::UserName;
