//! From the outbox to the stream.

use std::sync::Arc;
use std::time::Duration;

use redis::RedisError;
use socketioxide::SocketIo;
use tokio::time::sleep;

use super::script::{Appended, Identity, Scripts};
use super::{Failure, Line};
use crate::cluster::op::{Op, Rooms};
use crate::cluster::state::add;
use crate::cluster::{Outbox, State, Trouble};
use crate::hub::Hub;

/// What goes in one batch: so many, and so many bytes.
const BATCH: (usize, usize) = (128, 256 << 10);

/// Time before a batch is offered again that the broker has no place for.
const AGAIN: Duration = Duration::from_millis(100);

/// How often a batch is offered that the broker does not understand.
const TRIES: u32 = 8;

/// What goes out, and how much has.
pub(super) struct Writer {
    outbox: Arc<Outbox>,
    /// The number of the last that is known to be written.
    written: u64,
    /// What may have been written: the answer has not been heard.
    batch: Vec<Op>,
    refusals: u32,
}

impl Writer {
    pub(super) fn new(outbox: Arc<Outbox>) -> Self {
        Self {
            outbox,
            written: 0,
            batch: Vec::new(),
            refusals: 0,
        }
    }

    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Writes what comes until that fails. What has not been acknowledged is kept, and written again on the next line: its
    /// numbers tell the broker and the readers what they have already.
    #[expect(clippy::too_many_arguments, reason = "each is a part of the link")]
    pub(super) async fn run(
        &mut self,
        scripts: &Scripts,
        who: &Identity,
        mut line: Line,
        most: usize,
        state: &State,
        hub: &Hub,
        io: &SocketIo,
    ) -> Failure {
        loop {
            self.outbox_filled().await;
            if let Err(failure) = self
                .flush(scripts, who, &mut line, most, state, hub, io)
                .await
            {
                match failure.trouble {
                    // It may pass, and the line is not to blame.
                    Trouble::Memory | Trouble::ReadOnly => {
                        state.fail(failure.trouble, &failure.detail);
                        sleep(AGAIN).await;
                    }
                    _ => return failure,
                }
            }
        }
    }

    async fn outbox_filled(&self) {
        if self.batch.is_empty() {
            self.outbox.filled().await;
        }
    }

    /// Writes all that waits.
    #[expect(clippy::too_many_arguments, reason = "each is a part of the link")]
    pub(super) async fn flush(
        &mut self,
        scripts: &Scripts,
        who: &Identity,
        line: &mut Line,
        most: usize,
        state: &State,
        hub: &Hub,
        io: &SocketIo,
    ) -> Result<(), Failure> {
        loop {
            if self.batch.is_empty() {
                self.batch = self.outbox.take(BATCH.0, BATCH.1);
            }
            let count = self.batch.len() as u64;
            if count == 0 {
                return Ok(());
            }
            if matches!(self.batch.last(), Some(Op::Say { .. })) {
                state.note(self.written + count);
            }
            let first = self.written + 1;
            let append =
                scripts.append(&mut line.broker, who, &line.lease, first, most, &self.batch);
            match append.await {
                Ok(Appended::Done(denied)) => {
                    self.written += count;
                    self.batch.clear();
                    self.refusals = 0;
                    add(&state.sent, count);
                    if state.trouble().is_some() {
                        state.recover();
                    }
                    if !denied.is_empty() {
                        hub.deny(&denied, io);
                    }
                }
                Ok(Appended::Lost) => return Err(Failure::lease()),
                Err(error) => return Err(self.refused(error)),
            }
        }
    }

    /// A batch that the broker never understands must not stop all others.
    fn refused(&mut self, error: RedisError) -> Failure {
        let failure = Failure::from(error);
        if failure.trouble == Trouble::Refused {
            self.refusals += 1;
            if self.refusals >= TRIES {
                self.refusals = 0;
                self.written += self.batch.len() as u64;
                self.batch = vec![Op::Gap(Rooms::All)];
            }
        }
        failure
    }
}
