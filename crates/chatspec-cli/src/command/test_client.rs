//! `chatspec test-client`: plays scripts to a client.

use std::collections::BTreeMap;

use chatspec_harness::client::{Played, play};
use chatspec_judge::check::Checker;
use chatspec_judge::client::{self, Finding, Held, Script};
use chatspec_judge::rule::{Level, Rules};
use chatspec_judge::verdict::Verdict;
use futures_util::{StreamExt, TryStreamExt, stream};
use globset::Glob;
use serde_json::{Value, json};

use crate::args::TestClient;
use crate::data::{Data, plural};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output::out::outln;
use crate::output::safe::safe;

/// How many scripts are played at once, each with a client of its own. What is judged of time are waits that are too short,
/// which a busy machine only makes longer.
const AT_ONCE: usize = 4;

/// Plays each script with a client of its own, and says of each rule the worst that was seen.
pub async fn run(args: &TestClient) -> Result<Exit, Failure> {
    let data = Data::open(args.data.as_deref())?;
    let rules = data.rules()?;
    let checker = checker(&data)?;
    let scripts = chosen(args, data.scripts(&rules)?)?;
    let mut interrupt = Interrupt::listen();
    let playing = stream::iter(&scripts)
        .map(|script| play(script, &args.cmd, args.timeout_scale))
        .buffered(AT_ONCE)
        .try_collect();
    let played: Vec<Played> = tokio::select! {
        played = playing => {
            played.map_err(|error| Failure::unreachable(format!("start the client: {error}")))?
        }
        // With what is dropped here, every client is ended.
        () = interrupt.wait() => return Ok(Exit::Interrupted),
    };
    let mut findings = Vec::new();
    let mut complaints = BTreeMap::new();
    for (script, played) in scripts.iter().zip(played) {
        let found = client::judge(script, &played.events, &rules, &checker);
        if found.iter().any(bad) && !played.complaints.is_empty() {
            complaints.insert(script.id.clone(), played.complaints);
        }
        findings.extend(found);
    }
    let mut expected: Vec<&str> = scripts.iter().flat_map(Script::rules).collect();
    if args.case.is_empty() {
        expected.extend(client::rules());
    }
    let held = client::merge(&findings, expected);
    let violated = held
        .iter()
        .filter(|held| counts(held.verdict, args.strict))
        .count();
    let open = is_open(&held, &rules, args.strict);
    if args.json {
        outln!("{}", document(&scripts, &held, violated, &complaints));
    } else {
        print(&scripts, &held, violated, &complaints);
    }
    Ok(if violated > 0 {
        Exit::Violated
    } else if open {
        Exit::Inconclusive
    } else {
        Exit::Conforms
    })
}

fn checker(data: &Data) -> Result<Checker, Failure> {
    let schema = |name: &str| {
        data.file(&format!("schemas/protocol/v1/{name}.json"))
            .map(str::to_owned)
    };
    Checker::from_json(
        &schema("client-to-server")?,
        &schema("server-to-client")?,
        &schema("refusal")?,
    )
    .map_err(|error| Failure::usage(format!("read the schemas: {error}")))
}

fn chosen(args: &TestClient, mut scripts: Vec<Script>) -> Result<Vec<Script>, Failure> {
    let mut globs = Vec::new();
    for text in &args.case {
        let glob =
            Glob::new(text).map_err(|error| Failure::usage(format!("read --case: {error}")))?;
        globs.push(glob.compile_matcher());
    }
    scripts.retain(|script| globs.is_empty() || globs.iter().any(|glob| glob.is_match(&script.id)));
    if scripts.is_empty() {
        return Err(Failure::nothing("find a script: no name of one matches"));
    }
    Ok(scripts)
}

fn bad(finding: &Finding) -> bool {
    matches!(finding.verdict, Verdict::Fail | Verdict::Warn)
}

/// Whether it is open if a client does what it must do, or, where that is `strict`, should do.
fn is_open(held: &[Held], rules: &Rules, strict: bool) -> bool {
    let must = |name: &str| {
        let rule = rules.find(name);
        rule.is_none_or(|rule| rule.keyword.level() == Level::Must)
    };
    held.iter()
        .filter(|held| held.blocked > 0 || held.verdict == Verdict::Unverified)
        .any(|held| strict || must(&held.rule))
}

fn counts(verdict: Verdict, strict: bool) -> bool {
    verdict == Verdict::Fail || strict && verdict == Verdict::Warn
}

fn print(
    scripts: &[Script],
    held: &[Held],
    violated: usize,
    complaints: &BTreeMap<String, Vec<String>>,
) {
    for held in held {
        let places = match (held.held, held.blocked) {
            (_, 0) | (0, _) => String::new(),
            (seen, blocked) => format!(" ({seen} of {} places came to)", seen + blocked),
        };
        outln!("{:<10} {}{places}", held.verdict.word(), held.rule);
        if !held.why.is_empty() {
            outln!("           {}: {}", place(held), safe(&held.why));
        }
    }
    for (script, lines) in complaints {
        outln!("\nthe client's last words on standard error, in {script}:");
        for line in lines {
            outln!("    {}", safe(line));
        }
    }
    outln!(
        "{}, {}, {violated} violated",
        plural(scripts.len(), "script"),
        plural(held.len(), "rule")
    );
}

fn place(held: &Held) -> String {
    let script = held.script.as_deref().unwrap_or_default();
    match held.line {
        0 => format!("fixtures/client/{script}.yaml"),
        line => format!("fixtures/client/{script}.yaml:{line}"),
    }
}

fn document(
    scripts: &[Script],
    held: &[Held],
    violated: usize,
    complaints: &BTreeMap<String, Vec<String>>,
) -> Value {
    json!({"scripts": scripts.len(), "violated": violated, "rules": held, "stderr": complaints})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_should_that_is_open_leaves_open_nothing_but_a_strict_run() {
        let rules = Data::open(None).and_then(|data| data.rules());
        let rules = rules.unwrap_or_else(|error| panic!("{error}"));
        let held = |rule: &str, verdict, held, blocked| Held {
            rule: rule.to_owned(),
            verdict,
            held,
            blocked,
            script: None,
            line: 0,
            why: String::new(),
        };
        let must = |verdict, seen, blocked| held("client.join", verdict, seen, blocked);
        let should = |verdict, seen, blocked| held("client.retry", verdict, seen, blocked);
        use Verdict::{Blocked, Pass, Unverified};
        for (all, plain, strict) in [
            (vec![must(Pass, 2, 0), should(Pass, 1, 0)], false, false),
            (vec![must(Pass, 2, 0), should(Blocked, 0, 1)], false, true),
            (
                vec![must(Pass, 2, 0), should(Unverified, 0, 0)],
                false,
                true,
            ),
            (vec![must(Pass, 1, 1), should(Pass, 1, 0)], true, true),
            (vec![must(Unverified, 0, 0)], true, true),
        ] {
            let open = [false, true].map(|strict| is_open(&all, &rules, strict));
            assert_eq!(open, [plain, strict], "{all:?}");
        }
    }
}
