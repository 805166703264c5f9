//! The wire client: what it makes of right servers, wrong servers and hostile ones.

mod close;
mod hostile;
mod limits;
mod mini;
mod open;
mod probe;
mod scripted;
mod session;

use std::time::Duration;

use chatspec_harness::wire::{
    Instant, Next, OpenOptions, Packet, Received, Session, Target, Transport,
};

pub const TRANSPORTS: [Transport; 3] =
    [Transport::Websocket, Transport::Polling, Transport::Upgrade];

/// Long enough for a machine under load. What is tested to come never waits for it.
pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

/// For what is tested not to come.
pub fn shortly() -> Instant {
    Instant::now() + Duration::from_millis(150)
}

pub async fn open(target: &Target, transport: Transport) -> Session {
    let options = OpenOptions {
        transport,
        ..OpenOptions::default()
    };
    match Session::open(target, options, soon()).await {
        Ok(session) => session,
        Err(error) => panic!("failed to {error}"),
    }
}

/// Takes packets until one is the ack with this id; gives all of them back.
pub async fn until_ack(session: &mut Session, id: &str) -> Vec<Received> {
    let mut taken = Vec::new();
    loop {
        match session.next(soon()).await {
            Next::Received(received) => {
                let found = matches!(&received.packet, Packet::Ack { id: i, .. } if i == id);
                taken.push(received);
                if found {
                    return taken;
                }
            }
            other => panic!("no ack {id}, but {other:?}"),
        }
    }
}
