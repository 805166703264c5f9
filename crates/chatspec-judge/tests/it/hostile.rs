//! What bad inputs are written out as, and what is no input.

use std::fmt::Write as _;
use std::path::Path;

use chatspec_judge::fixture::{Fixture, hostile, lint};
use chatspec_judge::rule::Profile;

use crate::fixtures::rules;
use crate::golden;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/hostile");
    std::fs::read_to_string(path.join(name)).unwrap_or_default()
}

/// A fixture, a line for each thing that it says.
fn written(fixture: &Fixture) -> String {
    let mut text = format!("{}: {}\n", fixture.id, fixture.title);
    let mut line = |what: &str, value: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {what}: {value}");
    };
    line("profile", format!("{:?}", fixture.profile));
    line("rules", fixture.rules.join(", "));
    let participants = fixture.participants.iter().map(|one| match one.connected {
        true => one.name.clone(),
        false => format!("({})", one.name),
    });
    line("participants", participants.collect::<Vec<_>>().join(", "));
    line("transports", format!("{:?}", fixture.transports));
    line(
        "alone",
        format!("{:?}, slow: {}", fixture.alone, fixture.slow),
    );
    line("input", format!("{:?}", fixture.input));
    for (number, step) in fixture.steps.iter().enumerate() {
        let mut step = step.clone();
        // All of them stand where the input does.
        (step.line, step.column) = (0, 0);
        line(&format!("{number}"), format!("{step:?}"));
    }
    text
}

#[test]
fn inputs_are_written_out_like_this() {
    let fixtures = hostile::load("hostile/life/sample.yaml", &read("sample.yaml"));
    let fixtures = fixtures.unwrap_or_else(|errors| panic!("{}", errors[0]));
    let text: String = fixtures.iter().map(written).collect();
    let wanted = read("sample.txt");
    for (number, (found, wanted)) in text.lines().zip(wanted.lines()).enumerate() {
        assert_eq!(found, wanted, "line {}", number + 1);
    }
    assert!(text == wanted, "sample.txt has to be\n{text}");
}

/// Each mistake is refused, with what has to be otherwise.
#[test]
fn what_is_no_input_is_refused() {
    let rows = [
        ("id: X-01", "id: x-01", "no id of the catalogue"),
        ("id: X-01", "id: X01", "no id of the catalogue"),
        ("id: X-01", "id: X-a", "no id of the catalogue"),
        ("id: X-01", "id: X-1B", "no id of the catalogue"),
        ("do: [{send: {}}]", "do: []", "the input does nothing"),
        (
            "do: [{send: {}}]",
            "do: [{times: 2}]",
            "the act does nothing: give it one of send, emit, batch",
        ),
        (
            "do: [{send: {}}]",
            "do: [{send: {}, mute: true}]",
            "has `send` and `mute`",
        ),
        (
            "do: [{send: {}}]",
            "do: [{send: {}, by: zed}]",
            "`zed` is nobody here; there are ada, bob, cora, mallory, eve, dan, fay",
        ),
        (
            "do: [{send: {}}]",
            "do: [{send: {}, expect: [{to: [zed], may: {}}]}]",
            "`zed` is nobody here",
        ),
        (
            "do: [{send: {}}]",
            "do: [{post: x}]",
            "no act over a session",
        ),
        (
            "do: [{send: {}}]",
            "do: [{bytes: x}]",
            "no act over a session",
        ),
        (
            "do: [{send: {}}]",
            "do: [{send: {}, times: 0}]",
            "`times` is 1 to 1000000",
        ),
        (
            "do: [{send: {}}]",
            "do: [{send: {}, times: 1000001}]",
            "`times` is 1 to 1000000",
        ),
        (
            "do: [{send: {}}]",
            "do: [{drop: close, times: 2}]",
            "`times` does not go with `drop`",
        ),
        (
            "do: [{send: {}}]",
            "do: [{drop: close, ack: any}]",
            "`ack` goes with",
        ),
        (
            "do: [{send: {}}]",
            "do: [{send: {}, chunked: true}]",
            "not with `send`",
        ),
        (
            "do: [{send: {}}]",
            "do: [{send: {}, length: 3}]",
            "not with `send`",
        ),
        (
            "do: [{send: {}}]",
            "do: [{burst: {count: 2}}]",
            "exactly one of `send` and `frame`",
        ),
        (
            "do: [{send: {}}]",
            "do: [{frames: x}]",
            "a list of texts or generators",
        ),
        ("do: [{send: {}}]", "do: [{connect: false}]", "take `true`"),
        (
            "do: [{send: {}}]",
            "do: [{stall: often}]",
            "`true` or `pongs`",
        ),
        (
            "do: [{send: {}}]",
            "do: [{wait: soon}]",
            "`soon` is no time: write 500ms or 1s, at most 300s",
        ),
        ("do: [{send: {}}]", "do: [{wait: 0s}]", "no time"),
        ("do: [{send: {}}]", "do: [{wait: 301s}]", "no time"),
        (
            "do: [{send: {}}]",
            "over: websocket\n    do: [{frame: {rsv: 8}}]",
            "`rsv` is 0 to 7",
        ),
        (
            "do: [{send: {}}]",
            "over: websocket\n    do: [{frame: {width: 8}}]",
            "`width` is 7, 16 or 64",
        ),
        (
            "do: [{send: {}}]",
            "over: websocket\n    do: [{frame: {opcode: 16}}]",
            "no opcode",
        ),
        (
            "do: [{send: {}}]",
            "over: websocket\n    do: [{frame: {opcode: pang}}]",
            "no opcode",
        ),
        (
            "do: [{send: {}}]",
            "over: websocket\n    do: [{frames: [x]}]",
            "{count, each}",
        ),
        (
            "do: [{send: {}}]",
            "over: websocket\n    do: [{send: {}}]",
            "`send` is no act over websocket; there are frames, wait, frame",
        ),
        (
            "do: [{send: {}}]",
            "over: polling\n    do: [{emit: {event: x}}]",
            "no act over polling",
        ),
        (
            "do: [{send: {}}]",
            "over: tcp\n    do: [{post: x}]",
            "no act over tcp",
        ),
        (
            "do: [{send: {}}]",
            "over: websocket\n    transports: [polling]\n    do: [{bytes: x}]",
            "`transports` goes with",
        ),
        (
            "do: [{send: {}}]",
            "connections: 2\n    do: [{send: {}}]",
            "`connections` is 1 to 1000",
        ),
        (
            "do: [{send: {}}]",
            "over: tcp\n    connections: 1001\n    do: [{bytes: x}]",
            "`connections` is 1 to 1000",
        ),
        (
            "do: [{send: {}}]",
            "repeat: 201\n    do: [{send: {}}]",
            "`repeat` is 1 to 200",
        ),
        (
            "do: [{send: {}}]",
            "rule: robust.room\n    do: [{send: {}}]",
            "not among the `rules` of the file",
        ),
        ("outcome: [closed]", "outcome: []", "`outcome` is empty"),
        ("outcome: [closed]", "outcome: [dead]", "dead"),
    ];
    for (from, to, wanted) in rows {
        let text = INPUT.replace(from, to);
        assert_ne!(text, INPUT, "{to}");
        let errors = hostile::load("hostile/life/x.yaml", &text).expect_err(to);
        let said = errors[0].to_string();
        assert!(said.contains(wanted), "{to}: {said}");
        assert!(said.starts_with("hostile/life/x.yaml:"), "{said}");
    }
    assert!(hostile::load("hostile/life/x.yaml", INPUT).is_ok());
}

