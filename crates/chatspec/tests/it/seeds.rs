//! The seeds of the fuzz targets, held to the same properties as what is made of them.

#[path = "../../../../fuzz/src/nouns.rs"]
mod properties;

use std::fs;
use std::path::Path;

use chatspec::decode::decode_client_json;
use chatspec::image::ImageUrl;

#[test]
fn messages() {
    each("chat", |bytes| {
        let text = std::str::from_utf8(bytes).expect("text");
        properties::chat(text, decode_client_json);
        assert!(decode_client_json(text).is_ok(), "{text}");
    });
}

#[test]
fn images() {
    each("image", |bytes| {
        let taken = std::cell::Cell::new(false);
        properties::image(bytes, |url| {
            let image = ImageUrl::parse(url).ok();
            taken.set(image.is_some());
            image
        });
        assert!(taken.get(), "{bytes:?}");
    });
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
