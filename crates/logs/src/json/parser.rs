//! Reads JSON byte by byte, and says what is wrong with it.

use super::{DEEP, JsonError, Kind};
use crate::escape::hexadecimal;

/// Reads JSON without keeping anything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parser<'a> {
    pub bytes: &'a [u8],
    pub max_depth: u32,
}

impl Parser<'_> {
    #[inline]
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub(super) fn fail(&self, offset: usize, reason: &'static str) -> JsonError {
        let is_incomplete = offset >= self.bytes.len();
        JsonError { offset, reason: if is_incomplete { "cut off" } else { reason }, is_incomplete }
    }

    /// The first position from `at` on that is not white space.
    #[inline]
    pub(super) fn space(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            at += 1;
        }
        at
    }

    /// The end of the string at `at`, and whether it has escapes.
    #[inline]
    pub(super) fn string(&self, at: usize) -> Result<(usize, bool), JsonError> {
        let mut position = at + 1;
        let mut has_escape = false;
        loop {
            position += special(self.bytes.get(position..).unwrap_or_default());
            match self.byte(position) {
                Some(b'"') => return Ok((position + 1, has_escape)),
                Some(b'\\') => {
                    has_escape = true;
                    position = self.escape(position)?;
                }
                _ => return Err(self.fail(position, "a control character in a string")),
            }
        }
    }

    fn escape(&self, at: usize) -> Result<usize, JsonError> {
        match self.byte(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => {
                let digits = self.bytes.get(at + 2..at + 6).ok_or_else(|| self.fail(self.bytes.len(), ""))?;
                let is_right = std::str::from_utf8(digits).is_ok_and(|digits| hexadecimal(digits).is_some());
                if is_right { Ok(at + 6) } else { Err(self.fail(at, "a wrong escape")) }
            }
            Some(_) => Err(self.fail(at, "a wrong escape")),
            None => Err(self.fail(at + 1, "")),
        }
    }

    /// Whether every backslash begins an escape.
    pub(super) fn has_right_escapes(&self) -> bool {
        let mut position = 0;
        while let Some(found) = memchr::memchr(b'\\', self.bytes.get(position..).unwrap_or_default()) {
            match self.escape(position + found) {
                Ok(end) => position = end,
                Err(_) => return false,
            }
        }
        true
    }

    pub(super) fn scalar(&self, at: usize) -> Result<(Kind, usize), JsonError> {
        match self.byte(at) {
            Some(b'"') => {
                let (end, has_escape) = self.string(at)?;
                Ok((if has_escape { Kind::EscapedText } else { Kind::Text }, end))
            }
            Some(b't') => self.word(at, "true", Kind::True),
            Some(b'f') => self.word(at, "false", Kind::False),
            Some(b'n') => self.word(at, "null", Kind::Null),
            Some(b'-' | b'0'..=b'9') => self.number(at).map(|end| (Kind::Number, end)),
            _ => Err(self.fail(at, "a value was expected")),
        }
    }

    fn word(&self, at: usize, word: &str, kind: Kind) -> Result<(Kind, usize), JsonError> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            return Ok((kind, at + word.len()));
        }
        let is_cut = word.as_bytes().starts_with(rest);
        Err(self.fail(if is_cut { self.bytes.len() } else { at }, "a value was expected"))
    }

    /// The kind of number or word that is all of `from..to`.
    pub(super) fn word_or_number(&self, from: usize, to: usize) -> Option<Kind> {
        match self.bytes.get(from..to)? {
            b"true" => Some(Kind::True),
            b"false" => Some(Kind::False),
            b"null" => Some(Kind::Null),
            _ if self.number(from) == Ok(to) => Some(Kind::Number),
            _ => None,
        }
    }

    pub(super) fn number(&self, at: usize) -> Result<usize, JsonError> {
        let mut position = if self.byte(at) == Some(b'-') { at + 1 } else { at };
        position = match self.byte(position) {
            Some(b'0') => position + 1,
            Some(b'1'..=b'9') => self.digits(position),
            _ => return Err(self.fail(position, "a digit was expected")),
        };
        if self.byte(position) == Some(b'.') {
            position = self.some_digits(position + 1)?;
        }
        if matches!(self.byte(position), Some(b'e' | b'E')) {
            position += 1;
            if matches!(self.byte(position), Some(b'+' | b'-')) {
                position += 1;
            }
            position = self.some_digits(position)?;
        }
        Ok(position)
    }

    fn digits(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), Some(b'0'..=b'9')) {
            at += 1;
        }
        at
    }

    fn some_digits(&self, at: usize) -> Result<usize, JsonError> {
        let end = self.digits(at);
        if end == at { Err(self.fail(at, "a digit was expected")) } else { Ok(end) }
    }

    /// The end of the value at `at`.
    pub(super) fn skip(&self, at: usize, depth: u32) -> Result<usize, JsonError> {
        let (is_object, closer) = match self.byte(at) {
            Some(b'{') => (true, b'}'),
            Some(b'[') => (false, b']'),
            _ => return self.scalar(at).map(|(_, end)| end),
        };
        if depth > self.max_depth {
            return Err(self.fail(at, DEEP));
        }
        let mut position = self.space(at + 1);
        if self.byte(position) == Some(closer) {
            return Ok(position + 1);
        }
        loop {
            if is_object {
                if self.byte(position) != Some(b'"') {
                    return Err(self.fail(position, "a member name was expected"));
                }
                position = self.space(self.string(position)?.0);
                if self.byte(position) != Some(b':') {
                    return Err(self.fail(position, "a colon was expected"));
                }
                position = self.space(position + 1);
            }
            position = self.space(self.skip(position, depth + 1)?);
            match self.byte(position) {
                Some(b',') => position = self.space(position + 1),
                Some(byte) if byte == closer => return Ok(position + 1),
                _ => return Err(self.fail(position, "a comma or closing bracket was expected")),
            }
        }
    }
}

/// Length of the run without quotes, backslashes and control characters, eight bytes at a time.
#[inline]
fn special(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let mut length = 0;
    let mut rest = bytes;
    while let Some((chunk, behind)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let quote = zero(word ^ (ONES * u64::from(b'"')));
        let backslash = zero(word ^ (ONES * u64::from(b'\\')));
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        let found = quote | backslash | control;
        if found != 0 {
            // The lowest bit is exact; only bits above it may be false.
            return length + (found.trailing_zeros() / 8) as usize;
        }
        length += 8;
        rest = behind;
    }
    length + rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)).count()
}
