//! One pass from mark to mark: for records that are JSON, as nearly all are.
//!
//! A string or scalar stands alone between two marks, so its end need not be looked for. That it is
//! one string and not several is seen at the end, by counting: each takes two quotes. Whatever does
//! not fit gives nothing, and the careful pass says what it is.

use std::borrow::Cow;

use super::{Extractor, Kind, PathSet, Raw, parser::Parser, paths::Range};
use crate::{escape::unescape, marks::RecordMarks};

pub(super) struct Swift<'a> {
    text: &'a str,
    bytes: &'a [u8],
    marks: &'a [u32],
    next: usize,
    strings: usize,
    has_backslash: bool,
    parser: Parser<'a>,
    set: &'a PathSet,
    out: &'a mut Extractor,
}

/// A mark: its place, and which.
type Mark = (usize, u8);

/// Takes the values of a record that is an object and nothing but white space around it. None if it
/// may be something else; `out` then holds parts of it.
pub(super) fn read(
    text: &str,
    marks: RecordMarks<'_>,
    set: &PathSet,
    max_depth: u32,
    out: &mut Extractor,
) -> Option<()> {
    let bytes = text.as_bytes();
    let parser = Parser { bytes, max_depth };
    let has_backslash = marks.has_backslash();
    let mut swift =
        Swift { text, bytes, marks: marks.places, next: 0, strings: 0, has_backslash, parser, set, out };
    swift.record()?;
    let is_whole = swift.next == swift.marks.len() && marks.quotes() == 2 * swift.strings;
    (is_whole && (!has_backslash || parser.has_right_escapes())).then_some(())
}

