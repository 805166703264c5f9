//! A server of several nodes: what does not come over, comes twice or in another order breaks the rule that is about that.

mod twists;

use std::collections::BTreeMap;
use std::path::Path;

use chatspec_judge::case::{self, Judgement, Law};
use chatspec_judge::fixture::{self, Action, Fixture};
use chatspec_judge::rule::Profile;
use chatspec_judge::shape::Shapes;
use chatspec_judge::spread;
use chatspec_judge::value::{self, Bindings};
use chatspec_judge::verdict::Verdict;
use serde_json::{Value, json};

use crate::fixtures::rules;
use crate::stage::Tape;

/// Whoever is in no fixture is not asked either.
const ALL: [&str; 4] = ["ada", "bob", "cora", "dan"];

/// What each receives in one step.
type Heard = BTreeMap<&'static str, Vec<Value>>;

fn committed(name: &str) -> Fixture {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join(format!("fixtures/conversations/cluster/{name}.yaml"));
    let text = std::fs::read_to_string(&path).expect("the fixture is there");
    fixture::load(&path.display().to_string(), &text).expect("a fixture")
}

/// All four enter the den, ada and cora on the first node, and then comes the rest.
fn conversation(profile: &str, step: &str) -> Fixture {
    let text = format!(
        "id: chat/x\ntitle: X\nprofile: {profile}\nrules: [chat.room]\nparticipants: [ada, bob, cora, dan]\n\
         settings: {{ada: {{node: 1}}, bob: {{node: 2}}, cora: {{node: 1}}, dan: {{node: 2}}}}\nrooms: [den]\nsteps:\n  \
         - enter: {{who: [ada, bob, cora, dan], room: $den}}\n{step}"
    );
    fixture::load("x.yaml", &text).expect("a fixture")
}

fn bindings() -> Bindings {
    let names = ALL.map(|name| (name, format!("{}-1", name.to_uppercase())));
    let others = [("den", "DEN-1"), ("nonce", "n1"), ("barrier", "BARRIER-1")];
    let others = others.map(|(name, value)| (name, value.to_owned()));
    let all = names.into_iter().chain(others);
    all.map(|(name, value)| (name.to_owned(), json!(value)))
        .collect()
}

/// The payloads of a step, each with its sender, in the order in which a right server takes them.
fn payloads(action: &Action, by: Option<&str>) -> Vec<(&'static str, Value)> {
    let who = |name: &str| ALL.into_iter().find(|known| *known == name).expect("known");
    let resolved = |by: &str, payload: &Value, i: u64| {
        let mut scope = bindings();
        let me = scope[by].clone();
        scope.extend([("me".to_owned(), me), ("i".to_owned(), json!(i))]);
        let payload = value::resolve(payload, &scope).expect("values that can be made");
        (who(by), payload)
    };
    match (action, by) {
        (Action::Send(payload), Some(by)) => vec![resolved(by, payload, 1)],
        (Action::Burst { count, send, .. }, Some(by)) => {
            (1..=*count).map(|i| resolved(by, send, i)).collect()
        }
        (Action::Race { by, count, send }, _) => (1..=*count)
            .flat_map(|i| by.iter().map(move |by| (by, i)))
            .map(|(by, i)| resolved(by, send, i))
            .collect(),
        other => panic!("no server here does {other:?}"),
    }
}

