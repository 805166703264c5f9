//! A relay in front of the server, for what goes wrong with the bytes of requests and with WebSocket messages themselves.
//!
//! What comes of a request goes through a hook as it comes. Once a connection has become a WebSocket, every frame of the client
//! and every text message of either side goes through one, which may change it or lose it.

mod frame;

pub use self::frame::Frame;

use std::net::SocketAddr;

use tokio::io::{self, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// From a text message to those that go on instead.
pub type Hook = Box<dyn FnMut(Vec<u8>) -> Vec<Vec<u8>> + Send>;

/// From a frame to those that go on instead.
pub type FrameHook = Box<dyn FnMut(Frame) -> Vec<Frame> + Send>;

/// The hooks of one connection: from client to server, and back.
pub struct Hooks {
    /// What a client sends of a request, piece by piece, to what goes on instead; nothing ends the connection.
    pub request: Box<dyn FnMut(Vec<u8>) -> Option<Vec<u8>> + Send>,
    /// From a frame of the client to those that go on instead, before `up`.
    pub frame: FrameHook,
    /// From a frame of the server to those that go on instead, before `down`.
    pub back: FrameHook,
    /// What a client sends.
    pub up: Hook,
    /// What the server sends.
    pub down: Hook,
}

impl Default for Hooks {
    fn default() -> Self {
        Self {
            request: Box::new(Some),
            frame: Box::new(|frame| vec![frame]),
            back: Box::new(|frame| vec![frame]),
            up: Box::new(|text| vec![text]),
            down: Box::new(|text| vec![text]),
        }
    }
}

/// Makes the hooks of each connection.
pub type Relay = Box<dyn Fn() -> Hooks + Send + Sync>;

/// Passes everything on to the server, for ever.
pub async fn run(listener: TcpListener, server: SocketAddr, relay: Relay) {
    loop {
        // A connection that cannot be accepted or passed on is lost; the client notices.
        if let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass(client, server, relay()));
        }
    }
}

async fn pass(mut client: TcpStream, server: SocketAddr, mut hooks: Hooks) -> io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let Some(early) = pass_http(&mut client, &mut server, &mut hooks).await? else {
        return Ok(());
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let down = pass_messages(
        early.chain(from_server),
        to_client,
        false,
        hooks.back,
        hooks.down,
    );
    let up = pass_messages(from_client, to_server, true, hooks.frame, hooks.up);
    // Whichever way ends first ends both: the halves are dropped together.
    tokio::select! {
        result = down => result,
        result = up => result,
    }
}

/// Passes requests and answers on until a WebSocket is accepted, and returns what has come of it so far; nothing if the
/// connection ends.
async fn pass_http(
    client: &mut TcpStream,
    server: &mut TcpStream,
    hooks: &mut Hooks,
) -> io::Result<Option<io::BufReader<std::io::Cursor<Vec<u8>>>>> {
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            count = client.read(&mut asked) => match count? {
                0 => return Ok(None),
                count => match (hooks.request)(asked[..count].to_vec()) {
                    Some(bytes) => server.write_all(&bytes).await?,
                    None => return Ok(None),
                },
            },
            count = server.read(&mut answered) => {
                let answer = &answered[..count?];
                if answer.is_empty() {
                    return Ok(None);
                }
                // Heads are short, and come in one piece over loopback.
                let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
                if let (true, Some(end)) = (answer.starts_with(b"HTTP/1.1 101"), end) {
                    let (head, early) = answer.split_at(end + 4);
                    client.write_all(head).await?;
                    let early = std::io::Cursor::new(early.to_vec());
                    return Ok(Some(io::BufReader::new(early)));
                }
                client.write_all(answer).await?;
            }
        }
    }
}

async fn pass_messages(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    masked: bool,
    mut frames: FrameHook,
    mut hook: Hook,
) -> io::Result<()> {
    while let Some(frame) = frame::read(&mut from).await? {
        for frame in frames(frame) {
            if frame.is_text() {
                for payload in hook(frame.payload) {
                    to.write_all(&Frame::text(payload).bytes(masked)).await?;
                }
            } else {
                to.write_all(&frame.bytes(masked)).await?;
            }
        }
    }
    Ok(())
}
