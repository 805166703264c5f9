//! A client's way to the server: Engine.IO packets as text, over WebSocket, over polling, or over one and then the other.

mod polling;
mod websocket;

use std::collections::VecDeque;
use std::net::SocketAddr;

use chatspec_server::Listener;
use tokio::sync::mpsc;

use self::polling::Polling;
use self::websocket::WebSocket;
use crate::link::{self, Cut, Link, Weather};
use crate::script::Transport;

/// Where everybody seems to come from, and where the server seems to listen.
const ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 5005);

/// The connection has ended.
#[derive(Debug)]
pub struct Gone;

/// The way in.
#[derive(Clone)]
pub struct Door(mpsc::UnboundedSender<Link>);

/// What the server listens on.
pub struct Listening(mpsc::UnboundedReceiver<Link>);

pub fn door() -> (Door, Listening) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Door(sender), Listening(receiver))
}

impl Door {
    fn open(&self, weather: Weather, seed: u64) -> Result<Link, Gone> {
        let (near, far) = link::pair(weather, seed);
        self.0.send(far).map_err(|_| Gone)?;
        Ok(near)
    }
}

impl Listener for Listening {
    type Io = Link;

    async fn accept(&mut self) -> std::io::Result<(Link, SocketAddr)> {
        match self.0.recv().await {
            Some(link) => Ok((link, ADDRESS)),
            None => std::future::pending().await,
        }
    }

    fn address(&self) -> std::io::Result<SocketAddr> {
        Ok(ADDRESS)
    }
}

/// A session of Engine.IO.
pub struct Client {
    door: Door,
    weather: Weather,
    random: fastrand::Rng,
    wire: Wire,
    /// What was read and not yet asked for.
    ready: VecDeque<String>,
    cuts: Vec<Cut>,
}

enum Wire {
    WebSocket(Box<WebSocket>),
    Polling(Polling),
}

impl Client {
    /// Opens a session, and connects to the namespace.
    pub async fn connect(
        door: &Door,
        transport: Transport,
        weather: Weather,
        seed: u64,
    ) -> Result<Client, Gone> {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut cuts = Vec::new();
        let mut links = || -> Result<Link, Gone> {
            let link = door.open(weather, random.u64(..))?;
            cuts.push(link.cutter());
            Ok(link)
        };
        let wire = match transport {
            Transport::WebSocket => {
                Wire::WebSocket(Box::new(WebSocket::open(links()?, None).await?))
            }
            _ => Wire::Polling(Polling::open(links()?, links()?).await?),
        };
        let mut client = Client {
            door: door.clone(),
            weather,
            random,
            wire,
            ready: VecDeque::new(),
            cuts,
        };
        client.send(vec!["40".to_owned()]).await?;
        loop {
            match client.next().await? {
                packet if packet.starts_with("40{") => break,
                packet if packet == "2" => client.send(vec!["3".to_owned()]).await?,
                packet if packet.starts_with('0') => {}
                _ => return Err(Gone),
            }
        }
        Ok(client)
    }

    /// From polling to WebSocket.
    pub async fn upgrade(&mut self) -> Result<(), Gone> {
        let Wire::Polling(polling) = &mut self.wire else {
            return Ok(());
        };
        let link = self.door.open(self.weather, self.random.u64(..))?;
        self.cuts.push(link.cutter());
        let sid = polling.sid().to_owned();
        let opening = async move {
            let mut websocket = WebSocket::open(link, Some(&sid)).await?;
            websocket.send(vec!["2probe".to_owned()]).await?;
            match websocket.next().await?.as_str() {
                "3probe" => Ok(websocket),
                _ => Err(Gone),
            }
        };
        let mut opening = Box::pin(opening);
        let mut websocket = loop {
            tokio::select! {
                biased;
                packet = polling.packets.recv() => self.ready.push_back(packet.ok_or(Gone)?),
                opened = &mut opening => break opened?,
            }
        };
        // The poll that is under way ends with a noop; what it brings comes before anything on the new transport.
        let mut emptying = polling.stop();
        while let Some(packet) = emptying.recv().await {
            self.ready.push_back(packet);
        }
        websocket.send(vec!["5".to_owned()]).await?;
        self.wire = Wire::WebSocket(Box::new(websocket));
        Ok(())
    }

    /// Sends packets, as one payload or as one frame after the other.
    pub async fn send(&mut self, packets: Vec<String>) -> Result<(), Gone> {
        match &mut self.wire {
            Wire::WebSocket(websocket) => websocket.send(packets).await,
            Wire::Polling(polling) => polling.send(packets).await,
        }
    }

    /// The next packet. Where it is given up, nothing is lost.
    pub async fn next(&mut self) -> Result<String, Gone> {
        if let Some(packet) = self.ready.pop_front() {
            return Ok(packet);
        }
        match &mut self.wire {
            Wire::WebSocket(websocket) => websocket.next().await,
            Wire::Polling(polling) => polling.packets.recv().await.ok_or(Gone),
        }
    }

    /// Breaks all its connections.
    pub fn cut(self) {
        self.cuts.iter().for_each(Cut::cut);
    }
}
