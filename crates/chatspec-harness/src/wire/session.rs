//! One Engine.IO session.

mod open;
mod upgrade;

pub use open::{OpenOptions, Transport};

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::engine::{self, Handshake, Kind};
use super::error::{CloseReason, SendError};
use super::inbox::Outcome;
use super::net::Reset;
use super::packet::{Frame, Received};
use super::polling::Hold;
use super::shared::{Done, Outgoing, Shared};
use super::socket;
use super::target::Target;

/// A session with the server: open, until somebody ends it.
///
/// Background tasks read all the time, answer pings at once, and queue every packet; nothing is
/// lost because nobody was waiting for it. Dropping the session ends it and its connections.
pub struct Session {
    target: Target,
    shared: Arc<Shared>,
    reset: Reset,
    patience: Duration,
    handshake: Handshake,
    /// `None` on WebSocket.
    polling: Option<Hold>,
    /// Ended when the session is dropped.
    tasks: JoinSet<()>,
}

/// How long the answer to a close frame is waited for.
const CLOSING: Duration = Duration::from_secs(1);

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("sid", &self.handshake.sid)
            .field("websocket", &self.is_websocket())
            .field("closed", &self.closed())
            .finish_non_exhaustive()
    }
}

/// What [`Session::next`] came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// The next packet.
    Received(Received),
    /// The session is over, and everything received before has been taken.
    Closed(CloseReason),
    /// Nothing came in time. The session goes on.
    Deadline,
}

/// How to end a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// As a well-behaved client does: an Engine.IO close packet on polling, a close frame on
    /// WebSocket.
    EngineClose,
    /// The connections are dropped without a word, with a TCP reset.
    Abort,
    /// A DISCONNECT from the main namespace. The Engine.IO session stays open.
    Namespace,
}

impl Session {
    /// What the server said when it opened the session.
    pub fn handshake(&self) -> &Handshake {
        &self.handshake
    }

    /// Whether packets go over a WebSocket, from the start or after an upgrade.
    pub fn is_websocket(&self) -> bool {
        self.polling.is_none()
    }

    /// Sends Socket.IO packets, such as `2["chat",{}]`: each in an Engine.IO message, all of them
    /// in one POST or one flush. Returns when the server has answered the POST, or when the
    /// operating system has taken the frames.
    ///
    /// # Errors
    ///
    /// [`SendError`]. The future may be dropped; what it was to send is sent all the same.
    pub async fn send_packets<S: AsRef<str>>(&mut self, packets: &[S]) -> Result<(), SendError> {
        let frames = packets
            .iter()
            .map(|packet| Frame::Text(engine::encode(Kind::Message, packet.as_ref())));
        self.carry_out(frames.collect()).await
    }

    /// The same with Engine.IO frames that are sent exactly as they are.
    ///
    /// # Errors
    ///
    /// As [`Session::send_packets`].
    pub async fn send_frames(&mut self, frames: &[Frame]) -> Result<(), SendError> {
        self.carry_out(frames.to_vec()).await
    }

    /// Takes the next packet, waiting for it until `deadline`.
    pub async fn next(&mut self, deadline: Instant) -> Next {
        match self.shared.inbox.next(deadline).await {
            Outcome::Found(received) => Next::Received(received),
            Outcome::Closed(reason) => Next::Closed(reason),
            Outcome::Deadline => Next::Deadline,
        }
    }

    /// Takes the next packet if it is there already.
    pub fn try_next(&mut self) -> Option<Received> {
        self.shared.inbox.pop()
    }

    /// How many packets have come so far, taken out or not.
    pub fn count(&self) -> u64 {
        self.shared.inbox.count()
    }

    /// Waits until so many packets have come in all. False if they have not by `deadline`, or will not.
    pub async fn reach(&mut self, count: u64, deadline: Instant) -> bool {
        self.shared.inbox.reach(count, deadline).await == Outcome::Found(())
    }

    /// Bytes that the packets received so far make us hold, taken out or not.
    pub fn held(&self) -> usize {
        self.shared.inbox.held()
    }

    /// Throws away what was received and not taken, and counts nothing of what was.
    pub fn forget(&mut self) {
        self.shared.inbox.forget();
    }

    /// Why the session is over, if it is; packets received before may still be waiting.
    pub fn closed(&self) -> Option<CloseReason> {
        self.shared.inbox.closed()
    }

    /// Whether pings are answered from now on. They are, unless this says otherwise.
    pub fn answer_pings(&mut self, yes: bool) {
        self.shared.answer_pings.store(yes, Ordering::Relaxed);
    }

    /// Whether to stop reading: a client that hangs. The buffers of the connection fill up, then the
    /// server's; pings stay unread. By polling, the pending GET is the last one. Nothing is lost
    /// by it: after `stall(false)` reading goes on where it stood.
    pub fn stall(&mut self, yes: bool) {
        self.shared.stalled.send_replace(yes);
    }

    /// Ends the session, or only its namespace. Waits until that is done, for at most the
    /// [`patience`](OpenOptions::patience) of the session; then, and after an error, the connections
    /// are dropped. A session that is over stays as it is.
    pub async fn close(&mut self, how: How) {
        match how {
            How::Namespace => {
                // A session that is over cannot tell the namespace, and need not.
                let _ = self.send_packets(&[socket::disconnect(socket::MAIN)]).await;
                return;
            }
            How::EngineClose => {
                if self.closed().is_none() {
                    // From here on an end is ours, whatever the server still says.
                    self.shared.inbox.close(CloseReason::ByUs);
                    let _ = self.order(Outgoing::Close).await;
                    if self.is_websocket() {
                        // A connection that is dropped with bytes unread ends with a reset, which
                        // can overtake the close frame. So the server gets a moment to answer it.
                        let answered = async { while self.tasks.join_next().await.is_some() {} };
                        let _ = timeout(CLOSING, answered).await;
                    }
                }
            }
            How::Abort => {
                self.shared.inbox.close(CloseReason::ByUs);
                self.reset.set();
            }
        }
        self.tasks.shutdown().await;
    }

    async fn carry_out(&mut self, frames: Vec<Frame>) -> Result<(), SendError> {
        if let Some(reason) = self.closed() {
            return Err(SendError::Closed(reason));
        }
        self.order(|done| Outgoing::Frames(frames, Some(done)))
            .await
    }

    /// Gives the writing task an order, and waits until it is carried out.
    async fn order(&self, order: impl FnOnce(Done) -> Outgoing) -> Result<(), SendError> {
        let (done, is_done) = oneshot::channel();
        let ordering = async {
            let gone = || {
                let lost = || CloseReason::Lost("the writing task has ended".to_owned());
                SendError::Closed(self.closed().unwrap_or_else(lost))
            };
            let outbox = self.shared.outbox();
            outbox.send(order(done)).await.map_err(|_| gone())?;
            is_done.await.map_err(|_| gone())?
        };
        match timeout(self.patience, ordering).await {
            Ok(result) => result,
            Err(_) => Err(SendError::Timeout(self.patience)),
        }
    }
}
