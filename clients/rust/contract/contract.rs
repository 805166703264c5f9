//! contract CASES: builds every message of a client, and reads every case; one line of JSON for each.

use std::error::Error;

use chat_client::send::{
    Chat, ChatEvent, ClientMessage, Image, ImageEvent, Join, JoinEvent, Leave, LeaveEvent,
    UsersRequest, UsersRequestEvent,
};
use chat_client::{object, read};
use serde_json::{Value, json};

const GIF: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

fn built() -> Result<[ClientMessage; 9], Box<dyn Error>> {
    let (join, leave) = (JoinEvent::Join, LeaveEvent::Leave);
    let (users, chat) = (UsersRequestEvent::Users, ChatEvent::Chat);
    Ok([
        Join {
            event: join,
            user: None,
            room: None,
        }
        .into(),
        Join {
            event: join,
            user: Some("ada".parse()?),
            room: Some("lobby".parse()?),
        }
        .into(),
        Leave {
            event: leave,
            user: None,
            room: None,
        }
        .into(),
        Leave {
            event: leave,
            user: Some("ada".parse()?),
            room: Some("lobby".parse()?),
        }
        .into(),
        UsersRequest {
            event: users,
            room: None,
        }
        .into(),
        UsersRequest {
            event: users,
            room: Some("lobby".parse()?),
        }
        .into(),
        Chat {
            event: chat,
            user: None,
            room: None,
            text: None,
        }
        .into(),
        Chat {
            event: chat,
            user: Some("bob".parse()?),
            room: Some("lobby".parse()?),
            text: Some("psst".parse()?),
        }
        .into(),
        Image {
            event: ImageEvent::Image,
            room: "lobby".parse()?,
            bimage: GIF.parse()?,
        }
        .into(),
    ])
}

/// What the types make of a message.
fn held(direction: &Value, message: Value) -> Result<Value, serde_json::Error> {
    if direction == "client-to-server" {
        return Ok(json!({ "taken": object::<ClientMessage>(message)? }));
    }
    Ok(match read(message)? {
        Some(message) => json!({ "taken": message }),
        None => json!({ "ignored": true }),
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    for message in built()? {
        println!("{}", json!({ "built": message }));
    }
    let file = std::env::args().nth(1).ok_or("usage: contract CASES")?;
    for line in std::fs::read_to_string(file)?.lines() {
        let mut case: Value = serde_json::from_str(line)?;
        let message = case["message"].take();
        let mut line = held(&case["direction"], message)
            .unwrap_or_else(|why| json!({ "refused": why.to_string() }));
        line["name"] = case["name"].take();
        println!("{line}");
    }
    Ok(())
}
