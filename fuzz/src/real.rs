//! The readers as they are.

use chatspec::decode::decode_client_json;
use chatspec::image::ImageUrl;
use chatspec::message::ClientMessage;
use chatspec::refusal::Refusal;
use chatspec_harness::wire::frames::{self, Frame};
use chatspec_harness::wire::payload::{self, Part};
use chatspec_harness::wire::{Malformed, Packet, socket};
use chatspec_judge::fixture::{self, Fixture, FixtureError};
use chatspec_judge::report::Report;

pub fn payload(body: &[u8]) -> Vec<Part<'_>> {
    payload::decode(body).collect()
}

pub fn packet(text: &str) -> Result<Packet, Malformed> {
    socket::decode(text)
}

pub fn frame(bytes: &[u8]) -> Option<(Frame, usize)> {
    frames::decode(bytes)
}

pub fn chat(text: &str) -> Result<ClientMessage, Refusal> {
    decode_client_json(text)
}

pub fn image(url: &str) -> Option<ImageUrl> {
    ImageUrl::parse(url).ok()
}

pub fn fixture(path: &str, text: &str) -> Result<Fixture, Vec<FixtureError>> {
    fixture::load(path, text)
}

pub fn report(text: &str) -> Option<Report> {
    serde_json::from_str(text).ok()
}
