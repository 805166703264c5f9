use chatspec_room::Rooms;

use crate::play::{play, play_in};

// rule: join.announce
// rule: name.shown
#[test]
fn a_join_enters_and_is_announced_to_all() {
    play(
        r#"
        > 1 {"event":"join","user":" Ada ","room":"Lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User Ada joined room Lobby"}
        > 2 {"event":"join","user":"bob","room":"LOBBY"}
        2 enters lobby
        #lobby: {"type":"newuser","message":"New User bob joined room LOBBY"}
        "#,
    );
}

// rule: join.defaults
#[test]
fn a_join_of_nobody_in_particular() {
    play(
        r#"
        > 1 {"event":"join"}
        1 enters parked
        #parked: {"type":"newuser","message":"New User JDOE joined room PARKED"}
        > 2 {"event":"join","user":"ada"}
        2 enters parked
        #parked: {"type":"newuser","message":"New User ada joined room PARKED"}
        > 3 {"event":"join","room":"lobby"}
        3 refused 20
        > 1 {"event":"join","room":"lobby"}
        1 exits parked
        #parked: {"type":"deluser","message":"User JDOE left room PARKED"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User JDOE joined room lobby"}
        "#,
    );
}

// rule: join.again
// rule: join.again.announce
#[test]
fn joining_again_shows_what_was_written_last() {
    play(
        r#"
        > 1 {"event":"join","user":"ada","room":"lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        > 1 {"event":"join","user":"ada","room":"lobby"}
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        > 1 {"event":"join","user":"Ada","room":"Lobby"}
        #lobby: {"type":"newuser","message":"New User Ada joined room Lobby"}
        > 1 gone
        1 exits lobby
        #lobby: {"type":"deluser","message":"User Ada left room Lobby"}
        "#,
    );
}

// rule: join.rename
// rule: join.rename.announce
// rule: leave.own-silent
// rule: users.order.kept
#[test]
fn a_rename_keeps_the_place_and_frees_the_name() {
    play(
        r#"
        > 1 {"event":"join","user":"ada","room":"lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        > 2 {"event":"join","user":"bob","room":"lobby"}
        2 enters lobby
        #lobby: {"type":"newuser","message":"New User bob joined room lobby"}
        > 1 {"event":"join","user":"zoe","room":"LOBBY"}
        #lobby but 1: {"type":"deluser","message":"User ada left room lobby"}
        #lobby: {"type":"newuser","message":"New User zoe joined room LOBBY"}
        > 3 {"event":"users","room":"lobby"}
        3: {"type":"users","message":"Users in room: ['ZOE', 'BOB']"}
        > 3 {"event":"join","user":"ADA","room":"lobby"}
        3 enters lobby
        #lobby: {"type":"newuser","message":"New User ADA joined room lobby"}
        "#,
    );
}

// rule: join.move.leaves
// rule: join.move.listed
#[test]
fn a_move_leaves_the_old_room_first() {
    play(
        r#"
        > 1 {"event":"join","user":"ada","room":"lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        > 1 {"event":"join","user":"zoe","room":"attic"}
        1 exits lobby
        #lobby: {"type":"deluser","message":"User ada left room lobby"}
        1 enters attic
        #attic: {"type":"newuser","message":"New User zoe joined room attic"}
        > 2 {"event":"users","room":"lobby"}
        2: {"type":"users","message":"Users in room: []"}
        > 2 {"event":"users","room":"attic"}
        2: {"type":"users","message":"Users in room: ['ZOE']"}
        > 1 {"event":"join","user":"zoe","room":"lobby"}
        1 exits attic
        #attic: {"type":"deluser","message":"User zoe left room attic"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User zoe joined room lobby"}
        "#,
    );
}

// rule: join.unique
// rule: join.refused-keeps
// rule: name.key
#[test]
fn a_name_has_one_holder_in_all_rooms() {
    play(
        r#"
        > 1 {"event":"join","user":"straße","room":"lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User straße joined room lobby"}
        > 2 {"event":"join","user":"bob","room":"attic"}
        2 enters attic
        #attic: {"type":"newuser","message":"New User bob joined room attic"}
        > 2 {"event":"join","user":"STRASSE","room":"lobby"}
        2 refused 20
        > 2 {"event":"join","user":"Strasse","room":"attic"}
        2 refused 20
        > 2 {"event":"chat","room":"attic","text":"still here"}
        #attic but 2: {"type":"chat","from":"BOB","message":"still here"}
        > 1 gone
        1 exits lobby
        #lobby: {"type":"deluser","message":"User straße left room lobby"}
        > 2 {"event":"join","user":"Strasse","room":"attic"}
        #attic but 2: {"type":"deluser","message":"User bob left room attic"}
        #attic: {"type":"newuser","message":"New User Strasse joined room attic"}
        "#,
    );
}

// rule: name.confusable
#[test]
fn a_name_must_not_look_like_another_unless_both_are_ascii() {
    play(
        r#"
        > 1 {"event":"join","user":"paypal","room":"a"}
        1 enters a
        #a: {"type":"newuser","message":"New User paypal joined room a"}
        > 2 {"event":"join","user":"раураl","room":"b"}
        2 refused 20
        > 1 {"event":"join","user":"раураl","room":"a"}
        #a but 1: {"type":"deluser","message":"User paypal left room a"}
        #a: {"type":"newuser","message":"New User раураl joined room a"}
        > 2 {"event":"join","user":"paypal","room":"b"}
        2 refused 20
        > 3 {"event":"join","user":"bill","room":"c"}
        3 enters c
        #c: {"type":"newuser","message":"New User bill joined room c"}
        > 4 {"event":"join","user":"bi11","room":"c"}
        4 enters c
        #c: {"type":"newuser","message":"New User bi11 joined room c"}
        "#,
    );
}

// rule: refusal.no-change
#[test]
fn a_bad_name_changes_nothing() {
    play(
        r#"
        > 1 {"event":"join","user":"","room":"lobby"}
        1 refused 11
        > 1 {"event":"join","user":"ada","room":""}
        1 refused 12
        > 1 {"event":"leave"}
        1 refused 21
        "#,
    );
}

// rule: limits.bounded
// rule: join.refused-keeps
// rule: refusal.priority
#[test]
fn a_full_room_takes_nobody_else() {
    play_in(
        Rooms::with_members(2),
        r#"
        > 1 {"event":"join","user":"ada","room":"r"}
        1 enters r
        #r: {"type":"newuser","message":"New User ada joined room r"}
        > 2 {"event":"join","user":"bob","room":"R"}
        2 enters r
        #r: {"type":"newuser","message":"New User bob joined room R"}
        > 3#7 {"event":"join","user":"cy","room":"r"}
        3 refused 31
        3 ack 7 31
        > 3! {"event":"join","user":"cy","room":"r"}
        3 refused 30
        > 3 {"event":"join","user":"ada","room":"r"}
        3 refused 20
        > 3 {"event":"join","user":"cy","room":"s"}
        3 enters s
        #s: {"type":"newuser","message":"New User cy joined room s"}
        > 3 {"event":"join","user":"cy","room":"r"}
        3 refused 31
        > 3 {"event":"users","room":"s"}
        3: {"type":"users","message":"Users in room: ['CY']"}
        > 2 {"event":"join","user":"bo","room":"r"}
        #r but 2: {"type":"deluser","message":"User bob left room R"}
        #r: {"type":"newuser","message":"New User bo joined room r"}
        > 1 gone
        1 exits r
        #r: {"type":"deluser","message":"User ada left room r"}
        > 3 {"event":"join","user":"cy","room":"r"}
        3 exits s
        #s: {"type":"deluser","message":"User cy left room s"}
        3 enters r
        #r: {"type":"newuser","message":"New User cy joined room r"}
        "#,
    );
}
