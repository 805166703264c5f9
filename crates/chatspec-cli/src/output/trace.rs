//! `--trace`: every frame on stderr, as it passes.

use chatspec_harness::drive::{Trace, Traced};
use chatspec_harness::wire::Way;

use super::safe::safe;

/// Characters of a frame that are shown: an image has a million.
const WIDTH: usize = 1_000;

/// Prints a line a frame: when, in which case, whose, which way, what; harmless for a terminal.
pub fn trace() -> Trace {
    Trace::new(|traced| {
        use std::io::Write as _;
        // Nobody reads it any more: that is no reason to end.
        let _ = writeln!(anstream::stderr(), "{}", line(traced));
    })
}

fn line(traced: &Traced<'_>) -> String {
    let sign = match traced.way {
        Way::Sent => "→",
        Way::Received => "←",
    };
    let short: String = traced.text.chars().take(WIDTH).collect();
    let more = match traced.text.chars().count().saturating_sub(WIDTH) {
        0 => String::new(),
        more => format!(" ... and {more} characters more"),
    };
    format!(
        "{:>9.3} {} {} {sign} {}{more}",
        traced.at.as_secs_f64(),
        safe(traced.case),
        safe(traced.who),
        safe(&short)
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_line_is_harmless_and_of_bounded_length() {
        let text = format!("42[\"\u{1b}[2J\"]{}", "x".repeat(2_000));
        let traced = Traced {
            at: Duration::from_millis(1_500),
            case: "chat/room@polling",
            who: "ada",
            way: Way::Received,
            text: &text,
        };
        let line = line(&traced);
        let start = "    1.500 chat/room@polling ada ← 42[\"\\u{1b}[2J\"]xxx";
        assert!(line.starts_with(start), "{line}");
        assert!(line.ends_with(" ... and 1010 characters more"), "{line}");
    }
}
