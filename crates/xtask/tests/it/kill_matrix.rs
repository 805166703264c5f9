//! The committed kill matrix is that of the committed faults, each of which was caught.

#[test]
fn every_fault_was_caught_and_nothing_else_has_a_row() {
    let wrong = xtask::faults::disagreements(&xtask::root()).expect("files that can be read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
