// says: has no field named `txt`
use chat_client::send::{Chat, ChatEvent};

fn main() {
    let hi = "hi".parse().ok();
    Chat { event: ChatEvent::Chat, user: None, room: None, text: hi }; // good
    Chat { event: ChatEvent::Chat, user: None, room: None, txt: hi }; // bad
}
