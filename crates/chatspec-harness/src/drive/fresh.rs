//! Fresh names for every case, from the seed.

use chatspec_judge::fixture::{Fixture, TransportName};
use chatspec_judge::value::Bindings;
use serde_json::json;

use super::Stage;

/// What the variables of a fixture stand for in this run. The same seed, fixture and transport give the same names.
pub fn bindings(fixture: &Fixture, transport: TransportName, stage: &Stage) -> Bindings {
    let tag = tag(stage.seed, &format!("{}@{}", fixture.id, transport.word()));
    let mut bindings = Bindings::new();
    for participant in &fixture.participants {
        bindings.insert(
            participant.name.clone(),
            json!(format!("{}-{tag}", participant.name.to_uppercase())),
        );
        // Bound once the connection is open.
        bindings.insert(format!("sid_{}", participant.name), json!(""));
    }
    for room in &fixture.rooms {
        bindings.insert(
            room.clone(),
            json!(format!("{}-{tag}", room.to_uppercase())),
        );
    }
    bindings.insert(
        "nonce".to_owned(),
        json!(format!("n{}", tag.to_lowercase())),
    );
    bindings.insert("barrier".to_owned(), json!(format!("BARRIER-{tag}")));
    bindings.insert("origin".to_owned(), json!(stage.cross_origin));
    if fixture.input.is_some() {
        bindings.insert("host".to_owned(), json!(stage.target.authority()));
        bindings.insert("path".to_owned(), json!(stage.target.path));
        // The one of the protocol's text; and that of the session, once it is open.
        bindings.insert("key".to_owned(), json!("dGhlIHNhbXBsZSBub25jZQ=="));
        bindings.insert("sid".to_owned(), json!(""));
    }
    bindings
}

/// A number that looks like chance, of seed and case.
pub(super) fn mix(seed: u64, case: &str) -> u64 {
    // FNV-1a over the case, then the finalizer of SplitMix64 over both.
    let hash = case.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mut mixed = hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for (shift, factor) in [(30, 0xbf58_476d_1ce4_e5b9), (27, 0x94d0_49bb_1331_11eb)] {
        mixed = (mixed ^ (mixed >> shift)).wrapping_mul(factor);
    }
    mixed ^ (mixed >> 31)
}

/// Eight characters that nobody else uses: 40 bits of a mix of seed and case.
pub(crate) fn tag(seed: u64, case: &str) -> String {
    let mixed = mix(seed, case);
    // No vowels and no look-alikes: a tag is never a word, and upper-casing changes nothing else.
    const LETTERS: &[u8; 32] = b"23456789BCDFGHJKLMNPQRSTVWXZ0167";
    (0..8)
        .map(|index| char::from(LETTERS[(mixed >> (index * 5)) as usize % 32]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_differ_by_seed_and_by_case() {
        assert_eq!(tag(1, "chat/room@polling"), tag(1, "chat/room@polling"));
        assert_ne!(tag(1, "chat/room@polling"), tag(2, "chat/room@polling"));
        assert_ne!(tag(1, "chat/room@polling"), tag(1, "chat/room@upgrade"));
    }
}
