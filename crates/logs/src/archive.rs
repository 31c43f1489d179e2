//! Archives, member by member, without unpacking them anywhere.

use std::{
    io::{self, Read},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{cut_zip::CutZip, decode::Bytes, zip::Zip};

const BLOCK: usize = 512;
/// Longer names of members are cut, in bytes.
const LONGEST_NAME: u64 = 1 << 16;

/// An archive that is open.
pub(crate) enum Archive {
    Tar(Tar),
    Zip(Box<Zip>),
    /// A zip archive whose directory is not there.
    Cut(CutZip),
}

/// A member of an archive.
pub(crate) enum Member {
    /// Its path inside, and its bytes.
    File(String, Bytes),
    /// Its path inside, and why it cannot be read.
    Unreadable(String, String),
}

impl Archive {
    /// The next member that is a file; none at the end.
    pub(crate) fn next_member(&mut self) -> io::Result<Option<Member>> {
        match self {
            Self::Tar(tar) => tar.next_member(),
            Self::Zip(zip) => zip.next_member(),
            Self::Cut(zip) => zip.next_member(),
        }
    }
}

/// A tar archive, read as it comes.
pub(crate) struct Tar {
    shared: Arc<Mutex<Rest>>,
}

struct Rest {
    reader: Bytes,
    /// Bytes of the current member that were not read, and what fills its last block.
    left: u64,
    padding: u64,
}

impl Tar {
    pub(crate) fn new(reader: Bytes) -> Self {
        Self { shared: Arc::new(Mutex::new(Rest { reader, left: 0, padding: 0 })) }
    }

    fn next_member(&mut self) -> io::Result<Option<Member>> {
        let mut rest = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let mut long_name = None;
        loop {
            rest.pass()?;
            let Some(header) = rest.header()? else { return Ok(None) };
            rest.begin(number(header.get(124..136).unwrap_or_default()));
            match header.get(156) {
                Some(b'L') => long_name = Some(rest.text()?.trim_end_matches('\0').to_owned()),
                Some(b'x') => long_name = path_of(&rest.text()?).or(long_name),
                // Folders, links and the like hold nothing.
                Some(b'1'..=b'6' | b'g' | b'K' | b'V' | b'D') => long_name = None,
                Some(b'S') => {
                    let name = long_name.take().unwrap_or_else(|| name_of(&header));
                    return Ok(Some(Member::Unreadable(name, "a sparse file: unpack it".to_owned())));
                }
                _ => {
                    let name = long_name.take().unwrap_or_else(|| name_of(&header));
                    let file = TarFile { shared: Arc::clone(&self.shared) };
                    return Ok(Some(Member::File(name, Box::new(file))));
                }
            }
        }
    }
}

impl Rest {
    fn begin(&mut self, size: u64) {
        self.left = size;
        self.padding = size.next_multiple_of(BLOCK as u64).saturating_sub(size);
    }

    /// Passes over what is left of the member.
    fn pass(&mut self) -> io::Result<()> {
        let count = self.left.saturating_add(self.padding);
        (self.left, self.padding) = (0, 0);
        io::copy(&mut (&mut self.reader).take(count), &mut io::sink()).map(|_| ())
    }

    /// The next header; none behind the blocks of zeros that end an archive. Another may follow them.
    fn header(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let mut has_end = false;
        loop {
            let mut block = Vec::with_capacity(BLOCK);
            (&mut self.reader).take(BLOCK as u64).read_to_end(&mut block)?;
            let Some(header) = block.first_chunk::<BLOCK>() else {
                let is_end = has_end && block.iter().all(|byte| *byte == 0);
                return if is_end { Ok(None) } else { Err(cut_off()) };
            };
            if header.iter().any(|byte| *byte != 0) {
                let is_header = !has_end || header.get(257..262) == Some(b"ustar");
                let strange = || io::Error::other("bytes that are no archive follow its end");
                return is_header.then_some(*header).map(Some).ok_or_else(strange);
            }
            has_end = true;
        }
    }

    /// The member as a text, for names that are too long for the header.
    fn text(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        let wanted = self.left.min(LONGEST_NAME);
        let count = (&mut self.reader).take(wanted).read_to_end(&mut bytes)?;
        self.left -= (count as u64).min(self.left);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// An octal number, or a large one in binary.
fn number(field: &[u8]) -> u64 {
    if field.first().is_some_and(|byte| byte & 0x80 != 0) {
        let bytes = field.last_chunk::<8>().copied().unwrap_or_default();
        return u64::from_be_bytes(bytes);
    }
    let digits = field.iter().filter(|byte| (b'0'..=b'7').contains(*byte));
    digits.fold(0, |sum: u64, digit| sum.saturating_mul(8).saturating_add(u64::from(digit - b'0')))
}

fn name_of(header: &[u8; BLOCK]) -> String {
    let text = |from: usize, to: usize| {
        let field = header.get(from..to).unwrap_or_default();
        String::from_utf8_lossy(field.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned()
    };
    let (name, prefix) = (text(0, 100), text(345, 500));
    if prefix.is_empty() || header.get(257..263) != Some(b"ustar\0") {
        name
    } else {
        format!("{prefix}/{name}")
    }
}

/// The path of an extended header: `27 path=...` in a line.
fn path_of(records: &str) -> Option<String> {
    let found = records.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix("path="))?;
    Some(found.to_owned())
}

struct TarFile {
    shared: Arc<Mutex<Rest>>,
}

impl Read for TarFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = buffer.len().min(usize::try_from(rest.left).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        let count = rest.reader.read(buffer.get_mut(..wanted).unwrap_or_default())?;
        rest.left -= count as u64;
        if count == 0 {
            return Err(cut_off());
        }
        Ok(count)
    }
}

fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "its end is missing")
}

/// Whether this is how a zip archive begins.
pub(crate) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Whether a zip archive may follow: programs and scripts unpack themselves.
pub(crate) fn may_hold_zip(head: &[u8]) -> bool {
    [&b"MZ"[..], b"#!", b"\x7fELF"].iter().any(|beginning| head.starts_with(beginning))
}
