//! What a packet says, as far as a load cares.

use serde_json::{Map, Value};

use super::shape::Shape;
use super::violation::Kind;
use super::{Id, Names};

/// Characters of a packet that a violation shows.
const SHOWN: usize = 120;

/// One packet from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A message or an image of this run.
    Chat {
        /// Who sent it, as the server says.
        from: Id,
        /// Who sent it, as it says itself.
        author: Id,
        /// Which of that sender's it is.
        number: u32,
    },
    /// A `newuser`.
    Joined(Id),
    /// A `deluser`.
    Left(Id),
    /// The answer to `users`.
    Users,
    /// That messages from other nodes were lost.
    Gap,
    /// A refusal.
    Refused {
        /// Its code.
        code: u64,
        /// How many milliseconds to wait, where it says so.
        retry_ms: Option<u64>,
    },
    /// Anything else that may come, and says nothing to a load.
    Other,
    /// Something that no server may send here.
    Wrong {
        /// How it is wrong.
        kind: Kind,
        /// What may come.
        expected: String,
        /// The beginning of what came.
        seen: String,
    },
}

/// Reads the packets of one run.
#[derive(Clone, Debug)]
pub struct Reader {
    names: Names,
    shape: Option<Shape>,
}

impl Reader {
    /// A reader that has seen nothing yet.
    pub fn new(names: Names) -> Reader {
        Reader { names, shape: None }
    }

    /// Reads one Engine.IO message, with its `4`.
    ///
    /// ```
    /// use chatspec_judge::ledger::{Names, Reader, Said};
    ///
    /// let names = Names::new(7, 20, 0);
    /// let (user, mut text) = (names.user(3), String::new());
    /// names.write_text(&mut text, 3, 12);
    /// let packet = format!(r#"42["chat",{{"type":"chat","from":"{user}","message":"{text}"}}]"#);
    /// let said = Reader::new(names).read(&packet);
    /// assert_eq!(said, Said::Chat { from: 3, author: 3, number: 12 });
    /// ```
    pub fn read(&mut self, packet: &str) -> Said {
        if let Some(known) = self.known(packet) {
            return known;
        }
        match packet.as_bytes() {
            [b'4', b'2', ..] => self.event(packet),
            // CONNECT is read where connections are opened, acknowledgements nobody asks for here.
            [b'4', b'3', ..] | [b'4', b'0', ..] => Said::Other,
            _ => wrong(packet, "an event of Socket.IO"),
        }
    }

    /// A packet of the shape that was learnt.
    fn known(&self, packet: &str) -> Option<Said> {
        let (name, text) = self.shape.as_ref()?.read(packet)?;
        let from = self.names.read_user(name)?;
        let (author, number) = self.names.read_text(text)?;
        Some(Said::Chat {
            from,
            author,
            number,
        })
    }

    fn event(&mut self, packet: &str) -> Said {
        let json = packet[2..].trim_start_matches(|c: char| c.is_ascii_digit());
        let Ok(Value::Array(mut items)) = serde_json::from_str(json) else {
            return wrong(packet, "an event of Socket.IO");
        };
        let (name, argument) = (
            items.first_mut().map(Value::take),
            items.get_mut(1).map(Value::take),
        );
        match (name, argument, items.len()) {
            (Some(Value::String(name)), Some(Value::Object(fields)), 2) if name == "chat" => {
                self.chat(packet, &fields)
            }
            (Some(Value::String(name)), Some(Value::String(text)), 2) if name == "message" => {
                refusal(&text)
            }
            (Some(Value::String(name)), ..) if name != "chat" => Said::Other,
            _ => wrong(packet, "a chat event with one object"),
        }
    }

    fn chat(&mut self, packet: &str, fields: &Map<String, Value>) -> Said {
        let field = |key: &str| fields.get(key).and_then(Value::as_str);
        match (
            field("type"),
            field("message"),
            field("from"),
            field("bimage"),
        ) {
            (Some("chat"), Some(text), Some(name), _) => {
                let said = self.message(packet, name, self.names.read_text(text));
                if matches!(said, Said::Chat { .. }) && fields.len() == 3 {
                    self.shape = Shape::learn(packet, name, text);
                }
                said
            }
            (Some("image"), _, Some(name), Some(url)) => {
                self.message(packet, name, self.names.read_image(url))
            }
            (Some("newuser"), Some(text), ..) => {
                self.news(packet, text, "New User ", " joined room ", Said::Joined)
            }
            (Some("deluser"), Some(text), ..) => {
                self.news(packet, text, "User ", " left room ", Said::Left)
            }
            (Some("users"), Some(_), ..) => Said::Users,
            (Some("chat" | "image" | "newuser" | "deluser" | "users") | None, ..) => {
                wrong(packet, "a message with a type and the fields of that type")
            }
            (Some("gap"), ..) => Said::Gap,
            (Some(_), ..) => Said::Other,
        }
    }

