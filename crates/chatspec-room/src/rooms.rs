//! The state of the server, and the one function that changes it.

use chatspec::message::ClientMessage;
use chatspec::name::RoomName;
use chatspec::refusal::Refusal;

use crate::register::Register;
use crate::{Action, Audience, Command, Delivery, SessionId, chat, image, join, leave, users};

/// What a message leads to: its deliveries, or the refusal that it gets instead.
pub(crate) type Decision = Result<Vec<Delivery>, Refusal>;

/// Every room and everyone in them.
///
/// A room is there as long as somebody is in it. A user name is held by at most one session, server-wide, until that
/// session leaves or is disconnected.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rooms {
    register: Register,
}

impl Rooms {
    /// Rooms that take no more than so many members each. Those of [`Rooms::default`] take any number.
    // rule: limits.bounded
    pub fn with_members(most: usize) -> Rooms {
        Rooms {
            register: Register::with_members(most),
        }
    }

    /// Carries out one command and returns every consequence, in the order in which it is to be carried out.
    ///
    /// It never fails. A command that is refused changes nothing and leads to one [`Delivery::Refuse`]. A command
    /// with an [`AckToken`](crate::AckToken) leads to exactly one [`Delivery::Ack`], which comes last.
    pub fn apply(&mut self, command: Command) -> Vec<Delivery> {
        let Command {
            session,
            action,
            ack,
        } = command;
        let (mut deliveries, outcome) = match self.decide(session, action) {
            Ok(deliveries) => (deliveries, Ok(())),
            // rule: refusal.only-sender
            // rule: refusal.no-change
            Err(refusal) => (
                vec![Delivery::Refuse {
                    session,
                    refusal: refusal.clone(),
                }],
                Err(refusal),
            ),
        };
        if let Some(token) = ack {
            // rule: ack.success
            // rule: ack.after-effects
            // rule: ack.always
            deliveries.push(Delivery::Ack {
                session,
                token,
                outcome,
            });
        }
        deliveries
    }

    /// The sessions in a room, in order of entering it.
    pub fn members(&self, room: &RoomName) -> impl Iterator<Item = SessionId> {
        self.register
            .members(room.key())
            .map(|(session, _)| session)
    }

    /// How many sessions an audience is at this moment.
    pub fn reach(&self, audience: &Audience) -> usize {
        self.register.reach(audience)
    }

    /// Rooms that have a member.
    pub fn count(&self) -> usize {
        self.register.rooms()
    }

    /// Sessions that have joined.
    pub fn joined(&self) -> usize {
        self.register.joined()
    }

    fn decide(&mut self, session: SessionId, action: Action) -> Decision {
        match action {
            Action::Message(ClientMessage::Join(request)) => {
                join::join(&mut self.register, session, request)
            }
            Action::Message(ClientMessage::Leave(request)) => {
                leave::leave(&mut self.register, session, request)
            }
            Action::Message(ClientMessage::Users(request)) => {
                users::users(&self.register, session, request)
            }
            Action::Message(ClientMessage::Chat(request)) => {
                chat::chat(&self.register, session, request)
            }
            Action::Message(ClientMessage::Image(request)) => {
                image::image(&self.register, session, request)
            }
            Action::Excess(message, refusal) => {
                self.check(session, &message)?;
                Err(refusal)
            }
            Action::Refused(refusal) => Err(refusal),
            // rule: presence.cleanup
            // rule: presence.namespace-disconnect
            Action::Disconnected => Ok(leave::depart(&mut self.register, session)),
        }
    }

    /// What is wrong with a message, load aside.
    fn check(&self, session: SessionId, message: &ClientMessage) -> Result<(), Refusal> {
        let register = &self.register;
        match message {
            ClientMessage::Join(request) => join::check(register, session, request),
            ClientMessage::Leave(request) => leave::check(register, session, request),
            ClientMessage::Users(_) => Ok(()),
            ClientMessage::Chat(request) => chat::audience(register, session, request).map(drop),
            ClientMessage::Image(request) => image::sender(register, session, request).map(drop),
        }
    }
}
