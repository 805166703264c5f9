//! One participant in a conversation: a stock `rust_socketio` client, and everything that it hears, in order.
//!
//! Traps of `rust_socketio` 0.6 that shape this file: `connect` returns `Ok` before the session has begun, and even if
//! it is refused; a dropped client keeps its connection, only [`Person::hang_up`] or the end of the runtime closes it;
//! acknowledgement ids are random below 999, so only one may be outstanding; and over long-polling each piece of an
//! HTTP body is taken for a whole packet, so that nobody can hear a large image there.

use std::future::{Future, ready};
use std::pin::Pin;
use std::time::Duration;

use rust_socketio::asynchronous::{Client, ClientBuilder};
use rust_socketio::{Event, Payload, TransportType};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::timeout;

use crate::Failure;

/// How long anything that is due may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// A connected client.
pub struct Person {
    client: Client,
    news: UnboundedSender<Value>,
    incoming: UnboundedReceiver<Value>,
    heard: Vec<Value>,
}

impl Person {
    /// Connects, and returns when the session has begun. The library's own reconnecting is off.
    pub async fn connect(url: &str, transport: TransportType) -> Result<Self, Failure> {
        let (news, incoming) = mpsc::unbounded_channel();
        let any = news.clone();
        let mut builder = ClientBuilder::new(url)
            .transport_type(transport)
            .reconnect(false)
            .on_any(move |event, payload, _| tell(&any, event.as_str(), payload));
        for event in [Event::Connect, Event::Close, Event::Error] {
            let (name, news) = (event.to_string(), news.clone());
            builder = builder.on(event, move |payload, _| tell(&news, &name, payload));
        }
        let client = builder.connect().await?;
        let mut person = Self {
            client,
            news,
            incoming,
            heard: Vec::new(),
        };
        person.next("a session").await?;
        let heard = Value::from(std::mem::take(&mut person.heard));
        if heard == json!([["connect", ""]]) {
            Ok(person)
        } else {
            Err(Failure::Late {
                what: "a session",
                heard: heard.to_string(),
            })
        }
    }

    /// Sends a `chat` message and waits for its acknowledgement: then the server has handled it.
    pub async fn say(&mut self, message: Value) -> Result<(), Failure> {
        self.emit("chat", message).await
    }

    /// Sends any event and waits for its acknowledgement.
    pub async fn emit(&mut self, event: &str, argument: Value) -> Result<(), Failure> {
        let news = self.news.clone();
        let ack = move |payload, _: Client| tell(&news, "ack", payload);
        self.client
            .emit_with_ack(event, argument, DEADLINE, ack)
            .await?;
        while self.next("an acknowledgement").await?[0] != "ack" {}
        Ok(())
    }

    /// Sends a `chat` message without asking for an acknowledgement.
    pub async fn toss(&self, message: Value) -> Result<(), Failure> {
        Ok(self.client.emit("chat", message).await?)
    }

    /// Waits for one thing, and keeps it for [`Person::heard`].
    pub async fn next(&mut self, what: &'static str) -> Result<&Value, Failure> {
        let Ok(Some(event)) = timeout(DEADLINE, self.incoming.recv()).await else {
            return Err(Failure::Late {
                what,
                heard: Value::from(self.heard.clone()).to_string(),
            });
        };
        self.heard.push(event);
        Ok(&self.heard[self.heard.len() - 1])
    }

    /// All that was heard since the last time, each as `[name, arguments...]`. It asks who is in a room that nobody
    /// uses: the answer, which is left out, proves that everything sent before has arrived.
    pub async fn heard(&mut self) -> Result<Vec<Value>, Failure> {
        self.say(json!({"event": "users", "room": "NOBODY"}))
            .await?;
        let answer = [
            json!(["chat", {"type": "users", "message": "Users in room: []"}]),
            json!(["ack"]),
        ];
        let mut heard = std::mem::take(&mut self.heard);
        // Without this answer at the end, everything is told, and matches no expectation.
        if heard.ends_with(&answer) {
            heard.truncate(heard.len() - answer.len());
        }
        Ok(heard)
    }

    /// Leaves, so that the name is free at once, and hangs up.
    pub async fn exit(mut self) -> Result<(), Failure> {
        let left = self.say(json!({"event": "leave"})).await;
        left.and(self.hang_up().await)
    }

    /// Closes the connection properly.
    pub async fn hang_up(self) -> Result<(), Failure> {
        Ok(self.client.disconnect().await?)
    }
}

/// Puts what was heard into the channel, at once: the library awaits each callback before it handles the next packet.
fn tell(
    news: &UnboundedSender<Value>,
    name: &str,
    payload: Payload,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let mut event = vec![Value::from(name)];
    match payload {
        // The arguments of an acknowledgement come as one array.
        Payload::Text(values) if name == "ack" => {
            event.extend(values.into_iter().flat_map(|value| match value {
                Value::Array(arguments) => arguments,
                other => vec![other],
            }))
        }
        Payload::Text(values) => event.extend(values),
        other => event.push(Value::from(format!("{other:?}"))),
    }
    // It fails only when the person is gone, and then nobody listens.
    let _ = news.send(Value::Array(event));
    Box::pin(ready(()))
}
