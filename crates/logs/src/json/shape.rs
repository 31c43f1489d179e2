//! Records built alike: where one had its values, the next one has them too.
//!
//! The codes of the marks tell everything about a record but its strings and scalars. If an earlier
//! record had the same codes, and the same names wherever a path might go on, its values lie between
//! the same marks. What cannot be told from codes is looked at again: scalars and escapes. Whatever
//! has no shape here is read from mark to mark, and leaves its own when it comes again.

use super::{Extractor, Kind, PathSet, Raw, parser::Parser, paths::Identity};
use crate::{classify::Class, marks::RecordMarks};

/// A record with more marks leaves no shape.
const MOST_MARKS: usize = 1024;
/// Buckets of shapes, by the hash of the codes.
const BUCKETS: usize = 128;
/// Shapes kept in a bucket; the oldest makes room.
const WAYS: usize = 4;

/// Shapes of earlier records, by what was looked for in them.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    sets: Vec<(Identity, Vec<Bucket>)>,
    /// Set, bucket and shape of the last record, if it had one.
    last: Option<(usize, usize, usize)>,
}

#[derive(Debug, Clone)]
struct Bucket {
    shapes: Vec<Shape>,
    oldest: usize,
    /// Hashes of the last records that had no shape here, in turn: only what comes twice is worth one.
    missed: [Option<u64>; WAYS],
    turn: usize,
    /// Records without a shape since one was kept, and how many there must be before the next is: more with
    /// every shape that is never used, as where names are different in every record.
    waited: u32,
    patience: u32,
}

impl Default for Bucket {
    fn default() -> Self {
        Self { shapes: Vec::new(), oldest: 0, missed: [None; WAYS], turn: 0, waited: 0, patience: 1 }
    }
}

/// The bucket where the shape of a record belongs.
pub(super) struct Place<'a> {
    bucket: &'a mut Bucket,
    numbers: (usize, usize),
    last: &'a mut Option<(usize, usize, usize)>,
    hash: u64,
}

#[derive(Debug, Clone)]
struct Shape {
    hash: u64,
    codes: Box<[u8]>,
    depth: u32,
    /// Names that were compared with paths.
    names: Box<[Name]>,
    /// Marks right behind a number, `true`, `false` or `null`.
    scalars: Box<[u32]>,
    values: Box<[Value]>,
    /// What records of this shape are, if the shape tells.
    class: Option<Class>,
    is_used: bool,
}

/// A name with its quotes, in pieces that are compared at once.
#[derive(Debug, Clone)]
struct Name {
    /// The mark behind it, a colon.
    colon: usize,
    written: Box<[u8]>,
    /// The first bytes and the last, which may be the same, and which bits of them count.
    head: u128,
    tail: u128,
    mask: u128,
}

/// Bytes of a name's head.
const HEAD: usize = size_of::<u128>();
const TWICE: usize = 2 * HEAD;

/// Where a path has a value.
#[derive(Debug, Clone, Copy)]
struct Value {
    path: u32,
    kind: ValueKind,
    /// The mark behind it.
    mark: u32,
}

#[derive(Debug, Clone, Copy)]
enum ValueKind {
    Text,
    Scalar,
    /// An object or array with the mark that opens it.
    Nested(Kind, u32),
}

