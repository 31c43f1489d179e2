//! Inside a value: 64 bytes at a time.

use fearless_simd::{Simd, SimdFrom, dispatch, u8x64};

use super::{
    FIRST_CHECK, MARGIN, Span, State, Step, Walker, Window,
    watch::{Classes, Kinds, Seen},
};
use crate::marks::mask::{BLOCK, Masks, escaped, has_non_ascii, masks, parity, spread, squares};

/// The value being walked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Value {
    pub start: usize,
    pub depth: u32,
    pub opener: u8,
    /// Whether its members may be record arrays.
    pub is_top: bool,
    pub is_container: bool,
    pub is_ignored: bool,
    pub is_too_deep: bool,
    pub is_too_large: bool,
    /// Whether it cannot be marked as it is passed.
    pub is_unmarked: bool,
    pub non_ascii: bool,
    pub backslash: bool,
    pub carry: Carry,
    pub next_check: usize,
    pub seen: Seen,
}

/// What the blocks before leave to the next one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Carry {
    /// All ones inside a string.
    in_string: u64,
    /// 1 if the first byte is escaped.
    escape: u64,
    /// 1 behind a line break.
    newline: u64,
}

/// A block's brackets outside of strings, and its line breaks.
#[derive(Debug, Clone, Copy)]
struct Block {
    open: u64,
    close: u64,
    newline: u64,
    in_string: u64,
    carry: Carry,
}

/// A block in registers.
struct Loaded<S: Simd> {
    bytes: u8x64<S>,
    found: Masks,
    kinds: Kinds<S>,
    /// Which bytes stand out: escapes, line breaks, beginnings of needles.
    any: u64,
}

impl<S: Simd> Loaded<S> {
    /// Loads a block; the byte behind it may belong to a needle.
    #[inline(always)]
    fn new(simd: S, classes: &Classes<S>, bytes: &[u8; BLOCK + 1]) -> Self {
        let next = u8x64::simd_from(simd, *bytes.last_chunk().unwrap_or(&[0; BLOCK]));
        let bytes = u8x64::simd_from(simd, *bytes.first_chunk().unwrap_or(&[0; BLOCK]));
        let kinds = classes.of(simd, bytes, next);
        let any = kinds.any(simd);
        Self { bytes, found: masks(simd, bytes), kinds, any }
    }

    /// The block as it is if nothing in it stands out, but for the quotes that are not escaped.
    #[inline(always)]
    fn block(&self, simd: S, quote: u64, in_string: u64) -> Block {
        let in_string = parity(simd, quote) ^ in_string;
        let (open, close) = (self.found.open & !in_string, self.found.close & !in_string);
        let carry = Carry { in_string: spread(in_string), ..Carry::default() };
        Block { open, close, newline: 0, in_string, carry }
    }
}

/// Blocks passed one after the other. All of it stays in registers, since this is where the time goes.
struct Run<'a, S: Simd> {
    /// What is left of the region, from the next block on.
    left: &'a [u8],
    depth: u32,
    carry: Carry,
    /// All bytes so far, one block or-ed to the other.
    all: u8x64<S>,
}

impl<S: Simd> Run<'_, S> {
    /// Passes blocks up to the first in which something stands out; none at the end of the region.
    #[inline(always)]
    fn pass<const TOP: bool>(&mut self, simd: S, classes: &Classes<S>, deepest: u32) -> Option<Loaded<S>> {
        loop {
            let loaded = Loaded::new(simd, classes, self.left.first_chunk()?);
            self.all = simd.or_u8x64(self.all, loaded.bytes);
            let block = loaded.block(simd, loaded.found.quote, self.carry.in_string);
            let is_too_deep = self.depth + block.open.count_ones() > deepest;
            let stands_out = loaded.any | self.carry.escape | self.carry.newline != 0;
            let may_hold_array = self.may_hold_array::<TOP>(simd, &loaded, &block);
            if stands_out | self.may_end_in(&block) | may_hold_array | is_too_deep {
                return Some(loaded);
            }
            self.go_on(&block);
        }
    }

    #[inline(always)]
    fn may_end_in(&self, block: &Block) -> bool {
        self.depth <= block.close.count_ones()
    }

    /// Whether a member of a top-level value that is an array, perhaps of records, may begin here.
    #[inline(always)]
    fn may_hold_array<const TOP: bool>(&self, simd: S, loaded: &Loaded<S>, block: &Block) -> bool {
        TOP && (self.depth <= 1 + block.close.count_ones())
            & (squares(simd, loaded.bytes) & !block.in_string != 0)
    }

    #[inline(always)]
    fn go_on(&mut self, block: &Block) {
        self.depth = self.depth + block.open.count_ones() - block.close.count_ones();
        self.carry = block.carry;
        self.left = self.left.get(BLOCK..).unwrap_or_default();
    }
}

