//! The packet of an event: an array of its name and its arguments. The name is not looked at.

use std::fmt;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};

use super::scan::PLACEHOLDER;
use super::{Args, Flat};

/// A packet of whatever arguments.
#[derive(Debug)]
pub(crate) struct Packet(pub(crate) Args);

impl<'de> Deserialize<'de> for Packet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(AnyArguments).map(Self)
    }
}

struct AnyArguments;

impl<'de> Visitor<'de> for AnyArguments {
    type Value = Args;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event's name and arguments")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Args, A::Error> {
        elements.next_element::<IgnoredAny>()?;
        Args::deserialize(SeqAccessDeserializer::new(elements))
    }
}

/// A packet whose one argument is flat, and no placeholder of an attachment.
#[derive(Debug)]
pub(crate) struct FlatPacket<'a>(pub(crate) Flat<'a>);

impl<'de> Deserialize<'de> for FlatPacket<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(OneFlat).map(Self)
    }
}

struct OneFlat;

impl<'de> Visitor<'de> for OneFlat {
    type Value = Flat<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event's name and one flat argument")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Flat<'de>, A::Error> {
        elements.next_element::<IgnoredAny>()?;
        let flat: Option<Flat<'de>> = elements.next_element()?;
        let alone = elements.next_element::<IgnoredAny>()?.is_none();
        flat.filter(|flat| alone && flat.get(PLACEHOLDER).is_none())
            .ok_or_else(|| A::Error::custom("another packet"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> Option<usize> {
        let packet = serde_json::from_str::<Packet>(text);
        packet.ok().map(|Packet(args)| args.count())
    }

    #[test]
    fn the_name_is_no_argument() {
        for (text, args) in [
            (r#"["chat"]"#, 0),
            (r#"["chat",{}]"#, 1),
            (r#"["chat",{"\u0065":1},2]"#, 2),
        ] {
            assert_eq!(count(text), Some(args), "{text}");
        }
    }

    #[test]
    fn nothing_may_follow() {
        for text in [
            r#"["chat",{}]xx"#,
            r#"["chat",{}][]"#,
            r#"["chat",{}"#,
            "{}",
            "",
        ] {
            assert_eq!(count(text), None, "{text}");
            assert!(serde_json::from_str::<FlatPacket>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_flat_packet_has_one_argument() {
        for (text, flat) in [
            (r#"["chat",{"event":"users"}]"#, true),
            (r#"[7,{}]"#, true),
            (r#"["chat"]"#, false),
            (r#"["chat",{},{}]"#, false),
            (r#"["chat",{"num":0}]"#, true),
            (r#"["chat",{"num":0,"_placeholder":true}]"#, false),
            (r#"["chat",{"a":"b","a":"b"}]"#, false),
        ] {
            assert_eq!(
                serde_json::from_str::<FlatPacket>(text).is_ok(),
                flat,
                "{text}"
            );
        }
    }
}
