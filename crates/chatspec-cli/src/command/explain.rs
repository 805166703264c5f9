//! `chatspec explain`: one rule with its clause, or one conversation.

use crate::args::Explain;
use crate::data::Data;
use crate::exit::{Exit, Failure};
use crate::output::human::wrap;

/// Prints what the spec says, from the same source as every report.
pub fn run(args: &Explain) -> Result<Exit, Failure> {
    let data = Data::open(args.data.as_deref())?;
    let rules = data.rules()?;
    let fixtures = data.fixtures(&rules)?;
    if let Some(rule) = rules.find(&args.name) {
        println!(
            "{} ({}, {}) {}:{}",
            rule.name,
            rule.keyword.text(),
            rule.profile,
            rule.file,
            rule.line
        );
        println!();
        println!("{}", wrap(&rule.text, "  ", 100));
        println!();
        if let Some(reason) = &rule.untested {
            println!("Not tested: {reason}.");
        }
        if rule.slow {
            println!("Slow: scored with --slow alone.");
        }
        let holding: Vec<_> = fixtures
            .iter()
            .filter(|fixture| fixture.rules.contains(&rule.name))
            .collect();
        for fixture in &holding {
            println!("  {:<40} {}", fixture.id, fixture.title);
        }
        if !holding.is_empty() {
            println!(
                "\nTest it: chatspec test URL --profile {} --rule {}",
                rule.profile, rule.name
            );
        }
        return Ok(Exit::Conforms);
    }
    if let Some(fixture) = fixtures.iter().find(|fixture| fixture.id == args.name) {
        println!(
            "{} ({})\n\n  {}\n",
            fixture.id, fixture.profile, fixture.title
        );
        if let Some(why) = &fixture.alone {
            println!("Runs alone: {why}.");
        }
        println!("Scored for:");
        for rule in fixture.rules.iter().filter_map(|name| rules.find(name)) {
            println!(
                "  {} ({})\n{}",
                rule.name,
                rule.keyword.text(),
                wrap(&rule.text, "      ", 100)
            );
        }
        println!();
        print!(
            "{}",
            data.file(&format!("fixtures/conversations/{}.yaml", fixture.id))?
        );
        return Ok(Exit::Conforms);
    }
    let near = rules
        .nearest(&args.name)
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default();
    Err(Failure::usage(format!(
        "find `{}`: it is no rule and no conversation{near} See `chatspec list`",
        args.name
    )))
}
