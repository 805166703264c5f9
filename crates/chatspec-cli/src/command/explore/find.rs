//! Something that a server does wrong, in the smallest history that shows it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chatspec_judge::fixture::{self, lint};
use chatspec_judge::model::{History, conversation, smaller};
use chatspec_judge::report::CaseReport;
use chatspec_judge::rule::{Profile, Rules};
use chatspec_judge::verdict::Verdict;
use serde_json::{Value, json};

use super::play::{Played, Player};
use crate::data::plural;
use crate::exit::Failure;
use crate::output::write;

/// How often a history is played again, to see how often it shows the same.
const AGAIN: usize = 5;
/// How often each smaller history is played where it does not always.
const SOMETIMES: usize = 3;
/// Smaller histories at a time.
const AT_ONCE: usize = 16;
/// Histories that may be played for one find.
const MOST: usize = 1_500;
/// How long one find may be made smaller: some defects make each play wait for a heartbeat.
const LONGEST: Duration = Duration::from_secs(60);

/// A rule that is broken, and how.
pub struct Find {
    pub rule: String,
    /// The seed of the history in which it was seen first.
    seed: u64,
    /// How many acts that had.
    acts: usize,
    /// How often it came in [`AGAIN`] plays more.
    came: usize,
    history: History,
    pub report: CaseReport,
}

/// The rule that a history breaks, the first of those that do not rest on others.
pub fn broken(report: &CaseReport) -> Option<String> {
    let fails = |rule: &str| report.rules.get(rule) == Some(&Verdict::Fail);
    let found = report.findings.iter().find(|finding| fails(&finding.rule));
    found.map(|finding| finding.rule.clone())
}

impl Played {
    fn breaks(&self, rule: &str) -> bool {
        self.report.rules.get(rule) == Some(&Verdict::Fail)
    }
}

impl Find {
    /// Plays it again, and then smaller and smaller histories, until none of those that are smaller still breaks the rule.
    ///
    /// # Errors
    /// The server cannot be reached any more.
    pub async fn shrink(
        player: &mut Player,
        played: Played,
        rule: String,
    ) -> Result<Find, Failure> {
        let Played {
            seed,
            history,
            report,
            ..
        } = played;
        let again = vec![(seed, history.clone()); AGAIN];
        let came = player
            .play(again)
            .await?
            .iter()
            .filter(|played| played.breaks(&rule))
            .count();
        let mut find = Find {
            rule: rule.clone(),
            seed,
            acts: history.acts.len(),
            came,
            history,
            report,
        };
        if came > 0 {
            let times = if came == AGAIN { 1 } else { SOMETIMES };
            find.shorten(player, times).await?;
        }
        // What is printed and written is called the same.
        find.report.id = format!("{}@websocket", find.id());
        find.report.title = find.title();
        Ok(find)
    }

    /// Takes the first smaller history that breaks the rule, played so many times, and the first that is smaller than that.
    async fn shorten(&mut self, player: &mut Player, times: usize) -> Result<(), Failure> {
        let mut plays = 0;
        let begun = Instant::now();
        'smaller: loop {
            let candidates = smaller(&self.history, player.profile);
            for some in candidates.chunks(AT_ONCE) {
                if plays > MOST || begun.elapsed() > LONGEST {
                    return Ok(());
                }
                plays += some.len() * times;
                let all = some
                    .iter()
                    .flat_map(|history| vec![(self.seed, history.clone()); times]);
                let played = player.play(all.collect()).await?;
                if let Some(smallest) = played.into_iter().find(|played| played.breaks(&self.rule))
                {
                    self.history = smallest.history;
                    self.report = smallest.report;
                    continue 'smaller;
                }
            }
            return Ok(());
        }
    }

    /// Whether it came again when the same was played again.
    pub fn came_again(&self) -> bool {
        self.came > 0
    }

    fn title(&self) -> String {
        format!("What breaks {}, found by seed {}", self.rule, self.seed)
    }

    fn id(&self) -> String {
        format!("found/{}-{}", self.rule.replace('.', "-"), self.seed)
    }

    fn fixture(&self, profile: Profile) -> String {
        conversation(&self.history, profile, &self.id(), &self.title())
    }

    /// Writes the fixture, and says where.
    ///
    /// # Errors
    /// It cannot be written, or the linter does not take it, which would be a fault of ours.
    pub fn write(
        &self,
        folder: &Path,
        profile: Profile,
        rules: &Rules,
    ) -> Result<PathBuf, Failure> {
        let text = self.fixture(profile);
        let name = format!("{}.yaml", self.id().replace('/', "-"));
        let wrong = match fixture::load(&name, &text) {
            Ok(fixture) => lint::lint(&fixture, rules),
            Err(errors) => errors,
        };
        if let Some(error) = wrong.first() {
            return Err(Failure::ours(format!(
                "write down what was found: {error}\n{text}"
            )));
        }
        fs::create_dir_all(folder)
            .map_err(|error| Failure::usage(format!("create {}: {error}", folder.display())))?;
        let path = folder.join(name);
        write::file(&path, &text)?;
        Ok(path)
    }

    pub fn summary(&self) -> String {
        let rate = match self.came {
            AGAIN => "it came every time".to_owned(),
            came => format!("it came in {came} of {AGAIN} plays more"),
        };
        format!(
            "  seed {}: {}, shrunk to {}; {rate}",
            self.seed,
            plural(self.acts, "act"),
            plural(self.history.acts.len(), "act")
        )
    }

    pub fn json(&self) -> Value {
        json!({
            "rule": self.rule,
            "seed": self.seed,
            "acts": self.acts,
            "shrunk": self.history.acts.len(),
            "again": {"plays": AGAIN, "came": self.came},
            "case": self.report,
        })
    }
}
