//! Generated names, messages and JSON. The generator's own tests use this file too.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chatspec::image::ImageUrl;
use chatspec::message::{
    Chat, ChatMessage, ClientMessage, DelUser, Image, ImageMessage, Join, Leave, NewUser,
    ServerMessage, UserList, UsersRequest,
};
use chatspec::name::{RoomName, UserName};
use chatspec::text::MessageText;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Pieces of names that trimming, NFC, case or the alphabet treat in some way of their own.
const PIECES: &[&str] = &[
    "a",
    "B",
    "7",
    " ",
    "\t",
    "\n",
    "\u{85}",
    "\u{a0}",
    "\u{2003}",
    "\u{2028}",
    "\u{3000}",
    "\u{0}",
    "\u{7f}",
    "\u{ad}",
    "\u{200d}",
    "\u{feff}",
    "\u{e000}",
    "\u{378}",
    "\u{10ffff}",
    "\u{e0001}",
    "é",
    "e\u{301}",
    "\u{958}",
    "ß",
    "ſ",
    "ΐ",
    "ı",
    "Ω",
    "\u{2126}",
    "ﬁ",
    "日",
    "😀",
    "'",
    "\"",
    "\\",
    "<b>",
    "%s",
    "ada",
    "]",
];

/// Any string that might be tried as a name: most are short, some go over the limit.
pub fn name_text() -> impl Strategy<Value = String> {
    let pieces = |count| vec(select(PIECES), count).prop_map(|pieces| pieces.concat());
    prop_oneof![
        6 => "[a-zA-Z0-9 ]{1,12}",
        3 => pieces(0..5),
        1 => (pieces(0..3), select(PIECES), 30_usize..70, pieces(0..3))
            .prop_map(|(start, piece, count, end)| format!("{start}{}{end}", piece.repeat(count))),
    ]
}

/// A valid user name.
pub fn user() -> impl Strategy<Value = UserName> {
    name_text().prop_filter_map("a user name", |text| UserName::parse(&text).ok())
}

/// A valid room name.
pub fn room() -> impl Strategy<Value = RoomName> {
    name_text().prop_filter_map("a room name", |text| RoomName::parse(&text).ok())
}

/// A valid text.
pub fn text() -> impl Strategy<Value = MessageText> {
    text_string().prop_filter_map("a text", |text| MessageText::parse(&text).ok())
}

fn text_string() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => any::<String>(),
        1 => (select(PIECES), 2_000_usize..9_000).prop_map(|(piece, count)| piece.repeat(count)),
    ]
}

/// A data URL of a PNG header, with few bounds on its dimensions.
fn image_string() -> impl Strategy<Value = String> {
    let side =
        || prop_oneof![4 => 1_u32..4_096, 1 => select(vec![0, 3_907, 4_096, 4_097, u32::MAX])];
    let label = select(vec!["png", "png", "png", "png", "gif", "svg+xml"]);
    (side(), side(), label, 0_usize..5).prop_map(|(width, height, label, padding)| {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend(std::iter::repeat_n(0, padding));
        format!(
            "data:image/{label};base64,{}",
            BASE64_STANDARD.encode(bytes)
        )
    })
}

/// A valid image.
pub fn image() -> impl Strategy<Value = ImageUrl> {
    image_string().prop_filter_map("an image", |url| ImageUrl::parse(&url).ok())
}

/// Any message of a conforming client.
pub fn client_message() -> impl Strategy<Value = ClientMessage> {
    prop_oneof![
        (option::of(user()), option::of(room()))
            .prop_map(|(user, room)| ClientMessage::Join(Join::new(user, room))),
        (option::of(user()), option::of(room()))
            .prop_map(|(user, room)| ClientMessage::Leave(Leave::new(user, room))),
        option::of(room()).prop_map(|room| ClientMessage::Users(UsersRequest::new(room))),
        (option::of(user()), option::of(room()), option::of(text()))
            .prop_map(|(user, room, text)| ClientMessage::Chat(Chat::new(user, room, text))),
        (room(), image()).prop_map(|(room, image)| ClientMessage::Image(Image::new(room, image))),
    ]
}

