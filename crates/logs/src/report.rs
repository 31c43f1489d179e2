//! What a scan met: shared by all threads, readable at any time.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    },
};

use quarry_views::LogFormats;

/// Most bad records that are listed, of one object and of all.
const KEPT_OF_OBJECT: usize = 5;
const KEPT_BAD: usize = 1_000;
/// How far back the list is searched for the same object.
const RECENT: usize = 64;
/// At most so many objects of each foreign kind, and unreadable ones, are kept by name.
const KEPT: usize = 100;

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// The object.
    pub object: String,
    /// Where it begins, in bytes after decompression.
    pub offset: u64,
    /// What is wrong.
    pub reason: String,
}

/// An object or folder that could not be read, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The object or folder.
    pub name: String,
    /// What the system or the service says.
    pub reason: String,
}

/// What could not be read in all scans that share the list: a copy is the same list.
#[derive(Debug, Clone, Default)]
pub struct Unread(Arc<Mutex<AllUnreadable>>);

#[derive(Debug, Default)]
struct AllUnreadable {
    names: HashSet<String>,
    first: Vec<Unreadable>,
    strange: HashSet<String>,
    not_understood: Vec<NotUnderstood>,
    is_any_understood: bool,
    mended: Option<String>,
}

impl Unread {
    /// Notes an object or folder that could not be read, or not to its end; the same one counts once.
    pub fn add(&self, name: &str, reason: &str) {
        let mut known = self.lock();
        if known.names.insert(name.to_owned()) && known.first.len() < KEPT {
            known.first.push(Unreadable { name: name.to_owned(), reason: reason.to_owned() });
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().names.len()
    }

    /// The first hundred of them.
    #[must_use]
    pub fn first(&self) -> Vec<Unreadable> {
        self.lock().first.clone()
    }

    /// Notes an object of which nothing was understood; the same one counts once.
    pub(crate) fn add_not_understood(&self, name: &str, kind: &str) {
        let mut known = self.lock();
        if known.strange.insert(name.to_owned()) && known.not_understood.len() < KEPT {
            known.not_understood.push(NotUnderstood { name: name.to_owned(), kind: kind.to_owned() });
        }
    }

    pub(crate) fn note_understood(&self) {
        self.lock().is_any_understood = true;
    }

    /// How many objects nothing was understood of.
    #[must_use]
    pub fn count_not_understood(&self) -> usize {
        self.lock().strange.len()
    }

    /// The first hundred of them.
    #[must_use]
    pub fn not_understood(&self) -> Vec<NotUnderstood> {
        self.lock().not_understood.clone()
    }

    /// Whether something was understood in some object.
    #[must_use]
    pub fn is_any_understood(&self) -> bool {
        self.lock().is_any_understood
    }

    /// Notes that a value was replaced, for want of a right one.
    pub(crate) fn note_mended(&self, what: String) {
        self.lock().mended.get_or_insert(what);
    }

    /// The first value that was replaced, with its place.
    #[must_use]
    pub fn mended(&self) -> Option<String> {
        self.lock().mended.clone()
    }

    fn lock(&self) -> MutexGuard<'_, AllUnreadable> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An object of which nothing was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUnderstood {
    /// Path or URL.
    pub name: String,
    /// What it looks like, and what would help.
    pub kind: String,
}

/// Objects or records that are no audit records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForeignCount {
    /// How many.
    pub count: u64,
    /// Objects they lie in, the first hundred.
    pub objects: Vec<String>,
}

/// Counts of a scan, updated while it runs.
#[derive(Debug)]
pub struct ScanReport {
    log_types: Vec<String>,
    bytes_compressed: AtomicU64,
    bytes_uncompressed: AtomicU64,
    objects: [AtomicU64; 5],
    rows: AtomicU64,
    bad: AtomicU64,
    skipped: AtomicU64,
    events: Vec<AtomicU64>,
    oldest: AtomicI64,
    newest: AtomicI64,
    bad_records: Mutex<Vec<BadRecord>>,
    unread: Unread,
    foreign: Mutex<BTreeMap<String, ForeignCount>>,
    notes: Mutex<BTreeMap<Note, Noted>>,
}

/// What came of an object: exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectOutcome {
    /// It has events.
    Events,
    /// All in it was named as something else than events.
    OtherKinds,
    /// Nothing in it was understood.
    NotUnderstood,
    /// There is nothing in it.
    Empty,
    /// Reading it failed before its end.
    Failed,
}

impl ObjectOutcome {
    /// All of them, in order, by the names that accounts give them.
    pub const NAMED: [(Self, &'static str); 5] = [
        (Self::Events, "with_events"),
        (Self::OtherKinds, "of_other_kinds"),
        (Self::NotUnderstood, "not_understood"),
        (Self::Empty, "empty"),
        (Self::Failed, "failed"),
    ];
}

/// Something that is counted, with the first place it was met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Noted {
    /// How often.
    pub count: u64,
    /// The first of them: object, place, text.
    pub first: String,
}

/// What is counted though it is neither bad nor another kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// An event whose time is missing or cannot be read.
    Timeless,
    /// One of these that a time range left out.
    TimelessLeftOut,
    /// Text before, between or behind JSON.
    AroundJson,
    /// A JSON value that is no object.
    NoObject,
    /// An event with a value that had to be replaced: bytes that are no text, a number that JSON does not know.
    Mended,
    /// An event made of the columns or members that another product knows it by.
    Reshaped,
    /// An event found in a member of an object that is otherwise unknown.
    LastResort,
}

