//! Smaller histories, to find the smallest that still shows something.

use super::history::{Deed, History, Name, Place, Spelling, Text};
use crate::fixture::TransportName;
use crate::rule::Profile;

/// Histories that are smaller than this one, the smallest first: without half of the acts, a quarter and so on down to one, without
/// somebody, with one room fewer, with plain names, texts and transports. All of them are playable, and none is this one.
pub fn smaller(history: &History, profile: Profile) -> Vec<History> {
    let mut all: Vec<History> = Vec::new();
    let mut push = |candidate: History| {
        let candidate = candidate.playable(profile);
        if candidate != *history && !all.contains(&candidate) {
            all.push(candidate);
        }
    };
    let length = history.acts.len();
    let mut size = length.div_ceil(2);
    while size > 0 {
        for start in (0..length).step_by(size) {
            let mut candidate = history.clone();
            let end = (start + size).min(length);
            candidate.acts.drain(start..end);
            let begun = length - history.racing;
            candidate.racing -= end.saturating_sub(start.max(begun));
            push(candidate);
        }
        size /= 2;
    }
    for who in (0..history.people.len()).filter(|_| history.people.len() > 2) {
        push(without(history, who));
    }
    if history.racing > 0 {
        let mut candidate = history.clone();
        candidate.racing = 0;
        push(candidate.clone());
        candidate.racing = history.racing - 1;
        push(candidate);
    }
    if history.rooms > 1 {
        let last = history.rooms - 1;
        let mut candidate = history.clone();
        candidate.rooms = last;
        each_place(&mut candidate, |place| {
            place.number = place.number.min(last - 1)
        });
        push(candidate);
    }
    for n in 0..length {
        let mut candidate = history.clone();
        candidate.acts[n].acked = false;
        push(candidate.clone());
        plainly(&mut candidate.acts[n].deed);
        push(candidate);
    }
    let mut candidate = history.clone();
    candidate.people.fill(TransportName::Websocket);
    push(candidate);
    all
}

fn without(history: &History, who: usize) -> History {
    let mut candidate = history.clone();
    candidate.people.remove(who);
    let racing = history.acts.len() - history.racing;
    let gone = history.acts[racing..].iter().filter(|act| act.by == who);
    candidate.racing -= gone.count();
    candidate.acts.retain(|act| act.by != who);
    for act in &mut candidate.acts {
        act.by -= usize::from(act.by > who);
    }
    // A name of one who is not there any more is nobody's.
    let nobody = candidate.people.len();
    each_name(&mut candidate, |name| {
        name.of = match name.of {
            of if of == who => nobody,
            of => of - usize::from(of > who),
        };
    });
    candidate
}

fn each_name(history: &mut History, mut change: impl FnMut(&mut Name)) {
    for act in &mut history.acts {
        match &mut act.deed {
            Deed::Join { user, .. } => change(user),
            Deed::Leave { user, .. } => user.iter_mut().for_each(&mut change),
            Deed::Chat { to, .. } | Deed::Image { to, .. } => to.iter_mut().for_each(&mut change),
            _ => {}
        }
    }
}

fn each_place(history: &mut History, mut change: impl FnMut(&mut Place)) {
    for act in &mut history.acts {
        match &mut act.deed {
            Deed::Join { room, .. }
            | Deed::Users { room }
            | Deed::Batch { room }
            | Deed::Image { room, .. } => change(room),
            Deed::Leave { room, .. } | Deed::Chat { room, .. } => {
                room.iter_mut().for_each(&mut change);
            }
            _ => {}
        }
    }
}

fn plainly(deed: &mut Deed) {
    let name = |name: &mut Name| name.spelling = Spelling::Capitals;
    let place = |place: &mut Place| place.spelling = Spelling::Capitals;
    match deed {
        Deed::Join { user, room } => {
            name(user);
            place(room);
        }
        Deed::Leave { user, room } => {
            user.iter_mut().for_each(name);
            room.iter_mut().for_each(place);
        }
        Deed::Chat { room, to, text } => {
            to.iter_mut().for_each(name);
            room.iter_mut().for_each(place);
            *text = Text::Plain;
        }
        Deed::Batch { room } => {
            let (to, text) = (None, Text::Plain);
            place(room);
            let room = Some(*room);
            *deed = Deed::Chat { room, to, text };
        }
        Deed::Image { room, to } => {
            place(room);
            *to = None;
        }
        Deed::Users { room } => place(room),
        _ => {}
    }
}
