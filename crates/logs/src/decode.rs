//! From stored bytes to plain text: compression inside compression, wide characters, tables.

use std::io::{self, Cursor, Read};

use flate2::read::{MultiGzDecoder, ZlibDecoder};

use crate::{
    archive::{self, Archive, Tar},
    block::Xerial,
    cut_zip::CutZip,
    table::{Table, TableLines},
    wide::{Order, Wide},
    zip::{Zip, ZipPlace},
};

/// Compression inside compression is undone to this depth.
const DEPTH: usize = 6;
/// A larger zip archive inside something else is not read, in bytes.
const LARGEST_ZIP: u64 = 256 << 20;
/// How much of the beginning is looked at.
pub(crate) const HEAD: usize = 8192;

pub(crate) type Bytes = Box<dyn Read + Send>;

/// What came of it.
pub(crate) enum Decoded {
    /// Plain bytes; whether they were compressed.
    Plain(Bytes, bool),
    /// Rows of a table as lines of JSON; whether it was compressed.
    Table(Bytes, bool),
    /// An archive that is read member by member.
    Archive(Archive),
}

/// What the first bytes say of a stream.
enum Form {
    Gzip,
    Zlib,
    Zstd,
    Bzip2,
    Snappy,
    Xerial,
    Wide(Order),
    Tar,
    Zip,
    Table(Table),
    Plain,
}

/// Undoes all of it, as far as the first bytes say what it is.
pub(crate) fn decode(mut reader: Bytes) -> io::Result<Decoded> {
    let mut is_compressed = false;
    for _ in 0..DEPTH {
        let mut head = vec![0; HEAD];
        let length = match read_head(&mut reader, &mut head) {
            Ok(length) => length,
            // A broken stream fails again where it is read, behind what was good.
            Err((length, error)) => {
                reader = Box::new(Failing(Some(error)));
                length
            }
        };
        head.truncate(length);
        let form = form(&head);
        let whole: Bytes = Box::new(Cursor::new(head).chain(reader));
        is_compressed |=
            !matches!(form, Form::Plain | Form::Table(_) | Form::Wide(_) | Form::Tar | Form::Zip);
        reader = match form {
            Form::Gzip => Box::new(MultiGzDecoder::new(whole)),
            Form::Zlib => Box::new(ZlibDecoder::new(whole)),
            Form::Zstd => Box::new(zstd::stream::read::Decoder::new(whole)?),
            Form::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(whole)),
            Form::Snappy => Box::new(snap::read::FrameDecoder::new(whole)),
            Form::Xerial => Box::new(Xerial::new(whole)),
            Form::Wide(order) => Box::new(Wide::new(whole, order)),
            Form::Tar => return Ok(Decoded::Archive(Archive::Tar(Tar::new(whole)))),
            Form::Zip => return zip(whole, is_compressed),
            Form::Table(table) => {
                return Ok(Decoded::Table(Box::new(TableLines::new(whole, table)?), is_compressed));
            }
            Form::Plain => return Ok(Decoded::Plain(whole, is_compressed)),
        };
    }
    let reason =
        format!("compression inside compression is undone {DEPTH} times, and this is more: decompress it");
    Err(io::Error::other(reason))
}

/// A zip archive inside something else: its directory is at the end, so it must be at hand as a whole.
fn zip(mut reader: Bytes, is_compressed: bool) -> io::Result<Decoded> {
    let mut bytes = Vec::new();
    (&mut reader).take(LARGEST_ZIP).read_to_end(&mut bytes)?;
    let bytes = bytes::Bytes::from(bytes);
    match Zip::open(ZipPlace::Bytes(bytes.clone())) {
        Ok(zip) => Ok(Decoded::Archive(Archive::Zip(Box::new(zip)))),
        Err(_) => {
            let is_zip = archive::is_zip(&bytes);
            let whole: Bytes = Box::new(Cursor::new(bytes).chain(reader));
            Ok(if is_zip {
                Decoded::Archive(Archive::Cut(CutZip::new(whole)))
            } else {
                Decoded::Plain(whole, is_compressed)
            })
        }
    }
}

/// Whether bytes at hand are plain records already, as almost all are.
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    matches!(bytes, [b'{' | b'[', second, ..] if *second != 0)
        || matches!(form(bytes.get(..bytes.len().min(HEAD)).unwrap_or_default()), Form::Plain)
}

fn form(head: &[u8]) -> Form {
    match head {
        [0x1f, 0x8b, 8, ..] => Form::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Form::Zstd,
        [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..] => Form::Bzip2,
        [0x78, 0x01 | 0x9c | 0xda, ..] => Form::Zlib,
        _ if head.starts_with(b"\xff\x06\0\0sNaPpY") => Form::Snappy,
        _ if head.starts_with(b"\x82SNAPPY\0") => Form::Xerial,
        _ if archive::is_zip(head) || archive::may_hold_zip(head) => Form::Zip,
        _ if head.get(257..262) == Some(b"ustar") => Form::Tar,
        _ => match Order::of(head) {
            Some(order) => Form::Wide(order),
            None => Table::of(head).map_or(Form::Plain, Form::Table),
        },
    }
}

/// Fills `head` as far as the stream reaches; an error comes with what was read before.
fn read_head(reader: &mut dyn Read, head: &mut [u8]) -> Result<usize, (usize, io::Error)> {
    let mut length = 0;
    while let Some(rest) = head.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((length, error)),
        }
    }
    Ok(length)
}

/// Fails once, as the stream did.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
