//! One connection of a load: it listens all the time, and says what its turn is.

use std::future::poll_fn;
use std::task::{Context, Poll};

use chatspec_judge::ledger::Id;
use serde_json::json;

use super::mix;
use super::options::Scenario;
use super::world::{Phase, Question, Shared, World};
use crate::wire::Lean;

/// Bytes that may be queued for one server before its members wait with what else they have to say.
const QUEUED: usize = 256 << 10;

/// Lives until the load is over or the connection is.
pub(super) async fn live(shared: Shared, who: Id, mut lean: Lean) {
    poll_fn(|cx| poll(&shared, who, &mut lean, cx)).await;
}

fn poll(shared: &Shared, who: Id, lean: &mut Lean, cx: &mut Context<'_>) -> Poll<()> {
    let mut guard = shared.lock();
    let world = &mut *guard;
    let slot = &mut world.slots[who as usize];
    match &mut slot.waker {
        Some(waker) => waker.clone_from(cx.waker()),
        none => *none = Some(cx.waker().clone()),
    }
    let now = world.now();
    let mut buffer = std::mem::take(&mut world.buffer);
    let read = lean.poll_read(cx, &mut buffer, &mut |text| world.hear(who, text, now));
    world.buffer = buffer;
    if let Poll::Ready(ended) = read {
        world.ended(who, &ended);
        return Poll::Ready(());
    }
    let over = speak(world, who, lean, now);
    match lean.poll_write(cx) {
        Poll::Ready(Err(ended)) => {
            world.ended(who, &ended);
            Poll::Ready(())
        }
        // Whether the farewell gets through is of no matter to anybody.
        _ if over => Poll::Ready(()),
        _ => Poll::Pending,
    }
}

/// Queues what is to be said now. Whether that was the last of it.
fn speak(world: &mut World, who: Id, lean: &mut Lean, now: u64) -> bool {
    if world.phase == Phase::Over {
        lean.push_close();
        return true;
    }
    let slot = &mut world.slots[who as usize];
    if std::mem::take(&mut slot.joins) {
        world.ledger.joining(who);
        let (user, room) = (world.names.user(who), world.names.room(who));
        push(lean, &json!({"event": "join", "user": user, "room": room}));
    }
    if world.phase == Phase::Talking && lean.queued() < QUEUED {
        match world.scenario {
            Scenario::Fanout | Scenario::Abuse => talk(world, who, lean, now),
            Scenario::Mixed => mix::act(world, who, lean, now),
            Scenario::Hold | Scenario::Storm => {}
        }
    }
    while world.slots[who as usize].questions < world.questions {
        world.slots[who as usize].questions += 1;
        ask(world, who, lean, Question::Everybody);
    }
    false
}

/// Says whatever the window has room for, or whatever is due.
fn talk(world: &mut World, who: Id, lean: &mut Lean, now: u64) {
    if who % world.names.members() >= world.speakers || !world.ledger.is_inside(who) {
        return;
    }
    match world.window {
        Some(window) => {
            for _ in world.ledger.unfinished(who)..window {
                chat(world, who, None, lean, now);
            }
        }
        None => {
            while let Some(due) = world.slots[who as usize].due.pop_front() {
                chat(world, who, None, lean, due);
            }
        }
    }
}

/// A message to the room, or to one member alone.
pub(super) fn chat(world: &mut World, who: Id, to: Option<Id>, lean: &mut Lean, at: u64) {
    let number = world.ledger.send(who, to, at);
    let World { names, text, .. } = world;
    text.clear();
    text.push_str(r#"42["chat",{"event":"chat","room":""#);
    text.push_str(&names.room(who));
    if let Some(to) = to {
        text.push_str(r#"","user":""#);
        text.push_str(&names.user(to));
    }
    text.push_str(r#"","text":""#);
    names.write_text(text, who, number);
    text.push_str(r#""}]"#);
    lean.push(text);
}

/// Asks who is in a room that nobody is in.
pub(super) fn ask(world: &mut World, who: Id, lean: &mut Lean, why: Question) {
    push(
        lean,
        &json!({"event": "users", "room": world.names.nowhere()}),
    );
    world.slots[who as usize].asked.push_back(why);
}

pub(super) fn push(lean: &mut Lean, message: &serde_json::Value) {
    lean.push(&format!(r#"42["chat",{message}]"#));
}
