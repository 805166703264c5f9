//! The rooms of the reference server, with a connection for everybody and nothing between.

use std::collections::BTreeMap;

use chatspec::decode::decode_client_json;
use chatspec::name::NameKey;
use chatspec_room::{AckToken, Action, Audience, Command, Delivery, Rooms, SessionId};
use serde_json::Value;

use super::Planted;

/// What one command has come to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What each of the people has received, in order.
    pub received: BTreeMap<usize, Vec<Value>>,
    /// The codes of refusals, with who was refused.
    pub refused: Vec<(usize, u64)>,
    /// The acknowledgement: nothing, or the code of the refusal.
    pub ack: Option<Option<u64>>,
}

/// A server and those who are connected to it.
pub struct Server {
    rooms: Rooms,
    planted: Option<Planted>,
    /// The session of each of the people; none where it has dropped.
    sessions: Vec<Option<SessionId>>,
    next: u64,
    /// Who is in the audience of which room, as the rooms have said.
    audience: BTreeMap<SessionId, NameKey>,
}

impl Server {
    /// With so many people connected.
    pub fn new(people: usize, planted: Option<Planted>) -> Server {
        let mut server = Server {
            rooms: Rooms::default(),
            planted,
            sessions: vec![None; people],
            next: 0,
            audience: BTreeMap::new(),
        };
        (0..people).for_each(|who| server.connect(who));
        server
    }

    /// Somebody connects.
    pub fn connect(&mut self, who: usize) {
        self.next += 1;
        self.sessions[who] = Some(SessionId(self.next));
    }

    /// Somebody's connection is gone.
    pub fn drop(&mut self, who: usize, outcome: &mut Outcome) {
        if let Some(session) = self.sessions[who].take() {
            self.apply(Command::new(session, Action::Disconnected), outcome);
        }
    }

    /// Somebody sends this as the argument of `chat`.
    pub fn send(&mut self, who: usize, text: &str, acked: bool, outcome: &mut Outcome) {
        let Some(session) = self.sessions[who] else {
            return;
        };
        let action = match decode_client_json(text) {
            Ok(message) => Action::Message(message),
            Err(refusal) => Action::Refused(refusal),
        };
        let command = Command::new(session, action);
        let command = match acked {
            true => command.acked(AckToken(self.next)),
            false => command,
        };
        self.apply(command, outcome);
    }

    fn apply(&mut self, command: Command, outcome: &mut Outcome) {
        let mut deliveries = self.rooms.apply(command);
        if let Some(planted) = self.planted {
            planted.spoil(&mut deliveries);
        }
        for delivery in deliveries {
            match delivery {
                Delivery::Enter { session, room } => drop(self.audience.insert(session, room)),
                Delivery::Exit { session, .. } => drop(self.audience.remove(&session)),
                Delivery::Message { audience, message } => {
                    for who in self.reached(&audience) {
                        outcome
                            .received
                            .entry(who)
                            .or_default()
                            .push(message.to_value());
                    }
                }
                // Of other servers alone.
                Delivery::Expel { .. } => {}
                Delivery::Refuse { session, refusal } => {
                    if let Some(who) = self.person(session) {
                        outcome.refused.push((who, refusal.code.number().into()));
                    }
                }
                Delivery::Ack { outcome: ended, .. } => {
                    outcome.ack = Some(ended.err().map(|refusal| refusal.code.number().into()));
                }
            }
        }
    }

    fn reached(&self, audience: &Audience) -> Vec<usize> {
        let is_meant = |session: SessionId| match audience {
            Audience::Session(one) => *one == session,
            Audience::Room { room, except } => {
                self.audience.get(&session) == Some(room) && *except != Some(session)
            }
            Audience::Joined { except } => {
                self.audience.contains_key(&session) && *except != Some(session)
            }
        };
        (0..self.sessions.len())
            .filter(|who| self.sessions[*who].is_some_and(is_meant))
            .collect()
    }

    fn person(&self, session: SessionId) -> Option<usize> {
        self.sessions.iter().position(|own| *own == Some(session))
    }
}
