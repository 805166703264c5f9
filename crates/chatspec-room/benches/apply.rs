//! One command in a room of two hundred.

use std::hint::black_box;

use chatspec::decode::decode_client_json;
use chatspec::name::RoomName;
use chatspec_room::{AckToken, Action, Command, Rooms, SessionId};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// Members of the room.
const MEMBERS: u64 = 200;

fn apply(c: &mut Criterion) {
    let mut group = c.benchmark_group("room of 200");
    let mut rooms = crowd();
    let chat = command(
        7,
        r#"{"event": "chat", "room": "Lobby", "text": "Where are my keys?"}"#,
    );
    group.bench_function("chat to all", |b| {
        b.iter_batched(
            || chat.clone(),
            |chat| rooms.apply(chat),
            BatchSize::SmallInput,
        );
    });
    let private = r#"{"event": "chat", "room": "Lobby", "user": "Member 70", "text": "psst"}"#;
    let private = command(7, private);
    group.bench_function("chat to one", |b| {
        b.iter_batched(
            || private.clone(),
            |chat| rooms.apply(chat),
            BatchSize::SmallInput,
        );
    });
    let users = command(7, r#"{"event": "users", "room": "Lobby"}"#);
    group.bench_function("listing", |b| {
        b.iter_batched(
            || users.clone(),
            |users| rooms.apply(users),
            BatchSize::SmallInput,
        );
    });
    let stranger = MEMBERS + 1;
    let [join, leave] = ["join", "leave"].map(|event| membership(stranger, event));
    let gone = Command::new(SessionId(stranger), Action::Disconnected);
    for (name, exit) in [("join and leave", leave), ("join and disconnect", gone)] {
        group.bench_function(name, |b| {
            b.iter_batched(
                || (join.clone(), exit.clone()),
                |(join, exit)| (rooms.apply(join), rooms.apply(exit)),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
    let lobby = RoomName::parse("Lobby").expect("a good name");
    let left = rooms.members(&lobby).count() as u64;
    assert_eq!(left, MEMBERS, "whoever came has left again");
}

/// Everybody joins, one after the other.
fn fill(c: &mut Criterion) {
    c.bench_function("fill a room of 200", |b| b.iter(|| black_box(crowd())));
}

fn crowd() -> Rooms {
    let mut rooms = Rooms::default();
    for member in 1..=MEMBERS {
        rooms.apply(membership(member, "join"));
    }
    rooms
}

fn membership(session: u64, event: &str) -> Command {
    let user = format!("Member {session}");
    command(
        session,
        &format!(r#"{{"event": "{event}", "user": "{user}", "room": "Lobby"}}"#),
    )
}

fn command(session: u64, message: &str) -> Command {
    let message = decode_client_json(message).expect("a good message");
    Command::new(SessionId(session), Action::Message(message)).acked(AckToken(session))
}

criterion_group!(benches, apply, fill);
criterion_main!(benches);
