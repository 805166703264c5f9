//! `chatspec schema replay`: what does a server that runs make of a witness?

use std::fmt;
use std::time::Duration;

use chatspec_harness::wire::{Instant, Next, OpenOptions, Packet, Session, Target, socket};
use serde_json::{Value, json};

use crate::args::diff::Replay;
use crate::data;
use crate::exit::{Exit, Failure};
use crate::output::out::outln;
use crate::output::safe::short;
use crate::target;

/// Codes that say that the message itself is wrong; the others say that it was understood.
const WRONG: [i64; 7] = [99, 10, 11, 12, 15, 13, 14];
/// The acknowledgement of the witness, and that of the question behind it.
const WITNESS: &str = "1";
const BARRIER: &str = "2";

/// What becomes of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Refused(String),
    Survived(String),
    Ignored,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fate::Refused(how) => write!(f, "refused: {how}"),
            Fate::Survived(how) => write!(f, "survived: {how}; the break is declared only"),
            Fate::Ignored => f.write_str("ignored: neither an answer nor a refusal came"),
        }
    }
}

/// Sends the witness, and says what becomes of it.
pub async fn run(args: &Replay) -> Result<Exit, Failure> {
    let message = witness(args)?;
    let deadline = Instant::now() + Duration::from_secs(args.wait);
    let fate = match &args.url {
        Some(url) => {
            let target = Target::parse(url).map_err(|error| Failure::usage(error.to_string()))?;
            play(&target, &message, deadline).await?
        }
        None => {
            let server = target::reference().await?;
            let fate = play(&server.target, &message, deadline).await;
            server.close().await;
            fate?
        }
    };
    outln!("{}", short(&fate.to_string(), 300));
    Ok(match fate {
        Fate::Refused(_) => Exit::Conforms,
        Fate::Survived(_) => Exit::Violated,
        Fate::Ignored => Exit::Inconclusive,
    })
}

/// The message of the file.
fn witness(args: &Replay) -> Result<Value, Failure> {
    let path = &args.witness;
    let wrong = |what: &str| Failure::usage(format!("read the witness {}: {what}", path.display()));
    let mut witness: Value =
        serde_json::from_str(&data::read(path)?).map_err(|error| wrong(&error.to_string()))?;
    match witness["direction"].as_str() {
        Some("client-to-server") => {}
        Some(_) => {
            return Err(wrong(
                "it is a message of servers; there is no client here to send it to",
            ));
        }
        None => {
            return Err(wrong(
                "it has no `direction`; `schema diff --witnesses DIR` writes witnesses",
            ));
        }
    }
    match witness.get_mut("message") {
        Some(message) => Ok(message.take()),
        None => Err(wrong("it has no `message`")),
    }
}

/// Joins, sends, and asks a question that is answered after everything before it.
async fn play(target: &Target, message: &Value, deadline: Instant) -> Result<Fate, Failure> {
    let lost = |what: String| Failure::unreachable(format!("replay the witness: {what}"));
    let opened = Session::open(target, OpenOptions::default(), deadline).await;
    let mut session = opened.map_err(|error| lost(error.to_string()))?;
    let ask = json!({"event": "users", "room": "replay"});
    if message["event"] != "join" {
        let join = json!({"event": "join", "user": "replay", "room": "replay"});
        let packets = [
            socket::event("/", None, "chat", &[join]),
            socket::event("/", Some(BARRIER), "chat", std::slice::from_ref(&ask)),
        ];
        session
            .send_packets(&packets)
            .await
            .map_err(|error| lost(error.to_string()))?;
        if let Fate::Refused(how) = listen(&mut session, deadline).await {
            return Err(lost(format!("the server does not let us join: {how}")));
        }
    }
    let packets = [
        socket::event("/", Some(WITNESS), "chat", std::slice::from_ref(message)),
        socket::event("/", Some(BARRIER), "chat", &[ask]),
    ];
    // A connection that ends over the message is an answer.
    if let Err(error) = session.send_packets(&packets).await {
        return Ok(Fate::Refused(error.to_string()));
    }
    Ok(listen(&mut session, deadline).await)
}

/// Reads until the question is answered.
async fn listen(session: &mut Session, deadline: Instant) -> Fate {
    let mut fate = Fate::Ignored;
    loop {
        let packet = match session.next(deadline).await {
            Next::Received(received) => received.packet,
            Next::Closed(reason) => return Fate::Refused(format!("the connection ends: {reason}")),
            Next::Deadline => return fate,
        };
        match packet {
            Packet::Ack { id, .. } if id == BARRIER => return fate,
            Packet::Ack { args, .. } => match args.first() {
                None => fate = Fate::Survived("it is acknowledged".to_owned()),
                Some(refusal) => return refused(refusal),
            },
            Packet::Event { name, args, .. } if name == "message" => {
                let text = args.first().and_then(Value::as_str).unwrap_or_default();
                return refused(&serde_json::from_str(text).unwrap_or_default());
            }
            Packet::Disconnect { .. } | Packet::EngineClose => {
                return Fate::Refused("the server ends the session".to_owned());
            }
            _ => {}
        }
    }
}

fn refused(refusal: &Value) -> Fate {
    let code = refusal["code"].as_i64();
    let how = format!(
        "refusal {}: {}",
        refusal["code"],
        refusal["message"].as_str().unwrap_or_default()
    );
    match code {
        Some(code) if !WRONG.contains(&code) => Fate::Survived(format!("it is understood ({how})")),
        _ => Fate::Refused(how),
    }
}
