//! `chatspec list`: rules and conversations.

use chatspec_judge::fixture::hostile;
use serde_json::json;

use crate::args::{List, Listed};
use crate::data::Data;
use crate::exit::{Exit, Failure};
use crate::output::human;
use crate::output::out::{out, outln};
use crate::output::write;

/// Prints names, one a line, or JSON.
pub fn run(args: &List) -> Result<Exit, Failure> {
    let data = Data::open(args.data.as_deref())?;
    let rules = data.rules()?;
    let fixtures = match args.what {
        Listed::Inputs => data.hostile(&rules)?,
        _ => data.fixtures(&rules)?,
    };
    if args.json {
        let cases: Vec<_> = fixtures
            .iter()
            .map(|fixture| {
                let transports: Vec<&str> = fixture.transports.iter().map(|transport| transport.word()).collect();
                json!({
                    "id": fixture.id, "title": fixture.title, "profile": fixture.profile, "rules": fixture.rules,
                    "transports": transports, "slow": fixture.slow, "alone": fixture.alone,
                    "advisories": fixture.input.as_ref().map(|input| &input.advisories),
                })
            })
            .collect();
        let mut all = json!({"revision": rules.revision()});
        if !matches!(args.what, Listed::Cases | Listed::Inputs) {
            all["rules"] = json!(rules.iter().collect::<Vec<_>>());
        }
        if args.what != Listed::Rules {
            all["cases"] = json!(cases);
        }
        out!(write::json(&all)?);
        return Ok(Exit::Conforms);
    }
    if !matches!(args.what, Listed::Cases | Listed::Inputs) {
        for rule in rules.iter() {
            let slow = if rule.slow { ", slow" } else { "" };
            let untested = if rule.untested.is_some() {
                ", untested"
            } else {
                ""
            };
            outln!(
                "{:<42} {:<10} {}{slow}{untested}",
                rule.name,
                rule.keyword.text(),
                rule.profile
            );
        }
    }
    if args.what != Listed::Rules {
        for fixture in &fixtures {
            outln!(
                "{:<42} {:<10} {}",
                fixture.id,
                fixture.profile,
                fixture.title
            );
        }
    }
    if args.what == Listed::Inputs {
        let layers = hostile::by_layer(fixtures.iter().map(AsRef::as_ref));
        outln!("{}", human::inputs(&layers));
    }
    Ok(Exit::Conforms)
}
