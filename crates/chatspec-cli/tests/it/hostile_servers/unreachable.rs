//! Z-01 to Z-04: there is nobody, or nobody that could be spoken to.

use std::time::Duration;

use super::http::serve;
use super::run;
use crate::dummies::http::read_to_end;
use crate::dummies::server::Dead;

/// With all of its patience, a wrong URL is told within so long.
const SOON: Duration = Duration::from_secs(10);

async fn is_told(url: &str, says: &[&str]) {
    let run = run(url, &[]).await;
    let run = run.ends_with(3).played_nothing();
    let ran = run.measured.ran.complains(says).in_one_line();
    assert!(ran.took < SOON, "{:?}", ran.took);
}

/// Z-01
#[tokio::test]
async fn refused() {
    let dead = Dead::new();
    is_told(&dead.url, &["is the server running"]).await;
}

/// Z-02: names below `.invalid` are promised not to exist.
#[tokio::test]
async fn no_such_name() {
    is_told("http://no-such-server.invalid", &["no-such-server.invalid"]).await;
}

/// Z-03: a port that speaks something else, and one that says nothing.
#[tokio::test]
async fn no_tls() {
    let garbage = super::http::answering("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let url = format!("https://{}", garbage.address);
    is_told(&url, &["wss://"]).await;
    let silent = serve(|mut stream| async move { read_to_end(&mut stream).await }).await;
    is_told(&format!("https://{}", silent.address), &["TLS"]).await;
}

/// Z-04: an address that is for examples. Where the system knows no route it says so at once; elsewhere nobody answers.
#[tokio::test]
async fn no_route() {
    is_told("http://192.0.2.1:5005", &["192.0.2.1:5005"]).await;
}
