//! What can go wrong, from the wire's point of view.

mod close;
mod open;

pub use close::{CloseReason, SendError, UpgradeError};
pub(crate) use open::Attempt;
pub use open::{OpenError, OpenErrorKind};

use tokio::time::{Instant, timeout_at};

use super::account::Flooded;
use super::target::TargetError;

/// Why one exchange with the server came to nothing. What it means depends on who asked: opening a
/// session turns it into an [`OpenError`], an open session into a [`CloseReason`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The request cannot be sent by anybody.
    #[error("failed to {0}")]
    Target(#[from] TargetError),
    /// No connection came to stand.
    #[error("{0}")]
    Unreachable(String),
    /// A connection, but not with whom it should be.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The connection ended.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// What came over the connection is not HTTP.
    #[error("the answer is not HTTP: {0}")]
    NotHttp(String),
    /// More than a body may have.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// What is allowed.
        limit: usize,
    },
    /// More than we hold.
    #[error("the server sent {0}")]
    Flood(Flooded),
    /// What was being waited for when the time was up.
    #[error("no answer in time while {0}")]
    Timeout(String),
}

/// Waits for `future` until `deadline`.
pub(crate) async fn within<T>(
    deadline: Instant,
    stage: &str,
    future: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    match timeout_at(deadline, future).await {
        Ok(result) => result,
        Err(_) => Err(Fault::Timeout(stage.to_owned())),
    }
}
