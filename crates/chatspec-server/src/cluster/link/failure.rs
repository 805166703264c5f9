//! Why a link fails, and what kind of broker it is.

use std::fmt;

use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, RedisError};

use crate::cluster::{State, Trouble};

/// Why a link cannot be begun, or has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) trouble: Trouble,
    /// What the broker or the system said.
    pub(crate) detail: String,
}

/// The oldest broker that will do.
const OLDEST: u32 = 6;

impl Failure {
    pub(super) fn lease() -> Self {
        Self {
            trouble: Trouble::Lease,
            detail: "it was not refreshed in time".to_owned(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.trouble, self.detail)
    }
}

impl From<RedisError> for Failure {
    fn from(error: RedisError) -> Self {
        let trouble = match (error.kind(), error.code()) {
            (ErrorKind::AuthenticationFailed, _) | (_, Some("NOAUTH" | "WRONGPASS" | "NOPERM")) => {
                Trouble::Password
            }
            (_, Some("OOM")) => Trouble::Memory,
            (_, Some("READONLY" | "MISCONF" | "NOREPLICAS")) => Trouble::ReadOnly,
            (_, Some("LOADING" | "BUSY" | "MASTERDOWN")) => Trouble::Loading,
            _ if error.is_timeout() => Trouble::Slow,
            _ if error.is_io_error() => Trouble::Unreachable,
            _ => Trouble::Refused,
        };
        Self {
            trouble,
            detail: error.to_string(),
        }
    }
}

/// Looks whether the broker will do. Where it does not tell of itself, it is taken as it is.
///
/// # Errors
///
/// If it is too old, or does not answer.
pub(super) async fn look(broker: &mut MultiplexedConnection, state: &State) -> Result<(), Failure> {
    let server = match section(broker, "server").await {
        Ok(text) => text,
        // Whoever may not ask may write all the same.
        Err(failure) if matches!(failure.trouble, Trouble::Refused) => return Ok(()),
        Err(failure) => return Err(failure),
    };
    if let Some(version) = value(&server, "redis_version") {
        let major = version
            .split('.')
            .next()
            .and_then(|major| major.parse().ok());
        if major.is_some_and(|major: u32| major < OLDEST) {
            return Err(Failure {
                trouble: Trouble::Version,
                detail: version.to_owned(),
            });
        }
    }
    let memory = section(broker, "memory").await?;
    let policy = value(&memory, "maxmemory_policy").filter(|policy| *policy != "noeviction");
    let bounded = value(&memory, "maxmemory").is_some_and(|bytes| bytes != "0");
    state.evicts(policy.filter(|_| bounded));
    Ok(())
}

async fn section(broker: &mut MultiplexedConnection, name: &str) -> Result<String, Failure> {
    let text = redis::cmd("INFO").arg(name).query_async(broker).await?;
    Ok(text)
}

fn value<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = info.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
}
