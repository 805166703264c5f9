//! Sessions of other servers, as those see them who are here.

use crate::play::play;

// rule: join.announce
// rule: users.order
// rule: leave.announce
#[test]
fn who_is_elsewhere_is_a_member_like_others() {
    play(
        r#"
        > 1@3 {"event":"join","user":"Ada","room":"Lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User Ada joined room Lobby"}
        > ~7 joins 2 Bob Lobby
        #lobby: {"type":"newuser","message":"New User Bob joined room Lobby"}
        > ~8 joins 4 Cora Attic
        #attic: {"type":"newuser","message":"New User Cora joined room Attic"}
        > 1 {"event":"users","room":"lobby"}
        1: {"type":"users","message":"Users in room: ['BOB', 'ADA']"}
        > 1 {"event":"join","user":"bob","room":"attic"}
        1 refused 20
        > ~7 joins 2 Rob Lobby
        #lobby but 7: {"type":"deluser","message":"User Bob left room Lobby"}
        #lobby: {"type":"newuser","message":"New User Rob joined room Lobby"}
        > 1 {"event":"users","room":"lobby"}
        1: {"type":"users","message":"Users in room: ['ROB', 'ADA']"}
        > ~7 joins 5 Rob Attic
        #lobby: {"type":"deluser","message":"User Rob left room Lobby"}
        #attic: {"type":"newuser","message":"New User Rob joined room Attic"}
        > 1 {"event":"users","room":"attic"}
        1: {"type":"users","message":"Users in room: ['CORA', 'ROB']"}
        > ~8 gone
        #attic: {"type":"deluser","message":"User Cora left room Attic"}
        > ~8 gone
        "#,
    );
}

// rule: chat.members-only
// rule: chat.private.members
#[test]
fn what_is_said_elsewhere_is_for_members() {
    play(
        r#"
        > 1@1 {"event":"join","user":"Ada","room":"Lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User Ada joined room Lobby"}
        > ~7 says #lobby
        > ~7 joins 2 Bob Lobby
        #lobby: {"type":"newuser","message":"New User Bob joined room Lobby"}
        > ~7 says #lobby
        #lobby: {"type":"chat","from":"FAR","message":"hi"}
        > ~7 says #attic
        > ~7 says all
        everyone: {"type":"chat","from":"FAR","message":"hi"}
        > ~7 says 1
        1: {"type":"chat","from":"FAR","message":"hi"}
        > ~8 joins 3 Cora Lobby
        #lobby: {"type":"newuser","message":"New User Cora joined room Lobby"}
        > ~7 says 8
        > ~7 says 9
        > 1 {"event":"chat","user":"cora","text":"s"}
        8: {"type":"chat","from":"ADA","message":"s","private":true}
        > 1 {"event":"leave"}
        1 exits lobby
        #lobby: {"type":"deluser","message":"User Ada left room Lobby"}
        > ~7 says 1
        > 1@4 {"event":"join","user":"Ada","room":"Attic"}
        1 enters attic
        #attic: {"type":"newuser","message":"New User Ada joined room Attic"}
        > ~7 says 1
        "#,
    );
}

// rule: join.unique
#[test]
fn a_name_goes_to_whom_it_was_given() {
    play(
        r#"
        > 1@1 {"event":"join","user":"Ada","room":"Lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User Ada joined room Lobby"}
        > ~7 joins 2 Bob Lobby
        #lobby: {"type":"newuser","message":"New User Bob joined room Lobby"}
        > 2@3 {"event":"join","user":"BOB","room":"Attic"}
        #lobby: {"type":"deluser","message":"User Bob left room Lobby"}
        2 enters attic
        #attic: {"type":"newuser","message":"New User BOB joined room Attic"}
        > 3@4 {"event":"join","user":"bob","room":"Attic"}
        3 refused 20
        > ~8 joins 5 ADA Attic
        1 exits lobby
        #lobby: {"type":"deluser","message":"User Ada left room Lobby"}
        1 expelled
        #attic: {"type":"newuser","message":"New User ADA joined room Attic"}
        "#,
    );
}
