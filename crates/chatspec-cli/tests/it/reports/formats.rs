//! Every format, of a report in which every text is an attack.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::{evil, hostile, junit, run};
use crate::dummies::server::Server;
use crate::dummies::seven;
use crate::program::{Ran, chatspec};

/// An evil report in a folder of its own.
struct Evil {
    folder: TempDir,
    report: Value,
}

impl Evil {
    async fn new() -> Evil {
        let server = Server::start(seven::open(seven::echo)).await;
        let written = run(&[&server.url]).await;
        let mut report = evil::report(&serde_json::from_str(&written.json).expect("JSON"));
        report["cases"][0]["error"] = evil::TEXT.into();
        let folder = tempfile::tempdir().expect("a folder");
        let text = serde_json::to_string(&report).expect("JSON");
        fs::write(folder.path().join("evil.json"), text).expect("written");
        Evil { folder, report }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The report in another format.
    async fn as_format(&self, format: &str) -> String {
        let to = format!("{format}={}", self.path(format));
        chatspec(["report", &self.path("evil.json"), &to])
            .await
            .exits(0);
        let text = fs::read_to_string(self.path(format)).expect("written");
        hostile::assert_harmless(&text);
        text
    }

    fn cases(&self) -> usize {
        self.report["cases"].as_array().expect("a list").len()
    }
}

#[tokio::test]
async fn json_says_the_same_and_harms_nobody() {
    let evil = Evil::new().await;
    let json = evil.as_format("json").await;
    assert_eq!(
        serde_json::from_str::<Value>(&json).expect("JSON"),
        evil.report
    );
    assert!(!json.contains("##["));
}

#[tokio::test]
async fn junit_is_xml() {
    let evil = Evil::new().await;
    let xml = evil.as_format("junit").await;
    let read = junit(&xml);
    assert_eq!(read.tests, evil.cases());
    for markup in ["<script", "<img", "<!--", "]]>", "\u{ffff}"] {
        assert!(!xml.contains(markup), "{markup} in {xml}");
    }
}

#[tokio::test]
async fn tap_has_its_points_and_no_others() {
    let evil = Evil::new().await;
    let tap = evil.as_format("tap").await;
    let mut lines = tap.lines();
    assert_eq!(lines.next(), Some("TAP version 14"));
    assert_eq!(lines.next(), Some(format!("1..{}", evil.cases()).as_str()));
    let mut points = 0;
    for line in lines {
        let (ok, rest) = match line.strip_prefix("not ") {
            Some(rest) => (false, rest),
            None => (true, line),
        };
        if let Some(rest) = rest.strip_prefix("ok ") {
            points += 1;
            let description = rest
                .strip_prefix(&format!("{points} - "))
                .expect("in order");
            assert!(!ok, "nothing of it passed: {line}");
            assert!(
                !description
                    .replace("\\\\", "")
                    .replace("\\#", "")
                    .contains('#'),
                "a directive in {line}"
            );
        } else if let Some((_, value)) = line.strip_prefix("  ").and_then(|l| l.split_once(": ")) {
            serde_json::from_str::<String>(value).expect("a quoted value");
        } else {
            assert!(
                line.starts_with("# ") || ["  ---", "  ...", "  findings:"].contains(&line),
                "{line}"
            );
        }
    }
    assert_eq!(points, evil.cases());
}

#[tokio::test]
async fn html_has_its_own_tags_and_no_others() {
    let evil = Evil::new().await;
    let html = evil.as_format("html").await;
    assert_page(&html, 1);
    assert!(html.contains("&lt;script&gt;"), "nothing that could run");
}

/// No tag, attribute or address that is not the page's own.
#[track_caller]
fn assert_page(html: &str, scripts: usize) {
    const TAGS: &str = "a b blockquote body cite code dd details div dl dt footer form h1 h2 h3 h4 head header html input \
        label li main meta option output p pre rect section select small span strong style summary svg table tbody td \
        th thead title tr ul script !doctype";
    let (_, rest) = html.split_once("<style>").expect("a style");
    let (style, body) = rest.split_once("</style>").expect("its end");
    assert!(!style.contains("url(") && !style.contains("@import"));
    assert!(html.contains("content=\"default-src 'none'; style-src 'sha256-"));
    let body = match body.rsplit_once("<script>") {
        Some((body, _)) if scripts == 1 => body,
        None if scripts == 0 => body,
        _ => panic!("scripts"),
    };
    for tag in evil::tags(body) {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or(tag);
        assert!(
            TAGS.split_whitespace().any(|known| known == name),
            "<{tag}>"
        );
        assert!(
            name != "script" && name != "style" && name != "meta",
            "<{tag}>"
        );
        // Quoted values are out of the way: what is left are names.
        let bare: String = tag.split('"').step_by(2).collect();
        assert!(!bare.contains(" on") && !bare.contains("style="), "<{tag}>");
        assert!(!bare.contains("src="), "<{tag}>");
        if let Some((_, target)) = tag.split_once("href=") {
            assert!(target.starts_with("\"#"), "<{tag}>");
        }
    }
}

#[tokio::test]
async fn markdown_has_its_own_markup_and_no_other() {
    let evil = Evil::new().await;
    let markdown = evil.as_format("markdown").await;
    let prose = evil::prose(&markdown);
    let left = ["<details><summary>The conversation</summary>", "</details>"]
        .iter()
        .fold(prose.clone(), |text, ours| text.replace(ours, ""));
    for markup in ["<", "[", "](", "@", "http:", "www.x", "```"] {
        assert!(!left.contains(markup), "{markup} in {left}");
    }
    let bars = |line: &&str| line.starts_with('|');
    for line in left.lines().filter(bars) {
        assert_eq!(line.matches('|').count(), 5, "{line}");
    }
}

#[tokio::test]
async fn github_gets_an_annotation_a_rule() {
    let evil = Evil::new().await;
    let summary = evil.path("summary.md");
    let to = format!("github={summary}");
    let ran = chatspec(["report", &evil.path("evil.json"), &to])
        .await
        .exits(0);
    hostile::assert_harmless(&ran.stdout);
    let rules = evil.report["rules"].as_array().expect("a list");
    let violated = rules
        .iter()
        .filter(|rule| ["fail", "warn"].iter().any(|word| rule["verdict"] == *word));
    assert_eq!(ran.stdout.lines().count(), violated.count() + 1);
    for line in ran.stdout.lines() {
        let (head, message) = line[2..].split_once("::").expect("a message");
        assert!(
            line.starts_with("::error ") || line.starts_with("::warning "),
            "{line}"
        );
        let keys: Vec<&str> = head
            .split_once(' ')
            .expect("properties")
            .1
            .split(',')
            .map(|property| property.split('=').next().unwrap_or_default())
            .collect();
        assert!(
            keys == ["file", "line", "title"] || keys == ["title"],
            "{line}"
        );
        assert!(!message.contains("%0A::"), "{line}");
    }
    // A summary is appended to what other steps have said, and without a path it goes where the environment says.
    let once = fs::read_to_string(&summary).expect("written");
    chatspec(["report", &evil.path("evil.json"), &to])
        .await
        .exits(0);
    assert_eq!(
        fs::read_to_string(&summary).expect("written"),
        format!("{once}{once}")
    );
}

#[tokio::test]
async fn a_matrix_harms_nobody() {
    let evil = Evil::new().await;
    let (html, markdown) = (evil.path("m.html"), evil.path("m.md"));
    let (svg, json) = (evil.path("m.svg"), evil.path("m.json"));
    let args = [
        "matrix",
        &evil.path("evil.json"),
        "--html",
        &html,
        "--markdown",
        &markdown,
        "--badge-svg",
        &svg,
        "--badge-json",
        &json,
    ];
    chatspec(args).await.exits(0);
    let read = |path: &str| fs::read_to_string(path).expect("written");
    for path in [&html, &markdown, &svg, &json] {
        hostile::assert_harmless(&read(path));
    }
    assert_page(&read(&html), 0);
    let prose = evil::prose(&read(&markdown));
    assert!(!prose.contains('<') && !prose.contains('['), "{prose}");
    assert!(!read(&svg).contains("<script") && !read(&svg).contains("]]>"));
    let badge: Value = serde_json::from_str(&read(&json)).expect("JSON");
    assert_eq!(badge["schemaVersion"], 1);
    assert_eq!(badge["color"], "red");
}

#[tokio::test]
async fn one_report_has_stdout_for_itself() {
    let evil = Evil::new().await;
    let from = evil.path("evil.json");
    let printed: Ran = chatspec(["report", &from, "json=-"]).await.exits(0);
    let printed: Value = serde_json::from_str(&printed.stdout).expect("JSON alone");
    assert_eq!(printed, evil.report);
    chatspec(["report", &from, "json=-", "tap=-"])
        .await
        .exits(2)
        .complains(&["stdout"]);
    // Annotations go elsewhere then.
    let ran = chatspec([
        "report",
        &from,
        "tap=-",
        &format!("github={}", evil.path("s")),
    ])
    .await
    .exits(0);
    assert!(ran.stdout.starts_with("TAP version 14\n") && !ran.stdout.contains("\n::"));
    assert!(ran.stderr.starts_with("::"));
}
