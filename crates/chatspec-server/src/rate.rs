//! Token buckets. Time comes as an argument: whoever has a clock says how late it is.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// So many a second, and so many at once. It is written `20/256`, or `none` where there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Tokens that come back in a second. At least one.
    per_second: u32,
    /// Tokens that are there at once. At least one.
    burst: u32,
}

impl Rate {
    /// No limit.
    pub const NONE: Self = Self::new(u32::MAX, u32::MAX);

    /// A rate. Zero of either counts as one.
    pub const fn new(per_second: u32, burst: u32) -> Self {
        Self {
            per_second: if per_second == 0 { 1 } else { per_second },
            burst: if burst == 0 { 1 } else { burst },
        }
    }

    /// Time in which so many tokens come back.
    fn time_of(self, tokens: u32) -> Duration {
        let nanos = u64::from(tokens) * 1_000_000_000 / u64::from(self.per_second);
        Duration::from_nanos(nanos)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NONE => f.write_str("none"),
            Self { per_second, burst } => write!(f, "{per_second}/{burst}"),
        }
    }
}

impl FromStr for Rate {
    type Err = NoRate;

    fn from_str(text: &str) -> Result<Self, NoRate> {
        if text == "none" {
            return Ok(Self::NONE);
        }
        let number = |text: &str| match text.trim().replace('_', "").parse() {
            Ok(0) | Err(_) => Err(NoRate),
            Ok(number) => Ok(number),
        };
        let (per_second, burst) = text.split_once('/').ok_or(NoRate)?;
        Ok(Self::new(number(per_second)?, number(burst)?))
    }
}

/// What is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no rate")]
pub struct NoRate;

/// A bucket, known by the moment when it will be full again: so it costs nothing while nobody looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bucket {
    full_at: Duration,
}

impl Bucket {
    /// How long to wait until `tokens` can be taken; zero if they can be taken now. More than the bucket holds counts as
    /// all that it holds.
    pub(crate) fn wait(self, rate: Rate, now: Duration, tokens: u32) -> Duration {
        let after = self.after(rate, now, tokens);
        after.saturating_sub(now + rate.time_of(rate.burst))
    }

    /// Takes them, whether they are there or not.
    pub(crate) fn take(&mut self, rate: Rate, now: Duration, tokens: u32) {
        self.full_at = self.after(rate, now, tokens);
    }

    /// Whether it is as if nothing had ever been taken.
    pub(crate) fn is_full(self, now: Duration) -> bool {
        self.full_at <= now
    }

    fn after(self, rate: Rate, now: Duration, tokens: u32) -> Duration {
        self.full_at.max(now) + rate.time_of(tokens.min(rate.burst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate::new(20, 5);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Takes one if it is there, and says how long to wait otherwise.
    fn one(bucket: &mut Bucket, now: Duration) -> Duration {
        let wait = bucket.wait(RATE, now, 1);
        if wait.is_zero() {
            bucket.take(RATE, now, 1);
        }
        wait
    }

    #[test]
    fn a_burst_and_then_the_rate() {
        let mut bucket = Bucket::default();
        for _ in 0..5 {
            assert_eq!(one(&mut bucket, ms(1_000)), Duration::ZERO);
        }
        assert_eq!(one(&mut bucket, ms(1_000)), ms(50));
        assert_eq!(one(&mut bucket, ms(1_030)), ms(20));
        assert_eq!(one(&mut bucket, ms(1_050)), Duration::ZERO);
        assert_eq!(one(&mut bucket, ms(1_050)), ms(50));
        assert!(!bucket.is_full(ms(1_299)) && bucket.is_full(ms(1_300)));
        // Nothing is saved up beyond the burst.
        for _ in 0..5 {
            assert_eq!(one(&mut bucket, ms(100_000)), Duration::ZERO);
        }
        assert_eq!(one(&mut bucket, ms(100_000)), ms(50));
    }

    #[test]
    fn who_waits_as_told_gets_it() {
        let mut bucket = Bucket::default();
        let mut now = Duration::ZERO;
        let mut taken = 0;
        while now < ms(2_000) {
            match one(&mut bucket, now) {
                Duration::ZERO => taken += 1,
                wait => now += wait,
            }
        }
        assert_eq!(taken, 5 + 2 * 20 - 1);
    }

    #[test]
    fn more_than_it_holds_is_all_that_it_holds() {
        let mut bucket = Bucket::default();
        assert_eq!(bucket.wait(RATE, ms(0), 1_000), Duration::ZERO);
        bucket.take(RATE, ms(0), 1_000);
        assert_eq!(bucket.wait(RATE, ms(0), 1_000), ms(250));
        assert_eq!(bucket.wait(RATE, ms(0), 1), ms(50));
    }

    #[test]
    fn it_is_written_as_two_numbers() {
        for text in ["20/256", "1/1", "none"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        assert_eq!("2_000 / 8".parse(), Ok(Rate::new(2_000, 8)));
        for text in ["", "20", "0/5", "5/0", "-1/5", "20/256/1", "None"] {
            assert_eq!(text.parse::<Rate>(), Err(NoRate), "{text}");
        }
    }

    #[test]
    fn without_a_limit_nobody_waits() {
        let mut bucket = Bucket::default();
        for _ in 0..100_000 {
            assert_eq!(bucket.wait(Rate::NONE, ms(0), 1_000_000), Duration::ZERO);
            bucket.take(Rate::NONE, ms(0), 1_000);
        }
    }

    #[test]
    fn bytes_are_counted_finely() {
        let rate = Rate::new(2 << 20, 8 << 20);
        let mut bucket = Bucket::default();
        bucket.take(rate, ms(0), 8 << 20);
        assert_eq!(bucket.wait(rate, ms(0), 1 << 20), ms(500));
        assert_eq!(bucket.wait(rate, ms(500), 1 << 20), Duration::ZERO);
    }
}
