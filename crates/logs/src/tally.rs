//! Counts of one object, and the range of its event times found without parsing every record.

use crate::{
    finder::Finder,
    time::parse_time,
    walk::{Span, Window},
};

/// Longer texts are no times.
const LONGEST: usize = 40;
/// Texts that are compared without parsing have at most so many times eight bytes.
const WORDS: usize = 4;

/// Counts since the last time they went to the report.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub events: Vec<u64>,
    pub rows: u64,
    /// Whether there was any event.
    pub has_events: bool,
    times: Option<(i64, i64)>,
}

impl Tally {
    pub(crate) fn event(&mut self, log: usize) {
        self.has_events = true;
        if self.events.len() <= log {
            self.events.resize(log + 1, 0);
        }
        if let Some(count) = self.events.get_mut(log) {
            *count += 1;
        }
    }

    pub(crate) fn time(&mut self, time: Option<i64>) {
        if let Some(time) = time {
            let (oldest, newest) = self.times.unwrap_or((time, time));
            self.times = Some((oldest.min(time), newest.max(time)));
        }
    }

    pub(crate) fn take_times(&mut self) -> Option<(i64, i64)> {
        self.times.take()
    }
}

/// The earliest and latest time among records that were not parsed, as they are written.
#[derive(Debug, Default)]
pub(crate) struct Edges {
    earliest: Option<Edge>,
    latest: Option<Edge>,
    /// The two as texts that can be compared with others, if they are of one form.
    between: Option<Between>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub time: i64,
    pub span: Span,
    text: Option<Words>,
}

impl Edges {
    /// Notes the time of a record. False if it cannot be told without parsing.
    pub(crate) fn note(&mut self, window: Window<'_>, span: Span, key: &Finder) -> bool {
        let Some(rest) = behind_quote(window, span, key) else { return false };
        if self.between.as_ref().is_some_and(|between| between.holds(rest)) {
            return true;
        }
        let Some(text) = whole_text(rest) else { return false };
        let Some(time) = std::str::from_utf8(text).ok().and_then(parse_time) else { return false };
        let edge = Edge { time, span, text: Words::new(text) };
        let is_first = self.earliest.is_none_or(|known| time < known.time);
        let is_last = self.latest.is_none_or(|known| time > known.time);
        if is_first {
            self.earliest = Some(edge);
        }
        if is_last {
            self.latest = Some(edge);
        }
        if is_first || is_last {
            self.between = Between::new(self.earliest.as_ref(), self.latest.as_ref());
        }
        true
    }

    /// The two, to be checked by parsing; begins anew.
    pub(crate) fn take(&mut self) -> [Option<Edge>; 2] {
        self.between = None;
        [self.earliest.take(), self.latest.take()]
    }
}

/// The bytes behind the opening quote of the string value in the only place where the quoted key stands.
#[inline]
fn behind_quote<'a>(window: Window<'a>, span: Span, key: &Finder) -> Option<&'a [u8]> {
    let behind = span.time? + key.len();
    let rest = window.bytes.get(behind - window.base..span.end - window.base)?;
    if let [b':', b'"', rest @ ..] = rest {
        return Some(rest);
    }
    let rest = rest.trim_ascii_start().strip_prefix(b":")?;
    rest.trim_ascii_start().strip_prefix(b"\"")
}

/// The text up to the closing quote, if it is short and has no escapes.
fn whole_text(rest: &[u8]) -> Option<&[u8]> {
    let length =
        rest.iter().take(LONGEST + 1).position(|byte| *byte == b'"').filter(|length| *length <= LONGEST)?;
    rest.get(..length).filter(|text| !text.contains(&b'\\'))
}

/// A time in UTC as text, in numbers that order as the text does.
#[derive(Debug, Clone, Copy)]
struct Words {
    words: [u64; WORDS],
    length: usize,
}

