//! Finds the next good record behind something broken.

use crate::{
    classify::Class,
    json::{DEEP, JsonError, validate_prefix},
    record::Reader,
    walk::{Span, Window},
};

/// So many bytes before a place tell whether an object may begin there.
pub(crate) const LOOK_BACK: usize = 64;

/// Whether the beginning of a value, at `start..end`, can no longer become right.
pub(crate) fn is_broken(window: Window<'_>, start: usize, end: usize, max_depth: u32) -> bool {
    let text = window.bytes.get(start.saturating_sub(window.base)..end - window.base).unwrap_or_default();
    validate_prefix(text, max_depth).is_err_and(|error| !error.is_incomplete && error.reason != DEEP)
}

/// What a search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Go on here.
    At(usize),
    /// There is nothing.
    Nothing,
    /// What stands before this place was looked at; the rest depends on bytes that are not at hand yet.
    NeedsMore(usize),
}

/// Where a good record begins behind `from` inside a span whose brackets are balanced though it is no JSON. If
/// the bytes behind it do not look as if the span ended rightly, the record may reach beyond.
pub(crate) fn inside(reader: &mut Reader<'_>, window: Window<'_>, span: Span, from: usize) -> Found {
    let after = window.bytes.get(span.end - window.base..).unwrap_or_default();
    match may_follow(after) {
        None if !window.last => Found::NeedsMore(from),
        // It swallowed the beginning of what follows, so that is what to look for.
        Some(false) => match search(reader, window, (from, span.end), false) {
            Found::Nothing => Found::At(span.end),
            found => found,
        },
        _ => {
            let bytes = window.bytes.get(..span.end - window.base).unwrap_or_default();
            search(reader, Window { bytes, last: true, ..window }, (from, span.end), false)
        }
    }
}

/// Where to go on behind a value that is broken, of which the bytes up to `from` were looked at.
pub(crate) fn behind(reader: &mut Reader<'_>, window: Window<'_>, from: usize) -> Found {
    match search(reader, window, (from, window.end()), true) {
        Found::Nothing if !window.last => Found::NeedsMore(window.end()),
        found => found,
    }
}

/// Looks for the next record from `start` on. However much is broken, it does not give up: each place is
/// validated at most once for each level of nesting that is allowed.
fn search(
    reader: &mut Reader<'_>,
    window: Window<'_>,
    (start, end): (usize, usize),
    trusts_lines: bool,
) -> Found {
    let limits = reader.plan().spec.limits;
    for place in places(window, start).take_while(|place| *place < end) {
        let offset = place - window.base;
        let text = window.bytes.get(offset..).unwrap_or_default();
        let begins_line = trusts_lines && offset > 0 && ends_line(window.bytes.get(offset - 1));
        match is_record(reader, text) {
            Ok(true) => return Found::At(place),
            // A container, or a record of an unknown kind.
            Ok(false) if begins_line => return Found::At(place),
            Ok(false) => {}
            Err(error) if !error.is_incomplete => {
                // A line that begins an object is a record of its own, and as bad as the first.
                if begins_line {
                    reader.bad(place, error.reason);
                }
            }
            Err(_) if !window.last && text.len() < limits.record_bytes => return Found::NeedsMore(place),
            Err(_) if begins_line && window.last => return Found::At(place),
            Err(_) => {}
        }
    }
    Found::Nothing
}

/// Whether these bytes may follow a value; none if that cannot be told yet.
fn may_follow(after: &[u8]) -> Option<bool> {
    let next = after.trim_ascii_start();
    let then = next.strip_prefix(b",").map_or(next, <[u8]>::trim_ascii_start);
    then.first().map(|byte| matches!(byte, b'{' | b']'))
}

/// Whether a line, or a run of zeros that a crash left behind, ends here.
fn ends_line(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'\n' | 0))
}

/// Offsets from `start` on where an object may begin, judged by what stands before it.
fn places(window: Window<'_>, start: usize) -> impl Iterator<Item = usize> {
    let from = start.saturating_sub(window.base);
    let bytes = window.bytes;
    let rest = bytes.get(from..).unwrap_or_default();
    memchr::memchr_iter(b'{', rest).map(move |place| place + from).filter_map(move |place| {
        let before = bytes.get(..place)?;
        let follows = before.iter().rev().take(LOOK_BACK).find(|byte| !byte.is_ascii_whitespace());
        let fits = ends_line(before.last()) || matches!(follows, Some(b',' | b'[' | b'}' | 0));
        let inside = bytes.get(place + 1..)?.trim_ascii_start().first();
        (fits && matches!(inside, Some(b'"' | b'}') | None)).then_some(place + window.base)
    })
}

/// Whether `text` begins with a record of a known kind, or with no JSON at all.
fn is_record(reader: &mut Reader<'_>, text: &[u8]) -> Result<bool, JsonError> {
    let end = validate_prefix(text, reader.plan().spec.limits.depth)?;
    let record = text.get(..end).and_then(|record| std::str::from_utf8(record).ok());
    let class = record.and_then(|record| reader.classify(record, None).ok());
    Ok(class.is_some_and(|class| class != Class::Unknown))
}
