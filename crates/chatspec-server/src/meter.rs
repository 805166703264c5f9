//! What one connection may send in a time, and when it has sent too much too often.

use std::collections::VecDeque;
use std::time::Duration;

use chatspec::message::ClientMessage;

use crate::rate::{Bucket, Rate};

/// Load limits of one connection (rule `limits.load`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rates {
    pub(crate) chat: Rate,
    pub(crate) image: Rate,
    pub(crate) join: Rate,
    pub(crate) users: Rate,
    /// Events of any kind, those that are refused included.
    pub(crate) packets: Rate,
    /// Bytes of events.
    pub(crate) bytes: Rate,
    /// Events beyond these rates after which the connection has no session any more.
    pub(crate) penalty: usize,
    /// The time in which they count.
    pub(crate) window: Duration,
}

/// What an event weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) kind: Kind,
    pub(crate) bytes: usize,
}

/// What has a rate of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Chat,
    Image,
    Join,
    Users,
    /// Only the rates of all packets count.
    Other,
}

impl Kind {
    pub(crate) fn of(message: &ClientMessage) -> Self {
        match message {
            ClientMessage::Chat(_) => Self::Chat,
            ClientMessage::Image(_) => Self::Image,
            ClientMessage::Join(_) => Self::Join,
            ClientMessage::Users(_) => Self::Users,
            ClientMessage::Leave(_) => Self::Other,
        }
    }
}

/// Whether an event is within the rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// It is.
    Fair,
    /// It is not.
    Excess {
        /// Until it would be.
        wait: Duration,
        /// Whether that has happened so often that it is to be the last.
        last: bool,
    },
}

/// One connection's buckets, and its offences of late.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    kinds: [Bucket; 4],
    packets: Bucket,
    bytes: Bucket,
    offences: VecDeque<Duration>,
}

impl Meter {
    /// Weighs an event. What is too much takes nothing from any bucket.
    pub(crate) fn weigh(&mut self, rates: &Rates, now: Duration, load: Load) -> Weight {
        let bytes = u32::try_from(load.bytes).unwrap_or(u32::MAX);
        let own = match load.kind {
            Kind::Chat => Some((&mut self.kinds[0], rates.chat)),
            Kind::Image => Some((&mut self.kinds[1], rates.image)),
            Kind::Join => Some((&mut self.kinds[2], rates.join)),
            Kind::Users => Some((&mut self.kinds[3], rates.users)),
            Kind::Other => None,
        };
        let wait = self
            .packets
            .wait(rates.packets, now, 1)
            .max(self.bytes.wait(rates.bytes, now, bytes))
            .max(
                own.as_ref()
                    .map_or(Duration::ZERO, |(bucket, rate)| bucket.wait(*rate, now, 1)),
            );
        if !wait.is_zero() {
            let last = self.offend(rates, now);
            return Weight::Excess { wait, last };
        }
        self.packets.take(rates.packets, now, 1);
        self.bytes.take(rates.bytes, now, bytes);
        if let Some((bucket, rate)) = own {
            bucket.take(rate, now, 1);
        }
        Weight::Fair
    }

    /// Takes note of one offence more, and says whether it is one too many.
    // rule: robust.load.persistent
    fn offend(&mut self, rates: &Rates, now: Duration) -> bool {
        self.offences.push_back(now);
        while self
            .offences
            .front()
            .is_some_and(|then| now.saturating_sub(*then) > rates.window)
        {
            self.offences.pop_front();
        }
        // Those before the last so many change nothing.
        while self.offences.len() > rates.penalty {
            self.offences.pop_front();
        }
        self.offences.len() >= rates.penalty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn load(kind: Kind) -> Load {
        Load { kind, bytes: 100 }
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// How many of so many at once are fair.
    fn fair(meter: &mut Meter, load: Load, count: usize) -> usize {
        let rates = Config::default().rates();
        (0..count)
            .filter(|_| meter.weigh(&rates, ms(0), load) == Weight::Fair)
            .count()
    }

    // The table of the protocol's load limits.
    #[test]
    fn each_kind_has_its_burst() {
        for (kind, burst) in [
            (Kind::Chat, 256),
            (Kind::Image, 8),
            (Kind::Join, 64),
            (Kind::Users, 256),
            (Kind::Other, 1_024),
        ] {
            assert_eq!(
                fair(&mut Meter::default(), load(kind), 2_000),
                burst,
                "{kind:?}"
            );
        }
    }

    #[test]
    fn one_kind_does_not_use_up_another() {
        let mut meter = Meter::default();
        assert_eq!(fair(&mut meter, load(Kind::Chat), 300), 256);
        assert_eq!(fair(&mut meter, load(Kind::Users), 300), 256);
        assert_eq!(fair(&mut meter, load(Kind::Other), 1_000), 1_024 - 512);
        assert_eq!(fair(&mut meter, load(Kind::Join), 1), 0);
    }

    #[test]
    fn bytes_count_for_all() {
        let mut meter = Meter::default();
        let large = Load {
            kind: Kind::Other,
            bytes: 1_000_000,
        };
        assert_eq!(fair(&mut meter, large, 20), 8);
        assert_eq!(fair(&mut meter, load(Kind::Users), 20), 20);
    }

    #[test]
    fn the_longest_wait_is_told() {
        let (rates, mut meter) = (Config::default().rates(), Meter::default());
        assert_eq!(fair(&mut meter, load(Kind::Image), 8), 8);
        let weight = meter.weigh(&rates, ms(250), load(Kind::Image));
        assert_eq!(
            weight,
            Weight::Excess {
                wait: ms(750),
                last: false
            }
        );
        assert_eq!(
            meter.weigh(&rates, ms(1_000), load(Kind::Image)),
            Weight::Fair
        );
    }

    // rule: robust.load.persistent
    #[test]
    fn the_fiftieth_within_ten_seconds_is_the_last() {
        let config = Config {
            chat_rate: Rate::new(1, 1),
            ..Config::default()
        };
        let rates = config.rates();
        let lasts = |step: u64| {
            let mut meter = Meter::default();
            let excess: Vec<bool> = (0..200)
                .filter_map(
                    |n| match meter.weigh(&rates, ms(n * step), load(Kind::Chat)) {
                        Weight::Fair => None,
                        Weight::Excess { last, .. } => Some(last),
                    },
                )
                .collect();
            excess.iter().position(|last| *last)
        };
        assert_eq!(lasts(1), Some(49));
        // Of five a second one is fair: forty within ten seconds are never enough.
        assert_eq!(lasts(200), None);
    }

    #[test]
    fn no_more_offences_are_kept_than_count() {
        let (rates, mut meter) = (Config::default().rates(), Meter::default());
        assert_eq!(fair(&mut meter, load(Kind::Image), 1_000), 8);
        assert_eq!(meter.offences.len(), rates.penalty);
    }
}
