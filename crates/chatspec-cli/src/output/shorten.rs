//! Leaves out the middle of what is too long for a person: a server may send thousands of messages.

/// Lines that are always shown: at the start, at the end, and around each mark.
const HEAD: usize = 80;
const TAIL: usize = 40;
const AROUND: usize = 4;

/// Marked lines that are shown with those around them.
const MARKS: usize = 20;

/// The lines, those without interest replaced by one that says so. `marked` tells which ones are of interest.
pub fn shorten(lines: Vec<String>, marked: impl Fn(&str) -> bool) -> Vec<String> {
    let all = lines.len();
    if all <= HEAD + TAIL {
        return lines;
    }
    let marks: Vec<usize> = (0..all)
        .filter(|index| marked(&lines[*index]))
        .take(MARKS)
        .collect();
    let shown = |index: usize| {
        index < HEAD
            || index + TAIL >= all
            || marks.iter().any(|mark| mark.abs_diff(index) <= AROUND)
    };
    let mut short = Vec::new();
    let mut left_out = 0;
    for (index, line) in lines.into_iter().enumerate() {
        if !shown(index) {
            left_out += 1;
            continue;
        }
        if left_out > 0 {
            short.push(format!("   …  {left_out} more"));
            left_out = 0;
        }
        short.push(line);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn what_is_marked_is_shown() {
        let lines = |n: usize| (0..n).map(|i| i.to_string()).collect::<Vec<_>>();
        assert_eq!(shorten(lines(100), |_| false), lines(100));
        let short = shorten(lines(10_000), |line| line == "5000");
        assert!(short.len() < 150, "{}", short.len());
        for there in ["0", "5000", "4996", "5004", "9999", "   …  4916 more"] {
            assert!(
                short.iter().any(|line| line == there),
                "{there} in {short:?}"
            );
        }
    }
}
