//! Z-13: redirections are told, and nobody follows them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::http::{answering, serve};
use super::run;
use crate::dummies::http::{Request, answer};

/// To another host, on every status that means it: nobody comes.
#[tokio::test]
async fn nobody_goes_to_another_host() {
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    let elsewhere = serve(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        async {}
    })
    .await;
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let location = format!(
            "http://{}/socket.io/?EIO=4&transport=polling",
            elsewhere.address
        );
        let server = answering(format!(
            "HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
        ))
        .await;
        let told = run(&server.url(), &[]).await.ends_with(3).played_nothing();
        told.measured
            .ran
            .complains(&[status, "a redirection to", "/socket.io/"]);
    }
    assert_eq!(visits.load(Ordering::Relaxed), 0);
}

/// To itself: each way to open a session is tried once, and that is it.
#[tokio::test]
async fn nobody_runs_in_circles() {
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let server = serve(move |mut stream| {
        let counted = Arc::clone(&counted);
        async move {
            while let Some(request) = Request::read(&mut stream).await {
                counted.fetch_add(1, Ordering::Relaxed);
                let path = request
                    .head
                    .split_whitespace()
                    .nth(1)
                    .unwrap_or("/")
                    .to_owned();
                let status = format!("302 Found\r\nlocation: {path}");
                if answer(&mut stream, &status, "").await.is_err() {
                    return;
                }
            }
        }
    })
    .await;
    run(&server.url(), &[]).await.ends_with(3).played_nothing();
    assert_eq!(requests.load(Ordering::Relaxed), 2);
}
