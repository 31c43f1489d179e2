//! Reads one object: bytes in, record batches out.

use std::{
    io::{ErrorKind, Read},
    ops::ControlFlow,
    sync::Arc,
};

use arrow::record_batch::RecordBatch;

use crate::{
    archive::{Archive, Member},
    input::{self, Buffers, Expansion, ObjectInput, ReadError, Source, Stream},
    kind,
    need::Cursors,
    plan::ScanPlan,
    record::{Outcome, Place, Reader},
    report::{ObjectOutcome, ScanReport},
    resync::{self, Found, LOOK_BACK},
    walk::{NO_OBJECT, OUTSIDE, Span, Step, Walker, Watch, Window},
};

/// Reads an object and gives its rows in batches, until the object ends or `emit` breaks.
///
/// Synchronous and bound by the processor; memory is bounded by [`crate::Limits`], not by the object.
/// What is wrong inside the object goes to the report, and the rest is read.
///
/// # Errors
/// If the object cannot be opened or read at all, or a batch cannot be built.
pub fn read_object(
    plan: &Arc<ScanPlan>,
    object_name: &str,
    input: ObjectInput,
    report: &ScanReport,
    emit: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
) -> Result<(), ReadError> {
    let mut buffers = plan.buffers.take();
    let outcome = read(plan, object_name, input, report, emit, &mut buffers);
    plan.buffers.give_back(buffers);
    outcome
}

/// An archive in an archive is read to this depth.
const NESTED: usize = 3;

fn read(
    plan: &ScanPlan,
    object_name: &str,
    input: ObjectInput,
    report: &ScanReport,
    emit: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    buffers: &mut Buffers,
) -> Result<(), ReadError> {
    // Where nobody wants more rows, the other members are not read.
    let is_stopped = std::cell::Cell::new(false);
    let mut emit = |batch: RecordBatch| {
        let flow = emit(batch);
        is_stopped.set(is_stopped.get() || flow.is_break());
        flow
    };
    let failed = |error| ReadError::Io { object: object_name.to_owned(), error };
    match input::open(input, plan.spec.limits.whole_bytes, buffers).map_err(failed)? {
        Source::Archive(archive, stored) => {
            let expansion = Arc::new(Expansion::new(plan.spec.limits.expanded_bytes, stored));
            let mut members = Members { plan, report, buffers, expansion, is_stopped: &is_stopped };
            members.read(object_name, archive, &mut emit, 1)
        }
        Source::Stream(stream) => {
            let source = Source::Stream(stream.within(plan.spec.limits.expanded_bytes, None));
            one(plan, object_name, source, report, &mut emit, buffers)
        }
        source => one(plan, object_name, source, report, &mut emit, buffers),
    }
}

/// The members of an archive as objects.
struct Members<'a> {
    plan: &'a ScanPlan,
    report: &'a ScanReport,
    buffers: &'a mut Buffers,
    expansion: Arc<Expansion>,
    is_stopped: &'a std::cell::Cell<bool>,
}

impl Members<'_> {
    fn read(
        &mut self,
        object: &str,
        mut archive: Archive,
        emit: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
        depth: usize,
    ) -> Result<(), ReadError> {
        let mut count = 0;
        while !self.is_stopped.get() {
            if self.expansion.is_over() {
                self.report.unread().add(object, &input::expands_too_much().to_string());
                return Ok(());
            }
            match archive.next_member() {
                Ok(None) => break,
                Ok(Some(Member::Unreadable(name, why))) => {
                    self.report.unread().add(&format!("{object}!{name}"), &why);
                }
                Ok(Some(Member::File(name, reader))) => {
                    self.member(&format!("{object}!{name}"), reader, emit, depth)?;
                }
                Err(error) => {
                    let reason = format!("the archive is damaged or cut off: {error}");
                    self.report.unread().add(object, &reason);
                    return Ok(());
                }
            }
            count += 1;
        }
        if count == 0 {
            self.report.add_foreign("archive without files", object);
        }
        Ok(())
    }

    fn member(
        &mut self,
        name: &str,
        reader: Box<dyn Read + Send>,
        emit: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
        depth: usize,
    ) -> Result<(), ReadError> {
        let whole_bytes = self.plan.spec.limits.whole_bytes;
        let source = match input::open(ObjectInput::Stream(reader), whole_bytes, self.buffers) {
            Ok(Source::Archive(..)) if depth >= NESTED => {
                self.report.unread().add(name, "an archive this deep in archives is not read: unpack it");
                return Ok(());
            }
            Ok(Source::Archive(archive, _)) => return self.read(name, archive, emit, depth + 1),
            Ok(Source::Stream(stream)) => {
                Source::Stream(stream.within(self.plan.spec.limits.expanded_bytes, Some(&self.expansion)))
            }
            Ok(source) => source,
            Err(error) => {
                self.report.unread().add(name, &error.to_string());
                return Ok(());
            }
        };
        match one(self.plan, name, source, self.report, emit, self.buffers) {
            Err(ReadError::Io { error, .. }) => {
                self.report.unread().add(name, &error.to_string());
                Ok(())
            }
            outcome => outcome,
        }
    }
}

