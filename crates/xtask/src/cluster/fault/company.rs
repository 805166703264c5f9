//! Members on two nodes who know of each other, and what one of them says.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{DEADLINE, ROOM};
use crate::cluster::client::{Client, kind, text};
use crate::cluster::world::World;

/// How close the questions are whether it is over.
const ASK: Duration = Duration::from_millis(50);

/// Two members on the first node, one on the last, and all know of each other.
pub struct Company {
    pub ada: Client,
    pub ann: Client,
    pub bob: Client,
}

impl Company {
    pub fn gather(world: &World) -> Result<Company, String> {
        let near = world.address(0)?;
        let mut ada = Client::join(near, "ada", ROOM, DEADLINE)?;
        let mut ann = Client::join(near, "ann", ROOM, DEADLINE)?;
        let bob = Client::join(world.address(world.last())?, "bob", ROOM, DEADLINE)?;
        let end = Instant::now() + DEADLINE;
        let bob_came = |event: &Value| text(event) == "New User bob joined room room";
        for near in [&mut ada, &mut ann] {
            let told = near.hear(0, end, bob_came);
            told.ok_or("see on one node who has come to the other")?;
        }
        let mut company = Company { ada, ann, bob };
        company.meet(DEADLINE)?;
        Ok(company)
    }

    /// Says things in both directions until each has heard the other, and tells how long that took.
    pub fn meet(&mut self, within: Duration) -> Result<Duration, String> {
        let begin = Instant::now();
        let mut heard = [None, None];
        let from = [self.ada.heard.len(), self.bob.heard.len()];
        for turn in 0_u32.. {
            // Each round has its own text, or a late one would count.
            let words = format!("are you there {turn} {}", self.ada.heard.len());
            self.ada.chat(ROOM, &words);
            self.bob.chat(ROOM, &words);
            let end = Instant::now() + ASK;
            for (index, client) in [&mut self.ada, &mut self.bob].into_iter().enumerate() {
                let asked = |event: &Value| text(event).starts_with("are you there");
                let other = if index == 0 { "BOB" } else { "ADA" };
                let of_other = |event: &Value| asked(event) && event["from"] == other;
                let came = client.hear(from[index], end, of_other);
                heard[index] = heard[index].or(came.map(|(at, _)| at));
            }
            if let [Some(one), Some(other)] = heard {
                return Ok(one.max(other).saturating_duration_since(begin));
            }
            if begin.elapsed() > within || self.bob.ended {
                break;
            }
        }
        Err(format!("hear each other across nodes within {within:?}"))
    }

    /// Says something to the room, and waits until it is heard on the same node.
    pub fn tell(&mut self, words: &str) -> Result<(), String> {
        self.ada.chat(ROOM, words);
        let end = Instant::now() + DEADLINE;
        let came = self.ann.hear(0, end, |event| text(event) == words);
        came.map(drop)
            .ok_or_else(|| "hear somebody on the same node".to_owned())
    }

    /// How often all together were told that something may be missing.
    pub fn gaps(&self) -> usize {
        let all = [&self.ada, &self.ann, &self.bob];
        let gaps = all.map(|client| client.count(|event| kind(event) == "gap"));
        gaps.iter().sum()
    }

    /// How often each was told that somebody has come or gone.
    pub fn announced(&self) -> [usize; 3] {
        [&self.ada, &self.ann, &self.bob].map(|client| client.count(announces))
    }
}

fn announces(event: &Value) -> bool {
    matches!(kind(event), "newuser" | "deluser")
}

/// Messages that one says, each with its number, in their order.
pub struct Said {
    begin: String,
    words: Vec<String>,
}

impl Said {
    pub fn new(begin: &str, count: usize) -> Said {
        let begin = format!("{begin} ");
        let words = (0..count).map(|number| format!("{begin}{number}"));
        let words = words.collect();
        Said { begin, words }
    }

    /// The same, each of them longer by this.
    pub fn followed_by(mut self, filling: &str) -> Said {
        for words in &mut self.words {
            words.push(' ');
            words.push_str(filling);
        }
        self
    }

    /// All of them.
    pub fn words(&self) -> impl Iterator<Item = &String> {
        self.words.iter()
    }

    /// Those of them that somebody has heard, as they came.
    pub fn heard(&self, client: &Client) -> Vec<String> {
        let texts = client.heard.iter().map(|(_, event)| text(event));
        let ours = texts.filter(|words| words.starts_with(&self.begin));
        ours.map(str::to_owned).collect()
    }

    /// Whether what somebody has heard is all of it, in order and once; with `gaps` some may be missing.
    pub fn holds(&self, heard: &[String], gaps: bool) -> bool {
        let mut expected = self.words.iter();
        let ordered = heard.iter().all(|words| expected.any(|said| said == words));
        ordered && (gaps || heard.len() == self.words.len())
    }
}
