//! Waits for what a bad input comes to.

use std::time::Duration;

use chatspec_judge::fixture::TransportName;
use chatspec_judge::fixture::hostile::{Act, Attack, Over, Stands, Word};
use chatspec_judge::transcript::What;
use futures_util::future::select_all;
use tokio::time::Instant;

use super::asks_for_life;
use crate::drive::Driver;
use crate::wire::{CloseReason, Packet};

/// How long a server that must end a session may take before it is asked whether it has: where it answers, it has not.
const MOMENT: Duration = Duration::from_secs(1);

impl Driver<'_> {
    pub(super) async fn settle(&mut self, attack: &Attack, mallory: usize) {
        let until = Instant::now() + self.closing(attack.slow);
        let gone = attack.outcome.contains(&Word::Gone);
        match attack.over {
            Over::Session | Over::Polling if gone => {
                self.actors[mallory].give_up("she has ended it herself");
            }
            Over::Session => self.settle_session(attack, mallory, until).await,
            Over::Polling => {
                if !asks_for_life(attack) {
                    self.listen(until.min(Instant::now() + MOMENT)).await;
                }
                self.settle_session(attack, mallory, until).await;
                self.listen(until).await;
            }
            Over::Websocket => {
                if asks_for_life(attack) {
                    self.ask_hand(until).await;
                }
                self.listen(until).await;
            }
            // What may be kept need not be waited for: it is looked at again at the end.
            Over::Tcp if gone || attack.outcome.contains(&Word::Kept) => {}
            Over::Tcp => self.listen(until).await,
        }
    }

    async fn settle_session(&mut self, attack: &Attack, mallory: usize, until: Instant) {
        if attack.stands == Stands::Opened {
            self.greet(attack, mallory, until).await;
        }
        self.record_end(mallory);
        let polling = self.actors[mallory].transport == TransportName::Polling;
        let counts = !attack.outcome.is_empty();
        if counts && !asks_for_life(attack) {
            // Whatever is said next could change what the server makes of it.
            let moment = Instant::now() + MOMENT;
            let first = if polling { until.min(moment) } else { until };
            self.listen_to(mallory, first).await;
        }
        if !self.is_settled() || asks_for_life(attack) || !counts || polling {
            self.barrier_of(mallory, until).await;
        }
        self.listen_to(mallory, until).await;
        self.catch_up(mallory).await;
    }

    /// Records what came before a session ended: it belongs to the input, however soon the end was known.
    async fn catch_up(&mut self, mallory: usize) {
        if self.actors[mallory].has_transport() {
            return;
        }
        loop {
            let step = self.step;
            let entries = self.actors[mallory].receive(step, Instant::now()).await;
            let over = entries
                .iter()
                .all(|entry| matches!(entry.what, What::Closed { .. }));
            self.push(entries);
            if over {
                return;
            }
        }
    }

    /// Sees whether a session that has not yet connected can, or is told that it cannot.
    async fn greet(&mut self, attack: &Attack, mallory: usize, until: Instant) {
        if self.actors[mallory].is_open() {
            return;
        }
        let asked = attack.acts.iter().any(connects);
        if !asked && !asks_for_life(attack) {
            return;
        }
        if !asked && let Some(session) = self.actors[mallory].session.as_mut() {
            let connect = crate::wire::socket::connect(crate::wire::socket::MAIN, None);
            // Where it cannot be sent, the end is recorded.
            let _ = session.send_packets(&[connect]).await;
        }
        let step = self.step;
        let entries = self.actors[mallory].greeted(step, until).await;
        self.push(entries);
    }

    async fn barrier_of(&mut self, mallory: usize, until: Instant) {
        if self.actors[mallory].is_open() {
            let room = self.bindings.get("barrier").cloned().unwrap_or_default();
            let patience = until.saturating_duration_since(Instant::now()).max(MOMENT);
            let (stage, step) = (self.stage, self.step);
            let entries = self.actors[mallory]
                .barrier(&room, stage, step, Some(patience))
                .await;
            self.push(entries);
        }
        self.record_end(mallory);
    }

    /// Records what the session receives until the outcome is settled, it ends, or the deadline.
    async fn listen_to(&mut self, mallory: usize, until: Instant) {
        while !self.is_settled() && self.actors[mallory].has_transport() && Instant::now() < until {
            let step = self.step;
            let entries = self.actors[mallory].receive(step, until).await;
            if entries.is_empty() {
                break;
            }
            self.push(entries);
        }
        self.record_end(mallory);
    }

    /// How the server ended the session, as far as the wire tells.
    fn record_end(&mut self, mallory: usize) {
        let known = |entry: &chatspec_judge::transcript::Entry| {
            entry.step == self.step && matches!(entry.what, What::Ended { connection: 0, .. })
        };
        let Some(reason) = self.actors[mallory].closed_by() else {
            return;
        };
        if reason == CloseReason::ByUs || self.entries.iter().any(known) {
            return;
        }
        if let CloseReason::Status { status, body, .. } = &reason {
            let reply = What::Reply {
                connection: 0,
                status: *status,
                headers: vec![],
                body: body.clone(),
            };
            self.entries.push(self.entry("mallory", reply));
        }
        let code = match &reason {
            CloseReason::WebsocketClose { code, .. } => *code,
            _ => None,
        };
        let ended = What::Ended {
            connection: 0,
            code,
            why: reason.to_string(),
        };
        self.entries.push(self.entry("mallory", ended));
    }

    /// Asks on the raw WebSocket who is in a room that nobody uses.
    async fn ask_hand(&mut self, until: Instant) {
        let room = self.bindings.get("barrier").cloned().unwrap_or_default();
        if let Some(hand) = self.hands.iter_mut().find(|hand| hand.number() == 0) {
            hand.ask(&room, until).await;
        }
        self.collect();
    }

    /// Records what raw connections receive until the outcome is settled, all are over, or the deadline.
    async fn listen(&mut self, until: Instant) {
        loop {
            for hand in &mut self.hands {
                hand.read();
            }
            self.collect();
            if self.is_settled() {
                return;
            }
            let waiting: Vec<_> = self
                .hands
                .iter_mut()
                .filter(|hand| !hand.is_over())
                .map(|hand| Box::pin(hand.more(until)))
                .collect();
            if waiting.is_empty() {
                return;
            }
            let (came, _, _) = select_all(waiting).await;
            if !came {
                return;
            }
        }
    }
}

/// Whether an act holds a CONNECT of its own.
fn connects(act: &Act) -> bool {
    let Act::Literal { frames, .. } = act else {
        return false;
    };
    frames.iter().any(|frame| {
        let text = frame.to_string();
        text.contains("\"40")
    })
}

/// Whether a packet acknowledges this id.
pub(in crate::drive) fn acknowledges(packet: &Packet, wanted: &str) -> bool {
    matches!(packet, Packet::Ack { id, .. } if id == wanted)
}
