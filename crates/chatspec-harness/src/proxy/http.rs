//! HTTP/1.1 messages of one direction of a connection, read as their bytes come, with bounded memory.

use std::fmt;

use crate::wire::limits::MESSAGE_BYTES;

/// Bytes of a head, of a chunk's line, or of trailers: 64 KiB. More, and nothing on the connection is read any longer.
const HEAD_BYTES: usize = 64 << 10;

/// A message, once it is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) head: Head,
    /// The content, without the framing of chunks.
    pub(super) body: Vec<u8>,
    /// Whether it had more bytes than are kept: then `body` is empty.
    pub(super) is_long: bool,
}

/// The lines before the content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The first line, lossy.
    pub(super) line: String,
    /// Names in lower case, and values.
    headers: Vec<(String, String)>,
}

impl Head {
    fn read(bytes: &[u8]) -> Head {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.split("\r\n");
        let line = lines.next().unwrap_or_default().to_owned();
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
            .collect();
        Head { line, headers }
    }

    /// The value of the first header of a name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether a header that is a list of words has this one, in any case.
    pub(super) fn lists(&self, name: &str, word: &str) -> bool {
        let mut all = self.headers.iter().filter(|(known, _)| known == name);
        all.any(|(_, value)| {
            let mut words = value.split(',');
            words.any(|one| one.trim().eq_ignore_ascii_case(word))
        })
    }

    /// The status of an answer.
    pub(super) fn status(&self) -> Option<u16> {
        let rest = self.line.strip_prefix("HTTP/1.")?;
        rest.split(' ').nth(1)?.parse().ok()
    }

    /// The method of a request.
    pub(super) fn method(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }

    /// The target of a request, where the line is one of HTTP/1.
    pub(super) fn target(&self) -> Option<&str> {
        let mut words = self.line.split(' ');
        let (_, target, version) = (words.next()?, words.next()?, words.next()?);
        (version.starts_with("HTTP/1.") && words.next().is_none()).then_some(target)
    }

    fn length(&self) -> Result<u64, Wrong> {
        match self.header("content-length") {
            None => Ok(0),
            Some(value) if value.bytes().all(|byte| byte.is_ascii_digit()) => value
                .parse()
                .map_err(|_| Wrong("a Content-Length that nobody can count")),
            Some(_) => Err(Wrong("a Content-Length that is no number")),
        }
    }

    /// How the content of a request ends.
    pub(super) fn request_content(&self) -> Result<Content, Wrong> {
        match self.lists("transfer-encoding", "chunked") {
            true => Ok(Content::Chunks),
            false => Ok(Content::Bytes(self.length()?)),
        }
    }

    /// How the content of an answer ends, to a request of this method.
    pub(super) fn answer_content(&self, method: &str) -> Result<Content, Wrong> {
        let status = self.status().ok_or(Wrong("no answer of HTTP/1"))?;
        if (100..200).contains(&status) || matches!(status, 204 | 304) || method == "HEAD" {
            return Ok(Content::Bytes(0));
        }
        if self.lists("transfer-encoding", "chunked") {
            return Ok(Content::Chunks);
        }
        match self.header("content-length") {
            Some(_) => Ok(Content::Bytes(self.length()?)),
            None => Ok(Content::ToTheEnd),
        }
    }
}

/// How the end of a content is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// It has so many bytes.
    Bytes(u64),
    /// It comes in chunks.
    Chunks,
    /// It ends with the connection.
    ToTheEnd,
}

/// What is no HTTP/1.1; nothing after it can be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wrong(pub(super) &'static str);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Reads messages one after the other.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// What has come and is not read.
    waiting: Vec<u8>,
    /// How much of it holds no end of the lines that are looked for.
    searched: usize,
    state: State,
    head: Head,
    body: Vec<u8>,
    is_long: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Up to the empty line.
    #[default]
    Head,
    /// So many bytes of the content are to come.
    Bytes(u64),
    /// The line with the size of a chunk.
    Size,
    /// So many bytes of a chunk are to come.
    Chunk(u64),
    /// The end of the line after a chunk.
    AfterChunk,
    /// Lines after the last chunk, up to an empty one.
    Trailers,
    /// All that comes.
    ToTheEnd,
}

