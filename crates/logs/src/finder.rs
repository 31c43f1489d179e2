//! Finds a short text in bytes, exactly or in any ASCII case, 64 positions at a time.

use fearless_simd::{Level, Simd, SimdFrom, dispatch, u8x64};

use crate::rarity::rarity;

const BLOCK: usize = 64;

/// A prepared needle.
#[derive(Debug, Clone)]
pub(crate) struct Finder {
    needle: Vec<u8>,
    ignore_case: bool,
    /// Two rare bytes of the needle: position, byte, and what is or-ed to the text before comparing.
    probes: [(usize, u8, u8); 2],
    level: Level,
}

impl Finder {
    /// A finder for a needle that is not empty.
    pub(crate) fn new(needle: &[u8], ignore_case: bool) -> Self {
        let needle: Vec<u8> = if ignore_case { needle.to_ascii_lowercase() } else { needle.to_vec() };
        let mut places: Vec<usize> = (0..needle.len()).collect();
        places.sort_by_key(|place| {
            std::cmp::Reverse(rarity(needle.get(*place).copied().unwrap_or_default(), ignore_case))
        });
        let probe = |rank: usize| {
            let place = places.get(rank).or(places.first()).copied().unwrap_or_default();
            let byte = needle.get(place).copied().unwrap_or_default();
            let mask = if ignore_case && byte.is_ascii_alphabetic() { 0x20 } else { 0 };
            (place, byte, mask)
        };
        let probes = [probe(0), probe(1)];
        Self { needle, ignore_case, probes, level: Level::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.needle.len()
    }

    pub(crate) fn needle(&self) -> &[u8] {
        &self.needle
    }

    pub(crate) fn ignores_case(&self) -> bool {
        self.ignore_case
    }

    /// The first place in `text` from `from` on.
    pub(crate) fn find(&self, text: &[u8], from: usize) -> Option<usize> {
        if self.ignore_case {
            dispatch!(self.level, simd => self.find_with::<_, true>(simd, text, from))
        } else {
            dispatch!(self.level, simd => self.find_with::<_, false>(simd, text, from))
        }
    }

    #[inline(always)]
    fn find_with<S: Simd, const FOLD: bool>(&self, simd: S, text: &[u8], from: usize) -> Option<usize> {
        let [(first_place, first_byte, first_mask), (second_place, second_byte, second_mask)] = self.probes;
        let hits = |block: &[u8; BLOCK], byte: u8, mask: u8| {
            let bytes = u8x64::simd_from(simd, *block);
            let bytes = if FOLD { simd.or_u8x64(bytes, simd.splat_u8x64(mask)) } else { bytes };
            simd.simd_eq_u8x64(bytes, simd.splat_u8x64(byte))
        };
        let reach = first_place.max(second_place) + BLOCK;
        let Some(last) = text.len().checked_sub(reach).filter(|last| *last >= from) else {
            return self.find_slowly(text, from);
        };
        let mut start = from;
        loop {
            // The last block overlaps the one before it.
            let at = start.min(last);
            let left = hits(block(text, at + first_place)?, first_byte, first_mask);
            let right = hits(block(text, at + second_place)?, second_byte, second_mask);
            let mut bits = simd.to_bitmask_mask8x64(simd.and_mask8x64(left, right));
            while bits != 0 {
                let place = at + bits.trailing_zeros() as usize;
                if place >= start && self.is_at(text, place) {
                    return Some(place);
                }
                bits &= bits - 1;
            }
            if at == last {
                return None;
            }
            start += BLOCK;
        }
    }

    /// In texts shorter than a block.
    fn find_slowly(&self, text: &[u8], from: usize) -> Option<usize> {
        let first = *self.needle.first()?;
        let fold = |byte: u8| if self.ignore_case { byte.to_ascii_lowercase() } else { byte };
        let end = text.len().checked_sub(self.needle.len())?.checked_add(1)?;
        let starts = text.get(from..end)?;
        starts
            .iter()
            .enumerate()
            .filter(|(_, byte)| fold(**byte) == first)
            .map(|(place, _)| from + place)
            .find(|place| self.is_at(text, *place))
    }

    #[inline]
    pub(crate) fn is_at(&self, text: &[u8], place: usize) -> bool {
        let Some(part) = text.get(place..place + self.needle.len()) else { return false };
        if self.ignore_case {
            part.eq_ignore_ascii_case(&self.needle)
        } else {
            part == self.needle.as_slice()
        }
    }
}

/// Most needles looked for in one pass.
pub(crate) const TOGETHER: usize = 4;

/// The first place in `text` from `from` on where any of the needles stands, and its length. At most
/// [`TOGETHER`] needles are looked for.
pub(crate) fn find_any(finders: &[Finder], text: &[u8], from: usize) -> Option<(usize, usize)> {
    let first = finders.first()?;
    match finders {
        [only] => only.find(text, from).map(|place| (place, only.len())),
        [one, two] => dispatch!(first.level, simd => any_with(simd, [one, two], text, from)),
        [one, two, three] => dispatch!(first.level, simd => any_with(simd, [one, two, three], text, from)),
        [one, two, three, four, ..] => {
            dispatch!(first.level, simd => any_with(simd, [one, two, three, four], text, from))
        }
        [] => None,
    }
}

#[inline(always)]
fn any_with<S: Simd, const N: usize>(
    simd: S,
    finders: [&Finder; N],
    text: &[u8],
    from: usize,
) -> Option<(usize, usize)> {
    let furthest =
        finders.iter().flat_map(|finder| finder.probes.map(|(place, ..)| place)).max().unwrap_or(0);
    let last = text.len().checked_sub(furthest + BLOCK).filter(|last| *last >= from);
    let Some(last) = last else {
        let found = finders.iter().filter_map(|finder| Some((finder.find(text, from)?, finder.len())));
        return found.min();
    };
    // Everything the loop needs, out of memory and into registers: for each needle two views of the
    // text, shifted by the places of its rare bytes, and what is compared there.
    let probes = finders.map(|finder| {
        finder.probes.map(|(place, byte, mask)| {
            let view = text.get(place..).unwrap_or_default();
            (view, simd.splat_u8x64(byte), simd.splat_u8x64(mask))
        })
    });
    let mut start = from;
    loop {
        // The last block overlaps the one before it.
        let at = start.min(last);
        let mut found = [0_u64; N];
        let mut all = 0;
        for (bits, [left, right]) in found.iter_mut().zip(&probes) {
            let left = simd
                .simd_eq_u8x64(simd.or_u8x64(u8x64::simd_from(simd, *block(left.0, at)?), left.2), left.1);
            let right = simd
                .simd_eq_u8x64(simd.or_u8x64(u8x64::simd_from(simd, *block(right.0, at)?), right.2), right.1);
            *bits = simd.to_bitmask_mask8x64(simd.and_mask8x64(left, right));
            all |= *bits;
        }
        while all != 0 {
            let bit = all.trailing_zeros();
            let place = at + bit as usize;
            let here = found.iter().zip(finders).filter(|(bits, _)| *bits >> bit & 1 == 1);
            if place >= start
                && let Some((_, finder)) = here.into_iter().find(|(_, finder)| finder.is_at(text, place))
            {
                return Some((place, finder.len()));
            }
            all &= all - 1;
        }
        if at == last {
            // What is left begins in the last bytes, where not every needle has a whole block.
            let rest =
                finders.iter().filter_map(|finder| Some((finder.find(text, last + BLOCK)?, finder.len())));
            return rest.min();
        }
        start += BLOCK;
    }
}

#[inline(always)]
fn block(text: &[u8], at: usize) -> Option<&[u8; BLOCK]> {
    text.get(at..at + BLOCK)?.first_chunk()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_naive_search_finds(text in "[aAbB.]{0,300}", needle in "[aAbB.]{1,4}", ignore_case: bool, from in 0_usize..50) {
            let fold = |text: &str| if ignore_case { text.to_ascii_lowercase() } else { text.to_owned() };
            let from = from.min(text.len());
            let expected = fold(&text)[from..].find(&fold(&needle)).map(|place| place + from);
            prop_assert_eq!(Finder::new(needle.as_bytes(), ignore_case).find(text.as_bytes(), from), expected);
        }

        #[test]
        fn finds_the_first_of_several(text in "[aAbB.]{0,300}", needles in prop::collection::vec("[aAbB.]{2,5}", 1..=4), ignore_case: bool, from in 0_usize..50) {
            let from = from.min(text.len());
            let finders: Vec<Finder> = needles.iter().map(|needle| Finder::new(needle.as_bytes(), ignore_case)).collect();
            let expected = finders.iter().filter_map(|finder| finder.find(text.as_bytes(), from)).min();
            let found = find_any(&finders, text.as_bytes(), from);
            prop_assert_eq!(found.map(|(place, _)| place), expected);
            if let Some((place, length)) = found {
                prop_assert!(finders.iter().any(|finder| finder.len() == length && finder.is_at(text.as_bytes(), place)));
            }
        }
    }
}
