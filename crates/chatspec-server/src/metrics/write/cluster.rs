//! The families about the cluster. They are there where the server is a node of one.

use std::fmt;
use std::sync::atomic::Ordering;

use super::{family, labelled, level, plain, seconds};
use crate::cluster::{Level, Trouble};

pub(super) fn write(to: &mut String, now: &Level) -> fmt::Result {
    let state = &now.state;
    for (name, help, is) in [
        (
            "chatspec_cluster_linked",
            "1 while the link to the broker stands",
            state.is_linked(),
        ),
        (
            "chatspec_cluster_leased",
            "1 while this node has its lease, as far as it knows",
            state.is_leased(),
        ),
        (
            "chatspec_cluster_degraded",
            "1 while something is wrong with the broker or the link",
            !state.is_linked() || state.trouble().is_some(),
        ),
        (
            "chatspec_cluster_evicting",
            "1 where the broker may throw away what it has no place for",
            state.may_evict(),
        ),
    ] {
        family(to, name, "gauge", help, level(usize::from(is)))?;
    }
    let nodes = usize::try_from(state.nodes.load(Ordering::Relaxed)).unwrap_or(usize::MAX);
    for (name, help, is) in [
        ("nodes", "Nodes that have a lease", nodes),
        ("remote_members", "Members on other nodes", now.remotes),
        (
            "joins_waiting",
            "Joins that have been asked for and not answered",
            now.waiting,
        ),
        ("outbox_messages", "What waits for the broker", now.messages),
        ("outbox_bytes", "Bytes that wait for the broker", now.bytes),
    ] {
        let name = format!("chatspec_cluster_{name}");
        family(to, &name, "gauge", help, level(is))?;
    }
    let lag = seconds(state.lag_micros());
    let name = "chatspec_cluster_lag_seconds";
    family(
        to,
        name,
        "gauge",
        "Time from giving something to the broker to reading it from there, of late",
        [],
    )?;
    to.push_str(&format!("{name} {lag}\n"));
    for (name, help, counter) in [
        ("links_total", "Links to the broker so far", &state.links),
        (
            "frames_out_total",
            "What was given to the broker",
            &state.sent,
        ),
        (
            "frames_in_total",
            "What was read from the broker",
            &state.received,
        ),
        (
            "frames_undecodable_total",
            "What was read and could not be understood",
            &state.undecodable,
        ),
        (
            "frames_duplicate_total",
            "What was read again",
            &state.duplicates,
        ),
        (
            "outbox_overflows_total",
            "Messages that had no place in the outbox",
            &state.overflowed,
        ),
        (
            "gaps_total",
            "Rooms here, or all of them, that were told of a gap",
            &state.gaps,
        ),
        (
            "fenced_total",
            "Sessions here that were ended because the cluster had given them up",
            &state.fenced,
        ),
        (
            "reaped_total",
            "Dead nodes that this one has cleared away",
            &state.reaped,
        ),
    ] {
        let name = format!("chatspec_cluster_{name}");
        family(to, &name, "counter", help, plain(counter))?;
    }
    let words = Trouble::ALL.iter().map(|trouble| trouble.word());
    family(
        to,
        "chatspec_cluster_troubles_total",
        "counter",
        "What was wrong with the broker or the link, by what it was",
        labelled("trouble", words.zip(&state.troubles)),
    )
}
