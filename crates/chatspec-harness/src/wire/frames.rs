//! WebSocket frames of a server, read as they come.

/// One frame that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// 0 to 15.
    pub opcode: u8,
    /// Whether it ends its message.
    pub fin: bool,
    /// Its content.
    pub payload: Vec<u8>,
}

/// What stands in front of a frame's payload: RFC 6455, section 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// 0 to 15.
    pub(crate) opcode: u8,
    /// Whether it ends its message.
    pub(crate) fin: bool,
    /// Whether a reserved bit is set.
    pub(crate) reserved: bool,
    /// What its payload is masked with, if it is.
    pub(crate) mask: Option<[u8; 4]>,
    /// Bytes of its payload, as it says.
    pub(crate) length: u64,
    /// Bytes that it takes itself, 2 to 14.
    pub(crate) size: usize,
}

impl Header {
    /// The one that `bytes` begin with; `None` while it is not whole.
    pub(crate) fn of(bytes: &[u8]) -> Option<Header> {
        let [first, second, rest @ ..] = bytes else {
            return None;
        };
        let (length, rest) = match second & 0x7f {
            126 => {
                let (length, rest) = rest.split_first_chunk::<2>()?;
                (u64::from(u16::from_be_bytes(*length)), rest)
            }
            127 => {
                let (length, rest) = rest.split_first_chunk::<8>()?;
                (u64::from_be_bytes(*length), rest)
            }
            short => (u64::from(short), rest),
        };
        let (mask, rest) = match second & 0x80 {
            0 => (None, rest),
            _ => {
                let (mask, rest) = rest.split_first_chunk::<4>()?;
                (Some(*mask), rest)
            }
        };
        Some(Header {
            opcode: first & 15,
            fin: first & 0x80 != 0,
            reserved: first & 0x70 != 0,
            mask,
            length,
            size: bytes.len() - rest.len(),
        })
    }
}

/// The first frame in `bytes`, and how many bytes it takes; `None` while it is not whole.
pub fn decode(bytes: &[u8]) -> Option<(Frame, usize)> {
    let header = Header::of(bytes)?;
    let length = usize::try_from(header.length).ok()?;
    let payload = bytes[header.size..].get(..length)?;
    let mask = header.mask.unwrap_or_default();
    let payload = payload
        .iter()
        .zip(mask.iter().cycle())
        .map(|(byte, mask)| byte ^ mask);
    let frame = Frame {
        opcode: header.opcode,
        fin: header.fin,
        payload: payload.collect(),
    };
    Some((frame, header.size + length))
}

impl Frame {
    /// The code of a close frame, if it has one.
    pub fn close_code(&self) -> Option<u16> {
        let (code, _) = self.payload.split_first_chunk::<2>()?;
        (self.opcode == 8).then(|| u16::from_be_bytes(*code))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_the_protocol() {
        let hello = [
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ];
        let (frame, taken) = decode(&hello).expect("whole");
        assert_eq!(
            (frame.payload.as_slice(), frame.fin, taken),
            (b"Hello".as_slice(), true, 11)
        );
        let (frame, _) = decode(&[0x01, 0x03, 0x48, 0x65, 0x6c]).expect("whole");
        assert_eq!(
            (frame.payload.as_slice(), frame.fin),
            (b"Hel".as_slice(), false)
        );
        let mut long = vec![0x82, 0x7e, 1, 0];
        long.extend([7; 256]);
        assert_eq!(
            decode(&long).map(|(frame, taken)| (frame.payload.len(), taken)),
            Some((256, 260))
        );
    }

    #[test]
    fn close_codes_are_read() {
        let (frame, taken) = decode(&[0x88, 2, 3, 0xea, 9]).expect("whole");
        assert_eq!((frame.close_code(), taken), (Some(1002), 4));
        assert_eq!(decode(&[0x88, 2, 3]), None);
        let (empty, _) = decode(&[0x88, 0]).expect("whole");
        assert_eq!(empty.close_code(), None);
    }

    proptest! {
        #[test]
        fn decoding_never_panics(bytes: Vec<u8>) {
            let _ = decode(&bytes);
        }
    }
}