impl Swift<'_> {
    fn record(&mut self) -> Option<()> {
        let (start, b'{') = self.mark()? else { return None };
        self.blank(0, start)?;
        let end = self.object(start, None, 1)?;
        self.blank(end + 1, self.bytes.len())
    }

    #[inline]
    fn mark(&mut self) -> Option<Mark> {
        let place = *self.marks.get(self.next)? as usize;
        self.next += 1;
        Some((place, *self.bytes.get(place)?))
    }

    /// Whether the next mark closes what has just been opened at `at`: the place of it.
    #[inline]
    fn closes(&mut self, at: usize, closer: u8) -> Option<usize> {
        let place = *self.marks.get(self.next)? as usize;
        let is_empty = self.bytes.get(place) == Some(&closer) && self.blank(at + 1, place).is_some();
        self.next += usize::from(is_empty);
        is_empty.then_some(place)
    }

    /// An object that begins at `at`; gives the place of its closing brace.
    fn object(&mut self, at: usize, range: Option<Range>, depth: u32) -> Option<usize> {
        if depth > self.parser.max_depth {
            return None;
        }
        if let Some(end) = self.closes(at, b'}') {
            return Some(end);
        }
        let is_wanted = range.is_none_or(|(from, to)| from < to);
        let mut start = at + 1;
        loop {
            let (colon, b':') = self.mark()? else { return None };
            let (from, to) = self.quoted(start, colon)?;
            let first = self.out.open.len();
            if is_wanted {
                self.out.read.push(self.next - 1);
                self.enter(from + 1, to - 1, range)?;
            }
            match self.value(colon + 1, first, depth)? {
                (comma, b',') => start = comma + 1,
                (end, b'}') => return Some(end),
                _ => return None,
            }
        }
    }

    #[inline]
    fn enter(&mut self, start: usize, end: usize, range: Option<Range>) -> Option<()> {
        let written = self.text.get(start..end)?;
        let name = if self.has_backslash && written.contains('\\') {
            Cow::Owned(unescape(written))
        } else {
            Cow::Borrowed(written)
        };
        self.out.enter(self.set, &name, range);
        Some(())
    }

    /// An array that begins at `at`; gives the place of its closing bracket.
    fn array(&mut self, at: usize, range: Range, depth: u32) -> Option<usize> {
        if depth > self.parser.max_depth {
            return None;
        }
        if let Some(end) = self.closes(at, b']') {
            return Some(end);
        }
        let (mut start, mut index) = (at + 1, 0);
        loop {
            let first = self.out.open.len();
            self.out.enter_element(self.set, index, range);
            index += 1;
            match self.value(start, first, depth)? {
                (comma, b',') => start = comma + 1,
                (end, b']') => return Some(end),
                _ => return None,
            }
        }
    }

    /// The value that begins at or behind `start`, wanted by the open paths from `first` on, which
    /// end with it; gives the mark behind it.
    #[inline(always)]
    fn value(&mut self, start: usize, first: usize, depth: u32) -> Option<Mark> {
        let (place, mark) = self.mark()?;
        if mark == b'{' || mark == b'[' {
            return self.nested(start, (place, mark), first, depth);
        }
        let (kind, from, to) = match self.quoted(start, place) {
            Some((from, to)) => (Kind::Text, from, to),
            None => self.word_or_number(start, place)?,
        };
        if first < self.out.open.len() {
            self.give_scalar(kind, (from, to), first);
        }
        Some((place, mark))
    }

    fn give_scalar(&mut self, kind: Kind, (from, to): (usize, usize), first: usize) {
        let has_escape = |text: &[u8]| memchr::memchr(b'\\', text).is_some();
        let is_escaped = self.has_backslash && self.bytes.get(from..to).is_some_and(has_escape);
        let kind = if is_escaped { Kind::EscapedText } else { kind };
        self.out.give(first, Raw::new(kind, from, to));
    }

    /// The object or array that `opening` begins, behind `start`; gives the mark behind it.
    fn nested(&mut self, start: usize, opening: Mark, first: usize, depth: u32) -> Option<Mark> {
        let (place, mark) = opening;
        self.blank(start, place)?;
        let is_object = mark == b'{';
        let range = self.out.inside(first, is_object);
        let (kind, end) = if is_object {
            (Kind::Object, self.object(place, Some(range), depth + 1)?)
        } else {
            (Kind::Array, self.array(place, range, depth + 1)?)
        };
        if first < self.out.open.len() {
            self.out.give(first, Raw::new(kind, place, end + 1));
        }
        let (after, mark) = self.mark()?;
        self.blank(end + 1, after)?;
        Some((after, mark))
    }

    /// Counts the string that stands alone at `start..end`; gives where it is, quotes included.
    #[inline(always)]
    fn quoted(&mut self, start: usize, end: usize) -> Option<(usize, usize)> {
        let (mut from, mut to) = (start, end);
        if !self.is_quoted(from, to) {
            (from, to) = self.trimmed(start, end);
            if !self.is_quoted(from, to) {
                return None;
            }
        }
        self.strings += 1;
        Some((from, to))
    }

    #[inline(always)]
    fn is_quoted(&self, from: usize, to: usize) -> bool {
        from + 1 < to && self.is_quote(from) && self.is_quote(to - 1)
    }

    fn word_or_number(&self, start: usize, end: usize) -> Option<(Kind, usize, usize)> {
        let (from, to) = self.trimmed(start, end);
        Some((self.parser.word_or_number(from, to)?, from, to))
    }

    #[inline]
    fn is_quote(&self, at: usize) -> bool {
        self.bytes.get(at) == Some(&b'"')
    }

    #[inline]
    fn is_space(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t'))
    }

    #[inline]
    fn trimmed(&self, mut from: usize, mut to: usize) -> (usize, usize) {
        while from < to && self.is_space(from) {
            from += 1;
        }
        while from < to && self.is_space(to - 1) {
            to -= 1;
        }
        (from, to)
    }

    #[inline]
    fn blank(&self, from: usize, to: usize) -> Option<()> {
        (from..to).all(|at| self.is_space(at)).then_some(())
    }
}
