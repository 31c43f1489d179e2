//! Where a record's brackets, commas and colons stand, 64 bytes at a time.

use fearless_simd::{Level, Simd, SimdFrom, dispatch, u8x64, u32x16};

use crate::walk::mask::{BLOCK, escaped, masks, parity, spread};

/// The marks of one record; reused from record to record.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    /// Offsets of `{`, `}`, `[`, `]`, `,` and `:` outside of strings, in order; behind `count` old ones.
    places: Vec<u32>,
    count: usize,
    /// Quotes that begin or end a string.
    pub quotes: usize,
    pub has_backslash: bool,
}

/// What a block leaves to the next one, and what was seen so far.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    in_string: u64,
    escape: u64,
    backslash: u64,
    /// Control characters inside strings and backslashes outside of them.
    odd: u64,
}

impl Marks {
    pub(super) fn places(&self) -> &[u32] {
        self.places.get(..self.count).unwrap_or_default()
    }

    /// Marks a record. False if something in it is surely no JSON, or it is too large.
    pub(super) fn read(&mut self, level: Level, record: &[u8]) -> bool {
        if u32::try_from(record.len()).is_err() {
            return false;
        }
        dispatch!(level, simd => self.read_with(simd, record))
    }

    #[inline(always)]
    fn read_with<S: Simd>(&mut self, simd: S, record: &[u8]) -> bool {
        (self.count, self.quotes) = (0, 0);
        let mut seen = Seen::default();
        let mut base = 0;
        let (blocks, rest) = record.as_chunks::<BLOCK>();
        for block in blocks {
            self.block(simd, block, base, &mut seen);
            base += BLOCK as u32;
        }
        if !rest.is_empty() {
            let mut padded = [b' '; BLOCK];
            padded.iter_mut().zip(rest).for_each(|(target, byte)| *target = *byte);
            self.block(simd, &padded, base, &mut seen);
        }
        self.has_backslash = seen.backslash != 0;
        seen.odd == 0 && seen.in_string == 0
    }

    #[inline(always)]
    fn block<S: Simd>(&mut self, simd: S, block: &[u8; BLOCK], base: u32, seen: &mut Seen) {
        let bytes = u8x64::simd_from(simd, *block);
        let found = masks(simd, bytes);
        let is = |byte: u8| simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(bytes, simd.splat_u8x64(byte)));
        let control = simd.to_bitmask_mask8x64(simd.simd_lt_u8x64(bytes, simd.splat_u8x64(0x20)));
        let backslash = is(b'\\');
        let mut quote = found.quote;
        if backslash | seen.escape != 0 {
            quote &= !escaped(backslash, &mut seen.escape);
        }
        let in_string = parity(simd, quote) ^ seen.in_string;
        seen.in_string = spread(in_string);
        seen.backslash |= backslash;
        seen.odd |= (control & in_string) | (backslash & !in_string);
        self.quotes += quote.count_ones() as usize;
        let outside = (found.open | found.close | is(b',') | is(b':')) & !in_string;
        self.note(simd, outside, base);
    }

    /// Adds the places of a block. Several at a time, whether there are so many or not, since how many
    /// there are cannot be predicted.
    #[inline(always)]
    fn note<S: Simd>(&mut self, simd: S, bits: u64, base: u32) {
        if self.places.len() < self.count + BLOCK {
            self.places.resize(2 * (self.count + BLOCK), 0);
        }
        let count = bits.count_ones() as usize;
        let free = self.places.get_mut(self.count..).and_then(|free| free.first_chunk_mut::<BLOCK>());
        let Some(free) = free else { return };
        self.count += count;
        #[cfg(target_arch = "x86_64")]
        if let (Level::Avx512(token), Some(free), 0..=16) =
            (simd.level(), free.first_chunk_mut::<16>(), count)
        {
            *free = u32x16::simd_from(token, sixteen(token, bits, base)).into();
            return;
        }
        let _ = simd;
        list(bits, base, count, free);
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

    proptest! {
        #[test]
        fn the_places_are_those_outside_of_strings(record in r#"[a {}\[\],:"\\]{0,300}|[,"a]{0,200}"#) {
            let mut marks = Marks::default();
            let is_regular = marks.read(Level::new(), record.as_bytes());
            prop_assert_eq!((marks.places().to_vec(), is_regular), naive(&record));
            let mut listed = [0; BLOCK];
            list(0b1011, 5, 3, &mut listed);
            prop_assert_eq!(&listed[..3], &[5, 6, 8]);
        }
    }
}
