//! The messages of the chat-room protocol, made from the schemas: [`send`] to build, [`read`] for what comes.

use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Error, Value};

mod generated {
    pub mod client_to_server;
    pub mod refusal;
    pub mod server_to_client;
}

pub use generated::client_to_server as send;
pub use generated::refusal::{Refusal, RefusalCode};
pub use generated::server_to_client as receive;

use receive::ReceivedServerMessage;

/// The message that a server has sent; `None` if its type is not known here, which a client ignores. Unknown fields are
/// dropped.
///
/// # Errors
/// What is no message.
pub fn read(message: Value) -> Result<Option<ReceivedServerMessage>, Error> {
    let message = object(message)?;
    let unknown = matches!(message, ReceivedServerMessage::UnknownMessage(_));
    Ok((!unknown).then_some(message))
}

/// A value of a generated type.
///
/// serde alone takes an array with the values of the fields for an object; a message is none.
///
/// # Errors
/// What is no object, or does not fit the schema.
pub fn object<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    match value {
        Value::Object(_) => serde_json::from_value(value),
        _ => Err(Error::custom("a message is an object")),
    }
}
