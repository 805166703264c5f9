//! What comes back from an HTTP request.

use super::*;

/// What one HTTP request came to: nothing, or what was expected and what was seen.
fn answered(
    answer: &str,
    status: u16,
    headers: &[(&str, &str)],
    body: &str,
    closed: bool,
) -> Option<(String, String)> {
    let step = format!("  - request: {{query: \"EIO=4\"}}\n    answer: {{{answer}}}\n");
    let what = What::Answered {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.to_owned(),
        closed,
    };
    let findings = Step::new(&step, vec![("", what)]).findings();
    let mut of_rule = findings
        .into_iter()
        .filter(|finding| finding.rule == "chat.room");
    let finding = of_rule.next().expect("a finding of the answer");
    match finding.outcome {
        Outcome::Held => None,
        outcome => {
            assert_eq!((outcome, finding.entry), (Outcome::Different, Some(0)));
            Some((finding.expected, finding.seen))
        }
    }
}

fn differs(expected: &str, seen: &str) -> Option<(String, String)> {
    Some((expected.to_owned(), seen.to_owned()))
}

#[test]
fn an_answer_has_the_status_that_is_asked_for() {
    let status =
        |asked: &str, status: u16| answered(&format!("status: {asked}"), status, &[], "", false);
    assert_eq!(status("400", 400), None);
    assert_eq!(status("4xx", 413), None);
    assert_eq!(status("400", 404), differs("HTTP 400", "HTTP 404"));
    assert_eq!(status("4xx", 500), differs("HTTP 4xx", "HTTP 500"));
    assert_eq!(status("4xx", 0), differs("HTTP 4xx", "no HTTP answer"));
    assert_eq!(
        status("4xx", 101),
        differs("HTTP 4xx", "a WebSocket that stays open")
    );
    let or_closed =
        |status, closed| answered("status: 4xx, or-closed: true", status, &[], "", closed);
    assert_eq!(or_closed(101, true), None);
    assert_eq!(or_closed(400, false), None);
    let expected = "HTTP 4xx, or a WebSocket closed at once";
    assert_eq!(
        or_closed(101, false),
        differs(expected, "a WebSocket that stays open")
    );
    assert!(answered("status: 4xx", 101, &[], "", true).is_some());
}

#[test]
fn an_answer_has_the_body_that_is_asked_for() {
    let body =
        |asked: &str, body: &str| answered(&format!("status: 200, {asked}"), 200, &[], body, false);
    let lacks = "body-lacks: \"<$nonce>\"";
    assert_eq!(body(lacks, "<n2>"), None);
    assert_eq!(
        body(lacks, "x<n1>"),
        differs("a body without \"<n1>\"", "\"x<n1>\"")
    );
    let holds = "body-contains: sid";
    assert_eq!(body(holds, "0{\"sid\":1}"), None);
    assert_eq!(body(holds, "no"), differs("a body with \"sid\"", "\"no\""));
    let open = "open-packet: {pingTimeout: {$atLeast: 20}}";
    let expected = "an open packet {\"pingTimeout\":{\"$atLeast\":20}}";
    assert_eq!(body(open, "0{\"pingTimeout\":20,\"sid\":\"x\"}"), None);
    for text in ["", "1{\"pingTimeout\":20}", "0{", "{\"pingTimeout\":20}"] {
        assert_eq!(body(open, text), differs(expected, &format!("{text:?}")));
    }
    let small = body(open, "0{\"pingTimeout\":19}").expect("it is too small");
    assert_eq!(small.0, expected);
    assert!(small.1.starts_with("at $.pingTimeout: "), "{small:?}");
}

#[test]
fn an_answer_can_be_read_by_the_page_that_asked() {
    let cors = |headers: &[(&str, &str)]| {
        answered(
            "status: 400, readable-cross-origin: true",
            400,
            headers,
            "",
            false,
        )
    };
    let name = "access-control-allow-origin";
    let expected = "Access-Control-Allow-Origin: https://page.example or *";
    assert_eq!(cors(&[(name, "*")]), None);
    assert_eq!(
        cors(&[("vary", "origin"), (name, "https://page.example")]),
        None
    );
    assert_eq!(
        cors(&[(name, "https://other.example")]),
        differs(expected, "\"https://other.example\"")
    );
    assert_eq!(cors(&[("vary", "*")]), differs(expected, "no such header"));
    assert_eq!(
        answered("status: 400", 400, &[], "", false),
        None,
        "not asked for"
    );
}

/// What another request was answered is not looked at.
#[test]
fn an_answer_belongs_to_its_step() {
    let answer = |status| What::Answered {
        status,
        headers: vec![],
        body: String::new(),
        closed: false,
    };
    let request = "  - request: {query: \"EIO=4\"}\n    answer: {status: 200}\n";
    let mut step = Step::new(request, vec![("", answer(500)), ("", answer(200))]);
    step.entries[0].step = 1;
    let wrong = |finding: &Finding| finding.outcome.is_violation();
    assert!(!step.findings().iter().any(wrong));
    step.entries.truncate(1);
    let of_rule = |finding: &Finding| finding.rule == "chat.room";
    assert!(!step.findings().iter().any(of_rule), "it has no answer");
}
