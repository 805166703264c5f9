//! Reads HTTP answers off a raw connection, however wrong they are.

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawAnswer {
    /// The status.
    pub status: u16,
    /// Header names in lower case, and their values.
    pub headers: Vec<(String, String)>,
    /// The body, cut after [`BODY`] characters, lossy.
    pub body: String,
}

/// Characters of a body that are kept.
pub const BODY: usize = 2_000;

/// A body as text, cut after [`BODY`] characters, lossy.
pub(crate) fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(BODY).collect()
}

/// The first answer in `bytes`, and how many bytes it takes; `None` while it is not whole. Once nothing more will come
/// (`over`), an answer without its whole body counts. Interim answers are skipped.
pub fn read(bytes: &[u8], over: bool) -> Option<(RawAnswer, usize)> {
    let mut skipped = 0;
    loop {
        let rest = &bytes[skipped..];
        let (end, head) = head(rest)?;
        let status = status(&head)?;
        if (100..200).contains(&status) && status != 101 {
            skipped += end;
            continue;
        }
        let headers: Vec<(String, String)> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
            .collect();
        let body = &rest[end..];
        let (body, taken) = match length(status, &headers) {
            Length::Known(length) if body.len() >= length => (body[..length].to_vec(), length),
            Length::Chunked => match chunks(body) {
                Some(whole) => whole,
                None if over => (body.to_vec(), body.len()),
                None => return None,
            },
            _ if over => (body.to_vec(), body.len()),
            _ => return None,
        };
        let body = text(&body);
        let answer = RawAnswer {
            status,
            headers,
            body,
        };
        return Some((answer, skipped + end + taken));
    }
}

/// The head of an answer whose body has not come to its end: what a HEAD is answered with.
pub fn read_head(bytes: &[u8]) -> Option<(RawAnswer, usize)> {
    let (end, text) = head(bytes)?;
    let (answer, _) = read(&bytes[..end], true)?;
    debug_assert!(!text.is_empty());
    Some((answer, end))
}

fn head(bytes: &[u8]) -> Option<(usize, String)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    Some((end, String::from_utf8_lossy(&bytes[..end]).into_owned()))
}

fn status(head: &str) -> Option<u16> {
    let line = head.lines().next()?;
    let rest = line.strip_prefix("HTTP/")?;
    rest.split(' ').nth(1)?.parse().ok()
}

enum Length {
    Known(usize),
    Chunked,
    ToTheEnd,
}

fn length(status: u16, headers: &[(String, String)]) -> Length {
    let header = |wanted: &str| {
        let found = headers.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    if status == 101 || status == 204 || status == 304 {
        return Length::Known(0);
    }
    if header("transfer-encoding").is_some_and(|value| value.to_lowercase().contains("chunked")) {
        return Length::Chunked;
    }
    header("content-length")
        .and_then(|value| value.parse().ok())
        .map_or(Length::ToTheEnd, Length::Known)
}

/// The body of whole chunks, and how many bytes they take.
fn chunks(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let line = bytes[at..].windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&bytes[at..at + line]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        let start = at + line + 2;
        let end = start.checked_add(size)?;
        body.extend_from_slice(bytes.get(start..end)?);
        let after = end + 2;
        bytes.get(end..after)?;
        at = after;
        if size == 0 {
            return Some((body, at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Option<(u16, String, usize)> {
        read(text.as_bytes(), false).map(|(answer, taken)| (answer.status, answer.body, taken))
    }

    #[test]
    fn whole_answers_are_read_one_by_one() {
        let two = "HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\nnoHTTP/1.1 200 OK\r\n\r\n";
        let (status, body, taken) = whole(two).expect("whole");
        assert_eq!((status, body.as_str()), (400, "no"));
        assert!(two[taken..].starts_with("HTTP/1.1 200"));
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nX";
        assert_eq!(
            whole(chunked),
            Some((200, "abc".to_owned(), chunked.len() - 1))
        );
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n";
        assert_eq!(whole(interim), Some((204, String::new(), interim.len())));
        assert_eq!(
            whole("HTTP/1.1 101 S\r\n\r\n\u{0}"),
            Some((101, String::new(), 18))
        );
    }

    #[test]
    fn parts_wait_for_the_rest_or_for_the_end() {
        let part = "HTTP/1.1 400 Bad\r\nContent-Length: 20\r\n\r\nno";
        assert_eq!(whole(part), None);
        let (answer, taken) = read(part.as_bytes(), true).expect("all there is");
        assert_eq!(
            (answer.status, answer.body.as_str(), taken),
            (400, "no", part.len())
        );
        let (head, _) = read_head(part.as_bytes()).expect("a head");
        assert_eq!((head.status, head.body.as_str()), (400, ""));
        for text in [
            "",
            "HTTP/1.1 4",
            "hello\r\n\r\n",
            "HTTP/1.1 x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        ] {
            assert_eq!(whole(text), None, "{text:?}");
        }
    }
}
