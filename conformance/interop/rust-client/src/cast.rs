//! Three participants on one stage.

use rust_socketio::TransportType;
use serde_json::{Value, json};

use crate::words::{ack, join, newuser};
use crate::{Failure, Person};

/// Three participants and the check on what they hear.
pub struct Cast(pub [Person; 3]);

impl Cast {
    /// The first.
    pub fn ada(&mut self) -> &mut Person {
        &mut self.0[0]
    }

    /// The second.
    pub fn bob(&mut self) -> &mut Person {
        &mut self.0[1]
    }

    /// The third, who stays out of the lobby at first.
    pub fn eve(&mut self) -> &mut Person {
        &mut self.0[2]
    }

    /// Checks what Ada, Bob and Eve have heard since the last time: exactly this, in this order.
    pub async fn hear(&mut self, expected: [Vec<Value>; 3]) -> Result<(), Failure> {
        for (who, (person, expected)) in ["Ada", "Bob", "Eve"]
            .into_iter()
            .zip(self.0.iter_mut().zip(expected))
        {
            let heard = without_wording(person.heard().await?);
            if heard != expected {
                let (heard, expected) = (
                    Value::from(heard).to_string(),
                    Value::from(expected).to_string(),
                );
                return Err(Failure::Heard {
                    who,
                    heard,
                    expected,
                });
            }
        }
        Ok(())
    }

    /// Ada and Bob enter the lobby.
    pub async fn meet(&mut self) -> Result<(), Failure> {
        self.ada().say(join("Ada", "LOBBY")).await?;
        self.bob().say(join("Bob", "LOBBY")).await?;
        let (ada, bob) = (newuser("Ada", "LOBBY"), newuser("Bob", "LOBBY"));
        self.hear([vec![ada, ack(), bob.clone()], vec![bob, ack()], vec![]])
            .await
    }
}

/// Lets the acts happen among three newly connected people, checks that nothing more is heard than the acts have
/// checked, and clears the stage whatever has happened.
pub async fn play(
    url: &str,
    transports: [&TransportType; 3],
    acts: impl AsyncFnOnce(&mut Cast) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let [ada, bob, eve] = transports.map(|transport| Person::connect(url, transport.clone()));
    let mut cast = Cast([ada.await?, bob.await?, eve.await?]);
    let mut outcome = acts(&mut cast).await;
    if outcome.is_ok() {
        outcome = cast.hear([vec![], vec![], vec![]]).await;
    }
    for person in cast.0 {
        outcome = outcome.and(person.exit().await);
    }
    outcome
}

/// The wording of a refusal is free, so its code stands for it; its acknowledgement has to repeat it, as an object.
fn without_wording(heard: Vec<Value>) -> Vec<Value> {
    let mut told = Value::Null;
    let plain = heard
        .into_iter()
        .map(|event| match event.as_array().map(Vec::as_slice) {
            Some([name, Value::String(text)]) if name == "message" => {
                told = serde_json::from_str(text).unwrap_or_default();
                let worded = told["message"]
                    .as_str()
                    .is_some_and(|words| !words.is_empty());
                if worded {
                    json!(["refused", told["code"]])
                } else {
                    event
                }
            }
            Some([name, repeated]) if name == "ack" && *repeated == told => {
                json!(["ack", told["code"]])
            }
            _ => event,
        });
    plain.collect()
}
