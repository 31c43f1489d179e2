//! Needles looked for while the walk passes a record, in the same pass over the bytes.
//!
//! Of each needle two neighbouring rare bytes are compared with every block that the walk has loaded
//! anyway; only where both stand is the whole needle compared.

use fearless_simd::{Simd, mask8x64, u8x64};

use crate::finder::Finder;

/// Needles that tell whether a record may match; one more is the name of the time's member.
pub(crate) const NEEDLES: usize = 3;
const LANES: usize = NEEDLES + 1;
const TIME: usize = NEEDLES;

/// What to look for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    needles: [Option<Needle>; LANES],
}

#[derive(Debug, Clone)]
struct Needle {
    finder: Finder,
    /// Two neighbouring bytes of the needle, in lower case if case is ignored.
    pair: [u8; 2],
    /// Where in the needle the first of them stands.
    place: usize,
}

impl Needle {
    fn new(finder: &Finder) -> Option<Self> {
        let (pair, place) = finder.rarest_pair()?;
        Some(Self { finder: finder.clone(), pair, place })
    }
}

impl Watch {
    /// A watch for these needles; none if there are too many or one is too short.
    pub(crate) fn new(finders: &[Finder]) -> Option<Self> {
        if finders.len() > NEEDLES {
            return None;
        }
        let mut watch = Self::default();
        for (slot, finder) in watch.needles.iter_mut().zip(finders) {
            *slot = Some(Needle::new(finder)?);
        }
        Some(watch)
    }

    /// Looks for the name of the time's member too.
    pub(crate) fn set_time(&mut self, key: Option<&Finder>) {
        if let Some(slot) = self.needles.get_mut(TIME) {
            *slot = key.and_then(Needle::new);
        }
    }

    /// Bytes behind a block that a needle beginning in it may reach; at least one.
    pub(crate) fn reach(&self) -> usize {
        self.needles.iter().flatten().map(|needle| needle.finder.len()).max().unwrap_or(1)
    }
}

/// One needle's pair in registers: first byte, second byte, and what folds case.
pub(crate) struct Lane<S: Simd> {
    first: u8x64<S>,
    second: u8x64<S>,
    fold: u8x64<S>,
}

/// The needles in registers. Written out lane by lane: closures would not be compiled for the
/// processor's wider registers.
pub(crate) struct Lanes<S: Simd> {
    one: Lane<S>,
    two: Lane<S>,
    three: Lane<S>,
    time: Lane<S>,
}

impl<S: Simd> Lane<S> {
    #[inline(always)]
    fn new(simd: S, needle: Option<&Needle>) -> Self {
        // A lane without a needle looks for a byte that UTF-8 does not have.
        let (first, second, fold) = match needle {
            Some(needle) => {
                (needle.pair[0], needle.pair[1], if needle.finder.ignores_case() { 0x20 } else { 0 })
            }
            None => (0xff, 0xff, 0),
        };
        Self {
            first: simd.splat_u8x64(first | fold),
            second: simd.splat_u8x64(second | fold),
            fold: simd.splat_u8x64(fold),
        }
    }

    /// Where the pair stands; `next` are the bytes one place on.
    #[inline(always)]
    fn pairs(&self, simd: S, bytes: u8x64<S>, next: u8x64<S>) -> mask8x64<S> {
        let first = simd.simd_eq_u8x64(simd.or_u8x64(bytes, self.fold), self.first);
        let second = simd.simd_eq_u8x64(simd.or_u8x64(next, self.fold), self.second);
        simd.and_mask8x64(first, second)
    }
}

impl<S: Simd> Lanes<S> {
    #[inline(always)]
    pub(crate) fn new(simd: S, watch: &Watch) -> Self {
        let [one, two, three, time] = &watch.needles;
        Self {
            one: Lane::new(simd, one.as_ref()),
            two: Lane::new(simd, two.as_ref()),
            three: Lane::new(simd, three.as_ref()),
            time: Lane::new(simd, time.as_ref()),
        }
    }

    /// Where each needle's pair stands, if any does; `next` are the bytes one place on.
    #[inline(always)]
    pub(crate) fn pairs(&self, simd: S, bytes: u8x64<S>, next: u8x64<S>) -> Option<[u64; LANES]> {
        let (one, two) = (self.one.pairs(simd, bytes, next), self.two.pairs(simd, bytes, next));
        let (three, time) = (self.three.pairs(simd, bytes, next), self.time.pairs(simd, bytes, next));
        let any = simd.or_mask8x64(simd.or_mask8x64(one, two), simd.or_mask8x64(three, time));
        if simd.to_bitmask_mask8x64(any) == 0 {
            return None;
        }
        Some([
            simd.to_bitmask_mask8x64(one),
            simd.to_bitmask_mask8x64(two),
            simd.to_bitmask_mask8x64(three),
            simd.to_bitmask_mask8x64(time),
        ])
    }
}

/// What was seen in a record so far, as offsets in the whole object.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    /// Where the first needle begins.
    first: Option<usize>,
    /// The first two places of the time's member.
    times: [Option<usize>; 2],
}

impl Seen {
    /// Compares whole needles at the places where their pairs stand, in a block at offset `at`.
    #[cold]
    pub(crate) fn look(
        &mut self,
        watch: &Watch,
        pairs: &[u64; LANES],
        bytes: &[u8],
        base: usize,
        at: usize,
        start: usize,
    ) {
        for (index, (needle, bits)) in watch.needles.iter().zip(pairs).enumerate() {
            let mut bits = *bits;
            if bits == 0 || (index != TIME && self.first.is_some()) {
                continue;
            }
            let Some(needle) = needle else { continue };
            while bits != 0 {
                let first = at + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let Some(place) = first.checked_sub(needle.place).filter(|place| *place >= start) else {
                    continue;
                };
                if needle.finder.is_at(bytes, place - base) {
                    self.note(index, place);
                }
            }
        }
    }

    fn note(&mut self, index: usize, place: usize) {
        if index != TIME {
            self.first = Some(self.first.map_or(place, |first| first.min(place)));
            return;
        }
        match &mut self.times {
            [first @ None, _] => *first = Some(place),
            [_, second @ None] => *second = Some(place),
            _ => {}
        }
    }

    /// Whether a needle begins before `end`.
    pub(crate) fn may_match(&self, end: usize) -> bool {
        self.first.is_some_and(|first| first < end)
    }

    /// The only place of the time's member before `end`.
    pub(crate) fn only_time(&self, end: usize) -> Option<usize> {
        let [first, second] = self.times.map(|place| place.filter(|place| *place < end));
        first.filter(|_| second.is_none())
    }
}
