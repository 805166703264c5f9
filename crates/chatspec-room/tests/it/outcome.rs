use crate::play::play;

// rule: ack.success
// rule: ack.after-effects
// rule: ack.always
// rule: refusal.only-sender
#[test]
fn an_outcome_comes_last_and_only_if_asked_for() {
    play(
        r#"
        > 1#7 {"event":"join","user":"ada","room":"lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        1 ack 7
        > 1#7 {"event":"users","room":"lobby"}
        1: {"type":"users","message":"Users in room: ['ADA']"}
        1 ack 7
        > 1#8 {"event":"chat","text":"hi"}
        everyone but 1: {"type":"chat","from":"ADA","message":"hi"}
        1 ack 8
        > 2#1 {"event":"leave"}
        2 refused 21
        2 ack 1 21
        > 2#2 {"event":"quit"}
        2 refused 10
        2 ack 2 10
        > 2 {"event":"quit"}
        2 refused 10
        > 1#9 {"event":"leave"}
        1 exits lobby
        #lobby: {"type":"deluser","message":"User ada left room lobby"}
        1 ack 9
        "#,
    );
}

// rule: refusal.priority
// rule: refusal.no-change
// rule: robust.load.retry
#[test]
fn what_is_too_much_is_refused_after_everything_else() {
    play(
        r#"
        > 1! {"event":"join","user":"ada","room":"lobby"}
        1 refused 30
        > 1 {"event":"join","user":"ada","room":"lobby"}
        1 enters lobby
        #lobby: {"type":"newuser","message":"New User ada joined room lobby"}
        > 2#1! {"event":"join","user":"ada","room":"lobby"}
        2 refused 20
        2 ack 1 20
        > 2! {"event":"leave"}
        2 refused 21
        > 2! {"event":"chat","text":"hi"}
        2 refused 21
        > 1#2! {"event":"chat","room":"lobby","text":"hi"}
        1 refused 30
        1 ack 2 30
        > 1! {"event":"chat","room":"attic","text":"hi"}
        1 refused 22
        > 1! {"event":"chat","user":"bob","text":"hi"}
        1 refused 23
        > 1! {"event":"leave","user":"bob"}
        1 refused 24
        > 1! {"event":"leave"}
        1 refused 30
        > 1! {"event":"users","room":"lobby"}
        1 refused 30
        > 1! {"event":"dance"}
        1 refused 10
        > 1 {"event":"users","room":"lobby"}
        1: {"type":"users","message":"Users in room: ['ADA']"}
        "#,
    );
}
