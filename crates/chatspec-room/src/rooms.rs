//! The state of the server, and the one function that changes it.

use chatspec::message::ClientMessage;
use chatspec::name::{NameKey, RoomName, UserName};
use chatspec::refusal::Refusal;

use crate::register::Register;
use crate::{
    Action, Audience, Command, Delivery, SessionId, chat, image, join, leave, remote, users,
};

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

/// Where a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Under which name.
    pub user: &'a UserName,
    /// In which room.
    pub room: &'a RoomName,
    /// Its place in the order of entering rooms.
    pub entered: u64,
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

    /// Where a session is, if it has joined.
    pub fn place(&self, session: SessionId) -> Option<Place<'_>> {
        self.register.record(session).map(|record| Place {
            user: &record.user,
            room: &record.room,
            entered: record.entered,
        })
    }

    /// The sessions of this server that have joined, and where they are.
    pub fn here(&self) -> impl Iterator<Item = (SessionId, Place<'_>)> {
        let here = self.register.here();
        here.filter_map(|session| Some((session, self.place(session)?)))
    }

    /// Whether a room takes a session, or has it already.
    pub fn has_place(&self, session: SessionId, room: &RoomName) -> bool {
        join::has_place(&self.register, session, room)
    }

    /// The sessions in a room, in order of entering it.
    pub fn members(&self, room: &RoomName) -> impl Iterator<Item = SessionId> {
        self.register
            .members(room.key())
            .map(|(session, _)| session)
    }

    /// Whether a room has members of other servers.
    pub fn is_shared(&self, room: &NameKey) -> bool {
        self.register.is_shared(room)
    }

    /// How many sessions of this server an audience is at this moment.
    pub fn reach(&self, audience: &Audience) -> usize {
        self.register.reach(audience)
    }

    /// More than the place of anybody in a room's order, now or before.
    pub fn next_entry(&self) -> u64 {
        self.register.next_entry()
    }

    /// Rooms that have a member.
    pub fn count(&self) -> usize {
        self.register.rooms()
    }

    /// Sessions of this server that have joined.
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
            Action::Refused(refusal) | Action::Denied(_, refusal) => Err(refusal),
            Action::Admitted(request, entered) => {
                join::admitted(&mut self.register, session, request, entered)
            }
            Action::Remote(what) => Ok(remote::remote(&mut self.register, session, what)),
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
