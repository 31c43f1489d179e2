//! Finds records by their brackets, without parsing them.
//!
//! Outside of records the walk goes byte by byte; inside a record it looks at 64 bytes at a time and
//! only counts brackets, unless one of them can end the record. Positions are offsets in the whole
//! object; the caller says where its buffer begins, and may give the same object in any chunks.

mod mask;
mod member;
mod watch;

use fearless_simd::{Level, Simd, SimdFrom, dispatch, u8x64};
use mask::{BLOCK, escaped, masks, prefix_xor, squares};
pub(crate) use watch::Watch;
use watch::{Lanes, Seen};

/// Beyond this size a value that has not ended is looked at more closely, and at each doubling.
const FIRST_CHECK: usize = 256 * 1024;
/// Kept before the position in values too large to be kept whole: enough to look back for a name.
const MARGIN: usize = 1024;

/// A part of an object, in offsets of the whole object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
    /// Whether a byte beyond ASCII may be in it.
    pub non_ascii: bool,
    /// Whether a backslash may be in it.
    pub backslash: bool,
    /// Whether a needle of the watch is in it.
    pub may_match: bool,
    /// The only place of the time's member, if the watch looks for it.
    pub time: Option<usize>,
}

/// What the walk came upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A record, complete by its brackets.
    Record(Span),
    /// A value that has grown long: is it broken? Otherwise call again.
    Check { start: usize, end: usize },
    /// This value can never become right; call [`Walker::restart`] to go on behind it.
    Broken { start: usize, reason: &'static str },
    /// Something that is no record; the walk has passed it.
    Other { start: usize, reason: &'static str },
    /// The buffer is used up.
    More,
    /// The object is used up.
    End,
}

/// Bounds of what counts as a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub record_bytes: usize,
    pub depth: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between values.
    Gap,
    /// In a value.
    Value,
    /// Behind the end.
    Done,
}

/// The bytes at hand: a window of the object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'a> {
    pub bytes: &'a [u8],
    /// Offset of the first byte in the object.
    pub base: usize,
    /// Whether the object ends with it.
    pub last: bool,
}

impl Window<'_> {
    pub(crate) fn end(&self) -> usize {
        self.base + self.bytes.len()
    }

    fn at(&self, position: usize) -> Option<u8> {
        self.bytes.get(position.checked_sub(self.base)?).copied()
    }
}

/// The walk's place in an object.
#[derive(Debug, Clone)]
pub(crate) struct Walker<'a> {
    record_arrays: &'a [String],
    bounds: Bounds,
    level: Level,
    position: usize,
    keep: usize,
    state: State,
    in_array: bool,
    in_member_array: bool,
    recovering: bool,
    garbage: Option<usize>,
    value: Value,
    watch: Watch,
}

/// The value being walked.
#[derive(Debug, Clone, Copy, Default)]
struct Value {
    start: usize,
    depth: u32,
    opener: u8,
    /// Whether its members may be record arrays.
    is_top: bool,
    is_container: bool,
    is_ignored: bool,
    is_too_deep: bool,
    is_too_large: bool,
    in_string: u64,
    escape: u64,
    after_newline: bool,
    non_ascii: bool,
    backslash: bool,
    next_check: usize,
    seen: Seen,
}

impl<'a> Walker<'a> {
    /// A walk from the start of an object.
    pub(crate) fn new(record_arrays: &'a [String], bounds: Bounds) -> Self {
        Self {
            record_arrays,
            bounds,
            level: Level::new(),
            position: 0,
            keep: 0,
            state: State::Gap,
            in_array: false,
            in_member_array: false,
            recovering: false,
            garbage: None,
            value: Value::default(),
            watch: Watch::default(),
        }
    }

    /// The same walk that looks for needles as it goes.
    pub(crate) fn with_watch(self, watch: Watch) -> Self {
        Self { watch, ..self }
    }

