//! WebSocket messages of one direction, read as their bytes come, with bounded memory.

use chatspec_judge::check::Sender;

use crate::wire::frames::Header;
use crate::wire::limits::MESSAGE_BYTES;

/// The most that a control frame may hold.
const CONTROL_BYTES: u64 = 125;

/// What a direction comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A message of text, which need not be UTF-8.
    Text(Vec<u8>),
    /// A binary message.
    Binary(Vec<u8>),
    /// A message of more bytes than are kept, and how many.
    Long(u64),
    /// A close frame, with its code.
    Close(Option<u16>),
    /// What the protocol of WebSocket does not allow. Reading goes on.
    Wrong(&'static str),
}

/// Reads frames, and joins fragments.
#[derive(Debug)]
pub(super) struct Frames {
    by: Sender,
    waiting: Vec<u8>,
    frame: Option<Frame>,
    /// The message that has begun: its opcode, what is kept of it, and its length.
    message: Option<(u8, Vec<u8>, u64)>,
    control: Vec<u8>,
}

/// A frame whose header has come.
#[derive(Clone, Copy, Debug)]
struct Frame {
    header: Header,
    /// Bytes read of its payload.
    read: u64,
}

impl Frames {
    /// Those that this side sends: a client's are masked, a server's are not.
    pub(super) fn of(by: Sender) -> Frames {
        Frames {
            by,
            waiting: Vec::new(),
            frame: None,
            message: None,
            control: Vec::new(),
        }
    }

    /// Bytes that are kept.
    pub(super) fn held(&self) -> usize {
        let message = self.message.as_ref().map_or(0, |(_, kept, _)| kept.len());
        self.waiting.len() + message + self.control.len()
    }

