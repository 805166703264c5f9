//! The faults, one file a topic.

mod chat;
mod company;
mod delivery;
mod frames;
mod handshake;
mod image;
mod joining;
mod leaving;
mod listing;
mod lives;
mod load;
mod messages;
mod moving;
mod names;
mod packets;
mod polling;
mod presence;
mod private;
mod refusals;
mod requests;
mod taken;
mod text;
mod transport;
mod websocket;

use chatspec_server::{Config, Faults};

use crate::relay::Relay;

/// One deliberate defect.
pub struct Fault {
    /// Its name, as in `conformance/faults.toml`.
    pub name: &'static str,
    /// What goes wrong, in one sentence.
    pub what: &'static str,
    /// Puts it into a server.
    pub inject: fn(&mut Server),
}

/// A server that is about to be started, right as long as nothing is injected.
#[derive(Default)]
pub struct Server {
    /// Its settings.
    pub config: Config,
    /// The places where it can go wrong.
    pub faults: Faults,
    /// What becomes of WebSocket messages before the server and behind it, if anything does.
    pub relay: Option<Relay>,
}

/// Every fault, topic by topic.
pub fn all() -> impl Iterator<Item = &'static Fault> {
    [
        transport::FAULTS,
        frames::FAULTS,
        messages::FAULTS,
        names::FAULTS,
        joining::FAULTS,
        moving::FAULTS,
        taken::FAULTS,
        leaving::FAULTS,
        listing::FAULTS,
        presence::FAULTS,
        chat::FAULTS,
        private::FAULTS,
        text::FAULTS,
        image::FAULTS,
        delivery::FAULTS,
        refusals::FAULTS,
        company::FAULTS,
        requests::FAULTS,
        handshake::FAULTS,
        polling::FAULTS,
        websocket::FAULTS,
        packets::FAULTS,
        lives::FAULTS,
        load::FAULTS,
    ]
    .into_iter()
    .flatten()
}

/// One line of a table of faults.
const fn fault(name: &'static str, what: &'static str, inject: fn(&mut Server)) -> Fault {
    Fault { name, what, inject }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Two tables of the same faults: here what they do, there which rules they break.
    #[test]
    fn the_table_of_rules_says_the_same() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/faults.toml");
        let table = std::fs::read_to_string(path).unwrap();
        for Fault { name, what, .. } in all() {
            let entry = format!("name = \"{name}\"\nwhat = \"{what}\"\n");
            assert!(table.contains(&entry), "{entry}");
        }
    }
}
