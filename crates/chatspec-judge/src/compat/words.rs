//! What a comparison found, in words.

use std::fmt::Write;

use serde_json::Value;

use super::change::{Category, Change, Finding, Peers, Report};
use super::contain::Verdict;
use super::version::Direction;

/// Longest witness that is written out, in characters.
const WITNESS_MAX: usize = 400;

/// For a terminal: what breaks first, then what does not.
pub fn human(report: &Report) -> String {
    let mut text = format!("{} -> {}\n", report.old, report.new);
    for unsound in &report.unsound {
        let _ = writeln!(
            text,
            "\n{}: {} is unsound: {}\n  {}",
            shout(unsound.verdict),
            unsound.version,
            match unsound.verdict {
                Verdict::Break => format!(
                    "what {} lets senders send, its own receivers refuse",
                    unsound.place
                ),
                _ => format!(
                    "it is not known whether receivers take all that {} lets senders send",
                    unsound.place
                ),
            },
            unsound.how
        );
        if let Some(witness) = &unsound.witness {
            let _ = writeln!(text, "  message: {}", shown(witness));
        }
    }
    let (bad, good): (Vec<&Change>, Vec<&Change>) = report
        .changes
        .iter()
        .partition(|change| change.verdict() != Verdict::Ok && change.waived.is_none());
    for change in bad {
        let _ = writeln!(
            text,
            "\n{} {}  {} {}",
            shout(change.verdict()),
            category(change.category),
            subject(change),
            change.what
        );
        for sentence in sentences(report, change) {
            let _ = writeln!(text, "  {sentence}");
        }
        if !change.mend.is_empty() {
            let _ = writeln!(text, "  mend:  {}", change.mend);
        }
        let _ = writeln!(text, "  allow: {}", change.fingerprint);
    }
    if !good.is_empty() {
        text.push('\n');
    }
    for change in good {
        let word = match change.waived.is_some() {
            true => "allowed",
            false => "ok",
        };
        let _ = writeln!(
            text,
            "{word:<7} {:<8}  {} {}",
            category(change.category),
            subject(change),
            change.what
        );
        if let Some(reason) = &change.waived {
            let _ = writeln!(text, "  because: {reason}");
        }
    }
    let _ = writeln!(text, "\n{}", summary(report));
    text
}

/// A table for a page or a comment.
pub fn markdown(report: &Report) -> String {
    let mut text = format!(
        "### `{}` → `{}`: {}\n\n| change | category | client→server: old client, new server | new client, old server \
         | server→client: old client, new server | new client, old server |\n|---|---|---|---|---|---|\n",
        report.old,
        report.new,
        word(report.verdict)
    );
    for change in &report.changes {
        let cells = change.cells.row().map(|cell| match (cell, &change.waived) {
            (Verdict::Ok, _) => "ok".to_owned(),
            (cell, Some(_)) => format!("{} (allowed)", word(cell)),
            (cell, None) => format!("**{}**", shout(cell)),
        });
        let what = format!("{} {}", subject(change), change.what)
            .replace('|', "\\|")
            .replace('\n', " ");
        let _ = writeln!(
            text,
            "| {what} | {} | {} |",
            category(change.category),
            cells.join(" | ")
        );
    }
    for change in report
        .changes
        .iter()
        .filter(|change| change.verdict() != Verdict::Ok)
    {
        let _ = writeln!(text, "\n**{} {}**\n", subject(change), change.what);
        for sentence in sentences(report, change) {
            let _ = writeln!(text, "- {sentence}");
        }
        match &change.waived {
            Some(reason) => _ = writeln!(text, "- allowed: {reason}"),
            None => {
                _ = writeln!(
                    text,
                    "- mend: {}\n- to allow it: `{}`",
                    change.mend, change.fingerprint
                )
            }
        }
    }
    for unsound in &report.unsound {
        let _ = writeln!(
            text,
            "\n**{} is unsound**: {}: {}",
            unsound.version, unsound.place, unsound.how
        );
    }
    let _ = writeln!(text, "\n{}", summary(report));
    text
}

