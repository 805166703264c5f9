//! Attackers: connections that do as much as they can, on a thread of their own, so that they slow down nobody but the
//! server.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::Duration;

use chatspec_judge::ledger::Names;
use futures_util::future::poll_fn;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval};

use super::gather::from;
use super::options::Options;
use super::report::Attack;
use crate::wire::{Connecting, Lean, Reset, Target, append_text, connect_as};

/// Bytes that are made once and sent again and again.
const BATCH: usize = 32 << 10;
/// The pause after a connection that was not let in.
const PAUSE: Duration = Duration::from_millis(10);
/// The pause between two bytes of a slow request.
const SECOND: Duration = Duration::from_secs(1);

/// What an attacker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Talks in its room.
    Flood,
    /// Sits in the room of the last one before that is not deaf, and never reads.
    Deaf,
    /// Asks who is there.
    Users,
    /// Sends what has to be refused.
    Noise,
    /// Joins and leaves.
    Flap,
    /// Opens connections and drops them.
    Knock,
    /// Sends a request that never ends, a byte a second.
    Slow,
    /// Connects, and sends nothing at all.
    Silent,
}

impl Manner {
    /// Those that work as fast as they can: one of each is an attack by itself.
    pub const BUSY: [Manner; 6] = [
        Manner::Flood,
        Manner::Deaf,
        Manner::Users,
        Manner::Noise,
        Manner::Flap,
        Manner::Knock,
    ];

    /// As on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Manner::Flood => "flood",
            Manner::Deaf => "deaf",
            Manner::Users => "users",
            Manner::Noise => "noise",
            Manner::Flap => "flap",
            Manner::Knock => "knock",
            Manner::Slow => "slow",
            Manner::Silent => "silent",
        }
    }
}

#[derive(Debug, Default)]
struct Counts {
    bytes: AtomicU64,
    connections: AtomicU64,
    closed: AtomicU64,
    refused: AtomicU64,
}

/// An attack that goes on until it is stopped.
pub(super) struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
    counts: Arc<Counts>,
}

/// Lets the attackers go.
pub(super) fn start(options: &Options, names: &Names) -> std::io::Result<Running> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (stop, stopped) = oneshot::channel();
    let counts = Arc::new(Counts::default());
    let manners = options.manners();
    let mut host = 0;
    let attackers: Vec<Attacker> = (0..options.attackers)
        .map(|index| (index, manners[index as usize % manners.len()]))
        .map(|(index, manner)| Attacker {
            target: options.target.clone(),
            patience: options.patience,
            manner,
            index,
            host: {
                if manner != Manner::Deaf {
                    host = index;
                }
                host
            },
            run: names.run().to_owned(),
            counts: Arc::clone(&counts),
        })
        .collect();
    let thread = std::thread::Builder::new()
        .name("attack".to_owned())
        .spawn(move || {
            runtime.block_on(async move {
                let mut tasks: JoinSet<()> = attackers.into_iter().map(Attacker::go_on).collect();
                let _ = stopped.await;
                tasks.shutdown().await;
            });
        })?;
    Ok(Running {
        stop,
        thread,
        counts,
    })
}

impl Running {
    /// Ends the attack; says what it was.
    pub(super) fn stop(self) -> Attack {
        let _ = self.stop.send(());
        // It ends with the next turn of its tasks.
        let _ = self.thread.join();
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Attack {
            bytes: count(&self.counts.bytes),
            connections: count(&self.counts.connections),
            closed: count(&self.counts.closed),
            refused: count(&self.counts.refused),
            calm_ms: None,
        }
    }
}

struct Attacker {
    target: Target,
    patience: Duration,
    manner: Manner,
    index: u32,
    /// The one whose room it sits in.
    host: u32,
    run: String,
    counts: Arc<Counts>,
}

