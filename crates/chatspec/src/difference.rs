//! The closed list of intended differences between the receive schemas and the decoders.
//!
//! JSON Schema sees a parsed value and has no Unicode data and no base64. Wherever else the two disagree is a bug.

/// One intended difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Difference {
    /// A name has a code point of category Cf, Co or Cn.
    UnicodeCategories,
    /// A name has another length in NFC than as sent.
    NormalisedLength,
    /// A text is within the limit in code points, over it in bytes.
    Utf8Length,
    /// An image of the longest data URL is over the limit by a byte or two.
    ImageSize,
    /// The content of an image is not what its label says, or has too many pixels.
    ImageContent,
    /// An object has one key twice.
    DuplicateKeys,
    /// Objects and arrays are nested too deep.
    Depth,
    /// A `core` server relays a text or an image that is no string.
    RelayedValue,
}

impl Difference {
    /// The whole list.
    pub const ALL: [Self; 8] = [
        Self::UnicodeCategories,
        Self::NormalisedLength,
        Self::Utf8Length,
        Self::ImageSize,
        Self::ImageContent,
        Self::DuplicateKeys,
        Self::Depth,
        Self::RelayedValue,
    ];

    /// The name in the manifest and in fixtures.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// What the schema says and what the decoder says.
    pub const fn meaning(self) -> &'static str {
        self.row().1
    }

    /// The difference with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.name() == name)
    }

    #[rustfmt::skip] // A table reads best with one line per difference.
    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::UnicodeCategories => ("unicode-categories", "the schema allows code points of the categories Cf, Co and Cn in names, which depend on the version of Unicode; the decoder refuses them"),
            Self::NormalisedLength => ("normalised-length", "the schema counts the code points of a name as sent; the decoder counts them in NFC, which can be fewer or more"),
            Self::Utf8Length => ("utf8-length", "the schema bounds a text in code points; the decoder bounds it in bytes of UTF-8"),
            Self::ImageSize => ("image-size", "the schema bounds a data URL in characters; the decoder bounds the decoded bytes, which differ by the padding and the label"),
            Self::ImageContent => ("image-content", "the schema sees the label of an image only; the decoder looks at the type and the dimensions in its content"),
            Self::DuplicateKeys => ("duplicate-keys", "the schema sees a parsed value, in which keys are unique; the decoder refuses a duplicate key in the text"),
            Self::Depth => ("depth", "the schema does not look into unknown keys; the decoder refuses a payload that is nested too deep anywhere"),
            Self::RelayedValue => ("relayed-value", "the schema lets the `message` of a chat and the `bimage` of an image from a server be any JSON value, since a core server may relay what it should not; the decoder takes strings"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for difference in Difference::ALL {
            assert_eq!(Difference::from_name(difference.name()), Some(difference));
        }
        assert_eq!(Difference::from_name("unicode-category"), None);
    }

    #[test]
    fn each_says_what_the_schema_and_what_the_decoder_does() {
        for difference in Difference::ALL {
            let meaning = difference.meaning();
            let (schema, decoder) = meaning.split_once(';').expect("two halves");
            assert!(schema.starts_with("the schema "), "{meaning}");
            assert!(decoder.starts_with(" the decoder "), "{meaning}");
        }
    }
}
