//! Laws that hold for every sequence of commands, some of which are about sessions of other servers.

use std::collections::BTreeSet;

use chatspec::message::{
    Chat, ChatMessage, ClientMessage, Join, Leave, ServerMessage, UsersRequest,
};
use chatspec::name::{NameKey, RoomName, UserName};
use chatspec::text::MessageText;
use chatspec_room::{Action, Audience, Command, Delivery, Remote, Rooms, SessionId};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// From here on sessions are of other servers.
const AWAY: u64 = 4;

const ROOMS: [&str; 2] = ["lobby", "attic"];

fn user() -> impl Strategy<Value = UserName> {
    let names = ["ada", "ADA", "bob", "straße", "STRASSE", "paypal", "раураl"];
    select(names.to_vec()).prop_map(|name| UserName::parse(name).expect("a valid name"))
}

fn room() -> impl Strategy<Value = RoomName> {
    select(ROOMS.to_vec()).prop_map(|name| RoomName::parse(name).expect("a valid name"))
}

fn join() -> impl Strategy<Value = Join> {
    (user(), room()).prop_map(|(user, room)| Join::new(Some(user), Some(room)))
}

fn here() -> impl Strategy<Value = Action> {
    let leave = Just(ClientMessage::Leave(Leave::default()));
    let users = room().prop_map(|room| ClientMessage::Users(UsersRequest::new(Some(room))));
    let chat = (option::of(user()), option::of(room()))
        .prop_map(|(user, room)| ClientMessage::Chat(Chat::new(user, room, None)));
    prop_oneof![
        4 => (join(), 0..9_u64).prop_map(|(join, entered)| Action::Admitted(join, entered)),
        2 => join().prop_map(|join| Action::Message(ClientMessage::Join(join))),
        4 => prop_oneof![leave, users, chat].prop_map(Action::Message),
        1 => Just(Action::Disconnected),
    ]
}

fn away() -> impl Strategy<Value = Action> {
    let joined = (user(), room(), 0..9_u64).prop_map(|(user, room, entered)| Remote::Joined {
        user,
        room,
        entered,
    });
    let audience = prop_oneof![
        2 => room().prop_map(|room| Audience::Room { room: room.key().clone(), except: None }),
        1 => Just(Audience::Joined { except: None }),
        1 => (0..2 * AWAY).prop_map(|session| Audience::Session(SessionId(session))),
    ];
    let said = audience.prop_map(|audience| Remote::Said {
        audience,
        message: word(),
    });
    prop_oneof![
        4 => joined.prop_map(Action::Remote),
        4 => said.prop_map(Action::Remote),
        1 => Just(Action::Disconnected),
    ]
}

fn word() -> ServerMessage {
    let from = UserName::parse("far").expect("a valid name").shown();
    let text = MessageText::parse("hi").expect("a valid text");
    ServerMessage::Chat(ChatMessage::new(from, &text, false))
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    let here = (0..AWAY, here());
    let away = (AWAY..2 * AWAY, away());
    let command = prop_oneof![here, away];
    vec(
        command.prop_map(|(session, action)| Command::new(SessionId(session), action)),
        0..60,
    )
}

fn is_away(session: SessionId) -> bool {
    session.0 >= AWAY
}

/// Everybody in a room, as the rooms say it.
fn members(rooms: &Rooms) -> Vec<SessionId> {
    ROOMS
        .iter()
        .flat_map(|name| {
            let room = RoomName::parse(name).expect("a valid name");
            rooms.members(&room).collect::<Vec<_>>()
        })
        .collect()
}

proptest! {
    #[test]
    fn a_name_is_held_once_everywhere(commands in commands()) {
        let mut rooms = Rooms::default();
        for command in commands {
            rooms.apply(command);
            let members = members(&rooms);
            let names: BTreeSet<&NameKey> = members
                .iter()
                .filter_map(|session| Some(rooms.place(*session)?.user.key()))
                .collect();
            prop_assert_eq!(names.len(), members.len());
            let sessions: BTreeSet<SessionId> = members.iter().copied().collect();
            prop_assert_eq!(sessions.len(), members.len());
        }
    }

    #[test]
    fn who_enters_and_exits_is_here(commands in commands()) {
        let mut rooms = Rooms::default();
        let mut floor: BTreeSet<SessionId> = BTreeSet::new();
        for command in commands {
            for delivery in rooms.apply(command) {
                match delivery {
                    Delivery::Enter { session, .. } => {
                        prop_assert!(!is_away(session));
                        prop_assert!(floor.insert(session), "{session:?} enters twice");
                    }
                    Delivery::Exit { session, .. } => {
                        prop_assert!(floor.remove(&session), "{session:?} is not there");
                    }
                    Delivery::Expel { session } => prop_assert!(!floor.contains(&session)),
                    _ => {}
                }
            }
            let here: BTreeSet<SessionId> = rooms.here().map(|(session, _)| session).collect();
            prop_assert_eq!(&here, &floor);
            prop_assert_eq!(rooms.joined(), floor.len());
            for name in ROOMS {
                let room = RoomName::parse(name).expect("a valid name");
                let away = rooms.members(&room).any(is_away);
                prop_assert_eq!(rooms.is_shared(room.key()), away);
            }
            let all = Audience::Joined { except: None };
            prop_assert_eq!(rooms.reach(&all), floor.len());
            let counted: BTreeSet<SessionId> = members(&rooms).into_iter().filter(|session| !is_away(*session)).collect();
            prop_assert_eq!(&counted, &floor);
        }
    }

    #[test]
    fn nothing_that_happened_elsewhere_is_refused(commands in commands()) {
        let mut rooms = Rooms::default();
        for command in commands {
            let Command { session, action, .. } = command.clone();
            let place = rooms.place(session).map(|place| place.room.key().clone());
            let deliveries = rooms.apply(command);
            if !is_away(session) {
                continue;
            }
            let refused = deliveries.iter().any(|delivery| matches!(delivery, Delivery::Refuse { .. }));
            prop_assert!(!refused);
            match action {
                Action::Remote(Remote::Joined { user, room, .. }) => {
                    let place = rooms.place(session).expect("it has joined");
                    prop_assert_eq!((place.user, place.room), (&user, &room));
                }
                Action::Remote(Remote::Said { audience, message }) => {
                    // Who is no member says nothing, and nobody says anything to a room that is not its own.
                    if let [delivery] = deliveries.as_slice() {
                        prop_assert_eq!(delivery, &Delivery::Message { audience: audience.clone(), message });
                        let target = match &audience {
                            Audience::Room { room, .. } => Some(room.clone()),
                            Audience::Joined { .. } => place.clone(),
                            Audience::Session(target) => {
                                prop_assert!(!is_away(*target));
                                rooms.place(*target).map(|place| place.room.key().clone())
                            }
                        };
                        prop_assert!(place.is_some());
                        prop_assert_eq!(target, place);
                    } else {
                        prop_assert!(deliveries.is_empty());
                    }
                }
                _ => prop_assert!(rooms.place(session).is_none()),
            }
        }
    }

    #[test]
    fn the_places_decide_the_order(commands in commands()) {
        let mut rooms = Rooms::default();
        for command in commands {
            rooms.apply(command);
        }
        for name in ROOMS {
            let room = RoomName::parse(name).expect("a valid name");
            let places: Vec<u64> = rooms
                .members(&room)
                .filter_map(|session| Some(rooms.place(session)?.entered))
                .collect();
            prop_assert!(places.is_sorted(), "{places:?}");
        }
    }
}
