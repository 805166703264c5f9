use proptest::prelude::*;

use super::{Heard, Id, Kind, Ledger, Names, Said, Tally};

mod books;

/// Two rooms of three, all of whom are in.
fn full() -> Ledger {
    let mut ledger = Ledger::new(Names::new(1, 3, 0), 2, 3);
    for who in 0..6 {
        enter(&mut ledger, who);
    }
    assert_eq!(ledger.violations().total(), 0);
    ledger
}

/// `who` joins, and all who are in hear of it.
fn enter(ledger: &mut Ledger, who: Id) {
    ledger.joining(who);
    assert_eq!(ledger.hear(who, &Said::Joined(who)), Heard::Joined);
    tell(ledger, who, Said::Joined(who));
}

fn leave(ledger: &mut Ledger, who: Id) {
    ledger.leaving(who);
    tell(ledger, who, Said::Left(who));
    ledger.left(who);
}

/// All others in the room of `who` hear it.
fn tell(ledger: &mut Ledger, who: Id, said: Said) {
    for mate in ledger.room_mates(who) {
        if mate != who && ledger.is_inside(mate) {
            ledger.hear(mate, &said);
        }
    }
}

fn chat(author: Id, number: u32) -> Said {
    Said::Chat {
        from: author,
        author,
        number,
    }
}

/// Plays the history and gives the kinds of what is wrong with it, in the order of kinds, and the first one in words.
fn kinds(history: impl FnOnce(&mut Ledger)) -> (Vec<Kind>, String) {
    let mut ledger = full();
    history(&mut ledger);
    ledger.settle();
    let violations = ledger.violations();
    let words = violations.first.first().map(ToString::to_string);
    (
        violations.counts.keys().copied().collect(),
        words.unwrap_or_default(),
    )
}

#[test]
fn what_comes_in_its_turn_is_right() {
    let mut ledger = full();
    for number in 0..3 {
        assert_eq!(ledger.send(0, None, u64::from(number)), number);
    }
    assert_eq!(ledger.unfinished(0), 3);
    for number in 0..3 {
        for receiver in [1, 2] {
            assert_eq!(
                ledger.hear(receiver, &chat(0, number)),
                Heard::Delivery {
                    at: u64::from(number)
                }
            );
        }
    }
    assert_eq!(ledger.unfinished(0), 0);
    assert_eq!(ledger.finished().count(), 3);
    ledger.settle();
    assert_eq!(ledger.violations().total(), 0);
    let tally = Tally {
        sent: 3,
        due: 6,
        received: 6,
        ..Tally::default()
    };
    assert_eq!(ledger.tally(), tally);
}

#[test]
fn a_message_that_never_comes_is_a_gap() {
    let (found, words) = kinds(|ledger| {
        ledger.send(0, None, 0);
        ledger.send(0, None, 0);
        ledger.hear(1, &chat(0, 0));
        ledger.hear(1, &chat(0, 1));
        ledger.hear(2, &chat(0, 1));
        assert_eq!(
            ledger.unfinished(0),
            0,
            "nobody waits for what was passed over"
        );
    });
    assert_eq!(found, [Kind::Gap]);
    let names = Names::new(1, 3, 0);
    assert_eq!(
        words,
        format!(
            "gap: {} from {}: expected message 0, saw message 1",
            names.user(2),
            names.user(0)
        )
    );
    // The last ones, too, and all of them.
    let (found, words) = kinds(|ledger| {
        ledger.send(0, None, 0);
    });
    assert_eq!(found, [Kind::Gap]);
    assert!(
        words.ends_with("expected message 0, saw nothing"),
        "{words}"
    );
}

#[test]
fn a_message_after_a_later_one_is_out_of_order_and_no_gap() {
    let (found, words) = kinds(|ledger| {
        ledger.send(0, Some(1), 0);
        ledger.send(0, Some(1), 0);
        ledger.hear(1, &chat(0, 1));
        ledger.hear(1, &chat(0, 0));
    });
    assert_eq!(found, [Kind::Order]);
    assert!(
        words.ends_with("expected message 0 in its turn, saw message 0 after 1"),
        "{words}"
    );
}

