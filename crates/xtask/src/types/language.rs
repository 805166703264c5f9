//! The languages, and what their types can know.

/// A folder in `clients/`.
///
/// It has two scripts. `generate FOLDER` writes the generated files. `run` does the rest: `--setup` installs,
/// `contract CASES` prints what the types make of the messages in that file, `controls FILE...` compiles or runs small programs,
/// each on its own and all to their end, and `example URL` talks to a server.
#[derive(Debug)]
pub struct Language {
    /// Name of the folder.
    pub name: &'static str,
    /// Folder of the generated files, in that folder.
    pub folder: &'static str,
    /// The generated files, in that folder.
    pub files: &'static [&'static str],
    /// Ending of its source files.
    pub ending: &'static str,
    /// How a comment begins that goes to the end of the line.
    pub comment: &'static str,
    /// What a client is held to that sends.
    pub sends: Power,
    /// Whether a field that may be left out may also be null in the program; it is left out then when it is written.
    pub null_is_absent: bool,
    /// What a client is held to that reads.
    pub reads: Reads,
    /// How the generated files are known to be up to date.
    pub fresh: Fresh,
}

/// How generated files are known to be those that the generator makes of the schemas as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fresh {
    /// They are made again, and compared.
    Made,
    /// By hashes in the first lines of each: compiling the generator takes minutes.
    Hashed,
}

/// What types can refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// Everything that the schema refuses.
    Values,
    /// Fields that are missing, unknown or of a wrong type; lengths and patterns are beyond them.
    Shape,
    /// Nothing that is written as JSON: messages are only built.
    Built,
}

/// Against which schema messages of a server are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// What a conforming server sends: the compiler can know no other.
    Sent(Power),
    /// What a client has to take, and ignore, from a server of any profile.
    Received(Power),
}

/// All languages.
pub const LANGUAGES: [Language; 5] = [
    Language {
        name: "typescript",
        folder: "chat-types",
        files: &["client-to-server.ts", "server-to-client.ts", "refusal.ts"],
        ending: "ts",
        comment: "//",
        sends: Power::Shape,
        null_is_absent: false,
        reads: Reads::Sent(Power::Shape),
        fresh: Fresh::Made,
    },
    Language {
        name: "python",
        folder: "chat_types",
        files: &["client_to_server.py", "server_to_client.py", "refusal.py"],
        ending: "py",
        comment: "#",
        sends: Power::Values,
        null_is_absent: true,
        reads: Reads::Received(Power::Values),
        fresh: Fresh::Made,
    },
    Language {
        name: "go",
        folder: "chattypes",
        files: &[
            "send/client_to_server.go",
            "receive/server_to_client.go",
            "receive/refusal.go",
        ],
        ending: "go",
        comment: "//",
        sends: Power::Built,
        null_is_absent: true,
        reads: Reads::Received(Power::Shape),
        fresh: Fresh::Made,
    },
    Language {
        name: "java",
        folder: "chattypes",
        files: &[
            "send/Chat.java",
            "send/ChatEvent.java",
            "send/Image.java",
            "send/ImageEvent.java",
            "send/Join.java",
            "send/JoinEvent.java",
            "send/Leave.java",
            "send/LeaveEvent.java",
            "send/UsersRequest.java",
            "send/UsersRequestEvent.java",
            "receive/ChatMessage.java",
            "receive/ChatMessageType.java",
            "receive/DelUser.java",
            "receive/DelUserType.java",
            "receive/ImageMessage.java",
            "receive/ImageMessageType.java",
            "receive/NewUser.java",
            "receive/NewUserType.java",
            "receive/Refusal.java",
            "receive/UserList.java",
            "receive/UserListType.java",
        ],
        ending: "java",
        comment: "//",
        sends: Power::Built,
        null_is_absent: true,
        reads: Reads::Received(Power::Shape),
        fresh: Fresh::Made,
    },
    Language {
        name: "rust",
        folder: "src/generated",
        files: &["client_to_server.rs", "server_to_client.rs", "refusal.rs"],
        ending: "rs",
        comment: "//",
        sends: Power::Values,
        null_is_absent: true,
        reads: Reads::Received(Power::Values),
        fresh: Fresh::Hashed,
    },
];
