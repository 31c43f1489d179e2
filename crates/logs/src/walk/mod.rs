//! Finds records by their brackets, without parsing them.
//!
//! Outside of records the walk goes byte by byte; inside a record it looks at 64 bytes at a time and
//! only counts brackets, unless one of them can end the record. Positions are offsets in the whole
//! object; the caller says where its buffer begins, and may give the same object in any chunks.

mod gap;
mod marked;
mod member;
mod value;
mod watch;

use fearless_simd::Level;
use value::Value;
pub(crate) use watch::Watch;

use crate::{
    finder::Finder,
    marks::{Entry, Marks, RecordMarks},
};

/// Beyond this size a value that has not ended is looked at more closely, and at each doubling.
const FIRST_CHECK: usize = 256 * 1024;
/// Kept before the position in values too large to be kept whole: enough to look back for a name.
const MARGIN: usize = 1024;
/// The reason for a value that is no object where a record was expected.
pub(crate) const NO_OBJECT: &str = "not an object";
/// The reason for bytes outside of any value.
pub(crate) const OUTSIDE: &str = "not JSON";
/// Most records looked for at once: entering the vectorised part has its cost.
const MOST: usize = 64;

/// A part of an object, in offsets of the whole object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
    /// Whether a byte beyond ASCII may be in it.
    pub non_ascii: bool,
    /// Whether a backslash may be in it.
    pub backslash: bool,
    /// Whether a needle of the watch is in it.
    pub may_match: bool,
    /// The only place of the time's member, if the watch looks for it.
    pub time: Option<usize>,
    /// Its marks, if the walk made them.
    pub marked: Option<Entry>,
}

/// What the walk came upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A record, complete by its brackets.
    Record(Span),
    /// A value that has grown long: is it broken? Otherwise call again.
    Check { start: usize, end: usize },
    /// This value can never become right; call [`Walker::restart`] to go on behind it.
    Broken { start: usize, reason: &'static str },
    /// Something that is no record, up to `end`; the walk has passed it.
    Other { start: usize, end: usize, reason: &'static str },
    /// The buffer is used up.
    More,
    /// The object is used up.
    End,
}

/// Bounds of what counts as a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub record_bytes: usize,
    pub depth: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between values.
    Gap,
    /// In a value.
    Value,
    /// Behind the end.
    Done,
}

/// The bytes at hand: a window of the object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'a> {
    pub bytes: &'a [u8],
    /// Offset of the first byte in the object.
    pub base: usize,
    /// Whether the object ends with it.
    pub last: bool,
}

impl Window<'_> {
    pub(crate) fn end(&self) -> usize {
        self.base + self.bytes.len()
    }

    fn at(&self, position: usize) -> Option<u8> {
        self.bytes.get(position.checked_sub(self.base)?).copied()
    }
}

/// The walk's place in an object.
#[derive(Debug, Clone)]
pub(crate) struct Walker<'a> {
    record_arrays: &'a [String],
    bounds: Bounds,
    level: Level,
    position: usize,
    keep: usize,
    state: State,
    in_array: bool,
    in_member_array: bool,
    /// Arrays that are open inside the array of records.
    nested: usize,
    recovering: bool,
    garbage: Option<usize>,
    value: Value,
    watch: Watch,
    /// The marks of the records found, if they are wanted.
    marks: Option<Marks>,
    /// Records that were found but not given out yet, and how many of them were.
    records: Vec<Span>,
    given: usize,
    /// How many records are looked for at once.
    batch: usize,
    /// What to tell behind those records.
    held: Option<Step>,
}

impl<'a> Walker<'a> {
    /// A walk from the start of an object.
    pub(crate) fn new(record_arrays: &'a [String], bounds: Bounds) -> Self {
        Self {
            record_arrays,
            bounds,
            level: Level::new(),
            position: 0,
            keep: 0,
            state: State::Gap,
            in_array: false,
            in_member_array: false,
            nested: 0,
            recovering: false,
            garbage: None,
            value: Value::default(),
            watch: Watch::default(),
            marks: None,
            records: Vec::new(),
            given: 0,
            batch: 1,
            held: None,
        }
    }

    /// The same walk that looks for needles as it goes.
    pub(crate) fn with_watch(self, watch: Watch) -> Self {
        Self { watch, ..self }
    }

    /// The same walk that marks records as it goes, where they allow it.
    pub(crate) fn with_marks(self, mut marks: Marks) -> Self {
        marks.clear();
        Self { marks: Some(marks), ..self }
    }

    /// The memory of its marks, for the next walk.
    pub(crate) fn take_marks(&mut self) -> Option<Marks> {
        self.marks.take()
    }

    /// The marks of the record that was given out last.
    pub(crate) fn marks_of(&self, span: &Span) -> Option<RecordMarks<'_>> {
        Some(self.marks.as_ref()?.of(span.marked?))
    }

    /// Looks for the name of the time's member too, in records that have not begun yet; in those
    /// that were found already it now counts as not found.
    pub(crate) fn watch_time(&mut self, key: Option<&Finder>) {
        self.watch.set_time(key);
        self.value.seen.lose_times();
        self.records.iter_mut().for_each(|span| span.time = None);
        self.batch = 1;
    }

    /// Bytes before this offset are no longer needed.
    pub(crate) fn keep(&self) -> usize {
        self.keep
    }

    /// Goes on from `position` as if a new object began there, behind something broken. Records that
    /// were found behind it are forgotten.
    pub(crate) fn restart(&mut self, position: usize) {
        self.records.clear();
        self.given = 0;
        self.held = None;
        self.begin_anew(position);
    }

    fn begin_anew(&mut self, position: usize) {
        let fresh = Self::new(self.record_arrays, self.bounds);
        *self = Self {
            position,
            keep: position,
            recovering: true,
            watch: std::mem::take(&mut self.watch),
            marks: self.marks.take(),
            records: std::mem::take(&mut self.records),
            given: self.given,
            held: self.held,
            ..fresh
        };
    }

    /// The next step. Its positions lie in `window`, which begins at or before [`Self::keep`].
    pub(crate) fn next(&mut self, window: Window<'_>) -> Step {
        loop {
            if let Some(span) = self.records.get(self.given) {
                self.given += 1;
                return Step::Record(*span);
            }
            self.records.clear();
            self.marks.iter_mut().for_each(Marks::clear);
            self.given = 0;
            if let Some(step) = self.held.take().or_else(|| self.walk(window)) {
                return step;
            }
        }
    }

    /// Looks for a batch of records. None if there are some: a step behind them is held back.
    fn walk(&mut self, window: Window<'_>) -> Option<Step> {
        while self.records.len() < self.batch {
            let step = match self.state {
                State::Done => Some(Step::End),
                State::Gap => self.gap(window),
                State::Value if self.may_mark() => {
                    self.mark(window);
                    None
                }
                State::Value => self.in_value(window),
            };
            match step {
                None => {}
                _ if self.records.is_empty() => return step,
                // They come again when asked for, and more bytes may be at hand by then.
                Some(Step::More | Step::End) => return None,
                Some(_) => {
                    self.held = step;
                    return None;
                }
            }
        }
        self.batch = (self.batch * 2).min(MOST);
        None
    }
}

#[cfg(test)]
mod tests;