/// Annotations as GitHub's runners take them, one a line.
pub fn github(report: &Report) -> String {
    let mut text = String::new();
    for change in report
        .changes
        .iter()
        .filter(|change| change.verdict() != Verdict::Ok)
    {
        let level = if change.waived.is_some() {
            "notice"
        } else {
            "error"
        };
        let mut message = format!("{} {}", subject(change), change.what);
        for sentence in sentences(report, change) {
            let _ = write!(message, "\n{sentence}");
        }
        let _ = write!(
            message,
            "\nmend: {}\nallow: {}",
            change.mend, change.fingerprint
        );
        let _ = writeln!(
            text,
            "::{level} title={}::{}",
            escaped(&format!(
                "{} {}",
                category(change.category),
                shout(change.verdict())
            ))
            .replace(':', "%3A")
            .replace(',', "%2C"),
            escaped(&message)
        );
    }
    for unsound in &report.unsound {
        let _ = writeln!(
            text,
            "::error title=unsound::{}",
            escaped(&format!(
                "{}: {}: {}",
                unsound.version, unsound.place, unsound.how
            ))
        );
    }
    let _ = writeln!(
        text,
        "::notice title=schema diff::{}",
        escaped(&summary(report))
    );
    text
}

/// What a change is about: `Chat.text` and its direction.
pub fn subject(change: &Change) -> String {
    match (&change.message, &change.field) {
        (Some(message), Some(field)) => format!("`{message}.{field}` ({})", change.place),
        (Some(message), None) => format!("`{message}` ({})", change.place),
        _ => change.place.clone(),
    }
}

/// One sentence for each cell that is not well: who breaks, and by which message.
pub fn sentences(report: &Report, change: &Change) -> Vec<String> {
    let bad = change
        .findings
        .iter()
        .filter(|finding| finding.verdict != Verdict::Ok);
    bad.map(|finding| sentence(report, change, finding))
        .collect()
}

fn sentence(report: &Report, change: &Change, finding: &Finding) -> String {
    let (client, server) = match finding.peers {
        Peers::OldClient => (&report.old, &report.new),
        Peers::NewClient => (&report.new, &report.old),
    };
    let age = |version: &String| if *version == report.old { "old" } else { "new" };
    let message = change
        .message
        .as_deref()
        .filter(|_| change.place != "manifest");
    let what = message.map_or_else(|| "a message".to_owned(), |message| format!("`{message}`"));
    let Some(witness) = &finding.witness else {
        return format!(
            "clients built for {client} and servers built for {server} do not get on: {}",
            finding.how
        );
    };
    let (from, to) = match finding.direction {
        Direction::ServerToClient => (
            format!("the {} server's", age(server)),
            format!("clients built for {client} refuse"),
        ),
        _ => (
            format!("the {} client's", age(client)),
            format!("servers built for {server} refuse"),
        ),
    };
    match finding.verdict {
        Verdict::Break if change.category == Category::Semantic => {
            let takes = to.replace(" refuse", " take");
            format!(
                "{takes} {from} {what}, and {}: {}",
                finding.how,
                shown(witness)
            )
        }
        Verdict::Break => format!("{to} {from} {what}: {}", shown(witness)),
        _ => format!(
            "it is not known whether {to} {from} {what}: {}; {}",
            finding.how,
            shown(witness)
        ),
    }
}

/// One line about all.
pub fn summary(report: &Report) -> String {
    let count = |verdict: Verdict| {
        let open = report
            .changes
            .iter()
            .filter(|change| change.waived.is_none());
        open.filter(|change| change.verdict() == verdict).count()
            + report
                .unsound
                .iter()
                .filter(|u| u.verdict == verdict)
                .count()
    };
    let waived = report
        .changes
        .iter()
        .filter(|change| change.waived.is_some())
        .count();
    let types = report.changes.iter().any(|change| change.alters_types);
    let changes = match report.changes.len() {
        0 => "no change".to_owned(),
        1 => "1 change".to_owned(),
        many => format!("{many} changes"),
    };
    let mut text = format!(
        "{}: {changes}; {} break, {} unknown, {waived} allowed",
        word(report.verdict),
        count(Verdict::Break),
        count(Verdict::Unknown)
    );
    if types {
        text.push_str("; generated types change");
    }
    text
}

/// A witness for people: whole, or its beginning and its size.
fn shown(witness: &Value) -> String {
    let text = witness.to_string();
    match text.char_indices().nth(WITNESS_MAX) {
        Some((end, _)) => format!("{}... ({} bytes in all)", &text[..end], text.len()),
        None => text,
    }
}

/// A verdict as a word.
pub fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "compatible",
        Verdict::Unknown => "unknown",
        Verdict::Break => "breaking",
    }
}

/// A verdict in capitals.
pub fn shout(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "OK",
        Verdict::Unknown => "UNKNOWN",
        Verdict::Break => "BREAK",
    }
}

/// A category in capitals.
pub fn category(category: Category) -> &'static str {
    match category {
        Category::Wire => "WIRE",
        Category::Semantic => "SEMANTIC",
        Category::Codegen => "CODEGEN",
        Category::Doc => "DOC",
    }
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
