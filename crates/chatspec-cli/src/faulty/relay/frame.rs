//! WebSocket frames (RFC 6455, section 5.2), unmasked.

use std::io::ErrorKind;

use tokio::io::{self, AsyncRead, AsyncReadExt};

/// A whole text message: final, no extension.
const TEXT: u8 = 0x81;
const MASKED: u8 = 0x80;

/// One frame.
pub struct Frame {
    /// Flags and opcode.
    head: u8,
    /// What it carries.
    pub payload: Vec<u8>,
}

impl Frame {
    /// A whole text message.
    pub fn text(payload: Vec<u8>) -> Self {
        Frame {
            head: TEXT,
            payload,
        }
    }

    /// A close.
    pub fn close(code: u16) -> Self {
        Frame {
            head: 0x88,
            payload: code.to_be_bytes().to_vec(),
        }
    }

    /// Whether this is a whole text message.
    pub fn is_text(&self) -> bool {
        self.head == TEXT
    }

    /// What kind of frame it is: 0 goes on with a message, 1 is text, 2 binary, 8 a close, 9 a ping, 10 a pong.
    pub fn opcode(&self) -> u8 {
        self.head & 0x0f
    }

    /// The frame on the wire. A mask is there where it has to be, and changes nothing.
    pub fn bytes(&self, masked: bool) -> Vec<u8> {
        let flag = if masked { MASKED } else { 0 };
        let mut bytes = vec![self.head];
        match self.payload.len() {
            short @ 0..=125 => bytes.push(flag | short as u8),
            middle @ 126..=0xffff => {
                bytes.push(flag | 126);
                bytes.extend((middle as u16).to_be_bytes());
            }
            long => {
                bytes.push(flag | 127);
                bytes.extend((long as u64).to_be_bytes());
            }
        }
        if masked {
            bytes.extend([0; 4]);
        }
        bytes.extend(&self.payload);
        bytes
    }
}

/// The next frame, or none at the end.
pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Frame>> {
    let head = match from.read_u8().await {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        head => head?,
    };
    let length = from.read_u8().await?;
    let masked = length & MASKED != 0;
    let length = match length & !MASKED {
        126 => u64::from(from.read_u16().await?),
        127 => from.read_u64().await?,
        short => u64::from(short),
    };
    let mut mask = [0; 4];
    if masked {
        from.read_exact(&mut mask).await?;
    }
    let mut payload = Vec::new();
    from.take(length).read_to_end(&mut payload).await?;
    for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
    Ok(Some(Frame { head, payload }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_can_be_read() {
        for length in [0, 1, 125, 126, 0xffff, 0x1_0000] {
            for masked in [false, true] {
                let payload = vec![7; length];
                let frame = Frame::text(payload);
                let bytes = frame.bytes(masked);
                let read = read(&mut bytes.as_slice()).await.unwrap().unwrap();
                assert!(read.is_text());
                assert_eq!(read.payload, frame.payload);
            }
        }
        assert!(read(&mut [].as_slice()).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn masks_are_taken_off() {
        let bytes = [0x81, 0x82, 1, 2, 3, 4, b'h' ^ 1, b'i' ^ 2];
        let frame = read(&mut bytes.as_slice()).await.unwrap().unwrap();
        assert_eq!(frame.payload, b"hi");
    }
}
