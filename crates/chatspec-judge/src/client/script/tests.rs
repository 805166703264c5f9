use super::*;
use crate::rule::RulesFile;

fn rules() -> Rules {
    let rules = crate::rule::spec::rules(
        "client.md",
        "r[client.opens] (core)\n\nIt **MUST** open.\n\nr[client.chat] (core)\n\nIt **MUST** talk.\n\n\
         r[chat.room] (core)\n\nIt **MUST** tell.\n",
    );
    Rules::from(RulesFile {
        revision: "1.0".to_owned(),
        rules: rules.expect("rules"),
    })
}

fn wrong(steps: &str) -> String {
    let errors = load(
        "fixtures/client/x.yaml",
        &format!("about: x\nsteps:\n{steps}"),
        &rules(),
    )
    .expect_err("it is wrong");
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn a_script_is_read() {
    let text = "about: x\nsteps:\n  - {accept: pinged, rule: client.opens}\n  - do: {do: quit}\n  \
                - {receive: {event: chat}, without: {event: join}, after_ms: 5, rule: client.chat}\n";
    let script = load("fixtures/client/x.yaml", text, &rules()).expect("a script");
    assert_eq!(script.id, "x");
    assert_eq!(script.rules().len(), 2);
    let (step, rule, line) = &script.steps[2];
    assert_eq!((rule.as_deref(), *line), (Some("client.chat"), 5));
    assert!(matches!(step, Step::Receive { after_ms: 5, .. }));
}

#[test]
fn mistakes_have_a_place_and_a_mend() {
    for (steps, place, says) in [
        ("  - {accept: true}\n", ":3:", "has a `rule`"),
        (
            "  - {accept: true, rule: client.opens}\n  - {send: {}, rule: client.chat}\n",
            ":4:",
            "no other has one",
        ),
        (
            "  - {accept: true, rule: chat.room}\n",
            ":3:",
            "no rule `chat.room` binds clients",
        ),
        (
            "  - {accept: slowly, rule: client.opens}\n",
            ":3:",
            "`accept: pinged`",
        ),
        (
            "  - {accept: true, gone: true, rule: client.opens}\n",
            ":3:",
            "a step does one thing, this one 2",
        ),
        (
            "  - {accept: true, rule: client.opens, growing: true}\n",
            ":3:",
            "`growing` belongs to another kind",
        ),
        (
            "  - {refuse: 6, rule: client.opens}\n",
            ":3:",
            "refuse 1 to 5",
        ),
        (
            "  - {accept: true, rule: client.opens}\n  - {receive: 7, rule: client.chat}\n",
            ":4:",
            "keys and values",
        ),
        ("  - {send: {}}\n", ":1:1", "the first step is"),
        (
            "  - {accept: true, rule: client.opens, sned: 1}\n",
            ":3:",
            "sned",
        ),
    ] {
        let said = wrong(steps);
        assert!(
            said.contains(place) && said.contains(says),
            "{place} {says}: {said}"
        );
    }
}

#[test]
fn scripts_are_told_from_conversations() {
    for (path, text, script) in [
        ("fixtures/client/talk.yaml", "", true),
        ("/home/me/mine.yaml", "# Mine.\nabout: x\nsteps: []\n", true),
        (
            "/home/me/chat-client/chat.yaml",
            "id: chat/x\ntitle: X\nabout: more\n",
            false,
        ),
        // In the wrong folder, or with a mistake in its head.
        ("fixtures/client/chat.yaml", "id: chat/x\ntitle: X\n", false),
        (
            "/home/me/mine.yaml",
            "about: x\nparticipants: [ada]\nsteps: []\n",
            false,
        ),
        ("fixtures/client/bad.yaml", "about: x\ninputs:\n", false),
    ] {
        assert_eq!(is_script(path, text), script, "{path}");
    }
}
