//! Z-15 to Z-18: text that terminals, HTML, XML or file systems would obey, in every field that a server controls.

use std::collections::BTreeSet;
use std::path::Path;

use tokio::io::AsyncWriteExt;

use super::front::{self, PROBES};
use super::http::answering;
use super::{BY_WEBSOCKET, CASES, PATIENT, Run, run};
use crate::dummies::server::Server;
use crate::dummies::seven;
use crate::reports::hostile;

/// Every text file below a folder, and every name.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let read = |path: &Path| std::fs::read_to_string(path).expect("UTF-8");
    entries
        .map(|entry| entry.expect("an entry"))
        .map(|entry| {
            (
                entry.file_name().into_string().expect("UTF-8"),
                read(&entry.path()),
            )
        })
        .collect()
}

/// Nothing that anybody obeys in what was printed and written.
#[track_caller]
fn is_harmless(run: &Run) {
    let ran = &run.measured.ran;
    hostile::assert_harmless(&ran.stdout);
    hostile::assert_harmless(&ran.stderr);
    hostile::assert_harmless(&run.text);
}

/// In messages, listings, refusals, acknowledgements, event names and frames that are none.
#[tokio::test]
async fn in_what_it_says() {
    let server = Server::start(seven::open(hostile::answer)).await;
    let out = tempfile::tempdir().expect("a folder");
    let path = |name: &str| out.path().join(name).display().to_string();
    let (junit, transcripts) = (format!("junit={}", path("junit.xml")), path("transcripts"));
    let more = [
        "--transport",
        "websocket",
        "--trace",
        "--report",
        &junit,
        "--transcripts",
        &transcripts,
    ];
    let run = run(&server.url, &more).await.ends_with(1);
    is_harmless(&run);
    // File names come from cases alone, and there are no others.
    let written = files(&out.path().join("transcripts"));
    let names: BTreeSet<String> = written.iter().map(|(name, _)| name.clone()).collect();
    let wanted = CASES.map(|case| format!("{}@websocket.json", case.replace('/', "-")));
    assert_eq!(names, BTreeSet::from(wanted));
    assert!(!out.path().join("owned").exists() && !run.folder.path().join("owned").exists());
    for (name, text) in &written {
        hostile::assert_harmless(text);
        // What was said is all there, for whoever judges it again.
        let transcript: serde_json::Value = serde_json::from_str(text).expect(name);
        assert!(transcript.to_string().contains("alert(1)"), "{name}");
    }
    let xml = std::fs::read_to_string(path("junit.xml")).expect("written");
    hostile::assert_harmless(&xml);
    for markup in ["<script>", "]]>"] {
        assert!(!xml.contains(markup), "{xml}");
    }
    quick_junit::Report::deserialize_from_str(&xml).expect("well-formed JUnit");
}

/// In the answer that opens a session: status line, headers, body, open packet, answer to the CONNECT.
#[tokio::test]
async fn in_what_opens_a_session() {
    let escapes = "\u{1b}]8;;http://x\u{7}\u{1b}]52;c;eA==\u{7}\u{202e}<script>../../owned";
    let open = |sid: &str| format!(r#"0{{"sid":"{sid}","pingInterval":9000,"pingTimeout":9000}}"#);
    let answer = |head: String, body: &str| {
        format!(
            "HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let answers = [
        answer("404 \u{1b}[2J<script>".to_owned(), ""),
        answer("302 Found\r\nlocation: /\u{9b}31m<script>".to_owned(), ""),
        answer("200 OK\r\nx-\u{1b}: y".to_owned(), ""),
        answer("200 OK".to_owned(), escapes),
        answer("500 Oops".to_owned(), &hostile::TEXT.replace('\u{0}', "")),
        answer(
            "200 OK".to_owned(),
            &open(&escapes.replace('\u{1b}', "\\u001b")),
        ),
        answer(
            "200 OK".to_owned(),
            &open("../../owned?x=1&sid=2#\\r\\nx-injected: 1"),
        ),
        answer(
            "200 OK".to_owned(),
            &format!(
                "{}\u{1e}44{{\"message\":\"\\u001b[2J{escapes}\"}}",
                open("a")
            ),
        ),
        "\u{1b}[2J HTTP/1.1 200 OK\r\n\r\n".to_owned(),
    ];
    for text in answers {
        let server = answering(text.clone()).await;
        let run = run(&server.url(), &PATIENT).await;
        let run = run.ends_with(3).played_nothing();
        is_harmless(&run);
        assert_eq!(run.measured.ran.stderr.lines().count(), 1, "{text:?}");
    }
}

/// In the reason of a close, in the midst of a run.
#[tokio::test]
async fn in_what_ends_a_session() {
    let front = front::start(PROBES, |stream, server| async move {
        if let Some(mut stream) = front::connected(stream, server).await {
            let reason = "\u{1b}[2J\u{202e}<script>alert(1)</script>]]>";
            let length = u8::try_from(reason.len() + 2).expect("a short reason");
            let head = [0x88, length, 0x03, 0xe8];
            let _ = stream.write_all(&[&head, reason.as_bytes()].concat()).await;
            crate::dummies::http::read_to_end(&mut stream).await;
        }
    });
    let run = run(&front.await.url, &BY_WEBSOCKET).await.ends_with(1);
    is_harmless(&run);
    assert!(
        run.finds("\\u{1b}[2J\\u{202e}<script>"),
        "{:#}",
        run.report()
    );
}