/// Reads an object that is open.
fn one(
    plan: &ScanPlan,
    object_name: &str,
    source: Source,
    report: &ScanReport,
    emit: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    buffers: &mut Buffers,
) -> Result<(), ReadError> {
    let failed = |error| ReadError::Io { object: object_name.to_owned(), error };
    let reader = Reader::new(plan, report, object_name, emit, std::mem::take(&mut buffers.found));
    let watch = plan.prefilter.needles().and_then(Watch::new);
    let is_watched = watch.is_some();
    let mut walker =
        Walker::new(&plan.spec.formats.record_arrays, plan.bounds()).with_watch(watch.unwrap_or_default());
    if plan.prefilter.lets_all_pass() {
        walker = walker.with_marks(std::mem::take(&mut buffers.marks));
    }
    let mut scan = Scan {
        head: Vec::new(),
        is_binary: false,
        is_table: false,
        walker,
        is_watched,
        watched_log: None,
        cursors: Cursors::default(),
        reader,
        pending: None,
        outcome: ObjectOutcome::Empty,
    };
    // What was read before a stream failed is kept: it was counted, and it is good.
    let mut read = Ok(());
    match source {
        Source::Whole { length, stored } => {
            report.add_bytes(stored, length as u64);
            let plain = std::mem::take(&mut buffers.plain);
            let bytes = plain.get(..length).unwrap_or_default();
            scan.note_head(bytes);
            scan.window(Window { bytes, base: 0, last: true });
            scan.finish(length);
            buffers.plain = plain;
        }
        Source::Stream(stream) => {
            let mut plain = std::mem::take(&mut buffers.plain);
            let outcome = scan.stream(stream, &mut plain);
            if plain.len() <= plan.spec.limits.whole_bytes {
                buffers.plain = plain;
            }
            read = outcome.map_err(failed);
        }
        Source::Archive(..) => {}
    }
    let outcome = scan.reader.finish();
    buffers.found = scan.reader.release();
    buffers.marks = scan.walker.take_marks().unwrap_or_default();
    report.add_object(if read.is_err() { ObjectOutcome::Failed } else { scan.outcome });
    read.and(outcome)
}

/// How much of an object's beginning is kept, to tell what it is.
const HEAD: usize = 4096;

struct Scan<'a> {
    head: Vec<u8>,
    is_binary: bool,
    is_table: bool,
    walker: Walker<'a>,
    /// Whether the walk looks for all needles itself; otherwise the cursors do.
    is_watched: bool,
    /// The log type whose time the walk looks for.
    watched_log: Option<usize>,
    cursors: Cursors,
    reader: Reader<'a>,
    pending: Option<Pending>,
    outcome: ObjectOutcome,
}

/// A search for the next good record that waits for more bytes.
#[derive(Debug, Clone, Copy)]
struct Pending {
    broken: Broken,
    /// What stands before was looked at.
    from: usize,
    /// Going on is worth it when so many bytes are at hand: twice as many as the last time.
    enough: usize,
}

#[derive(Debug, Clone, Copy)]
enum Broken {
    /// A record that is no JSON.
    Inside(Span),
    /// A value that begins here and never ends rightly.
    Behind(usize),
}

impl Broken {
    fn start(self) -> usize {
        match self {
            Self::Inside(span) => span.start,
            Self::Behind(start) => start,
        }
    }
}

