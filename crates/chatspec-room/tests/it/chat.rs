use crate::play::play;

/// ada and bob in lobby, eve in attic.
const THREE: &str = r#"
    > 1 {"event":"join","user":"ada","room":"lobby"}
    1 enters lobby
    #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
    > 2 {"event":"join","user":"bob","room":"lobby"}
    2 enters lobby
    #lobby: {"type":"newuser","message":"New User bob joined room lobby"}
    > 3 {"event":"join","user":"eve","room":"attic"}
    3 enters attic
    #attic: {"type":"newuser","message":"New User eve joined room attic"}
"#;

#[track_caller]
fn among_three(script: &str) {
    play(&format!("{THREE}{script}"));
}

// rule: chat.room
// rule: chat.no-echo
// rule: chat.text-default
// rule: chat.text-message
// rule: chat.text-unchanged
// rule: name.upper
#[test]
fn to_the_room() {
    among_three(
        r##"
        > 1 {"event":"chat","room":"lobby","text":" hi "}
        #lobby but 1: {"type":"chat","from":"ADA","message":" hi "}
        > 1 {"event":"chat","room":"LOBBY","text":""}
        #lobby but 1: {"type":"chat","from":"ADA","message":""}
        > 1 {"event":"chat","room":"lobby"}
        #lobby but 1: {"type":"chat","from":"ADA","message":"Knock! Knock!"}
        > 1 {"event":"chat","room":"lobby","message":"by the table","from":"BOB","type":"image"}
        #lobby but 1: {"type":"chat","from":"ADA","message":"by the table"}
        "##,
    );
}

// rule: chat.private.only-target
// rule: chat.private.by-key
// rule: chat.private.no-room
// rule: chat.private.mark
#[test]
fn to_one_member() {
    among_three(
        r#"
        > 1 {"event":"chat","room":"lobby","user":"BOB","text":"psst"}
        2: {"type":"chat","from":"ADA","message":"psst","private":true}
        > 1 {"event":"chat","user":" Bob","text":"psst"}
        2: {"type":"chat","from":"ADA","message":"psst","private":true}
        > 1 {"event":"chat","room":null,"user":"bob"}
        2: {"type":"chat","from":"ADA","message":"Knock! Knock!","private":true}
        "#,
    );
}

// rule: chat.private.unknown.refused
// rule: chat.private.members
#[test]
fn to_nobody_there() {
    among_three(
        r#"
        > 1 {"event":"chat","room":"lobby","user":"eve","text":"psst"}
        1 refused 23
        > 1 {"event":"chat","user":"eve","text":"psst"}
        1 refused 23
        > 1 {"event":"chat","user":"zoe","text":"psst"}
        1 refused 23
        > 1 {"event":"chat","user":"Ada","text":"psst"}
        1 refused 23
        > 1 {"event":"chat","room":"attic","user":"eve","text":"psst"}
        1 refused 22
        "#,
    );
}

// rule: chat.broadcast
// rule: chat.broadcast.joined-only
#[test]
fn to_everyone() {
    among_three(
        r#"
        > 1 {"event":"chat","text":"hear"}
        everyone but 1: {"type":"chat","from":"ADA","message":"hear"}
        > 1 {"event":"chat","room":null,"user":null,"text":"hear"}
        everyone but 1: {"type":"chat","from":"ADA","message":"hear"}
        "#,
    );
}

// rule: chat.unjoined.refused
// rule: chat.members-only
// rule: chat.falsy-room
// rule: refusal.priority
#[test]
fn from_outside() {
    among_three(
        r#"
        > 4 {"event":"chat","room":"lobby","text":"x"}
        4 refused 21
        > 4 {"event":"chat","text":"x"}
        4 refused 21
        > 4 {"event":"chat","user":"ada"}
        4 refused 21
        > 3 {"event":"chat","room":"lobby","text":"x"}
        3 refused 22
        > 3 {"event":"chat","room":"lobby","user":"nobody","text":"x"}
        3 refused 22
        > 3 {"event":"chat","room":"","text":"x"}
        3 refused 12
        > 3 {"event":"chat","room":0,"text":"x"}
        3 refused 99
        "#,
    );
}
