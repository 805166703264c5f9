use serde_json::json;

use super::*;

/// A schema of this checkout.
fn schema(name: &str) -> String {
    let path = format!("../../schemas/protocol/v1/{name}.json");
    std::fs::read_to_string(path).expect("a schema")
}

/// What passes, and the rules that are broken by it.
struct Scene {
    watch: Watch,
    at: u64,
}

impl Scene {
    fn of(profile: Profile, shared: bool) -> Scene {
        let server = match profile {
            Profile::Core => "server-to-client.receive",
            Profile::Hardened => "server-to-client",
        };
        let texts = ["client-to-server", server, "refusal"].map(schema);
        let checker = Checker::from_json(&texts[0], &texts[1], &texts[2]).expect("schemas");
        let scope = Scope { profile, shared };
        Scene {
            watch: Watch::new(checker, Box::new(|_| None), scope),
            at: 0,
        }
    }

    fn core() -> Scene {
        Scene::of(Profile::Core, false)
    }

    fn hardened() -> Scene {
        Scene::of(Profile::Hardened, false)
    }

    fn see(&mut self, session: u32, what: What) -> Vec<String> {
        self.at += 1;
        let seen = Seen {
            at: self.at,
            session,
            what,
        };
        let remarks = self.watch.see(&seen);
        remarks
            .into_iter()
            .map(|remark| format!("{} {}", remark.whose.word(), remark.complaint.rule))
            .collect()
    }

    fn event(&mut self, by: Sender, session: u32, ack: Option<&str>, arg: Value) -> Vec<String> {
        let raw = format!("42[\"chat\",{arg}]");
        let what = What::Event {
            by,
            namespace: "/".to_owned(),
            name: "chat".to_owned(),
            args: vec![arg],
            ack: ack.map(str::to_owned),
            attachments: None,
            raw,
        };
        self.see(session, what)
    }

    #[track_caller]
    fn sends(&mut self, session: u32, message: Value) {
        let found = self.event(Sender::Client, session, None, message);
        assert_eq!(found, Vec::<String>::new());
    }

    /// A message of the server; the rule that it breaks, if any.
    #[track_caller]
    fn gets(&mut self, session: u32, message: Value) -> String {
        let found = self.event(Sender::Server, session, None, message);
        assert!(found.len() <= 1, "{found:?}");
        found.concat().trim_start_matches("server ").to_owned()
    }

    /// Joins, and hears of it.
    fn joins(&mut self, session: u32, user: &str, room: &str) {
        self.sends(
            session,
            json!({"event": "join", "user": user, "room": room}),
        );
        assert_eq!(self.gets(session, newuser(user, room)), "");
    }

    fn acks(&mut self, session: u32, id: &str, args: Vec<Value>) -> String {
        let (by, id) = (Sender::Server, id.to_owned());
        let found = self.see(session, What::Ack { by, id, args });
        found.concat().trim_start_matches("server ").to_owned()
    }
}

fn newuser(user: &str, room: &str) -> Value {
    json!({"type": "newuser", "message": format!("New User {user} joined room {room}")})
}

fn deluser(user: &str, room: &str) -> Value {
    json!({"type": "deluser", "message": format!("User {user} left room {room}")})
}

fn says(room: &str, text: &str) -> Value {
    json!({"event": "chat", "room": room, "text": text})
}

fn said(from: &str, text: &str) -> Value {
    json!({"type": "chat", "from": from, "message": text})
}

#[test]
fn echoes_and_doubles_are_found() {
    let mut scene = Scene::core();
    scene.joins(1, "ada", "den");
    scene.joins(2, "bob", "den");
    scene.sends(1, says("den", "hi"));
    assert_eq!(scene.gets(2, said("ADA", "hi")), "");
    assert_eq!(scene.gets(2, said("ADA", "hi")), "order.once");
    assert_eq!(scene.gets(1, said("ADA", "hi")), "chat.no-echo");
    // Where somebody of the same name talks past us, it may be his.
    let mut scene = Scene::of(Profile::Core, true);
    scene.joins(1, "ada", "den");
    scene.sends(1, says("den", "hi"));
    assert_eq!(scene.gets(1, said("ADA", "hi")), "");
}

#[test]
fn the_order_of_one_sender_is_kept() {
    let mut scene = Scene::core();
    scene.joins(1, "ada", "den");
    scene.joins(2, "bob", "den");
    for text in ["a", "b", "a", "c"] {
        scene.sends(1, says("den", text));
    }
    // The first was for somebody else, as far as anybody can tell.
    for text in ["b", "a", "c"] {
        assert_eq!(scene.gets(2, said("ADA", text)), "");
    }
    assert_eq!(scene.gets(2, said("ADA", "a")), "order.sender");
}

#[test]
fn after_an_upgrade_the_order_is_not_known_for_a_while() {
    let mut scene = Scene::core();
    scene.joins(1, "ada", "den");
    scene.joins(2, "bob", "den");
    scene.sends(1, says("den", "a"));
    scene.sends(1, says("den", "b"));
    scene.see(2, What::Upgraded);
    assert_eq!(scene.gets(2, said("ADA", "b")), "");
    assert_eq!(scene.gets(2, said("ADA", "a")), "");
}