#[test]
fn a_message_that_comes_twice_is_a_duplicate() {
    let (found, words) = kinds(|ledger| {
        ledger.send(0, Some(1), 0);
        ledger.hear(1, &chat(0, 0));
        ledger.hear(1, &chat(0, 0));
    });
    assert_eq!(found, [Kind::Duplicate]);
    assert!(
        words.ends_with("expected message 1, saw message 0 again"),
        "{words}"
    );
}

#[test]
fn strangers_are_told_from_members() {
    type History = fn(&mut Ledger);
    let rows: [(&str, History); 7] = [
        ("of another room", |ledger| {
            ledger.send(0, None, 0);
            tell(ledger, 0, chat(0, 0));
            ledger.hear(3, &chat(0, 0));
        }),
        ("its own", |ledger| {
            ledger.send(0, None, 0);
            tell(ledger, 0, chat(0, 0));
            ledger.hear(0, &chat(0, 0));
        }),
        ("which nobody sent", |ledger| {
            ledger.hear(1, &chat(0, 0));
        }),
        ("for another one alone", |ledger| {
            ledger.send(0, Some(1), 0);
            ledger.hear(2, &chat(0, 0));
            ledger.hear(1, &chat(0, 0));
        }),
        // The one whom it is for has read it already.
        ("for another one alone", |ledger| {
            ledger.send(0, Some(1), 0);
            ledger.hear(1, &chat(0, 0));
            ledger.hear(2, &chat(0, 0));
        }),
        ("in no room", |ledger| {
            leave(ledger, 2);
            ledger.send(0, None, 0);
            tell(ledger, 0, chat(0, 0));
            ledger.hear(2, &chat(0, 0));
        }),
        ("older than its join", |ledger| {
            leave(ledger, 2);
            ledger.send(0, None, 0);
            tell(ledger, 0, chat(0, 0));
            enter(ledger, 2);
            ledger.hear(2, &chat(0, 0));
        }),
    ];
    for (why, history) in rows {
        let (found, words) = kinds(history);
        assert_eq!(found, [Kind::Stranger], "{why}");
        assert!(words.contains(why), "{words}");
    }
}

#[test]
fn who_says_it_is_who_wrote_it() {
    let (found, _) = kinds(|ledger| {
        ledger.send(0, Some(1), 0);
        ledger.hear(1, &chat(0, 0));
        ledger.send(0, None, 0);
        tell(ledger, 0, chat(0, 1));
        ledger.hear(
            1,
            &Said::Chat {
                from: 2,
                author: 0,
                number: 1,
            },
        );
    });
    assert_eq!(found, [Kind::Altered]);
}

