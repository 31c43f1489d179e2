//! Bit masks of 64 bytes: where quotes, backslashes and brackets stand.

use fearless_simd::{Simd, u8x64};

/// Bytes looked at in one step.
pub(crate) const BLOCK: usize = 64;

/// One bit a byte, the first byte is the lowest bit.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Masks {
    pub quote: u64,
    pub backslash: u64,
    /// `{` and `[`, in strings too.
    pub open: u64,
    /// `}` and `]`, in strings too.
    pub close: u64,
    pub newline: u64,
    pub non_ascii: u64,
}

/// The masks of a block. Where brackets stand cannot be predicted, so there is no branch on them;
/// backslashes, line breaks and bytes beyond ASCII are rare, so one test stands for all three.
#[inline(always)]
pub(crate) fn masks<S: Simd>(simd: S, bytes: u8x64<S>) -> Masks {
    // Square brackets differ from braces in one bit.
    let folded = simd.or_u8x64(bytes, simd.splat_u8x64(0x20));
    let mut found = Masks {
        quote: simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(bytes, simd.splat_u8x64(b'"'))),
        open: simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(folded, simd.splat_u8x64(b'{'))),
        close: simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(folded, simd.splat_u8x64(b'}'))),
        ..Masks::default()
    };
    let backslash = simd.simd_eq_u8x64(bytes, simd.splat_u8x64(b'\\'));
    let newline = simd.simd_eq_u8x64(bytes, simd.splat_u8x64(b'\n'));
    let non_ascii = simd.simd_ge_u8x64(bytes, simd.splat_u8x64(0x80));
    let rare = simd.or_mask8x64(simd.or_mask8x64(backslash, newline), non_ascii);
    if simd.to_bitmask_mask8x64(rare) != 0 {
        found.backslash = simd.to_bitmask_mask8x64(backslash);
        found.newline = simd.to_bitmask_mask8x64(newline);
        found.non_ascii = simd.to_bitmask_mask8x64(non_ascii);
    }
    found
}

/// Where `[` stands, in strings too.
#[inline(always)]
pub(crate) fn squares<S: Simd>(simd: S, bytes: u8x64<S>) -> u64 {
    simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(bytes, simd.splat_u8x64(b'[')))
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
pub(crate) fn prefix_xor(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ (bits << 32)
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, SimdFrom, dispatch};

    use super::*;

    #[test]
    fn masks_mark_each_byte_kind() {
        let mut block = [b' '; BLOCK];
        block[0] = b'{';
        block[1] = b'"';
        block[17] = b'\\';
        block[40] = b']';
        block[63] = b'\n';
        let found = dispatch!(Level::new(), simd => masks(simd, u8x64::simd_from(simd, block)));
        assert_eq!((found.open, found.quote, found.backslash), (1, 2, 1 << 17));
        assert_eq!((found.close, found.newline, found.non_ascii), (1 << 40, 1 << 63, 0));
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
    fn prefix_xor_fills_between_quotes() {
        assert_eq!(prefix_xor(0b0100_0010), 0b0011_1110);
    }
}
