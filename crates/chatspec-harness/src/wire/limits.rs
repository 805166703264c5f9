//! How much a server may make us hold.
//!
//! Each bound is far above what a conforming server needs, and low enough that a hostile one cannot
//! take the machine down.

use std::time::Duration;

/// Bytes in one HTTP body or one WebSocket message: 4 MiB. More ends the session.
pub const MESSAGE_BYTES: usize = 4 << 20;

/// Bytes of all packets that one session receives in its life: 8 MiB. More ends it. Nothing is subtracted for what was
/// taken out, because whoever takes it out keeps it. The same goes for the bytes of a message that is not yet whole.
pub const CONNECTION_BYTES: usize = 8 << 20;

/// Bytes that all sessions with one target hold together: 24 MiB. Beyond, those go on that hold no more than
/// [`SHARE_BYTES`]. What is given back is not always given back to the system, so that the process grows by a multiple.
pub const RUN_BYTES: usize = 24 << 20;

/// What each session may hold in any case: 512 KiB.
pub const SHARE_BYTES: usize = 512 << 10;

/// Bytes of the literal text kept beside a parsed packet: 64 KiB. The parsed part is whole.
pub const RAW_BYTES: usize = 64 << 10;

/// JSON values in one packet: 100 000. A packet with more is not parsed, because a few megabytes of
/// `[[],[],..]` grow more than thirtyfold in memory.
pub const JSON_VALUES: usize = 100_000;

/// Bytes of a session id that we are willing to repeat in every request.
pub const SID_BYTES: usize = 1024;

/// Characters of a server's answer that an error text quotes.
pub const QUOTED_CHARS: usize = 80;

/// How long a send, a close or a reconnection of a keep-alive connection may take, unless
/// [`OpenOptions`](crate::wire::OpenOptions) says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(20);
