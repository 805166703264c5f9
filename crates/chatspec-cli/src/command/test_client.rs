//! `chatspec test-client`: plays scripts to a client.

use std::collections::BTreeMap;

use chatspec_harness::client::play;
use chatspec_judge::check::Checker;
use chatspec_judge::client::{self, Finding};
use chatspec_judge::verdict::Verdict;
use globset::Glob;

use crate::args::TestClient;
use crate::data::{Data, plural};
use crate::exit::{Exit, Failure};
use crate::output::out::outln;
use crate::output::safe::safe;

/// Plays each script with a client of its own, and says of each rule the worst that was seen.
pub async fn run(args: &TestClient) -> Result<Exit, Failure> {
    let data = Data::open(args.data.as_deref())?;
    let rules = data.rules()?;
    let schema = |name: &str| data.file(name).map(str::to_owned);
    let checker = Checker::from_json(
        &schema("schemas/protocol/v1/client-to-server.json")?,
        &schema("schemas/protocol/v1/server-to-client.json")?,
        &schema("schemas/protocol/v1/refusal.json")?,
    )
    .map_err(|error| Failure::usage(format!("read the schemas: {error}")))?;
    let mut scripts = data.scripts(&rules)?;
    if !args.case.is_empty() {
        let mut globs = Vec::new();
        for text in &args.case {
            let glob =
                Glob::new(text).map_err(|error| Failure::usage(format!("read --case: {error}")))?;
            globs.push(glob.compile_matcher());
        }
        scripts.retain(|script| globs.iter().any(|glob| glob.is_match(&script.id)));
    }
    if scripts.is_empty() {
        return Err(Failure::nothing("find a script: no name of one matches"));
    }
    let mut worst: BTreeMap<String, Finding> = BTreeMap::new();
    for script in &scripts {
        let events = play(script, &args.cmd, args.timeout_scale)
            .await
            .map_err(|error| Failure::unreachable(format!("start the client: {error}")))?;
        for finding in client::judge(script, &events, &rules, &checker) {
            match worst.get(&finding.rule) {
                Some(kept) if kept.verdict >= finding.verdict => {}
                _ => drop(worst.insert(finding.rule.clone(), finding)),
            }
        }
    }
    let bad = |finding: &&Finding| {
        finding.verdict == Verdict::Fail || args.strict && finding.verdict == Verdict::Warn
    };
    let violated = worst.values().filter(bad).count();
    let blocked = worst
        .values()
        .any(|finding| finding.verdict == Verdict::Blocked);
    if args.json {
        let findings: Vec<&Finding> = worst.values().collect();
        outln!(
            "{}",
            serde_json::json!({"scripts": scripts.len(), "violated": violated, "rules": findings})
        );
    } else {
        for finding in worst.values() {
            outln!("{:<10} {}", finding.verdict.word(), finding.rule);
            if !finding.why.is_empty() {
                let place = format!("fixtures/client/{}.yaml:{}", finding.script, finding.line);
                outln!("           {place}: {}", safe(&finding.why));
            }
        }
        outln!(
            "{}, {}, {violated} violated",
            plural(scripts.len(), "script"),
            plural(worst.len(), "rule")
        );
    }
    Ok(if violated > 0 {
        Exit::Violated
    } else if blocked {
        Exit::Inconclusive
    } else {
        Exit::Conforms
    })
}
