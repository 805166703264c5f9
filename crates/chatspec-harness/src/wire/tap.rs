//! Lets somebody look on while frames pass.

use std::fmt;
use std::sync::Arc;

use super::packet::Frame;

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From us to the server.
    Sent,
    /// From the server to us.
    Received,
}

/// Told of every frame as it passes; by default nobody is. Frames of polling are those in its bodies.
#[derive(Clone, Default)]
pub struct Tap(Option<Arc<Look>>);

type Look = dyn Fn(Way, &str) + Send + Sync;

impl Tap {
    /// Tells `look` the way and the text of each frame; binary ones by their length alone. It is called on the tasks that
    /// carry the frames, and must not wait.
    pub fn new(look: impl Fn(Way, &str) + Send + Sync + 'static) -> Tap {
        Tap(Some(Arc::new(look)))
    }

    pub(crate) fn text(&self, way: Way, text: &str) {
        if let Some(look) = &self.0 {
            look(way, text);
        }
    }

    pub(crate) fn binary(&self, way: Way, len: usize) {
        if let Some(look) = &self.0 {
            look(way, &format!("(binary, {len} bytes)"));
        }
    }

    pub(crate) fn sent(&self, frames: &[Frame]) {
        for frame in frames.iter().filter(|_| self.0.is_some()) {
            match frame {
                Frame::Text(text) => self.text(Way::Sent, text),
                Frame::Binary(bytes) => self.binary(Way::Sent, bytes.len()),
                Frame::RawText(bytes) => self.text(Way::Sent, &String::from_utf8_lossy(bytes)),
            }
        }
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tap").field(&self.0.is_some()).finish()
    }
}
