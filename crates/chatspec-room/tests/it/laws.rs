//! Laws that hold for every sequence of commands.
//!
//! Who is where is worked out from the deliveries alone, by folding over Enter and Exit.

use std::collections::BTreeMap;

use chatspec::image::ImageUrl;
use chatspec::message::{Chat, ClientMessage, Image, Join, Leave, ServerMessage, UsersRequest};
use chatspec::name::{NameKey, RoomName, UserName};
use chatspec::refusal::{Code, Refusal};
use chatspec_room::{AckToken, Action, Audience, Command, Delivery, Rooms, SessionId};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

const GIF: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

/// Few names, so that they meet: spellings of one key, and one name that looks like another.
fn user() -> impl Strategy<Value = UserName> {
    select(
        &[
            "ada",
            "ADA",
            "Ada ",
            "bob",
            "BOB",
            "straße",
            "STRASSE",
            "paypal",
            "раураl",
        ][..],
    )
    .prop_map(|name| UserName::parse(name).expect("a valid name"))
}

fn room() -> impl Strategy<Value = RoomName> {
    select(&["lobby", "LOBBY", "attic", "PARKED"][..])
        .prop_map(|name| RoomName::parse(name).expect("a valid name"))
}

fn message() -> impl Strategy<Value = ClientMessage> {
    let join = (option::of(user()), option::of(room()))
        .prop_map(|(user, room)| ClientMessage::Join(Join::new(user, room)));
    let leave = (option::of(user()), option::of(room()))
        .prop_map(|(user, room)| ClientMessage::Leave(Leave::new(user, room)));
    let users = option::of(room()).prop_map(|room| ClientMessage::Users(UsersRequest::new(room)));
    let chat = (option::of(user()), option::of(room()))
        .prop_map(|(user, room)| ClientMessage::Chat(Chat::new(user, room, None)));
    let image = room().prop_map(|room| {
        ClientMessage::Image(Image::new(
            room,
            ImageUrl::parse(GIF).expect("a valid image"),
        ))
    });
    prop_oneof![6 => join, 2 => leave, 1 => users, 4 => chat, 2 => image]
}

