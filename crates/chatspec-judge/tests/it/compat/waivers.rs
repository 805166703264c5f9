//! What a waiver allows, and one that allows nothing.

use chatspec_judge::compat::allow::Waivers;
use chatspec_judge::compat::change::Report;
use chatspec_judge::compat::contain::Verdict;

use super::{diff, edited};

/// A change that breaks nobody needs no waiver, and one for it is stale.
#[test]
fn a_waiver_for_what_breaks_nobody_is_stale() {
    let new = edited(&[(
        "server-to-client.json",
        "Someone else has said something.",
        "Somebody spoke.",
    )]);
    let mut reports = [diff(&new)];
    let name = reports[0].changes[0].fingerprint.clone();
    let allow = format!("allow:\n  - change: {name}\n    reason: all agreed\n");
    let said = Waivers::load("allow.yaml", &allow)
        .expect("well formed")
        .apply(&mut reports);
    assert_eq!(said.len(), 1);
    assert!(
        said[0]
            .to_string()
            .contains("breaks nobody; drop the waiver"),
        "{}",
        said[0]
    );
    assert_eq!(reports[0].changes[0].waived, None);
}

#[test]
fn a_waiver_allows_one_change_and_none_other() {
    let new = edited(&[(
        "manifest.json",
        "\"text_max_bytes\": 8192",
        "\"text_max_bytes\": 4096",
    )]);
    let mut reports = [diff(&new)];
    let name = reports[0].changes[0].fingerprint.clone();
    let load = |name: &str| {
        Waivers::load(
            "allow.yaml",
            &format!("allow:\n  - change: {name}\n    reason: all agreed\n"),
        )
        .expect("well formed")
    };
    assert_eq!(load(&name).apply(&mut reports), []);
    assert_eq!(reports[0].verdict, Verdict::Ok);

    let mut reports = [diff(&new)];
    let wrong = name.replace("text_max", "text_mx");
    let said = load(&wrong).apply(&mut reports);
    assert_eq!(said.len(), 1);
    assert!(
        said[0]
            .to_string()
            .contains(&format!("did you mean {name}?")),
        "{}",
        said[0]
    );
    assert_eq!(reports[0].verdict, Verdict::Break);
}

/// A waiver that allows nothing says why, and what may have been meant.
#[test]
fn a_waiver_that_allows_nothing_is_an_error() {
    let load = |text: &str| Waivers::load("allow.yaml", text);
    let waiver = |change: &str| format!("  - change: {change}\n    reason: all agreed\n");
    let twice = format!("allow:\n{0}{0}", waiver("a"));
    let errors = load(&twice).expect_err("one is enough");
    assert_eq!(errors.len(), 1);
    assert!(
        errors[0]
            .to_string()
            .contains("the same as the waiver in line 2"),
        "{}",
        errors[0]
    );
    let both = load(&format!("allow:\n{}{}", waiver("a"), waiver("b")));
    assert!(both.is_ok(), "two changes");

    let new = edited(&[(
        "manifest.json",
        "\"text_max_bytes\": 8192",
        "\"text_max_bytes\": 4096",
    )]);
    let idle = |text: &str, reports: &mut [Report]| {
        let errors = load(text).expect("well formed").apply(reports);
        errors.iter().map(ToString::to_string).collect::<String>()
    };
    let alike = idle(
        &format!("allow:\n{}", waiver("like-nothing-that-was-ever-changed")),
        &mut [diff(&new)],
    );
    assert!(
        alike.contains("drop the waiver") && !alike.contains("did you mean"),
        "{alike}"
    );

    // What is allowed already is not proposed for another.
    let mut reports = [diff(&new)];
    let name = reports[0].changes[0].fingerprint.clone();
    let wrong = name.replace("text_max", "text_mx");
    let both = format!("allow:\n{}{}", waiver(&name), waiver(&wrong));
    let said = idle(&both, &mut reports);
    assert!(
        said.contains("drop the waiver") && !said.contains("did you mean"),
        "{said}"
    );
}
