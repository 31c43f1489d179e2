//! What is done with one record: classify, unwrap, test, and make a row.

use std::{cell::Cell, ops::ControlFlow};

use arrow::record_batch::RecordBatch;
use fearless_simd::Level;

use quarry_views::Encoding;

use crate::{
    classify::Class,
    columns::Rows,
    derive::Row,
    escape::unescape,
    finder::Finder,
    input::ReadError,
    inside,
    json::{Extractor, PathSet},
    marks::{Marks, RecordMarks},
    mend,
    plan::{LogPlan, ScanPlan},
    report::{Note, ScanReport},
    reshape,
    tally::{Edges, Hint, Tally},
    unwrap,
    walk::{NO_OBJECT, Span, Step, Walker, Window},
};

/// Wrappers inside wrappers are opened to this depth.
const MAX_WRAPPERS: usize = 6;
/// An unknown record up to this size is searched for known ones inside.
const LAST_RESORT: usize = 8 << 20;

/// Where a record lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Offset in the object, of the outermost wrapper that is text.
    pub offset: usize,
    /// Index inside a wrapping value.
    pub index: Option<usize>,
}

/// How reading a record went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Read,
    /// It is no JSON; nothing was reported yet.
    Broken(&'static str),
}

/// Reads the records of one object.
pub(crate) struct Reader<'a> {
    plan: &'a ScanPlan,
    report: &'a ScanReport,
    object: &'a str,
    emit: &'a mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    rows: Rows,
    found: Extractor,
    /// Marks of a record that came without.
    marks: Marks,
    level: Level,
    tally: Tally,
    hint: Option<Hint>,
    edges: Edges,
    /// Records counted without parsing since times were last settled.
    counted: Vec<(usize, usize)>,
    last_log: usize,
    /// Whether something in the object was understood.
    understood: bool,
    has_foreign: Cell<bool>,
    has_bad: Cell<bool>,
    is_stopped: bool,
    failure: Option<ReadError>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        plan: &'a ScanPlan,
        report: &'a ScanReport,
        object: &'a str,
        emit: &'a mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
        found: Extractor,
    ) -> Self {
        Self {
            plan,
            report,
            object,
            emit,
            rows: Rows::new(plan.schema(), &plan.spec.columns),
            found,
            marks: Marks::default(),
            level: Level::new(),
            tally: Tally::default(),
            hint: None,
            edges: Edges::default(),
            counted: Vec::new(),
            last_log: 0,
            understood: false,
            has_foreign: Cell::new(false),
            has_bad: Cell::new(false),
            is_stopped: false,
            failure: None,
        }
    }

    pub(crate) fn plan(&self) -> &'a ScanPlan {
        self.plan
    }

    pub(crate) fn report(&self) -> &'a ScanReport {
        self.report
    }

    pub(crate) fn is_understood(&self) -> bool {
        self.understood
    }

    pub(crate) fn has_events(&self) -> bool {
        self.tally.has_events
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    pub(crate) fn bad(&self, offset: usize, reason: &str) {
        self.has_bad.set(true);
        self.report.add_bad(self.object, offset, reason);
    }

    /// Notes that nothing of the object was understood.
    pub(crate) fn not_understood(&self, kind: &str) {
        self.report.unread().add_not_understood(self.object, kind);
    }

    /// Whether something in the object was named as another kind.
    pub(crate) fn has_foreign(&self) -> bool {
        self.has_foreign.get()
    }

    /// Whether something in the object was bad.
    pub(crate) fn has_bad(&self) -> bool {
        self.has_bad.get()
    }

    pub(crate) fn foreign(&self, kind: &str) {
        self.has_foreign.set(true);
        self.report.add_foreign(kind, self.object);
    }

    /// Counts a record that cannot match, without parsing it. False if it must be parsed.
    pub(crate) fn count(&mut self, window: Window<'_>, span: Span) -> bool {
        let record = window.bytes.get(span.start - window.base..span.end - window.base).unwrap_or_default();
        let Some(hint) = self.hint.as_ref().filter(|hint| hint.fits(record)) else { return false };
        if span.non_ascii && simdutf8::basic::from_utf8(record).is_err() {
            return false;
        }
        let Some(key) = self.plan.logs.get(hint.log).and_then(|log| log.time_key.as_ref()) else {
            return false;
        };
        if span.backslash && memchr::memmem::find(record, b"\\u").is_some() {
            return false;
        }
        if !self.edges.note(window, span, key) {
            return false;
        }
        self.counted.push((span.start, span.end));
        self.tally.event(hint.log);
        true
    }

    /// The log type of the last record that was parsed and may serve as a hint.
    pub(crate) fn hinted_log(&self) -> Option<usize> {
        self.hint.as_ref().map(|hint| hint.log)
    }

    /// The quoted name of the time's member in records like the last one that was parsed.
    pub(crate) fn time_key(&self) -> Option<&'a Finder> {
        let hint = self.hint.as_ref()?;
        self.plan.logs.get(hint.log)?.time_key.as_ref()
    }

    /// Checks the earliest and latest time found without parsing, while their records are at hand.
    pub(crate) fn settle_times(&mut self, window: Window<'_>) {
        let edges = self.edges.take();
        let counted = std::mem::take(&mut self.counted);
        let mut is_right = true;
        for edge in edges.into_iter().flatten() {
            let time = self.exact_time(window, (edge.span.start, edge.span.end));
            self.tally.time(time);
            is_right &= time == Some(edge.time);
        }
        if !is_right {
            for span in &counted {
                let time = self.exact_time(window, *span);
                self.tally.time(time);
            }
        }
        self.counted = counted;
        self.counted.clear();
        self.pass_counts();
    }

    fn exact_time(&mut self, window: Window<'_>, (start, end): (usize, usize)) -> Option<i64> {
        let bytes = window.bytes.get(start - window.base..end - window.base)?;
        let record = simdutf8::basic::from_utf8(bytes).ok()?;
        let Ok(Class::Log(log)) = self.classify(record, None) else { return None };
        self.plan.logs.get(log)?.time(&self.found, record)
    }

    fn pass_counts(&mut self) {
        for (log, count) in self.tally.events.iter_mut().enumerate() {
            self.report.add_events(log, std::mem::take(count));
        }
        self.report.add_rows(std::mem::take(&mut self.tally.rows));
        if let Some((oldest, newest)) = self.tally.take_times() {
            self.report.add_times(oldest, newest);
        }
    }

    /// Reads a record that may have been marked; a row comes of it only if it `may_match`.
    pub(crate) fn record(
        &mut self,
        (bytes, marks): (&[u8], Option<RecordMarks<'_>>),
        place: Place,
        may_match: bool,
    ) -> Outcome {
        self.read((bytes, marks), place, may_match, 0)
    }

    fn read(
        &mut self,
        (bytes, marks): (&[u8], Option<RecordMarks<'_>>),
        place: Place,
        may_match: bool,
        wrappers: usize,
    ) -> Outcome {
        let Ok(record) = simdutf8::basic::from_utf8(bytes) else {
            let record = String::from_utf8_lossy(bytes).into_owned();
            return self.mended(record, place, (may_match, wrappers), "bytes that are no text");
        };
        let class = match self.classify(record, marks) {
            Ok(class) => class,
            Err(reason) => match mend::numbers(record) {
                Some(record) => {
                    return self.mended(
                        record,
                        place,
                        (may_match, wrappers),
                        "a number that JSON does not know",
                    );
                }
                None => return Outcome::Broken(reason),
            },
        };
        self.understood |= !matches!(class, Class::Unknown);
        match class {
            Class::Log(log) => {
                if wrappers == 0
                    && !self.hint.as_ref().is_some_and(|hint| hint.log == log && hint.fits(bytes))
                {
                    self.hint = Hint::new(log, bytes);
                }
                self.event(record, log, place, may_match);
            }
            Class::Wrapper(wrapper) => self.wrapped(record, wrapper, place, may_match, wrappers),
            Class::Shaped(shape) => self.shaped(record, shape, place),
            Class::Foreign(kind) => {
                let name = self.plan.spec.formats.foreign.get(kind).map_or("", |kind| kind.name.as_str());
                self.foreign(name);
            }
            Class::Unknown => self.unknown(record, place, may_match, wrappers),
        }
        Outcome::Read
    }

    /// Reads a record under its log's own names. What it holds cannot be searched from outside.
    fn shaped(&mut self, record: &str, shape: usize, place: Place) {
        let plan = self.plan;
        let formats = &plan.spec.formats;
        let Some(shape) = formats.reshapes.get(shape) else { return };
        let index = formats.log_types.iter().position(|log| log.id == shape.log_type);
        let log = index.and_then(|index| Some((index, plan.logs.get(index)?)));
        let Some((made, (index, log))) = reshape::reshaped(record, shape).zip(log) else {
            return self.foreign(&shape.name);
        };
        match self.extract(&made, None, &log.paths) {
            Ok(()) => {
                let first = || format!("{}, {} at byte {}", shape.name, self.object, place.offset);
                self.report.note(Note::Reshaped, first);
                self.event(&made, index, place, true);
            }
            Err(reason) => self.bad(place.offset, reason),
        }
    }

    /// Reads a record of which a value had to be replaced.
    fn mended(
        &mut self,
        record: String,
        place: Place,
        (may_match, wrappers): (bool, usize),
        what: &str,
    ) -> Outcome {
        let outcome = self.read((record.as_bytes(), None), place, may_match, wrappers);
        if outcome == Outcome::Read {
            let at = format!("{} at byte {}: {what}", self.object, place.offset);
            self.report.unread().note_mended(at.clone());
            self.report.note(Note::Mended, || at);
        }
        outcome
    }

    /// A record of no known kind: the last resort is to look for known ones in its members.
    fn unknown(&mut self, record: &str, place: Place, may_match: bool, wrappers: usize) {
        if wrappers == 0 && record.len() <= LAST_RESORT && self.look_inside(record, place, may_match) {
            return;
        }
        self.foreign("unknown record");
    }

    /// Whether events lie in the members of an unknown object; reads them if so.
    fn look_inside(&mut self, record: &str, place: Place, may_match: bool) -> bool {
        let found = inside::known(self, record);
        for text in &found {
            self.report.note(Note::LastResort, || format!("{} at byte {}", self.object, place.offset));
            self.inside(text, place, may_match, 1);
        }
        !found.is_empty()
    }

    /// What the record is; its values for the log type are in `found` afterwards.
    pub(crate) fn classify(
        &mut self,
        record: &str,
        marks: Option<RecordMarks<'_>>,
    ) -> Result<Class, &'static str> {
        if marks.is_some() {
            return self.classify_marked(record, marks);
        }
        let mut own = std::mem::take(&mut self.marks);
        own.clear();
        let entry = own.read(self.level, record.as_bytes());
        let class = self.classify_marked(record, entry.map(|entry| own.of(entry)));
        self.marks = own;
        class
    }

    fn classify_marked(
        &mut self,
        record: &str,
        marks: Option<RecordMarks<'_>>,
    ) -> Result<Class, &'static str> {
        let plan = self.plan;
        let guess = plan.logs.get(self.last_log);
        let paths = guess.map_or(plan.base.as_ref(), |log| &log.paths);
        self.extract(record, marks, paths)?;
        let class = plan.classifier.classify(&mut self.found, record);
        if let Class::Log(log) = class
            && log != self.last_log
            && let Some(known) = plan.logs.get(log)
        {
            self.last_log = log;
            self.extract(record, marks, &known.paths)?;
        }
        Ok(class)
    }

    fn extract(
        &mut self,
        record: &str,
        marks: Option<RecordMarks<'_>>,
        paths: &PathSet,
    ) -> Result<(), &'static str> {
        self.found.extract(record, marks, paths, self.plan.spec.limits.depth).map_err(|error| error.reason)
    }

    fn event(&mut self, record: &str, index: usize, place: Place, may_match: bool) {
        let Some(log) = self.plan.logs.get(index) else { return };
        let time = log.time(&self.found, record);
        self.tally.event(index);
        self.tally.time(time);
        if time.is_none() {
            self.timeless(record, log, place);
        }
        if !may_match
            || !self.plan.is_in_range(time)
            || !log.need.may_match(record.as_bytes(), &self.plan.prefilter.traits)
        {
            return;
        }
        let row = Row {
            record,
            object: self.object,
            place: (place.offset, place.index),
            time,
            log_type: &log.id,
            found: &self.found,
            null_is_text: log.null_is_text,
        };
        self.rows.push(&log.nodes, &row);
        let limits = &self.plan.spec.limits;
        if self.rows.count() >= limits.batch_rows || self.rows.bytes() >= limits.batch_bytes {
            self.flush();
        }
    }

    /// Counts an event without a readable time, and says what stands in its place.
    fn timeless(&self, record: &str, log: &LogPlan, place: Place) {
        let first = || {
            let text = log.written_time(&self.found, record);
            let text = text.map_or_else(|| "no time".to_owned(), |text| format!("`{text}`"));
            format!("{} at byte {}: {text}", self.object, place.offset)
        };
        let note = if self.plan.time_range == (None, None) { Note::Timeless } else { Note::TimelessLeftOut };
        self.report.note(note, first);
    }

    fn flush(&mut self) {
        let count = self.rows.count();
        if count == 0 {
            return;
        }
        match self.rows.finish() {
            Ok(batch) => {
                self.tally.rows += count as u64;
                self.is_stopped |= (self.emit)(batch).is_break();
            }
            Err(error) => {
                self.failure =
                    Some(ReadError::Batch { object: self.object.to_owned(), message: error.to_string() });
                self.is_stopped = true;
            }
        }
    }

    fn wrapped(&mut self, record: &str, wrapper: usize, place: Place, may_match: bool, wrappers: usize) {
        let Some(unwrap) = self.plan.spec.formats.unwraps.get(wrapper) else { return };
        let inner = self.plan.classifier.inner(wrapper).and_then(|path| self.found.one(path));
        let Some(inner) = inner.filter(|_| wrappers < MAX_WRAPPERS) else {
            return self.foreign(&unwrap.name);
        };
        // What is inside cannot be searched from outside.
        let may_match = may_match || matches!(unwrap.encoding, Encoding::Base64 | Encoding::Table);
        match unwrap::open(record, inner, unwrap.encoding, self.plan.spec.limits.record_bytes) {
            Some(unwrap::Inner::InPlace(text)) => {
                if let Outcome::Broken(reason) =
                    self.read((text.as_bytes(), None), place, may_match, wrappers + 1)
                {
                    self.bad(place.offset, reason);
                }
            }
            Some(unwrap::Inner::Records(bytes)) => self.inside(&bytes, place, may_match, wrappers + 1),
            None => self.foreign(&unwrap.name),
        }
    }

    /// A JSON text, array or other value where a record was expected: text may be a record itself.
    pub(crate) fn no_object(&mut self, bytes: &[u8], place: Place, may_match: bool) {
        let text = bytes.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
        let text = text.and_then(|text| std::str::from_utf8(text).ok()).map(unescape);
        if let Some(text) = text.filter(|text| text.trim_start().starts_with(['{', '['])) {
            return self.inside(text.as_bytes(), place, may_match, 1);
        }
        self.report.note(Note::NoObject, || format!("{} at byte {}", self.object, place.offset));
    }

    /// Bytes outside of JSON: what looks like a piece of it was part of a record.
    pub(crate) fn outside(&mut self, bytes: &[u8], offset: usize) -> bool {
        let is_piece = |mark: &[u8]| memchr::memmem::find(bytes, mark).is_some();
        if is_piece(b"\":") || is_piece(b"\",") || bytes.contains(&b'}') {
            return false;
        }
        self.report.note(Note::AroundJson, || format!("{} at byte {offset}", self.object));
        true
    }

    /// Reads the records of a wrapped value.
    fn inside(&mut self, bytes: &[u8], place: Place, may_match: bool, wrappers: usize) {
        let window = Window { bytes, base: 0, last: true };
        let mut walker = Walker::new(&self.plan.spec.formats.record_arrays, self.plan.bounds());
        let mut index = 0;
        while !self.is_stopped {
            match walker.next(window) {
                Step::Record(span) => {
                    let inner = window.bytes.get(span.start..span.end).unwrap_or_default();
                    let place = Place { offset: place.offset, index: place.index.or(Some(index)) };
                    if let Outcome::Broken(reason) = self.read((inner, None), place, may_match, wrappers) {
                        self.bad(place.offset, reason);
                    }
                    index += 1;
                }
                Step::Check { .. } => {}
                Step::Other { start, end, reason: NO_OBJECT } if wrappers < MAX_WRAPPERS => {
                    self.no_object(window.bytes.get(start..end).unwrap_or_default(), place, may_match);
                }
                Step::Other { reason, .. } | Step::Broken { reason, .. } => self.bad(place.offset, reason),
                Step::More | Step::End => return,
            }
        }
    }

    /// The memory it was given, for the next object.
    pub(crate) fn release(&mut self) -> Extractor {
        std::mem::take(&mut self.found)
    }

    /// Gives out what is left.
    pub(crate) fn finish(&mut self) -> Result<(), ReadError> {
        if !self.is_stopped {
            self.flush();
        }
        self.pass_counts();
        self.failure.take().map_or(Ok(()), Err)
    }
}
