//! A connection is a descriptor, and of those a process has only so many.

use crate::exit::Failure;

/// Descriptors of ours that are no connections of the load.
const OWN: u64 = 64;

/// Raises the limit as far as it has to be, and as it goes.
#[cfg(unix)]
pub fn need(connections: u32) -> Result<(), Failure> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let wanted = u64::from(connections) + OWN;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= wanted) {
        return Ok(());
    }
    let allowed = limit.maximum.is_none_or(|maximum| maximum >= wanted);
    let raised = Rlimit {
        current: Some(wanted),
        maximum: limit.maximum,
    };
    if allowed && setrlimit(Resource::Nofile, raised).is_ok() {
        return Ok(());
    }
    let most = limit.maximum.unwrap_or_default();
    Err(Failure::usage(format!(
        "open {connections} connections: a process may have {most} descriptors here; `ulimit -n {wanted}` as root, before \
         this and before the server, raises that"
    )))
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
pub fn need(_: u32) -> Result<(), Failure> {
    Ok(())
}
