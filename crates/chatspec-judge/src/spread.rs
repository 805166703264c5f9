//! Who may sit on which node of a server of several nodes, and what is known of whom there.
//!
//! A barrier on one node proves nothing about another. That something does *not* come is shown to one on another node by
//! a message of the same sender that has to come after it: a *sentinel*. It reaches only those who are in the sender's room.
//! Where somebody's silence is claimed that no sentinel can show, both sit on one node.

mod place;
mod present;
mod proof;

use std::collections::BTreeMap;

use crate::fixture::Fixture;

use self::place::Places;

pub use self::place::claims;
pub use self::present::{Present, hearers, lists, present};
pub(crate) use self::proof::{across, lost};

/// Who is to say that two sit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// One claims the silence of the other, or that a message is at most optional, and nothing reaches it that could show it.
    Silence,
    /// They use one name, or an act whose effects nobody can tell.
    Acts,
}

/// Pairs of participants, by position, that have to sit on one node.
pub fn together(fixture: &Fixture) -> Vec<(usize, usize, Why)> {
    Places::walk(fixture)
}

/// The node of each participant, from 0: as its fixture says, or spread over all that the conversation allows.
///
/// `mix` decides who goes where. As soon as two may sit apart, somebody does.
pub fn seats(fixture: &Fixture, nodes: usize, mix: u64) -> Vec<usize> {
    let count = fixture.participants.len();
    let nodes = nodes.max(1);
    let first = (mix % nodes as u64) as usize;
    if fixture.nodes() > 1 {
        let own = fixture.participants.iter();
        return own
            .map(|participant| (first + participant.node.unwrap_or(1) as usize - 1) % nodes)
            .collect();
    }
    if nodes == 1 {
        return vec![0; count];
    }
    let mut group: Vec<usize> = (0..count).collect();
    for (one, other, _) in together(fixture) {
        let (old, new) = (group[other].max(group[one]), group[one].min(group[other]));
        for mine in group.iter_mut().filter(|mine| **mine == old) {
            *mine = new;
        }
    }
    let mut order: Vec<usize> = (0..count).filter(|index| group[*index] == *index).collect();
    order.sort_by_key(|index| turn(mix, *index as u64));
    let places: BTreeMap<usize, usize> = order
        .into_iter()
        .enumerate()
        .map(|(turn, index)| (index, (first + turn) % nodes))
        .collect();
    group.iter().map(|group| places[group]).collect()
}

/// A place in an order that looks like chance.
fn turn(mix: u64, index: u64) -> u64 {
    let mixed =
        (mix ^ (index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests;
