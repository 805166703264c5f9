//! Faults of the text of a chat.

use serde_json::{Value, json};

use super::{Fault, Server, fault};
use crate::hooks::{each_body, each_payload, tag};

pub const FAULTS: &[Fault] = &[
    fault(
        "text-from-message",
        "The text is read from message, and from text where there is none.",
        |server| {
            each_payload(server, |_, payload| {
                let message = payload.get("message").filter(|m| m.is_string()).cloned();
                match message {
                    Some(message) if tag(payload) == Some("chat") => {
                        payload.insert("text".to_owned(), message);
                        true
                    }
                    _ => false,
                }
            });
        },
    ),
    fault(
        "text-message-ignored",
        "A message in place of a text is ignored.",
        |server| {
            each_payload(server, |_, payload| {
                let chat = tag(payload) == Some("chat");
                chat && payload.remove("message").is_some()
            });
        },
    ),
    fault(
        "text-default-empty",
        "A chat without text has an empty one.",
        |server| {
            each_payload(server, |_, payload| {
                let has = |key| payload.get(key).is_some_and(Value::is_string);
                let none = tag(payload) == Some("chat")
                    && !payload.contains_key("text")
                    && !has("message");
                if none {
                    payload.insert("text".to_owned(), json!(""));
                }
                none
            });
        },
    ),
    fault(
        "text-empty-as-absent",
        "An empty text counts as none.",
        |server| {
            each_payload(server, |_, payload| {
                let empty = payload.get("text") == Some(&json!(""));
                if empty {
                    payload.remove("text");
                }
                empty
            });
        },
    ),
    fault("text-escaped", "A text is escaped for HTML.", |server| {
        each_text(server, |text| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
        });
    }),
    fault("text-trimmed", "A text is trimmed.", |server| {
        each_text(server, |text| text.trim().to_owned())
    }),
    fault(
        "text-cut",
        "A text is cut after 4 096 characters.",
        |server| each_text(server, |text| text.chars().take(4_096).collect()),
    ),
    fault(
        "text-too-long-cut",
        "A text of more than 8 192 bytes is cut there.",
        |server| {
            each_payload(server, |_, payload| {
                let Some(Value::String(text)) = payload.get_mut("text") else {
                    return false;
                };
                let long = text.len() > 8_192;
                text.truncate(text.floor_char_boundary(8_192));
                long
            });
        },
    ),
];

/// Changes the text of every chat on its way out.
fn each_text(server: &mut Server, change: fn(&str) -> String) {
    each_body(server, "chat", move |body| {
        let text = change(body["message"].as_str().unwrap_or_default());
        body["message"] = json!(text);
    });
}
