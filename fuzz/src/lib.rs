//! What the targets do with one input: read it as a stranger's, hold the result to a property, and look at the clock.
//!
//! The properties are in [`wire`], [`nouns`] and [`files`]. The crates' own tests include these files and hold the seeds to
//! them, so they name nothing of this package. Each takes the reader that it is about; with the feature `planted` that is
//! one with a defect.

pub mod files;
pub mod nouns;
#[cfg(feature = "planted")]
mod planted;
mod real;
pub mod wire;

use std::time::Duration;

use cpu_time::ThreadTime;

#[cfg(feature = "planted")]
use planted as readers;
#[cfg(not(feature = "planted"))]
use real as readers;

/// What one input may take of the processor.
const TIME: Duration = Duration::from_millis(50);

/// The body of a polling request.
pub fn payload(data: &[u8]) {
    in_time(|| wire::payload(data, readers::payload));
}

/// A Socket.IO packet.
pub fn packet(data: &[u8]) {
    in_time(|| text(data, |text| wire::packet(text, readers::packet)));
}

/// A stream of WebSocket frames.
pub fn frames(data: &[u8]) {
    in_time(|| wire::frames(data, readers::frame));
}

/// The JSON of a client's message.
pub fn chat(data: &[u8]) {
    in_time(|| text(data, |text| nouns::chat(text, readers::chat)));
}

/// The bytes of an image, behind the label that the first of them chooses.
pub fn image(data: &[u8]) {
    in_time(|| nouns::image(data, readers::image));
}

/// A fixture, of either format.
pub fn fixture(data: &[u8]) {
    in_time(|| text(data, |text| files::fixture(text, readers::fixture)));
}

/// A saved report.
pub fn report(data: &[u8]) {
    in_time(|| text(data, |text| files::report(text, readers::report)));
}

fn text(data: &[u8], hold: impl FnOnce(&str)) {
    if let Ok(text) = std::str::from_utf8(data) {
        hold(text);
    }
}

fn in_time(hold: impl FnOnce()) {
    let start = ThreadTime::now();
    hold();
    let taken = start.elapsed();
    assert!(
        taken <= TIME,
        "one input took {taken:?}, more than {TIME:?}"
    );
}
