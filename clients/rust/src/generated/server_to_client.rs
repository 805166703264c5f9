// of server-to-client.receive.json sha256:59fe3ec697ddb30bd62eb177218463b3dd0d07705754f37e68b0646b24f6f0a1
// below this line sha256:323197f4c5e441b291f1ca0682737ab36aec0393dd1e93d3079dd05053575dce
#![allow(clippy::redundant_closure_call)]
#![allow(clippy::needless_lifetimes)]
#![allow(clippy::match_single_binding)]
#![allow(clippy::clone_on_copy)]

#[doc = "Someone else has said something. A client ignores a text that is no string."]
#[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
pub struct ChatMessage {
    #[doc = "Name of the sender; a server of the core profile sets it no bounds."]
    pub from: ::std::string::String,
    #[doc = "The text. A server of the core profile may relay a text of any JSON type, if that is what its sender sent."]
    pub message: ::serde_json::Value,
    #[doc = "`true` if nobody else gets it. Any other value means nothing."]
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    pub private: ::std::option::Option<::serde_json::Value>,
    #[serde(rename = "type")]
    pub type_: ChatMessageType,
}
#[doc = "`ChatMessageType`"]
#[derive(
    :: serde :: Deserialize,
    :: serde :: Serialize,
    Clone,
    Copy,
    Debug,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
)]
pub enum ChatMessageType {
    #[serde(rename = "chat")]
    Chat,
}
impl ::std::fmt::Display for ChatMessageType {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        match *self {
            Self::Chat => f.write_str("chat"),
        }
    }
}
impl ::std::str::FromStr for ChatMessageType {
    type Err = self::error::ConversionError;
    fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        match value {
            "chat" => Ok(Self::Chat),
            _ => Err("invalid value".into()),
        }
    }
}
impl ::std::convert::TryFrom<&str> for ChatMessageType {
    type Error = self::error::ConversionError;
    fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
impl ::std::convert::TryFrom<::std::string::String> for ChatMessageType {
    type Error = self::error::ConversionError;
    fn try_from(
        value: ::std::string::String,
    ) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
#[doc = "Someone else has left the room, or given up a name in it."]
#[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
pub struct DelUser {
    #[doc = "`User USER left room ROOM`, both names as given at the join. It is for people: a name may contain any of these words."]
    pub message: DelUserMessage,
    #[serde(rename = "type")]
    pub type_: DelUserType,
}
#[doc = "`User USER left room ROOM`, both names as given at the join. It is for people: a name may contain any of these words."]
#[derive(:: serde :: Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[serde(transparent)]
pub struct DelUserMessage(::std::string::String);
impl ::std::ops::Deref for DelUserMessage {
    type Target = ::std::string::String;
    fn deref(&self) -> &::std::string::String {
        &self.0
    }
}
impl ::std::convert::From<DelUserMessage> for ::std::string::String {
    fn from(value: DelUserMessage) -> Self {
        value.0
    }
}
impl ::std::str::FromStr for DelUserMessage {
    type Err = self::error::ConversionError;
    fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        static PATTERN: ::std::sync::LazyLock<::regress::Regex> =
            ::std::sync::LazyLock::new(|| {
                ::regress::Regex::new("^User [\\s\\S]* left room [\\s\\S]*$").unwrap()
            });
        if PATTERN.find(value).is_none() {
            return Err("doesn't match pattern \"^User [\\s\\S]* left room [\\s\\S]*$\"".into());
        }
        Ok(Self(value.to_string()))
    }
}
impl ::std::convert::TryFrom<&str> for DelUserMessage {
    type Error = self::error::ConversionError;
    fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
impl ::std::convert::TryFrom<::std::string::String> for DelUserMessage {
    type Error = self::error::ConversionError;
    fn try_from(
        value: ::std::string::String,
    ) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
impl<'de> ::serde::Deserialize<'de> for DelUserMessage {
    fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
    where
        D: ::serde::Deserializer<'de>,
    {
        ::std::string::String::deserialize(deserializer)?
            .parse()
            .map_err(|e: self::error::ConversionError| {
                <D::Error as ::serde::de::Error>::custom(e.to_string())
            })
    }
}
#[doc = "`DelUserType`"]
#[derive(
    :: serde :: Deserialize,
    :: serde :: Serialize,
    Clone,
    Copy,
    Debug,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
)]
pub enum DelUserType {
    #[serde(rename = "deluser")]
    Deluser,
}
impl ::std::fmt::Display for DelUserType {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        match *self {
            Self::Deluser => f.write_str("deluser"),
        }
    }
}
impl ::std::str::FromStr for DelUserType {
    type Err = self::error::ConversionError;
    fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        match value {
            "deluser" => Ok(Self::Deluser),
            _ => Err("invalid value".into()),
        }
    }
}
impl ::std::convert::TryFrom<&str> for DelUserType {
    type Error = self::error::ConversionError;
    fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
impl ::std::convert::TryFrom<::std::string::String> for DelUserType {
    type Error = self::error::ConversionError;
    fn try_from(
        value: ::std::string::String,
    ) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
#[doc = "Someone else has shown an image. A client ignores what is no data URL of an image."]
#[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
pub struct ImageMessage {
    #[doc = "The image. A server of the core profile may relay any JSON value, if that is what its sender sent."]
    pub bimage: ::serde_json::Value,
    #[doc = "Name of the sender; a server of the core profile sets it no bounds."]
    pub from: ::std::string::String,
    #[serde(rename = "type")]
    pub type_: ImageMessageType,
}
#[doc = "`ImageMessageType`"]
#[derive(
    :: serde :: Deserialize,
    :: serde :: Serialize,
    Clone,
    Copy,
    Debug,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
)]
pub enum ImageMessageType {
    #[serde(rename = "image")]
    Image,
}
impl ::std::fmt::Display for ImageMessageType {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        match *self {
            Self::Image => f.write_str("image"),
        }
    }
}
impl ::std::str::FromStr for ImageMessageType {
    type Err = self::error::ConversionError;
    fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        match value {
            "image" => Ok(Self::Image),
            _ => Err("invalid value".into()),
        }
    }
}
impl ::std::convert::TryFrom<&str> for ImageMessageType {
    type Error = self::error::ConversionError;
    fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
impl ::std::convert::TryFrom<::std::string::String> for ImageMessageType {
    type Error = self::error::ConversionError;
    fn try_from(
        value: ::std::string::String,
    ) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
#[doc = "Someone has joined the room, or changed names in it."]
#[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
pub struct NewUser {
    #[doc = "`New User USER joined room ROOM`, both names as their owner wrote them. It is for people: a name may contain any of these words."]
    pub message: NewUserMessage,
    #[serde(rename = "type")]
    pub type_: NewUserType,
}
#[doc = "`New User USER joined room ROOM`, both names as their owner wrote them. It is for people: a name may contain any of these words."]
#[derive(:: serde :: Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[serde(transparent)]
pub struct NewUserMessage(::std::string::String);
impl ::std::ops::Deref for NewUserMessage {
    type Target = ::std::string::String;
    fn deref(&self) -> &::std::string::String {
        &self.0
    }
}
impl ::std::convert::From<NewUserMessage> for ::std::string::String {
    fn from(value: NewUserMessage) -> Self {
        value.0
    }
}
impl ::std::str::FromStr for NewUserMessage {
    type Err = self::error::ConversionError;
    fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        static PATTERN: ::std::sync::LazyLock<::regress::Regex> =
            ::std::sync::LazyLock::new(|| {
                ::regress::Regex::new("^New User [\\s\\S]* joined room [\\s\\S]*$").unwrap()
            });
        if PATTERN.find(value).is_none() {
            return Err(
                "doesn't match pattern \"^New User [\\s\\S]* joined room [\\s\\S]*$\"".into(),
            );
        }
        Ok(Self(value.to_string()))
    }
}
impl ::std::convert::TryFrom<&str> for NewUserMessage {
    type Error = self::error::ConversionError;
    fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
impl ::std::convert::TryFrom<::std::string::String> for NewUserMessage {
    type Error = self::error::ConversionError;
    fn try_from(
        value: ::std::string::String,
    ) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
impl<'de> ::serde::Deserialize<'de> for NewUserMessage {
    fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
    where
        D: ::serde::Deserializer<'de>,
    {
        ::std::string::String::deserialize(deserializer)?
            .parse()
            .map_err(|e: self::error::ConversionError| {
                <D::Error as ::serde::de::Error>::custom(e.to_string())
            })
    }
}
#[doc = "`NewUserType`"]
#[derive(
    :: serde :: Deserialize,
    :: serde :: Serialize,
    Clone,
    Copy,
    Debug,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
)]
pub enum NewUserType {
    #[serde(rename = "newuser")]
    Newuser,
}
impl ::std::fmt::Display for NewUserType {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        match *self {
            Self::Newuser => f.write_str("newuser"),
        }
    }
}
impl ::std::str::FromStr for NewUserType {
    type Err = self::error::ConversionError;
    fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        match value {
            "newuser" => Ok(Self::Newuser),
            _ => Err("invalid value".into()),
        }
    }
}
impl ::std::convert::TryFrom<&str> for NewUserType {
    type Error = self::error::ConversionError;
    fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
impl ::std::convert::TryFrom<::std::string::String> for NewUserType {
    type Error = self::error::ConversionError;
    fn try_from(
        value: ::std::string::String,
    ) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
#[doc = "What a client has to take from a server of any profile. A client ignores keys and types that it does not know."]
#[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
#[serde(untagged)]
pub enum ReceivedServerMessage {
    NewUser(NewUser),
    DelUser(DelUser),
    UserList(UserList),
    ChatMessage(ChatMessage),
    ImageMessage(ImageMessage),
    UnknownMessage(UnknownMessage),
}
impl ::std::convert::From<NewUser> for ReceivedServerMessage {
    fn from(value: NewUser) -> Self {
        Self::NewUser(value)
    }
}
impl ::std::convert::From<DelUser> for ReceivedServerMessage {
    fn from(value: DelUser) -> Self {
        Self::DelUser(value)
    }
}
impl ::std::convert::From<UserList> for ReceivedServerMessage {
    fn from(value: UserList) -> Self {
        Self::UserList(value)
    }
}
impl ::std::convert::From<ChatMessage> for ReceivedServerMessage {
    fn from(value: ChatMessage) -> Self {
        Self::ChatMessage(value)
    }
}
impl ::std::convert::From<ImageMessage> for ReceivedServerMessage {
    fn from(value: ImageMessage) -> Self {
        Self::ImageMessage(value)
    }
}
impl ::std::convert::From<UnknownMessage> for ReceivedServerMessage {
    fn from(value: UnknownMessage) -> Self {
        Self::UnknownMessage(value)
    }
}
#[doc = "A message of a type that this revision does not know. A client ignores it."]
#[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
pub struct UnknownMessage {
    #[serde(rename = "type")]
    pub type_: UnknownMessageType,
}
#[doc = "`UnknownMessageType`"]
#[derive(:: serde :: Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[serde(transparent)]
pub struct UnknownMessageType(::std::string::String);
impl ::std::ops::Deref for UnknownMessageType {
    type Target = ::std::string::String;
    fn deref(&self) -> &::std::string::String {
        &self.0
    }
}
impl ::std::convert::From<UnknownMessageType> for ::std::string::String {
    fn from(value: UnknownMessageType) -> Self {
        value.0
    }
}
impl ::std::convert::TryFrom<::std::string::String> for UnknownMessageType {
    type Error = self::error::ConversionError;
    fn try_from(
        value: ::std::string::String,
    ) -> ::std::result::Result<Self, self::error::ConversionError> {
        if [
            "newuser".to_string(),
            "deluser".to_string(),
            "users".to_string(),
            "chat".to_string(),
            "image".to_string(),
        ]
        .contains(&value)
        {
            Err("invalid value".into())
        } else {
            Ok(Self(value))
        }
    }
}
impl<'de> ::serde::Deserialize<'de> for UnknownMessageType {
    fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
    where
        D: ::serde::Deserializer<'de>,
    {
        Self::try_from(<::std::string::String>::deserialize(deserializer)?)
            .map_err(|e| <D::Error as ::serde::de::Error>::custom(e.to_string()))
    }
}
#[doc = "The users in the room that was asked for."]
#[derive(:: serde :: Deserialize, :: serde :: Serialize, Clone, Debug)]
pub struct UserList {
    #[doc = "`Users in room: ` and the upper-cased names in the order of joining, as Python prints a list of strings. It is for people: a name may contain quotes and commas."]
    pub message: UserListMessage,
    #[serde(rename = "type")]
    pub type_: UserListType,
}
#[doc = "`Users in room: ` and the upper-cased names in the order of joining, as Python prints a list of strings. It is for people: a name may contain quotes and commas."]
#[derive(:: serde :: Serialize, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[serde(transparent)]
pub struct UserListMessage(::std::string::String);
impl ::std::ops::Deref for UserListMessage {
    type Target = ::std::string::String;
    fn deref(&self) -> &::std::string::String {
        &self.0
    }
}
impl ::std::convert::From<UserListMessage> for ::std::string::String {
    fn from(value: UserListMessage) -> Self {
        value.0
    }
}
impl ::std::str::FromStr for UserListMessage {
    type Err = self::error::ConversionError;
    fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        static PATTERN: ::std::sync::LazyLock<::regress::Regex> =
            ::std::sync::LazyLock::new(|| {
                ::regress::Regex::new("^Users in room: \\[[\\s\\S]*\\]$").unwrap()
            });
        if PATTERN.find(value).is_none() {
            return Err("doesn't match pattern \"^Users in room: \\[[\\s\\S]*\\]$\"".into());
        }
        Ok(Self(value.to_string()))
    }
}
impl ::std::convert::TryFrom<&str> for UserListMessage {
    type Error = self::error::ConversionError;
    fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
impl ::std::convert::TryFrom<::std::string::String> for UserListMessage {
    type Error = self::error::ConversionError;
    fn try_from(
        value: ::std::string::String,
    ) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
impl<'de> ::serde::Deserialize<'de> for UserListMessage {
    fn deserialize<D>(deserializer: D) -> ::std::result::Result<Self, D::Error>
    where
        D: ::serde::Deserializer<'de>,
    {
        ::std::string::String::deserialize(deserializer)?
            .parse()
            .map_err(|e: self::error::ConversionError| {
                <D::Error as ::serde::de::Error>::custom(e.to_string())
            })
    }
}
#[doc = "`UserListType`"]
#[derive(
    :: serde :: Deserialize,
    :: serde :: Serialize,
    Clone,
    Copy,
    Debug,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
)]
pub enum UserListType {
    #[serde(rename = "users")]
    Users,
}
impl ::std::fmt::Display for UserListType {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        match *self {
            Self::Users => f.write_str("users"),
        }
    }
}
impl ::std::str::FromStr for UserListType {
    type Err = self::error::ConversionError;
    fn from_str(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        match value {
            "users" => Ok(Self::Users),
            _ => Err("invalid value".into()),
        }
    }
}
impl ::std::convert::TryFrom<&str> for UserListType {
    type Error = self::error::ConversionError;
    fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
    }
}
impl ::std::convert::TryFrom<::std::string::String> for UserListType {
    type Error = self::error::ConversionError;
    fn try_from(
        value: ::std::string::String,
    ) -> ::std::result::Result<Self, self::error::ConversionError> {
        value.parse()
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