impl Shapes {
    /// The bucket for a record. None if it is too large, or white space lies between its parts.
    pub(super) fn bucket(&mut self, set: &PathSet, marks: RecordMarks<'_>) -> Option<Place<'_>> {
        if !marks.is_tight() || marks.codes.len() > MOST_MARKS {
            return None;
        }
        let identity = set.identity();
        let known = self.sets.iter().position(|(known, _)| known == identity);
        let index = known.unwrap_or_else(|| {
            self.sets.push((identity.clone(), vec![Bucket::default(); BUCKETS]));
            self.sets.len() - 1
        });
        let hash = marks.hash();
        let (_, buckets) = self.sets.get_mut(index)?;
        let number = usize::try_from(hash % BUCKETS as u64).unwrap_or_default();
        let bucket = buckets.get_mut(number)?;
        Some(Place { bucket, numbers: (index, number), last: &mut self.last, hash })
    }

    pub(super) fn forget_last(&mut self) {
        self.last = None;
    }

    /// Where the class of the last record's shape is kept.
    pub(super) fn class_of_last(&mut self) -> Option<&mut Option<Class>> {
        let (set, bucket, shape) = self.last?;
        Some(&mut self.sets.get_mut(set)?.1.get_mut(bucket)?.shapes.get_mut(shape)?.class)
    }
}

impl Bucket {
    /// Notes a record without a shape. Whether it is worth one.
    fn misses(&mut self, hash: u64) -> bool {
        self.waited = self.waited.saturating_add(1);
        if self.missed.contains(&Some(hash)) {
            return self.waited > self.patience;
        }
        self.missed.get_mut(self.turn).into_iter().for_each(|missed| *missed = Some(hash));
        self.turn = (self.turn + 1) % WAYS;
        false
    }
}

impl Place<'_> {
    /// Takes the values of a record that is built like an earlier one. False if it is not.
    pub(super) fn read(&mut self, parser: Parser<'_>, marks: RecordMarks<'_>, out: &mut Extractor) -> bool {
        let fits = |shape: &Shape| shape.hash == self.hash && shape.fits(parser, marks);
        let Some(number) = self.bucket.shapes.iter().position(fits) else { return false };
        let (set, bucket) = self.numbers;
        *self.last = Some((set, bucket, number));
        let Some(shape) = self.bucket.shapes.get_mut(number) else { return false };
        if !std::mem::replace(&mut shape.is_used, true) {
            self.bucket.patience = (self.bucket.patience / 2).max(1);
        }
        shape.take(parser, marks, out).is_some()
    }

    /// Keeps the shape of a record that was read without one, if it is not the first of its kind.
    pub(super) fn learn(&mut self, record: &str, marks: RecordMarks<'_>, set: &PathSet, found: &Extractor) {
        if !self.bucket.misses(self.hash) {
            return;
        }
        self.bucket.waited = 0;
        self.bucket.patience = self.bucket.patience.saturating_mul(2);
        let Some(shape) = Shape::new(self.hash, record.as_bytes(), marks, set, found) else { return };
        if self.bucket.shapes.len() < WAYS {
            self.bucket.shapes.push(shape);
        } else if let Some(oldest) = self.bucket.shapes.get_mut(self.bucket.oldest) {
            *oldest = shape;
            self.bucket.oldest = (self.bucket.oldest + 1) % WAYS;
        }
    }
}

