//! The ordering probe: does the server handle the events of one connection in the order in which they were sent?
//!
//! Where it does not, a barrier proves nothing: a leak may still be under way when the barrier returns. Then every
//! verdict that rests on silence is inconclusive.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::drive::{Stage, tag};
use crate::wire::{Next, OpenOptions, Packet, Session, Transport, socket};

/// Pairs of connections that probe at the same time.
const PAIRS: usize = 4;
/// Messages of one sender.
const MESSAGES: usize = 60;

/// The same of every node: where one does not keep order, silence proves nothing on any.
pub(super) async fn probe_all(stage: &Stage) -> Option<bool> {
    let nodes = stage.each_node();
    // Names differ, for they may be unique over all nodes.
    let probes = nodes.iter().enumerate();
    let probed = join_all(probes.map(|(node, stage)| probe(stage, node * PAIRS))).await;
    probed.into_iter().reduce(|one, other| match (one, other) {
        (Some(one), Some(other)) => Some(one && other),
        (one, other) => one.or(other),
    })?
}

/// `Some(true)` where every pair saw its messages and its acknowledgements in order; `None` where nothing could be seen,
/// which the cases themselves will tell.
async fn probe(stage: &Stage, first: usize) -> Option<bool> {
    let pairs = join_all((first..first + PAIRS).map(|index| pair(stage, index))).await;
    let seen: Vec<bool> = pairs.into_iter().flatten().collect();
    if seen.is_empty() {
        None
    } else {
        Some(seen.iter().all(|in_order| *in_order))
    }
}

async fn pair(stage: &Stage, index: usize) -> Option<bool> {
    let tag = tag(stage.seed, &format!("probe {index}"));
    let room = format!("PROBE-{tag}");
    let mut sender = open(stage).await?;
    let mut observer = open(stage).await?;
    join(&mut observer, stage, &format!("OBSERVER-{tag}"), &room).await?;
    join(&mut sender, stage, &format!("SENDER-{tag}"), &room).await?;
    // Chat and listings in turn: acknowledgements show the order on the sender's side, texts on the observer's.
    let packets: Vec<String> = (0..MESSAGES)
        .flat_map(|i| {
            let chat = json!({"event": "chat", "room": room, "text": format!("{tag} {i}")});
            let users = json!({"event": "users", "room": format!("PROBE-{tag}-NOBODY")});
            [
                socket::event(socket::MAIN, None, "chat", &[chat]),
                socket::event(socket::MAIN, Some(&(i + 10).to_string()), "chat", &[users]),
            ]
        })
        .collect();
    sender.send_packets(&packets).await.ok()?;
    let deadline = Instant::now() + stage.barrier(sender.handshake().round_trip);
    let acks = collect(&mut sender, deadline, |packet| match packet {
        Packet::Ack { id, .. } => id.parse::<usize>().ok().and_then(|id| id.checked_sub(10)),
        _ => None,
    })
    .await;
    // All is handled, or never will be: what the observer has not heard when its own request is answered, it never hears.
    let last = json!({"event": "users", "room": format!("PROBE-{tag}-NOBODY")});
    let last = socket::event(socket::MAIN, Some("9"), "chat", &[last]);
    observer.send_packets(&[last]).await.ok()?;
    let texts = collect(&mut observer, deadline, |packet| match packet {
        Packet::Event { args, .. } => {
            let text = args.first()?.get("message")?.as_str()?;
            text.strip_prefix(&format!("{tag} "))?.parse().ok()
        }
        Packet::Ack { id, .. } if id == "9" => Some(MESSAGES),
        _ => None,
    })
    .await;
    // Twice the same is another fault than the wrong order.
    let in_order = |seen: &[usize]| seen.windows(2).all(|two| two[0] <= two[1]);
    sender.close(crate::wire::How::EngineClose).await;
    observer.close(crate::wire::How::EngineClose).await;
    // A server that loses some of them fails its own rules; what came tells about order all the same.
    if acks.len() < 2 && texts.len() < 2 {
        None
    } else {
        Some(in_order(&acks) && in_order(&texts))
    }
}

async fn open(stage: &Stage) -> Option<Session> {
    let deadline = Instant::now() + stage.opening();
    let options = OpenOptions {
        transport: Transport::Websocket,
        clock: stage.clock,
        patience: stage.patience(),
        ..OpenOptions::default()
    };
    Session::open(&stage.target, options, deadline).await.ok()
}

async fn join(session: &mut Session, stage: &Stage, user: &str, room: &str) -> Option<()> {
    let payload: Value = json!({"event": "join", "user": user, "room": room});
    session
        .send_packets(&[socket::event(socket::MAIN, Some("1"), "chat", &[payload])])
        .await
        .ok()?;
    let deadline = Instant::now() + stage.barrier(session.handshake().round_trip);
    loop {
        match session.next(deadline).await {
            Next::Received(packet) if matches!(&packet.packet, Packet::Ack { id, .. } if id == "1") =>
            {
                return Some(());
            }
            Next::Received(_) => {}
            Next::Closed(_) | Next::Deadline => return None,
        }
    }
}

/// Numbers found in what arrives, until all are there, the end is told by the number after the last, or the deadline.
async fn collect(
    session: &mut Session,
    deadline: Instant,
    number: impl Fn(&Packet) -> Option<usize>,
) -> Vec<usize> {
    let mut found = Vec::new();
    while found.len() < MESSAGES && found.last() != Some(&MESSAGES) {
        match session.next(deadline).await {
            Next::Received(packet) => found.extend(number(&packet.packet)),
            Next::Closed(_) | Next::Deadline => break,
        }
    }
    found
}
