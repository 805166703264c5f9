use super::fields::Fields;
use crate::catalog::{self, Direction};
use crate::json::{Args, FlatPacket, Packet, Payload};
use crate::message::{Chat, ClientMessage, Image, Join, Leave, UsersRequest};
use crate::quote::quote;
use crate::refusal::{Code, Refusal};

/// Decodes the text of an event `chat`: a JSON array of the event's name, which is not looked at, and its arguments.
///
/// # Errors
///
/// Code 99 if `text` is no JSON array (rule `message.shape.refused`), else as [`decode_client_args`].
pub fn decode_client_packet(text: &str) -> Result<ClientMessage, Refusal> {
    if let Ok(FlatPacket(flat)) = serde_json::from_str(text) {
        return decode(Fields::Flat(&flat));
    }
    match serde_json::from_str(text) {
        Ok(Packet(args)) => decode_client_args(&args),
        Err(_) => {
            let why = "the packet is not valid JSON";
            Err(Refusal::new(Code::BadPayload, why))
        }
    }
}

/// Decodes the arguments of an event `chat`.
///
/// # Errors
///
/// Code 99 unless there is exactly one argument (rule `message.shape.refused`), else as [`decode_client`].
pub fn decode_client_args(args: &Args) -> Result<ClientMessage, Refusal> {
    match args.only() {
        Some(payload) => decode_client(payload),
        None => {
            let why = format!("expected exactly one argument, found {}", args.count());
            Err(Refusal::at(Code::BadPayload, "$", why))
        }
    }
}

/// Decodes the JSON text of one argument.
///
/// # Errors
///
/// Code 99 if `text` is no JSON, else as [`decode_client`].
pub fn decode_client_json(text: &str) -> Result<ClientMessage, Refusal> {
    match serde_json::from_str(text) {
        Ok(flat) => decode(Fields::Flat(&flat)),
        Err(_) => decode_client(&Payload::parse(text)),
    }
}

/// Decodes what a client sent.
///
/// # Errors
///
/// A [`Refusal`] with code 99, 10, 11, 12, 14 or 15; of several, the first in the order of priority (rule
/// `refusal.priority`).
pub fn decode_client(payload: &Payload) -> Result<ClientMessage, Refusal> {
    let value = payload
        .value()
        .map_err(|flaw| Refusal::at(Code::BadPayload, "$", flaw))?;
    decode(Fields::of(value)?)
}

fn decode(fields: Fields<'_>) -> Result<ClientMessage, Refusal> {
    // rule: message.event-absent
    let Some(tag) = fields.optional("event")? else {
        return UsersRequest::decode(fields).map(ClientMessage::Users);
    };
    match tag {
        Join::TAG => Join::decode(fields).map(ClientMessage::Join),
        Leave::TAG => Leave::decode(fields).map(ClientMessage::Leave),
        UsersRequest::TAG => UsersRequest::decode(fields).map(ClientMessage::Users),
        Chat::TAG => Chat::decode(fields).map(ClientMessage::Chat),
        Image::TAG => Image::decode(fields).map(ClientMessage::Image),
        // rule: message.event-unknown.refused
        other => Err(unknown(other)),
    }
}

fn unknown(tag: &str) -> Refusal {
    let known: Vec<&str> = catalog::tags(Direction::ClientToServer).collect();
    let why = format!(
        "unknown event {}, expected one of {}",
        quote(tag),
        known.join(", ")
    );
    Refusal::at(Code::UnknownEvent, "$.event", why)
}