    /// What is looked for, to be changed between records.
    pub(crate) fn watch(&mut self) -> &mut Watch {
        &mut self.watch
    }

    /// Bytes before this offset are no longer needed.
    pub(crate) fn keep(&self) -> usize {
        self.keep
    }

    /// Goes on from `position` as if a new object began there, behind something broken.
    pub(crate) fn restart(&mut self, position: usize) {
        let fresh = Self::new(self.record_arrays, self.bounds);
        let watch = std::mem::take(&mut self.watch);
        *self = Self { position, keep: position, recovering: true, watch, ..fresh };
    }

    /// The next step. Its positions lie in `window`, which begins at or before [`Self::keep`].
    pub(crate) fn next(&mut self, window: Window<'_>) -> Step {
        loop {
            let step = match self.state {
                State::Done => Some(Step::End),
                State::Gap => self.gap(window),
                State::Value => self.in_value(window),
            };
            if let Some(step) = step {
                return step;
            }
        }
    }

    fn gap(&mut self, window: Window<'_>) -> Option<Step> {
        let mut position = self.position;
        while let Some(byte) = window.at(position) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | 0x1e => position += 1,
                b'{' => return self.begin(position, byte),
                b'[' if self.in_array => return self.begin(position, byte),
                b'[' => {
                    let step = self.end_garbage();
                    self.in_array = true;
                    self.position = position + 1;
                    self.keep = self.position;
                    return step;
                }
                _ => {
                    self.position = position;
                    self.keep = position;
                    return if self.in_array || self.in_member_array {
                        self.odd_in_array(window, byte)
                    } else {
                        self.odd_at_top(window)
                    };
                }
            }
        }
        self.position = position;
        self.keep = position;
        self.out_of_bytes(window)
    }

    fn out_of_bytes(&mut self, window: Window<'_>) -> Option<Step> {
        if !window.last {
            return Some(Step::More);
        }
        self.state = State::Done;
        if let step @ Some(_) = self.end_garbage() {
            return step;
        }
        if self.in_array || self.in_member_array {
            self.in_array = false;
            self.in_member_array = false;
            return Some(Step::Other { start: self.position, reason: "the array of records is cut off" });
        }
        None
    }

    /// A byte that begins no record, in an array.
    fn odd_in_array(&mut self, window: Window<'_>, byte: u8) -> Option<Step> {
        match byte {
            b']' if self.in_member_array => {
                self.in_member_array = false;
                self.state = State::Value;
                self.position += 1;
                self.keep = self.position;
                self.value = Value {
                    start: self.position,
                    depth: 1,
                    opener: b'{',
                    is_top: true,
                    is_container: true,
                    next_check: usize::MAX,
                    ..Value::default()
                };
                None
            }
            b']' => {
                self.in_array = false;
                self.position += 1;
                self.keep = self.position;
                None
            }
            b'[' => self.begin(self.position, byte),
            b'}' => {
                let start = self.position;
                self.restart(start + 1);
                Some(Step::Other { start, reason: "a closing brace without its opening one" })
            }
            _ => self.scalar(window),
        }
    }

    /// Passes a scalar in an array.
    fn scalar(&mut self, window: Window<'_>) -> Option<Step> {
        let start = self.position;
        let mut position = start;
        let is_text = window.at(position) == Some(b'"');
        let mut is_escaped = false;
        position += 1;
        loop {
            let Some(byte) = window.at(position) else {
                if window.last {
                    return Some(Step::Broken { start, reason: "cut off" });
                }
                return Some(Step::More);
            };
            let ends = if is_text {
                byte == b'"' && !is_escaped
            } else {
                matches!(byte, b',' | b']' | b'}' | b'{' | b'[' | b' ' | b'\t' | b'\r' | b'\n')
            };
            if is_text && matches!(byte, b'\n') || position - start > self.bounds.record_bytes {
                return Some(Step::Broken { start, reason: "a line break inside a string" });
            }
            is_escaped = is_text && byte == b'\\' && !is_escaped;
            if ends {
                self.position = if is_text { position + 1 } else { position };
                self.keep = self.position;
                return Some(Step::Other { start, reason: "not an object" });
            }
            position += 1;
        }
    }

    /// Bytes outside of any value: passed up to the next bracket.
    fn odd_at_top(&mut self, window: Window<'_>) -> Option<Step> {
        let start = self.position;
        let rest = window.bytes.get(start - window.base..).unwrap_or_default();
        let is_mark = start == 0 && rest.starts_with(b"\xef\xbb\xbf");
        if is_mark {
            self.position += 3;
            return None;
        }
        if self.garbage.is_none() {
            let byte = rest.first().copied().unwrap_or_default();
            let is_tail = self.recovering && matches!(byte, b']' | b'}' | b':' | b'"');
            self.garbage = if is_tail { Some(usize::MAX) } else { Some(start) };
        }
        let length = memchr::memchr2(b'{', b'[', rest).unwrap_or(rest.len());
        self.position = start + length;
        self.keep = self.position;
        None
    }

    fn end_garbage(&mut self) -> Option<Step> {
        let start = self.garbage.take()?;
        (start != usize::MAX).then_some(Step::Other { start, reason: "not JSON" })
    }

    /// A value begins.
    fn begin(&mut self, position: usize, opener: u8) -> Option<Step> {
        let step = self.end_garbage();
        self.state = State::Value;
        self.position = position + 1;
        self.keep = position;
        self.value = Value {
            start: position,
            depth: 1,
            opener,
            is_top: opener == b'{' && !self.in_member_array,
            is_ignored: opener == b'[',
            next_check: position + FIRST_CHECK.min(self.bounds.record_bytes),
            ..Value::default()
        };
        step
    }

    fn in_value(&mut self, window: Window<'_>) -> Option<Step> {
        dispatch!(self.level, simd => self.in_value_with(simd, window))
    }

    #[inline(always)]
    fn in_value_with<S: Simd>(&mut self, simd: S, window: Window<'_>) -> Option<Step> {
        let mut padded = [b' '; BLOCK + 1];
        let lanes = Lanes::new(simd, &self.watch);
        // A needle must not be cut off by the end of the window.
        let wanted = if window.last { BLOCK + 1 } else { BLOCK + self.watch.reach() };
        loop {
            self.skim(simd, &lanes, window, wanted);
            if self.position >= self.value.next_check
                && let step @ Some(_) = self.check()
            {
                return step;
            }
            let rest = window.bytes.get(self.position - window.base..).unwrap_or_default();
            let block = match rest.first_chunk::<{ BLOCK + 1 }>().filter(|_| rest.len() >= wanted) {
                Some(block) => block,
                None if !window.last => {
                    self.release();
                    return Some(Step::More);
                }
                None if rest.is_empty() => return Some(self.cut_off()),
                None => {
                    padded.get_mut(..rest.len())?.copy_from_slice(rest);
                    &padded
                }
            };
            let length = rest.len().min(BLOCK);
            let (Some(bytes), Some(next)) = (block.first_chunk(), block.last_chunk()) else { return None };
            let (loaded, next) = (u8x64::simd_from(simd, *bytes), u8x64::simd_from(simd, *next));
            let found = masks(simd, loaded);
            let value = &mut self.value;
            if let Some(pairs) = lanes.pairs(simd, loaded, next) {
                value.seen.look(&self.watch, &pairs, window.bytes, window.base, self.position, value.start);
            }
            let mut quote = found.quote;
            if found.backslash != 0 || value.escape != 0 {
                quote &= !escaped(found.backslash, &mut value.escape);
                value.backslash = true;
            }
            value.non_ascii |= found.non_ascii != 0;
            let in_string = prefix_xor(quote) ^ value.in_string;
            let (open, close) = (found.open & !in_string, found.close & !in_string);
            let floor = value.depth.saturating_sub(close.count_ones());
            let peak = value.depth + open.count_ones();
            let is_plain = floor > u32::from(value.is_top)
                && peak <= self.bounds.depth
                && found.newline == 0
                && !value.after_newline;
            if is_plain {
                value.depth = peak - close.count_ones();
            } else {
                value.after_newline = found.newline >> (BLOCK - 1) != 0;
                if let Some(outcome) = self.brackets(window, open, close, found.newline, in_string) {
                    return outcome;
                }
            }
            self.value.in_string = (in_string.cast_signed() >> 63).cast_unsigned();
            self.position += length;
        }
    }

    /// Passes whole blocks in which the record cannot end, counting brackets; stops before the first
    /// that wants a closer look. All state is in local variables, since this is where the time goes.
    #[inline(always)]
    fn skim<S: Simd>(&mut self, simd: S, lanes: &Lanes<S>, window: Window<'_>, wanted: usize) {
        if self.value.after_newline {
            return;
        }
        let (is_top, next_check, start) = (self.value.is_top, self.value.next_check, self.value.start);
        let (mut depth, mut in_string, mut escape) =
            (self.value.depth, self.value.in_string, self.value.escape);
        let (mut non_ascii, mut backslash) = (0_u64, 0_u64);
        let deepest = self.bounds.depth;
        let rest = window.bytes.get(self.position - window.base..).unwrap_or_default();
        let mut position = self.position;
        let mut left = rest;
        while left.len() >= wanted && position < next_check {
            let (Some(block), Some(next)) = (left.first_chunk(), left.get(1..).and_then(<[u8]>::first_chunk))
            else {
                break;
            };
            let (loaded, next) = (u8x64::simd_from(simd, *block), u8x64::simd_from(simd, *next));
            let found = masks(simd, loaded);
            let (mut quote, mut next_escape) = (found.quote, escape);
            if found.backslash | escape != 0 {
                quote &= !escaped(found.backslash, &mut next_escape);
            }
            let inside = prefix_xor(quote) ^ in_string;
            let (open, close) = (found.open & !inside, found.close & !inside);
            let peak = depth + open.count_ones();
            let may_end = depth <= close.count_ones();
            // A member of a top-level value may be an array of records.
            let may_begin = is_top && depth <= 1 + close.count_ones() && squares(simd, loaded) & !inside != 0;
            if may_end | may_begin | (found.newline != 0) | (peak > deepest) {
                break;
            }
            if let Some(pairs) = lanes.pairs(simd, loaded, next) {
                self.value.seen.look(&self.watch, &pairs, window.bytes, window.base, position, start);
            }
            depth = peak - close.count_ones();
            // An arithmetic shift spreads the last bit: all ones if the next block begins in a string.
            in_string = (inside.cast_signed() >> 63).cast_unsigned();
            backslash |= found.backslash | escape;
            non_ascii |= found.non_ascii;
            escape = next_escape;
            position += BLOCK;
            left = left.get(BLOCK..).unwrap_or_default();
        }
        self.position = position;
        self.value.depth = depth;
        self.value.in_string = in_string;
        self.value.escape = escape;
        self.value.non_ascii |= non_ascii != 0;
        self.value.backslash |= backslash != 0;
    }

    /// Goes through the brackets and line breaks of a block one by one. Some(None) if the state has
    /// changed without anything to tell.
    fn brackets(
        &mut self,
        window: Window<'_>,
        open: u64,
        close: u64,
        newline: u64,
        in_string: u64,
    ) -> Option<Option<Step>> {
        let mut bits = open | close | (newline & in_string);
        while bits != 0 {
            let bit = bits & bits.wrapping_neg();
            bits &= bits - 1;
            let position = self.position + bit.trailing_zeros() as usize;
            if open & bit != 0 {
                if let Some(outcome) = self.opens(window, position) {
                    return Some(outcome);
                }
            } else if close & bit != 0 {
                self.value.depth -= 1;
                if self.value.depth == 0 {
                    return Some(self.closes(window, position));
                }
            } else {
                return Some(Some(self.broken("a line break inside a string")));
            }
        }
        None
    }

    fn opens(&mut self, window: Window<'_>, position: usize) -> Option<Option<Step>> {
        if window.at(position.wrapping_sub(1)) == Some(b'\n') && !self.may_begin_here(window, position) {
            return Some(Some(self.broken("cut off")));
        }
        let value = &mut self.value;
        if value.is_top && value.depth == 1 && window.at(position) == Some(b'[') {
            let before = window.bytes.get(..position - window.base).unwrap_or_default();
            let names_array = |name: &str| self.record_arrays.iter().any(|known| known == name);
            if member::name_before(before).is_some_and(|name| names_array(&name)) {
                value.is_container = true;
                self.in_member_array = true;
                self.state = State::Gap;
                self.position = position + 1;
                self.keep = self.position;
                return Some(None);
            }
        }
        value.depth += 1;
        if value.depth > self.bounds.depth {
            value.is_too_deep = true;
        }
        None
    }

    /// Whether a value inside a value may begin here, judged by what stands before it.
    fn may_begin_here(&self, window: Window<'_>, position: usize) -> bool {
        let first = self.keep.max(self.value.start);
        let before =
            window.bytes.get(first.saturating_sub(window.base)..position - window.base).unwrap_or_default();
        let last = before.iter().rev().find(|byte| !byte.is_ascii_whitespace());
        last.is_none_or(|byte| matches!(byte, b',' | b':' | b'['))
    }

    fn closes(&mut self, window: Window<'_>, position: usize) -> Option<Step> {
        let value = self.value;
        let closer = if value.opener == b'{' { b'}' } else { b']' };
        if window.at(position) != Some(closer) {
            return Some(self.broken("a closing bracket of the wrong kind"));
        }
        let (start, end) = (value.start, position + 1);
        self.state = State::Gap;
        self.position = end;
        self.keep = if value.is_container { end } else { self.keep.min(start) };
        if value.is_container {
            return None;
        }
        let reason = if value.is_too_large {
            "larger than the limit for a record"
        } else if value.is_too_deep {
            "nested deeper than the limit"
        } else if value.is_ignored {
            "not an object"
        } else {
            let (non_ascii, backslash) = (value.non_ascii, value.backslash);
            let (may_match, time) = (value.seen.may_match(end), value.seen.only_time(end));
            return Some(Step::Record(Span { start, end, non_ascii, backslash, may_match, time }));
        };
        Some(Step::Other { start, reason })
    }

    fn check(&mut self) -> Option<Step> {
        let start = self.value.start;
        if self.position - start >= self.bounds.record_bytes {
            self.value.is_too_large = true;
            self.value.next_check = usize::MAX;
            return None;
        }
        self.value.next_check = start + ((self.position - start) * 2).min(self.bounds.record_bytes);
        Some(Step::Check { start, end: self.position })
    }

    /// Gives up the bytes that only a value read whole would need.
    fn release(&mut self) {
        let value = &self.value;
        let is_long = self.position - value.start > FIRST_CHECK;
        if is_long && (value.is_too_large || value.is_container || value.is_ignored) {
            self.keep = self.keep.max(self.position.saturating_sub(MARGIN));
        }
    }

    fn cut_off(&mut self) -> Step {
        let reason = if self.value.is_too_large { "larger than the limit for a record" } else { "cut off" };
        self.broken(reason)
    }

    fn broken(&mut self, reason: &'static str) -> Step {
        let start = self.value.start.max(self.keep);
        self.state = State::Done;
        Step::Broken { start, reason }
    }
}

#[cfg(test)]
mod tests;
