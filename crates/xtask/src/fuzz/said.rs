//! What libFuzzer said.

/// One run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Inputs that were tried.
    pub executions: u64,
    /// So many a second.
    pub per_second: u64,
    /// What it has found: the assertion or limit that did not hold.
    pub found: Option<String>,
    /// Its last lines.
    pub end: String,
}

impl Said {
    /// Reads its stderr; `well` is whether it ended with 0.
    pub fn read(text: &str, well: bool) -> Said {
        let stat = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.trim().parse().ok()).unwrap_or(0)
        };
        let lines: Vec<&str> = text.lines().collect();
        Said {
            executions: stat("stat::number_of_executed_units:"),
            per_second: stat("stat::average_exec_per_sec:"),
            found: (!well).then(|| found(&lines)),
            end: lines[lines.len().saturating_sub(40)..].join("\n"),
        }
    }
}

/// The words of a panic, which stand in the line after it, or those of libFuzzer itself.
fn found(lines: &[&str]) -> String {
    let panic = lines
        .iter()
        .position(|line| line.contains("' panicked at ") || line.contains(") panicked at "));
    let words = panic.and_then(|at| lines.get(at + 1));
    let limit = || lines.iter().find(|line| line.contains("ERROR: libFuzzer:"));
    let words = words
        .or_else(limit)
        .map_or("it ended badly", |words| words.trim());
    words
        .chars()
        .take(120)
        .collect::<String>()
        .replace('|', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_findings_are_read() {
        let well =
            "Done 12 runs\nstat::number_of_executed_units: 12\nstat::average_exec_per_sec:     6\n";
        let said = Said::read(well, true);
        assert_eq!(
            (said.executions, said.per_second, said.found),
            (12, 6, None)
        );

        let panic =
            "thread '<unnamed>' (7) panicked at src/wire.rs:9:5:\nassertion failed: a | b\nstack\n";
        let found = Said::read(panic, false).found;
        assert_eq!(found.as_deref(), Some("assertion failed: a / b"));

        let limit = "x\n==7== ERROR: libFuzzer: out-of-memory (used: 300Mb; limit: 256Mb)\n";
        let found = Said::read(limit, false).found.unwrap();
        assert!(found.contains("out-of-memory"), "{found}");
        assert_eq!(
            Said::read("", false).found.as_deref(),
            Some("it ended badly")
        );
    }
}
