//! A way to the broker that can be cut.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Passes connections on to a broker, as long as it is open.
pub struct Proxy {
    pub address: SocketAddr,
    open: watch::Sender<bool>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    pub async fn to(broker: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (open, is_open) = watch::channel(true);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let mut is_open = is_open.clone();
                if *is_open.borrow_and_update() {
                    lines.spawn(async move {
                        tokio::select! {
                            () = pass(near, broker) => {}
                            _ = is_open.changed() => {}
                        }
                    });
                }
            }
        });
        Self {
            address,
            open,
            _tasks: tasks,
        }
    }

    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Ends all connections, and takes no more.
    pub fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Takes connections again.
    pub fn heal(&self) {
        self.open.send_replace(true);
    }

    /// Ends all connections.
    pub fn tear(&self) {
        self.cut();
        self.heal();
    }
}

async fn pass(mut near: TcpStream, broker: SocketAddr) {
    if let Ok(mut far) = TcpStream::connect(broker).await {
        // Whoever ends it ends both.
        let _ = copy_bidirectional(&mut near, &mut far).await;
    }
}
