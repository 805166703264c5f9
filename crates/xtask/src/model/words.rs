//! What the people of a history send, and what the model says that they hear, as messages.

use chatspec_judge::model::{Act, Deed, Name, Odd, Place, Spelling, Text, What};
use serde_json::{Map, Value, json};

const PEOPLE: [&str; 8] = ["kim", "lee", "max", "noa", "oda", "pia", "nobody", "none"];
const ROOMS: [&str; 4] = ["kitchen", "cellar", "stairs", "roof"];
const IMAGE: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

/// The messages that come of an act, in order: text that a client sends as the argument of `chat`, or, where it sends
/// something else, none.
pub fn sent(n: usize, act: &Act) -> Vec<String> {
    let mut message = Map::new();
    let mut put = |key: &str, value: String| drop(message.insert(key.to_owned(), json!(value)));
    match &act.deed {
        Deed::Join { user, room } => {
            put("event", "join".to_owned());
            put("user", name(*user));
            put("room", place(*room));
        }
        Deed::Leave { user, room } => {
            put("event", "leave".to_owned());
            user.iter().for_each(|user| put("user", name(*user)));
            room.iter().for_each(|room| put("room", place(*room)));
        }
        Deed::Users { room } => {
            put("event", "users".to_owned());
            put("room", place(*room));
        }
        Deed::Chat { room, to, text } => {
            put("event", "chat".to_owned());
            room.iter().for_each(|room| put("room", place(*room)));
            to.iter().for_each(|to| put("user", name(*to)));
            if *text == Text::Beside {
                put("from", "SOMEBODY".to_owned());
                put("mood", "good".to_owned());
            }
            if *text != Text::Absent {
                put("text", said(n, *text));
            }
        }
        Deed::Batch { room } => {
            return (1..=3)
                .map(
                    |part| json!({"event": "chat", "room": place(*room), "text": part_of(n, part)}),
                )
                .map(|message| message.to_string())
                .collect();
        }
        Deed::Image { room, to } => {
            put("event", "image".to_owned());
            put("room", place(*room));
            to.iter().for_each(|to| put("user", name(*to)));
            put("bimage", IMAGE.to_owned());
        }
        Deed::Odd(number) => return Odd::number(*number).argument().into_iter().collect(),
        Deed::Drop(_) | Deed::Connect => return Vec::new(),
    }
    vec![Value::Object(message).to_string()]
}

/// The messages that somebody hears, in order.
pub fn heard(n: usize, act: &Act, what: &What) -> Vec<Value> {
    match what {
        What::New(user, room) => {
            let text = format!(
                "New User {} joined room {}",
                shown(*user),
                shown_room(*room)
            );
            vec![json!({"type": "newuser", "message": text})]
        }
        What::Gone(user, room) => {
            let text = format!("User {} left room {}", shown(*user), shown_room(*room));
            vec![json!({"type": "deluser", "message": text})]
        }
        What::Listing(names) => {
            let names: Vec<String> = names
                .iter()
                .map(|one| format!("\"{}\"", upper(*one)))
                .collect();
            let text = format!("Users in room: [{}]", names.join(", "));
            vec![json!({"type": "users", "message": text})]
        }
        What::Said(from) => match act.deed {
            Deed::Chat { text, .. } => {
                vec![json!({"type": "chat", "from": upper(*from), "message": said(n, text)})]
            }
            _ => Vec::new(),
        },
        What::Batch(from) => (1..=3)
            .map(|part| json!({"type": "chat", "from": upper(*from), "message": part_of(n, part)}))
            .collect(),
        What::Shown(from) => {
            vec![json!({"type": "image", "from": upper(*from), "bimage": IMAGE})]
        }
    }
}

/// Every name has an apostrophe, a letter whose capital is two, and one with an accent.
fn name(name: Name) -> String {
    let person = PEOPLE[name.of % PEOPLE.len()];
    let second = if name.second { "-two" } else { "" };
    spelled(
        &format!("{person}'{second}-stra\u{df}e-\u{e9}"),
        name.spelling,
    )
}

fn place(place: Place) -> String {
    spelled(ROOMS[place.number % ROOMS.len()], place.spelling)
}

fn spelled(word: &str, spelling: Spelling) -> String {
    let title = |word: &str| word[..1].to_uppercase() + &word[1..];
    match spelling {
        Spelling::Capitals => word.to_uppercase(),
        Spelling::Small => word.to_owned(),
        Spelling::Title => title(word),
        Spelling::Spaced => format!("\u{a0} {} \t", word.to_uppercase()),
        Spelling::Apart => word.replace('\u{e9}', "e\u{301}"),
    }
}

fn shown(of: Name) -> String {
    name(of).trim().replace("e\u{301}", "\u{e9}")
}

fn shown_room(of: Place) -> String {
    place(of).trim().to_owned()
}

fn upper(of: Name) -> String {
    shown(of).to_uppercase()
}

fn said(n: usize, text: Text) -> String {
    match text {
        Text::Plain | Text::Beside => format!("{n}"),
        Text::Unicode => format!("{n} \u{df} \u{1f980} e\u{301} \u{202e}"),
        Text::Markup => format!("{n} <b>&amp;\"'</b>\\n"),
        Text::Empty => String::new(),
        Text::Spaced => format!("  {n} \t"),
        Text::Long => format!("{n} {}", "x".repeat(5_000)),
        Text::Nul => format!("{n} \0"),
        Text::Absent => "Knock! Knock!".to_owned(),
    }
}

fn part_of(n: usize, part: usize) -> String {
    format!("{n}.{part}")
}
