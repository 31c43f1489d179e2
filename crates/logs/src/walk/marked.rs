//! Records that follow one another directly, marked as they are passed.
//!
//! This is for plans that read every record: its end and its marks come from one look at its bytes.
//! It only goes through what is surely right. Whatever is odd is left to the closer look of
//! [`super::value`], which says what it is.

use fearless_simd::{Simd, SimdFrom, dispatch, u8x64};

use super::{FIRST_CHECK, Span, State, Walker, Window, member};
use crate::marks::{
    Course, Entry, Marks,
    mask::{BLOCK, has_non_ascii, squares},
};

/// No record is added to so many marks.
const MOST_MARKS: usize = 1 << 16;

/// Where a record ends, if it can be told.
enum End {
    /// Not in this block.
    Behind,
    /// Behind so many bytes of it.
    After(u32),
    /// A record array may begin here.
    Unknown,
}

impl Walker<'_> {
    /// Whether a value has just begun that may be marked as it is passed.
    pub(super) fn may_mark(&self) -> bool {
        let value = &self.value;
        let is_fresh = self.position == value.start + 1 && value.opener == b'{';
        is_fresh && !value.is_unmarked && self.marks.as_ref().is_some_and(|marks| marks.len() < MOST_MARKS)
    }

    /// Passes records up to the first that wants a closer look, and begins that one.
    pub(super) fn mark(&mut self, window: Window<'_>) {
        let Some(mut marks) = self.marks.take() else { return };
        dispatch!(self.level, simd => self.mark_with(simd, window, &mut marks));
        self.marks = Some(marks);
    }

    #[inline(always)]
    fn mark_with<S: Simd>(&mut self, simd: S, window: Window<'_>, marks: &mut Marks) {
        loop {
            let Some((length, non_ascii, entry)) = self.mark_one(simd, window, marks) else {
                self.value.is_unmarked = true;
                return;
            };
            let start = self.value.start;
            let end = start + length;
            self.state = State::Gap;
            self.position = end;
            let (backslash, marked) = (entry.has_backslash, Some(entry));
            self.records.push(Span { start, end, non_ascii, backslash, may_match: true, time: None, marked });
            if self.records.len() >= self.batch || marks.len() >= MOST_MARKS || !self.begins_next(window) {
                return;
            }
        }
    }

    /// The length of the value, whether it may hold bytes beyond ASCII, and its marks.
    #[inline(always)]
    fn mark_one<S: Simd>(
        &self,
        simd: S,
        window: Window<'_>,
        marks: &mut Marks,
    ) -> Option<(usize, bool, Entry)> {
        let value = window.bytes.get(self.value.start - window.base..)?;
        let value = value.get(..FIRST_CHECK.min(self.bounds.record_bytes)).unwrap_or(value);
        marks.make_room(value.len());
        let mut course = marks.begin();
        let outcome = self.mark_blocks(simd, value, &mut course, marks);
        let Some((length, non_ascii)) = outcome else {
            marks.give_up(&course);
            return None;
        };
        marks.end(&course).map(|entry| (length, non_ascii, entry))
    }

    #[inline(always)]
    fn mark_blocks<S: Simd>(
        &self,
        simd: S,
        value: &[u8],
        course: &mut Course,
        marks: &mut Marks,
    ) -> Option<(usize, bool)> {
        let mut all = simd.splat_u8x64(0);
        let (mut depth, mut passed) = (0_u32, 0);
        for block in value.as_chunks::<BLOCK>().0 {
            let bytes = u8x64::simd_from(simd, *block);
            all = simd.or_u8x64(all, bytes);
            let found = course.look(simd, bytes);
            let may_hold_array = self.value.is_top
                && depth <= 1 + found.close.count_ones()
                && squares(simd, bytes) & found.open != 0;
            let mut end = End::Behind;
            if depth <= found.close.count_ones() || may_hold_array {
                end = self.end_in(value, passed, (found.open, found.close), depth);
            }
            match end {
                End::Unknown => return None,
                End::Behind => marks.note(simd, course, block, &found),
                End::After(length) => {
                    let found = found.only(length);
                    marks.note(simd, course, block, &found);
                    let end = passed + length as usize;
                    return (found.layout == 0).then_some((end, has_non_ascii(simd, all)));
                }
            }
            depth = depth + found.open.count_ones() - found.close.count_ones();
            passed += BLOCK;
            // A bracket at the beginning of a line makes the walk suspicious.
            if course.is_odd() || found.layout != 0 || depth > self.bounds.depth {
                return None;
            }
        }
        None
    }

    /// Goes through the brackets of a block at `passed` one by one.
    fn end_in(&self, value: &[u8], passed: usize, (open, close): (u64, u64), mut depth: u32) -> End {
        let mut bits = open | close;
        while bits != 0 {
            let place = bits.trailing_zeros();
            let is_open = open >> place & 1 != 0;
            bits &= bits - 1;
            if !is_open {
                // Closing more than was opened is for the closer look.
                let Some(left) = depth.checked_sub(1) else { return End::Unknown };
                depth = left;
                if depth == 0 {
                    let is_brace = value.get(passed + place as usize) == Some(&b'}');
                    return if is_brace { End::After(place + 1) } else { End::Unknown };
                }
                continue;
            }
            let before = value.get(..passed + place as usize).unwrap_or_default();
            let is_square = value.get(before.len()) == Some(&b'[');
            if self.value.is_top && depth == 1 && is_square && self.names_records(before) {
                return End::Unknown;
            }
            depth += 1;
        }
        End::Behind
    }

    /// Whether the member whose value follows holds records.
    pub(super) fn names_records(&self, before: &[u8]) -> bool {
        let is_known = |name: &str| self.record_arrays.iter().any(|known| known == name);
        member::name_before(before).is_some_and(|name| is_known(&name))
    }
}
