//! A notation for conversations with the room.
//!
//! A line that starts with `>` is a command: a session, and what it sends, or `gone`. `1#7` asks for an ack under token
//! 7; `1! ...` sends it beyond what session 1 may send in a time; `1@5 ...` is a join that others have admitted, to place 5.
//! `~7` is a session of another server: `~7 joins 5 Ada Lobby`, `~7 says #lobby`, `~7 says 1`, `~7 gone`. Every other line is a delivery of the command above it. Nothing else may be delivered, and nothing in another
//! order.

use chatspec::decode::decode_client_json;
use chatspec::message::{ChatMessage, ClientMessage, ServerMessage};
use chatspec::name::{NameKey, RoomName, UserName};
use chatspec::refusal::{Code, Refusal};
use chatspec::text::MessageText;
use chatspec_room::{AckToken, Action, Audience, Command, Delivery, Remote, Rooms, SessionId};

/// Plays a conversation from the start and compares every delivery.
#[track_caller]
pub fn play(script: &str) {
    play_in(Rooms::default(), script);
}

/// The same in these rooms.
#[track_caller]
pub fn play_in(mut rooms: Rooms, script: &str) {
    let mut seen = Vec::new();
    for line in lines(script) {
        if let Some(command) = line.strip_prefix("> ") {
            seen.push(line.to_owned());
            seen.extend(rooms.apply(command_of(command)).iter().map(text_of));
        }
    }
    let expected: Vec<&str> = lines(script).collect();
    assert_eq!(seen, expected, "\nseen:\n{}\n", seen.join("\n"));
}

fn lines(script: &str) -> impl Iterator<Item = &str> {
    script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
}

fn command_of(line: &str) -> Command {
    let (who, what) = line.split_once(' ').expect("a session and an act");
    if let Some(who) = who.strip_prefix('~') {
        return Command::new(SessionId(who.parse().expect("a number")), remote(what));
    }
    if let Some((who, entered)) = who.split_once('@') {
        let Ok(ClientMessage::Join(join)) = decode_client_json(what) else {
            panic!("{what} is no join");
        };
        let entered = entered.parse().expect("a number");
        let session = SessionId(who.parse().expect("a number"));
        return Command::new(session, Action::Admitted(join, entered));
    }
    let (who, excess) = match who.strip_suffix('!') {
        Some(who) => (who, true),
        None => (who, false),
    };
    let action = match what {
        "gone" => Action::Disconnected,
        json => match decode_client_json(json) {
            Ok(message) if excess => {
                Action::Excess(message, Refusal::new(Code::RateLimited, "slow down"))
            }
            Ok(message) => Action::Message(message),
            Err(refusal) => Action::Refused(refusal),
        },
    };
    let number = |text: &str| text.parse().expect("a number");
    match who.split_once('#') {
        Some((session, token)) => {
            Command::new(SessionId(number(session)), action).acked(AckToken(number(token)))
        }
        None => Command::new(SessionId(number(who)), action),
    }
}

/// What happens to a session of another server.
fn remote(what: &str) -> Action {
    let words: Vec<&str> = what.split(' ').collect();
    match words[..] {
        ["gone"] => Action::Disconnected,
        ["joins", entered, user, room] => Action::Remote(Remote::Joined {
            user: UserName::parse(user).expect("a name"),
            room: RoomName::parse(room).expect("a name"),
            entered: entered.parse().expect("a number"),
        }),
        ["says", to] => {
            let audience = match to.strip_prefix('#') {
                Some(room) => Audience::Room {
                    room: NameKey::of(room),
                    except: None,
                },
                None if to == "all" => Audience::Joined { except: None },
                None => Audience::Session(SessionId(to.parse().expect("a session"))),
            };
            let from = UserName::parse("far").expect("a name").shown();
            let text = MessageText::parse("hi").expect("a text");
            let message = ServerMessage::Chat(ChatMessage::new(from, &text, false));
            Action::Remote(Remote::Said { audience, message })
        }
        _ => panic!("{what}?"),
    }
}

fn text_of(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Enter { session, room } => format!("{} enters {room}", session.0),
        Delivery::Exit { session, room } => format!("{} exits {room}", session.0),
        Delivery::Message { audience, message } => {
            format!("{}: {}", audience_of(audience), message.to_value())
        }
        Delivery::Expel { session } => format!("{} expelled", session.0),
        Delivery::Refuse { session, refusal } => {
            format!("{} refused {}", session.0, refusal.code.number())
        }
        Delivery::Ack {
            session,
            token,
            outcome,
        } => match outcome {
            Ok(()) => format!("{} ack {}", session.0, token.0),
            Err(refusal) => format!("{} ack {} {}", session.0, token.0, refusal.code.number()),
        },
    }
}

fn audience_of(audience: &Audience) -> String {
    let but = |except: &Option<SessionId>| {
        except
            .map(|session| format!(" but {}", session.0))
            .unwrap_or_default()
    };
    match audience {
        Audience::Session(session) => format!("{}", session.0),
        Audience::Room { room, except } => format!("#{room}{}", but(except)),
        Audience::Joined { except } => format!("everyone{}", but(except)),
    }
}
