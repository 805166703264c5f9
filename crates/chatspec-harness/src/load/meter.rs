//! Latencies and counts, whole and by steps of time.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::report::{Latency, Sample};

/// The longest latency that is told apart, in microseconds: an hour.
const LONGEST: u64 = 3_600_000_000;

/// Measures one kind of thing.
pub(super) struct Meter {
    whole: Histogram<u64>,
    step: Histogram<u64>,
    samples: Vec<Sample>,
}

impl Meter {
    pub(super) fn new() -> Meter {
        Meter {
            whole: histogram(),
            step: histogram(),
            samples: Vec::new(),
        }
    }

    /// One more, that took so many nanoseconds.
    pub(super) fn record(&mut self, nanoseconds: u64) {
        self.step.saturating_record(nanoseconds / 1_000);
    }

    /// Ends a step that took so long. `at` is since the start of the load.
    pub(super) fn end_step(&mut self, at: Duration, took: Duration) -> &mut Sample {
        let sample = Sample {
            at: at.as_secs_f64(),
            per_second: self.step.len() as f64 / took.as_secs_f64().max(1e-9),
            latency: latency(&self.step),
            cpu: None,
            rss: None,
        };
        // Of one configuration, so that it cannot fail.
        let _ = self.whole.add(&self.step);
        self.step.reset();
        self.samples.push(sample);
        let last = self.samples.len() - 1;
        &mut self.samples[last]
    }

    /// All of it.
    pub(super) fn latency(&self) -> Option<Latency> {
        let mut all = self.whole.clone();
        let _ = all.add(&self.step);
        latency(&all)
    }

    /// Takes the steps.
    pub(super) fn samples(&mut self) -> Vec<Sample> {
        std::mem::take(&mut self.samples)
    }

    /// Forgets all but the steps.
    pub(super) fn restart(&mut self) {
        self.whole.reset();
        self.step.reset();
    }
}

fn histogram() -> Histogram<u64> {
    // The bounds are constants that fit: the least, the most, and digits from 0 to 5.
    Histogram::new_with_bounds(1, LONGEST, 3).unwrap_or_else(|_| unreachable!("constant bounds"))
}

fn latency(histogram: &Histogram<u64>) -> Option<Latency> {
    let at = |quantile: f64| histogram.value_at_quantile(quantile) as f64 / 1_000.0;
    (!histogram.is_empty()).then(|| Latency {
        p50: at(0.5),
        p90: at(0.9),
        p99: at(0.99),
        p999: at(0.999),
        max: histogram.max() as f64 / 1_000.0,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Meter;

    #[test]
    fn steps_add_up() {
        let mut meter = Meter::new();
        assert!(meter.latency().is_none());
        for milliseconds in 1..=100 {
            meter.record(milliseconds * 1_000_000);
        }
        let sample = meter.end_step(Duration::from_secs(1), Duration::from_millis(500));
        assert!((sample.per_second - 200.0).abs() < 1e-6);
        meter.record(1_000_000_000);
        let latency = meter.latency().expect("some were recorded");
        assert!((49.0..53.0).contains(&latency.p50), "{latency:?}");
        assert!((999.0..1002.0).contains(&latency.max), "{latency:?}");
        assert_eq!(meter.samples().len(), 1);
    }
}
