//! chat URL: ada and bob meet in the lobby; prints what ada sees.

use std::error::Error;

use chatspec::decode::decode_server;
use chatspec::message::{Chat, ClientMessage, Join, ServerMessage, UsersRequest};
use chatspec::name::{RoomName, UserName};
use chatspec::text::MessageText;

mod socket;
use socket::Socket;

/// Sends a message, and waits until the server has dealt with it.
fn say(socket: &mut Socket, message: ClientMessage) -> Result<(), Box<dyn Error>> {
    if let Some(refusal) = socket.call(&message.to_value())? {
        println!("refused: {}", refusal["code"]);
    }
    Ok(())
}

/// Waits for one message, and prints it.
fn show(socket: &mut Socket) -> Result<(), Box<dyn Error>> {
    match decode_server(&socket.receive()?)? {
        Some(ServerMessage::NewUser(new)) => println!("{}", new.message),
        Some(ServerMessage::Users(list)) => println!("{}", list.message),
        Some(ServerMessage::Chat(said)) => println!("{}: {}", said.from.as_str(), said.message),
        _ => {} // None is a type that a later revision has brought: ignored, and never an error.
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("usage: chat URL")?;
    let lobby = Some(RoomName::parse("lobby")?);
    let [mut ada, mut bob] = [Socket::connect(&url)?, Socket::connect(&url)?];
    for (socket, name) in [(&mut ada, "ada"), (&mut bob, "bob")] {
        let join = Join::new(Some(UserName::parse(name)?), lobby.clone());
        say(socket, ClientMessage::Join(join))?;
    }
    show(&mut ada)?;
    show(&mut ada)?;
    let hi = Chat::new(None, lobby.clone(), Some(MessageText::parse("hi ada")?));
    say(&mut bob, ClientMessage::Chat(hi))?;
    show(&mut ada)?;
    say(&mut ada, ClientMessage::Users(UsersRequest::new(lobby)))?;
    show(&mut ada)?;
    let lost = Chat::new(None, Some(RoomName::parse("elsewhere")?), None);
    say(&mut ada, ClientMessage::Chat(lost))
}
