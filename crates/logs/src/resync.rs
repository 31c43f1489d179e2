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

/// What a search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Go on here.
    At(usize),
    /// There is nothing.
    Nothing,
    /// That depends on bytes that are not at hand yet.
    NeedsMore,
}

/// Where a good record begins inside a span whose brackets are balanced though it is no JSON. If the
/// bytes behind it do not look as if the span ended rightly, the record may reach beyond.
pub(crate) fn inside(reader: &mut Reader<'_>, window: Window<'_>, span: Span) -> Found {
    let after = window.bytes.get(span.end - window.base..).unwrap_or_default();
    match may_follow(after) {
        None if !window.last => Found::NeedsMore,
        // It swallowed the beginning of what follows, so that is what to look for.
        Some(false) => match search(reader, window, (span.start, span.end), false) {
            Found::Nothing => Found::At(span.end),
            found => found,
        },
        _ => {
            let bytes = window.bytes.get(..span.end - window.base).unwrap_or_default();
            search(reader, Window { bytes, last: true, ..window }, (span.start, span.end), false)
        }
    }
}

/// Where to go on behind a value that begins at `start` and is broken.
pub(crate) fn behind(reader: &mut Reader<'_>, window: Window<'_>, start: usize) -> Found {
    match search(reader, window, (start, window.end()), true) {
        Found::Nothing if !window.last => Found::NeedsMore,
        found => found,
    }
}

fn search(
    reader: &mut Reader<'_>,
    window: Window<'_>,
    (start, end): (usize, usize),
    trusts_lines: bool,
) -> Found {
    for place in places(window, start).take_while(|place| *place < end).take(MAX_TRIES) {
        let offset = place - window.base;
        let text = window.bytes.get(offset..).unwrap_or_default();
        let begins_line = trusts_lines && offset > 0 && window.bytes.get(offset - 1) == Some(&b'\n');
        let is_good = match is_record(reader, text) {
            Some(true) => true,
            // A container, or a record of an unknown kind.
            Some(false) => begins_line && validate_prefix(text, reader.plan().spec.limits.depth).is_ok(),
            None if !window.last => return Found::NeedsMore,
            None => begins_line,
        };
        if is_good {
            return Found::At(place);
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
    match validate_prefix(text, reader.plan().spec.limits.depth) {
        Ok(end) => {
            let record = text.get(..end).and_then(|record| std::str::from_utf8(record).ok());
            let class = record.and_then(|record| reader.classify(record, None).ok());
            Some(class.is_some_and(|class| class != Class::Unknown))
        }
        Err(error) if error.is_incomplete => None,
        Err(_) => Some(false),
    }
}
