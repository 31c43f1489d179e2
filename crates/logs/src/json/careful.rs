//! One pass byte by byte: it tells where something is no JSON, and why.

use std::borrow::Cow;

use super::{DEEP, Extractor, JsonError, Kind, PathSet, Raw, parser::Parser, paths::Range};
use crate::escape::unescape;

/// Reads a record of any form.
pub(super) struct Careful<'a> {
    pub text: &'a str,
    pub parser: Parser<'a>,
    pub set: &'a PathSet,
    pub out: &'a mut Extractor,
}

impl Careful<'_> {
    /// The value at the beginning; gives its end.
    pub(super) fn read(&mut self) -> Result<usize, JsonError> {
        let start = self.parser.space(0);
        match self.parser.byte(start) {
            Some(b'{') => self.object(start, None, 1),
            _ => self.parser.skip(start, 1),
        }
    }

    /// An object at `at`; `range` are the open paths that may enter it, none at the top.
    fn object(&mut self, at: usize, range: Option<Range>, depth: u32) -> Result<usize, JsonError> {
        let parser = self.parser;
        if depth > parser.max_depth {
            return Err(parser.fail(at, DEEP));
        }
        let mut position = parser.space(at + 1);
        if parser.byte(position) == Some(b'}') {
            return Ok(position + 1);
        }
        loop {
            if parser.byte(position) != Some(b'"') {
                return Err(parser.fail(position, "a member name was expected"));
            }
            let (end, has_escape) = parser.string(position)?;
            let first = self.out.open.len();
            let written = self.text.get(position + 1..end - 1).unwrap_or_default();
            let name = if has_escape { Cow::Owned(unescape(written)) } else { Cow::Borrowed(written) };
            self.out.enter(self.set, &name, range);
            position = parser.space(end);
            if parser.byte(position) != Some(b':') {
                return Err(parser.fail(position, "a colon was expected"));
            }
            position = parser.space(position + 1);
            position = parser.space(self.value(position, first, depth)?);
            match parser.byte(position) {
                Some(b',') => position = parser.space(position + 1),
                Some(b'}') => return Ok(position + 1),
                _ => return Err(parser.fail(position, "a comma or closing brace was expected")),
            }
        }
    }

    /// The value at `at`, wanted by the open paths from `first` on, which end with it.
    fn value(&mut self, at: usize, first: usize, depth: u32) -> Result<usize, JsonError> {
        if first == self.out.open.len() {
            return self.parser.skip(at, depth + 1);
        }
        let (kind, end) = match self.parser.byte(at) {
            Some(b'{') => match self.out.inside(first, true) {
                (from, to) if from == to => (Kind::Object, self.parser.skip(at, depth + 1)?),
                range => (Kind::Object, self.object(at, Some(range), depth + 1)?),
            },
            Some(b'[') => match self.out.inside(first, false) {
                (from, to) if from == to => (Kind::Array, self.parser.skip(at, depth + 1)?),
                range => (Kind::Array, self.array(at, range, depth + 1)?),
            },
            _ => self.parser.scalar(at)?,
        };
        self.out.give(first, Raw::new(kind, at, end));
        Ok(end)
    }

    fn array(&mut self, at: usize, range: Range, depth: u32) -> Result<usize, JsonError> {
        let parser = self.parser;
        if depth > parser.max_depth {
            return Err(parser.fail(at, DEEP));
        }
        let mut position = parser.space(at + 1);
        if parser.byte(position) == Some(b']') {
            return Ok(position + 1);
        }
        let mut index = 0;
        loop {
            let first = self.out.open.len();
            self.out.enter_element(self.set, index, range);
            position = parser.space(self.value(position, first, depth)?);
            index += 1;
            match parser.byte(position) {
                Some(b',') => position = parser.space(position + 1),
                Some(b']') => return Ok(position + 1),
                _ => return Err(parser.fail(position, "a comma or closing bracket was expected")),
            }
        }
    }
}
