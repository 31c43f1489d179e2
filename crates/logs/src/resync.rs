//! Finds the next good record behind something broken.

use crate::{
    classify::Class,
    json::{DEEP, validate_prefix},
    record::Reader,
    walk::{Span, Window},
};

/// At most so many places are tried behind one broken value.
const MAX_TRIES: usize = 20_000;

/// Whether the beginning of a value, at `start..end`, can no longer become right.
pub(crate) fn is_broken(window: Window<'_>, start: usize, end: usize, max_depth: u32) -> bool {
    let text = window.bytes.get(start.saturating_sub(window.base)..end - window.base).unwrap_or_default();
    validate_prefix(text, max_depth).is_err_and(|error| !error.is_incomplete && error.reason != DEEP)
}

/// Where a good record begins inside a span whose brackets are balanced though it is no JSON; or
/// behind it, if the bytes there do not look as if the span ended rightly.
pub(crate) fn inside(reader: &mut Reader<'_>, window: Window<'_>, span: Span) -> Option<usize> {
    let end = if ends_rightly(window, span.end) { span.end } else { window.end() };
    let bytes = window.bytes.get(..end - window.base)?;
    let window = Window { bytes, last: true, ..window };
    places(window, span.start).take(MAX_TRIES).find(|place| {
        let text = window.bytes.get(*place - window.base..).unwrap_or_default();
        is_record(reader, text).unwrap_or(false)
    })
}

/// Whether what follows a value may follow one.
fn ends_rightly(window: Window<'_>, end: usize) -> bool {
    let after = window.bytes.get(end - window.base..).unwrap_or_default();
    let next = after.trim_ascii_start();
    let then = next.strip_prefix(b",").map_or(next, <[u8]>::trim_ascii_start);
    matches!(then.first(), None | Some(b'{' | b']'))
}

/// Where to go on behind a value that begins at `start` and is broken; `seen` is where that was noticed.
pub(crate) fn behind(
    reader: &mut Reader<'_>,
    window: Window<'_>,
    start: usize,
    seen: usize,
) -> Option<usize> {
    let _ = seen;
    let found = places(window, start).take(MAX_TRIES).find(|place| {
        let offset = *place - window.base;
        let text = window.bytes.get(offset..).unwrap_or_default();
        let begins_line = offset == 0 || window.bytes.get(offset - 1) == Some(&b'\n');
        match is_record(reader, text) {
            Some(true) => true,
            // A container, or a record of an unknown kind.
            Some(false) => begins_line && validate_prefix(text, reader.plan().limits.depth).is_ok(),
            // It reaches beyond the bytes at hand.
            None => begins_line || !window.last,
        }
    });
    found.or((!window.last).then_some(window.end()))
}

/// Offsets behind `start` where an object may begin, judged by what stands before it.
fn places(window: Window<'_>, start: usize) -> impl Iterator<Item = usize> {
    let from = (start + 1).saturating_sub(window.base);
    let bytes = window.bytes;
    let rest = bytes.get(from..).unwrap_or_default();
    memchr::memchr_iter(b'{', rest).map(move |place| place + from).filter_map(move |place| {
        let before = bytes.get(..place)?;
        let begins_line = before.last() == Some(&b'\n');
        let follows = before.iter().rev().take(64).find(|byte| !byte.is_ascii_whitespace());
        let fits = begins_line || matches!(follows, Some(b',' | b'[' | b'}'));
        let inside = bytes.get(place + 1..)?.trim_ascii_start().first();
        (fits && matches!(inside, Some(b'"' | b'}') | None)).then_some(place + window.base)
    })
}

/// Whether `text` begins with a record of a known kind; none if it ends before the record does.
fn is_record(reader: &mut Reader<'_>, text: &[u8]) -> Option<bool> {
    match validate_prefix(text, reader.plan().limits.depth) {
        Ok(end) => {
            let record = text.get(..end).and_then(|record| std::str::from_utf8(record).ok());
            let class = record.and_then(|record| reader.classify(record).ok());
            Some(class.is_some_and(|class| class != Class::Unknown))
        }
        Err(error) if error.is_incomplete => None,
        Err(_) => Some(false),
    }
}