fn action() -> impl Strategy<Value = Action> {
    let excess = message()
        .prop_map(|message| Action::Excess(message, Refusal::new(Code::RateLimited, "slow down")));
    prop_oneof![
        15 => message().prop_map(Action::Message),
        1 => excess,
        1 => Just(Action::Refused(Refusal::new(Code::UnknownEvent, "no such event"))),
        1 => Just(Action::Disconnected),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    (0..5_u64, action(), option::of(0..3_u64)).prop_map(|(session, action, token)| Command {
        session: SessionId(session),
        action,
        ack: token.map(AckToken),
    })
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    vec(command(), 0..60)
}

/// Who is in which room, in order of entering.
#[derive(Default)]
struct Floor {
    places: Vec<(SessionId, NameKey)>,
}

impl Floor {
    fn room_of(&self, session: SessionId) -> Option<&NameKey> {
        self.places
            .iter()
            .find(|(other, _)| *other == session)
            .map(|(_, room)| room)
    }

    fn members(&self, room: &NameKey) -> Vec<SessionId> {
        self.places
            .iter()
            .filter(|(_, other)| other == room)
            .map(|(session, _)| *session)
            .collect()
    }

    /// Follows a delivery. A session is in one room at most, and exits the room that it is in.
    fn follow(&mut self, delivery: &Delivery) {
        match delivery {
            Delivery::Enter { session, room } => {
                assert_eq!(self.room_of(*session), None, "{session:?} enters twice");
                self.places.push((*session, room.clone()));
            }
            Delivery::Exit { session, room } => {
                assert_eq!(
                    self.room_of(*session),
                    Some(room),
                    "{session:?} exits where it is not"
                );
                self.places.retain(|(other, _)| other != session);
            }
            _ => {}
        }
    }

    fn hearers(&self, audience: &Audience) -> Vec<SessionId> {
        let (mut hearers, except) = match audience {
            Audience::Session(session) => (vec![*session], None),
            Audience::Room { room, except } => (self.members(room), *except),
            Audience::Joined { except } => (
                self.places.iter().map(|(session, _)| *session).collect(),
                *except,
            ),
        };
        hearers.retain(|session| Some(*session) != except);
        hearers
    }
}

proptest! {
    #[test]
    fn same_commands_same_deliveries(commands in commands()) {
        let (mut one, mut other) = (Rooms::default(), Rooms::default());
        for command in commands {
            prop_assert_eq!(one.apply(command.clone()), other.apply(command));
            prop_assert_eq!(&one, &other);
        }
    }

    #[test]
    fn everything_is_refused_or_done_and_acked_once_at_the_end(commands in commands()) {
        let mut rooms = Rooms::default();
        for command in commands {
            let before = rooms.clone();
            let Command { session, ack, .. } = command;
            let mut deliveries = rooms.apply(command);
            let outcome = match ack {
                Some(token) => match deliveries.pop() {
                    Some(Delivery::Ack { session: asked, token: given, outcome }) => {
                        prop_assert_eq!((asked, given), (session, token));
                        Some(outcome)
                    }
                    other => return Err(TestCaseError::fail(format!("no ack but {other:?}"))),
                },
                None => None,
            };
            let acked_before = deliveries.iter().any(|delivery| matches!(delivery, Delivery::Ack { .. }));
            prop_assert!(!acked_before);
            let refused = deliveries.iter().find_map(|delivery| match delivery {
                Delivery::Refuse { session: who, refusal } => Some((*who, refusal.clone())),
                _ => None,
            });
            if let Some((who, refusal)) = &refused {
                prop_assert_eq!(*who, session);
                prop_assert_eq!(deliveries.len(), 1);
                prop_assert_eq!(&rooms, &before);
                prop_assert!(outcome.is_none_or(|outcome| outcome.as_ref() == Err(refusal)));
            } else {
                prop_assert!(outcome.is_none_or(|outcome| outcome.is_ok()));
            }
        }
    }

    #[test]
    fn enter_and_exit_agree_with_the_members(commands in commands()) {
        let mut rooms = Rooms::default();
        let mut floor = Floor::default();
        for command in commands {
            rooms.apply(command).iter().for_each(|delivery| floor.follow(delivery));
            for name in ["lobby", "attic", "parked"] {
                let room = RoomName::parse(name).expect("a valid name");
                let members: Vec<SessionId> = rooms.members(&room).collect();
                prop_assert_eq!(members, floor.members(room.key()), "in {}", name);
            }
        }
        let everyone = floor.places.clone();
        for (session, _) in everyone {
            rooms.apply(Command::new(session, Action::Disconnected)).iter().for_each(|delivery| floor.follow(delivery));
        }
        prop_assert!(floor.places.is_empty());
    }

    // rule: refusal.priority
    #[test]
    fn what_is_too_much_has_no_effect(commands in commands()) {
        let mut rooms = Rooms::default();
        for command in commands {
            if let Action::Message(message) = &command.action {
                let slow = Refusal::new(Code::RateLimited, "slow down");
                let excess = Action::Excess(message.clone(), slow.clone());
                let before = rooms.clone();
                let deliveries = rooms.apply(Command::new(command.session, excess));
                prop_assert_eq!(&rooms, &before);
                // What is wrong anyway goes before.
                let refused = before.clone().apply(Command::new(command.session, command.action.clone()));
                match refused.as_slice() {
                    [Delivery::Refuse { .. }] => prop_assert_eq!(deliveries, refused),
                    _ => prop_assert_eq!(deliveries, vec![Delivery::Refuse { session: command.session, refusal: slow }]),
                }
            }
            rooms.apply(command);
        }
    }

    #[test]
    fn an_audience_reaches_its_hearers(commands in commands()) {
        let mut rooms = Rooms::default();
        let mut floor = Floor::default();
        for command in commands {
            let deliveries = rooms.apply(command);
            deliveries.iter().for_each(|delivery| floor.follow(delivery));
            for delivery in deliveries {
                if let Delivery::Message { audience, .. } = delivery {
                    prop_assert_eq!(rooms.reach(&audience), floor.hearers(&audience).len());
                }
            }
            prop_assert_eq!(rooms.joined(), floor.places.len());
        }
    }

    #[test]
    fn a_name_is_held_once(commands in commands()) {
        let mut rooms = Rooms::default();
        let mut names: BTreeMap<SessionId, UserName> = BTreeMap::new();
        for command in commands {
            let Command { session, action, .. } = command.clone();
            let deliveries = rooms.apply(command);
            if deliveries.iter().any(|delivery| matches!(delivery, Delivery::Exit { .. })) {
                names.remove(&session);
            }
            let refused = deliveries.iter().any(|delivery| matches!(delivery, Delivery::Refuse { .. }));
            if let (Action::Message(ClientMessage::Join(join)), false) = (action, refused) {
                names.insert(session, join.user.unwrap_or_default());
            }
            let mut keys: Vec<&NameKey> = names.values().map(UserName::key).collect();
            keys.sort();
            keys.dedup();
            prop_assert_eq!(keys.len(), names.len(), "{:?}", names);
        }
    }

    #[test]
    fn who_hears_what(commands in commands()) {
        let mut rooms = Rooms::default();
        let mut floor = Floor::default();
        for command in commands {
            let session = command.session;
            let stood = floor.room_of(session).cloned();
            for delivery in rooms.apply(command) {
                floor.follow(&delivery);
                let Delivery::Message { audience, message } = delivery else { continue };
                let hearers = floor.hearers(&audience);
                let own = hearers.contains(&session);
                match message {
                    // The joiner hears of itself; nobody hears of its own leaving, nor its own words.
                    ServerMessage::NewUser(_) => prop_assert!(own),
                    ServerMessage::DelUser(_) => prop_assert!(!own),
                    ServerMessage::Users(_) => prop_assert_eq!(hearers, vec![session]),
                    ServerMessage::Chat(chat) => {
                        prop_assert!(!own);
                        let together = hearers.iter().all(|hearer| floor.room_of(*hearer) == stood.as_ref());
                        let to_everyone = matches!(audience, Audience::Joined { .. });
                        prop_assert!(together || to_everyone);
                        prop_assert_eq!(chat.private, matches!(audience, Audience::Session(_)));
                    }
                    ServerMessage::Image(_) => {
                        prop_assert!(!own);
                        prop_assert!(hearers.iter().all(|hearer| floor.room_of(*hearer) == stood.as_ref()));
                    }
                }
            }
        }
    }

    #[test]
    fn the_listing_names_the_members(commands in commands()) {
        let mut rooms = Rooms::default();
        for command in commands {
            rooms.apply(command);
        }
        for name in ["lobby", "attic", "parked"] {
            let room = RoomName::parse(name).expect("a valid name");
            let members = rooms.members(&room).count();
            let asked = ClientMessage::Users(UsersRequest::new(Some(room)));
            let deliveries = rooms.apply(Command::new(SessionId(99), Action::Message(asked)));
            let [Delivery::Message { message: ServerMessage::Users(list), .. }] = deliveries.as_slice() else {
                return Err(TestCaseError::fail(format!("{deliveries:?}")));
            };
            // None of the names in these commands needs quotes or escapes.
            prop_assert_eq!(list.message.matches('\'').count(), 2 * members, "{}", list.message);
        }
    }
}