/// Any message of a conforming server.
pub fn server_message() -> impl Strategy<Value = ServerMessage> {
    prop_oneof![
        (user(), room())
            .prop_map(|(user, room)| ServerMessage::NewUser(NewUser::new(&user, &room))),
        (user(), room())
            .prop_map(|(user, room)| ServerMessage::DelUser(DelUser::new(&user, &room))),
        vec(user(), 0..4).prop_map(|users| {
            let names: Vec<String> = users.iter().map(UserName::upper).collect();
            ServerMessage::Users(UserList::new(names.iter().map(String::as_str)))
        }),
        (user(), text(), any::<bool>()).prop_map(|(user, text, private)| ServerMessage::Chat(
            ChatMessage::new(user.shown(), &text, private)
        )),
        (user(), image()).prop_map(|(user, image)| ServerMessage::Image(ImageMessage::new(
            user.shown(),
            &image
        ))),
    ]
}

/// Any JSON value, now and then one nested too deep.
pub fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        name_text().prop_map(Value::from),
    ];
    let any = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key(), inner), 0..4).prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    });
    prop_oneof![
        20 => any,
        1 => (10_usize..20).prop_map(|depth| (0..depth).fold(json!(1), |inner, _| json!([inner]))),
    ]
}

const KEYS: &[&str] = &[
    "event", "type", "user", "room", "text", "message", "bimage", "from", "private", "x",
];

fn key() -> impl Strategy<Value = String> {
    select(KEYS).prop_map(str::to_owned)
}

/// An object much like a message of a client, with fields that may be absent, odd or wrong.
pub fn like_client_message() -> impl Strategy<Value = Value> {
    let tag = prop_oneof![
        10 => select(vec!["join", "leave", "users", "chat", "image"]).prop_map(Value::from),
        1 => select(vec!["JOIN", " join", "", "say"]).prop_map(Value::from),
        1 => json(),
    ];
    let name =
        || prop_oneof![6 => name_text().prop_map(Value::from), 1 => Just(Value::Null), 1 => json()];
    let text = || prop_oneof![6 => text_string().prop_map(Value::from), 1 => json()];
    let image = prop_oneof![8 => image_string().prop_map(Value::from), 1 => json()];
    object(vec![
        ("event", 9, tag.boxed()),
        ("user", 6, name().boxed()),
        ("room", 8, name().boxed()),
        ("text", 4, text().boxed()),
        ("message", 2, text().boxed()),
        ("bimage", 4, image.boxed()),
        ("x", 1, json().boxed()),
    ])
}

/// An object much like a message of a server.
pub fn like_server_message() -> impl Strategy<Value = Value> {
    let tag = prop_oneof![
        10 => select(vec!["newuser", "deluser", "users", "chat", "image"]).prop_map(Value::from),
        1 => select(vec!["user", "Chat", ""]).prop_map(Value::from),
        1 => json(),
    ];
    let texts = prop_oneof![
        (name_text(), name_text())
            .prop_map(|(user, room)| format!("New User {user} joined room {room}")),
        (name_text(), name_text()).prop_map(|(user, room)| format!("User {user} left room {room}")),
        name_text().prop_map(|names| format!("Users in room: [{names}]")),
        name_text().prop_map(|name| format!("Users in room: [{name}")),
        name_text(),
    ];
    object(vec![
        ("type", 9, tag.boxed()),
        (
            "from",
            8,
            prop_oneof![6 => name_text().prop_map(Value::from), 1 => json()].boxed(),
        ),
        (
            "message",
            8,
            prop_oneof![8 => texts.prop_map(Value::from), 1 => json()].boxed(),
        ),
        (
            "bimage",
            6,
            prop_oneof![4 => image_string().prop_map(Value::from), 1 => json()].boxed(),
        ),
        (
            "private",
            2,
            prop_oneof![any::<bool>().prop_map(Value::from), json()].boxed(),
        ),
        ("x", 1, json().boxed()),
    ])
}

/// An object of these members, each there in so many of ten cases.
fn object(members: Vec<(&'static str, u32, BoxedStrategy<Value>)>) -> impl Strategy<Value = Value> {
    members
        .into_iter()
        .map(|(key, weight, value)| {
            option::weighted(f64::from(weight) / 10.0, value)
                .prop_map(move |value| Some((key.to_owned(), value?)))
        })
        .collect::<Vec<_>>()
        .prop_map(|members| members.into_iter().flatten().collect())
}
