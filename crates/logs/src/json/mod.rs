//! One pass over a record: validates it and takes out the values of all named paths.

mod careful;
mod marks;
mod parser;
mod paths;
mod swift;

use std::borrow::Cow;

use careful::Careful;
use fearless_simd::Level;
use marks::Marks;
use parser::Parser;
pub(crate) use paths::PathSet;
use paths::{Open, Taken};

use crate::escape::unescape;

/// Why a record is no JSON, and where in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub offset: usize,
    pub reason: &'static str,
    /// Whether the text merely ends too early.
    pub is_incomplete: bool,
}

/// The reason for nesting beyond the limit.
pub(crate) const DEEP: &str = "nested deeper than the limit";

/// What kind of JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    True,
    False,
    Number,
    /// A string without escapes.
    Text,
    /// A string with escapes.
    EscapedText,
    Object,
    Array,
}

/// A value found: its place in the record (a string's without the quotes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

impl Raw {
    /// A value that is written at `start..end`, quotes included.
    fn new(kind: Kind, start: usize, end: usize) -> Self {
        match kind {
            Kind::Text | Kind::EscapedText => Self { kind, start: start + 1, end: end - 1 },
            _ => Self { kind, start, end },
        }
    }

    /// The value as it is written.
    pub(crate) fn written<'a>(&self, record: &'a str) -> &'a str {
        record.get(self.start..self.end).unwrap_or_default()
    }

    /// The value as text; none for null, objects and arrays.
    pub(crate) fn text<'a>(&self, record: &'a str) -> Option<Cow<'a, str>> {
        match self.kind {
            Kind::Null | Kind::Object | Kind::Array => None,
            Kind::EscapedText => Some(Cow::Owned(unescape(self.written(record)))),
            Kind::Text | Kind::Number | Kind::True | Kind::False => Some(Cow::Borrowed(self.written(record))),
        }
    }
}

/// Values by path, and the working memory of the pass; reused from record to record.
#[derive(Debug)]
pub(crate) struct Extractor {
    slots: Vec<Vec<Raw>>,
    open: Vec<Open>,
    root: Vec<Taken>,
    /// Paths that were opened at the top, perhaps several times.
    touched: Vec<u32>,
    marks: Marks,
    level: Level,
}

impl Default for Extractor {
    fn default() -> Self {
        let (slots, open, root, touched, marks) = Default::default();
        Self { slots, open, root, touched, marks, level: Level::new() }
    }
}

impl Extractor {
    /// All values of a path, in document order.
    pub(crate) fn all(&self, path: usize) -> &[Raw] {
        self.slots.get(path).map_or(&[], Vec::as_slice)
    }

    /// The value of a path that gives one.
    pub(crate) fn one(&self, path: usize) -> Option<Raw> {
        self.all(path).last().copied()
    }

    /// Reads `record`, a JSON value with nothing but white space around it.
    pub(crate) fn extract(&mut self, record: &str, set: &PathSet, max_depth: u32) -> Result<(), JsonError> {
        self.clear(set);
        if self.extract_swiftly(record, set, max_depth).is_some() {
            return Ok(());
        }
        self.clear(set);
        self.extract_carefully(record, set, max_depth)
    }

    fn extract_swiftly(&mut self, record: &str, set: &PathSet, max_depth: u32) -> Option<()> {
        let mut marks = std::mem::take(&mut self.marks);
        let is_regular = marks.read(self.level, record.as_bytes());
        let outcome = if is_regular { swift::read(record, &marks, set, max_depth, self) } else { None };
        self.marks = marks;
        outcome
    }

    fn extract_carefully(&mut self, record: &str, set: &PathSet, max_depth: u32) -> Result<(), JsonError> {
        let parser = Parser { bytes: record.as_bytes(), max_depth };
        let end = Careful { text: record, parser, set, out: self }.read()?;
        let after = parser.space(end);
        if after < record.len() { Err(parser.fail(after, "something follows the value")) } else { Ok(()) }
    }
}

/// Checks that `text` begins with a JSON value; gives the value's end.
pub(crate) fn validate_prefix(text: &[u8], max_depth: u32) -> Result<usize, JsonError> {
    let parser = Parser { bytes: text, max_depth };
    parser.skip(parser.space(0), 1)
}

#[cfg(test)]
mod tests;
