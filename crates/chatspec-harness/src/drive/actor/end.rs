//! How a connection ends, and what comes at its end.

use chatspec_judge::transcript::{Entry, What};

use super::Actor;
use crate::drive::record;
use crate::wire::CloseReason;

/// Bytes that are kept of what came before a flood was cut: enough to see what it was.
const KEPT: usize = 256 << 10;

impl Actor {
    /// The end of the connection, after what came in `entries`.
    ///
    /// Where the server sent more than we take, it is we who ended it: no fixture that expects the server to do so may be
    /// content with that. Nothing is judged by what a flood consists of, so most of it is thrown away.
    pub(super) fn over(&mut self, reason: &CloseReason, step: usize, entries: &mut Vec<Entry>) {
        let why = reason.to_string();
        if !reason.is_excess() {
            return entries.push(self.closed(why, step));
        }
        let mut kept = 0;
        entries.retain(|entry| {
            kept += record::weight(&entry.what);
            kept <= KEPT
        });
        self.session = None;
        self.namespace = false;
        self.ended.clone_from(&why);
        entries.push(self.entry(step, record::excess(why)));
    }

    pub(super) fn closed(&mut self, why: String, step: usize) -> Entry {
        self.namespace = false;
        self.ended.clone_from(&why);
        self.entry(step, What::Closed { why })
    }

    /// Records what is there already.
    pub(super) fn drain(&mut self, step: usize, entries: &mut Vec<Entry>) {
        let Some(session) = self.session.as_mut() else {
            return;
        };
        while let Some(packet) = session.try_next() {
            if let Some(what) = record::received(&packet) {
                entries.push(record::entry(packet.at, step, &self.name, what));
            }
        }
    }

    /// Nobody will ask any more what was received.
    pub(in crate::drive) fn forget(&mut self) {
        if let Some(session) = self.session.as_mut() {
            session.forget();
        }
    }

    /// What has come since the end of the conversation. Of all ways to end the connection, only a flood is of interest
    /// now.
    pub(in crate::drive) fn late(&mut self, step: usize) -> Vec<Entry> {
        let mut entries = Vec::new();
        self.drain(step, &mut entries);
        let excess = self.closed_by().filter(CloseReason::is_excess);
        if let Some(reason) = excess.filter(|_| self.namespace) {
            self.over(&reason, step, &mut entries);
        }
        entries
    }
}
