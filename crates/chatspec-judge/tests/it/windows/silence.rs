//! What holds because nothing came.

use super::*;

/// Silence is worth as much as the barrier that ends it.
#[test]
fn silence_holds_where_a_barrier_has_returned() {
    let quiet = format!("{SAY}    quiet: chat.members-only\n");
    let silent =
        |seen: Vec<(&str, What)>| held(&quiet, seen).contains(&"chat.members-only ?".to_owned());
    assert!(silent(barrier("bob")));
    assert!(!silent(vec![]), "no barrier has returned");
    assert!(
        !silent(vec![("bob", What::BarrierSent)]),
        "it was only sent"
    );
    assert!(
        !silent(and(vec![("bob", gets("ADA-1", "hi n1"))], barrier("bob"))),
        "it was broken"
    );
    let of_another_rule = and(vec![("bob", lost())], barrier("eve"));
    assert!(silent(of_another_rule), "another rule was broken");
    let closure =
        |seen: Vec<(&str, What)>| held(SAY, seen).contains(&"message.closure bob?".to_owned());
    assert!(closure(barrier("bob")));
    assert!(!closure(vec![("bob", lost())]));
    assert!(!closure(and(
        vec![("bob", gets("ADA-1", "hi n1"))],
        barrier("bob")
    )));
    let not = format!(
        "{SAY}    expect:\n      - {{to: [bob], not: {{type: chat}}, rule: chat.members-only}}\n"
    );
    let forbidden =
        |seen: Vec<(&str, What)>| held(&not, seen).contains(&"chat.members-only bob?".to_owned());
    assert!(forbidden(barrier("bob")));
    assert!(!forbidden(vec![]));
    assert!(!forbidden(and(
        vec![("bob", gets("ADA-1", "hi n1"))],
        barrier("bob")
    )));
}

/// A barrier that is acknowledged without its listing does not answer.
#[test]
fn a_barrier_needs_its_listing() {
    assert!(held(SAY, barrier("bob")).contains(&"users.anyone bob".to_owned()));
    let bare = vec![("bob", What::BarrierSent), ("bob", What::BarrierReturned)];
    assert_eq!(
        broken(SAY, bare),
        one("users.anyone", "bob", Outcome::Missing)
    );
}
