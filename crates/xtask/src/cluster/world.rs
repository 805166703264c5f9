//! A broker, nodes, and one proxy for each of them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::process::{Broker, Node, Signal, Way};
use super::proxy::{Proxy, Weather};

/// Where a fault is played.
pub struct World {
    /// The program that the nodes are, and that tests them.
    pub program: PathBuf,
    /// The broker.
    pub broker: Broker,
    proxies: Vec<Proxy>,
    nodes: Vec<Option<Node>>,
}

impl World {
    /// Starts everything.
    pub fn start(program: &Path, broker: &'static str, nodes: u8) -> Result<World, String> {
        let broker = Broker::start(broker)?;
        let mut world = World {
            program: program.to_owned(),
            broker,
            proxies: Vec::new(),
            nodes: Vec::new(),
        };
        for index in 0..usize::from(nodes) {
            let proxy = Proxy::start(world.broker.address);
            let proxy = proxy.map_err(|error| format!("start a proxy: {error}"))?;
            world.proxies.push(proxy);
            world.nodes.push(None);
            world.restart(index)?;
        }
        Ok(world)
    }

    /// The last node: the one to which things happen.
    pub fn last(&self) -> usize {
        self.nodes.len() - 1
    }

    /// The URLs of all nodes that are running.
    pub fn urls(&self) -> Vec<String> {
        let nodes = self.nodes.iter().flatten();
        nodes
            .map(|node| format!("http://{}", node.address))
            .collect()
    }

    /// Where the clients of a node find it.
    pub fn address(&self, index: usize) -> Result<SocketAddr, String> {
        let node = self.nodes.get(index).and_then(Option::as_ref);
        node.map(|node| node.address)
            .ok_or_else(|| format!("reach node {index}: it is not running"))
    }

    /// Changes what happens between a node and the broker.
    pub fn weather(&self, index: usize, weather: Weather) {
        self.proxies[index].set(weather);
    }

    /// Has a node get bytes that the broker never sent.
    pub fn forge(&self, index: usize, bytes: &[u8]) {
        self.proxies[index].forge(bytes);
    }

    /// Ends a node without a word.
    pub fn kill(&mut self, index: usize) {
        self.nodes[index] = None;
    }

    /// Tells a node to stop, and waits until it has.
    pub fn stop(&mut self, index: usize) -> Result<(), String> {
        match self.nodes[index].take() {
            Some(node) => {
                node.signal(Signal::Terminate)?;
                node.ended()
            }
            None => Ok(()),
        }
    }

    /// Starts a node in a place, where there is none.
    pub fn restart(&mut self, index: usize) -> Result<(), String> {
        self.restart_as(index, Way::default())
    }

    /// The same, and it is called something.
    pub fn restart_called(&mut self, index: usize, called: &str) -> Result<(), String> {
        let way = Way {
            called: Some(called),
            ..Way::default()
        };
        self.restart_as(index, way)
    }

    /// The same, with a clock that is wrong by so much.
    pub fn restart_at(&mut self, index: usize, skew: &str) -> Result<(), String> {
        let way = Way {
            skew: Some(skew),
            ..Way::default()
        };
        self.restart_as(index, way)
    }

    /// Starts all of them anew, with the limits of an operator's.
    pub fn limit(&mut self) -> Result<(), String> {
        for index in 0..self.nodes.len() {
            self.stop(index)?;
            let way = Way {
                limited: true,
                ..Way::default()
            };
            self.restart_as(index, way)?;
        }
        Ok(())
    }

    fn restart_as(&mut self, index: usize, way: Way) -> Result<(), String> {
        let broker = Some(self.proxies[index].address());
        let node = Node::start(&self.program, &Way { broker, ..way })?;
        self.nodes[index] = Some(node);
        Ok(())
    }

    /// Starts another node on the link of one, which is called the same, and tells what it says when it ends.
    pub fn refuse(&self, index: usize, called: &str) -> Result<String, String> {
        let way = Way {
            broker: Some(self.proxies[index].address()),
            called: Some(called),
            ..Way::default()
        };
        Node::refused(&self.program, &way)
    }

    /// From here on all find another broker in the place of this one.
    pub fn replace(&mut self, broker: Broker) {
        for proxy in &self.proxies {
            proxy.lead_to(broker.address);
        }
        self.broker = broker;
    }

    /// How many links of a node have ended in place of an answer.
    pub fn ended(&self, index: usize) -> u64 {
        self.proxies[index].ended()
    }

    /// Tells a node something.
    pub fn signal(&self, index: usize, signal: Signal) -> Result<(), String> {
        self.nodes[index]
            .as_ref()
            .map_or(Ok(()), |node| node.signal(signal))
    }
}
