use super::*;

const OPEN: &str = r#"0{"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// Reads, and says what was seen in short words.
struct Desk(Reader, u64);

impl Desk {
    fn new() -> Desk {
        Desk(Reader::new("/socket.io/"), 0)
    }

    fn client(&mut self, connection: u64, bytes: impl AsRef<[u8]>) -> Vec<String> {
        self.1 += 1;
        let seen = self
            .0
            .bytes(connection, Sender::Client, bytes.as_ref(), self.1);
        words(seen)
    }

    fn server(&mut self, connection: u64, bytes: impl AsRef<[u8]>) -> Vec<String> {
        self.1 += 1;
        let seen = self
            .0
            .bytes(connection, Sender::Server, bytes.as_ref(), self.1);
        words(seen)
    }

    /// A session by long-polling, number 1.
    fn polling() -> Desk {
        let mut desk = Desk::new();
        desk.client(
            1,
            "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n\r\n",
        );
        assert_eq!(desk.server(1, ok(OPEN)), ["1 opened by polling"]);
        desk
    }

    /// A session by WebSocket, number 1.
    fn websocket() -> Desk {
        let mut desk = Desk::new();
        desk.client(1, upgrade("EIO=4&transport=websocket"));
        desk.server(1, SWITCH);
        assert_eq!(desk.server(1, text(OPEN)), ["1 opened by websocket"]);
        desk
    }
}

fn words(seen: Vec<Seen>) -> Vec<String> {
    let word = |seen: &Seen| {
        let what = match &seen.what {
            What::Opened { transport } => format!("opened by {}", transport.word()),
            What::Event {
                by,
                name,
                args,
                ack,
                attachments,
                ..
            } => format!(
                "{} {name} {} {ack:?}{}",
                by.word(),
                serde_json::Value::Array(args.clone()),
                attachments.map_or(String::new(), |count| format!(" +{count}"))
            ),
            What::Ack { by, id, .. } => format!("{} acks {id}", by.word()),
            What::Binary { by, length } => format!("{} binary {length}", by.word()),
            What::Malformed { by, json, .. } => format!("{} malformed {json}", by.word()),
            What::WrongWay { by, .. } => format!("{} wrong way", by.word()),
            What::Closed { by, abrupt, .. } => format!("closed by {} {abrupt}", by.word()),
            What::Unread { why } => format!("unread: {why}"),
            other => format!("{other:?}"),
        };
        format!("{} {what}", seen.session)
    };
    seen.iter().map(word).collect()
}

fn ok(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}")
}