/// What cannot be made is told before it is played.
#[test]
fn values_that_cannot_be_made_are_told() {
    let linted = |act: &str| {
        let text = INPUT.replace("do: [{send: {}}]", act);
        let fixtures = hostile::load("hostile/life/x.yaml", &text);
        let fixtures = fixtures.unwrap_or_else(|errors| panic!("{act}: {}", errors[0]));
        let errors = fixtures
            .iter()
            .flat_map(|fixture| lint::lint(fixture, &rules()));
        errors
            .map(|error| error.what)
            .collect::<Vec<_>>()
            .join(" / ")
    };
    let right = linted("do: [{send: {}}]");
    for (act, why) in [
        ("do: [{send: {user: $nobody}}]", "nobody"),
        ("do: [{frames: [{$hex: \"0\"}]}]", "$hex"),
        ("do: [{frames: [\"$nobody\"]}]", "nobody"),
        (
            "over: websocket\n    do: [{frame: {payload: {$nope: 1}}}]",
            "$nope",
        ),
        (
            "lacks: [\"$nobody\"]\n    over: tcp\n    do: [{bytes: x}]",
            "nobody",
        ),
    ] {
        let told = linted(act);
        assert!(told.contains(why), "{act}: {told}");
        assert!(!right.contains(why), "{right}");
    }
}

const INPUT: &str = "id: life/x
title: X
profile: hardened
rules: [robust.json.bulk]
with: [dan]
inputs:
  - id: X-01
    title: x
    with: [fay]
    outcome: [closed]
    do: [{send: {}}]
";

/// Of each committed input, what it is written out as stays as it is.
#[test]
fn committed_inputs_are_written_out_as_ever() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hostile");
    let mut paths = Vec::new();
    for layer in std::fs::read_dir(root).expect("the inputs").flatten() {
        let files = std::fs::read_dir(layer.path())
            .into_iter()
            .flatten()
            .flatten();
        paths.extend(
            files
                .map(|file| file.path())
                .filter(|path| path.extension().is_some_and(|ending| ending == "yaml")),
        );
    }
    paths.sort();
    let mut text = String::new();
    for path in paths {
        let source = std::fs::read_to_string(&path).expect("a file of inputs");
        let (layer, name) = (path.parent().and_then(Path::file_name), path.file_name());
        let name = [layer, name].map(|part| part.unwrap_or_default().to_string_lossy());
        let fixtures = hostile::load(&format!("hostile/{}", name.join("/")), &source);
        for fixture in fixtures.unwrap_or_else(|errors| panic!("{}", errors[0])) {
            let core = fixture.claimed(Profile::Core);
            let core = core.map(|core| golden::hash(&written(&core)));
            let hash = golden::hash(&written(&fixture));
            let _ = writeln!(text, "{} {hash:016x} {core:x?}", fixture.id);
        }
    }
    golden::is("hostile/committed.txt", &text);
}
