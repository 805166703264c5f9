//! What the books count, beside what they find wrong.

use super::super::violation::Violations;
use super::{Kind, Ledger, Names, Said, Tally, chat, enter, full, kinds, leave};

#[test]
fn members_that_are_in_are_counted() {
    let mut ledger = full();
    assert_eq!(ledger.inside(), 6);
    leave(&mut ledger, 2);
    leave(&mut ledger, 4);
    assert_eq!(ledger.inside(), 4);
    enter(&mut ledger, 2);
    assert_eq!(ledger.inside(), 5);
}

#[test]
fn messages_wait_until_they_have_come_to_everybody() {
    let mut ledger = full();
    ledger.send(0, None, 0);
    ledger.send(3, Some(4), 0);
    ledger.send(3, None, 0);
    assert_eq!(ledger.waiting(), 3);
    ledger.hear(1, &chat(0, 0));
    assert_eq!(ledger.waiting(), 3);
    ledger.hear(2, &chat(0, 0));
    assert_eq!(ledger.waiting(), 2);
    // The one that was for 4 alone is passed over, and the next one is still due to 5.
    ledger.hear(4, &chat(3, 1));
    assert_eq!(ledger.waiting(), 1);
    ledger.hear(5, &chat(3, 1));
    assert_eq!((ledger.waiting(), ledger.unfinished(3)), (0, 0));
    assert_eq!(ledger.finished().collect::<Vec<_>>(), [0, 3, 3]);
}

/// A message that nobody is there for waits for nobody, and those after it have their numbers.
#[test]
fn a_message_to_nobody_is_sent_and_not_due() {
    let mut ledger = full();
    for who in [1, 2] {
        leave(&mut ledger, who);
    }
    assert_eq!(ledger.send(0, None, 0), 0);
    assert_eq!(ledger.send(0, Some(1), 0), 1);
    assert_eq!((ledger.waiting(), ledger.unfinished(0)), (0, 0));
    enter(&mut ledger, 1);
    assert_eq!(ledger.send(0, None, 7), 2);
    ledger.hear(1, &chat(0, 2));
    let tally = Tally {
        sent: 3,
        due: 1,
        received: 1,
        ..Tally::default()
    };
    assert_eq!(ledger.tally(), tally);
    ledger.settle();
    assert_eq!(ledger.violations().total(), 0);
    // Behind one that waits, one to nobody keeps its place.
    ledger.send(0, None, 0);
    leave(&mut ledger, 1);
    ledger.send(0, None, 0);
    assert_eq!((ledger.waiting(), ledger.unfinished(0)), (0, 0));
}

#[test]
fn who_leaves_waits_for_nothing_more() {
    let mut ledger = full();
    ledger.send(0, None, 0);
    ledger.send(0, Some(2), 0);
    assert_eq!(ledger.tally().due, 3);
    ledger.leaving(2);
    assert_eq!(ledger.tally().due, 1);
    assert_eq!((ledger.waiting(), ledger.unfinished(0)), (1, 1));
    assert_eq!(ledger.finished().count(), 1);
    ledger.hear(1, &chat(0, 0));
    assert_eq!((ledger.waiting(), ledger.unfinished(0)), (0, 0));
}

/// What comes late is received, is told of once, and of its neighbours nothing is said.
#[test]
fn what_comes_late_is_received() {
    let (found, words) = kinds(|ledger| {
        for _ in 0..3 {
            ledger.send(0, Some(1), 0);
        }
        ledger.hear(1, &chat(0, 2));
        ledger.hear(1, &chat(0, 1));
        assert_eq!(ledger.tally().received, 2);
    });
    assert_eq!(found, [Kind::Gap, Kind::Order], "{words}");
    let mut ledger = full();
    for _ in 0..3 {
        ledger.send(0, Some(1), 0);
    }
    ledger.hear(1, &chat(0, 2));
    ledger.hear(1, &chat(0, 1));
    ledger.settle();
    let gap = ledger.violations().first.iter();
    let gap: Vec<&str> = gap
        .filter(|one| one.kind == Kind::Gap)
        .map(|one| one.expected.as_str())
        .collect();
    assert_eq!(gap, ["message 0"]);
}

