//! One raw connection: bytes out as they are, bytes in as they come.
//!
//! Reading goes on while a long write is under way, so that a server which answers or closes in the middle of it is heard.
//! What comes in is bounded: beyond [`KEPT`] bytes that nobody takes, the rest is only counted.

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::time::{Instant, timeout_at};

use super::account::Account;
use super::limits::MESSAGE_BYTES;
use super::net::{self, Reset, Stream};
use super::quote::escape;
use super::target::Target;

/// Bytes that are kept until somebody takes them: 256 KiB. More is thrown away.
const KEPT: usize = 256 << 10;
/// Bytes in all after which a server is not listened to any longer: four of the largest messages.
const FLOOD: u64 = 4 * MESSAGE_BYTES as u64;

/// A connection without any protocol on it.
pub struct Raw {
    read: ReadHalf<Stream>,
    write: Option<WriteHalf<Stream>>,
    reset: Reset,
    /// Everything that is read is understood at once, or thrown away.
    pending: Account,
    received: Vec<u8>,
    total: u64,
    ended: Option<String>,
}

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Raw")
            .field("received", &self.received.len())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

impl Raw {
    /// Connects, with TLS where the target says so; nothing is sent.
    ///
    /// # Errors
    /// One line, if no connection stands until `deadline`.
    pub async fn open(target: &Target, deadline: Instant) -> Result<Raw, String> {
        let reset = Reset::default();
        let stream = net::connect(target, &reset, deadline)
            .await
            .map_err(|fault| fault.to_string())?;
        let pending = stream.pending();
        let (read, write) = split(stream);
        Ok(Raw {
            read,
            write: Some(write),
            reset,
            pending,
            received: Vec::new(),
            total: 0,
            ended: None,
        })
    }

    /// Sends all of `bytes`, and reads meanwhile. False where the connection ended before, or the deadline passed.
    pub async fn send(&mut self, bytes: &[u8], deadline: Instant) -> bool {
        let Some(write) = self.write.as_mut().filter(|_| self.ended.is_none()) else {
            return false;
        };
        let writing = async {
            write.write_all(bytes).await?;
            write.flush().await
        };
        tokio::pin!(writing);
        let mut buffer = vec![0; 16 << 10];
        loop {
            let sent = tokio::select! {
                biased;
                sent = &mut writing => sent.is_ok(),
                read = self.read.read(&mut buffer) => {
                    self.pending.clear();
                    match read {
                        Ok(0) => self.ended = Some("the server closed the connection".to_owned()),
                        Ok(count) => {
                            keep(&mut self.received, &mut self.total, &mut self.ended, &buffer[..count]);
                        }
                        Err(error) => self.ended = Some(lost(&error)),
                    }
                    if self.ended.is_none() {
                        continue;
                    }
                    false
                }
                () = tokio::time::sleep_until(deadline) => false,
            };
            return sent;
        }
    }

    /// Waits for more bytes, or the end; false at the deadline. A deadline in the past takes what is there already.
    pub async fn more(&mut self, deadline: Instant) -> bool {
        if self.ended.is_some() {
            return false;
        }
        let mut buffer = vec![0; 16 << 10];
        let read = timeout_at(deadline, self.read.read(&mut buffer)).await;
        self.pending.clear();
        match read {
            Ok(Ok(0)) => self.ended = Some("the server closed the connection".to_owned()),
            Ok(Ok(count)) => keep(
                &mut self.received,
                &mut self.total,
                &mut self.ended,
                &buffer[..count],
            ),
            Ok(Err(error)) => self.ended = Some(lost(&error)),
            Err(_) => return false,
        }
        true
    }

    /// What has come and was not taken.
    pub fn received(&self) -> &[u8] {
        &self.received
    }

    /// Takes the first `count` bytes out.
    pub fn take(&mut self, count: usize) {
        self.received.drain(..count.min(self.received.len()));
    }

    /// How the connection ended, if it has.
    pub fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    /// Whether it ended because the server sent more than we listen to: then it is we who ended it.
    pub fn is_excess(&self) -> bool {
        self.total > FLOOD
    }

    /// Says that we send no more; reading goes on.
    pub async fn finish(&mut self) {
        if let Some(mut write) = self.write.take() {
            // Where this fails, the connection is over anyway.
            let _ = write.shutdown().await;
        }
    }

    /// Ends the connection with a TCP reset.
    pub fn reset(self) {
        self.reset.set();
    }
}

fn keep(received: &mut Vec<u8>, total: &mut u64, ended: &mut Option<String>, bytes: &[u8]) {
    *total += bytes.len() as u64;
    let room = KEPT.saturating_sub(received.len());
    received.extend_from_slice(&bytes[..bytes.len().min(room)]);
    if *total > FLOOD {
        *ended = Some(format!("the server sent more than {FLOOD} bytes"));
    }
}

fn lost(error: &std::io::Error) -> String {
    escape(&format!("the connection was lost: {error}"))
}
