//! Counts of one object, and the range of its event times found without parsing every record.

use crate::{
    finder::Finder,
    time::parse_time,
    walk::{Span, Window},
};

/// Longer texts are no times.
const LONGEST: usize = 40;

/// Counts since the last time they went to the report.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub events: Vec<u64>,
    pub rows: u64,
    times: Option<(i64, i64)>,
}

impl Tally {
    pub(crate) fn event(&mut self, log: usize) {
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
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    text: [u8; LONGEST],
    length: usize,
    pub time: i64,
    pub span: Span,
}

impl Edge {
    fn text(&self) -> &[u8] {
        self.text.get(..self.length).unwrap_or_default()
    }
}

impl Edges {
    /// Notes the time of a record. False if it cannot be told without parsing.
    pub(crate) fn note(&mut self, window: Window<'_>, span: Span, key: &Finder) -> bool {
        let Some(text) = only_value(window, span, key) else { return false };
        if let (Some(earliest), Some(latest)) = (&self.earliest, &self.latest) {
            let (low, high) = (earliest.text(), latest.text());
            // Texts of one form and in UTC order as their times do.
            let is_one_form = text.len() == low.len()
                && text.len() == high.len()
                && [text, low, high].iter().all(|text| text.ends_with(b"Z"));
            if is_one_form && low <= text && text <= high {
                return true;
            }
        }
        let Some(time) = std::str::from_utf8(text).ok().and_then(parse_time) else { return false };
        let mut edge = Edge { text: [0; LONGEST], length: text.len(), time, span };
        if let Some(target) = edge.text.get_mut(..text.len()) {
            target.copy_from_slice(text);
        }
        if self.earliest.is_none_or(|known| time < known.time) {
            self.earliest = Some(edge);
        }
        if self.latest.is_none_or(|known| time > known.time) {
            self.latest = Some(edge);
        }
        true
    }

    /// The two, to be checked by parsing; begins anew.
    pub(crate) fn take(&mut self) -> [Option<Edge>; 2] {
        [self.earliest.take(), self.latest.take()]
    }
}

/// The string value of the only place in a record where the quoted key stands.
fn only_value<'a>(window: Window<'a>, span: Span, key: &Finder) -> Option<&'a [u8]> {
    let behind = span.time? + key.len();
    let rest = window.bytes.get(behind - window.base..span.end - window.base)?;
    let rest = rest.trim_ascii_start().strip_prefix(b":")?;
    let rest = rest.trim_ascii_start().strip_prefix(b"\"")?;
    let length =
        rest.iter().take(LONGEST + 1).position(|byte| *byte == b'"').filter(|length| *length <= LONGEST)?;
    rest.get(..length).filter(|text| !text.contains(&b'\\'))
}

/// What lets a record be counted without parsing: it begins like one that was parsed.
#[derive(Debug, Clone)]
pub(crate) struct Hint {
    pub log: usize,
    /// The record's bytes up to and with the first member's name.
    prefix: Vec<u8>,
}

impl Hint {
    pub(crate) fn new(log: usize, record: &[u8]) -> Option<Self> {
        let open = memchr::memchr(b'"', record)?;
        let name = memchr::memchr(b'"', record.get(open + 1..)?)?;
        let prefix = record.get(..open + name + 2)?.to_vec();
        (prefix.len() <= 128 && !prefix.contains(&b'\\')).then_some(Self { log, prefix })
    }

    pub(crate) fn fits(&self, record: &[u8]) -> bool {
        record.starts_with(&self.prefix)
    }
}
