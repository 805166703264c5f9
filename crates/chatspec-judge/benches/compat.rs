//! Two versions of our own protocol, compared.

use std::collections::BTreeMap;
use std::hint::black_box;

use chatspec_judge::compat::compare;
use chatspec_judge::compat::version::Version;
use criterion::{Criterion, criterion_group, criterion_main};

/// The committed protocol, by file.
fn files() -> BTreeMap<String, String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/protocol/v1");
    let names = [
        "client-to-server",
        "client-to-server.receive",
        "server-to-client",
        "server-to-client.receive",
        "refusal",
        "manifest",
    ];
    let read = |name: &str| {
        let name = format!("{name}.json");
        let text =
            std::fs::read_to_string(format!("{folder}/{name}")).expect("a schema can be read");
        (name, text)
    };
    names.map(read).into()
}

fn diff(c: &mut Criterion) {
    let old = files();
    let mut new = files();
    for text in new.values_mut() {
        *text = text
            .replace("\"maxLength\": 8192", "\"maxLength\": 4096")
            .replace("933359", "800000")
            .replace("{0,62}", "{0,30}")
            .replace("\"private\"", "\"secret\"");
    }
    let version = |label: &str, files: &BTreeMap<String, String>| {
        Version::read(label, files).expect("it can be compared")
    };
    let mut group = c.benchmark_group("schema diff");
    group.sample_size(10);
    for (name, other) in [
        ("the same version", &old),
        ("text, image, names and a field changed", &new),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| {
                compare(
                    &version("1.0", black_box(&old)),
                    &version("1.1", black_box(other)),
                )
                .expect("within the algebra")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, diff);
criterion_main!(benches);
