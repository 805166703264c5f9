//! One Engine.IO session of a dummy: what waits to be sent, and who carries it.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// Short, so that what waits for a heartbeat to run out waits no longer than it must.
pub const PING_INTERVAL: Duration = Duration::from_millis(300);

/// A session. It pings like an honest server, so that no client takes it for dead.
pub struct Session {
    pub sid: String,
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    frames: VecDeque<String>,
    /// Whether the namespace is connected.
    connected: bool,
    /// A WebSocket was probed: a waiting GET ends with a noop.
    probed: bool,
    closed: bool,
    next_ping: Instant,
}

impl Session {
    pub fn new(sid: String) -> Session {
        Session {
            sid,
            state: Mutex::new(State {
                frames: VecDeque::new(),
                connected: false,
                probed: false,
                closed: false,
                next_ping: Instant::now() + PING_INTERVAL,
            }),
            changed: Notify::new(),
        }
    }

    /// The Engine.IO open packet.
    pub fn open_packet(&self) -> String {
        format!(
            r#"0{{"sid":"{}","upgrades":["websocket"],"pingInterval":{},"pingTimeout":300,"maxPayload":1000000}}"#,
            self.sid,
            PING_INTERVAL.as_millis()
        )
    }

    /// Queues an Engine.IO frame.
    pub fn send(&self, frame: String) {
        self.change(|state| state.frames.push_back(frame));
    }

    /// Queues an event, if the namespace is connected.
    pub fn emit(&self, name: &str, args: &[Value]) {
        let mut all = vec![Value::from(name)];
        all.extend_from_slice(args);
        let frame = format!("42{}", Value::from(all));
        self.change(|state| {
            if state.connected {
                state.frames.push_back(frame);
            }
        });
    }

    pub fn connect_namespace(&self) {
        self.change(|state| {
            state.connected = true;
            // The same for everybody, so that two runs look alike.
            state.frames.push_back(r#"40{"sid":"dummy"}"#.to_owned());
        });
    }

    pub fn disconnect_namespace(&self) {
        self.change(|state| state.connected = false);
    }

    pub fn probed(&self, yes: bool) {
        self.change(|state| state.probed = yes);
    }

    /// Ends the session; what is queued still goes out.
    pub fn close(&self) {
        self.change(|state| {
            state.closed = true;
            state.connected = false;
        });
    }

    pub fn is_closed(&self) -> bool {
        self.state.lock().expect("no holder panics").closed
    }

    /// Waits for frames, or for the time to ping. `None` once the session is closed and everything is out.
    pub async fn frames(&self) -> Option<Vec<String>> {
        loop {
            let changed = self.changed.notified();
            let ping_at = {
                let mut state = self.state.lock().expect("no holder panics");
                if !state.frames.is_empty() {
                    return Some(state.frames.drain(..).collect());
                }
                if state.closed {
                    // For whoever else waits.
                    self.changed.notify_one();
                    return None;
                }
                if state.probed {
                    return Some(vec!["6".to_owned()]);
                }
                if Instant::now() >= state.next_ping {
                    state.next_ping = Instant::now() + PING_INTERVAL;
                    return Some(vec!["2".to_owned()]);
                }
                state.next_ping
            };
            // Either way the state is looked at again.
            let _ = timeout_at(ping_at, changed).await;
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().expect("no holder panics"));
        self.changed.notify_one();
    }
}