/// Some of each kind are told, so that a flood of one hides no other, and all are counted.
#[test]
fn violations_are_counted_whole_and_told_in_part() {
    let mut ledger = full();
    type Wrong = fn(&mut Ledger);
    let wrongs: [Wrong; 5] = [
        |ledger| ledger.unanswered(0, 1),
        |ledger| ledger.answered_again(0),
        |ledger| ledger.refused(0, 22),
        |ledger| ledger.lost(0, "closed"),
        |ledger| {
            ledger.hear(1, &chat(0, 0));
        },
    ];
    for wrong in wrongs {
        for _ in 0..7 {
            wrong(&mut ledger);
        }
    }
    let violations: &Violations = ledger.violations();
    assert_eq!(violations.total(), 35);
    assert_eq!(violations.of(Kind::Stranger), 7);
    let told = |kind| violations.first.iter().filter(move |one| one.kind == kind);
    for kind in [Kind::Gap, Kind::Duplicate, Kind::Refused, Kind::Lost] {
        assert_eq!(told(kind).count(), 5, "{kind:?}");
    }
    assert_eq!(violations.first.len(), 20, "four kinds fill it");
}

#[test]
fn presence_is_told_to_those_who_are_in() {
    type History = fn(&mut Ledger);
    let rows: [(&str, History); 2] = [
        ("newuser", |ledger| {
            leave(ledger, 1);
            leave(ledger, 2);
            enter(ledger, 1);
            ledger.hear(2, &Said::Joined(1));
        }),
        ("deluser", |ledger| {
            leave(ledger, 2);
            leave(ledger, 1);
            ledger.hear(2, &Said::Left(1));
        }),
    ];
    for (what, history) in rows {
        let (found, words) = kinds(history);
        assert_eq!(found, [Kind::Presence], "{what}");
        assert!(
            words.contains(what) && words.ends_with("while it is in no room"),
            "{words}"
        );
    }
}

#[test]
fn nobody_hears_of_one_who_never_joined() {
    let mut ledger = Ledger::new(Names::new(1, 3, 0), 1, 3);
    enter(&mut ledger, 0);
    ledger.hear(0, &Said::Joined(1));
    let words = ledger.violations().first[0].to_string();
    assert!(words.ends_with("who did not join"), "{words}");
}

/// That 1 leaves while 2 joins may be handled in either order; that 1 is in, and stays, may not be unsaid.
#[test]
fn a_leave_that_crosses_a_join_may_be_heard() {
    let (found, words) = kinds(|ledger| {
        leave(ledger, 2);
        ledger.leaving(1);
        ledger.joining(2);
        ledger.hear(2, &Said::Joined(2));
        ledger.hear(2, &Said::Left(1));
        ledger.hear(0, &Said::Left(1));
        ledger.hear(0, &Said::Joined(2));
        ledger.left(1);
    });
    assert_eq!(found, [], "{words}");
    // What may have been told of an earlier time of its own counts no more once it joins again.
    let (found, words) = kinds(|ledger| {
        leave(ledger, 2);
        ledger.leaving(1);
        enter(ledger, 2);
        ledger.left(1);
        ledger.hear(0, &Said::Left(1));
        leave(ledger, 2);
        enter(ledger, 2);
        ledger.hear(2, &Said::Left(1));
    });
    assert_eq!(found, [Kind::Presence], "{words}");
}

/// Who has come back has left before, and news of that may be on the way.
#[test]
fn who_has_come_back_may_be_said_to_leave_first() {
    let (found, words) = kinds(|ledger| {
        ledger.leaving(1);
        ledger.left(1);
        ledger.joining(1);
        ledger.hear(1, &Said::Joined(1));
        for said in [Said::Left(1), Said::Joined(1)] {
            ledger.hear(0, &said);
            ledger.hear(2, &said);
        }
    });
    assert_eq!(found, [], "{words}");
}