/// Plays a fixture to a right server of two nodes, `twist` being what it does wrong: with the number of a step, and what
/// each hears in it.
fn judged(fixture: &Fixture, twist: impl Fn(usize, &mut Heard)) -> Judgement {
    let mut tape = Tape::new();
    let mut inside: Vec<&'static str> = Vec::new();
    for (index, step) in fixture.steps.iter().enumerate() {
        let mut heard = Heard::new();
        for (by, payload) in payloads(&step.action, step.by.as_deref()) {
            let name = bindings()[by].clone();
            let message = match payload["event"].as_str() {
                Some("join") => {
                    inside.push(by);
                    let (user, room) = (payload["user"].as_str(), payload["room"].as_str());
                    let (user, room) = (user.expect("a name"), room.expect("a name"));
                    json!({"type": "newuser", "message": format!("New User {user} joined room {room}")})
                }
                Some("image") => {
                    json!({"type": "image", "from": name, "bimage": payload["bimage"]})
                }
                _ => json!({"type": "chat", "from": name, "message": payload["text"]}),
            };
            let joins = message["type"] == "newuser";
            for who in inside.iter().filter(|who| joins || **who != by) {
                heard.entry(who).or_default().push(message.clone());
            }
            tape = tape.sends(by, payload);
        }
        twist(index, &mut heard);
        for (who, messages) in heard {
            for message in messages {
                tape = tape.gets(who, message);
            }
        }
        tape = tape.barrier(&ALL);
    }
    let mut transcript = tape.transcript();
    transcript.bindings = bindings();
    let seats = [("ada", 1), ("bob", 2), ("cora", 1), ("dan", 2)];
    transcript.nodes = seats.map(|(who, node)| (who.to_owned(), node)).into();
    let shapes = Shapes::from_json(r#"{"type": "object"}"#).expect("a schema");
    let rules = rules();
    let law = Law {
        rules: &rules,
        shapes: &shapes,
        profile: fixture.profile,
        in_order: true,
    };
    case::judge(fixture, &transcript, &law)
}

/// The rules of several nodes that failed.
fn failed(judged: &Judgement) -> Vec<&str> {
    let wrong = judged.rules.iter();
    wrong
        .filter(|(rule, verdict)| rule.starts_with("cluster.") && **verdict == Verdict::Fail)
        .map(|(rule, _)| rule.as_str())
        .collect()
}

/// The place of a message in what somebody heard.
fn place(heard: &[Value], text: &str) -> usize {
    let is = |message: &Value| message["message"] == text;
    heard.iter().position(is).expect("it was heard")
}

#[test]
fn a_right_server_holds_every_rule() {
    for name in ["delivery", "order-node"] {
        let judged = judged(&committed(name), |_, _| {});
        assert_eq!(judged.verdict, Verdict::Pass, "{name}: {judged:#?}");
        for rule in &committed(name).rules {
            assert_eq!(judged.rules[rule], Verdict::Pass, "{name}: {rule}");
        }
    }
}

#[test]
fn what_comes_twice_over_the_way_between_nodes_breaks_once() {
    let judged = judged(&committed("delivery"), |_, heard| {
        let twice = heard.get_mut("bob").and_then(|bob| {
            let said = bob
                .iter()
                .find(|message| message["message"] == "over to you n1");
            said.cloned()
        });
        heard.entry("bob").or_default().extend(twice);
    });
    assert_eq!(failed(&judged), ["cluster.once"], "{judged:#?}");
    assert_eq!(judged.rules["cluster.delivery"], Verdict::Pass);
}

#[test]
fn two_orders_on_one_node_break_the_order_of_the_node() {
    // Of two senders: each one's own messages are in their order, and bob, on the same node, hears them the other way round.
    let other = judged(&committed("order-node"), |index, heard| {
        if index == 4 {
            let dan = heard.get_mut("dan").expect("he hears the race");
            let (one, two) = (place(dan, "ADA-1 7 n1"), place(dan, "CORA-1 7 n1"));
            dan.swap(one, two);
        }
    });
    assert_eq!(failed(&other), ["cluster.order.node"], "{other:#?}");
    // The members on the other node need not agree with these two.
    let across = judged(&committed("order-node"), |index, heard| {
        if index == 4 {
            for who in ["bob", "dan"] {
                let heard = heard.get_mut(who).expect("they hear the race");
                let (one, two) = (place(heard, "ADA-1 7 n1"), place(heard, "CORA-1 7 n1"));
                heard.swap(one, two);
            }
        }
    });
    assert_eq!(across.verdict, Verdict::Pass, "{across:#?}");
}

#[test]
fn two_messages_of_one_sender_in_another_order_break_its_order() {
    let judged = judged(&committed("order-node"), |index, heard| {
        if index == 4 {
            let dan = heard.get_mut("dan").expect("he hears the race");
            let (one, two) = (place(dan, "ADA-1 7 n1"), place(dan, "ADA-1 8 n1"));
            dan.swap(one, two);
        }
    });
    let failed = failed(&judged);
    assert!(failed.contains(&"cluster.order.sender"), "{judged:#?}");
}

#[test]
fn only_what_must_come_is_missing_between_nodes() {
    let says = |rule: &str| {
        format!(
            "  - by: ada\n    send: {{event: chat, room: $den, text: \"hi $nonce\"}}\n    expect:\n      \
             - {{to: [bob, cora, dan], must: {{type: chat, message: \"hi $nonce\"}}, rule: {rule}}}\n"
        )
    };
    let deaf = |profile: &str, rule: &str, who: &str| {
        let judged = judged(&conversation(profile, &says(rule)), |index, heard| {
            if index == 4 {
                heard.get_mut(who).expect("it hears ada").clear();
            }
        });
        failed(&judged).join(" ")
    };
    assert_eq!(deaf("core", "chat.room", "bob"), "cluster.delivery");
    assert_eq!(deaf("core", "chat.room", "cora"), "", "on the same node");
    // A SHOULD, and a MUST of the other profile.
    let rules = rules();
    let should = rules.find("users.order").expect("a rule");
    assert_eq!(should.keyword.text(), "SHOULD");
    let hardened = rules.find("chat.members-only").expect("a rule");
    assert_eq!(hardened.profile, Profile::Hardened);
    assert_eq!(deaf("core", "users.order", "bob"), "");
    assert_eq!(deaf("core", "chat.members-only", "bob"), "");
    let hardened = deaf("hardened", "chat.members-only", "bob");
    assert_eq!(hardened, "cluster.delivery");
}

#[test]
fn of_several_senders_any_may_sit_on_another_node() {
    let race = |by: &str| {
        format!(
            "  - race: {{by: [{by}], count: 2, send: {{event: chat, room: $den, text: \"$me $i $nonce\"}}}}\n    expect:\n      \
             - {{to: [dan], must: {{type: chat, from: $me, message: \"$me $i $nonce\"}}, repeat: 2, each: true, rule: chat.room}}\n      \
             - {{to: [ada, bob, cora], may: {{type: chat, from: $me, message: \"$me $i $nonce\"}}, repeat: 2, each: true, rule: chat.room}}\n"
        )
    };
    for by in ["ada, bob", "bob, ada"] {
        let judged = judged(&conversation("core", &race(by)), |index, heard| {
            if index == 4 {
                let dan = heard.get_mut("dan").expect("he hears the race");
                dan.retain(|message| message["from"] != "ADA-1");
            }
        });
        assert_eq!(failed(&judged), ["cluster.delivery"], "{by}: {judged:#?}");
    }
}

#[test]
fn who_is_in_which_room_is_read_off() {
    let join = |user: &str, room: &str| json!({"event": "join", "user": user, "room": room});
    let newuser = |user: &str, room: &str| json!({"type": "newuser", "message": format!("New User {user} joined room {room}")});
    let tape = Tape::new()
        .sends("ada", join("Ada", "Den"))
        .gets("ada", newuser("Ada", "Den"))
        .sends("eve", join("e\u{301}ve", "Den"))
        .gets("eve", newuser("e\u{301}ve", "Den"))
        .barrier(&["ada", "bob", "eve"])
        .sends("bob", join("bob", "hall"))
        .gets("bob", newuser("bob", "hall"))
        .barrier(&["ada", "bob", "eve"]);
    let entries = tape.transcript().entries;
    let there = |steps: usize| {
        let all = spread::present(&entries, steps).into_iter();
        let told = all.map(|(who, it)| format!("{who}: {} {} {}", it.room, it.user, it.key));
        told.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(there(0), "");
    // Of a name that is not plain nothing is claimed.
    assert_eq!(there(1), "ada: Den ADA DEN");
    assert_eq!(there(2), "ada: Den ADA DEN, bob: hall BOB HALL");
    let hear = |steps: usize| {
        let hearers = spread::hearers(&entries, steps, "HALL", ["ada", "bob", "eve"]);
        hearers.into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(hear(2), "bob");
}
