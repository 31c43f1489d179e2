//! Zip archives, by their directory at the end: its entries are read one after the other, so that memory does not
//! grow with them.

use std::{
    fs::File,
    io::{self, BufReader, Cursor, Read, Seek, SeekFrom},
    path::PathBuf,
};

use flate2::{Crc, read::DeflateDecoder};

use crate::archive::Member;

const END: u32 = 0x0605_4b50;
const ENTRY: u32 = 0x0201_4b50;
pub(crate) const LOCAL: u32 = 0x0403_4b50;
const LARGE_LOCATOR: u32 = 0x0706_4b50;
const LARGE_END: u32 = 0x0606_4b50;
/// The end of the directory stands among so many last bytes: a comment may follow it.
const TAIL: u64 = 22 + 65_535;
pub(crate) const STORED: u16 = 0;
pub(crate) const DEFLATED: u16 = 8;

/// Where the bytes of an archive are.
#[derive(Clone)]
pub(crate) enum ZipPlace {
    File(PathBuf),
    Bytes(bytes::Bytes),
}

trait Seekable: Read + Seek + Send {}
impl<T: Read + Seek + Send> Seekable for T {}

impl ZipPlace {
    fn open(&self) -> io::Result<Box<dyn Seekable>> {
        Ok(match self {
            Self::File(path) => Box::new(File::open(path)?),
            Self::Bytes(bytes) => Box::new(Cursor::new(bytes.clone())),
        })
    }
}

/// A zip archive that is open at its directory.
pub(crate) struct Zip {
    place: ZipPlace,
    directory: BufReader<Box<dyn Seekable>>,
    left: u64,
    /// What stands before the archive, of which its places know nothing.
    prefix: u64,
}

/// An entry of the directory.
struct Entry {
    name: String,
    is_encrypted: bool,
    method: u16,
    size: u64,
    header: u64,
    /// Length and check sum of what is inside.
    whole: (u64, u32),
}

/// Reads a member and holds it against the length and the check sum that the directory says.
struct Checked<R> {
    inner: R,
    crc: Crc,
    length: u64,
    whole: (u64, u32),
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.crc.update(into.get(..count).unwrap_or_default());
        self.length += count as u64;
        let is_end = count == 0 && !into.is_empty();
        if is_end && (self.length, self.crc.sum()) != self.whole {
            return Err(io::Error::other(
                "what is in the archive has not the length or the check sum that its directory says",
            ));
        }
        Ok(count)
    }
}

impl Zip {
    /// Finds the directory.
    pub(crate) fn open(place: ZipPlace) -> io::Result<Self> {
        let mut reader = place.open()?;
        let (entries, start, prefix) = end_of(&mut reader)?;
        reader.seek(SeekFrom::Start(start.saturating_add(prefix)))?;
        Ok(Self { place, directory: BufReader::new(reader), left: entries, prefix })
    }

    /// The next member that is a file; none at the end.
    pub(crate) fn next_member(&mut self) -> io::Result<Option<Member>> {
        // Writers wrap the count where there are more entries than it can say.
        while self.left > 0 || self.goes_on()? {
            self.left = self.left.saturating_sub(1);
            let entry = self.entry()?;
            if !entry.name.ends_with('/') {
                return self.member(entry).map(Some);
            }
        }
        Ok(None)
    }

    /// Whether an entry follows those that were announced.
    fn goes_on(&mut self) -> io::Result<bool> {
        let mut mark = [0; 4];
        if self.directory.read_exact(&mut mark).is_err() {
            return Ok(false);
        }
        self.directory.seek_relative(-4)?;
        Ok(mark == ENTRY.to_le_bytes())
    }

    fn entry(&mut self) -> io::Result<Entry> {
        let mut fixed = [0; 46];
        self.directory.read_exact(&mut fixed)?;
        if long(&fixed, 0) != ENTRY {
            return Err(damaged());
        }
        let mut rest = vec![0; [28, 30, 32].iter().map(|at| usize::from(short(&fixed, *at))).sum()];
        self.directory.read_exact(&mut rest)?;
        let (name, rest) = rest.split_at_checked(usize::from(short(&fixed, 28))).ok_or_else(damaged)?;
        let extra = rest.get(..usize::from(short(&fixed, 30))).unwrap_or_default();
        let mut sizes = [24, 20, 42].map(|at| u64::from(long(&fixed, at)));
        large_sizes(extra, &mut sizes);
        let [length, size, header] = sizes;
        Ok(Entry {
            name: String::from_utf8_lossy(name).into_owned(),
            is_encrypted: short(&fixed, 8) & 1 != 0,
            method: short(&fixed, 10),
            size,
            header,
            whole: (length, long(&fixed, 16)),
        })
    }