impl Words {
    fn new(text: &[u8]) -> Option<Self> {
        if text.len() > WORDS * 8 || !text.ends_with(b"Z") {
            return None;
        }
        let mut bytes = [0; WORDS * 8];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self { words: big_endian(&bytes), length: text.len() })
    }
}

fn big_endian(bytes: &[u8; WORDS * 8]) -> [u64; WORDS] {
    let (chunks, _) = bytes.as_chunks::<8>();
    let mut words = [0; WORDS];
    for (word, chunk) in words.iter_mut().zip(chunks) {
        *word = u64::from_be_bytes(*chunk);
    }
    words
}

/// Two times of one form: texts of that form and in UTC order as their times do.
#[derive(Debug)]
struct Between {
    low: [u64; WORDS],
    high: [u64; WORDS],
    /// All ones where the form has bytes.
    mask: [u64; WORDS],
    length: usize,
}

impl Between {
    fn new(earliest: Option<&Edge>, latest: Option<&Edge>) -> Option<Self> {
        let (low, high) = (earliest?.text?, latest?.text?);
        if low.length != high.length {
            return None;
        }
        let mut mask = [0; WORDS * 8];
        mask.get_mut(..low.length)?.fill(0xff);
        Some(Self { low: low.words, high: high.words, mask: big_endian(&mask), length: low.length })
    }

    /// Whether a text of the form follows that lies between the two, or is one of them.
    #[inline]
    fn holds(&self, rest: &[u8]) -> bool {
        let Some(bytes) = rest.first_chunk() else { return false };
        let is_whole = rest.get(self.length) == Some(&b'"') && rest.get(self.length - 1) == Some(&b'Z');
        let mut words = big_endian(bytes);
        let mut is_plain = true;
        for (word, mask) in words.iter_mut().zip(&self.mask) {
            *word &= mask;
            is_plain &= !has_byte(*word, b'"') & !has_byte(*word, b'\\');
        }
        is_whole && is_plain && self.low <= words && words <= self.high
    }
}

fn has_byte(word: u64, byte: u8) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let differing = word ^ (ONES * u64::from(byte));
    differing.wrapping_sub(ONES) & !differing & (ONES << 7) != 0
}

/// What lets a record be counted without parsing: it begins like one that was parsed.
#[derive(Debug, Clone)]
pub(crate) struct Hint {
    pub log: usize,
    /// The record's bytes up to and with the first member's name.
    prefix: Vec<u8>,
    /// The second member's name, if the first value is short and plain: many logs have the same first member.
    second: Option<Vec<u8>>,
}

impl Hint {
    pub(crate) fn new(log: usize, record: &[u8]) -> Option<Self> {
        let open = memchr::memchr(b'"', record)?;
        let name = memchr::memchr(b'"', record.get(open + 1..)?)?;
        let prefix = record.get(..open + name + 2)?.to_vec();
        let second = second_name(record, prefix.len()).map(<[u8]>::to_vec);
        (prefix.len() <= 128 && !prefix.contains(&b'\\')).then_some(Self { log, prefix, second })
    }

    pub(crate) fn fits(&self, record: &[u8]) -> bool {
        record.starts_with(&self.prefix) && second_name(record, self.prefix.len()) == self.second.as_deref()
    }
}

/// The name of the second member behind the first one's, which ends at `from`.
fn second_name(record: &[u8], from: usize) -> Option<&[u8]> {
    let rest = record.get(from..record.len().min(from + 160))?.trim_ascii_start();
    let rest = rest.strip_prefix(b":")?.trim_ascii_start();
    let behind = match rest.first()? {
        b'"' => rest.get(memchr::memchr(b'"', rest.get(1..)?)? + 2..)?,
        b'{' | b'[' => return None,
        _ => rest.get(memchr::memchr(b',', rest)?..)?,
    };
    let name = behind.trim_ascii_start().strip_prefix(b",")?.trim_ascii_start().strip_prefix(b"\"")?;
    name.get(..memchr::memchr(b'"', name)?)
}
