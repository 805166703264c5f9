use proptest::prelude::*;
use serde_json::json;

use super::*;

/// The examples of the Socket.IO protocol text.
#[test]
fn examples() {
    let main = || MAIN.to_owned();
    let admin = || "/admin".to_owned();
    let cases = [
        (
            r#"0{"sid":"oSO0OpakMV_3jnilAAAA"}"#,
            Packet::Connect {
                namespace: main(),
                data: Some(json!({"sid": "oSO0OpakMV_3jnilAAAA"})),
            },
        ),
        (
            r#"0/admin,{"sid":"oSO0OpakMV_3jnilAAAA"}"#,
            Packet::Connect {
                namespace: admin(),
                data: Some(json!({"sid": "oSO0OpakMV_3jnilAAAA"})),
            },
        ),
        (
            r#"4{"message":"Not authorized"}"#,
            Packet::ConnectError {
                namespace: main(),
                data: Some(json!({"message": "Not authorized"})),
            },
        ),
        ("1", Packet::Disconnect { namespace: main() }),
        ("1/admin,", Packet::Disconnect { namespace: admin() }),
        // A namespace may end the packet without its comma.
        ("1/admin", Packet::Disconnect { namespace: admin() }),
        (
            r#"2["foo"]"#,
            Packet::Event {
                namespace: main(),
                ack: None,
                name: "foo".into(),
                args: vec![],
            },
        ),
        (
            r#"2/admin,12["bar",{"a":1}]"#,
            Packet::Event {
                namespace: admin(),
                ack: Some("12".into()),
                name: "bar".into(),
                args: vec![json!({"a": 1})],
            },
        ),
        (
            r#"3/admin,13["bar"]"#,
            Packet::Ack {
                namespace: admin(),
                id: "13".into(),
                args: vec![json!("bar")],
            },
        ),
        (
            "399999999999999999999[]",
            Packet::Ack {
                namespace: main(),
                id: "99999999999999999999".into(),
                args: vec![],
            },
        ),
        (
            r#"51-["baz",{"_placeholder":true,"num":0}]"#,
            Packet::BinaryEvent {
                namespace: main(),
                ack: None,
                attachments: 1,
                name: "baz".into(),
                args: vec![json!({"_placeholder": true, "num": 0})],
            },
        ),
        (
            r#"61-/admin,15["bar",{"_placeholder":true,"num":0}]"#,
            Packet::BinaryAck {
                namespace: admin(),
                id: "15".into(),
                attachments: 1,
                args: vec![json!("bar"), json!({"_placeholder": true, "num": 0})],
            },
        ),
    ];
    for (text, packet) in cases {
        assert_eq!(decode(text), Ok(packet), "{text}");
    }
}

#[test]
fn what_is_no_packet() {
    let shapes = [
        "",
        "7",
        "x",
        "\u{662}[]",
        "2",
        "2{}",
        "2[]",
        "2[1]",
        "2/admin,",
        "3[]",
        "3x",
        "1{}",
        "17",
        "012",
        "5[\"a\"]",
        "5-[\"a\"]",
        "599999999999999999999-[\"a\"]",
        "51[\"a\"]",
        "61-[]",
    ];
    for text in shapes {
        let malformed = decode(text).expect_err(text);
        let allowed = [MalformedKind::NotSocketIo, MalformedKind::NotJson];
        assert!(allowed.contains(&malformed.kind), "{text}: {malformed:?}");
    }
    assert_eq!(decode("2[").expect_err("cut").kind, MalformedKind::NotJson);
    let nan = decode(r#"2["chat",{"message":NaN}]"#).expect_err("NaN is no JSON");
    assert_eq!(nan.kind, MalformedKind::NotJson);
    let lone = decode(r#"2["chat","\udc00"]"#).expect_err("half a character");
    assert_eq!(lone.kind, MalformedKind::Unrepresentable);
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec((".*", inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn namespace() -> impl Strategy<Value = String> {
    prop_oneof![Just(MAIN.to_owned()), "/[a-z0-9?=é]{1,10}"]
}

proptest! {
    #[test]
    fn decoding_never_panics(text in r#"([0-9]{0,3}-?(/[a-z]*,?)?[0-9]*)?[\[\]{}",:0-9eE\\uNa.-]*"#) {
        let _ = decode(&text);
    }

    #[test]
    fn decoding_anything_never_panics(text in ".*") {
        let _ = decode(&text);
    }

    #[test]
    fn events_come_back(
        namespace in namespace(),
        ack in proptest::option::of("[0-9]{1,30}"),
        name in ".*",
        args in proptest::collection::vec(value(), 0..4),
    ) {
        let text = event(&namespace, ack.as_deref(), &name, &args);
        prop_assert_eq!(decode(&text), Ok(Packet::Event { namespace, ack, name, args }));
    }

    #[test]
    fn acks_come_back(
        namespace in namespace(),
        id in "[0-9]{1,30}",
        args in proptest::collection::vec(value(), 0..4),
    ) {
        let text = super::ack(&namespace, &id, &args);
        prop_assert_eq!(decode(&text), Ok(Packet::Ack { namespace, id, args }));
    }

    #[test]
    fn connects_and_disconnects_come_back(
        namespace in namespace(),
        // Auth data is an object. A number would read as an ack id.
        auth in proptest::option::of(proptest::collection::vec((".*", value()), 0..4)),
    ) {
        let data = auth.map(|entries| Value::Object(entries.into_iter().collect()));
        let text = connect(&namespace, data.as_ref());
        prop_assert_eq!(
            decode(&text),
            Ok(Packet::Connect { namespace: namespace.clone(), data })
        );
        prop_assert_eq!(decode(&disconnect(&namespace)), Ok(Packet::Disconnect { namespace }));
    }
}