impl Shape {
    /// The shape of a record that was read from mark to mark.
    fn new(
        hash: u64,
        record: &[u8],
        marks: RecordMarks<'_>,
        set: &PathSet,
        found: &Extractor,
    ) -> Option<Self> {
        let places = marks.places;
        let names =
            found.read.iter().map(|colon| Name::new(record, places, *colon)).collect::<Option<_>>()?;
        let gaps = places.windows(2).zip(1..);
        let is_scalar = |gap: &[u32]| match gap {
            [from, to] => to - from > 1 && record.get(*to as usize - 1) != Some(&b'"'),
            _ => false,
        };
        let scalars = gaps.filter(|(gap, _)| is_scalar(gap)).map(|(_, mark)| mark).collect();
        let mut values = Vec::new();
        for path in 0..set.len() {
            for raw in found.all(path) {
                values.push(Value::new(u32::try_from(path).ok()?, *raw, places)?);
            }
        }
        let (mut depth, mut deepest) = (0_u32, 0);
        for place in places {
            match record.get(*place as usize)? {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        let codes = marks.codes.into();
        Some(Self {
            hash,
            codes,
            depth: deepest,
            names,
            scalars,
            values: values.into(),
            class: None,
            is_used: false,
        })
    }

    /// Whether a record has this shape, and its scalars and escapes are right.
    fn fits(&self, parser: Parser<'_>, marks: RecordMarks<'_>) -> bool {
        let places = marks.places;
        let fills_record = places.first() == Some(&0)
            && places.last().is_some_and(|last| *last as usize + 1 == parser.bytes.len());
        fills_record
            && *self.codes == *marks.codes
            && self.depth <= parser.max_depth
            && self.names.iter().all(|name| name.is_at(parser.bytes, places))
            && self.scalars.iter().all(|mark| scalar(parser, places, *mark).is_some())
            && (!marks.has_backslash() || parser.has_right_escapes())
    }

    fn take(&self, parser: Parser<'_>, marks: RecordMarks<'_>, out: &mut Extractor) -> Option<()> {
        for value in &self.values {
            out.put(value.path, value.raw(parser, marks)?);
        }
        Some(())
    }
}

impl Name {
    fn new(record: &[u8], places: &[u32], colon: usize) -> Option<Self> {
        let (from, to) = gap(places, colon)?;
        let written = record.get(from..to)?;
        let padded = |part: &[u8]| {
            let mut bytes = [0; HEAD];
            bytes.iter_mut().zip(part).for_each(|(target, byte)| *target = *byte);
            u128::from_le_bytes(bytes)
        };
        let tail = padded(written.get(written.len().saturating_sub(HEAD)..)?);
        let mask = u128::MAX >> (8 * HEAD.saturating_sub(written.len()));
        Some(Self { colon, written: written.into(), head: padded(written), tail, mask })
    }

    #[inline]
    fn is_at(&self, record: &[u8], places: &[u32]) -> bool {
        let Some((from, to)) = gap(places, self.colon) else { return false };
        if to - from != self.written.len() {
            return false;
        }
        let Some(head) = record.get(from..).and_then(<[u8]>::first_chunk::<HEAD>) else {
            return record.get(from..to) == Some(&*self.written);
        };
        if (u128::from_le_bytes(*head) ^ self.head) & self.mask != 0 {
            return false;
        }
        let length = self.written.len();
        if length > TWICE {
            return record.get(from..to) == Some(&*self.written);
        }
        let tail = || record.get(..to).and_then(<[u8]>::last_chunk::<HEAD>);
        length <= HEAD || tail().is_some_and(|tail| u128::from_le_bytes(*tail) == self.tail)
    }
}

impl Value {
    fn new(path: u32, raw: Raw, places: &[u32]) -> Option<Self> {
        let number = |place: usize| {
            let index = places.binary_search(&u32::try_from(place).ok()?).ok()?;
            u32::try_from(index).ok()
        };
        let (kind, behind) = match raw.kind {
            Kind::Text | Kind::EscapedText => (ValueKind::Text, raw.end + 1),
            Kind::Object | Kind::Array => {
                (ValueKind::Nested(raw.kind, number(raw.start)?), raw.end.checked_sub(1)?)
            }
            Kind::Null | Kind::True | Kind::False | Kind::Number => (ValueKind::Scalar, raw.end),
        };
        Some(Self { path, kind, mark: number(behind)? })
    }

    #[inline]
    fn raw(&self, parser: Parser<'_>, marks: RecordMarks<'_>) -> Option<Raw> {
        let places = marks.places;
        let (from, to) = gap(places, self.mark as usize)?;
        Some(match self.kind {
            ValueKind::Text => {
                let written = parser.bytes.get(from..to)?;
                let is_escaped = marks.has_backslash() && memchr::memchr(b'\\', written).is_some();
                Raw::new(if is_escaped { Kind::EscapedText } else { Kind::Text }, from, to)
            }
            ValueKind::Scalar => Raw::new(scalar(parser, places, self.mark)?, from, to),
            ValueKind::Nested(kind, opening) => {
                Raw::new(kind, *places.get(opening as usize)? as usize, to + 1)
            }
        })
    }
}

/// What lies between a mark and the one before it.
#[inline]
fn gap(places: &[u32], mark: usize) -> Option<(usize, usize)> {
    Some((*places.get(mark.checked_sub(1)?)? as usize + 1, *places.get(mark)? as usize))
}

/// The kind of number or word right before a mark, if it is one and nothing else.
#[inline]
fn scalar(parser: Parser<'_>, places: &[u32], mark: u32) -> Option<Kind> {
    let (from, to) = gap(places, mark as usize)?;
    parser.word_or_number(from, to)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use fearless_simd::Level;
    use quarry_views::Path;

    use super::*;
    use crate::marks::Marks;

    #[test]
    fn names_that_never_come_again_are_hardly_learnt() {
        let mut set = PathSet::default();
        set.add(&Path::new("a"));
        let (mut marks, mut out) = (Marks::default(), Extractor::default());
        let mut read = |record: &str| {
            marks.clear();
            let entry = marks.read(Level::new(), record.as_bytes()).unwrap();
            assert!(out.extract(record, Some(marks.of(entry)), &set, 8).is_ok());
            let buckets = out.shapes.sets.iter().flat_map(|(_, buckets)| buckets);
            buckets.map(|bucket| bucket.patience).max()
        };
        let before = (0..1_000).map(|number| read(&format!(r#"{{"a{number}":1}}"#))).max().flatten();
        assert!(before >= Some(256), "{before:?}");
        let after = (0..2_000).map(|_| read(r#"{"a":1}"#)).last().flatten();
        assert_eq!(after, before, "a shape that is used does not count");
    }
}
