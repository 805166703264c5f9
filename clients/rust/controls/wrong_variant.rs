// says: From<chat_client::receive::ChatMessage>` is not satisfied
use chat_client::receive::ChatMessage;
use chat_client::send::{Chat, ClientMessage};

fn again(asked: Chat, received: ChatMessage) {
    ClientMessage::from(asked); // good
    ClientMessage::from(received); // bad
}

fn main() {}
