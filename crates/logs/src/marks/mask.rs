//! Bit masks of 64 bytes: where quotes, backslashes and brackets stand.

use fearless_simd::{Level, Simd, u8x64};

/// Bytes looked at in one step.
pub(crate) const BLOCK: usize = 64;

/// One bit a byte, the first byte is the lowest bit.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Masks {
    pub quote: u64,
    /// `{` and `[`, in strings too.
    pub open: u64,
    /// `}` and `]`, in strings too.
    pub close: u64,
}

/// The masks of a block. Where brackets stand cannot be predicted, so there is no branch on them.
#[inline(always)]
pub(crate) fn masks<S: Simd>(simd: S, bytes: u8x64<S>) -> Masks {
    // Square brackets differ from braces in one bit.
    let folded = simd.or_u8x64(bytes, simd.splat_u8x64(0x20));
    Masks {
        quote: simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(bytes, simd.splat_u8x64(b'"'))),
        open: simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(folded, simd.splat_u8x64(b'{'))),
        close: simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(folded, simd.splat_u8x64(b'}'))),
    }
}

/// Where `[` stands, in strings too.
#[inline(always)]
pub(crate) fn squares<S: Simd>(simd: S, bytes: u8x64<S>) -> u64 {
    simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(bytes, simd.splat_u8x64(b'[')))
}

/// Whether any byte is beyond ASCII.
#[inline(always)]
pub(crate) fn has_non_ascii<S: Simd>(simd: S, bytes: u8x64<S>) -> bool {
    simd.to_bitmask_mask8x64(simd.simd_ge_u8x64(bytes, simd.splat_u8x64(0x80))) != 0
}

/// Which bytes are escaped by a backslash before them; `carry` is 1 if the first byte is.
#[inline(always)]
pub(crate) fn escaped(backslash: u64, carry: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let backslash = backslash & !*carry;
    let follows = backslash << 1 | *carry;
    let odd_starts = backslash & !EVEN & !follows;
    let (even_sequences, overflow) = odd_starts.overflowing_add(backslash);
    *carry = u64::from(overflow);
    (EVEN ^ (even_sequences << 1)) & follows
}

/// Each bit becomes the parity of itself and all lower bits: quotes to "inside a string".
#[inline(always)]
pub(crate) fn parity<S: Simd>(simd: S, bits: u64) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if let Level::Avx512(token) = simd.level() {
        return carryless(token, bits);
    }
    let _ = simd;
    prefix_xor(bits)
}

#[inline(always)]
fn prefix_xor(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ (bits << 32)
}

// A multiplication without carries by all ones is the same in one step.
#[cfg(target_arch = "x86_64")]
fearless_simd::kernel!(
    #[inline(always)]
    fn carryless(token: Avx512, bits: u64) -> u64 {
        use std::arch::x86_64::{_mm_clmulepi64_si128, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_set1_epi8};
        let product = _mm_clmulepi64_si128::<0>(_mm_cvtsi64_si128(bits.cast_signed()), _mm_set1_epi8(-1));
        _mm_cvtsi128_si64(product).cast_unsigned()
    }
);

/// All ones if the highest bit is set, else none.
#[inline(always)]
pub(crate) fn spread(bits: u64) -> u64 {
    (bits.cast_signed() >> 63).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use fearless_simd::{SimdFrom, dispatch};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn masks_mark_each_byte_kind() {
        let mut block = [b' '; BLOCK];
        block[0] = b'{';
        block[1] = b'"';
        block[40] = b']';
        let found = dispatch!(Level::new(), simd => masks(simd, u8x64::simd_from(simd, block)));
        assert_eq!((found.open, found.quote, found.close), (1, 2, 1 << 40));
    }

    #[test]
    fn an_even_run_of_backslashes_escapes_nothing() {
        let mut carry = 0;
        assert_eq!(escaped(0b0110, &mut carry) & 0b1000, 0);
        assert_eq!(escaped(0b0010, &mut carry), 0b0100);
        assert_eq!(escaped(1 << 63, &mut carry), 0);
        assert_eq!(carry, 1);
        assert_eq!(escaped(0, &mut carry) & 1, 1);
    }

    #[test]
    fn parity_fills_between_quotes() {
        assert_eq!(prefix_xor(0b0100_0010), 0b0011_1110);
    }

    proptest! {
        #[test]
        fn every_processor_has_the_same_parity(bits: u64) {
            prop_assert_eq!(dispatch!(Level::new(), simd => parity(simd, bits)), prefix_xor(bits));
        }
    }
}
