// of refusal.json sha256:9f395190dfbab113f5244d00e97c221d36394d7c9f043c3f90882f6dd5dec9f6
// below this line sha256:294910f3dcf3a920eb771b32775dda681c423e70a5f28c15d2d32bcf7559ac64
#![allow(clippy::redundant_closure_call)]
#![allow(clippy::needless_lifetimes)]
#![allow(clippy::match_single_binding)]
#![allow(clippy::clone_on_copy)]

#[doc = "The answer to a message that is not carried out. It goes to the sender alone, as the event `message` with one string, the JSON text of this object (rule `refusal.form`); in an acknowledgement it is the object itself. Keys that are not named here may be there; a receiver ignores them.\n\n`code`: Why, as one of a closed list of numbers."]
#[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
pub struct Refusal {
    pub code: RefusalCode,
    #[doc = "The kind of message that was refused, as its `event` has it."]
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    pub event: ::std::option::Option<::std::string::String>,
    #[doc = "Why, in words for a person. The wording may change at any time."]
    pub message: ::std::string::String,
    #[doc = "After code 30: the milliseconds to wait before the next try, at most a minute."]
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    pub retry_ms: ::std::option::Option<::std::num::NonZeroU64>,
}
#[doc = "Closed list, in the order of priority: 99 bad payload, 10 unknown event, 11 bad user name, 12 bad room name, 15 too large, 13 bad text, 14 bad image, 21 not joined, 24 not yours, 22 not a member, 23 no such user, 20 name taken, 30 rate limited, 31 at capacity."]
#[derive(:: serde :: Serialize, Clone, Debug)]
#[serde(transparent)]
pub struct RefusalCode(i64);
impl ::std::ops::Deref for RefusalCode {
    type Target = i64;
    fn deref(&self) -> &i64 {
        &self.0
    }
}
impl ::std::convert::From<RefusalCode> for i64 {
    fn from(value: RefusalCode) -> Self {
        value.0
    }
}
impl ::std::convert::TryFrom<i64> for RefusalCode {
    type Error = self::error::ConversionError;
    fn try_from(value: i64) -> ::std::result::Result<Self, self::error::ConversionError> {
        if ![
            99_i64, 10_i64, 11_i64, 12_i64, 15_i64, 13_i64, 14_i64, 21_i64, 24_i64, 22_i64, 23_i64,
            20_i64, 30_i64, 31_i64,
        ]
        .contains(&value)
        {
            Err("invalid value".into())
        } else {
            Ok(Self(value))
        }
    }
}
impl<'de> ::serde::Deserialize<'de> for RefusalCode {
    fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
    where
        D: ::serde::Deserializer<'de>,
    {
        Self::try_from(<i64>::deserialize(deserializer)?)
            .map_err(|e| <D::Error as ::serde::de::Error>::custom(e.to_string()))
    }
}
#[doc = " Error types."]
pub mod error {
    #[doc = r" Error from a `TryFrom` or `FromStr` implementation."]
    pub struct ConversionError(::std::borrow::Cow<'static, str>);
    impl ::std::error::Error for ConversionError {}
    impl ::std::fmt::Display for ConversionError {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> Result<(), ::std::fmt::Error> {
            ::std::fmt::Display::fmt(&self.0, f)
        }
    }
    impl ::std::fmt::Debug for ConversionError {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> Result<(), ::std::fmt::Error> {
            ::std::fmt::Debug::fmt(&self.0, f)
        }
    }
    impl From<&'static str> for ConversionError {
        fn from(value: &'static str) -> Self {
            Self(value.into())
        }
    }
    impl From<String> for ConversionError {
        fn from(value: String) -> Self {
            Self(value.into())
        }
    }
}
