//! The seeds of the fuzz targets, held to the same properties as what is made of them.

#[path = "../../../../fuzz/src/files.rs"]
mod properties;

use std::fs;
use std::path::Path;

use chatspec_judge::fixture;
use chatspec_judge::report::Report;

#[test]
fn fixtures() {
    each("fixture", |text| properties::fixture(text, fixture::load));
}

#[test]
fn reports() {
    each("report", |text| {
        let read = |text: &str| serde_json::from_str::<Report>(text);
        properties::report(text, |text| read(text).ok());
        read(text).expect("a report");
    });
}

fn each(target: &str, hold: impl Fn(&str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let mut seeds = 0;
    for entry in fs::read_dir(folder.join(target)).expect("the target has seeds") {
        hold(&fs::read_to_string(entry.expect("a seed").path()).expect("a text"));
        seeds += 1;
    }
    assert!(seeds > 0, "no seed of {target}");
}