impl Walker<'_> {
    pub(super) fn in_value(&mut self, window: Window<'_>) -> Option<Step> {
        dispatch!(self.level, simd => self.in_value_with(simd, window))
    }

    /// Goes on to the end of the value, and through the records that follow it directly.
    #[inline(always)]
    fn in_value_with<S: Simd>(&mut self, simd: S, window: Window<'_>) -> Option<Step> {
        let classes = Classes::new(simd, &self.watch);
        // A needle must not be cut off by the end of the window.
        let wanted = if window.last { BLOCK + 1 } else { BLOCK + self.watch.reach() };
        loop {
            let skimmed = if self.value.is_top {
                self.skim::<S, true>(simd, &classes, window, wanted)
            } else {
                self.skim::<S, false>(simd, &classes, window, wanted)
            };
            let (block, length) = match skimmed {
                Some(block) => (block, BLOCK),
                None if self.position >= self.value.next_check => match self.check() {
                    None => continue,
                    step => return step,
                },
                None if !window.last => {
                    self.release();
                    return Some(Step::More);
                }
                None => {
                    let rest = window.bytes.get(self.position - window.base..).unwrap_or_default();
                    if rest.is_empty() {
                        return Some(self.cut_off());
                    }
                    (self.last_block(simd, &classes, window, rest), rest.len())
                }
            };
            match self.brackets(window, &block) {
                None => {
                    self.value.carry = block.carry;
                    self.position += length;
                }
                Some(Some(Step::Record(span))) => {
                    self.records.push(span);
                    if self.records.len() >= self.batch || !self.begins_next(window) || self.may_mark() {
                        return None;
                    }
                }
                Some(step) => return step,
            }
        }
    }

    /// Passes whole blocks in which the record cannot end, counting brackets; stops at the first that
    /// wants a closer look.
    #[inline(always)]
    fn skim<S: Simd, const TOP: bool>(
        &mut self,
        simd: S,
        classes: &Classes<S>,
        window: Window<'_>,
        wanted: usize,
    ) -> Option<Block> {
        // Every block that begins in this region is followed by as many bytes as are wanted.
        let check = self.value.next_check.saturating_sub(window.base).saturating_add(BLOCK);
        let end = (window.bytes.len() + BLOCK + 1).saturating_sub(wanted).min(check);
        let region = window.bytes.get(self.position - window.base..end).unwrap_or_default();
        let all = simd.splat_u8x64(0);
        let mut run = Run { left: region, depth: self.value.depth, carry: self.value.carry, all };
        let mut special = None;
        while let Some(loaded) = run.pass::<TOP>(simd, classes, self.bounds.depth) {
            let position = self.position + region.len() - run.left.len();
            let block = self.look(simd, &loaded, window, position, run.carry);
            if run.may_end_in(&block)
                | run.may_hold_array::<TOP>(simd, &loaded, &block)
                | (run.depth + block.open.count_ones() > self.bounds.depth)
                | block.is_suspect(run.carry)
            {
                special = Some(block);
                break;
            }
            run.go_on(&block);
        }
        self.position += region.len() - run.left.len();
        self.value.depth = run.depth;
        self.value.carry = run.carry;
        self.value.non_ascii |= has_non_ascii(simd, run.all);
        special
    }

    /// Looks for escapes, line breaks and needles in a block at offset `position`.
    #[inline(always)]
    fn look<S: Simd>(
        &mut self,
        simd: S,
        loaded: &Loaded<S>,
        window: Window<'_>,
        position: usize,
        carry: Carry,
    ) -> Block {
        let (mut quote, mut escape) = (loaded.found.quote, carry.escape);
        let backslash = loaded.kinds.backslash(simd);
        let newline = loaded.kinds.newline(simd);
        if backslash | escape != 0 {
            quote &= !escaped(backslash, &mut escape);
            self.value.backslash = true;
        }
        let hits = loaded.kinds.hits(simd);
        if hits != 0 {
            let (seen, start) = (&mut self.value.seen, self.value.start);
            seen.look(&self.watch, (hits, &loaded.kinds.bytes()), window, position, start);
        }
        let block = loaded.block(simd, quote, carry.in_string);
        Block { newline, carry: Carry { escape, newline: newline >> (BLOCK - 1), ..block.carry }, ..block }
    }

    /// The last block of an object, filled up with spaces.
    #[inline(always)]
    fn last_block<S: Simd>(
        &mut self,
        simd: S,
        classes: &Classes<S>,
        window: Window<'_>,
        rest: &[u8],
    ) -> Block {
        let mut padded = [b' '; BLOCK + 1];
        for (target, byte) in padded.iter_mut().zip(rest) {
            *target = *byte;
        }
        let loaded = Loaded::new(simd, classes, &padded);
        self.value.non_ascii |= has_non_ascii(simd, loaded.bytes);
        self.look(simd, &loaded, window, self.position, self.value.carry)
    }

    /// Begins the next record if it follows the last one at once.
    pub(super) fn begins_next(&mut self, window: Window<'_>) -> bool {
        let rest = window.bytes.get(self.position - window.base..).unwrap_or_default();
        let gap = match rest {
            [b'{', ..] => 0,
            [b',' | b'\n', b'{', ..] => 1,
            _ => return false,
        };
        let step = self.begin(self.position + gap, b'{');
        debug_assert!(step.is_none(), "a record came right before");
        true
    }

    /// Goes through the brackets and line breaks of a block one by one. Some(None) if the state has
    /// changed without anything to tell.
    fn brackets(&mut self, window: Window<'_>, block: &Block) -> Option<Option<Step>> {
        let Block { open, close, newline, in_string, .. } = *block;
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
        if self.value.is_top && self.value.depth == 1 && window.at(position) == Some(b'[') {
            let before = window.bytes.get(..position - window.base).unwrap_or_default();
            if self.names_records(before) {
                self.value.is_container = true;
                self.in_member_array = true;
                self.state = State::Gap;
                self.position = position + 1;
                self.keep = self.position;
                return Some(None);
            }
        }
        let value = &mut self.value;
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
            let marked = None;
            return Some(Step::Record(Span { start, end, non_ascii, backslash, may_match, time, marked }));
        };
        Some(Step::Other { start, end, reason })
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

impl Block {
    /// Whether a line ends in a string, or a bracket opens at the beginning of a line: something
    /// before it may have been cut off.
    #[inline(always)]
    fn is_suspect(&self, before: Carry) -> bool {
        self.newline & self.in_string != 0 || (self.newline << 1 | before.newline) & self.open != 0
    }
}
