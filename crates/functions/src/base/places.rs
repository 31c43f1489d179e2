//! Databases that say where an address is, in the MaxMind DB format.
//!
//! A file is a binary tree over the bits of addresses, then data the leaves point to, then a marker
//! and metadata. Source: MaxMind DB File Format Specification 2.0. What is broken finds nothing.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

/// What stands before the metadata.
const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";
/// Zero bytes between the tree and the data.
const GAP: usize = 16;
/// Maps and pointers nested deeper are broken.
const DEEPEST: usize = 32;

/// A database of places.
#[derive(Clone)]
pub struct Places {
    bytes: Arc<Vec<u8>>,
    nodes: usize,
    record_bits: usize,
    is_v6: bool,
    identity: Arc<str>,
}

impl fmt::Debug for Places {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Places").field("nodes", &self.nodes).finish_non_exhaustive()
    }
}

impl PartialEq for Places {
    fn eq(&self, other: &Self) -> bool {
        self.identity == other.identity
    }
}

impl Eq for Places {}

impl Hash for Places {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity.hash(state);
    }
}

/// A value of the data.
#[derive(Debug, Clone, PartialEq)]
enum Data {
    Text(String),
    Number(f64),
    Map(Vec<(String, Data)>),
    List(Vec<Data>),
    Other,
}

impl Data {
    fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            _ => None,
        }
    }

    fn first(&self) -> Option<&Self> {
        match self {
            Self::List(items) => items.first(),
            _ => None,
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(super::number_text(*number)),
            _ => None,
        }
    }

    fn size(&self) -> usize {
        match self {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // small counts
            Self::Number(number) => *number as usize,
            _ => 0,
        }
    }
}

impl Places {
    /// Reads a file whole.
    ///
    /// # Errors
    /// If it cannot be read or is no such database.
    pub fn open(path: &Path) -> Result<Self, String> {
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        Self::new(bytes).ok_or_else(|| "this is no MaxMind database".to_owned())
    }

    /// A database in memory.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        let at = bytes.windows(MARKER.len()).rposition(|window| window == MARKER)? + MARKER.len();
        let metadata = Decoder { bytes: &bytes, base: at }.read(at, 0)?.0;
        let number = |name: &str| Some(metadata.get(name)?.size());
        let (nodes, record_bits) = (number("node_count")?, number("record_size")?);
        let is_v6 = number("ip_version")? == 6;
        if !matches!(record_bits, 24 | 28 | 32) || nodes.checked_mul(record_bits / 4)? + GAP > bytes.len() {
            return None;
        }
        let known = |name: &str| metadata.get(name).and_then(Data::text).unwrap_or_default();
        // A digest of the whole would take longer than many a query.
        let (kind, built, size) = (known("database_type"), known("build_epoch"), bytes.len());
        let identity = format!("{kind}, built {built}, {nodes} nodes, {size} bytes").into();
        Some(Self { bytes: Arc::new(bytes), nodes, record_bits, is_v6, identity })
    }

    /// Which database it is: kind, time it was built, size.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// A field of the place of an address: `City`, `Country`, `Region`, `lat`, `lon`, `Continent`,
    /// `Timezone`, `MetroCode`, `city_geoname_id`.
    #[must_use]
    pub fn find(&self, address: IpAddr, field: &str, language: &str) -> Option<String> {
        let found = self.lookup(address)?;
        let name = |entry: Option<&Data>| {
            let names = entry?.get("names")?;
            names.get(language).or_else(|| names.get("en"))?.text()
        };
        let location = |member: &str| found.get("location")?.get(member)?.text();
        match field {
            "City" => name(found.get("city")),
            "Country" => name(found.get("country")),
            "Region" => name(found.get("subdivisions").and_then(Data::first)),
            "Continent" => name(found.get("continent")),
            "lat" => location("latitude"),
            "lon" => location("longitude"),
            "Timezone" => location("time_zone"),
            "MetroCode" => location("metro_code"),
            "city_geoname_id" => found.get("city")?.get("geoname_id")?.text(),
            _ => None,
        }
    }

    fn lookup(&self, address: IpAddr) -> Option<Data> {
        let bits: Vec<u8> = match (address, self.is_v6) {
            (IpAddr::V4(address), false) => address.octets().to_vec(),
            // The addresses of version 4 lie under ::/96.
            (IpAddr::V4(address), true) => [[0; 12].as_slice(), &address.octets()].concat(),
            (IpAddr::V6(address), true) => address.octets().to_vec(),
            (IpAddr::V6(_), false) => return None,
        };
        let mut node = 0;
        for bit in 0..bits.len() * 8 {
            if node >= self.nodes {
                break;
            }
            node = self.record(node, bits[bit / 8] >> (7 - bit % 8) & 1)?;
        }
        let data = node.checked_sub(self.nodes).filter(|offset| *offset >= GAP)?;
        let base = self.nodes * self.record_bits / 4 + GAP;
        let decoder = Decoder { bytes: &self.bytes, base };
        decoder.read(base + data - GAP, 0).map(|(found, _)| found)
    }

    /// The left (0) or right (1) record of a node.
    fn record(&self, node: usize, side: u8) -> Option<usize> {
        let width = self.record_bits / 4;
        let bytes = self.bytes.get(node * width..(node + 1) * width)?;
        let number = |bytes: &[u8]| bytes.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        Some(match (self.record_bits, side) {
            (24, 0) => number(&bytes[..3]),
            (24, _) => number(&bytes[3..]),
            (28, 0) => usize::from(bytes[3] >> 4) << 24 | number(&bytes[..3]),
            (28, _) => usize::from(bytes[3] & 15) << 24 | number(&bytes[4..]),
            (_, 0) => number(&bytes[..4]),
            (_, _) => number(&bytes[4..]),
        })
    }
}

