//! Reports by hand: cases with their verdicts and findings, and the rules that they speak of.

use std::collections::{BTreeMap, BTreeSet};

use chatspec_judge::case::Judgement;
use chatspec_judge::finding::{Finding, Outcome};
use chatspec_judge::fixture::TransportName;
use chatspec_judge::report::{CaseReport, Report, Run, fails};
use chatspec_judge::rule::{Keyword, Profile, Rule, Rules, RulesFile};
use chatspec_judge::transcript::Transcript;
use chatspec_judge::verdict::Verdict;

/// Two rules of the core that must hold, one that should, one of the hardened profile, and one for clients.
pub fn rules() -> Rules {
    let rule = |name: &str, keyword, profile, untested: Option<&str>| Rule {
        name: name.to_owned(),
        keyword,
        profile,
        slow: false,
        untested: untested.map(str::to_owned),
        text: String::new(),
        file: String::new(),
        line: 1,
    };
    Rules::from(RulesFile {
        revision: "1.0".to_owned(),
        rules: vec![
            rule("chat.room", Keyword::Must, Profile::Core, None),
            rule("chat.no-echo", Keyword::Must, Profile::Core, None),
            rule("users.order", Keyword::Should, Profile::Core, None),
            rule("ack.always", Keyword::Must, Profile::Hardened, None),
            rule(
                "name.client",
                Keyword::Must,
                Profile::Core,
                Some("it binds clients"),
            ),
        ],
    })
}

pub fn transcript(id: &str) -> Transcript {
    Transcript {
        fixture: id.to_owned(),
        transport: TransportName::Websocket,
        bindings: BTreeMap::new(),
        entries: vec![],
        stopped: None,
        in_order: None,
        network: None,
        nodes: Default::default(),
    }
}

/// A case, `fixture@transport`, in which each rule has a verdict and fails in some ways.
pub fn case(id: &str, rules: &[(&str, Verdict, &[Outcome])]) -> CaseReport {
    let (fixture, transport) = id.split_once('@').expect("an id with its transport");
    let transport = match transport {
        "polling" => TransportName::Polling,
        _ => TransportName::Websocket,
    };
    let findings = rules.iter().flat_map(|(rule, _, ways)| {
        let found =
            |way: &Outcome| Finding::new(rule, *way, 0, "ada", String::new(), String::new(), None);
        ways.iter().map(found)
    });
    let judged = Judgement {
        verdict: rules
            .iter()
            .map(|(_, verdict, _)| *verdict)
            .max()
            .unwrap_or(Verdict::Observed),
        rules: rules
            .iter()
            .map(|(rule, verdict, _)| ((*rule).to_owned(), *verdict))
            .collect(),
        findings: findings.collect(),
        blocked_by: None,
        error: None,
        limited: false,
    };
    CaseReport::new(fixture, fixture, transport, judged, &transcript(fixture))
}

pub fn report(profile: Profile, cases: Vec<CaseReport>) -> Report {
    let run = Run {
        profile,
        ..Run::default()
    };
    Report::new(&run, &rules(), cases)
}

/// Every case that there is.
pub fn every() -> BTreeSet<String> {
    ["chat/room", "chat/echo", "users/list"]
        .iter()
        .flat_map(|fixture| ["polling", "websocket"].map(|on| format!("{fixture}@{on}")))
        .collect()
}

/// A SHOULD that is violated fails where asked for, and nothing else does.
#[test]
fn under_strict_a_warning_is_a_failure() {
    for verdict in [
        Verdict::Pass,
        Verdict::Observed,
        Verdict::Unverified,
        Verdict::Inconclusive,
    ] {
        assert!(
            !fails(verdict, false) && !fails(verdict, true),
            "{verdict:?}"
        );
    }
    assert!(fails(Verdict::Fail, false) && fails(Verdict::Fail, true));
    assert!(!fails(Verdict::Warn, false) && fails(Verdict::Warn, true));
}
