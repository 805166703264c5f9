//! What differs between two versions, and whom it breaks.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::contain::{Answer, Verdict};
use super::version::Direction;

/// What kind of difference it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Category {
    /// Messages, or how they travel.
    Wire,
    /// What the same messages mean.
    Semantic,
    /// What generators make of the schemas, the messages being the same.
    Codegen,
    /// Words for people.
    Doc,
}

/// Which two peers meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Peers {
    /// A client of the old version, a server of the new one.
    #[serde(rename = "old client, new server")]
    OldClient,
    /// A client of the new version, a server of the old one.
    #[serde(rename = "new client, old server")]
    NewClient,
}

/// The four cells of a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Cells {
    /// What clients send.
    pub client_to_server: Pair,
    /// What servers send.
    pub server_to_client: Pair,
}

/// The two cells of a direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// A client of the old version meets a server of the new one.
    #[serde(rename = "old client, new server")]
    pub old_client: Verdict,
    /// A client of the new version meets a server of the old one.
    #[serde(rename = "new client, old server")]
    pub new_client: Verdict,
}

impl Cells {
    /// A cell, to read or to worsen.
    pub fn cell(&mut self, direction: Direction, peers: Peers) -> &mut Verdict {
        let pair = match direction {
            Direction::ServerToClient => &mut self.server_to_client,
            _ => &mut self.client_to_server,
        };
        match peers {
            Peers::OldClient => &mut pair.old_client,
            Peers::NewClient => &mut pair.new_client,
        }
    }

    /// The worst of the four.
    pub fn worst(&self) -> Verdict {
        let pairs = [self.client_to_server, self.server_to_client];
        pairs
            .iter()
            .map(|pair| pair.old_client.max(pair.new_client))
            .max()
            .unwrap_or_default()
    }

    /// The four, client to server first, each with the old client first.
    pub fn row(&self) -> [Verdict; 4] {
        let (up, down) = (self.client_to_server, self.server_to_client);
        [
            up.old_client,
            up.new_client,
            down.old_client,
            down.new_client,
        ]
    }
}

/// Why a cell is what it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Who sends.
    pub direction: Direction,
    /// Which two peers meet.
    pub peers: Peers,
    /// What that comes to.
    pub verdict: Verdict,
    /// The message that the one sends and the other refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Value>,
    /// How it was found, or what happens.
    pub how: String,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Names the change, for waivers: it stays the same as long as the change does.
    pub fingerprint: String,
    /// The file, or the fact of the manifest.
    pub place: String,
    /// The message, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The field, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What kind of difference.
    pub category: Category,
    /// What was done, in one word.
    pub kind: &'static str,
    /// The same as a sentence.
    pub what: String,
    /// Whether generated types change.
    pub alters_types: bool,
    /// Who breaks.
    pub cells: Cells,
    /// Why.
    pub findings: Vec<Finding>,
    /// What to do about it; empty where nothing is to be done.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub mend: &'static str,
    /// The reason why it is allowed, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
}

/// A version whose own senders and receivers do not get on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unsound {
    /// The version.
    pub version: String,
    /// The file of what is sent.
    pub place: String,
    /// What that comes to.
    pub verdict: Verdict,
    /// The message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Value>,
    /// How it was found.
    pub how: String,
}

/// Everything that differs between two versions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What people call the old version.
    pub old: String,
    /// The new one.
    pub new: String,
    /// The worst of all that no waiver allows.
    pub verdict: Verdict,
    /// The changes, by file, message and field.
    pub changes: Vec<Change>,
    /// What is wrong with a version by itself.
    pub unsound: Vec<Unsound>,
}

impl Change {
    /// A change that breaks nobody, so far.
    pub fn new(category: Category, kind: &'static str, place: &str, what: String) -> Change {
        Change {
            fingerprint: String::new(),
            place: place.to_owned(),
            message: None,
            field: None,
            category,
            kind,
            what,
            alters_types: category == Category::Codegen,
            cells: Cells::default(),
            findings: Vec::new(),
            mend: "",
            waived: None,
        }
    }

    /// The same, about a field of a message.
    #[must_use]
    pub fn at(mut self, message: Option<&str>, field: Option<&str>) -> Change {
        self.message = message.map(str::to_owned);
        self.field = field.map(str::to_owned);
        self
    }

    /// The same, with its fingerprint: of where it is, what it is, and what was and is there.
    #[must_use]
    pub fn marked(mut self, old: &str, new: &str) -> Change {
        let place = [Some(&self.place), self.message.as_ref()];
        let mut name = place
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join("/");
        if let Some(field) = &self.field {
            name = format!("{name}.{field}");
        }
        let whole = [name.as_str(), self.kind, old, new].join("\u{0}");
        self.fingerprint = format!("{name}#{:012x}", hash(whole.as_bytes()) & 0xffff_ffff_ffff);
        self
    }

    /// Notes the answer for a cell, where it is no proof that all is well.
    pub fn note(&mut self, direction: Direction, peers: Peers, answer: &Answer) {
        let directions: &[(Direction, Peers)] = match direction {
            // The same question, asked for both.
            Direction::Either => &[
                (Direction::ClientToServer, peers),
                (Direction::ServerToClient, peers.other()),
            ],
            one => &[(one, peers)],
        };
        for (direction, peers) in directions {
            let cell = self.cells.cell(*direction, *peers);
            *cell = (*cell).max(answer.verdict);
            self.findings.push(Finding {
                direction: *direction,
                peers: *peers,
                verdict: answer.verdict,
                witness: answer.witness.clone(),
                how: answer.how.clone(),
            });
        }
    }

    /// Breaks a cell by what the change means: there is no message that shows it.
    #[must_use]
    pub fn breaks(mut self, direction: Direction, peers: &[Peers], how: &str) -> Change {
        for peers in peers {
            let answer = Answer {
                verdict: Verdict::Break,
                witness: None,
                how: how.to_owned(),
            };
            self.note(direction, *peers, &answer);
        }
        self
    }

    /// The worst of its cells.
    pub fn verdict(&self) -> Verdict {
        self.cells.worst()
    }
}

impl Peers {
    /// Both.
    pub const BOTH: [Peers; 2] = [Peers::OldClient, Peers::NewClient];

    /// The other two.
    pub fn other(self) -> Peers {
        match self {
            Peers::OldClient => Peers::NewClient,
            Peers::NewClient => Peers::OldClient,
        }
    }
}

impl Report {
    /// Counts again what nobody has allowed.
    pub fn settle(&mut self) {
        let changes = self.changes.iter().filter(|change| change.waived.is_none());
        let worst = changes
            .map(Change::verdict)
            .chain(self.unsound.iter().map(|unsound| unsound.verdict))
            .max();
        self.verdict = worst.unwrap_or_default();
    }
}

/// FNV-1a: a name, not a proof.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