#[test]
fn texts_rooms_and_people_have_to_be_known() {
    let mut scene = Scene::core();
    scene.joins(1, "ada", "den");
    scene.joins(2, "bob", "attic");
    scene.sends(1, says("den", "hi"));
    scene.sends(1, json!({"event": "chat", "text": "all"}));
    scene.sends(1, json!({"event": "chat", "room": "den"}));
    assert_eq!(scene.gets(2, said("ADA", "hi")), "message.closure");
    assert_eq!(scene.gets(2, said("ADA", "all")), "");
    assert_eq!(scene.gets(2, said("ADA", "hi ")), "chat.text-unchanged");
    assert_eq!(scene.gets(2, said("EVE", "hi")), "chat.text-unchanged");
    assert_eq!(scene.gets(3, said("ADA", "all")), "");
    assert_eq!(scene.gets(2, newuser("ada", "den")), "message.closure");
    assert_eq!(scene.gets(2, newuser("x", " Attic ")), "");
    assert_eq!(scene.gets(3, deluser("ada", "den")), "message.closure");
    let mut scene = Scene::hardened();
    scene.joins(1, "ada", "den");
    scene.joins(2, "bob", "attic");
    scene.sends(1, says("den", "hi"));
    scene.sends(1, json!({"event": "chat", "text": "all"}));
    assert_eq!(scene.gets(2, said("ADA", "hi")), "delivery.members-only");
    scene.sends(3, json!({"event": "users"}));
    assert_eq!(
        scene.gets(3, said("ADA", "all")),
        "chat.broadcast.joined-only"
    );
}

#[test]
fn one_who_leaves_hears_nothing_of_it() {
    let leave = json!({"event": "leave", "user": "ada", "room": "den"});
    let mut scene = Scene::core();
    scene.joins(1, "ada", "den");
    scene.sends(1, leave.clone());
    assert_eq!(scene.gets(1, deluser("ada", "den")), "leave.silent");
    // In core two may have one name.
    let mut scene = Scene::core();
    scene.joins(1, "ada", "den");
    scene.joins(2, "ADA", "den");
    scene.sends(1, leave);
    assert_eq!(scene.gets(1, deluser("ada", "den")), "");
}

#[test]
fn acknowledgements_come_once_and_after_what_they_confirm() {
    let mut scene = Scene::hardened();
    let join = json!({"event": "join", "user": "ada", "room": "den"});
    scene.event(Sender::Client, 1, Some("0"), join.clone());
    assert_eq!(scene.acks(1, "0", vec![]), "ack.after-effects");
    assert_eq!(scene.acks(1, "0", vec![]), "ack.success");
    let users = json!({"event": "users", "room": "den"});
    scene.event(Sender::Client, 1, Some("1"), users.clone());
    let listing = json!({"type": "users", "message": "Users in room: ['ADA']"});
    assert_eq!(scene.gets(1, listing.clone()), "");
    assert_eq!(scene.acks(1, "1", vec![]), "");
    assert_eq!(scene.gets(1, listing), "users.only-requester");
    scene.event(Sender::Client, 1, Some("2"), users);
    assert_eq!(scene.acks(1, "2", vec![]), "ack.after-effects");
    // In core a join may be refused without a word.
    let mut scene = Scene::core();
    scene.event(Sender::Client, 1, Some("0"), join);
    assert_eq!(scene.acks(1, "0", vec![]), "");
}

#[test]
fn refusals_go_to_the_one_who_is_refused() {
    let mut scene = Scene::hardened();
    let refusal = |scene: &mut Scene| {
        let what = What::Event {
            by: Sender::Server,
            namespace: "/".to_owned(),
            name: "message".to_owned(),
            args: vec![json!(r#"{"code":21,"message":"join first"}"#)],
            ack: None,
            attachments: None,
            raw: String::new(),
        };
        scene.see(1, what).concat()
    };
    scene.sends(1, says("den", "hi"));
    assert_eq!(refusal(&mut scene), "");
    assert_eq!(refusal(&mut scene), "server refusal.only-sender");
}

#[test]
fn nothing_is_claimed_of_what_was_not_seen() {
    let mut scene = Scene::core();
    scene.joins(1, "ada", "den");
    scene.joins(2, "bob", "den");
    let why = String::new();
    scene.see(1, What::Unread { why: why.clone() });
    assert_eq!(scene.gets(2, said("ADA", "who knows")), "");
    // The first may have joined again, under any name.
    assert_eq!(scene.gets(2, said("BOB", "mine?")), "");
    assert_eq!(scene.gets(2, newuser("eve", "attic")), "message.closure");
    scene.see(0, What::Unread { why });
    assert_eq!(scene.gets(2, newuser("eve", "attic")), "");
}

#[test]
fn a_client_is_told_what_it_does_wrong() {
    let mut scene = Scene::core();
    let by = Sender::Client;
    let raw = || "x".to_owned();
    let found = scene.see(
        1,
        What::WrongWay {
            by,
            what: "an Engine.IO noop",
        },
    );
    assert_eq!(found, ["client transport.bad-frames.closed"]);
    let (why, json) = (raw(), false);
    let found = scene.see(
        1,
        What::Malformed {
            by,
            raw: raw(),
            why,
            json,
        },
    );
    assert_eq!(found, ["client transport.bad-frames.closed"]);
    let length = 3;
    let found = scene.see(1, What::Binary { by, length });
    assert_eq!(found, ["client robust.attachment.stray"]);
    let what = What::Event {
        by,
        namespace: "/x".to_owned(),
        name: "chat".to_owned(),
        args: vec![json!({"event": "users"})],
        ack: Some("99999999999999999999".to_owned()),
        attachments: Some(1),
        raw: "42[\"chat\",{}]".to_owned(),
    };
    let found = scene.see(1, what);
    let rules = [
        "transport.namespace",
        "robust.packet.ack-id",
        "message.binary",
    ];
    assert_eq!(found, rules.map(|rule| format!("client {rule}")));
    assert!(scene.see(1, What::Binary { by, length }).is_empty());
}
