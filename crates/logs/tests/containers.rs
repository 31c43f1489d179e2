//! Containers that tests put objects into.

use std::io::Write;

use crate::common::gzip;

/// A zip archive: members with their bytes, deflated or stored.
pub fn zip(members: &[(&str, &[u8])], is_deflated: bool) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, plain) in members {
        let mut check = flate2::Crc::new();
        check.update(plain);
        let stored = if is_deflated { deflated(plain) } else { plain.to_vec() };
        let place = u32::try_from(bytes.len()).unwrap();
        let sizes = [check.sum(), u32::try_from(stored.len()).unwrap(), u32::try_from(plain.len()).unwrap()];
        let mut fixed = Vec::new();
        fixed.extend([20, 0, 0, 0, if is_deflated { 8 } else { 0 }, 0, 0, 0, 0, 0]);
        fixed.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
        fixed.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        fixed.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&fixed);
        bytes.extend(name.as_bytes());
        bytes.extend(stored);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fixed);
        directory.extend([0; 10]);
        directory.extend(place.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let place = u32::try_from(bytes.len()).unwrap();
    let count = u16::try_from(members.len() & 0xffff).unwrap();
    let size = u32::try_from(directory.len()).unwrap();
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].iter().flat_map(|count| count.to_le_bytes()));
    bytes.extend([size, place].iter().flat_map(|size| size.to_le_bytes()));
    bytes.extend([0, 0]);
    bytes
}

fn deflated(plain: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(plain).unwrap();
    writer.finish().unwrap()
}

/// A tar archive.
pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, plain) in members {
        let mut header = [0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", plain.len()).as_bytes());
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        bytes.extend(header);
        bytes.extend(*plain);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

pub fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut writer = snap::write::FrameEncoder::new(Vec::new());
    writer.write_all(bytes).unwrap();
    writer.into_inner().unwrap()
}

/// Snappy as Java's library writes it.
pub fn xerial(bytes: &[u8]) -> Vec<u8> {
    let mut written = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec();
    for block in bytes.chunks(1000) {
        let stored = snap::raw::Encoder::new().compress_vec(block).unwrap();
        written.extend(u32::try_from(stored.len()).unwrap().to_be_bytes());
        written.extend(stored);
    }
    written
}

pub fn wide(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// What packs bytes.
pub type Pack = fn(&[u8]) -> Vec<u8>;

/// Ways to compress, by name.
pub const COMPRESSIONS: [(&str, Pack); 8] = [
    ("plain", <[u8]>::to_vec),
    ("gzip", gzip),
    ("two gzips", |bytes| {
        let (first, second) = bytes.split_at(bytes.len() / 2);
        [gzip(first), gzip(second)].concat()
    }),
    ("gzip in gzip", |bytes| gzip(&gzip(bytes))),
    ("zstd", |bytes| zstd::encode_all(bytes, 1).unwrap()),
    ("bzip2", bzip2),
    ("snappy", snappy),
    ("snappy of Java", xerial),
];
