//! Witnesses as files, for `schema replay` and for validators that are not ours.

use std::fs;
use std::path::Path;

use chatspec_judge::compat::change::Report;
use chatspec_judge::compat::contain::Verdict;
use serde_json::json;

use crate::exit::Failure;
use crate::output::write;

/// Writes a file for each break that a message shows.
pub(super) fn write(folder: &Path, report: &Report) -> Result<(), Failure> {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::usage(format!("make {}: {error}", folder.display())))?;
    for change in &report.changes {
        for finding in change
            .findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Break)
        {
            let Some(message) = &finding.witness else {
                continue;
            };
            let content = json!({
                "change": change.fingerprint,
                "what": change.what,
                "direction": finding.direction,
                "peers": finding.peers,
                "old": report.old,
                "new": report.new,
                "message": message,
            });
            let peers = serde_json::to_value(finding.peers).unwrap_or_default();
            let peers = peers
                .as_str()
                .unwrap_or_default()
                .replace(", ", "-")
                .replace(' ', "-");
            let name = format!(
                "{}-{peers}.json",
                change.fingerprint.replace(['/', '#'], "-")
            );
            let text = serde_json::to_string_pretty(&content)
                .map_err(|error| Failure::ours(format!("write a witness: {error}")))?;
            write::file(&folder.join(name), &(text + "\n"))?;
        }
    }
    Ok(())
}