impl Pending {
    /// A search behind the first byte of something broken.
    fn new(broken: Broken) -> Self {
        Self { broken, from: broken.start() + 1, enough: 0 }
    }

    /// Bytes before this offset are no longer needed.
    fn keep(self) -> usize {
        self.from.saturating_sub(LOOK_BACK).max(self.broken.start())
    }
}

impl Scan<'_> {
    /// Reads a stream chunk by chunk; the buffer grows with the largest record at most.
    fn stream(&mut self, mut stream: Stream, buffer: &mut Vec<u8>) -> std::io::Result<()> {
        let chunk = self.reader.plan().spec.limits.chunk_bytes.max(64);
        let (mut base, mut filled, mut taken) = (0, 0, 0);
        self.is_table = stream.is_table();
        loop {
            if buffer.len() < filled + chunk {
                buffer.resize(filled + chunk, 0);
            }
            let (count, error) = stream.fill(buffer.get_mut(filled..filled + chunk).unwrap_or_default());
            filled += count;
            self.reader.report().add_bytes(stream.taken() - taken, count as u64);
            taken = stream.taken();
            let last = count < chunk || error.is_some();
            let bytes = buffer.get(..filled).unwrap_or_default();
            if base == 0 {
                self.note_head(bytes);
            }
            if base == 0 && is_binary(bytes) {
                self.strange(true);
                return Ok(());
            }
            self.window(Window { bytes, base, last });
            if let Some(error) = error {
                if !stream.is_compressed() {
                    return Err(error);
                }
                let reason = if error.kind() == ErrorKind::QuotaExceeded {
                    error.to_string()
                } else {
                    format!("the compressed object is damaged or cut off: {error}")
                };
                self.reader.bad(base + filled, &reason);
            }
            if last || self.reader.is_stopped() {
                self.finish(base + filled);
                return Ok(());
            }
            let passed = self.pending.map_or(self.walker.keep(), Pending::keep).saturating_sub(base);
            if passed > 0 {
                buffer.copy_within(passed..filled, 0);
                base += passed;
                filled -= passed;
            }
        }
    }

    fn finish(&mut self, length: usize) {
        if self.reader.is_understood() {
            self.reader.report().unread().note_understood();
            self.outcome =
                if self.reader.has_events() { ObjectOutcome::Events } else { ObjectOutcome::OtherKinds };
        } else if length == 0 && self.reader.has_bad() {
            self.reader.not_understood("a compressed object that is damaged from its beginning");
            self.outcome = ObjectOutcome::NotUnderstood;
        } else if length == 0 {
            self.reader.foreign("empty");
        } else if !self.is_empty_list() {
            self.strange(self.is_binary);
        }
    }

    fn note_head(&mut self, bytes: &[u8]) {
        if self.head.is_empty() {
            self.head.extend_from_slice(bytes.get(..bytes.len().min(HEAD)).unwrap_or_default());
        }
    }

    /// Names what the object looks like, of which nothing was understood.
    fn strange(&mut self, is_binary: bool) {
        let kind = kind::of(&self.head, is_binary, self.is_table);
        if kind.may_be_log {
            self.reader.not_understood(&kind.name);
        }
        self.outcome = if kind.may_be_log { ObjectOutcome::NotUnderstood } else { ObjectOutcome::OtherKinds };
        if !self.reader.has_foreign() || self.is_table {
            self.reader.foreign(&kind.name);
        }
    }

    /// Whether the object is JSON that holds no records, such as an empty list of them.
    fn is_empty_list(&self) -> bool {
        let is_json = matches!(self.head.trim_ascii_start().first(), Some(b'{' | b'['));
        is_json && !self.reader.has_foreign() && !self.reader.has_bad()
    }

    /// Reads the records of a window; afterwards the bytes before the walker's `keep` may go.
    fn window(&mut self, window: Window<'_>) {
        if window.base == 0 && window.last && is_binary(window.bytes) {
            self.is_binary = true;
            return;
        }
        if let Some(pending) = self.pending.take() {
            self.resynchronise(window, pending);
        }
        while self.pending.is_none() && !self.reader.is_stopped() {
            match self.walker.next(window) {
                Step::Record(span) => self.record(window, span),
                Step::Other { start, end, reason: NO_OBJECT } => {
                    let bytes = bytes_of(window, start, end);
                    self.reader.no_object(bytes, Place { offset: start, index: None }, true);
                }
                Step::Other { start, end, reason: OUTSIDE }
                    if self.reader.outside(bytes_of(window, start, end), start) => {}
                Step::Other { start, end, reason } => {
                    self.reader.bad(start, reason);
                    self.reader.report().add_skipped(end.saturating_sub(start));
                }
                Step::Check { start, end } => {
                    if resync::is_broken(window, start, end, self.reader.plan().spec.limits.depth) {
                        self.broken(window, start, "not JSON");
                    }
                }
                Step::Broken { start, reason } => self.broken(window, start, reason),
                Step::More | Step::End => break,
            }
        }
        self.reader.settle_times(window);
    }

    fn record(&mut self, window: Window<'_>, span: Span) {
        let bytes = window.bytes.get(span.start - window.base..span.end - window.base).unwrap_or_default();
        let filter = &self.reader.plan().prefilter;
        let range = (span.start, span.end);
        let has_needle = if self.is_watched {
            span.may_match
        } else {
            self.cursors.may_match(filter, window.bytes, window.base, range)
        };
        let may_match = has_needle || filter.traits.may_hide(bytes, span.non_ascii, span.backslash);
        // The walk looked for the time of the kind of record it last heard of.
        let is_current = self.watched_log == self.reader.hinted_log();
        if !may_match && is_current && self.reader.count(window, span) {
            return;
        }
        let place = Place { offset: span.start, index: None };
        let outcome = self.reader.record((bytes, self.walker.marks_of(&span)), place, may_match);
        let log = self.reader.hinted_log();
        if log != self.watched_log {
            self.watched_log = log;
            self.walker.watch_time(self.reader.time_key());
        }
        if let Outcome::Broken(reason) = outcome {
            self.reader.bad(span.start, reason);
            self.resynchronise(window, Pending::new(Broken::Inside(span)));
        }
    }

    /// Reports a value that never ends or cannot be right, and goes on behind it.
    fn broken(&mut self, window: Window<'_>, start: usize, reason: &'static str) {
        self.reader.bad(start, reason);
        self.resynchronise(window, Pending::new(Broken::Behind(start)));
    }

    fn resynchronise(&mut self, window: Window<'_>, pending: Pending) {
        if window.end() < pending.enough && !window.last {
            self.pending = Some(pending);
            return;
        }
        let Pending { broken, from, .. } = pending;
        let found = match broken {
            Broken::Inside(span) => resync::inside(&mut self.reader, window, span, from),
            Broken::Behind(_) => resync::behind(&mut self.reader, window, from),
        };
        let position = match (found, broken) {
            (Found::At(position), _) => position,
            (Found::NeedsMore(from), _) if !window.last => {
                let enough = from + (window.end() - from) * 2;
                self.pending = Some(Pending { broken, from, enough });
                return;
            }
            (_, Broken::Inside(span)) => {
                self.reader.report().add_skipped(span.end - span.start);
                return;
            }
            (_, Broken::Behind(_)) => window.end(),
        };
        self.reader.report().add_skipped(position.saturating_sub(broken.start()));
        self.walker.restart(position);
        self.cursors.clear();
    }
}

/// Whether an object does not begin like JSON and has bytes that no text has. Zeros say nothing: a crash or a
/// rotation leaves runs of them in logs; but for a mark of UTF-16, which is not read.
fn is_binary(bytes: &[u8]) -> bool {
    let zeros = bytes.iter().position(|byte| *byte != 0).unwrap_or_default();
    if matches!(bytes.get(zeros..).unwrap_or_default().trim_ascii_start().first(), Some(b'{' | b'[')) {
        return false;
    }
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let is_wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    is_wide || head.iter().any(|byte| matches!(byte, 1..=8 | 0x0e..=0x1a))
}

/// What of a part of the object is at hand.
fn bytes_of(window: Window<'_>, start: usize, end: usize) -> &[u8] {
    window.bytes.get(start.saturating_sub(window.base)..end - window.base).unwrap_or_default()
}
