//! `chatspec explain`: one rule with its clause, or one conversation.

use std::cmp::Reverse;
use std::sync::Arc;

use chatspec_judge::client;
use chatspec_judge::fixture::Fixture;

use crate::args::Explain;
use crate::data::Data;
use crate::exit::{Exit, Failure};
use crate::output::human::wrap;
use crate::output::out::{out, outln};

/// Prints what the spec says, from the same source as every report.
pub fn run(args: &Explain) -> Result<Exit, Failure> {
    let data = Data::open(args.data.as_deref())?;
    let rules = data.rules()?;
    let mut fixtures = data.fixtures(&rules)?;
    fixtures.extend(data.hostile(&rules)?);
    if let Some(rule) = rules.find(&args.name) {
        outln!(
            "{} ({}, {}) {}:{}",
            rule.name,
            rule.keyword.text(),
            rule.profile,
            rule.file,
            rule.line
        );
        outln!();
        outln!("{}", wrap(&rule.text, "  ", 100));
        outln!();
        let scripts = data.scripts(&rules)?;
        let scripts: Vec<_> = scripts
            .iter()
            .filter(|script| script.rules().contains(rule.name.as_str()))
            .collect();
        let every_script = client::rules().contains(&rule.name.as_str());
        if every_script || !scripts.is_empty() {
            outln!("It binds clients.");
            for script in &scripts {
                outln!("  client/{:<33} {}", script.id, script.about);
            }
            if every_script {
                outln!("  {:<40} Whatever a client is asked for.", "client/*");
            }
            outln!("\nTest it: chatspec test-client --cmd 'PROGRAM {{url}}'");
            return Ok(Exit::Conforms);
        }
        if let Some(reason) = &rule.untested {
            outln!("Not tested: {reason}.");
        }
        if rule.slow {
            outln!("Slow: scored with --slow alone.");
        }
        let holding: Vec<_> = fixtures
            .iter()
            .filter(|fixture| fixture.rules.contains(&rule.name))
            .collect();
        for fixture in &holding {
            outln!("  {:<40} {}", fixture.id, fixture.title);
        }
        if !holding.is_empty() {
            outln!(
                "\nTest it: chatspec test URL --profile {} --rule {}",
                rule.profile,
                rule.name
            );
        }
        return Ok(Exit::Conforms);
    }
    let named = |fixture: &&Arc<Fixture>| {
        // `hostile/polling/malformed#P-03`, with or without its transport, or `#P-03` alone.
        let name = args.name.split('@').next().unwrap_or_default();
        let input = fixture.input.as_ref();
        fixture.id == name || input.is_some_and(|input| name.strip_prefix('#') == Some(&input.id))
    };
    if let Some(fixture) = fixtures.iter().find(named) {
        outln!(
            "{} ({})\n\n  {}\n",
            fixture.id,
            fixture.profile,
            fixture.title
        );
        if let Some(why) = &fixture.alone {
            outln!("Runs alone: {why}.");
        }
        outln!("Scored for:");
        for rule in fixture.rules.iter().filter_map(|name| rules.find(name)) {
            outln!(
                "  {} ({})\n{}",
                rule.name,
                rule.keyword.text(),
                wrap(&rule.text, "      ", 100)
            );
        }
        outln!();
        if let Some(input) = &fixture.input
            && !input.advisories.is_empty()
        {
            outln!("Advisories: {}.\n", input.advisories.join(", "));
        }
        let path = match fixture.input {
            Some(_) => fixture.id.split('#').next().unwrap_or_default().to_owned(),
            None => format!("conversations/{}", fixture.id),
        };
        out!(data.file(&format!("fixtures/{path}.yaml"))?);
        return Ok(Exit::Conforms);
    }
    let near = match args.name.contains('/') {
        true => nearest(&args.name, &fixtures),
        false => rules.nearest(&args.name),
    };
    let near = near
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default();
    Err(Failure::usage(format!(
        "find `{}`: it is no rule, no conversation and no input (see `chatspec list`){near}",
        args.name
    )))
}

/// The conversation whose id starts most alike.
fn nearest<'a>(name: &str, fixtures: &'a [Arc<Fixture>]) -> Option<&'a str> {
    let alike = |id: &str| {
        id.bytes()
            .zip(name.bytes())
            .take_while(|(a, b)| a == b)
            .count()
    };
    fixtures
        .iter()
        .map(|fixture| (alike(&fixture.id), Reverse(fixture.id.as_str())))
        .max()
        .filter(|(alike, _)| *alike > name.len() / 2)
        .map(|(_, Reverse(id))| id)
}
