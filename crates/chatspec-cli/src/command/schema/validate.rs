//! `chatspec schema validate`: says of messages where they are wrong, by which rule, and how to mend them.

mod input;
mod second;

use std::path::Path;

use chatspec_judge::check::{Checker, Complaint, Sender};
use serde::Serialize;

pub(in crate::command) use self::second::opinion;

use self::input::{Content, Read, Said};
use crate::args::{By, Format, Validate};
use crate::data::{Data, plural};
use crate::exit::{Exit, Failure};
use crate::output::out::outln;
use crate::output::safe::safe;

/// Prints what is wrong with the messages of a file or of stdin; 1 where something is, 4 where there was no message.
pub fn run(args: &Validate) -> Result<Exit, Failure> {
    let data = Data::open(args.data.as_deref())?;
    let checker = checker(&data, args.receive)?;
    let read = Read::from(args.file.as_deref().unwrap_or(Path::new("-")))?;
    let mut found = Vec::new();
    let mut count = 0;
    for content in read.contents(args.by)? {
        count += 1;
        let errors = complaints(&checker, &content);
        found.extend(errors.into_iter().map(|error| Found {
            place: content.place.clone(),
            error,
        }));
    }
    if count == 0 {
        return Err(Failure::nothing(format!(
            "find a message in {}: it is empty",
            read.name
        )));
    }
    match args.format {
        Format::Human => human(&read.name, count, &found),
        Format::Json => outln!("{}", json(&read.name, count, &found)),
    }
    Ok(if found.is_empty() {
        Exit::Conforms
    } else {
        Exit::Violated
    })
}

/// One complaint and where the message stands.
#[derive(Serialize)]
struct Found {
    /// `line 3`, `entry 17`; empty where there is but one message.
    place: String,
    #[serde(flatten)]
    error: Complaint,
}

fn checker(data: &Data, receive: bool) -> Result<Checker, Failure> {
    let suffix = if receive { ".receive" } else { "" };
    let text = |name: &str| data.file(&format!("schemas/protocol/v1/{name}.json"));
    let checker = Checker::from_json(
        text(&format!("client-to-server{suffix}"))?,
        text(&format!("server-to-client{suffix}"))?,
        text("refusal")?,
    );
    checker.map_err(|error| Failure::usage(error.to_string()))
}

fn complaints(checker: &Checker, content: &Content) -> Vec<Complaint> {
    match &content.said {
        Said::Text(sender, text) => match serde_json::from_str(text) {
            Err(error) => vec![no_json(*sender, &error)],
            Ok(value) => {
                let refused = *sender == Sender::Server && input::is_refusal(&value);
                let mut found = if refused {
                    checker.refusal(&value)
                } else {
                    checker.message(*sender, &value)
                };
                if found.is_empty() && *sender == Sender::Client {
                    found.extend(second::opinion(text));
                }
                found
            }
        },
        Said::Arguments(sender, args) => {
            let mut found = checker.arguments(*sender, args);
            if let ([], Sender::Client, [message]) = (found.as_slice(), *sender, args.as_slice()) {
                found.extend(second::opinion(&message.to_string()));
            }
            found
        }
        Said::Refusal(args) => checker.refusal_event(args),
        Said::Acknowledgement(args) => checker.acknowledgement(args),
    }
}

/// The parser's words name a place and never repeat the text.
fn no_json(sender: Sender, error: &serde_json::Error) -> Complaint {
    let rule = match sender {
        Sender::Client => "message.shape.refused",
        Sender::Server => "message.valid-json",
    };
    Complaint {
        path: "$".to_owned(),
        rule,
        why: format!("no JSON: {error}"),
        mend: "send one JSON object".to_owned(),
    }
}

fn human(name: &str, count: usize, found: &[Found]) {
    for Found { place, error } in found {
        let place = if place.is_empty() {
            String::new()
        } else {
            format!(":{place}")
        };
        outln!(
            "{}{}: {}: {} [{}]",
            safe(name),
            place,
            safe(&error.path),
            safe(&error.why),
            error.rule
        );
        outln!("    {}", error.mend);
    }
    let wrong = found
        .iter()
        .map(|found| &found.place)
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    if wrong == 0 {
        outln!("{}, all valid", plural(count, "message"));
    } else {
        outln!("{}, {wrong} invalid", plural(count, "message"));
        outln!("`chatspec explain RULE` has the sentence of the spec");
    }
}

fn json(name: &str, count: usize, found: &[Found]) -> String {
    let report = serde_json::json!({
        "source": name,
        "messages": count,
        "valid": found.is_empty(),
        "errors": found,
    });
    format!("{report:#}")
}

/// The side whose message it is.
impl From<By> for Sender {
    fn from(by: By) -> Sender {
        match by {
            By::Client => Sender::Client,
            By::Server => Sender::Server,
        }
    }
}
