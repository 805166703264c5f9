//! One raw connection of mallory's, and what she does on it.

mod incoming;
mod request;

use std::sync::Arc;
use std::time::Duration;

use chatspec_judge::fixture::TransportName;
use chatspec_judge::fixture::hostile::{Act, Finish, FrameFile, Payload, Stands, bytes};
use chatspec_judge::transcript::{Entry, What};
use chatspec_judge::value::{Bindings, ValueError};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Stage, record};
use crate::wire::{Packet, Raw, quote, socket};

use self::incoming::Incoming;

/// Bytes that go out in one write.
const WRITE: usize = 64 << 10;
/// Characters that the transcript keeps of what is sent.
const SHOWN: usize = 160;

/// What a hand needs to know.
#[derive(Clone, Debug)]
pub(super) struct Context {
    pub stage: Stage,
    pub bindings: Bindings,
    pub step: usize,
}

/// One raw connection.
pub(super) struct Hand {
    /// The same for all that are held at once: there may be hundreds.
    context: Arc<Context>,
    number: u32,
    /// Whether acts that name no connection of their own go here.
    main: bool,
    raw: Option<Raw>,
    incoming: Incoming,
    /// What was recorded and not yet taken.
    pub entries: Vec<Entry>,
    /// Whether the end is recorded, ours or the server's.
    over: bool,
}

impl Hand {
    /// A connection that is opened by its first act.
    pub fn new(context: Arc<Context>, number: u32) -> Hand {
        Hand {
            context,
            number,
            main: false,
            raw: None,
            incoming: Incoming::default(),
            entries: Vec::new(),
            over: false,
        }
    }

    /// A connection with an open WebSocket and Engine.IO session, as far as mallory stands; and the session's id.
    pub async fn websocket(
        context: Arc<Context>,
        stands: Stands,
    ) -> Result<(Hand, String), String> {
        let mut hand = Hand::new(context, 0);
        hand.main = true;
        let deadline = Instant::now() + hand.context.stage.opening();
        let request = request::websocket(&hand.context);
        hand.raw = Some(Raw::open(&hand.context.stage.target, deadline).await?);
        hand.write(&request, deadline).await;
        let sid = hand
            .until(deadline, |packet| match packet {
                Packet::EngineOpen { data } => {
                    let open: Option<Value> = serde_json::from_str(data).ok();
                    open.and_then(|open| Some(open.get("sid")?.as_str()?.to_owned()))
                }
                _ => None,
            })
            .await
            .ok_or("open a WebSocket by hand: no open packet came")?;
        if matches!(stands, Stands::Connected | Stands::Joined) {
            hand.say("40", deadline).await;
            let connected =
                |packet: &Packet| matches!(packet, Packet::Connect { .. }).then_some(());
            hand.until(deadline, connected)
                .await
                .ok_or("open a WebSocket by hand: no answer to the CONNECT")?;
        }
        if stands == Stands::Joined {
            let name = |name: &str| hand.context.bindings.get(name).cloned().unwrap_or_default();
            let join = json!({"event": "join", "user": name("mallory"), "room": name("room")});
            let packet = socket::event(socket::MAIN, Some("900000"), "chat", &[join]);
            hand.say(&format!("4{packet}"), deadline).await;
            let acked =
                |packet: &Packet| super::attack::acknowledges(packet, "900000").then_some(());
            hand.until(deadline, acked)
                .await
                .ok_or("join by hand: no acknowledgement")?;
        }
        // The way in is no part of what the input comes to.
        hand.entries.clear();
        hand.record(What::Connected {
            transport: TransportName::Websocket,
        });
        Ok((hand, sid))
    }

    pub fn number(&self) -> u32 {
        self.number
    }

    pub fn is_main(&self) -> bool {
        self.main
    }

    pub fn make_main(&mut self) {
        self.main = true;
    }

    /// Whether nothing more can come.
    pub fn is_over(&self) -> bool {
        self.over || self.raw.is_none()
    }

    /// All acts, one after the other.
    pub async fn acts(&mut self, acts: &[Act]) -> Result<(), ValueError> {
        for act in acts {
            self.act(act).await?;
        }
        // An input may be nothing but a connection.
        self.opened().await;
        Ok(())
    }

