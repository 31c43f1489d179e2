//! From an object to plain bytes.

use std::{
    fmt,
    fs::File,
    io::{self, Cursor, Read},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use bytes::Bytes;
use libdeflater::Decompressor;

use crate::{
    archive::{Archive, is_zip, may_hold_zip},
    decode::{self, Decoded},
    json::Extractor,
    marks::Marks,
    zip::{Zip, ZipPlace},
};

const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Compressed objects up to this size are read into memory before they are inflated.
const SMALL: u64 = 32 << 20;

/// An object to read.
pub enum ObjectInput {
    /// Bytes at hand.
    Bytes(Bytes),
    /// A local file.
    File(PathBuf),
    /// Anything that can be read.
    Stream(Box<dyn Read + Send>),
}

impl fmt::Debug for ObjectInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(formatter, "Bytes({})", bytes.len()),
            Self::File(path) => write!(formatter, "File({})", path.display()),
            Self::Stream(_) => formatter.write_str("Stream"),
        }
    }
}

/// Why an object could not be read at all.
#[derive(Debug)]
pub enum ReadError {
    /// Reading failed.
    Io {
        /// The object.
        object: String,
        /// What the system says.
        error: io::Error,
    },
    /// Rows could not become a batch.
    Batch {
        /// The object.
        object: String,
        /// What is wrong.
        message: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { object, error } => write!(formatter, "`{object}` cannot be read: {error}"),
            Self::Batch { object, message } => {
                write!(formatter, "rows of `{object}` cannot be built: {message}")
            }
        }
    }
}

impl std::error::Error for ReadError {}

/// Plain bytes of an object.
pub(crate) enum Source {
    /// All of them, in the buffer given to [`open`].
    Whole { length: usize, stored: u64 },
    /// One chunk after the other.
    Stream(Stream),
    /// An archive, whose members are objects, and how much of it was read as it is stored.
    Archive(Archive, Arc<AtomicU64>),
}

/// Compression makes logs at most so many times smaller; what grows more is made to do harm.
const RATIO: u64 = 1100;

/// What an object expands to, held against its size.
pub(crate) struct Expansion {
    /// So much may come whatever the size, in bytes.
    free: u64,
    stored: Arc<AtomicU64>,
    given: AtomicU64,
}

impl Expansion {
    pub(crate) fn new(free: u64, stored: Arc<AtomicU64>) -> Self {
        Self { free, stored, given: AtomicU64::new(0) }
    }

    fn add(&self, bytes: u64) {
        self.given.fetch_add(bytes, Relaxed);
    }

    /// Whether it is more than can be right.
    pub(crate) fn is_over(&self) -> bool {
        let given = self.given.load(Relaxed);
        given > self.free && given / RATIO > self.stored.load(Relaxed)
    }
}

/// Why the rest of an object is not read that expands too much.
pub(crate) fn expands_too_much() -> io::Error {
    let reason = format!("it expands to more than {RATIO} times its size: what follows is not read");
    io::Error::new(io::ErrorKind::QuotaExceeded, reason)
}

/// A reader of plain bytes; counts what it takes from the object.
pub(crate) struct Stream {
    reader: Box<dyn Read + Send>,
    taken: Arc<AtomicU64>,
    is_compressed: bool,
    is_table: bool,
    /// What bounds the bytes that come, if anything does.
    expansion: Option<Arc<Expansion>>,
}

/// Memory used again for the next object.
#[derive(Default)]
pub(crate) struct Buffers {
    pub stored: Vec<u8>,
    pub plain: Vec<u8>,
    pub found: Extractor,
    pub marks: Marks,
    inflater: Option<Decompressor>,
}

/// Memory of objects that were read, for the next ones; the last to come back goes out first.
#[derive(Default)]
pub(crate) struct Pool(Mutex<Vec<Buffers>>);

impl fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pool")
    }
}

impl Pool {
    pub(crate) fn take(&self) -> Buffers {
        self.lock().pop().unwrap_or_default()
    }

    pub(crate) fn give_back(&self, buffers: Buffers) {
        self.lock().push(buffers);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Buffers>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    /// Fills `buffer` as far as the object reaches; the end and an error come with what was read before.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
        let mut length = 0;
        while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
            match self.reader.read(rest) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return (length, Some(error)),
            }
        }
        if let Some(expansion) = &self.expansion {
            expansion.add(length as u64);
            if expansion.is_over() {
                return (length, Some(expands_too_much()));
            }
        }
        (length, None)
    }

    /// Whether its lines are the rows of a table.
    pub(crate) fn is_table(&self) -> bool {
        self.is_table
    }

    /// The same with a bound on what may come: that of the archive it lies in, or one of its own.
    pub(crate) fn within(self, free: u64, archive: Option<&Arc<Expansion>>) -> Self {
        let own = || self.is_compressed.then(|| Arc::new(Expansion::new(free, Arc::clone(&self.taken))));
        let expansion = archive.cloned().or_else(own);
        Self { expansion, ..self }
    }

    /// Bytes taken from the object as it is stored.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Relaxed)
    }

    /// Whether an error of the stream speaks of its compression rather than of reading.
    pub(crate) fn is_compressed(&self) -> bool {
        self.is_compressed
    }
}

struct Counted<R> {
    reader: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.taken.fetch_add(count as u64, Relaxed);
        Ok(count)
    }
}

