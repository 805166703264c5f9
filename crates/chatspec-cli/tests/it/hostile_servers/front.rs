//! The reference server behind a proxy that is honest to the first connections, and then is not.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Connections that control and ordering probe open: the next one is a participant's.
pub const PROBES: usize = 9;

/// A running proxy with its server. Both end when this is dropped.
pub struct Front {
    pub url: String,
    tasks: Vec<JoinHandle<()>>,
}

impl Front {
    /// Ends everything: the port refuses, and every connection is gone.
    pub fn die(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.die();
    }
}

/// A server that is right to everybody.
pub async fn honest() -> Front {
    start(usize::MAX, |_, _| async {}).await
}

/// Starts both. From connection number `honest` on, `then` has the client's stream and the server's address.
pub async fn start<F, R>(honest: usize, then: F) -> Front
where
    F: Fn(TcpStream, SocketAddr) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let (listener, behind) = listen().await;
    let server = tokio::spawn(async {
        let config = chatspec_server::Config::default();
        let serving = chatspec_server::serve(listener, config, std::future::pending());
        serving.await.expect("the reference server runs");
    });
    let (listener, front) = listen().await;
    let proxy = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        for index in 0.. {
            let Ok((stream, _)) = listener.accept().await else {
                return;
            };
            // Small writes; nothing shall wait for them.
            let _ = stream.set_nodelay(true);
            if index < honest {
                connections.spawn(pass(stream, behind));
            } else {
                connections.spawn(then(stream, behind));
            }
        }
    });
    Front {
        url: format!("http://{front}"),
        tasks: vec![proxy, server],
    }
}

/// Carries bytes in both directions.
pub async fn pass(mut client: TcpStream, server: SocketAddr) {
    if let Ok(mut server) = TcpStream::connect(server).await {
        let _ = copy_bidirectional(&mut client, &mut server).await;
    }
}

/// Carries bytes until the answer to the Socket.IO CONNECT has gone by, on a WebSocket. Gives the client's stream.
pub async fn connected(mut client: TcpStream, server: SocketAddr) -> Option<TcpStream> {
    let mut server = TcpStream::connect(server).await.ok()?;
    let (mut up, mut down) = (vec![0; 4096], vec![0; 4096]);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let length = read.ok().filter(|length| *length > 0)?;
                server.write_all(&up[..length]).await.ok()?;
            }
            read = server.read(&mut down) => {
                let length = read.ok().filter(|length| *length > 0)?;
                client.write_all(&down[..length]).await.ok()?;
                if down[..length].windows(3).any(|three| three == b"40{") {
                    return Some(client);
                }
            }
        }
    }
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the port");
    (listener, address)
}
