//! Verdicts, and how they merge: merging only worsens.

use serde::{Deserialize, Serialize};

/// What became of a rule, a case, or a run. The order is the lattice: the greater one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A MAY: seen, never scored.
    Observed,
    /// Evaluated, and it held.
    Pass,
    /// A SHOULD that did not hold.
    Warn,
    /// Nothing evaluated it.
    Unverified,
    /// Evaluated, but the evidence does not carry: silence on a server that reorders, or trouble of the network.
    Inconclusive,
    /// Something that it rests on failed first.
    Blocked,
    /// The suite failed, not the server.
    Error,
    /// A MUST that did not hold.
    Fail,
}

impl Verdict {
    /// The worse of both.
    #[must_use]
    pub fn merge(self, other: Verdict) -> Verdict {
        self.max(other)
    }

    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Observed => "observed",
            Verdict::Pass => "pass",
            Verdict::Warn => "warn",
            Verdict::Unverified => "unverified",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Blocked => "blocked",
            Verdict::Error => "error",
            Verdict::Fail => "fail",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{self, *};

    const ALL: [Verdict; 8] = [
        Observed,
        Pass,
        Warn,
        Unverified,
        Inconclusive,
        Blocked,
        Error,
        Fail,
    ];

    #[test]
    fn merging_only_worsens_and_forgets_order() {
        for a in ALL {
            for b in ALL {
                assert!(a.merge(b) >= a);
                assert_eq!(a.merge(b), b.merge(a));
                for c in ALL {
                    assert_eq!(a.merge(b).merge(c), a.merge(b.merge(c)));
                }
            }
        }
    }

    #[test]
    fn the_lattice_is_the_documented_one() {
        assert!(
            Fail > Error
                && Error > Inconclusive
                && Inconclusive > Unverified
                && Unverified > Warn
                && Warn > Pass
        );
    }
}
