//! Deliberate defects, for the proof that the suite catches them. Only the feature `fault` has them.

use axum::Router;
use chatspec::refusal::Refusal;
use chatspec_room::{Audience, Command, Delivery, Rooms, SessionId};
use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};
use serde_json::Value;
use socketioxide::extract::AckSender;
use tracing::{error, warn};

/// Hears of a session and its Socket.IO session id.
pub type Hear = dyn FnMut(SessionId, &str) + Send;

/// Decides in place of the room.
pub type Decide = dyn FnMut(&mut Rooms, Command) -> Vec<Delivery> + Send;

/// The places where a server can be made to go wrong. The default is right everywhere.
///
/// All but the first two run under the one lock, so they may keep state between calls.
#[non_exhaustive]
pub struct Faults {
    /// From the service for all paths to the one that answers instead.
    pub router: Box<dyn FnOnce(Router) -> Router + Send>,
    /// What becomes of a connection to the namespace `/other`.
    pub other_namespace: OtherNamespace,
    /// Hears of each new session and of its Socket.IO session id, before anything else of it.
    pub connection: Box<Hear>,
    /// From the JSON text of an event, its name first, to the text that is read instead.
    pub packet: Box<dyn FnMut(SessionId, String) -> String + Send>,
    /// From a command as it came in to the commands that the room gets instead.
    pub command: Box<dyn FnMut(Command) -> Vec<Command> + Send>,
    /// From a command and the rooms as they are to what comes of it.
    pub decision: Box<Decide>,
    /// From the deliveries of one command to those that are carried out instead.
    pub delivery: Box<dyn FnMut(Vec<Delivery>) -> Vec<Delivery> + Send>,
    /// From an event about to be sent to the events that are sent instead.
    pub emission: Box<dyn FnMut(Emission) -> Vec<Emission> + Send>,
    /// From the arguments of an acknowledgement to those that are sent instead, or none to send nothing.
    pub acknowledgement: Box<dyn FnMut(Vec<Value>) -> Option<Vec<Value>> + Send>,
}

/// What becomes of a connection to the namespace `/other`. Only the first is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OtherNamespace {
    /// It is refused.
    #[default]
    Refused,
    /// It is accepted, and nothing that is said there is heard.
    Deaf,
    /// It is served like the default namespace.
    Served,
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
            router: Box::new(|router| router),
            other_namespace: OtherNamespace::default(),
            connection: Box::new(|_, _| {}),
            packet: Box::new(|_, text| text),
            command: Box::new(|command| vec![command]),
            decision: Box::new(Rooms::apply),
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
            .flat_map(|command| (self.decision)(rooms, command))
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
