//! What is done with one record: classify, unwrap, test, and make a row.

use std::ops::ControlFlow;

use arrow::record_batch::RecordBatch;
use fearless_simd::Level;

use crate::{
    classify::Class,
    columns::Rows,
    derive::Row,
    finder::Finder,
    input::ReadError,
    json::{Extractor, PathSet},
    marks::{Marks, RecordMarks},
    plan::ScanPlan,
    report::ScanReport,
    tally::{Edges, Hint, Tally},
    unwrap,
    walk::{Span, Step, Walker, Window},
};

/// Wrappers inside wrappers are opened to this depth.
const MAX_WRAPPERS: usize = 6;

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

    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    pub(crate) fn bad(&self, offset: usize, reason: &str) {
        self.report.add_bad(self.object, offset, reason);
    }

    pub(crate) fn foreign(&self, kind: &str) {
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
        let Ok(record) = simdutf8::basic::from_utf8(bytes) else { return Outcome::Broken("not UTF-8") };
        let class = match self.classify(record, marks) {
            Ok(class) => class,
            Err(reason) => return Outcome::Broken(reason),
        };
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
            Class::Foreign(kind) => {
                let name = self.plan.spec.formats.foreign.get(kind).map_or("", |kind| kind.name.as_str());
                self.foreign(name);
            }
            Class::Unknown => self.foreign("unknown record"),
        }
        Outcome::Read
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