impl Attacker {
    async fn go_on(self) {
        let mut pause = interval(PAUSE);
        loop {
            let deadline = Instant::now() + self.patience;
            let let_in = match self.manner {
                Manner::Slow | Manner::Silent => self.hold(deadline).await,
                _ => match Lean::open(&self.target, self.from(), deadline).await {
                    Ok(lean) => {
                        add(&self.counts.connections, 1);
                        self.attack(lean).await;
                        true
                    }
                    Err(_) => false,
                },
            };
            if !let_in {
                add(&self.counts.refused, 1);
                pause.reset();
                pause.tick().await;
            }
        }
    }

    fn from(&self) -> Option<IpAddr> {
        from(&self.target, self.index)
    }

    /// Takes a connection up and asks for nothing, until the server ends it. Whether there was one.
    async fn hold(&self, deadline: Instant) -> bool {
        let plainly = Connecting::Plain(self.from());
        let opened = connect_as(&self.target, plainly, &Reset::default(), deadline).await;
        let Ok(mut stream) = opened else {
            return false;
        };
        add(&self.counts.connections, 1);
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nX-Slow: ",
            self.target.engine_path("websocket", None),
            self.target.authority()
        );
        let mut bytes = request.bytes().chain(std::iter::repeat(b'x'));
        let mut second = interval(SECOND);
        let mut answer = [0; 512];
        loop {
            tokio::select! {
                // What the server says does not matter, but that it ends.
                read = stream.read(&mut answer) => match read {
                    Ok(1..) => stream.pending().clear(),
                    _ => break,
                },
                _ = second.tick(), if self.manner == Manner::Slow => {
                    let byte = [bytes.next().unwrap_or_default()];
                    if stream.write_all(&byte).await.is_err() {
                        break;
                    }
                    add(&self.counts.bytes, 1);
                }
            }
        }
        add(&self.counts.closed, 1);
        true
    }

    /// Until the server ends it.
    async fn attack(&self, mut lean: Lean) {
        let user = format!("{}-ATTACK-{}", self.run, self.index);
        let room = format!("{}-ATTACK-{}", self.run, self.host);
        let join = json!({"event": "join", "user": user, "room": room});
        let batch = match self.manner {
            // Those that hold a connection have no session.
            Manner::Knock | Manner::Slow | Manner::Silent => return,
            Manner::Deaf => Vec::new(),
            Manner::Flood => {
                repeat(&[json!({"event": "chat", "room": room, "text": "x".repeat(64)})])
            }
            Manner::Users => repeat(&[json!({"event": "users", "room": room})]),
            Manner::Noise => repeat(&[
                json!({"event": 1}),
                json!({"event": "chat", "room": "X", "text": "x"}),
                json!([]),
            ]),
            Manner::Flap => repeat(&[
                json!({"event": "leave", "user": user, "room": room}),
                join.clone(),
            ]),
        };
        lean.push(&packet(&join));
        let mut buffer = Vec::new();
        poll_fn(|cx| {
            if lean.queued() < BATCH && !batch.is_empty() {
                lean.push_frames(&batch);
                add(&self.counts.bytes, batch.len() as u64);
            }
            let reads = self.manner != Manner::Deaf;
            let ended = reads && lean.poll_read(cx, &mut buffer, &mut |_| {}).is_ready();
            match lean.poll_write(cx) {
                _ if ended => {}
                Poll::Ready(Err(_)) => {}
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) => {
                    if !batch.is_empty() {
                        // The server takes more: the others get their turn, and then it goes on.
                        cx.waker().wake_by_ref();
                    }
                    return Poll::Pending;
                }
            }
            add(&self.counts.closed, 1);
            Poll::Ready(())
        })
        .await;
    }
}

/// Frames with these messages, in turn, up to the size of a batch.
fn repeat(messages: &[Value]) -> Vec<u8> {
    let packets: Vec<String> = messages.iter().map(packet).collect();
    let mut batch = Vec::new();
    for packet in packets.iter().cycle() {
        append_text(&mut batch, packet);
        if batch.len() >= BATCH {
            break;
        }
    }
    batch
}

fn packet(message: &Value) -> String {
    format!(r#"42["chat",{message}]"#)
}

fn add(count: &AtomicU64, more: u64) {
    count.fetch_add(more, Ordering::Relaxed);
}