fn post(body: &str) -> String {
    let length = body.len();
    format!(
        "POST /socket.io/?EIO=4&transport=polling&sid=abc HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn upgrade(query: &str) -> String {
    format!("GET /socket.io/?{query} HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
}

const GET: &str = "GET /socket.io/?EIO=4&transport=polling&sid=abc HTTP/1.1\r\n\r\n";
const SWITCH: &str = "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n";

fn text(payload: &str) -> Vec<u8> {
    let mut frame = vec![0x81, u8::try_from(payload.len()).expect("a short text")];
    if payload.len() > 125 {
        frame[1] = 126;
        frame.extend(u16::try_from(payload.len()).expect("short").to_be_bytes());
    }
    frame.extend(payload.as_bytes());
    frame
}

fn masked(payload: &str) -> Vec<u8> {
    let mut frame = vec![
        0x81,
        0x80 | u8::try_from(payload.len()).expect("short"),
        0,
        0,
        0,
        0,
    ];
    frame.extend(payload.as_bytes());
    frame
}

#[test]
fn long_polling_is_read_in_both_directions() {
    let mut desk = Desk::polling();
    assert!(desk.client(1, post("40")).is_empty());
    assert!(desk.server(1, ok("ok")).is_empty());
    desk.client(2, GET);
    let body = "40{\"sid\":\"x\"}\u{1e}2\u{1e}42[\"chat\",{}]";
    let connected = format!(
        "1 {:?}",
        What::Connected {
            namespace: "/".to_owned()
        }
    );
    assert_eq!(
        desk.server(2, ok(body)),
        [connected.as_str(), "1 server chat [{}] None"]
    );
    let body = "3\u{1e}421[\"chat\",1]\u{1e}451-[\"x\",{\"_placeholder\":true,\"num\":0}]\u{1e}bAAEC\u{1e}b*\u{1e}42[NaN]";
    let found = desk.client(1, post(body));
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found[0], "1 client chat [1] Some(\"1\")");
    assert!(found[1].ends_with("+1"), "{found:?}");
    assert_eq!(
        found[2..],
        [
            "1 client binary 3",
            "1 client malformed false",
            "1 client malformed true"
        ]
    );
    assert_eq!(desk.client(1, post("1")), ["1 closed by client false"]);
    // What comes after the end is not looked at.
    assert!(desk.client(1, post("42[\"chat\"]")).is_empty());
}

#[test]
fn a_websocket_is_read_and_its_end_is_told() {
    let mut desk = Desk::websocket();
    assert_eq!(
        desk.client(1, masked("42[\"chat\",2]")),
        ["1 client chat [2] None"]
    );
    assert_eq!(desk.client(1, masked("2")), ["1 client wrong way"]);
    assert_eq!(desk.server(1, text("430[]")), ["1 server acks 0"]);
    let close = [0x88, 0x82, 0, 0, 0, 0, 3, 0xe9];
    assert_eq!(desk.client(1, close), ["1 closed by client false"]);
    assert!(words(desk.0.ended(1, Sender::Client, false, 9)).is_empty());
    let mut desk = Desk::websocket();
    let ended = desk.0.ended(1, Sender::Client, true, 9);
    assert_eq!(words(ended), ["1 closed by client true"]);
}

#[test]
fn an_upgrade_joins_two_connections_to_one_session() {
    let mut desk = Desk::polling();
    desk.client(3, upgrade("EIO=4&transport=websocket&sid=abc"));
    desk.server(3, SWITCH);
    assert!(desk.client(3, masked("2probe")).is_empty());
    assert!(desk.server(3, text("3probe")).is_empty());
    assert_eq!(desk.client(3, masked("5")), ["1 Upgraded"]);
    assert_eq!(
        desk.client(3, masked("42[\"chat\"]")),
        ["1 client chat [] None"]
    );
    let ended = desk.0.ended(3, Sender::Server, false, 99);
    assert_eq!(words(ended), ["1 closed by server true"]);
    // An upgrade that is given up leaves the session where it was.
    let mut desk = Desk::polling();
    desk.client(3, upgrade("EIO=4&transport=websocket&sid=abc"));
    desk.server(3, SWITCH);
    assert!(words(desk.0.ended(3, Sender::Client, true, 9)).is_empty());
    assert_eq!(
        desk.client(1, post("42[\"chat\"]")),
        ["1 client chat [] None"]
    );
}

#[test]
fn what_cannot_be_read_is_told() {
    let mut desk = Desk::polling();
    desk.client(1, GET);
    let gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx";
    assert!(desk.server(1, gzip)[0].contains("compressed (\"gzip\")"));
    assert!(desk.server(1, "HTTP/1.1 200\r\n")[0].contains("unread"));
    assert!(desk.client(1, post("42[\"chat\"]")).is_empty());
    assert!(words(desk.0.lost(7, 1))[0].starts_with("0 unread"));
    let mut desk = Desk::new();
    desk.client(
        1,
        "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n\r\n",
    );
    assert!(desk.server(1, ok("0{}"))[0].contains("handshake"));
}

#[test]
fn silence_beyond_the_heartbeat_ends_a_session_of_long_polling() {
    let mut desk = Desk::polling();
    desk.1 = 49_000_000;
    assert!(
        desk.client(9, "x")
            .iter()
            .all(|word| !word.contains("closed"))
    );
    desk.1 = 51_000_000;
    let found = desk.client(8, "GET /other HTTP/1.1\r\n\r\n");
    assert_eq!(found, ["1 closed by client true"]);
}

#[test]
fn other_requests_and_refused_sessions_are_left_alone() {
    let mut desk = Desk::new();
    for target in [
        "/",
        "/page?EIO=4",
        "/socket.io/?x=1",
        "/socket.io/?EIO=4&transport=polling&sid=none",
    ] {
        assert!(
            desk.client(1, format!("GET {target} HTTP/1.1\r\n\r\n"))
                .is_empty()
        );
        assert!(desk.server(1, ok(OPEN)).is_empty(), "{target}");
    }
    let mut desk = Desk::polling();
    desk.client(1, GET);
    let no = "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(desk.server(1, no), ["1 closed by server false"]);
}

proptest::proptest! {
    #[test]
    fn nothing_that_passes_makes_it_panic(pieces: Vec<(bool, Vec<u8>)>) {
        let mut reader = Reader::new("/socket.io/");
        let start = upgrade("EIO=4&transport=websocket");
        reader.bytes(1, Sender::Client, start.as_bytes(), 0);
        reader.bytes(1, Sender::Server, SWITCH.as_bytes(), 0);
        for (at, (is_client, piece)) in pieces.iter().enumerate() {
            let by = if *is_client { Sender::Client } else { Sender::Server };
            reader.bytes(1, by, piece, at as u64);
            reader.bytes(2, by, piece, at as u64);
        }
    }
}
