//! Compression in blocks that no crate reads as a stream of the kind that lies in buckets.

use std::io::{self, Read};

use crate::decode::Bytes;

/// A block of snappy may say to be no larger.
const LARGEST_BLOCK: usize = 64 << 20;
/// What stands before the first block of snappy-java: a mark and two versions.
const XERIAL_HEAD: usize = 16;

/// Snappy as Java's library writes it: blocks with their length before them.
pub(crate) struct Xerial {
    reader: Bytes,
    has_begun: bool,
    stored: Vec<u8>,
    plain: Vec<u8>,
    given: usize,
}

impl Xerial {
    pub(crate) fn new(reader: Bytes) -> Self {
        Self { reader, has_begun: false, stored: Vec::new(), plain: Vec::new(), given: 0 }
    }

    /// Makes the next block. False at the end.
    fn next_block(&mut self) -> io::Result<bool> {
        if !self.has_begun {
            self.reader.read_exact(&mut [0; XERIAL_HEAD])?;
            self.has_begun = true;
        }
        self.stored.clear();
        (&mut self.reader).take(4).read_to_end(&mut self.stored)?;
        let Some(length) = self.stored.first_chunk::<4>().copied() else {
            return if self.stored.is_empty() { Ok(false) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        };
        let length = u64::from(u32::from_be_bytes(length));
        self.stored.clear();
        (&mut self.reader).take(length).read_to_end(&mut self.stored)?;
        let size = snap::raw::decompress_len(&self.stored)?;
        if (self.stored.len() as u64) < length || size > LARGEST_BLOCK {
            return Err(io::Error::other("a block of snappy is damaged or cut off"));
        }
        self.plain = snap::raw::Decoder::new().decompress_vec(&self.stored)?;
        self.given = 0;
        Ok(true)
    }
}

impl Read for Xerial {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.plain.len() {
            if !self.next_block()? {
                return Ok(0);
            }
        }
        let plain = self.plain.get(self.given..).unwrap_or_default();
        let count = plain.len().min(buffer.len());
        buffer.get_mut(..count).unwrap_or_default().copy_from_slice(plain.get(..count).unwrap_or_default());
        self.given += count;
        Ok(count)
    }
}
