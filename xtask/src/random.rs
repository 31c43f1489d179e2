//! A small deterministic source of random numbers and identifiers.

/// `SplitMix64`: the same seed gives the same numbers on every machine.
pub struct Random(u64);

impl Random {
    /// A source that is determined by `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 where the limit is 0.
    pub const fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.next() % limit }
    }

    /// One of the items.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let length = u64::try_from(items.len()).unwrap_or(1);
        &items[usize::try_from(self.below(length)).unwrap_or(0)]
    }

    /// Appends `length` characters of `alphabet`.
    fn letters(&mut self, into: &mut String, alphabet: &[u8], length: usize) {
        for _ in 0..length {
            into.push(char::from(*self.pick(alphabet)));
        }
    }

    /// Appends a random UUID.
    pub fn push_uuid(&mut self, into: &mut String) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let (mut high, mut low) = (self.next(), self.next());
        high = (high & !0xF000) | 0x4000;
        low = (low & !(3 << 62)) | (2 << 62);
        for (number, dashes) in [(high, [8_usize, 12]), (low, [0, 4])] {
            for digit in 0..16_usize {
                if dashes.contains(&digit) {
                    into.push('-');
                }
                let nibble = (number >> (60 - 4 * digit)) & 15;
                into.push(char::from(DIGITS[usize::try_from(nibble).unwrap_or(0)]));
            }
        }
    }

    /// `prefix` and `length` upper-case letters and digits, as in access key ids.
    pub fn key(&mut self, prefix: &str, length: usize) -> String {
        let mut text = prefix.to_owned();
        self.letters(&mut text, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length);
        text
    }
}
