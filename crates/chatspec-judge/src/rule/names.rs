//! The rules that the referee itself applies, where no fixture has to name them.

/// A message that no expectation covers.
pub const CLOSURE: &str = "message.closure";
/// Every `chat` event of a server has the shape of the receive schema.
pub const SCHEMA: &str = "message.schema";
/// What a server emits is valid JSON.
pub const VALID_JSON: &str = "message.valid-json";
/// The connection still answers after each step.
pub const LIVES: &str = "connection.lives";
/// WebSocket alone serves: a session can be opened by it.
pub const WEBSOCKET: &str = "transport.websocket";
/// Long-polling alone serves.
pub const POLLING: &str = "transport.polling";
/// The one can be upgraded to the other.
pub const UPGRADE: &str = "transport.upgrade";
/// The barrier's own request is answered with an empty listing.
pub const BARRIER: &str = "users.anyone";
/// An acknowledged success.
pub const ACK_SUCCESS: &str = "ack.success";
/// The acknowledgement comes after the event's own effects.
pub const ACK_AFTER: &str = "ack.after-effects";
/// Every event with an id is acknowledged.
pub const ACK_ALWAYS: &str = "ack.always";
/// The sender hears no echo.
pub const NO_ECHO: &str = "chat.no-echo";
/// One who leaves is not told of it.
pub const LEAVE_SILENT: &str = "leave.silent";
/// Nothing arrives twice.
pub const ONCE: &str = "order.once";
/// One sender's messages keep their order.
pub const SENDER_ORDER: &str = "order.sender";
/// No message of a room reaches a session outside it.
pub const MEMBERS_ONLY: &str = "delivery.members-only";
/// A refusal reaches its sender alone.
pub const REFUSAL_ONLY_SENDER: &str = "refusal.only-sender";
/// A join is announced: the prerequisite of the macro `enter`.
pub const JOIN: &str = "join.announce";
/// A room message arrives: the macro `exchange`.
pub const CHAT_ROOM: &str = "chat.room";
/// A listing is right: the macro `listing`.
pub const LISTING: &str = "users.reply";
/// A leave is announced: the macro `depart`.
pub const LEAVE: &str = "leave.announce";

/// After a bad input a pair in another room goes on talking.
pub const BYSTANDERS: &str = "robust.bystanders";
/// While a bad input comes, nobody in the room receives anything that is not due.
pub const ROOM: &str = "robust.room";
/// After a bad input somebody new can come and talk.
pub const NEWCOMERS: &str = "robust.newcomers";
/// After a bad input the listing holds exactly who is there.
pub const ROBUST_LISTING: &str = "robust.listing";
/// The server's process is still the same one.
pub const PROCESS: &str = "robust.process";
/// Memory and descriptors of the server's process are back.
pub const RESOURCES: &str = "robust.resources";
/// A WebSocket is closed with the code that says why.
pub const CLOSE_CODE: &str = "robust.close-code";
/// A refused request is answered with the JSON of an Engine.IO error.
pub const ERROR_BODY: &str = "robust.error-body";

/// What a refusal for load says about trying again.
pub const RETRY: &str = "robust.load.retry";
/// Who goes on sending too much is closed.
pub const PERSISTENT: &str = "robust.load.persistent";
/// What becomes of one who sends far too much.
pub const FLOOD: &str = "robust.load.flood";

/// On a server of several nodes, what is said on one is heard on the others.
pub const CLUSTER_DELIVERY: &str = "cluster.delivery";
/// Who comes and goes on one node is seen on the others.
pub const CLUSTER_PRESENCE: &str = "cluster.presence";
/// A private message finds its target on another node.
pub const CLUSTER_PRIVATE: &str = "cluster.private";
/// The rules of servers of several nodes begin with this word. None is scored: no server has to have more than one node.
pub const CLUSTER: &str = "cluster.";

/// Those that are about load: in a conversation that one of them is scored for, a refusal for load is no surprise.
pub const LOAD: &[&str] = &[RETRY, PERSISTENT, FLOOD];

/// What is checked after each bad input.
pub const ORACLE: &[&str] = &[
    BYSTANDERS,
    ROOM,
    NEWCOMERS,
    ROBUST_LISTING,
    PROCESS,
    RESOURCES,
    CLOSE_CODE,
    ERROR_BODY,
];

/// Those of them that a core server does not answer for.
pub const HARDENED_ORACLE: &[&str] = &[ROOM, ROBUST_LISTING, CLOSE_CODE, ERROR_BODY];

/// Those of them that count wherever there was something to see.
pub const ADVICE: &[&str] = &[CLOSE_CODE, ERROR_BODY, PROCESS];

/// Those of them that need a look at the server's process, `--pid`.
pub const PROCESS_ORACLE: &[&str] = &[PROCESS, RESOURCES];

/// Invariants: judged in every conversation, cited or not.
pub const INVARIANTS: &[&str] = &[
    CLOSURE,
    SCHEMA,
    VALID_JSON,
    LIVES,
    BARRIER,
    ACK_AFTER,
    NO_ECHO,
    ONCE,
    SENDER_ORDER,
    MEMBERS_ONLY,
];
