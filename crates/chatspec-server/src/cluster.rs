//! Several servers as one, over a broker: Redis or Valkey.
//!
//! Each server is a *node*. It decides for its own sessions; what the others have to know of that goes over one stream of the
//! broker, which every node reads from its beginning to its end. Their sessions are members here like our own
//! (`chatspec_room::Remote`), so that `users`, names and private messages need nothing of their own.
//!
//! **What is said** is delivered here first, and never waits for the broker. Then it goes into a bounded [`Outbox`], from
//! there onto the stream, and from there to the members on the other nodes. Where something is lost on that way, the rooms
//! that it was for get a `gap`.
//!
//! A room that has no members elsewhere is of no concern to the others, and what is said in it goes nowhere. Somebody may just
//! have joined it on another node; but then whoever speaks has not been told of that either, and what it says counts as said before.
//!
//! **Who is where** goes the same way, with one exception: a join is asked for, because a name is held once in the whole
//! cluster. A script on the broker says yes or no, and a yes is an entry of the stream. A node lets its own session in
//! when it reads that entry: all nodes see joins in one order, and what came before them has been seen before them. Until then
//! whatever else the session sends waits its turn. Without a broker nobody can say that a name is free, so joins are
//! refused, with code 31.
//!
//! **A node lives** as long as its lease. When it has run out, any other node takes its members out, by a script that puts
//! their leaving onto the stream; so there is exactly one `deluser` each. A node that was only asleep reads of its own members'
//! leaving there, and ends their sessions. What is written under a lease that has been lost is refused by the broker.
//!
//! socketioxide has an adapter for this, with a `Driver` under it that one could write. It does not carry these promises. What
//! comes from other nodes it broadcasts in tasks of its own, outside the one lock, so that two members of a room could see two
//! orders; those who do not keep up with it are told to nobody; publishing comes before the local delivery and fails with the broker; and
//! presence, names and gaps have no place in it. So a node hears of messages as it hears of its own, and carries them out by
//! the same `outbound`.

#![cfg_attr(
    not(feature = "cluster"),
    allow(
        dead_code,
        unused_imports,
        reason = "without a link nothing comes or goes"
    )
)]

mod desk;
mod entry;
#[cfg(feature = "cluster")]
mod link;
mod op;
mod outbox;
mod state;
mod url;

use std::sync::Arc;

pub(crate) use desk::{Answer, Cluster, Heard, Level, Missing, Turn};
pub(crate) use entry::{Entry, Snapshot};
#[cfg(feature = "cluster")]
pub(crate) use link::{Failure, Link};
pub(crate) use outbox::Outbox;
pub(crate) use state::{State, Trouble};
pub use url::Broker;

/// The name of a node in the cluster: the operator's, and a part that is never the same again.
pub(crate) type Node = Arc<str>;