#[test]
fn presence_is_told_once_and_in_time() {
    type History = fn(&mut Ledger);
    let rows: [(&str, Kind, History); 9] = [
        ("again", Kind::Presence, |ledger| {
            ledger.hear(1, &Said::Joined(0));
        }),
        ("its own, again", Kind::Presence, |ledger| {
            ledger.hear(0, &Said::Joined(0));
        }),
        ("of another room", Kind::Presence, |ledger| {
            ledger.hear(0, &Said::Joined(4));
        }),
        ("who stays", Kind::Presence, |ledger| {
            ledger.hear(1, &Said::Left(0));
        }),
        ("its own", Kind::Presence, |ledger| {
            leave(ledger, 0);
            ledger.hear(0, &Said::Left(0));
        }),
        ("again", Kind::Presence, |ledger| {
            leave(ledger, 0);
            ledger.hear(1, &Said::Left(0));
        }),
        ("expected its deluser, saw none", Kind::Presence, |ledger| {
            ledger.leaving(0);
            ledger.hear(1, &Said::Left(0));
            ledger.left(0);
        }),
        ("expected its newuser, saw none", Kind::Presence, |ledger| {
            leave(ledger, 0);
            ledger.joining(0);
            ledger.hear(0, &Said::Joined(0));
            ledger.hear(1, &Said::Joined(0));
        }),
        ("its newuser first", Kind::Unannounced, |ledger| {
            leave(ledger, 0);
            ledger.joining(0);
            ledger.hear(0, &Said::Joined(0));
            ledger.send(0, Some(1), 0);
            ledger.hear(1, &chat(0, 0));
            ledger.hear(1, &Said::Joined(0));
            ledger.hear(2, &Said::Joined(0));
        }),
    ];
    for (words, kind, history) in rows {
        let (found, said) = kinds(history);
        assert_eq!(found, [kind], "{words}: {said}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn what_crosses_a_join_or_a_leave_may_come_and_need_not() {
    for comes in [true, false] {
        let (found, words) = kinds(|ledger| {
            ledger.leaving(2);
            ledger.send(0, None, 0);
            ledger.hear(1, &chat(0, 0));
            if comes {
                ledger.hear(2, &chat(0, 0));
            }
            ledger.left(2);
            for mate in [0, 1] {
                ledger.hear(mate, &Said::Left(2));
            }
            ledger.joining(2);
            ledger.send(0, None, 0);
            ledger.hear(1, &chat(0, 1));
            ledger.hear(2, &Said::Joined(2));
            for mate in [0, 1] {
                ledger.hear(mate, &Said::Joined(2));
            }
            if comes {
                ledger.hear(2, &chat(0, 1));
            }
        });
        assert_eq!(found, [], "{words}");
    }
}

#[test]
fn presence_that_crosses_a_join_may_come_and_need_not() {
    // While 2 joins, 1 comes and goes: all of it may be handled before that join, or after.
    for comes in [true, false] {
        let (found, words) = kinds(|ledger| {
            leave(ledger, 1);
            leave(ledger, 2);
            ledger.joining(1);
            ledger.joining(2);
            ledger.hear(0, &Said::Joined(1));
            ledger.hear(1, &Said::Joined(1));
            ledger.leaving(1);
            ledger.hear(0, &Said::Left(1));
            ledger.left(1);
            ledger.hear(0, &Said::Joined(2));
            ledger.hear(2, &Said::Joined(2));
            if comes {
                ledger.hear(2, &Said::Left(1));
            }
        });
        assert_eq!(found, [], "{words}");
    }
}

/// That a connection is lost may be seen before others are told of it, or after; and nobody need be told.
#[test]
fn who_is_lost_does_not_stay() {
    for told in [0, 1, 2] {
        let (found, words) = kinds(|ledger| {
            if told == 1 {
                tell(ledger, 0, Said::Left(0));
            }
            ledger.lost(0, "closed with 1008");
            if told == 2 {
                tell(ledger, 0, Said::Left(0));
            }
        });
        assert_eq!(found, [Kind::Lost], "{told}: {words}");
    }
}

#[test]
fn requests_are_answered_once_and_not_refused() {
    let (found, words) = kinds(|ledger| {
        ledger.unanswered(0, 2);
        ledger.answered_again(1);
        ledger.refused(2, 22);
        assert_eq!(ledger.violations().of(Kind::Gap), 2);
    });
    assert_eq!(
        found,
        [Kind::Gap, Kind::Duplicate, Kind::Refused],
        "{words}"
    );
}

#[test]
fn a_lost_connection_is_a_violation_and_owes_its_messages() {
    let (found, _) = kinds(|ledger| {
        ledger.send(0, Some(1), 0);
        ledger.lost(1, "closed with 1008");
    });
    assert_eq!(found, [Kind::Gap, Kind::Lost]);
    // One that we close owes nothing.
    let (found, words) = kinds(|ledger| {
        ledger.send(0, None, 0);
        ledger.hear(1, &chat(0, 0));
        ledger.close(2);
        ledger.hear(1, &Said::Left(2));
        assert_eq!(ledger.unfinished(0), 0);
    });
    assert_eq!(found, [], "{words}");
}

proptest! {
    /// Any one defect in a long history is found, and by its kind.
    #[test]
    fn one_defect_among_many_deliveries_is_found(count in 2..60u32, at in 0..59u32, defect in 0..3) {
        prop_assume!(at + 1 < count);
        let mut numbers: Vec<u32> = (0..count).collect();
        let kind = match defect {
            0 => { numbers.remove(at as usize); Kind::Gap }
            1 => { numbers.insert(at as usize, at); Kind::Duplicate }
            _ => { numbers.swap(at as usize, at as usize + 1); Kind::Order }
        };
        let (found, _) = kinds(|ledger| {
            for _ in 0..count {
                ledger.send(0, Some(1), 0);
            }
            for number in numbers {
                ledger.hear(1, &chat(0, number));
            }
        });
        prop_assert_eq!(found, [kind]);
    }
}

/// One room of three on two nodes: members 0 and 2 sit on one, 1 on the other.
fn two_nodes() -> Ledger {
    let mut ledger = Ledger::new(Names::new(1, 3, 0), 1, 3).across(2);
    for who in 0..3 {
        ledger.joining(who);
        assert_eq!(ledger.hear(who, &Said::Joined(who)), Heard::Joined);
        for mate in 0..who {
            ledger.hear(mate, &Said::Joined(who));
        }
    }
    ledger
}

fn message(from: Id, number: u32) -> Said {
    Said::Chat {
        from,
        author: from,
        number,
    }
}

#[test]
fn what_was_under_way_to_another_node_may_meet_a_newcomer() {
    let mut ledger = two_nodes();
    ledger.leaving(1);
    ledger.left(1);
    ledger.send(0, None, 1);
    ledger.hear(2, &message(0, 0));
    ledger.joining(1);
    ledger.hear(1, &Said::Joined(1));
    assert_eq!(ledger.hear(1, &message(0, 0)), Heard::Other);
    ledger.hear(1, &message(0, 0));
    assert_eq!(ledger.violations().counts[&Kind::Duplicate], 1);
    // On the same node it was handled before the join.
    let mut ledger = two_nodes();
    ledger.leaving(2);
    ledger.left(2);
    ledger.send(0, None, 1);
    ledger.hear(1, &message(0, 0));
    ledger.joining(2);
    ledger.hear(2, &message(0, 0));
    assert_eq!(ledger.violations().counts[&Kind::Stranger], 1);
}

#[test]
fn what_has_come_to_a_node_is_not_for_who_joins_there_later() {
    // Members 1 and 3 sit together, 0 and 2 on another node.
    let mut ledger = Ledger::new(Names::new(1, 4, 0), 1, 4).across(2);
    for who in 0..4 {
        enter(&mut ledger, who);
    }
    leave(&mut ledger, 3);
    for at in 0..2 {
        ledger.send(0, None, at);
    }
    ledger.hear(1, &chat(0, 0));
    ledger.hear(2, &chat(0, 0));
    ledger.hear(2, &chat(0, 1));
    enter(&mut ledger, 3);
    assert_eq!(ledger.hear(3, &chat(0, 0)), Heard::Violation);
    assert_eq!(ledger.violations().counts[&Kind::Stranger], 1);
    // That one has come to the other node alone.
    assert_eq!(ledger.hear(3, &chat(0, 1)), Heard::Other);
    assert_eq!(ledger.violations().total(), 1);
}

#[test]
fn an_announced_gap_is_counted_apart_and_pardons_nothing_later() {
    let mut ledger = two_nodes();
    for at in 0..3 {
        ledger.send(0, None, at);
    }
    for number in 0..3 {
        ledger.hear(2, &message(0, number));
    }
    ledger.hear(1, &message(0, 2));
    ledger.hear(1, &Said::Gap);
    ledger.settle();
    let tally = ledger.tally();
    assert_eq!((tally.gaps, tally.lost), (1, 2));
    assert_eq!(tally.due, tally.received);
    assert_eq!(ledger.violations().total(), 0);

    // What is lost afterwards, or by one on the same node, is a gap like any other.
    let mut ledger = two_nodes();
    ledger.hear(1, &Said::Gap);
    ledger.hear(2, &Said::Gap);
    ledger.send(0, None, 1);
    ledger.settle();
    assert_eq!(ledger.violations().counts[&Kind::Gap], 2);
    assert_eq!(ledger.tally().lost, 0);
}

#[test]
fn nobody_is_sure_of_one_on_another_node_before_it_is_told() {
    let mut ledger = two_nodes();
    assert!(ledger.knows(0, 2) && ledger.knows(0, 1) && !ledger.knows(1, 0));
    assert!(ledger.is_told());
    ledger.leaving(1);
    ledger.left(1);
    assert!(!ledger.is_told());
    ledger.hear(0, &Said::Left(1));
    ledger.hear(2, &Said::Left(1));
    assert!(ledger.is_told());
    ledger.settle();
    assert_eq!(ledger.violations().total(), 0);
}