    fn message(&self, packet: &str, name: &str, text: Option<(Id, u32)>) -> Said {
        let ours = |what: &str| what.contains(self.names.run());
        match (self.names.read_user(name), text) {
            (Some(from), Some((author, number))) => Said::Chat {
                from,
                author,
                number,
            },
            (_, None) if !ours(packet) => {
                said_wrong(Kind::Stranger, packet, "messages of this run alone")
            }
            _ => said_wrong(Kind::Altered, packet, "name and text as they were sent"),
        }
    }

    /// Who joined or left, with the room that is that member's home.
    fn news(
        &self,
        packet: &str,
        text: &str,
        head: &str,
        middle: &str,
        said: fn(Id) -> Said,
    ) -> Said {
        let parts = text
            .strip_prefix(head)
            .and_then(|rest| rest.split_once(middle));
        let who = parts.and_then(|(user, room)| {
            let who = self.names.read_user(user)?;
            (self.names.room(who) == room).then_some(who)
        });
        match who {
            Some(who) => said(who),
            None if text.contains(self.names.run()) => {
                said_wrong(Kind::Presence, packet, "a member and its room")
            }
            None => said_wrong(Kind::Stranger, packet, "news of this run alone"),
        }
    }
}

/// The argument of a `message` event; one that is no refusal is free.
fn refusal(text: &str) -> Said {
    let fields: Option<Value> = serde_json::from_str(text).ok();
    let number = |key: &str| fields.as_ref()?.get(key)?.as_u64();
    match number("code") {
        Some(code) => Said::Refused {
            code,
            retry_ms: number("retry_ms"),
        },
        None => Said::Other,
    }
}

fn wrong(packet: &str, expected: &str) -> Said {
    said_wrong(Kind::Shape, packet, expected)
}

