//! Asks who is in a room, beside the conversation.

use chatspec_judge::transcript::{Entry, What};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Actor;
use crate::drive::{Stage, record};
use crate::wire::{Next, Packet, socket};

impl Actor {
    /// The text of a listing that no rule is judged by, and what else has come meanwhile.
    pub async fn ask(
        &mut self,
        room: &str,
        stage: &Stage,
        step: usize,
    ) -> (Option<String>, Vec<Entry>) {
        let mut entries = Vec::new();
        let id = self.next_barrier.to_string();
        self.next_barrier += 1;
        let request = json!({"event": "users", "room": room});
        let packet = socket::event(socket::MAIN, Some(&id), "chat", &[request]);
        let Some(session) = self.session.as_mut() else {
            return (None, entries);
        };
        // As long as for a barrier: an answer that came after we had given up would be one that nobody asked for.
        let deadline = Instant::now() + stage.barrier(session.handshake().round_trip);
        // Where it cannot be sent, no answer comes.
        let _ = session.send_packets(&[packet]).await;
        // The newest listing in front of the acknowledgement is the answer: events of one connection are handled in order.
        let mut answer: Option<(usize, String)> = None;
        while let Some(session) = self.session.as_mut() {
            match session.next(deadline).await {
                Next::Received(packet) => {
                    if matches!(&packet.packet, Packet::Ack { id: acked, .. } if *acked == id) {
                        break;
                    }
                    if let Some(what) = record::received(&packet) {
                        if let Some(text) = listing(&what) {
                            answer = Some((entries.len(), text));
                        }
                        entries.push(record::entry(packet.at, step, &self.name, what));
                    }
                }
                Next::Closed(reason) => {
                    self.over(&reason, step, &mut entries);
                    break;
                }
                Next::Deadline => break,
            }
        }
        let Some((index, text)) = answer else {
            return (None, entries);
        };
        let line: String = text.chars().take(record::LINE).collect();
        // A flood of more than we take has been thrown away.
        if let Some(entry) = entries.get_mut(index) {
            entry.what = What::Aside {
                text: format!("(between nodes) asks who is in {room}: {line}"),
            };
        }
        (Some(text), entries)
    }
}

fn listing(what: &What) -> Option<String> {
    let What::Event { name, args } = what else {
        return None;
    };
    let arg = args.first().filter(|_| name == "chat")?;
    let users = arg.get("type").and_then(Value::as_str) == Some("users");
    Some(arg.get("message").filter(|_| users)?.as_str()?.to_owned())
}
