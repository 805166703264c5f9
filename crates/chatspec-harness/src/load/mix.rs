//! Everything that people do, by chance and by weight.

use chatspec_judge::ledger::Id;
use serde_json::json;

use super::member::{ask, chat, push};
use super::world::{Question, World};
use crate::wire::Lean;

/// What somebody does of a hundred times.
const WEIGHTS: [(u64, Act); 5] = [
    (62, Act::Chat),
    (20, Act::Private),
    (8, Act::Users),
    (3, Act::Image),
    (7, Act::Leave),
];

/// Acts of one connection before the others get their turn.
const ACTS: u32 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Chat,
    Private,
    Users,
    Image,
    Leave,
}

/// Chance of which each run with one seed has the same.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64, stream: u64) -> Dice {
        Dice(seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// SplitMix64: below `sides`.
    pub(super) fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides.max(1)
    }
}

/// Does something, as often as the window or the timetable lets it.
pub(super) fn act(world: &mut World, who: Id, lean: &mut Lean, now: u64) {
    for _ in 0..ACTS {
        // Whoever has asked waits for the answer: what follows a leave depends on it.
        if !world.ledger.is_inside(who) || !world.slots[who as usize].asked.is_empty() {
            return;
        }
        let at = match world.window {
            Some(window) if world.ledger.unfinished(who) < window => now,
            Some(_) => return,
            None => match world.slots[who as usize].due.pop_front() {
                Some(due) => due,
                None => return,
            },
        };
        one(world, who, lean, at);
    }
}

fn one(world: &mut World, who: Id, lean: &mut Lean, at: u64) {
    let members = world.names.members();
    let dice = &mut world.slots[who as usize].dice;
    let chosen = choose(dice.below(100));
    let mate = who / members * members + dice.below(u64::from(members)) as Id;
    match chosen {
        Act::Private
            if mate != who && world.ledger.is_inside(mate) && world.ledger.knows(who, mate) =>
        {
            chat(world, who, Some(mate), lean, at);
        }
        Act::Chat | Act::Private => chat(world, who, None, lean, at),
        Act::Users => ask(world, who, lean, Question::Curious),
        Act::Image => {
            let number = world.ledger.send(who, None, at);
            let (room, image) = (world.names.room(who), world.names.image(who, number));
            push(
                lean,
                &json!({"event": "image", "room": room, "bimage": image}),
            );
        }
        Act::Leave => {
            world.ledger.leaving(who);
            let (user, room) = (world.names.user(who), world.names.room(who));
            push(lean, &json!({"event": "leave", "user": user, "room": room}));
            ask(world, who, lean, Question::Left);
        }
    }
}

fn choose(mut roll: u64) -> Act {
    for (weight, act) in WEIGHTS {
        match roll.checked_sub(weight) {
            Some(rest) => roll = rest,
            None => return act,
        }
    }
    Act::Chat
}

#[cfg(test)]
mod tests {
    use super::{Act, Dice, WEIGHTS, choose};

    #[test]
    fn weights_are_parts_of_a_hundred() {
        assert_eq!(WEIGHTS.iter().map(|(weight, _)| weight).sum::<u64>(), 100);
        for (weight, act) in WEIGHTS {
            assert_eq!(
                (0..100).filter(|roll| choose(*roll) == act).count() as u64,
                weight
            );
        }
        assert_eq!(choose(99), Act::Leave);
    }

    #[test]
    fn one_seed_is_one_history() {
        let rolls = |seed, stream| {
            let mut dice = Dice::new(seed, stream);
            (0..8).map(|_| dice.below(100)).collect::<Vec<_>>()
        };
        assert_eq!(rolls(7, 1), rolls(7, 1));
        assert_ne!(rolls(7, 1), rolls(7, 2));
        assert_ne!(rolls(7, 1), rolls(8, 1));
    }
}
