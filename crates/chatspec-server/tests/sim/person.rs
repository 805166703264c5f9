//! One person, who follows a plan and answers pings.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use crate::client::{Client, Door, Gone};
use crate::history::{Notes, What, Who};
use crate::script::{Act, Plan, ROOMS, Sitting, Transport};

pub struct Person {
    pub number: usize,
    pub seed: u64,
    pub door: Door,
    pub notes: Notes,
    /// Comes when nobody does anything any more.
    pub calm: oneshot::Receiver<()>,
    /// Ends when everybody has followed the plan: as long as one of these is there, somebody has not.
    pub busy: Option<tokio::sync::mpsc::Sender<()>>,
}

/// One connection of a person.
struct Seat<'a> {
    who: Who,
    notes: &'a Notes,
    client: Client,
    next_id: u64,
    said: u64,
    /// As whom, and where, if the last join was granted.
    wanted: Option<(&'static str, &'static str)>,
}

/// How a connection comes to its end.
enum End {
    /// Still there at the end of the plan.
    Open,
    Gone,
}

impl Person {
    /// Follows the plan, waits for calm, and looks around. What comes back holds the connections that are still there: they end
    /// when nobody looks any more.
    pub async fn live(mut self, plan: Plan) -> Vec<Client> {
        let mut random = fastrand::Rng::with_seed(self.seed);
        // Connections that nobody reads any more, and nobody closes.
        let mut rotting = Vec::new();
        let last = plan.connections.len() - 1;
        let mut open = None;
        for (connection, sitting) in plan.connections.into_iter().enumerate() {
            let who = Who {
                person: self.number,
                connection,
            };
            let Sitting {
                transport,
                weather,
                acts,
            } = sitting;
            let connecting = Client::connect(&self.door, transport, weather, random.u64(..));
            let Ok(client) = connecting.await else {
                self.notes.note(who, What::Lost);
                continue;
            };
            self.notes.note(who, What::Connected);
            let mut seat = Seat {
                who,
                notes: &self.notes,
                client,
                next_id: 0,
                said: 0,
                wanted: None,
            };
            if transport == Transport::Upgrade && seat.client.upgrade().await.is_err() {
                self.notes.note(who, What::Lost);
                continue;
            }
            match seat.follow(acts, &mut rotting).await {
                (End::Open, Some(seat)) if connection == last => open = Some(seat.parts()),
                (End::Open, Some(seat)) => seat.close().await,
                _ => {}
            }
        }
        self.busy = None;
        if let Some((who, client, next_id)) = open {
            let mut seat = Seat {
                who,
                notes: &self.notes,
                client,
                next_id,
                said: 0,
                wanted: None,
            };
            if seat.until(self.calm).await.is_err() || seat.look().await.is_err() {
                self.notes.note(who, What::Lost);
            }
            rotting.push(seat.client);
        }
        rotting
    }
}

impl<'a> Seat<'a> {
    fn parts(self) -> (Who, Client, u64) {
        (self.who, self.client, self.next_id)
    }

    async fn follow(
        mut self,
        acts: Vec<(u64, Act)>,
        rotting: &mut Vec<Client>,
    ) -> (End, Option<Seat<'a>>) {
        for (wait, act) in acts {
            let due = Instant::now() + Duration::from_millis(wait);
            let done = async {
                self.read_until(due).await?;
                self.act(&act).await
            };
            if done.await.is_err() {
                self.notes.note(self.who, What::Lost);
                return (End::Gone, None);
            }
            match act {
                Act::Vanish => {
                    self.notes.note(self.who, What::Left);
                    rotting.push(self.client);
                    return (End::Gone, None);
                }
                Act::Cut => {
                    self.notes.note(self.who, What::Left);
                    self.client.cut();
                    return (End::Gone, None);
                }
                Act::Close => {
                    self.close().await;
                    return (End::Gone, None);
                }
                _ => {}
            }
        }
        (End::Open, Some(self))
    }

    async fn close(mut self) {
        self.notes.note(self.who, What::Left);
        let _ = self
            .client
            .send(vec!["41".to_owned(), "1".to_owned()])
            .await;
    }