/// The state of a [`ScanReport`] at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// Bytes read, as they are stored.
    pub bytes_compressed: u64,
    /// Bytes read, decompressed.
    pub bytes_uncompressed: u64,
    /// Objects that were read.
    pub objects: u64,
    /// The same objects by what came of them, in the order of [`ObjectOutcome`].
    pub objects_by_outcome: [u64; 5],
    /// Events read by identifier of the log type, none left out.
    pub events: Vec<(String, u64)>,
    /// Events passed to the output.
    pub rows: u64,
    /// Bad records, all of them.
    pub bad: u64,
    /// Bytes that were passed over because they are no good records.
    pub skipped: u64,
    /// Bad records: the first five of each object, a thousand in all.
    pub bad_records: Vec<BadRecord>,
    /// Objects and records that are no audit records, by what they are.
    pub foreign: BTreeMap<String, ForeignCount>,
    /// What else is worth a line.
    pub notes: BTreeMap<Note, Noted>,
    /// Earliest event time, microseconds since 1970-01-01 UTC.
    pub oldest: Option<i64>,
    /// Latest event time, microseconds since 1970-01-01 UTC.
    pub newest: Option<i64>,
}

impl Snapshot {
    /// Events read of all log types.
    #[must_use]
    pub fn events_read(&self) -> u64 {
        self.events.iter().map(|(_, count)| count).sum()
    }
}

impl ScanReport {
    /// An empty report for these log types.
    #[must_use]
    pub fn new(formats: &LogFormats) -> Self {
        Self::sharing(formats, Unread::default())
    }

    /// An empty report that adds to a list of what could not be read.
    #[must_use]
    pub fn sharing(formats: &LogFormats, unread: Unread) -> Self {
        Self {
            log_types: formats.log_types.iter().map(|log| log.id.clone()).collect(),
            bytes_compressed: AtomicU64::new(0),
            bytes_uncompressed: AtomicU64::new(0),
            objects: Default::default(),
            rows: AtomicU64::new(0),
            bad: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            events: formats.log_types.iter().map(|_| AtomicU64::new(0)).collect(),
            oldest: AtomicI64::new(i64::MAX),
            newest: AtomicI64::new(i64::MIN),
            bad_records: Mutex::default(),
            unread,
            foreign: Mutex::default(),
            notes: Mutex::default(),
        }
    }

    /// The counts now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let counts = self.events.iter().map(|count| count.load(Relaxed));
        let objects = self.objects.each_ref().map(|count| count.load(Relaxed));
        Snapshot {
            bytes_compressed: self.bytes_compressed.load(Relaxed),
            bytes_uncompressed: self.bytes_uncompressed.load(Relaxed),
            objects: objects.iter().sum(),
            objects_by_outcome: objects,
            events: self.log_types.iter().cloned().zip(counts).collect(),
            rows: self.rows.load(Relaxed),
            bad: self.bad.load(Relaxed),
            skipped: self.skipped.load(Relaxed),
            bad_records: self.bad_records.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            foreign: self.foreign.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            notes: self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            oldest: Some(self.oldest.load(Relaxed)).filter(|time| *time != i64::MAX),
            newest: Some(self.newest.load(Relaxed)).filter(|time| *time != i64::MIN),
        }
    }

    pub(crate) fn add_bytes(&self, compressed: u64, uncompressed: u64) {
        self.bytes_compressed.fetch_add(compressed, Relaxed);
        self.bytes_uncompressed.fetch_add(uncompressed, Relaxed);
    }

    pub(crate) fn add_object(&self, outcome: ObjectOutcome) {
        if let Some(count) = self.objects.get(outcome as usize) {
            count.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn add_rows(&self, count: u64) {
        self.rows.fetch_add(count, Relaxed);
    }

    pub(crate) fn add_events(&self, log_type: usize, count: u64) {
        if let Some(total) = self.events.get(log_type) {
            total.fetch_add(count, Relaxed);
        }
    }

    pub(crate) fn add_times(&self, oldest: i64, newest: i64) {
        self.oldest.fetch_min(oldest, Relaxed);
        self.newest.fetch_max(newest, Relaxed);
    }

    pub(crate) fn add_bad(&self, object: &str, offset: usize, reason: &str) {
        self.bad.fetch_add(1, Relaxed);
        let mut list = self.bad_records.lock().unwrap_or_else(PoisonError::into_inner);
        // A few of each object, so that one that is all bad does not hide the others.
        let of_object = list.iter().rev().take(RECENT).filter(|known| known.object == object).count();
        if list.len() < KEPT_BAD && of_object < KEPT_OF_OBJECT {
            let offset = u64::try_from(offset).unwrap_or(u64::MAX);
            list.push(BadRecord { object: object.to_owned(), offset, reason: reason.to_owned() });
        }
    }

    pub(crate) fn add_skipped(&self, bytes: usize) {
        self.skipped.fetch_add(bytes as u64, Relaxed);
    }

    /// What could not be read at all, or not to its end.
    #[must_use]
    pub fn unread(&self) -> &Unread {
        &self.unread
    }

    /// Counts something; `first` says where and what, if it is the first.
    pub(crate) fn note(&self, note: Note, first: impl FnOnce() -> String) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = notes.entry(note).or_default();
        entry.count += 1;
        if entry.count == 1 {
            entry.first = first();
        }
    }

    pub(crate) fn add_foreign(&self, kind: &str, object: &str) {
        let mut map = self.foreign.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = map.entry(kind.to_owned()).or_default();
        entry.count += 1;
        if entry.objects.len() < KEPT && entry.objects.last().is_none_or(|last| last != object) {
            entry.objects.push(object.to_owned());
        }
    }
}
