//! Readers with one defect each, of a kind that people make.

use chatspec::decode::decode_client;
use chatspec::image::{ImageError, ImageUrl};
use chatspec::json::Payload;
use chatspec::message::ClientMessage;
use chatspec::refusal::Refusal;
use chatspec_harness::wire::frames::Frame;
use chatspec_harness::wire::payload::Part;
use chatspec_harness::wire::{Malformed, Packet};
use chatspec_judge::fixture::{Fixture, FixtureError};
use chatspec_judge::report::Report;

use crate::real;

/// Takes an empty packet behind a binary one for the end of the body.
pub fn payload(body: &[u8]) -> Vec<Part<'_>> {
    let mut parts = real::payload(body);
    if let [.., Part::Binary(_), Part::Text("")] = parts.as_slice() {
        parts.pop();
    }
    parts
}

/// Holds the id of an acknowledgement in 32 bits.
pub fn packet(text: &str) -> Result<Packet, Malformed> {
    let packet = real::packet(text)?;
    if let Packet::Ack { id, .. } = &packet {
        let _ = id.parse::<u32>().expect("an id");
    }
    Ok(packet)
}

/// Adds the length that a frame claims to have before it looks at how much is there.
pub fn frame(bytes: &[u8]) -> Option<(Frame, usize)> {
    if let [_, 0x7f, length @ ..] = bytes
        && let Some((length, _)) = length.split_first_chunk::<8>()
    {
        let end = u64::from_be_bytes(*length).checked_add(10);
        end.expect("a length that can be added to");
    }
    real::frame(bytes)
}

/// Reads into a value first, in which the last of two equal keys has won.
pub fn chat(text: &str) -> Result<ClientMessage, Refusal> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => decode_client(&Payload::from(value)),
        Err(_) => real::chat(text),
    }
}

/// Believes that every image has a side.
pub fn image(url: &str) -> Option<ImageUrl> {
    if let Err(ImageError::Dimensions { width, height }) = ImageUrl::parse(url) {
        let _ = width.max(height) / width.min(height);
    }
    real::image(url)
}

/// Takes a column for a number of bytes when it shows the line.
pub fn fixture(path: &str, text: &str) -> Result<Fixture, Vec<FixtureError>> {
    let result = real::fixture(path, text);
    for error in result.as_ref().err().into_iter().flatten() {
        let line = text
            .lines()
            .nth(error.line as usize - 1)
            .unwrap_or_default();
        let column = (error.column as usize - 1).min(line.len());
        let _ = &line[..column];
    }
    result
}

/// Escapes for a page what it reads, each time anew.
pub fn report(text: &str) -> Option<Report> {
    let mut report = real::report(text)?;
    report.summary.target = report.summary.target.replace('&', "&amp;");
    Some(report)
}