    async fn act(&mut self, act: &Act) -> Result<(), Gone> {
        match act {
            Act::Join { user, room } => {
                self.wanted = Some((user, room));
                self.ask(vec![json!({"event": "join", "user": user, "room": room})])
                    .await
            }
            Act::Leave => self.ask(vec![json!({"event": "leave"})]).await,
            Act::Chat { room, times, bytes } => {
                let events = (0..*times).map(|_| {
                    let text = self.text(&format!("m|{room}"), *bytes);
                    json!({"event": "chat", "room": room, "text": text})
                });
                let events = events.collect();
                self.ask(events).await
            }
            Act::Private { user, room } => {
                let text = self.text(&format!("p|{room}|{user}"), 0);
                let event = json!({"event": "chat", "user": user, "room": room, "text": text});
                self.ask(vec![event]).await
            }
            Act::Broadcast => {
                let text = self.text("b", 0);
                self.ask(vec![json!({"event": "chat", "text": text})]).await
            }
            Act::Users { room } => {
                self.ask(vec![json!({"event": "users", "room": room})])
                    .await
            }
            Act::Stop { ms } => {
                self.notes.note(self.who, What::Stopped);
                // Time itself is what this is about: nobody reads while it passes.
                tokio::time::sleep(Duration::from_millis(*ms)).await;
                Ok(())
            }
            Act::Vanish | Act::Cut | Act::Close => Ok(()),
        }
    }

    /// A text that says by itself who said it, as what, and which of theirs it is.
    fn text(&mut self, what: &str, bytes: usize) -> String {
        self.said += 1;
        format!("{}|{}|{what}|{}", self.who, self.said, "x".repeat(bytes))
    }

    /// Sends events, each under an id of its own.
    async fn ask(&mut self, events: Vec<Value>) -> Result<(), Gone> {
        let mut packets = Vec::new();
        for event in events {
            let id = self.next_id;
            self.next_id += 1;
            packets.push(format!("42{id}{}", json!(["chat", event])));
            self.notes.note(self.who, What::Sent { id, event });
        }
        self.client.send(packets).await
    }

    async fn read_until(&mut self, due: Instant) -> Result<(), Gone> {
        loop {
            tokio::select! {
                biased;
                packet = self.client.next() => {
                    let packet = packet?;
                    self.read(&packet).await?;
                }
                () = sleep_until(due) => return Ok(()),
            }
        }
    }

    async fn until(&mut self, mut calm: oneshot::Receiver<()>) -> Result<(), Gone> {
        loop {
            tokio::select! {
                biased;
                packet = self.client.next() => {
                    let packet = packet?;
                    self.read(&packet).await?;
                }
                _ = &mut calm => return Ok(()),
            }
        }
    }

    /// Who is where? All answers are waited for.
    async fn look(&mut self) -> Result<(), Gone> {
        let first = self.next_id;
        let ask = |room| json!({"event": "users", "room": room});
        self.ask(ROOMS.iter().map(ask).collect()).await?;
        let mut open = first..self.next_id;
        while !open.is_empty() {
            let packet = self.client.next().await?;
            if let Some(id) = self.read(&packet).await? {
                open.start = open.start.max(id + 1);
            }
        }
        Ok(())
    }

    /// Notes what a packet says; the id of the acknowledgement that it is.
    async fn read(&mut self, packet: &str) -> Result<Option<u64>, Gone> {
        if packet == "2" {
            self.client.send(vec!["3".to_owned()]).await?;
            return Ok(None);
        }
        if packet == "1" || packet == "41" {
            return Err(Gone);
        }
        let mut acked = None;
        if let Some(rest) = packet.strip_prefix("43") {
            let digits = rest.find('[').unwrap_or(rest.len());
            let id = rest[..digits].parse().unwrap_or(u64::MAX);
            let arguments: Value = serde_json::from_str(&rest[digits..]).unwrap_or_default();
            let refused = arguments.get(0).map(|no| no["code"].as_u64().unwrap_or(0));
            self.notes.note(self.who, What::Acked { id, refused });
            acked = Some(id);
        } else if let Some(event) = packet.strip_prefix("42") {
            let event: Value = serde_json::from_str(event).unwrap_or_default();
            // A refusal is told by its acknowledgement as well.
            if event[0] == "chat" {
                self.notes.note(self.who, What::Got(event[1].clone()));
            }
        }
        Ok(acked)
    }
}