    /// More bytes have come; what they make whole.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Item> {
        self.waiting.extend_from_slice(bytes);
        let mut items = Vec::new();
        let mut at = 0;
        loop {
            match self.frame {
                None => match Header::of(&self.waiting[at..]) {
                    None => break,
                    Some(header) => {
                        at += header.size;
                        self.begin(header, &mut items);
                    }
                },
                Some(frame) => {
                    let left =
                        usize::try_from(frame.header.length - frame.read).unwrap_or(usize::MAX);
                    let end = at + left.min(self.waiting.len() - at);
                    if end == at && left > 0 {
                        break;
                    }
                    self.content(frame, at..end);
                    at = end;
                    if let Some(frame) =
                        self.frame.filter(|frame| frame.read == frame.header.length)
                    {
                        self.frame = None;
                        self.finish(frame, &mut items);
                    }
                }
            }
        }
        self.waiting.drain(..at);
        items
    }

    fn begin(&mut self, header: Header, items: &mut Vec<Item>) {
        self.frame = Some(Frame { header, read: 0 });
        let mut wrong = |what| items.push(Item::Wrong(what));
        if header.reserved {
            wrong("a frame with reserved bits, which no extension was agreed on for");
        }
        match (self.by, header.mask.is_some()) {
            (Sender::Client, false) => wrong("a frame of a client without a mask"),
            (Sender::Server, true) => wrong("a frame of a server with a mask"),
            _ => {}
        }
        match header.opcode {
            0 if self.message.is_none() => wrong("a continuation of nothing"),
            1 | 2 => {
                if self.message.is_some() {
                    wrong("a new message amid the fragments of another");
                }
                self.message = Some((header.opcode, Vec::new(), 0));
            }
            0 => {}
            8..=10 => {
                if header.length > CONTROL_BYTES || !header.fin {
                    wrong("a control frame that is long, or in fragments");
                }
                self.control.clear();
            }
            _ => wrong("a frame with an opcode that means nothing"),
        }
    }

    fn content(&mut self, frame: Frame, range: std::ops::Range<usize>) {
        let count = range.len();
        let bytes = &self.waiting[range];
        let start = (frame.read % 4) as usize;
        let mask = frame.header.mask.unwrap_or_default();
        let mask = mask.iter().cycle().skip(start);
        let plain = bytes.iter().zip(mask).map(|(byte, mask)| byte ^ mask);
        match (frame.header.opcode, &mut self.message) {
            (0..=2, Some((_, kept, length))) => {
                *length += count as u64;
                match *length > MESSAGE_BYTES as u64 {
                    true => *kept = Vec::new(),
                    false => kept.extend(plain),
                }
            }
            (8..=10, _) => {
                let room = (CONTROL_BYTES as usize).saturating_sub(self.control.len());
                self.control.extend(plain.take(room));
            }
            _ => {}
        }
        self.frame = Some(Frame {
            read: frame.read + count as u64,
            ..frame
        });
    }

    fn finish(&mut self, frame: Frame, items: &mut Vec<Item>) {
        match frame.header.opcode {
            0..=2 if frame.header.fin => {
                let Some((opcode, kept, length)) = self.message.take() else {
                    return;
                };
                items.push(match (length > MESSAGE_BYTES as u64, opcode) {
                    (true, _) => Item::Long(length),
                    (false, 1) => Item::Text(kept),
                    (false, _) => Item::Binary(kept),
                });
            }
            8 => {
                let code = self.control.first_chunk::<2>();
                items.push(Item::Close(code.map(|code| u16::from_be_bytes(*code))));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HELLO: [u8; 11] = [
        0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
    ];

    fn frame(first: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
        let bit = if mask.is_some() { 0x80 } else { 0 };
        let mut out = vec![first];
        match payload.len() {
            length @ 0..126 => out.push(bit | length as u8),
            length @ 126..65536 => {
                out.push(bit | 126);
                out.extend((length as u16).to_be_bytes());
            }
            length => {
                out.push(bit | 127);
                out.extend((length as u64).to_be_bytes());
            }
        }
        let key = mask.unwrap_or_default();
        out.extend(mask.into_iter().flatten());
        out.extend(payload.iter().zip(key.iter().cycle()).map(|(b, m)| b ^ m));
        out
    }

    #[test]
    fn messages_are_the_same_wherever_they_are_split() {
        let mut stream = HELLO.to_vec();
        let long = vec![b'x'; 300];
        stream.extend(frame(0x01, Some([1, 2, 3, 4]), b"frag"));
        stream.extend(frame(0x89, Some([9, 9, 9, 9]), b"ping"));
        stream.extend(frame(0x00, Some([5, 6, 7, 8]), b"men"));
        stream.extend(frame(0x80, Some([0, 0, 0, 1]), b"ts"));
        stream.extend(frame(0x82, Some([7, 7, 7, 7]), &long));
        stream.extend(frame(0x81, Some([7, 7, 7, 7]), b""));
        stream.extend(frame(0x88, Some([1, 1, 1, 1]), &[3, 0xe9]));
        let expected = vec![
            Item::Text(b"Hello".to_vec()),
            Item::Text(b"fragments".to_vec()),
            Item::Binary(long),
            Item::Text(Vec::new()),
            Item::Close(Some(1001)),
        ];
        for size in [1, 2, 3, 5, 7, 11, 64, stream.len()] {
            let mut frames = Frames::of(Sender::Client);
            let found: Vec<Item> = stream
                .chunks(size)
                .flat_map(|piece| frames.push(piece))
                .collect();
            assert_eq!(found, expected, "pieces of {size}");
        }
    }

    #[test]
    fn what_is_not_allowed_is_told_and_reading_goes_on() {
        let wrong = |by, bytes: &[u8]| {
            let mut all = Frames::of(by).push(&[bytes, &frame(0x81, None, b"on")].concat());
            let last = all.pop();
            (all, last)
        };
        let (found, last) = wrong(Sender::Server, &frame(0xf1, Some([0; 4]), b"a"));
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(last, Some(Item::Text(b"on".to_vec())));
        for bytes in [
            frame(0x80, None, b"a"),
            frame(0x83, None, b"a"),
            frame(0x09, None, b"a"),
            frame(0x89, None, &[0; 200]),
            frame(0x01, None, b"a"),
        ] {
            let (found, last) = wrong(Sender::Server, &bytes);
            assert!(matches!(found.as_slice(), [Item::Wrong(_)]), "{found:?}");
            assert_eq!(last, Some(Item::Text(b"on".to_vec())));
        }
        let found = Frames::of(Sender::Client).push(&frame(0x81, None, b"a"));
        assert!(matches!(found[0], Item::Wrong(_)));
    }

    #[test]
    fn a_long_message_is_counted_and_not_kept() {
        let mut frames = Frames::of(Sender::Server);
        assert!(
            frames
                .push(&[0x82, 127, 0, 0, 0, 0, 0, 0x80, 0, 0])
                .is_empty()
        );
        let mut found = Vec::new();
        for _ in 0..128 {
            found.extend(frames.push(&[0; 64 << 10]));
            assert!(frames.waiting.is_empty());
        }
        assert_eq!(found, [Item::Long(8 << 20)]);
        // A length that nobody will ever send.
        let huge = [0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3];
        assert!(frames.push(&huge).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_panics_and_nothing_is_kept_in_vain(pieces: Vec<Vec<u8>>) {
            let mut frames = Frames::of(Sender::Client);
            for piece in pieces {
                frames.push(&piece);
                prop_assert!(frames.waiting.len() < 14);
            }
        }
    }
}
