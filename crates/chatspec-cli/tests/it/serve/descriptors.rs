//! A server that runs out of file descriptors.
#![cfg(unix)]

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

/// Longest wait for anything that is due.
const DEADLINE: Duration = Duration::from_secs(20);

/// As long as no file descriptor is free nobody is accepted, and then everybody again. That nobody reads its log any more
/// does not end it either.
#[tokio::test]
async fn a_server_that_runs_out_of_file_descriptors_goes_on() {
    let script = "ulimit -n 40; exec \"$0\" serve --listen 127.0.0.1:0";
    let mut server = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_chatspec")])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let said = server.stdout.take().expect("a pipe");
    let first = line_with(said, "listening on http://").await;
    let address = first.trim_start_matches("listening on http://").to_owned();
    let mut held = Vec::new();
    for _ in 0..60 {
        held.push(TcpStream::connect(&address).await.expect("a connection"));
    }
    let logged = server.stderr.take().expect("a pipe");
    line_with(logged, "connections cannot be accepted for now").await;
    drop(held);
    let mut newcomer = TcpStream::connect(&address).await.expect("a connection");
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    newcomer
        .write_all(request.as_bytes())
        .await
        .expect("a writable connection");
    let mut answer = String::new();
    timeout(DEADLINE, newcomer.read_to_string(&mut answer))
        .await
        .expect("it comes before the deadline")
        .expect("an answer");
    assert!(answer.ends_with("ok"), "{answer}");
    server.kill().await.expect("it was running");
}

/// The first line with this in it.
async fn line_with(said: impl AsyncRead + Unpin, part: &str) -> String {
    let mut lines = BufReader::new(said).lines();
    let found = async {
        while let Some(line) = lines.next_line().await.expect("text") {
            if line.contains(part) {
                return line;
            }
        }
        panic!("the program ended")
    };
    timeout(DEADLINE, found)
        .await
        .expect("it comes before the deadline")
}
