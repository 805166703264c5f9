//! A token bucket: so many at once, and so many a second after that.

use tokio::time::Instant;

/// How fast something may happen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) per_second: usize,
    /// How often at once, after a pause.
    pub(super) burst: usize,
}

#[derive(Debug)]
pub(super) struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn full(rate: Rate, now: Instant) -> Bucket {
        Bucket {
            tokens: rate.burst as f64,
            at: now,
        }
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&mut self, rate: Rate, now: Instant) -> bool {
        self.tokens = self.tokens_at(rate, now);
        self.at = now;
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }

    /// Whether it is as if nothing had ever been taken.
    pub(super) fn is_full(&self, rate: Rate, now: Instant) -> bool {
        self.tokens_at(rate, now) >= rate.burst as f64
    }

    fn tokens_at(&self, rate: Rate, now: Instant) -> f64 {
        let seconds = now.duration_since(self.at).as_secs_f64();
        (self.tokens + seconds * rate.per_second as f64).min(rate.burst as f64)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_empties_and_fills_again() {
        let rate = Rate {
            per_second: 10,
            burst: 3,
        };
        let start = Instant::now();
        let mut bucket = Bucket::full(rate, start);
        assert!((0..3).all(|_| bucket.take(rate, start)));
        assert!(!bucket.take(rate, start));
        let later = start + Duration::from_millis(110);
        assert!(bucket.take(rate, later) && !bucket.take(rate, later));
        assert!(!bucket.is_full(rate, later));
        let much_later = later + Duration::from_secs(60);
        assert!(bucket.is_full(rate, much_later));
        assert!((0..3).all(|_| bucket.take(rate, much_later)));
        assert!(!bucket.take(rate, much_later));
    }
}
