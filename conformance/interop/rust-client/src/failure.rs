//! What can go wrong in a conversation.

/// Why a conversation did not go on.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The library failed to connect or to send.
    #[error("the client failed: {0}")]
    Client(#[from] rust_socketio::Error),
    /// Something due did not come within the deadline.
    #[error("{what} did not come; heard {heard:.600}")]
    Late {
        /// What was waited for.
        what: &'static str,
        /// What came instead, as JSON text.
        heard: String,
    },
    /// Something else was heard than what is right.
    #[error("{who} heard {heard:.600}\ninstead of {expected:.600}")]
    Heard {
        /// Whose ears.
        who: &'static str,
        /// What came, as JSON text.
        heard: String,
        /// What had to come, as JSON text.
        expected: String,
    },
}