/// Reads data; `base` is what pointers count from.
struct Decoder<'b> {
    bytes: &'b [u8],
    base: usize,
}

impl Decoder<'_> {
    /// The value at a place, and the place after it.
    fn read(&self, at: usize, depth: usize) -> Option<(Data, usize)> {
        if depth > DEEPEST {
            return None;
        }
        let control = *self.bytes.get(at)?;
        let mut next = at + 1;
        let mut kind = control >> 5;
        if kind == 1 {
            let (target, next) = self.pointer(control, next)?;
            return Some((self.read(self.base.checked_add(target)?, depth + 1)?.0, next));
        }
        if kind == 0 {
            kind = self.bytes.get(next)?.checked_add(7)?;
            next += 1;
        }
        let mut size = usize::from(control & 31);
        if size >= 29 {
            let extra = size - 28;
            let least = [29, 285, 65_821][extra - 1];
            size = least + self.number(next, extra)?;
            next += extra;
        }
        self.value(kind, size, next, depth)
    }

    fn value(&self, kind: u8, size: usize, at: usize, depth: usize) -> Option<(Data, usize)> {
        let mut next = at;
        match kind {
            7 => {
                let mut entries = Vec::new();
                for _ in 0..size {
                    let (name, after) = self.read(next, depth + 1)?;
                    let (value, after) = self.read(after, depth + 1)?;
                    next = after;
                    entries.push((name.text()?, value));
                }
                return Some((Data::Map(entries), next));
            }
            11 => {
                let mut items = Vec::new();
                for _ in 0..size {
                    let (item, after) = self.read(next, depth + 1)?;
                    next = after;
                    items.push(item);
                }
                return Some((Data::List(items), next));
            }
            14 => return Some((Data::Other, at)),
            _ => {}
        }
        let bytes = self.bytes.get(at..at.checked_add(size)?)?;
        let data = match kind {
            2 => Data::Text(String::from_utf8_lossy(bytes).into_owned()),
            3 => Data::Number(f64::from_be_bytes(bytes.try_into().ok()?)),
            #[allow(clippy::cast_precision_loss)] // counts and identifiers
            5 | 6 | 9 => Data::Number(self.number(at, size)? as f64),
            15 => Data::Number(f64::from(f32::from_be_bytes(bytes.try_into().ok()?))),
            _ => Data::Other,
        };
        Some((data, at + size))
    }

    fn pointer(&self, control: u8, at: usize) -> Option<(usize, usize)> {
        let high = usize::from(control & 7);
        Some(match control >> 3 & 3 {
            0 => (high << 8 | self.number(at, 1)?, at + 1),
            1 => ((high << 16 | self.number(at, 2)?) + 2048, at + 2),
            2 => ((high << 24 | self.number(at, 3)?) + 526_336, at + 3),
            _ => (self.number(at, 4)?, at + 4),
        })
    }

    fn number(&self, at: usize, size: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(size)?)?;
        (size <= 8).then(|| bytes.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::Places;

    fn text(text: &str) -> Vec<u8> {
        [[2 << 5 | u8::try_from(text.len()).unwrap()].as_slice(), text.as_bytes()].concat()
    }

    fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = vec![7 << 5 | u8::try_from(entries.len()).unwrap()];
        for (name, value) in entries {
            bytes.extend(text(name));
            bytes.extend(value);
        }
        bytes
    }

    /// One node: addresses that begin with a 0 bit lie in a city, others nowhere.
    fn database() -> Vec<u8> {
        let number = |number: u8| vec![6 << 5 | 1, number];
        let double = [[3 << 5 | 8].as_slice(), &51.5_f64.to_be_bytes()].concat();
        let city = map(&[
            ("geoname_id", number(7)),
            ("names", map(&[("en", text("Wells")), ("de", text("Brunn"))])),
        ]);
        let data = map(&[("city", city), ("location", map(&[("latitude", double)]))]);
        let metadata =
            map(&[("node_count", number(1)), ("record_size", number(24)), ("ip_version", number(4))]);
        let tree = [0, 0, 1 + 16, 0, 0, 1];
        [tree.as_slice(), &[0; 16], &data, super::MARKER, &metadata].concat()
    }

    #[test]
    fn addresses_have_places() {
        let places = Places::new(database()).unwrap();
        let find = |address: &str, field: &str, language: &str| {
            places.find(address.parse().unwrap(), field, language)
        };
        assert_eq!(find("10.0.0.1", "City", "en").as_deref(), Some("Wells"));
        assert_eq!(find("10.0.0.1", "City", "de").as_deref(), Some("Brunn"));
        assert_eq!(find("10.0.0.1", "City", "fr").as_deref(), Some("Wells"));
        assert_eq!(find("10.0.0.1", "lat", "en").as_deref(), Some("51.5"));
        assert_eq!(find("10.0.0.1", "city_geoname_id", "en").as_deref(), Some("7"));
        assert_eq!(find("10.0.0.1", "Country", "en"), None);
        assert_eq!(find("200.0.0.1", "City", "en"), None);
        assert_eq!(find("::1", "City", "en"), None);
    }

    #[test]
    fn broken_databases_find_nothing_and_never_panic() {
        let whole = database();
        assert!(Places::new(Vec::new()).is_none());
        for cut in 0..whole.len() {
            if let Some(places) = Places::new(whole[..cut].to_vec()) {
                let _ = places.find("10.0.0.1".parse().unwrap(), "City", "en");
            }
            let mut changed = whole.clone();
            changed[cut] ^= 0xff;
            if let Some(places) = Places::new(changed) {
                let _ = places.find("10.0.0.1".parse().unwrap(), "City", "en");
                let _ = places.find("::1".parse().unwrap(), "City", "en");
            }
        }
    }
}
