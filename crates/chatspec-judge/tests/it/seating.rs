//! Who has to sit beside whom in each written conversation, and where they all sit.

use std::fmt::Write;

use chatspec_judge::spread::{seats, together};

use crate::fixtures::conversations;
use crate::golden;

#[test]
fn conversations_are_spread_like_this() {
    let mut text = String::new();
    for fixture in conversations() {
        writeln!(text, "{}", fixture.id).expect("text");
        for (one, other, why) in together(&fixture) {
            let names = [one, other].map(|index| &fixture.participants[index].name);
            writeln!(text, "  {} with {}: {why:?}", names[0], names[1]).expect("text");
        }
        for nodes in [1, 2, 3] {
            let all = [0, 1, 2, 77, u64::MAX].map(|mix| {
                let seats = seats(&fixture, nodes, mix);
                seats.iter().map(usize::to_string).collect::<String>()
            });
            writeln!(text, "  on {nodes}: {}", all.join(" ")).expect("text");
        }
    }
    golden::is("seating/conversations.txt", &text);
}
