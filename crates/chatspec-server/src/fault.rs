//! Deliberate defects, for the proof that the suite catches them. Only the feature `fault` has them.

use chatspec::refusal::Refusal;
use chatspec_room::{Audience, Command, Delivery, Rooms};
use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};
use serde_json::Value;
use socketioxide::extract::AckSender;
use tracing::{error, warn};

/// Four places where a server can be made to go wrong. The default is right everywhere.
///
/// All four run under the one lock, so they may keep state between calls.
#[non_exhaustive]
pub struct Faults {
    /// From a command as it came in to the commands that the room gets instead.
    pub command: Box<dyn FnMut(Command) -> Vec<Command> + Send>,
    /// From the deliveries of one command to those that are carried out instead.
    pub delivery: Box<dyn FnMut(Vec<Delivery>) -> Vec<Delivery> + Send>,
    /// From an event about to be sent to the events that are sent instead.
    pub emission: Box<dyn FnMut(Emission) -> Vec<Emission> + Send>,
    /// From the arguments of an acknowledgement to those that are sent instead, or none to send nothing.
    pub acknowledgement: Box<dyn FnMut(Vec<Value>) -> Option<Vec<Value>> + Send>,
}

/// A Socket.IO event on its way out, as plain JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Emission {
    /// Who gets it.
    pub audience: Audience,
    /// Name of the event.
    pub event: String,
    /// Its arguments.
    pub arguments: Vec<Value>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            command: Box::new(|command| vec![command]),
            delivery: Box::new(|deliveries| deliveries),
            emission: Box::new(|emission| vec![emission]),
            acknowledgement: Box::new(Some),
        }
    }
}

impl Faults {
    pub(crate) fn decide(&mut self, rooms: &mut Rooms, command: Command) -> Vec<Delivery> {
        let deliveries = (self.command)(command)
            .into_iter()
            .flat_map(|command| rooms.apply(command))
            .collect();
        (self.delivery)(deliveries)
    }

    pub(crate) fn emit<T: Serialize>(
        &mut self,
        audience: &Audience,
        event: &str,
        body: &T,
    ) -> Vec<Emission> {
        match serde_json::to_value(body) {
            Ok(body) => (self.emission)(Emission {
                audience: audience.clone(),
                event: event.to_owned(),
                arguments: vec![body],
            }),
            Err(error) => {
                error!(%error, "no JSON");
                Vec::new()
            }
        }
    }

    pub(crate) fn acknowledge(&mut self, sender: AckSender, refusal: Option<Refusal>) {
        let arguments = refusal.iter().map(Refusal::to_value).collect();
        if let Some(arguments) = (self.acknowledgement)(arguments)
            && let Err(error) = sender.send(&Arguments(&arguments))
        {
            warn!(%error, "ack not sent");
        }
    }
}

impl Emission {
    pub(crate) fn arguments(&self) -> impl Serialize {
        Arguments(&self.arguments)
    }
}

/// Arguments of an event, one by one. socketioxide sends a list as one argument and a tuple as many.
struct Arguments<'a>(&'a [Value]);

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        for argument in self.0 {
            tuple.serialize_element(argument)?;
        }
        tuple.end()
    }
}