impl Messages {
    /// More bytes have come.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// What has come and is not read: after a switch of protocols it is no HTTP.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.waiting)
    }

    /// Bytes that are kept.
    pub(super) fn held(&self) -> usize {
        self.waiting.len() + self.body.len()
    }

    /// How many bytes have come and are not read.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The head of the message whose content is under way.
    pub(super) fn begun(&self) -> Option<&Head> {
        (self.state != State::Head).then_some(&self.head)
    }

    /// The next whole message; none while it is not. `content` is asked once for each head.
    pub(super) fn next(
        &mut self,
        content: impl Fn(&Head) -> Result<Content, Wrong>,
    ) -> Result<Option<Message>, Wrong> {
        loop {
            match self.state {
                State::Head => {
                    // Empty lines before a message are to be left out.
                    if self.waiting.starts_with(b"\r\n") {
                        self.waiting.drain(..2);
                        self.searched = 0;
                        continue;
                    }
                    let Some(lines) = self.up_to(b"\r\n\r\n")? else {
                        return Ok(None);
                    };
                    self.head = Head::read(&lines);
                    self.state = match content(&self.head)? {
                        Content::Bytes(count) => State::Bytes(count),
                        Content::Chunks => State::Size,
                        Content::ToTheEnd => State::ToTheEnd,
                    };
                }
                State::Bytes(0) => return Ok(Some(self.whole())),
                State::Bytes(left) => match self.keep(left) {
                    0 => return Ok(None),
                    kept => self.state = State::Bytes(left - kept),
                },
                State::Size => {
                    let Some(line) = self.up_to(b"\r\n")? else {
                        return Ok(None);
                    };
                    let text = String::from_utf8_lossy(&line);
                    let digits = text.split(';').next().unwrap_or_default().trim();
                    let size = u64::from_str_radix(digits, 16)
                        .ok()
                        .filter(|_| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
                        .ok_or(Wrong("a chunk without a size"))?;
                    self.state = match size {
                        0 => State::Trailers,
                        size => State::Chunk(size),
                    };
                }
                State::Chunk(0) => self.state = State::AfterChunk,
                State::Chunk(left) => match self.keep(left) {
                    0 => return Ok(None),
                    kept => self.state = State::Chunk(left - kept),
                },
                State::AfterChunk => match self.up_to(b"\r\n")? {
                    None => return Ok(None),
                    Some(line) if line.is_empty() => self.state = State::Size,
                    Some(_) => return Err(Wrong("a chunk that is longer than its size")),
                },
                State::Trailers => match self.up_to(b"\r\n")? {
                    None => return Ok(None),
                    Some(line) if line.is_empty() => return Ok(Some(self.whole())),
                    Some(_) => {}
                },
                State::ToTheEnd => {
                    self.keep(u64::MAX);
                    return Ok(None);
                }
            }
        }
    }

    /// The message that the end of the connection makes whole, if it does.
    pub(super) fn end(&mut self) -> Option<Message> {
        (self.state == State::ToTheEnd).then(|| self.whole())
    }

    /// Whether the end of the connection would cut a message.
    pub(super) fn is_between(&self) -> bool {
        self.state == State::Head && self.waiting.is_empty()
    }

    fn whole(&mut self) -> Message {
        self.state = State::Head;
        Message {
            head: std::mem::take(&mut self.head),
            body: std::mem::take(&mut self.body),
            is_long: std::mem::take(&mut self.is_long),
        }
    }

    /// The bytes before this end, which is taken as well.
    fn up_to(&mut self, end: &[u8]) -> Result<Option<Vec<u8>>, Wrong> {
        let from = self.searched.saturating_sub(end.len() - 1);
        let found = self.waiting[from..]
            .windows(end.len())
            .position(|some| some == end)
            .map(|at| from + at);
        let Some(at) = found.filter(|at| *at <= HEAD_BYTES) else {
            self.searched = self.waiting.len();
            return match found.is_some() || self.waiting.len() > HEAD_BYTES {
                true => Err(Wrong("lines of more than 64 KiB")),
                false => Ok(None),
            };
        };
        self.searched = 0;
        let mut line: Vec<u8> = self.waiting.drain(..at + end.len()).collect();
        line.truncate(at);
        Ok(Some(line))
    }

    /// Takes up to `most` bytes of content; how many.
    fn keep(&mut self, most: u64) -> u64 {
        let count = usize::try_from(most).unwrap_or(usize::MAX);
        let count = count.min(self.waiting.len());
        self.is_long |= self.body.len() + count > MESSAGE_BYTES;
        match self.is_long {
            true => {
                self.body = Vec::new();
                self.waiting.drain(..count);
            }
            false => self.body.extend(self.waiting.drain(..count)),
        }
        count as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that comes of these pieces, as requests.
    fn requests(pieces: &[&[u8]]) -> Result<Vec<Message>, Wrong> {
        let mut messages = Messages::default();
        let mut found = Vec::new();
        for piece in pieces {
            messages.push(piece);
            while let Some(message) = messages.next(Head::request_content)? {
                found.push(message);
            }
        }
        Ok(found)
    }

    const TWO: &[u8] = b"POST /a?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\n\r\n\
        POST /c HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: t\r\n\r\n";

    #[test]
    fn messages_are_the_same_wherever_they_are_split() {
        let whole = requests(&[TWO]).expect("three requests");
        assert_eq!(whole.len(), 3);
        assert_eq!(whole[0].head.target(), Some("/a?x=1"));
        assert_eq!(whole[0].head.header("host"), Some("h"));
        assert_eq!(whole[0].body, b"abc");
        assert_eq!((whole[1].head.method(), whole[1].body.len()), ("GET", 0));
        assert_eq!(whole[2].body, b"hello");
        for at in 0..TWO.len() {
            let (one, other) = TWO.split_at(at);
            assert_eq!(requests(&[one, other]).as_ref(), Ok(&whole), "at {at}");
        }
        let bytes: Vec<&[u8]> = TWO.chunks(1).collect();
        assert_eq!(requests(&bytes), Ok(whole));
    }

    #[test]
    fn answers_end_by_method_status_and_connection() {
        let mut messages = Messages::default();
        messages.push(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
        let to_head = |head: &Head| head.answer_content("HEAD");
        let interim = messages.next(to_head).expect("HTTP").expect("whole");
        assert_eq!(interim.head.status(), Some(100));
        let answer = messages.next(to_head).expect("HTTP").expect("whole");
        assert_eq!((answer.head.status(), answer.body.len()), (Some(200), 0));
        let to_get = |head: &Head| head.answer_content("GET");
        messages.push(b"HTTP/1.0 200 OK\r\n\r\nuntil ");
        assert_eq!(messages.next(to_get), Ok(None));
        messages.push(b"the end");
        assert_eq!(messages.next(to_get), Ok(None));
        let last = messages.end().expect("all there is");
        assert_eq!(last.body, b"until the end");
        assert!(messages.end().is_none());
    }

    #[test]
    fn what_is_no_http_is_told_apart_and_never_kept_forever() {
        for wrong in [
            &b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"[..],
            b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\nab\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        ] {
            assert!(requests(&[wrong]).is_err(), "{wrong:?}");
        }
        let noise = vec![b'x'; HEAD_BYTES + 1];
        assert!(requests(&[&noise]).is_err());
        let answer = |text: &[u8]| Head::read(text).answer_content("GET");
        assert!(answer(b"nonsense").is_err());
        assert!(answer(b"HTTP/1.1 xyz").is_err());
    }

    #[test]
    fn a_long_content_is_counted_and_not_kept() {
        let mut messages = Messages::default();
        let length = 3 * MESSAGE_BYTES;
        messages.push(format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n").as_bytes());
        let mut found = None;
        for _ in 0..3 {
            messages.push(&vec![0; MESSAGE_BYTES]);
            found = messages.next(Head::request_content).expect("HTTP");
            assert!(messages.body.len() <= MESSAGE_BYTES);
        }
        let found = found.expect("whole");
        assert!(found.is_long && found.body.is_empty());
        messages.push(b"POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\nx");
        assert_eq!(messages.next(Head::request_content), Ok(None));
    }
}
