//! Every message in one plain array: what the decoders, the manifest, the schemas and the tables are checked against or
//! made from.

use crate::message::{
    Chat, ChatMessage, DelUser, Image, ImageMessage, Join, Leave, NewUser, UserList, UsersRequest,
};

/// Who sends a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// A client.
    ClientToServer,
    /// A server.
    ServerToClient,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ClientToServer, Self::ServerToClient];

    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientToServer => "client-to-server",
            Self::ServerToClient => "server-to-client",
        }
    }

    /// The key of the tag.
    pub const fn tag_key(self) -> &'static str {
        match self {
            Self::ClientToServer => "event",
            Self::ServerToClient => "type",
        }
    }
}

/// How far a message may still change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stability {
    /// It changes only with a new major revision.
    Stable,
}

impl Stability {
    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
        }
    }
}

/// One message.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Row {
    /// Who sends it.
    pub direction: Direction,
    /// The value of `event` or `type`.
    pub tag: &'static str,
    /// Name of the type, here and in the schemas.
    pub type_name: &'static str,
    /// Revision that brought it.
    pub since: &'static str,
    /// How far it may still change.
    pub stability: Stability,
    /// The rules that say most about it.
    pub rules: &'static [&'static str],
    /// Its definition, without the tag.
    #[cfg(feature = "schema")]
    pub schema: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
}

use Direction::{ClientToServer as C2S, ServerToClient as S2C};
use Stability::Stable;

/// All messages, in the order of the spec.
#[rustfmt::skip] // One line a message.
pub const MESSAGES: [Row; 10] = [
    row::<Join>(C2S, Join::TAG, "Join", "1.0", Stable, &["join.announce", "join.defaults", "join.again", "join.unique"]),
    row::<Leave>(C2S, Leave::TAG, "Leave", "1.0", Stable, &["leave.announce", "leave.defaults", "leave.own-record"]),
    row::<UsersRequest>(C2S, UsersRequest::TAG, "UsersRequest", "1.0", Stable, &["users.reply", "users.anyone", "users.default-room", "message.event-absent"]),
    row::<Chat>(C2S, Chat::TAG, "Chat", "1.0", Stable, &["chat.room", "chat.private.only-target", "chat.broadcast", "chat.text-key", "chat.text-default"]),
    row::<Image>(C2S, Image::TAG, "Image", "1.0", Stable, &["image.room", "image.never-private", "image.fields", "image.content"]),
    row::<NewUser>(S2C, NewUser::TAG, "NewUser", "1.0", Stable, &["join.announce", "name.shown"]),
    row::<DelUser>(S2C, DelUser::TAG, "DelUser", "1.0", Stable, &["leave.announce", "leave.silent"]),
    row::<UserList>(S2C, UserList::TAG, "UserList", "1.0", Stable, &["users.reply", "users.quoting", "users.order"]),
    row::<ChatMessage>(S2C, ChatMessage::TAG, "ChatMessage", "1.0", Stable, &["chat.room", "chat.no-echo", "chat.private.mark", "name.upper"]),
    row::<ImageMessage>(S2C, ImageMessage::TAG, "ImageMessage", "1.0", Stable, &["image.room", "image.unchanged", "name.upper"]),
];

/// The messages of one direction.
pub fn messages(direction: Direction) -> impl Iterator<Item = &'static Row> {
    const { &MESSAGES }
        .iter()
        .filter(move |row| row.direction == direction)
}

/// The tags of one direction.
pub fn tags(direction: Direction) -> impl Iterator<Item = &'static str> {
    messages(direction).map(|row| row.tag)
}

#[cfg(feature = "schema")]
use schemars::JsonSchema as Described;

/// Without schemas every type is described well enough.
#[cfg(not(feature = "schema"))]
trait Described {}
#[cfg(not(feature = "schema"))]
impl<T> Described for T {}

const fn row<T: Described>(
    direction: Direction,
    tag: &'static str,
    type_name: &'static str,
    since: &'static str,
    stability: Stability,
    rules: &'static [&'static str],
) -> Row {
    Row {
        direction,
        tag,
        type_name,
        since,
        stability,
        rules,
        #[cfg(feature = "schema")]
        schema: T::json_schema,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_files() {
        assert_eq!(
            Direction::ALL.map(Direction::name),
            ["client-to-server", "server-to-client"]
        );
        assert_eq!(Direction::ALL.map(Direction::tag_key), ["event", "type"]);
        assert_eq!(Stability::Stable.name(), "stable");
    }

    #[test]
    fn each_direction_has_its_own_tags() {
        let of = |direction| tags(direction).collect::<Vec<_>>();
        assert_eq!(of(C2S), ["join", "leave", "users", "chat", "image"]);
        assert_eq!(of(S2C), ["newuser", "deluser", "users", "chat", "image"]);
        let rows: Vec<&str> = messages(S2C).map(|row| row.type_name).collect();
        assert_eq!(
            rows,
            [
                "NewUser",
                "DelUser",
                "UserList",
                "ChatMessage",
                "ImageMessage"
            ]
        );
    }
}
