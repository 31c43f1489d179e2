//! One pass over a record: validates it and takes out the values of all named paths.

mod careful;
mod parser;
mod paths;
mod shape;
mod swift;

use std::borrow::Cow;

use careful::Careful;
use parser::Parser;
pub(crate) use paths::PathSet;
use paths::{Open, Taken};
use shape::Shapes;

use crate::{classify::Class, escape::unescape, marks::RecordMarks};

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
#[derive(Debug, Default)]
pub(crate) struct Extractor {
    slots: Vec<Vec<Raw>>,
    open: Vec<Open>,
    root: Vec<Taken>,
    /// Paths that were opened at the top, perhaps several times.
    touched: Vec<u32>,
    /// The colons behind the names that were compared with paths, as numbers of marks.
    read: Vec<usize>,
    shapes: Shapes,
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

    /// Reads `record`, a JSON value with nothing but white space around it; quicker with its marks.
    pub(crate) fn extract(
        &mut self,
        record: &str,
        marks: Option<RecordMarks<'_>>,
        set: &PathSet,
        max_depth: u32,
    ) -> Result<(), JsonError> {
        self.clear(set);
        self.shapes.forget_last();
        if marks.and_then(|marks| self.extract_swiftly(record, marks, set, max_depth)).is_some() {
            return Ok(());
        }
        self.clear(set);
        self.extract_carefully(record, set, max_depth)
    }

    /// What the last record is, if that was kept of one built alike.
    pub(crate) fn class_of_alike(&mut self) -> Option<Class> {
        *self.shapes.class_of_last()?
    }

    /// Keeps what the last record is, and with it all that are built alike.
    pub(crate) fn keep_class(&mut self, class: Class) {
        self.shapes.class_of_last().into_iter().for_each(|kept| *kept = Some(class));
    }

    fn extract_swiftly(
        &mut self,
        record: &str,
        marks: RecordMarks<'_>,
        set: &PathSet,
        max_depth: u32,
    ) -> Option<()> {
        let mut shapes = std::mem::take(&mut self.shapes);
        let outcome = self.extract_marked(record, marks, set, max_depth, &mut shapes);
        self.shapes = shapes;
        outcome
    }

    fn extract_marked(
        &mut self,
        record: &str,
        marks: RecordMarks<'_>,
        set: &PathSet,
        max_depth: u32,
        shapes: &mut Shapes,
    ) -> Option<()> {
        let parser = Parser { bytes: record.as_bytes(), max_depth };
        let Some(mut bucket) = shapes.bucket(set, marks) else {
            return swift::read(record, marks, set, max_depth, self);
        };
        if bucket.read(parser, marks, self) {
            return Some(());
        }
        swift::read(record, marks, set, max_depth, self)?;
        bucket.learn(record, marks, set, self);
        Some(())
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