fn said_wrong(kind: Kind, packet: &str, expected: &str) -> Said {
    let mut seen: String = packet.chars().take(SHOWN).collect();
    if seen.len() < packet.len() {
        seen += "...";
    }
    Said::Wrong {
        kind,
        expected: expected.to_owned(),
        seen,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Names, Reader, Said};

    fn names() -> Names {
        Names::new(5, 4, 40)
    }

    fn text(sender: u32, number: u32) -> String {
        let mut text = String::new();
        names().write_text(&mut text, sender, number);
        text
    }

    fn chat(sender: u32, number: u32) -> String {
        let (from, text) = (names().user(sender), text(sender, number));
        format!(r#"42["chat",{{"type":"chat","from":"{from}","message":"{text}"}}]"#)
    }

    fn kind(said: &Said) -> Option<Kind> {
        match said {
            Said::Wrong { kind, .. } => Some(*kind),
            _ => None,
        }
    }

    #[test]
    fn the_first_is_parsed_and_the_rest_is_compared() {
        let mut reader = Reader::new(names());
        for number in 0..3 {
            let said = Said::Chat {
                from: 5,
                author: 5,
                number,
            };
            assert_eq!(
                reader.known(&chat(5, number)).as_ref(),
                (number > 0).then_some(&said)
            );
            assert_eq!(reader.read(&chat(5, number)), said);
        }
        // Another shape is parsed, and right as well.
        let (from, text) = (names().user(6), text(6, 9));
        let other =
            format!(r#"42["chat", {{"message": "{text}", "from": "{from}", "type": "chat"}}]"#);
        assert_eq!(reader.known(&other), None);
        assert_eq!(
            reader.read(&other),
            Said::Chat {
                from: 6,
                author: 6,
                number: 9
            }
        );
    }

    #[test]
    fn everything_that_a_server_says_is_told_apart() {
        let mut reader = Reader::new(names());
        let user = names().user(5);
        let image = names().image(5, 3);
        let rows = [
            (
                format!(
                    r#"42["chat",{{"type":"newuser","message":"New User {user} joined room {}"}}]"#,
                    names().room(5)
                ),
                Said::Joined(5),
            ),
            (
                format!(
                    r#"42["chat",{{"type":"deluser","message":"User {user} left room {}"}}]"#,
                    names().room(5)
                ),
                Said::Left(5),
            ),
            (
                r#"42["chat",{"type":"users","message":"Users in room: []"}]"#.to_owned(),
                Said::Users,
            ),
            (
                format!(r#"42["chat",{{"type":"image","from":"{user}","bimage":"{image}"}}]"#),
                Said::Chat {
                    from: 5,
                    author: 5,
                    number: 3,
                },
            ),
            (
                r#"42["message","{\"code\":30,\"message\":\"slow down\",\"retry_ms\":50}"]"#
                    .to_owned(),
                Said::Refused {
                    code: 30,
                    retry_ms: Some(50),
                },
            ),
            (r#"42["message","welcome"]"#.to_owned(), Said::Other),
            ("430[]".to_owned(), Said::Other),
        ];
        for (packet, said) in rows {
            assert_eq!(reader.read(&packet), said, "{packet}");
        }
    }

    #[test]
    fn what_is_wrong_says_how() {
        let mut reader = Reader::new(names());
        assert_eq!(kind(&reader.read(&chat(5, 0))), None);
        let rows = [
            (chat(5, 1).replace("/1/1/1..", "/1/1/1.x"), Kind::Altered),
            (chat(5, 1).replace(&names().user(5), "ADA"), Kind::Altered),
            (
                r#"42["chat",{"type":"chat","from":"ADA","message":"hello"}]"#.to_owned(),
                Kind::Stranger,
            ),
            (
                r#"42["chat",{"type":"newuser","message":"New User ADA joined room DEN"}]"#
                    .to_owned(),
                Kind::Stranger,
            ),
            (
                format!(
                    r#"42["chat",{{"type":"newuser","message":"New User {} joined room {}"}}]"#,
                    names().user(5),
                    names().room(1)
                ),
                Kind::Presence,
            ),
            (
                r#"42["chat",{"type":"chat","from":"ADA"}]"#.to_owned(),
                Kind::Shape,
            ),
            (r#"42["chat",1]"#.to_owned(), Kind::Shape),
            (r#"42["chat",{}"#.to_owned(), Kind::Shape),
            ("hello".to_owned(), Kind::Shape),
            (String::new(), Kind::Shape),
        ];
        for (packet, expected) in rows {
            assert_eq!(kind(&reader.read(&packet)), Some(expected), "{packet}");
        }
    }

    #[test]
    fn other_events_say_nothing() {
        let mut reader = Reader::new(names());
        let rows = [
            chat(5, 0).replacen("chat", "news", 1),
            r#"42["news","{\"code\":30}"]"#.to_owned(),
            r#"42["news",1]"#.to_owned(),
            r#"42["news"]"#.to_owned(),
        ];
        for packet in rows {
            assert_eq!(reader.read(&packet), Said::Other, "{packet}");
        }
    }

    /// A field that the first message had besides is no part of what every message has to have.
    #[test]
    fn a_message_with_more_than_its_fields_is_no_pattern() {
        let mut reader = Reader::new(names());
        let private = chat(5, 0).replace("}]", r#","private":true}]"#);
        let said = |number| Said::Chat {
            from: 5,
            author: 5,
            number,
        };
        assert_eq!(reader.read(&private), said(0));
        assert_eq!(reader.known(&private), None);
        assert_eq!(reader.read(&chat(5, 1)), said(1));
        assert_eq!(reader.known(&chat(5, 2)), Some(said(2)));
    }

    #[test]
    fn what_is_wrong_is_shown_and_cut() {
        let shown = |packet: &str| match Reader::new(names()).read(packet) {
            Said::Wrong { seen, .. } => seen,
            other => panic!("{other:?}"),
        };
        assert_eq!(shown("hello"), "hello");
        let whole = "x".repeat(120);
        assert_eq!(shown(&whole), whole);
        assert_eq!(shown(&format!("{whole}x")), format!("{whole}..."));
    }
}
