//! Bit masks of 64 bytes: where quotes, backslashes and brackets stand.

use wide::u8x16;

/// Bytes looked at in one step.
pub(crate) const BLOCK: usize = 64;

/// One bit a byte, the first byte is the lowest bit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Masks {
    pub quote: u64,
    pub backslash: u64,
    /// `{` and `[`, in strings too.
    pub open: u64,
    /// `}` and `]`, in strings too.
    pub close: u64,
    pub newline: u64,
    pub non_ascii: bool,
}

/// The masks of a block.
#[inline]
pub(crate) fn masks(block: &[u8; BLOCK]) -> Masks {
    let lanes: [u8x16; 4] = wide::bytemuck::cast(*block);
    let mut found = Masks { quote: 0, backslash: 0, open: 0, close: 0, newline: 0, non_ascii: false };
    let lower = lanes.map(|lane| lane | u8x16::splat(0x20));
    let equal = |lanes: &[u8x16; 4], byte: u8| lanes.map(|lane| lane.simd_eq(u8x16::splat(byte)));
    found.quote = bits(equal(&lanes, b'"'));
    let backslash = equal(&lanes, b'\\');
    if any(backslash) {
        found.backslash = bits(backslash);
    }
    let open = equal(&lower, b'{');
    let close = equal(&lower, b'}');
    let brackets = [open[0] | close[0], open[1] | close[1], open[2] | close[2], open[3] | close[3]];
    if any(brackets) {
        found.open = bits(open);
        found.close = bits(close);
    }
    let newline = equal(&lanes, b'\n');
    if any(newline) {
        found.newline = bits(newline);
    }
    found.non_ascii = ((lanes[0] | lanes[1]) | (lanes[2] | lanes[3])).to_bitmask() != 0;
    found
}

#[inline]
fn any(lanes: [u8x16; 4]) -> bool {
    ((lanes[0] | lanes[1]) | (lanes[2] | lanes[3])).to_bitmask() != 0
}

#[inline]
fn bits(lanes: [u8x16; 4]) -> u64 {
    u64::from(lanes[0].to_bitmask())
        | u64::from(lanes[1].to_bitmask()) << 16
        | u64::from(lanes[2].to_bitmask()) << 32
        | u64::from(lanes[3].to_bitmask()) << 48
}

/// Which bytes are escaped by a backslash before them; `carry` is 1 if the first byte is.
#[inline]
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
#[inline]
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
    use super::*;

    #[test]
    fn masks_mark_each_byte_kind() {
        let mut block = [b' '; BLOCK];
        block[0] = b'{';
        block[1] = b'"';
        block[17] = b'\\';
        block[40] = b']';
        block[63] = b'\n';
        let found = masks(&block);
        assert_eq!((found.open, found.quote, found.backslash), (1, 2, 1 << 17));
        assert_eq!((found.close, found.newline, found.non_ascii), (1 << 40, 1 << 63, false));
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
