// says: missing field `bimage` in initializer of
use chat_client::send::{Image, ImageEvent};

const GIF: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

fn main() {
    let (event, room) = (ImageEvent::Image, "lobby".parse().unwrap());
    Image { event, room, bimage: GIF.parse().unwrap() }; // good
    Image { event, room }; // bad
}