    /// One act. What the server does to the connection meanwhile is recorded, and no error.
    pub async fn act(&mut self, act: &Act) -> Result<(), ValueError> {
        if self.over {
            return Ok(());
        }
        let patience = Duration::from_secs(10).mul_f64(self.context.stage.timeout_scale);
        match act {
            Act::Bytes { payload, times } => {
                let open = self.opened().await;
                if open {
                    self.bytes(payload, *times, Instant::now() + patience)
                        .await?;
                }
            }
            Act::Drip {
                bytes: value,
                every,
            } => {
                let all = bytes::make(value, &self.scope())?;
                if self.opened().await {
                    self.drip(&all, Duration::from_millis(*every)).await;
                }
            }
            Act::Request { request, times } => {
                for i in 1..=*times {
                    let mut scope = self.scope();
                    if *times > 1 {
                        scope.insert("i".to_owned(), json!(i));
                    }
                    let made = request::build(request, &self.context, &scope)?;
                    let head = request.method.as_deref() == Some("HEAD");
                    self.exchange(&made, head, true).await;
                }
            }
            Act::Poll {
                body,
                headers,
                chunked,
                length,
                times,
            } => {
                let scope = self.scope();
                let made = request::poll(
                    &self.context,
                    &scope,
                    body.as_ref(),
                    headers,
                    *chunked,
                    *length,
                )?;
                for _ in 0..*times {
                    self.exchange(&made, false, body.is_some()).await;
                }
            }
            Act::Await(value) => {
                let wanted = bytes::make(value, &self.scope())?;
                let deadline = Instant::now() + patience / 2;
                while !self.incoming.has_seen(&wanted) && self.more(deadline).await {}
            }
            Act::Wait(milliseconds) => {
                let deadline = Instant::now() + Duration::from_millis(*milliseconds);
                self.opened().await;
                while self.more(deadline).await {}
            }
            Act::Finish(finish) => {
                let open = self.opened().await;
                if open {
                    self.finish(*finish).await;
                }
            }
            // Lint keeps acts of sessions off raw connections.
            _ => {}
        }
        Ok(())
    }

    /// Sends the first half of an upgrade for the session, and waits for the answer to the probe; then resets.
    pub async fn begin_upgrade(&mut self) {
        let deadline = Instant::now() + self.context.stage.opening();
        let request = request::upgrade(&self.context);
        if self.opened().await {
            self.write(&request, deadline).await;
            while !self.incoming.is_websocket() && self.more(deadline).await {}
            self.say("2probe", deadline).await;
            while !self.incoming.has_seen(b"3probe") && self.more(deadline).await {}
            self.finish(Finish::Reset).await;
        }
    }

    /// Asks for the listing of `room` with an acknowledgement, and waits for it.
    pub async fn ask(&mut self, room: &Value, until: Instant) {
        if self.over {
            return;
        }
        let request = json!({"event": "users", "room": room});
        let packet = socket::event(socket::MAIN, Some("900001"), "chat", &[request]);
        self.record(What::BarrierSent);
        self.say(&format!("4{packet}"), until).await;
        let acked = |packet: &Packet| super::attack::acknowledges(packet, "900001").then_some(());
        let what = match self.until(until, acked).await {
            Some(()) => What::BarrierReturned,
            None => What::BarrierLost {
                why: "no answer to a users request with an acknowledgement".to_owned(),
            },
        };
        self.record(what);
    }

    /// Waits for more; false at the deadline and after the end.
    pub async fn more(&mut self, deadline: Instant) -> bool {
        if self.over {
            return false;
        }
        let Some(raw) = self.raw.as_mut() else {
            return false;
        };
        let came = raw.more(deadline).await;
        self.read();
        self.answer_pings().await;
        came
    }

    /// Records what has come.
    pub fn read(&mut self) {
        if let Some(raw) = self.raw.as_mut().filter(|_| !self.over) {
            for what in self.incoming.read(raw, self.number) {
                let at = self.context.stage.clock.elapsed();
                self.entries
                    .push(record::entry(at, self.context.step, "mallory", what));
            }
            self.over |= self.incoming.is_over();
        }
    }

    /// The last look: what came since, and whether the connection is still held.
    pub async fn look(&mut self) {
        while !self.over && self.more(Instant::now()).await {}
        if !self.over && self.raw.is_some() {
            self.record(What::Kept {
                connection: self.number,
            });
        }
    }

    /// What variables stand for on this connection.
    fn scope(&self) -> Bindings {
        let mut scope = self.context.bindings.clone();
        scope.insert("i".to_owned(), json!(self.number));
        scope
    }

    async fn opened(&mut self) -> bool {
        if self.raw.is_none() && !self.over {
            let deadline = Instant::now() + self.context.stage.opening();
            match Raw::open(&self.context.stage.target, deadline).await {
                Ok(raw) => self.raw = Some(raw),
                Err(why) => {
                    self.over = true;
                    self.record(What::Ended {
                        connection: self.number,
                        code: None,
                        why,
                    });
                }
            }
        }
        !self.over
    }

