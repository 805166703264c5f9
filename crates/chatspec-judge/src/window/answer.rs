//! Judges what came back from an HTTP request.

use serde_json::Value;

use super::{Judged, Window};
use crate::finding::{Finding, Outcome};
use crate::fixture::Action;
use crate::fixture::file::Answer;
use crate::pattern::{self, brief};
use crate::transcript::What;
use crate::value::{self, Bindings};

pub(super) fn judge(window: &Window<'_>, judged: &mut Judged) {
    let step = window.step();
    let Action::Request { answer, .. } = &step.action else {
        return;
    };
    let entry = window
        .entries
        .iter()
        .enumerate()
        .find_map(|(index, entry)| match &entry.what {
            What::Answered {
                status,
                headers,
                body,
                closed,
            } if entry.step == window.index => Some((index, *status, headers, body, *closed)),
            _ => None,
        });
    let Some((index, status, headers, body, closed)) = entry else {
        return;
    };
    let complaint = complaint(answer, status, closed)
        .or_else(|| {
            answer
                .readable_cross_origin
                .then(|| unreadable(headers, window.origin(judged)))
                .flatten()
        })
        .or_else(|| {
            let lacks = answer.body_lacks.as_ref()?;
            let text = value::resolve_text(lacks, &judged.bindings).ok()?;
            body.contains(&text)
                .then(|| (format!("a body without {text:?}"), format!("{body:?}")))
        })
        .or_else(|| {
            let holds = answer.body_contains.as_ref()?;
            let text = value::resolve_text(holds, &judged.bindings).ok()?;
            (!body.contains(&text)).then(|| (format!("a body with {text:?}"), format!("{body:?}")))
        })
        .or_else(|| open_packet(answer.open_packet.as_ref()?, body));
    judged.findings.push(match complaint {
        None => Finding::held(&step.rule, window.index, ""),
        Some((expected, seen)) => window.found(
            &step.rule,
            Outcome::Different,
            "",
            expected,
            seen.chars().take(300).collect(),
            Some(index),
        ),
    });
}

impl Window<'_> {
    fn origin(&self, judged: &Judged) -> String {
        judged
            .bindings
            .get("origin")
            .and_then(|origin| origin.as_str())
            .unwrap_or_default()
            .to_owned()
    }
}

fn complaint(answer: &Answer, status: u16, closed: bool) -> Option<(String, String)> {
    let fits = match answer.status.strip_suffix("xx") {
        Some(class) => (status / 100).to_string() == class,
        None => status.to_string() == answer.status,
    };
    if fits || (answer.or_closed && closed) {
        return None;
    }
    let or = if answer.or_closed {
        ", or a WebSocket closed at once"
    } else {
        ""
    };
    let seen = match status {
        0 => "no HTTP answer".to_owned(),
        101 => "a WebSocket that stays open".to_owned(),
        other => format!("HTTP {other}"),
    };
    Some((format!("HTTP {}{or}", answer.status), seen))
}

fn open_packet(pattern: &Value, body: &str) -> Option<(String, String)> {
    let open = body
        .strip_prefix('0')
        .and_then(|json| serde_json::from_str::<Value>(json).ok());
    let expected = format!("an open packet {}", brief(pattern));
    match open {
        None => Some((expected, format!("{body:?}"))),
        Some(open) => pattern::matches(pattern, &open, &mut Bindings::new())
            .err()
            .map(|why| (expected, format!("at {}: {}", why.path, why.why))),
    }
}

fn unreadable(headers: &[(String, String)], origin: String) -> Option<(String, String)> {
    let allowed = headers
        .iter()
        .find(|(name, _)| name == "access-control-allow-origin")
        .map(|(_, value)| value.as_str());
    if allowed == Some("*") || allowed == Some(origin.as_str()) {
        return None;
    }
    let seen = allowed.map_or("no such header".to_owned(), |value| format!("{value:?}"));
    Some((format!("Access-Control-Allow-Origin: {origin} or *"), seen))
}
