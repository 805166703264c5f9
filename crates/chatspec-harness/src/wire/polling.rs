//! Long polling: one task that always has a GET pending, and one that sends POSTs, one at a time.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::error::{CloseReason, SendError};
use super::http::Channel;
use super::packet::Frame;
use super::payload;
use super::request::Request;
use super::shared::{Done, Outgoing, Shared};

/// Whether the next GET may start; and, back, whether the task stands still.
pub(crate) struct Hold {
    wanted: watch::Sender<bool>,
    parked: watch::Receiver<bool>,
}

/// GETs stand still while this lives.
pub(crate) struct Held<'a>(&'a Hold);

impl Hold {
    /// Asks the task to start no further GET.
    pub(crate) fn hold(&self) -> Held<'_> {
        self.wanted.send_replace(true);
        Held(self)
    }
}

impl Held<'_> {
    /// Waits until the pending GET is answered and everything in it is recorded.
    pub(crate) async fn settled(&self) {
        // An error means that the task has ended: no GET is pending, either.
        let _ = self.0.parked.clone().wait_for(|parked| *parked).await;
    }

    /// Lets the GETs stand still for ever.
    pub(crate) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.wanted.send_replace(false);
    }
}

/// The task that reads, not yet running.
pub(crate) fn get(
    channel: Channel,
    path_and_query: String,
    shared: Arc<Shared>,
) -> (Hold, impl Future<Output = ()> + Send) {
    let (wanted, hold) = watch::channel(false);
    let (parked, is_parked) = watch::channel(false);
    let reading = read(channel, Request::get(path_and_query), shared, hold, parked);
    let hold = Hold {
        wanted,
        parked: is_parked,
    };
    (hold, reading)
}

async fn read(
    mut channel: Channel,
    request: Request,
    shared: Arc<Shared>,
    mut hold: watch::Receiver<bool>,
    parked: watch::Sender<bool>,
) {
    let mut stalled = shared.stalled.subscribe();
    loop {
        // An error would mean that the session is gone, and this task with it.
        drop(stalled.wait_for(|stalled| !stalled).await);
        if *hold.borrow_and_update() {
            parked.send_replace(true);
            // An error means that the session is gone.
            if hold.wait_for(|hold| !hold).await.is_err() {
                return;
            }
            parked.send_replace(false);
        }
        match channel.exchange(&request).await {
            Ok(answer) if answer.is_success() => {
                if !shared.receive_body(&answer.body) {
                    return;
                }
            }
            Ok(answer) => return shared.inbox.close(CloseReason::answer("GET", &answer)),
            Err(fault) => return shared.inbox.close(CloseReason::fault(fault)),
        }
        if shared.inbox.closed().is_some() {
            return;
        }
    }
}

/// The task that writes.
pub(crate) async fn post(
    mut channel: Channel,
    path_and_query: String,
    shared: Arc<Shared>,
    mut orders: mpsc::Receiver<Outgoing>,
) {
    while let Some(order) = orders.recv().await {
        let (frames, done): (Vec<Frame>, Option<Done>) = match order {
            Outgoing::Frames(frames, done) => (frames, done),
            Outgoing::Close(done) => (vec![Frame::from("1")], Some(done)),
        };
        shared.tap.sent(&frames);
        let result = if frames.is_empty() {
            Ok(())
        } else {
            let request = Request::post(path_and_query.clone(), payload::encode(&frames));
            send(&mut channel, &request, &shared).await
        };
        if let Some(done) = done {
            // Nobody waits any more if the send was given up.
            let _ = done.send(result);
        }
    }
}

async fn send(channel: &mut Channel, request: &Request, shared: &Shared) -> Result<(), SendError> {
    let (reason, error) = match channel.exchange(request).await {
        Ok(answer) if answer.is_success() => return Ok(()),
        Ok(answer) => {
            let rejected = SendError::Rejected {
                status: answer.status,
                summary: answer.summary(),
            };
            (CloseReason::answer("POST", &answer), rejected)
        }
        Err(fault) => {
            let reason = CloseReason::fault(fault);
            (reason.clone(), SendError::Closed(reason))
        }
    };
    shared.inbox.close(reason);
    Err(error)
}
