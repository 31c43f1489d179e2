//! Text of logs on its way to people: what would steer a terminal, or turn text around, is shown as an escape.

use std::io::{self, Write};

/// A writer that shows control characters, and those that change the direction of text, as `\u` and four digits, which
/// is what they are in JSON too. Line feeds, tabs and the colours that quarry itself uses pass.
pub struct Shown<W> {
    inner: W,
    /// The beginning of what may be a longer character or a colour.
    held: Vec<u8>,
}

/// What is looked at together.
enum Unit {
    /// So many bytes pass as they are.
    Pass(usize),
    /// A character of so many bytes is shown as its number.
    Escape(usize, u32),
    /// More bytes are needed to tell.
    Held,
}

impl<W: Write> Shown<W> {
    pub fn new(inner: W) -> Self {
        Self { inner, held: Vec::new() }
    }

    /// The writer below, for bytes that are to stay as they are.
    pub fn raw(&mut self) -> io::Result<&mut W> {
        self.release()?;
        Ok(&mut self.inner)
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut plain = 0;
        let mut at = 0;
        while at < bytes.len() {
            match unit(bytes.get(at..).unwrap_or_default()) {
                Unit::Pass(length) => at += length,
                Unit::Escape(length, code) => {
                    self.inner.write_all(bytes.get(plain..at).unwrap_or_default())?;
                    write!(self.inner, "\\u{code:04x}")?;
                    at += length;
                    plain = at;
                }
                Unit::Held => break,
            }
        }
        self.inner.write_all(bytes.get(plain..at).unwrap_or_default())?;
        self.held = bytes.get(at..).unwrap_or_default().to_vec();
        Ok(())
    }

    /// Writes what was held back, which nothing follows.
    fn release(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        match held.first() {
            Some(0x1b) => {
                write!(self.inner, "\\u001b")?;
                self.inner.write_all(held.get(1..).unwrap_or_default())
            }
            _ => self.inner.write_all(&held),
        }
    }
}

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.is_empty() {
            self.take(bytes)?;
        } else {
            let mut together = std::mem::take(&mut self.held);
            together.extend_from_slice(bytes);
            self.take(&together)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.release()?;
        self.inner.flush()
    }
}

/// A text with the same characters shown as escapes, colours too.
pub fn escaped(text: &str) -> String {
    let is_shown = |letter: char| {
        (letter.is_control() && !matches!(letter, '\n' | '\t'))
            || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match is_shown(letter) {
            true => out.push_str(&format!("\\u{:04x}", u32::from(letter))),
            false => out.push(letter),
        }
    }
    out
}

fn unit(bytes: &[u8]) -> Unit {
    match bytes {
        [] => Unit::Held,
        [0x1b, rest @ ..] => match colour(rest) {
            Colour::Ours(length) => Unit::Pass(length + 1),
            Colour::Unfinished => Unit::Held,
            Colour::No => Unit::Escape(1, 0x1b),
        },
        [b'\n' | b'\t', ..] => Unit::Pass(1),
        [byte @ (0..=0x1f | 0x7f), ..] => Unit::Escape(1, u32::from(*byte)),
        [0xc2 | 0xd8] | [0xe2] | [0xe2, 0x80 | 0x81] => Unit::Held,
        // U+0080 to U+009F: control characters of eight bits.
        [0xc2, next @ 0x80..=0x9f, ..] => Unit::Escape(2, u32::from(*next)),
        [0xd8, 0x9c, ..] => Unit::Escape(2, 0x61c),
        // Marks, embeddings, overrides and isolates of direction, and separators of lines.
        [0xe2, 0x80, next @ (0x8e | 0x8f | 0xa8..=0xae), ..] => {
            Unit::Escape(3, 0x2000 + u32::from(*next - 0x80))
        }
        [0xe2, 0x81, next @ 0xa6..=0xa9, ..] => Unit::Escape(3, 0x2040 + u32::from(*next - 0x80)),
        [..] => Unit::Pass(1),
    }
}

enum Colour {
    /// One that quarry uses, with its length after the escape.
    Ours(usize),
    Unfinished,
    No,
}

/// The longest colour.
const LONGEST: usize = 12;

fn colour(rest: &[u8]) -> Colour {
    let end = rest.iter().position(|byte| !matches!(byte, b'[' | b';' | b'0'..=b'9'));
    match (rest, end) {
        ([], _) => Colour::Unfinished,
        ([b'[', ..], None) if rest.len() <= LONGEST => Colour::Unfinished,
        ([b'[', ..], Some(end)) if rest.get(end) == Some(&b'm') => {
            let codes = rest.get(1..end).unwrap_or_default();
            if is_ours(codes) { Colour::Ours(end + 1) } else { Colour::No }
        }
        _ => Colour::No,
    }
}

/// Bold, italic, underlined and the six colours that are seen on any background. Not those that hide text.
fn is_ours(codes: &[u8]) -> bool {
    let text = std::str::from_utf8(codes).unwrap_or_default();
    let plain = |code: &str| {
        matches!(code.parse(), Ok(0..=1 | 3..=4 | 22..=24 | 31..=36 | 39 | 91..=96)) || code.is_empty()
    };
    match text.strip_prefix("38;5;") {
        Some(number) => matches!(number.parse(), Ok(9..=14)),
        None => text.split(';').all(plain),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(parts: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let mut shown = Shown::new(&mut out);
        parts.iter().for_each(|part| shown.write_all(part).unwrap());
        shown.raw().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_steers_a_terminal_is_seen_and_colours_of_ours_pass() {
        let text =
            "a\u{1b}]0;title\u{7}b\u{1b}[2Jc\u{9b}1md\r\u{202e}e\u{2066}f\u{61c}g\u{7f}\n\th\u{e9}\u{2026}";
        assert_eq!(
            shown(&[text.as_bytes()]),
            "a\\u001b]0;title\\u0007b\\u001b[2Jc\\u009b1md\\u000d\\u202ee\\u2066f\\u061cg\\u007f\n\th\u{e9}\u{2026}"
        );
        assert_eq!(
            shown(&[b"\x1b[1;31mred\x1b[0m \x1b[38;5;9mx\x1b[m"]),
            "\x1b[1;31mred\x1b[0m \x1b[38;5;9mx\x1b[m"
        );
        assert_eq!(shown(&[b"\x1b[8mhidden\x1b[30m\x1b["]), "\\u001b[8mhidden\\u001b[30m\\u001b[");
    }

    proptest! {
        #[test]
        fn parts_are_shown_as_the_whole(text in "[a\u{1b}\\[\\]0-9;m\u{9b}\u{202e}\u{e9}\u{2066}\n]{0,40}", cut in 0_usize..40) {
            let bytes = text.as_bytes();
            let (left, right) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(shown(&[left, right]), shown(&[bytes]));
        }
    }
}
