//! The shape that a server gives its chat messages, learnt from one that was parsed whole.
//!
//! A later message that is the same, byte for byte, but for the name and the text is as right as the first one; it need
//! not be parsed. Any other is.

/// What stands around name and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    before: String,
    between: String,
    after: String,
    name_first: bool,
}

impl Shape {
    /// The shape of a packet in which `name` and `text` stand once each, without an escape.
    pub(super) fn learn(packet: &str, name: &str, text: &str) -> Option<Shape> {
        let name = place(packet, name)?;
        let text = place(packet, text)?;
        let name_first = name.0 < text.0;
        let (first, second) = if name_first {
            (name, text)
        } else {
            (text, name)
        };
        Some(Shape {
            before: packet.get(..first.0)?.to_owned(),
            between: packet.get(first.1..second.0)?.to_owned(),
            after: packet.get(second.1..)?.to_owned(),
            name_first,
        })
    }

    /// Name and text of a packet of this shape. Neither has a quote in it; that they have no escape either is for the
    /// caller to see.
    pub(super) fn read<'a>(&self, packet: &'a str) -> Option<(&'a str, &'a str)> {
        let rest = packet.strip_prefix(self.before.as_str())?;
        let (first, rest) = rest.split_at(rest.find('"')?);
        let rest = rest.strip_prefix(self.between.as_str())?;
        let (second, rest) = rest.split_at(rest.find('"')?);
        let (name, text) = if self.name_first {
            (first, second)
        } else {
            (second, first)
        };
        (rest == self.after).then_some((name, text))
    }
}

/// Where the value stands, if it does so once.
fn place(packet: &str, value: &str) -> Option<(usize, usize)> {
    let quoted = format!("\"{value}\"");
    let mut places = packet.match_indices(&quoted);
    let (at, _) = places.next()?;
    places
        .next()
        .is_none()
        .then_some((at + 1, at + 1 + value.len()))
}

#[cfg(test)]
mod tests {
    use super::Shape;

    #[test]
    fn a_shape_lets_through_what_differs_in_name_and_text_alone() {
        let packet = r#"42["chat",{"type":"chat","from":"A","message":"a/1"}]"#;
        let shape = Shape::learn(packet, "A", "a/1").expect("each stands there once");
        let read = |from: &str, to: &str| {
            let packet = packet.replace(from, to);
            shape
                .read(&packet)
                .map(|(name, text)| format!("{name} {text}"))
        };
        assert_eq!(read("a/1", "a/22").as_deref(), Some("A a/22"));
        assert_eq!(read("\"A\"", "\"B-7\"").as_deref(), Some("B-7 a/1"));
        for (from, to) in [
            ("}]", "},1]"),
            ("from", "form"),
            ("42", "43"),
            ("a/1\"", "a/1\",\"x\":\"\""),
            ("[", "[ "),
        ] {
            assert_eq!(read(from, to), None, "{to}");
        }
    }

    #[test]
    fn the_order_of_keys_is_part_of_it() {
        let packet = r#"42["chat",{"message":"t","type":"chat","from":"A"}]"#;
        let shape = Shape::learn(packet, "A", "t").expect("each stands there once");
        assert_eq!(shape.read(packet), Some(("A", "t")));
        assert_eq!(Shape::learn(r#"["A","A"]"#, "A", "t"), None);
    }
}
