//! What members, rooms and messages of a load are called: `RUN-ROOM-PLACE`, `RUN-ROOM`, `RUN/ROOM/PLACE/NUMBER...`.
//!
//! All of it is ASCII that no server folds, quotes or escapes, and in upper case, as `from` is.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::Id;

/// Fills a text up to its size.
const FILL: u8 = b'.';
/// A PNG of one pixel, up to where its data would begin: 33 bytes, so that base64 puts the text behind it at a place of
/// its own.
const PNG: [u8; 33] =
    *b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90\x77\x53\xde";
const LABEL: &str = "data:image/png;base64,";

/// The names of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    run: String,
    members: u32,
    size: usize,
}

impl Names {
    /// Names that no other seed has, for rooms of `members` members; texts are filled up to `size` bytes.
    pub fn new(seed: u64, members: u32, size: usize) -> Names {
        const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let mut run = String::from("L");
        let mut rest = seed % 36_u64.pow(9);
        for _ in 0..9 {
            run.push(char::from(DIGITS[(rest % 36) as usize]));
            rest /= 36;
        }
        Names {
            run,
            members: members.max(1),
            size,
        }
    }

    /// Members of each room.
    pub fn members(&self) -> u32 {
        self.members
    }

    /// What every name and text of the run begins with.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The name of a member.
    pub fn user(&self, who: Id) -> String {
        let (room, place) = (who / self.members, who % self.members);
        format!("{}-{room}-{place}", self.run)
    }

    /// The room that a member is at home in.
    pub fn room(&self, who: Id) -> String {
        format!("{}-{}", self.run, who / self.members)
    }

    /// A room that nobody ever joins.
    pub fn nowhere(&self) -> String {
        format!("{}-NOWHERE", self.run)
    }

    /// Appends the text of a message.
    pub fn write_text(&self, out: &mut String, sender: Id, number: u32) {
        let start = out.len();
        let (room, place) = (sender / self.members, sender % self.members);
        // Writing to a string cannot fail.
        let _ = write!(out, "{}/{room}/{place}/{number}", self.run);
        while out.len() - start < self.size {
            out.push(char::from(FILL));
        }
    }

    /// An image that carries the text.
    pub fn image(&self, sender: Id, number: u32) -> String {
        let mut text = String::new();
        self.write_text(&mut text, sender, number);
        let bytes = [&PNG[..], text.as_bytes()].concat();
        format!("{LABEL}{}", BASE64_STANDARD.encode(bytes))
    }

    /// Sender and number of a text, if it is whole and of this run.
    pub fn read_text(&self, text: &str) -> Option<(Id, u32)> {
        let rest = text.strip_prefix(self.run.as_str())?.as_bytes();
        let (room, rest) = number(rest.strip_prefix(b"/")?)?;
        let (place, rest) = number(rest.strip_prefix(b"/")?)?;
        let (number, rest) = number(rest.strip_prefix(b"/")?)?;
        let wanted = self.size.saturating_sub(text.len() - rest.len());
        let whole = rest.len() == wanted && rest.iter().all(|byte| *byte == FILL);
        Some((self.id(room, place)?, number)).filter(|_| whole)
    }

    /// The same of an image.
    pub fn read_image(&self, url: &str) -> Option<(Id, u32)> {
        let bytes = BASE64_STANDARD.decode(url.strip_prefix(LABEL)?).ok()?;
        let text = bytes.strip_prefix(&PNG)?;
        self.read_text(std::str::from_utf8(text).ok()?)
    }

    /// The member of that name.
    pub fn read_user(&self, name: &str) -> Option<Id> {
        let rest = name.strip_prefix(self.run.as_str())?.as_bytes();
        let (room, rest) = number(rest.strip_prefix(b"-")?)?;
        let (place, rest) = number(rest.strip_prefix(b"-")?)?;
        self.id(room, place).filter(|_| rest.is_empty())
    }

    fn id(&self, room: u32, place: u32) -> Option<Id> {
        (place < self.members)
            .then(|| room.checked_mul(self.members)?.checked_add(place))
            .flatten()
    }
}

/// The decimal number at the start, and what follows it.
fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if digits == 0 || digits > 9 || (digits > 1 && bytes[0] == b'0') {
        return None;
    }
    let (head, rest) = bytes.split_at(digits);
    let number = head
        .iter()
        .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::{Names, number};

    #[test]
    fn what_is_written_is_read() {
        let names = Names::new(795_390_851_470, 20, 48);
        assert_eq!(names.read_user(&names.user(247)), Some(247));
        assert_eq!(names.room(247), format!("{}-12", names.run()));
        let mut text = String::new();
        names.write_text(&mut text, 247, 1_000);
        assert_eq!(text.len(), 48);
        assert_eq!(names.read_text(&text), Some((247, 1_000)));
        assert_eq!(names.read_image(&names.image(247, 5)), Some((247, 5)));
    }

    #[test]
    fn what_is_not_whole_is_not_read() {
        let names = Names::new(1, 20, 32);
        let mut text = String::new();
        names.write_text(&mut text, 7, 3);
        for wrong in [
            &text[..text.len() - 1],
            &format!("{text}."),
            &text.replace("/7/", "/07/"),
            &text.replace("/7/", "/20/"),
            &text.replace('.', " "),
            &text.to_lowercase(),
        ] {
            assert_eq!(names.read_text(wrong), None, "{wrong}");
        }
        assert_eq!(names.read_user(&format!("{}x", names.user(7))), None);
        let other = Names::new(2, 20, 32);
        assert_eq!(other.read_text(&text), None);
    }

    #[test]
    fn a_text_is_as_long_wherever_it_is_put() {
        let names = Names::new(1, 20, 32);
        let mut text = "42[\"".to_owned();
        names.write_text(&mut text, 7, 3);
        assert_eq!(text.len(), 4 + 32);
        assert_eq!(names.read_text(&text[4..]), Some((7, 3)));
    }

    #[test]
    fn nobody_is_beyond_the_last_place_or_at_home_nowhere() {
        let names = Names::new(1, 20, 0);
        let run = names.run();
        assert_eq!(names.read_user(&format!("{run}-0-19")), Some(19));
        assert_eq!(names.read_user(&format!("{run}-0-20")), None);
        assert_eq!(names.nowhere(), format!("{run}-NOWHERE"));
    }

    #[test]
    fn numbers_are_decimal_short_and_without_a_needless_zero() {
        type Row = (&'static [u8], Option<(u32, &'static [u8])>);
        let rows: [Row; 8] = [
            (b"", None),
            (b"x", None),
            (b"0", Some((0, b""))),
            (b"00", None),
            (b"07", None),
            (b"10/2", Some((10, b"/2"))),
            (b"123456789", Some((123_456_789, b""))),
            (b"1234567890", None),
        ];
        for (bytes, read) in rows {
            assert_eq!(number(bytes), read, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