    fn member(&self, entry: Entry) -> io::Result<Member> {
        let Entry { name, is_encrypted, method, size, header, whole } = entry;
        if is_encrypted {
            return Ok(Member::Unreadable(name, "it is encrypted: unpack it".to_owned()));
        }
        let mut reader = self.place.open()?;
        reader.seek(SeekFrom::Start(header.saturating_add(self.prefix)))?;
        let mut fixed = [0; 30];
        if reader.read_exact(&mut fixed).is_err() || long(&fixed, 0) != LOCAL {
            return Ok(Member::Unreadable(name, "the archive is damaged here".to_owned()));
        }
        reader.seek(SeekFrom::Current(i64::from(short(&fixed, 26)) + i64::from(short(&fixed, 28))))?;
        let stored = reader.take(size);
        Ok(match method {
            STORED => Member::File(name, checked(stored, whole)),
            DEFLATED => Member::File(name, checked(DeflateDecoder::new(stored), whole)),
            other => Member::Unreadable(name, format!("the zip method {other} is not read: unpack it")),
        })
    }
}

pub(crate) fn checked<R: Read + Send + 'static>(inner: R, whole: (u64, u32)) -> Box<dyn Read + Send> {
    Box::new(Checked { inner, crc: Crc::new(), length: 0, whole })
}

/// How many entries the directory has, where it says to start, and how far behind that it does.
fn end_of(reader: &mut Box<dyn Seekable>) -> io::Result<(u64, u64, u64)> {
    let length = reader.seek(SeekFrom::End(0))?;
    let from = length.saturating_sub(TAIL);
    reader.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    reader.take(TAIL).read_to_end(&mut tail)?;
    let end = memchr::memmem::rfind(&tail, &END.to_le_bytes()).ok_or_else(damaged)?;
    let record = tail.get(end..).unwrap_or_default();
    let (entries, start) = (u64::from(short(record, 10)), u64::from(long(record, 16)));
    let place = (from + end as u64).checked_sub(u64::from(long(record, 12))).ok_or_else(damaged)?;
    let prefix = place.saturating_sub(start);
    if entries != 0xffff && start != 0xffff_ffff {
        return Ok((entries, start, prefix));
    }
    let locator = end.checked_sub(20).and_then(|at| tail.get(at..)).unwrap_or_default();
    if long(locator, 0) != LARGE_LOCATOR {
        return Ok((entries, start, prefix));
    }
    reader.seek(SeekFrom::Start(wide(locator, 8)))?;
    let mut record = [0; 56];
    reader.read_exact(&mut record)?;
    if long(&record, 0) != LARGE_END {
        return Err(damaged());
    }
    Ok((wide(&record, 32), wide(&record, 48), 0))
}

/// Replaces what does not fit into 32 bits by what the extra field says: size, stored size, place.
fn large_sizes(mut extra: &[u8], sizes: &mut [u64; 3]) {
    while let Some((head, rest)) = extra.split_at_checked(4) {
        let Some((field, behind)) = rest.split_at_checked(usize::from(short(head, 2))) else { return };
        if short(head, 0) == 1 {
            let mut values = field.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
            for size in sizes.iter_mut().filter(|size| **size == 0xffff_ffff) {
                *size = values.next().unwrap_or(*size);
            }
        }
        extra = behind;
    }
}

pub(crate) fn short(bytes: &[u8], at: usize) -> u16 {
    let bytes = bytes.get(at..).and_then(|bytes| bytes.first_chunk()).copied();
    bytes.map_or(0, u16::from_le_bytes)
}

pub(crate) fn long(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes.get(at..).and_then(|bytes| bytes.first_chunk()).copied();
    bytes.map_or(0, u32::from_le_bytes)
}

fn wide(bytes: &[u8], at: usize) -> u64 {
    let bytes = bytes.get(at..).and_then(|bytes| bytes.first_chunk()).copied();
    bytes.map_or(0, u64::from_le_bytes)
}

fn damaged() -> io::Error {
    io::Error::other("the directory of the zip archive is damaged or cut off")
}