    async fn bytes(
        &mut self,
        payload: &Payload,
        times: u64,
        deadline: Instant,
    ) -> Result<(), ValueError> {
        let counted = match payload {
            Payload::Bytes(value) => value.to_string().contains("$i"),
            Payload::Frame(frame) => frame
                .payload
                .as_ref()
                .is_some_and(|p| p.to_string().contains("$i")),
        };
        let make = |scope: &Bindings| match payload {
            Payload::Bytes(value) => bytes::make(value, scope),
            Payload::Frame(frame) => frame.bytes(scope),
        };
        let mut scope = self.scope();
        let mut made = make(&scope)?;
        self.record(What::SentBytes {
            connection: self.number,
            text: shown(&made),
            length: made.len() as u64 * times,
        });
        let mut waiting = Vec::new();
        for i in 1..=times {
            if counted && times > 1 {
                scope.insert("i".to_owned(), json!(i));
                made = make(&scope)?;
            }
            if times == 1 {
                self.send(&made, deadline).await;
                return Ok(());
            }
            waiting.extend_from_slice(&made);
            if waiting.len() >= WRITE || i == times {
                if !self.send(&waiting, deadline).await {
                    return Ok(());
                }
                waiting.clear();
            }
        }
        Ok(())
    }

    /// One byte after the other. Time itself is the subject here.
    async fn drip(&mut self, all: &[u8], every: Duration) {
        self.record(What::SentBytes {
            connection: self.number,
            text: shown(all),
            length: all.len() as u64,
        });
        for byte in all {
            let pause = Instant::now() + every;
            if !self.send(&[*byte], pause + every).await {
                return;
            }
            while self.more(pause).await {}
        }
    }

    /// Sends a request, and waits for its answer where one is due soon.
    async fn exchange(&mut self, request: &[u8], head: bool, waits: bool) {
        if !self.opened().await {
            return;
        }
        let deadline =
            Instant::now() + Duration::from_secs(5).mul_f64(self.context.stage.timeout_scale);
        self.incoming.expect_head(head);
        let before = self.incoming.answers();
        self.write(request, deadline).await;
        while waits && self.incoming.answers() == before && self.more(deadline).await {}
    }

    async fn finish(&mut self, finish: Finish) {
        match finish {
            Finish::Fin => {
                if let Some(raw) = self.raw.as_mut() {
                    raw.finish().await;
                }
            }
            Finish::Reset => {
                self.read();
                if let Some(raw) = self.raw.take() {
                    raw.reset();
                    self.record(What::Left {
                        connection: self.number,
                    });
                }
                self.over = true;
            }
        }
    }

    /// Records and sends.
    async fn write(&mut self, bytes: &[u8], deadline: Instant) {
        self.record(What::SentBytes {
            connection: self.number,
            text: shown(bytes),
            length: bytes.len() as u64,
        });
        self.send(bytes, deadline).await;
    }

    async fn say(&mut self, text: &str, deadline: Instant) {
        // A text without variables can always be made.
        let frame = FrameFile::text(text)
            .bytes(&Bindings::new())
            .unwrap_or_default();
        self.send(&frame, deadline).await;
    }

    async fn send(&mut self, bytes: &[u8], deadline: Instant) -> bool {
        let sent = match self.raw.as_mut() {
            Some(raw) => raw.send(bytes, deadline).await,
            None => false,
        };
        self.read();
        sent && !self.over
    }

    async fn answer_pings(&mut self) {
        for _ in 0..self.incoming.take_pings() {
            let soon = Instant::now() + Duration::from_secs(1);
            self.say("3", soon).await;
        }
    }

    /// Waits for a packet that `look` wants.
    async fn until<T>(
        &mut self,
        deadline: Instant,
        look: impl Fn(&Packet) -> Option<T>,
    ) -> Option<T> {
        loop {
            while let Some(packet) = self.incoming.next_packet() {
                if let Some(found) = look(&packet) {
                    return Some(found);
                }
            }
            if !self.more(deadline).await && self.incoming.is_empty() {
                return None;
            }
        }
    }

    fn record(&mut self, what: What) {
        let at = self.context.stage.clock.elapsed();
        self.entries
            .push(record::entry(at, self.context.step, "mallory", what));
    }
}

fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * SHOWN)]);
    quote(&text, SHOWN)
}
