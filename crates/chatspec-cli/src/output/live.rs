//! The JSON report of a run that has not ended: whatever ends it, what was found so far is on disk.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use chatspec_judge::report::{CaseReport, Report};

use super::wanted::{Format, To, Wanted};
use super::write;

/// How often the file is written at most.
const PACE: Duration = Duration::from_millis(250);
/// At most one part in so many of a run's time goes into writing.
const SHARE: u32 = 20;

/// The cases that have ended, and the files that tell of them.
pub struct Live<'a> {
    files: Vec<&'a Path>,
    cases: BTreeMap<String, CaseReport>,
    next: Instant,
}

impl<'a> Live<'a> {
    /// For the JSON files among these reports.
    pub fn new(reports: &'a [Wanted]) -> Live<'a> {
        let files = reports
            .iter()
            .filter_map(|wanted| match (wanted.format, &wanted.to) {
                (Format::Json, To::File(path)) => Some(path.as_path()),
                _ => None,
            });
        Live {
            files: files.collect(),
            cases: BTreeMap::new(),
            next: Instant::now(),
        }
    }

    /// A case has ended; of repetitions the worst is kept. Writes the files where it is time to.
    pub fn done(&mut self, case: &CaseReport, report: impl FnOnce(Vec<CaseReport>) -> Report) {
        if self.files.is_empty() {
            return;
        }
        let known = self.cases.get(&case.id);
        if known.is_none_or(|known| known.verdict < case.verdict) {
            self.cases.insert(case.id.clone(), case.clone());
        }
        let started = Instant::now();
        if started >= self.next {
            self.write(report);
            self.next = Instant::now() + PACE.max(started.elapsed() * SHARE);
        }
    }

    /// Writes the files now. One that cannot be written is told at the end of the run, when everything is written.
    pub fn write(&mut self, report: impl FnOnce(Vec<CaseReport>) -> Report) {
        if self.files.is_empty() {
            return;
        }
        // The cases are lent to the report: a copy of them would take as much again.
        let cases = std::mem::take(&mut self.cases);
        let report = report(cases.into_values().collect());
        if let Ok(text) = write::json(&report) {
            for path in &self.files {
                let _ = write::replace(path, &text);
            }
        }
        let cases = report.cases.into_iter();
        self.cases = cases.map(|case| (case.id.clone(), case)).collect();
    }
}
