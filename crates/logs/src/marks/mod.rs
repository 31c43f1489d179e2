//! Where a record's brackets, commas and colons stand, 64 bytes at a time.
//!
//! The walk marks records as it looks for their ends, if all of them will be read; whoever has a
//! record without marks marks it itself.

pub(crate) mod mask;

use std::hash::BuildHasher;

use fearless_simd::{Level, Simd, SimdFrom, dispatch, u8x64, u32x16};
use foldhash::fast::FixedState;
use mask::{BLOCK, Masks, escaped, masks, parity, spread};

/// Added to the code of a mark whose string ends right before it.
const BEHIND_QUOTE: u8 = 0x80;
/// Added to the code of a mark right behind another one.
const BEHIND_MARK: u8 = 0x40;

/// The marks of some records, one behind the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// Offsets of `{`, `}`, `[`, `]`, `,` and `:` outside of strings in the record; behind `count` old ones.
    places: Vec<u32>,
    /// What each of them is: its byte, plus [`BEHIND_QUOTE`] or [`BEHIND_MARK`].
    codes: Vec<u8>,
    count: usize,
}

/// Which marks are a record's, and what was seen besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    first: usize,
    end: usize,
    /// Quotes that begin or end a string.
    quotes: usize,
    /// Whether every string begins directly behind a mark and ends directly before one.
    is_tight: bool,
    pub has_backslash: bool,
}

/// The marks of one record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordMarks<'a> {
    pub places: &'a [u32],
    /// What the marks are, in order; equal only in records that are built alike.
    pub codes: &'a [u8],
    entry: Entry,
}

impl RecordMarks<'_> {
    /// Whether every string fills all between two marks: then the codes tell which do.
    pub(crate) fn is_tight(&self) -> bool {
        self.entry.is_tight
    }

    pub(crate) fn has_backslash(&self) -> bool {
        self.entry.has_backslash
    }

    /// Quotes that begin or end a string.
    pub(crate) fn quotes(&self) -> usize {
        self.entry.quotes
    }

    pub(crate) fn hash(&self) -> u64 {
        FixedState::with_seed(0).hash_one(self.codes)
    }
}

/// A record in the course of being marked: what its blocks leave to the next one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Course {
    base: u32,
    first: usize,
    in_string: u64,
    escape: u64,
    /// 1 if the last byte was a quote that ends a string, or a mark.
    closing: u64,
    mark: u64,
    backslash: u64,
    /// Control characters inside strings and backslashes outside of them.
    odd: u64,
    /// Strings that begin elsewhere than behind a mark, and what is no mark behind a string.
    loose: u64,
    quotes: usize,
}

/// The bytes of a block that matter, outside of strings but for the quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    quote: u64,
    /// Brackets.
    pub open: u64,
    pub close: u64,
    /// Commas and colons.
    comma: u64,
    /// Control characters in strings, where none may be, and outside of them, where some are white space.
    control: u64,
    pub layout: u64,
    backslash: u64,
    in_string: u64,
    escape: u64,
}

impl Course {
    /// What is in the next block.
    #[inline(always)]
    pub(crate) fn look<S: Simd>(&self, simd: S, bytes: u8x64<S>) -> Found {
        let Masks { mut quote, open, close } = masks(simd, bytes);
        let is = |byte: u8| simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(bytes, simd.splat_u8x64(byte)));
        let control = simd.to_bitmask_mask8x64(simd.simd_lt_u8x64(bytes, simd.splat_u8x64(0x20)));
        let (backslash, mut escape) = (is(b'\\'), self.escape);
        if backslash | escape != 0 {
            quote &= !escaped(backslash, &mut escape);
        }
        let in_string = parity(simd, quote) ^ self.in_string;
        Found {
            quote,
            open: open & !in_string,
            close: close & !in_string,
            comma: (is(b',') | is(b':')) & !in_string,
            control: control & in_string,
            layout: control & !in_string,
            backslash,
            in_string,
            escape,
        }
    }

    /// Whether what was seen so far is surely no JSON.
    #[inline(always)]
    pub(crate) fn is_odd(&self) -> bool {
        self.odd != 0
    }

    /// Goes on to the next block; gives the marks of this one.
    #[inline(always)]
    fn pass(&mut self, found: &Found) -> Noted {
        let marks = found.open | found.close | found.comma;
        let (opening, closing) = (found.quote & found.in_string, found.quote & !found.in_string);
        let (behind_mark, behind_string) = (marks << 1 | self.mark, closing << 1 | self.closing);
        self.base += BLOCK as u32;
        self.in_string = spread(found.in_string);
        self.escape = found.escape;
        self.backslash |= found.backslash;
        self.odd |= found.control | (found.backslash & !found.in_string);
        self.loose |= (opening & !behind_mark) | (behind_string & !marks);
        self.closing = closing >> (BLOCK - 1);
        self.mark = marks >> (BLOCK - 1);
        self.quotes += found.quote.count_ones() as usize;
        Noted { marks, behind_quote: marks & behind_string, behind_mark: marks & behind_mark }
    }
}

