//! A set of places in a room.

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn new(places: u32) -> Bits {
        Bits(vec![0; places.div_ceil(64) as usize])
    }

    pub(super) fn has(&self, place: u32) -> bool {
        let (word, bit) = at(place);
        self.0[word] & bit != 0
    }

    pub(super) fn insert(&mut self, place: u32) {
        let (word, bit) = at(place);
        self.0[word] |= bit;
    }

    /// Whether it was there.
    pub(super) fn remove(&mut self, place: u32) -> bool {
        let (word, bit) = at(place);
        let had = self.0[word] & bit != 0;
        self.0[word] &= !bit;
        had
    }

    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Takes over what another set of the same size has.
    pub(super) fn copy(&mut self, other: &Bits) {
        self.0.copy_from_slice(&other.0);
    }
}

fn at(place: u32) -> (usize, u64) {
    ((place / 64) as usize, 1 << (place % 64))
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn what_is_put_in_is_there_until_it_is_taken_out() {
        let mut bits = Bits::new(70);
        for place in [0, 63, 64, 69] {
            assert!(!bits.has(place));
            bits.insert(place);
            assert!(bits.has(place));
        }
        assert!(bits.remove(64) && !bits.remove(64));
        assert_eq!((bits.has(63), bits.has(64)), (true, false));
        let mut other = Bits::new(70);
        other.copy(&bits);
        assert_eq!(other, bits);
        bits.clear();
        assert_eq!(bits, Bits::new(70));
        assert!(other.has(0));
    }
}
