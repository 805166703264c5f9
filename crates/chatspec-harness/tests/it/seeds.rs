//! The seeds of the fuzz targets, held to the same properties as what is made of them.

#[path = "../../../../fuzz/src/wire.rs"]
mod properties;

use std::fs;
use std::path::Path;

use chatspec_harness::wire::{frames, payload, socket};

#[test]
fn payloads() {
    each("payload", |bytes| {
        properties::payload(bytes, |body| payload::decode(body).collect());
    });
}

#[test]
fn packets() {
    each("packet", |bytes| {
        let text = std::str::from_utf8(bytes).expect("text");
        properties::packet(text, socket::decode);
    });
}

#[test]
fn web_socket_frames() {
    each("frames", |bytes| properties::frames(bytes, frames::decode));
}

fn each(target: &str, hold: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let mut seeds = 0;
    for entry in fs::read_dir(folder.join(target)).expect("the target has seeds") {
        hold(&fs::read(entry.expect("a seed").path()).expect("a file"));
        seeds += 1;
    }
    assert!(seeds > 0, "no seed of {target}");
}