impl Found {
    /// Only what is in the lowest `length` bytes.
    #[inline(always)]
    pub(crate) fn only(self, length: u32) -> Self {
        let kept = u64::MAX.checked_shr(64 - length).unwrap_or(0);
        Self {
            quote: self.quote & kept,
            open: self.open & kept,
            close: self.close & kept,
            comma: self.comma & kept,
            control: self.control & kept,
            layout: self.layout & kept,
            backslash: self.backslash & kept,
            in_string: self.in_string & kept,
            escape: 0,
        }
    }
}

/// The marks of a block.
#[derive(Debug, Clone, Copy)]
struct Noted {
    marks: u64,
    behind_quote: u64,
    behind_mark: u64,
}

impl Marks {
    /// Forgets all marks.
    pub(crate) fn clear(&mut self) {
        self.count = 0;
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn of(&self, entry: Entry) -> RecordMarks<'_> {
        let places = self.places.get(entry.first..entry.end).unwrap_or_default();
        RecordMarks { places, codes: self.codes.get(entry.first..entry.end).unwrap_or_default(), entry }
    }

    /// Marks a record. None if something in it is surely no JSON, or it is too large.
    pub(crate) fn read(&mut self, level: Level, record: &[u8]) -> Option<Entry> {
        u32::try_from(record.len() + BLOCK).ok()?;
        dispatch!(level, simd => self.read_with(simd, record))
    }

    #[inline(always)]
    fn read_with<S: Simd>(&mut self, simd: S, record: &[u8]) -> Option<Entry> {
        let mut course = self.begin();
        let (blocks, rest) = record.as_chunks::<BLOCK>();
        // Block by block: a long record may have few marks.
        for block in blocks {
            self.make_room(BLOCK);
            let found = course.look(simd, u8x64::simd_from(simd, *block));
            self.note(simd, &mut course, block, &found);
        }
        if !rest.is_empty() {
            self.make_room(BLOCK);
            let mut padded = [b' '; BLOCK];
            padded.iter_mut().zip(rest).for_each(|(target, byte)| *target = *byte);
            let found = course.look(simd, u8x64::simd_from(simd, padded));
            self.note(simd, &mut course, &padded, &found);
        }
        self.end(&course)
    }

    /// Begins a record.
    #[inline(always)]
    pub(crate) fn begin(&self) -> Course {
        Course { first: self.count, ..Course::default() }
    }

    /// Makes room for the marks of so many bytes more.
    #[inline(always)]
    pub(crate) fn make_room(&mut self, bytes: usize) {
        let needed = self.count + bytes.next_multiple_of(BLOCK) + BLOCK;
        if self.places.len() < needed {
            self.places.resize(needed * 2, 0);
            self.codes.resize(needed * 2, 0);
        }
    }

    /// Ends a record. None if something in it is surely no JSON.
    #[inline(always)]
    pub(crate) fn end(&mut self, course: &Course) -> Option<Entry> {
        if course.is_odd() || course.in_string != 0 {
            self.give_up(course);
            return None;
        }
        Some(Entry {
            first: course.first,
            end: self.count,
            quotes: course.quotes,
            is_tight: course.loose | course.closing == 0,
            has_backslash: course.backslash != 0,
        })
    }

    /// Forgets the marks of a record that has not ended.
    #[inline(always)]
    pub(crate) fn give_up(&mut self, course: &Course) {
        self.count = course.first;
    }

    /// Adds the marks of a block. Several at a time, whether there are so many or not, since how many
    /// there are cannot be predicted.
    #[inline(always)]
    pub(crate) fn note<S: Simd>(&mut self, simd: S, course: &mut Course, block: &[u8; BLOCK], found: &Found) {
        let base = course.base;
        let noted = course.pass(found);
        let places = self.places.get_mut(self.count..).and_then(|free| free.first_chunk_mut::<BLOCK>());
        let codes = self.codes.get_mut(self.count..).and_then(|free| free.first_chunk_mut::<BLOCK>());
        let (Some(places), Some(codes)) = (places, codes) else { return };
        let count = noted.marks.count_ones() as usize;
        self.count += count;
        #[cfg(target_arch = "x86_64")]
        if let (Level::Avx512(token), Some(places), 0..=16) =
            (simd.level(), places.first_chunk_mut::<16>(), count)
        {
            *places = u32x16::simd_from(token, sixteen(token, noted.marks, base)).into();
            *codes = u8x64::simd_from(token, coded(token, *block, noted)).into();
            return;
        }
        let _ = simd;
        list(noted.marks, base, count, places);
        for (code, place) in codes.iter_mut().zip(places.iter().take(count)) {
            *code = code_at(block, noted, place - base);
        }
    }
}

fn list(mut bits: u64, base: u32, count: usize, free: &mut [u32; BLOCK]) {
    for (index, eight) in free.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        for place in eight {
            *place = base + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
        if count <= 8 * (index + 1) {
            break;
        }
    }
}

