use crate::play::play;

// rule: users.anyone
// rule: users.reply
// rule: users.only-requester
// rule: users.order
// rule: users.order.kept
// rule: name.upper
#[test]
fn a_listing_is_in_order_of_entering() {
    play(
        r#"
        > 2 {"event":"join","user":"bob","room":"lobby"}
        2 enters lobby
        #lobby: {"type":"newuser","message":"New User bob joined room lobby"}
        > 1 {"event":"join","user":"o'brien","room":"lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User o'brien joined room lobby"}
        > 3 {"event":"join","user":"straße","room":"Lobby"}
        3 enters lobby
        #lobby: {"type":"newuser","message":"New User straße joined room Lobby"}
        > 2 {"event":"join","user":"bob","room":"lobby"}
        #lobby: {"type":"newuser","message":"New User bob joined room lobby"}
        > 9 {"event":"users","room":"LOBBY","user":"x","text":7}
        9: {"type":"users","message":"Users in room: ['BOB', \"O'BRIEN\", 'STRASSE']"}
        > 2 {"event":"leave"}
        2 exits lobby
        #lobby: {"type":"deluser","message":"User bob left room lobby"}
        > 2 {"event":"join","user":"bob","room":"lobby"}
        2 enters lobby
        #lobby: {"type":"newuser","message":"New User bob joined room lobby"}
        > 9 {"event":"users","room":"lobby"}
        9: {"type":"users","message":"Users in room: [\"O'BRIEN\", 'STRASSE', 'BOB']"}
        "#,
    );
}

// rule: users.default-room
// rule: message.event-absent
#[test]
fn a_listing_of_no_room_in_particular() {
    play(
        r#"
        > 1 {"event":"join","user":"ada"}
        1 enters parked
        #parked: {"type":"newuser","message":"New User ada joined room PARKED"}
        > 1 {"event":"join","user":"ada","room":"lobby"}
        1 exits parked
        #parked: {"type":"deluser","message":"User ada left room PARKED"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        > 2 {"event":"join","user":"bob","room":"Parked"}
        2 enters parked
        #parked: {"type":"newuser","message":"New User bob joined room Parked"}
        > 1 {"event":"users"}
        1: {"type":"users","message":"Users in room: ['BOB']"}
        > 1 {"evt":"users"}
        1: {"type":"users","message":"Users in room: ['BOB']"}
        "#,
    );
}
