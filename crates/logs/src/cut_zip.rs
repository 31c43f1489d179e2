//! Zip archives whose directory is missing, since they were cut off: members from the first on, by their own heads.

use std::{
    io::{self, BufReader, Read},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use flate2::bufread::DeflateDecoder;

use crate::{
    archive::Member,
    decode::Bytes,
    zip::{DEFLATED, LOCAL, STORED, checked, long, short},
};

const DESCRIPTOR: u32 = 0x0807_4b50;
/// Flags of a member: encrypted; its sizes follow it.
const ENCRYPTED: u16 = 1;
const SIZES_FOLLOW: u16 = 8;

/// A zip archive that is read as it comes.
pub(crate) struct CutZip {
    shared: Arc<Mutex<Rest>>,
}

struct Rest {
    current: Current,
    /// Whether the member's sizes follow it.
    has_descriptor: bool,
}

/// What is being read.
enum Current {
    Between(BufReader<Bytes>),
    Stored(io::Take<BufReader<Bytes>>),
    Deflated(DeflateDecoder<BufReader<Bytes>>),
    /// Something could not be passed over.
    Lost,
}

impl CutZip {
    pub(crate) fn new(reader: Bytes) -> Self {
        let current = Current::Between(BufReader::new(reader));
        Self { shared: Arc::new(Mutex::new(Rest { current, has_descriptor: false })) }
    }

    /// The next member; an error where the archive ends, since it has no end of its own.
    pub(crate) fn next_member(&mut self) -> io::Result<Option<Member>> {
        loop {
            let mut rest = lock(&self.shared);
            let mut reader = rest.pass()?;
            let mut fixed = [0; 30];
            reader.read_exact(&mut fixed).map_err(|_| missing())?;
            if long(&fixed, 0) != LOCAL {
                return Err(missing());
            }
            let (flags, method) = (short(&fixed, 6), short(&fixed, 8));
            let (check, stored, length) = (long(&fixed, 14), long(&fixed, 18), long(&fixed, 22));
            let mut name = vec![0; usize::from(short(&fixed, 26))];
            reader.read_exact(&mut name).map_err(|_| missing())?;
            io::copy(&mut (&mut reader).take(u64::from(short(&fixed, 28))), &mut io::sink())?;
            let name = String::from_utf8_lossy(&name).into_owned();
            rest.has_descriptor = flags & SIZES_FOLLOW != 0;
            let is_deflated = method == DEFLATED && flags & ENCRYPTED == 0;
            if rest.has_descriptor && !is_deflated {
                let why = "without the archive's directory nothing tells where it ends".to_owned();
                return Ok(Some(Member::Unreadable(name, why)));
            }
            rest.current = if is_deflated {
                Current::Deflated(DeflateDecoder::new(reader))
            } else {
                Current::Stored(reader.take(u64::from(stored)))
            };
            if name.ends_with('/') {
                continue;
            }
            if !is_deflated && (method != STORED || flags & ENCRYPTED != 0) {
                let why = "it is encrypted or of a method that is not read: unpack it".to_owned();
                return Ok(Some(Member::Unreadable(name, why)));
            }
            let file = File { shared: Arc::clone(&self.shared) };
            // What follows the member would tell its length and check sum.
            let file: Bytes =
                if rest.has_descriptor { Box::new(file) } else { checked(file, (u64::from(length), check)) };
            return Ok(Some(Member::File(name, file)));
        }
    }
}

fn lock(shared: &Arc<Mutex<Rest>>) -> MutexGuard<'_, Rest> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rest {
    /// Passes over what is left of the member, and gives the reader behind it.
    fn pass(&mut self) -> io::Result<BufReader<Bytes>> {
        let mut reader = match std::mem::replace(&mut self.current, Current::Lost) {
            Current::Between(reader) => reader,
            Current::Stored(mut member) => {
                io::copy(&mut member, &mut io::sink())?;
                member.into_inner()
            }
            Current::Deflated(mut member) => {
                io::copy(&mut member, &mut io::sink())?;
                member.into_inner()
            }
            Current::Lost => return Err(missing()),
        };
        if std::mem::take(&mut self.has_descriptor) {
            let mut descriptor = [0; 16];
            let (first, others) = descriptor.split_at_mut(12);
            reader.read_exact(first).map_err(|_| missing())?;
            if long(first, 0) == DESCRIPTOR {
                reader.read_exact(others).map_err(|_| missing())?;
            }
        }
        Ok(reader)
    }
}

struct File {
    shared: Arc<Mutex<Rest>>,
}

impl Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut lock(&self.shared).current {
            Current::Stored(member) => {
                let left = member.limit();
                let count = member.read(buffer)?;
                if count == 0 && left > 0 && !buffer.is_empty() { Err(missing()) } else { Ok(count) }
            }
            Current::Deflated(member) => member.read(buffer),
            Current::Between(_) | Current::Lost => Ok(0),
        }
    }
}

fn missing() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the directory at its end is missing")
}
