//! What passes through a proxy in sessions that chance makes up: what is said of each thing, and the fixture that it becomes, are
//! word for word as the files beside this one have them. Nothing of it was ever a server: what matters is that the same is
//! always taken for the same.

mod passing;

use std::fmt::Write;

use chatspec_judge::check::{Checker, Complaint};
use chatspec_judge::fixture;
use chatspec_judge::proxy::{Recorder, Scope, Second, Summary, Watch};
use chatspec_judge::rule::Profile;

use passing::Passing;

use crate::golden;

/// Sessions are made up so often, of so many things each.
const PLAYS: (u64, usize) = (60, 90);
/// So many of them are written out; of the others there is a hash.
const WHOLE: u64 = 9;

#[test]
fn all_that_counts_is_summed_up() {
    let count = |rule: &str, times: u64| [(rule.to_owned(), times)].into();
    let summary = Summary {
        client: count("message.shape", 2),
        server: count("message.schema", 3),
        warnings: 7,
        ..Summary::default()
    };
    assert_eq!(summary.findings(), 5);
    assert!(Recorder::default().is_empty());
    let mut recorder = Recorder::default();
    recorder.see(&Passing::new(1).next().expect("something passes"), &[]);
    assert!(!recorder.is_empty());
}

#[test]
fn what_passes_a_core_server_is_judged_and_written() {
    is_told("core.txt", Profile::Core, false);
}

#[test]
fn what_passes_a_hardened_server_is_judged_and_written() {
    is_told("hardened.txt", Profile::Hardened, false);
}

/// Others talk past the proxy: less is said.
#[test]
fn what_passes_a_shared_server_is_judged_with_care() {
    is_told("shared.txt", Profile::Hardened, true);
}

fn is_told(file: &str, profile: Profile, shared: bool) {
    let mut all = String::new();
    for seed in 1..=PLAYS.0 {
        let mut text = String::new();
        writeln!(all, "## {seed}").expect("text");
        let mut watch = Watch::new(checker(profile), second(), Scope { profile, shared });
        let mut recorder = Recorder::default();
        for seen in Passing::new(seed).take(PLAYS.1) {
            let remarks = watch.see(&seen);
            recorder.see(&seen, &remarks);
            for remark in &remarks {
                let name = watch.name(remark.session).unwrap_or("nobody");
                let (whose, complaint) = (remark.whose.word(), &remark.complaint);
                writeln!(
                    text,
                    "{} {whose} of {} ({name}): {} {} [{}] {}",
                    seen.at,
                    remark.session,
                    complaint.path,
                    complaint.why,
                    complaint.rule,
                    remark.message
                )
                .expect("text");
            }
        }
        assert_eq!(recorder.len(), PLAYS.1);
        let written = recorder.fixture(profile, "recorded/x", "Made up");
        let written = written.expect("something was done");
        if let Err(errors) = fixture::load("recorded/x.yaml", &written) {
            panic!("{errors:?}\n{written}");
        }
        if !shared {
            text += &written;
        }
        match seed <= WHOLE {
            true => all += &text,
            false => writeln!(all, "{:016x}", golden::hash(&text)).expect("text"),
        }
    }
    golden::is(&format!("proxied/{file}"), &all);
}

/// A second look that takes each message with a `z` for one with two values of one key.
fn second() -> Second {
    Box::new(|raw| {
        raw.contains("zz").then(|| Complaint {
            path: "$".to_owned(),
            why: "has a key twice".to_owned(),
            rule: "message.duplicate-keys.refused",
            mend: "write each key once".to_owned(),
        })
    })
}

fn checker(profile: Profile) -> Checker {
    let server = match profile {
        Profile::Core => "server-to-client.receive",
        Profile::Hardened => "server-to-client",
    };
    let [client, server, refusal] = ["client-to-server", server, "refusal"].map(|name| {
        let path = format!("../../schemas/protocol/v1/{name}.json");
        std::fs::read_to_string(path).expect("a schema")
    });
    Checker::from_json(&client, &server, &refusal).expect("schemas")
}
