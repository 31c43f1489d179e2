//! Where a record's brackets, commas and colons stand, 64 bytes at a time.

use fearless_simd::{Level, Simd, SimdFrom, dispatch, u8x64};

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
        self.note(outside, base);
    }

    /// Adds the places of a block. Eight at a time, whether there are so many or not, since how many
    /// there are cannot be predicted.
    #[inline(always)]
    fn note(&mut self, mut bits: u64, base: u32) {
        if self.places.len() < self.count + BLOCK {
            self.places.resize(2 * (self.count + BLOCK), 0);
        }
        let count = bits.count_ones() as usize;
        let free = self.places.get_mut(self.count..).and_then(|free| free.first_chunk_mut::<BLOCK>());
        let Some(free) = free else { return };
        for (index, eight) in free.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            for place in eight {
                *place = base + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
            if count <= 8 * (index + 1) {
                break;
            }
        }
        self.count += count;
    }
}
