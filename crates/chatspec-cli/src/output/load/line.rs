//! One line on a terminal that says how far the load is.

use chatspec_harness::load::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use super::human::{count, millis};

/// The line; nothing where stderr is no terminal.
pub struct Line(ProgressBar);

impl Line {
    /// An empty one.
    pub fn new(quiet: bool) -> Line {
        let bar = if quiet {
            ProgressBar::hidden()
        } else {
            ProgressBar::no_length()
        };
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        Line(bar)
    }

    /// Shows each step.
    pub fn teller(&self) -> impl Fn(&Progress) + Send + 'static {
        let bar = self.0.clone();
        move |progress| bar.set_message(text(progress))
    }

    /// Takes it away.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

fn text(progress: &Progress) -> String {
    let mut text = format!(
        "{:>6.1} s  {} joined  {}/s  {} deliveries",
        progress.elapsed.as_secs_f64(),
        count(progress.joined as f64),
        count(progress.sample.per_second),
        count(progress.received as f64)
    );
    if let Some(latency) = progress.sample.latency {
        text += &format!("  p50 {} p99 {}", millis(latency.p50), millis(latency.p99));
    }
    if progress.violations > 0 {
        text += &format!("  {} VIOLATIONS", progress.violations);
    }
    text
}
