//! Z-08: the server dies in the midst of a run.

use std::time::Duration;

use tokio::time::timeout;

use super::front::{self, PROBES};
use super::{BY_WEBSOCKET, run};

/// The first conversation has six participants and is played whole; the server dies when somebody connects for the
/// second one.
#[tokio::test]
async fn what_was_played_before_keeps_its_verdict() {
    let (dying, death) = tokio::sync::mpsc::channel::<()>(1);
    let front = front::start(PROBES + participants("chat/room"), move |_, _| {
        let dying = dying.clone();
        async move {
            // Told once; nobody listens any more to those who come later.
            let _ = dying.send(()).await;
        }
    });
    let mut front = front.await;
    let url = front.url.clone();
    let killing = async {
        let mut death = death;
        // Where nobody comes for the second one, the verdicts tell.
        let _ = timeout(Duration::from_secs(150), death.recv()).await;
        front.die();
    };
    let (run, ()) = tokio::join!(run(&url, &BY_WEBSOCKET), killing);
    let run = run.ends_with(1);
    assert_eq!(run.cases("pass"), ["chat/room@websocket"]);
    assert_eq!(run.cases("fail"), ["order/sender@websocket"]);
    assert_eq!(run.cases("blocked"), ["users/reply@websocket"]);
    // By that of the transport on which nobody got through any more.
    let blocked_by = run.report()["cases"][2]["blocked_by"].as_str();
    assert!(blocked_by.is_some_and(|rule| rule.starts_with("transport.")));
    let ran = run.measured.ran;
    ran.says(&["ok chat", "FAIL transport.", "does not conform"]);
}

fn participants(case: &str) -> usize {
    let path = format!("fixtures/conversations/{case}.yaml");
    let fixture = chatspec_judge::fixture::load(&path, &crate::suite::text(&path));
    fixture.expect("a good fixture").participants.len()
}
