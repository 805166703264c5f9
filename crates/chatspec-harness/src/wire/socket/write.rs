//! Builders for packets that are right.

use serde_json::Value;

use super::MAIN;

/// CONNECT to a namespace, with the auth data if there is any.
///
/// ```
/// use chatspec_harness::wire::socket::connect;
///
/// assert_eq!(connect("/", None), "0");
/// assert_eq!(connect("/admin", Some(&serde_json::json!({"token": 1}))), r#"0/admin,{"token":1}"#);
/// ```
pub fn connect(namespace: &str, auth: Option<&Value>) -> String {
    let auth = auth.map(Value::to_string).unwrap_or_default();
    format!("0{}{auth}", prefix(namespace))
}

/// DISCONNECT from a namespace.
///
/// ```
/// assert_eq!(chatspec_harness::wire::socket::disconnect("/admin"), "1/admin,");
/// ```
pub fn disconnect(namespace: &str) -> String {
    format!("1{}", prefix(namespace))
}

/// EVENT with a name, arguments, and an ack id (decimal digits) if the server shall acknowledge it.
///
/// ```
/// use chatspec_harness::wire::socket::event;
///
/// assert_eq!(event("/", Some("7"), "chat", &[1.into()]), r#"27["chat",1]"#);
/// ```
pub fn event(namespace: &str, ack: Option<&str>, name: &str, args: &[Value]) -> String {
    let mut items = vec![Value::from(name)];
    items.extend_from_slice(args);
    let ack = ack.unwrap_or_default();
    format!("2{}{ack}{}", prefix(namespace), Value::Array(items))
}

/// ACK for an event of the server's.
///
/// ```
/// assert_eq!(chatspec_harness::wire::socket::ack("/", "12", &[]), "312[]");
/// ```
pub fn ack(namespace: &str, id: &str, args: &[Value]) -> String {
    format!("3{}{id}{}", prefix(namespace), Value::from(args))
}

fn prefix(namespace: &str) -> String {
    match namespace {
        MAIN => String::new(),
        other => format!("{other},"),
    }
}
