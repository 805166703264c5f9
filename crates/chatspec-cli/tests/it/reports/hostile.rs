//! A server that says what terminals, XML and HTML would obey.

use serde_json::{Value, json};

use crate::dummies::server::Asked;

/// Clears a screen, ends a CDATA section, runs a script, opens a control sequence in one character, turns text around.
pub const TEXT: &str = "\u{1b}[2J]]><script>alert(1)</script>&\u{9b}31m\u{202e}\u{7}\u{0}";

/// Says it everywhere: in names, texts, events, acknowledgements, refusals, and in what is no packet.
pub fn answer(asked: &Asked<'_>) {
    asked.reply(
        "chat",
        &[json!({"type": "chat", "from": TEXT, "message": TEXT, TEXT: TEXT})],
    );
    asked.reply("chat", &[json!({"type": "users", "message": TEXT})]);
    asked.reply(
        "message",
        &[json!({"code": 99, "message": TEXT}).to_string().into()],
    );
    asked.reply(TEXT, &[Value::from(TEXT)]);
    asked.frame(format!("42[\"chat\", {TEXT}"));
    asked.frame(format!("4{TEXT}"));
    asked.acknowledge(&json!([TEXT]));
}

/// Nothing in it that a terminal obeys.
#[track_caller]
pub fn assert_harmless(output: &str) {
    let obeyed = |c: &char| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c);
    let found: Vec<char> = output.chars().filter(obeyed).collect();
    assert!(found.is_empty(), "{found:?} in {output:?}");
}
