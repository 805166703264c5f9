use crate::play::play;

// rule: leave.announce
// rule: leave.silent
// rule: leave.removes
// rule: leave.not-joined
#[test]
fn a_leave_goes_out_first_and_is_announced_then() {
    play(
        r#"
        > 1 {"event":"join","user":"Ada","room":"Lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User Ada joined room Lobby"}
        > 1 {"event":"leave","user":"ADA","room":" lobby "}
        1 exits lobby
        #lobby: {"type":"deluser","message":"User Ada left room Lobby"}
        > 1 {"event":"leave","user":"ADA","room":"lobby"}
        1 refused 21
        > 1 {"event":"users","room":"lobby"}
        1: {"type":"users","message":"Users in room: []"}
        "#,
    );
}

// rule: leave.absent
// rule: leave.own-record
// rule: leave.not-others
#[test]
fn a_leave_is_ones_own() {
    play(
        r#"
        > 1 {"event":"join","user":"ada","room":"lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        > 2 {"event":"join","user":"bob","room":"lobby"}
        2 enters lobby
        #lobby: {"type":"newuser","message":"New User bob joined room lobby"}
        > 2 {"event":"leave","user":"ada","room":"lobby"}
        2 refused 24
        > 2 {"event":"leave","user":"ada"}
        2 refused 24
        > 2 {"event":"leave","room":"attic"}
        2 refused 24
        > 3 {"event":"leave","user":"ada","room":"lobby"}
        3 refused 21
        > 2 {"event":"leave","room":"LOBBY"}
        2 exits lobby
        #lobby: {"type":"deluser","message":"User bob left room lobby"}
        > 1 {"event":"leave"}
        1 exits lobby
        #lobby: {"type":"deluser","message":"User ada left room lobby"}
        "#,
    );
}

// rule: leave.bad-room
#[test]
fn a_leave_of_nothing_is_refused() {
    play(
        r#"
        > 1 {"event":"join","user":"ada","room":"lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        > 1 {"event":"leave","room":""}
        1 refused 12
        > 1 {"event":"leave","room":0}
        1 refused 99
        > 1 {"event":"leave","room":false}
        1 refused 99
        > 1 {"event":"leave","room":null}
        1 refused 99
        "#,
    );
}

// rule: presence.cleanup
// rule: presence.rejoin
#[test]
fn who_is_gone_is_announced_once_and_may_come_back() {
    play(
        r#"
        > 1 {"event":"join","user":"ada","room":"lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        > 1 gone
        1 exits lobby
        #lobby: {"type":"deluser","message":"User ada left room lobby"}
        > 1 gone
        > 2 gone
        > 3 {"event":"join","user":"ada","room":"lobby"}
        3 enters lobby
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        "#,
    );
}