/// Opens an object. What inflates to at most `whole_bytes` is inflated at once into `buffers.plain`.
pub(crate) fn open(input: ObjectInput, whole_bytes: usize, buffers: &mut Buffers) -> io::Result<Source> {
    match input {
        ObjectInput::Bytes(bytes) => {
            if bytes.starts_with(&GZIP)
                && let Some(length) = inflate_whole(&bytes, whole_bytes, buffers)
            {
                return inflated(length, bytes.len() as u64, buffers);
            }
            if (is_zip(&bytes) || may_hold_zip(&bytes))
                && let Ok(zip) = Zip::open(ZipPlace::Bytes(bytes.clone()))
            {
                let size = Arc::new(AtomicU64::new(bytes.len() as u64));
                return Ok(Source::Archive(Archive::Zip(Box::new(zip)), size));
            }
            stream(Box::new(Cursor::new(bytes)))
        }
        ObjectInput::File(path) => open_file(&path, whole_bytes, buffers),
        ObjectInput::Stream(reader) => stream(reader),
    }
}

/// What was inflated at once: records, or something that has to be undone further.
fn inflated(length: usize, stored: u64, buffers: &mut Buffers) -> io::Result<Source> {
    let plain = buffers.plain.get(..length).unwrap_or_default();
    if decode::is_plain(plain) {
        return Ok(Source::Whole { length, stored });
    }
    stream(Box::new(Cursor::new(plain.to_vec())))
}

fn open_file(path: &std::path::Path, whole_bytes: usize, buffers: &mut Buffers) -> io::Result<Source> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut head = [0; 4];
    let length = read_head(&mut file, &mut head)?;
    let head = head.get(..length).unwrap_or_default();
    if (is_zip(head) || may_hold_zip(head))
        && let Ok(zip) = Zip::open(ZipPlace::File(path.to_owned()))
    {
        return Ok(Source::Archive(Archive::Zip(Box::new(zip)), Arc::new(AtomicU64::new(size))));
    }
    if !head.starts_with(&GZIP) || size > SMALL {
        return stream(Box::new(Cursor::new(head.to_vec()).chain(file)));
    }
    buffers.stored.clear();
    buffers.stored.extend_from_slice(head);
    file.read_to_end(&mut buffers.stored)?;
    let stored = std::mem::take(&mut buffers.stored);
    if let Some(length) = inflate_whole(&stored, whole_bytes, buffers) {
        let size = stored.len() as u64;
        buffers.stored = stored;
        return inflated(length, size, buffers);
    }
    stream(Box::new(Cursor::new(stored)))
}

fn read_head(reader: &mut dyn Read, head: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = head.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

fn stream(reader: Box<dyn Read + Send>) -> io::Result<Source> {
    let taken: Arc<AtomicU64> = Arc::default();
    let counted = Counted { reader, taken: Arc::clone(&taken) };
    let (reader, is_compressed, is_table) = match decode::decode(Box::new(counted))? {
        Decoded::Plain(reader, is_compressed) => (reader, is_compressed, false),
        Decoded::Table(reader, is_compressed) => (reader, is_compressed, true),
        Decoded::Archive(archive) => return Ok(Source::Archive(archive, taken)),
    };
    Ok(Source::Stream(Stream { reader, taken, is_compressed, is_table, expansion: None }))
}

/// Inflates a gzip object of one member into `buffers.plain`; none if that cannot be done safely.
pub(crate) fn inflate_whole(stored: &[u8], whole_bytes: usize, buffers: &mut Buffers) -> Option<usize> {
    let size: [u8; 4] = *stored.last_chunk()?;
    let size = u32::from_le_bytes(size) as usize;
    // Deflate reaches about 1032:1; anything beyond is a lie.
    if size > whole_bytes || size / 1100 > stored.len() || has_second_member(stored) {
        return None;
    }
    if buffers.plain.len() < size {
        // Made anew rather than grown: nothing in it is worth copying. Objects differ a little in size.
        buffers.plain = Vec::new();
        buffers.plain = vec![0; (size + size / 4).min(whole_bytes)];
    }
    let inflater = buffers.inflater.get_or_insert_with(Decompressor::new);
    let length = inflater.gzip_decompress(stored, buffers.plain.get_mut(..size)?).ok()?;
    (length == size).then_some(length)
}

/// Whether something that looks like the head of another gzip member stands in the data.
fn has_second_member(stored: &[u8]) -> bool {
    let body = stored.get(10..).unwrap_or_default();
    memchr::memmem::find_iter(body, &GZIP).any(|place| {
        let head = |index: usize| body.get(place + index).copied();
        let is_flags = head(3).is_some_and(|flags| flags & 0xe0 == 0);
        is_flags && matches!(head(8), Some(0 | 2 | 4)) && matches!(head(9), Some(0..=13 | 255))
    })
}

/// Inflates gzip or zstd bytes of a wrapped value, up to `limit` bytes; plain bytes stay as they are.
pub(crate) fn inflate_small(bytes: Vec<u8>, limit: usize) -> Option<Vec<u8>> {
    if !bytes.starts_with(&GZIP) && !bytes.starts_with(&ZSTD) {
        return Some(bytes);
    }
    let Ok(Source::Stream(mut opened)) = stream(Box::new(Cursor::new(bytes))) else { return None };
    let mut plain = Vec::new();
    let reader = &mut opened.reader;
    reader.take(limit as u64 + 1).read_to_end(&mut plain).ok()?;
    (plain.len() <= limit).then_some(plain)
}
