//! From the text of a frame to a message, and the text of a listing.

use std::hint::black_box;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chatspec::decode::{decode_client_json, decode_client_packet};
use chatspec::listing::listing;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::json;

/// Characters of the image's data URL: a photograph, and half of what the protocol allows in a payload.
const IMAGE: usize = 500_000;
/// Names in the listing.
const NAMES: usize = 200;

/// From the text to the typed message: of one argument, and of a packet's array as the server has it.
fn decode(c: &mut Criterion) {
    let chat = json!({"event": "chat", "room": "The Lobby", "text": "Has anyone seen my keys?"});
    let greek = json!({"event": "chat", "room": "Η Αίθουσα", "text": "Has anyone seen my keys?"});
    // A list in it, so that it is read as a value first.
    let listed = json!({"event": "chat", "room": "The Lobby", "text": "Has anyone seen my keys?", "at": [7]});
    let join = json!({"event": "join", "user": "Ada Lovelace", "room": "The Lobby"});
    let image = json!({"event": "image", "room": "The Lobby", "bimage": image()});
    // All fields are checked for their types before the refusal is chosen.
    let bad = json!({"event": "join", "user": 7, "room": ["The Lobby"], "age": null});
    let mut group = c.benchmark_group("text to message");
    for (name, message, good) in [
        ("chat", &chat, true),
        ("chat, name not ASCII", &greek, true),
        ("chat, not flat", &listed, true),
        ("join", &join, true),
        ("image of 500 kB", &image, true),
        ("bad payload", &bad, false),
    ] {
        let text = message.to_string();
        assert_eq!(decode_client_json(&text).is_ok(), good, "{name}");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |b| b.iter(|| decode_client_json(black_box(&text))));
    }
    group.finish();

    let mut group = c.benchmark_group("packet to message");
    for (name, message) in [
        ("chat", &chat),
        ("chat, not flat", &listed),
        ("join", &join),
    ] {
        let text = json!(["chat", message]).to_string();
        assert!(decode_client_packet(&text).is_ok(), "{name}");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |b| b.iter(|| decode_client_packet(black_box(&text))));
    }
    group.finish();
}

fn list(c: &mut Criterion) {
    let names: Vec<String> = (0..NAMES)
        .map(|i| match i % 10 {
            0 => format!("O'BRIEN {i}"),
            1 => format!("ÉLODIE {i}"),
            _ => format!("MEMBER {i}"),
        })
        .collect();
    c.bench_function("listing of 200 names", |b| {
        b.iter(|| listing(black_box(&names).iter().map(String::as_str)));
    });
}

/// A PNG header, filled up.
fn image() -> String {
    const LABEL: &str = "data:image/png;base64,";
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x04\0\0\0\x03\0".to_vec();
    bytes.resize((IMAGE - LABEL.len()) / 4 * 3, 0x5a);
    format!("{LABEL}{}", BASE64_STANDARD.encode(bytes))
}

criterion_group!(benches, decode, list);
criterion_main!(benches);
