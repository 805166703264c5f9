use crate::play::play;

const GIF: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

// rule: image.room
// rule: image.unchanged
// rule: image.never-private
// rule: chat.unjoined.refused
// rule: chat.members-only
// rule: image.fields.refused
#[test]
fn an_image_goes_to_the_room_and_nowhere_else() {
    let script = r#"
        > 1 {"event":"image","room":"lobby","bimage":"GIF"}
        1 refused 21
        > 1 {"event":"join","user":"ada","room":"lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        > 1 {"event":"image","room":"Lobby","bimage":"GIF"}
        #lobby but 1: {"type":"image","from":"ADA","bimage":"GIF"}
        > 1 {"event":"image","room":"lobby","user":"bob","bimage":"GIF"}
        #lobby but 1: {"type":"image","from":"ADA","bimage":"GIF"}
        > 1 {"event":"image","room":"attic","bimage":"GIF"}
        1 refused 22
        > 1 {"event":"image","bimage":"GIF"}
        1 refused 99
        > 1 {"event":"image","room":null,"bimage":"GIF"}
        1 refused 99
        > 1 {"event":"image","room":"lobby","bimage":"javascript:"}
        1 refused 14
    "#;
    play(&script.replace("GIF", GIF));
}