fn code_at(block: &[u8; BLOCK], noted: Noted, bit: u32) -> u8 {
    let flag = |bits: u64, flag: u8| if bits >> bit & 1 == 0 { 0 } else { flag };
    let byte = block.get(bit as usize).copied().unwrap_or_default();
    byte.wrapping_add(flag(noted.behind_quote, BEHIND_QUOTE))
        .wrapping_add(flag(noted.behind_mark, BEHIND_MARK))
}

// The places of the first sixteen bits that are set.
#[cfg(target_arch = "x86_64")]
fearless_simd::kernel!(
    #[inline(always)]
    fn sixteen(token: Avx512, bits: u64, base: u32) -> std::arch::x86_64::__m512i {
        use std::arch::x86_64::{
            _mm512_add_epi32, _mm512_castsi512_si128, _mm512_cvtepu8_epi32, _mm512_maskz_compress_epi8,
            _mm512_set1_epi32,
        };
        let places = _mm512_maskz_compress_epi8(bits, u8x64::simd_from(token, NUMBERS).into());
        let wide = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(places));
        _mm512_add_epi32(wide, _mm512_set1_epi32(base.cast_signed()))
    }
);

// The codes of all marks of a block.
#[cfg(target_arch = "x86_64")]
fearless_simd::kernel!(
    #[inline(always)]
    fn coded(token: Avx512, block: [u8; BLOCK], noted: Noted) -> std::arch::x86_64::__m512i {
        use std::arch::x86_64::{_mm512_mask_add_epi8, _mm512_maskz_compress_epi8, _mm512_set1_epi8};
        let bytes = u8x64::simd_from(token, block).into();
        let quoted = _mm512_set1_epi8(BEHIND_QUOTE.cast_signed());
        let bytes = _mm512_mask_add_epi8(bytes, noted.behind_quote, bytes, quoted);
        let marked = _mm512_set1_epi8(BEHIND_MARK.cast_signed());
        let bytes = _mm512_mask_add_epi8(bytes, noted.behind_mark, bytes, marked);
        _mm512_maskz_compress_epi8(noted.marks, bytes)
    }
);

#[cfg(target_arch = "x86_64")]
const NUMBERS: [u8; BLOCK] = {
    let mut numbers = [0; BLOCK];
    let mut index = 0;
    while index < BLOCK {
        numbers[index] = index as u8;
        index += 1;
    }
    numbers
};

/// The levels of vector instructions that this processor has, so that each way through the code is tested.
#[cfg(test)]
pub(crate) fn levels() -> Vec<Level> {
    let best = Level::new();
    #[allow(unused_mut)]
    let mut levels = vec![best, Level::baseline()];
    #[cfg(target_arch = "x86_64")]
    levels.extend(best.as_avx2().map(Level::Avx2).into_iter().chain(best.as_sse4_2().map(Level::Sse4_2)));
    levels
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The places, character by character, and whether all is in order.
    fn naive(record: &str) -> (Vec<u32>, bool) {
        let (mut places, mut is_regular, mut in_string, mut is_escaped) = (Vec::new(), true, false, false);
        for (place, character) in (0..).zip(record.chars()) {
            is_regular &= in_string || character != '\\';
            match character {
                '"' if !is_escaped => in_string = !in_string,
                '{' | '}' | '[' | ']' | ',' | ':' if !in_string => places.push(place),
                _ => {}
            }
            is_escaped = character == '\\' && !is_escaped;
        }
        (places, is_regular && !in_string)
    }

    fn naive_code(record: &str, place: u32, places: &[u32]) -> u8 {
        let byte = |place: u32| record.as_bytes()[place as usize];
        let before = place.checked_sub(1);
        byte(place)
            .wrapping_add(if before.is_some_and(|before| places.contains(&before)) { BEHIND_MARK } else { 0 })
            .wrapping_add(if before.is_some_and(|before| byte(before) == b'"') { BEHIND_QUOTE } else { 0 })
    }

    #[test]
    fn a_long_string_takes_no_room() {
        let mut marks = Marks::default();
        let record = format!(r#"{{"a":"{}"}}"#, "x".repeat(1 << 20));
        assert!(marks.read(Level::new(), record.as_bytes()).is_some());
        assert!(marks.places.len() < 1024, "{}", marks.places.len());
    }

    proptest! {
        #[test]
        fn the_places_are_those_outside_of_strings(record in r#"[a {}\[\],:"\\]{0,300}|[,"a]{0,200}"#) {
            let mut marks = Marks::default();
            let (places, is_regular) = naive(&record);
            for level in levels() {
            marks.clear();
            let entry = marks.read(level, record.as_bytes());
            prop_assert_eq!(entry.is_some(), is_regular);
            if let Some(entry) = entry {
                let codes: Vec<u8> = places.iter().map(|place| naive_code(&record, *place, &places)).collect();
                prop_assert_eq!((marks.of(entry).places, marks.of(entry).codes), (&*places, &*codes));
            }
            }
            let mut listed = [0; BLOCK];
            list(0b1011, 5, 3, &mut listed);
            prop_assert_eq!(&listed[..3], &[5, 6, 8]);
        }
    }
}
