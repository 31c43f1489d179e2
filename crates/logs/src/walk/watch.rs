//! Needles looked for while the walk passes a record, in the same pass over the bytes.
//!
//! Each byte is classified by two table look-ups, one for each half of it: which needles may have
//! it as the first byte of their rarest pair, and is it a backslash or a line break? The bytes one
//! place on are classified for the second byte of the pairs. Only where both agree is a whole
//! needle compared.

use fearless_simd::{Simd, SimdFrom, u8x64};

use super::Window;
use crate::{finder::Finder, marks::mask::BLOCK, rarity::rarest_pair};

/// Needles that tell whether a record may match; one more is the name of the time's member.
pub(crate) const NEEDLES: usize = 5;
const LANES: usize = NEEDLES + 1;
const TIME: usize = NEEDLES;
const BACKSLASH: u8 = 1 << LANES;
const NEWLINE: u8 = 1 << (LANES + 1);

/// What to look for.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    needles: [Option<Needle>; LANES],
    tables: Tables,
}

#[derive(Debug, Clone)]
struct Needle {
    finder: Finder,
    /// Where in the needle its rarest pair stands.
    place: usize,
}

impl Needle {
    fn new(finder: &Finder) -> Option<Self> {
        let place = rarest_pair(finder.needle(), finder.ignores_case())?;
        Some(Self { finder: finder.clone(), place })
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self::with([const { None }; LANES])
    }
}

impl Watch {
    /// A watch for these needles; none if there are too many or one is too short.
    pub(crate) fn new(finders: &[Finder]) -> Option<Self> {
        if finders.len() > NEEDLES {
            return None;
        }
        let mut needles = [const { None }; LANES];
        for (slot, finder) in needles.iter_mut().zip(finders) {
            *slot = Some(Needle::new(finder)?);
        }
        Some(Self::with(needles))
    }

    fn with(needles: [Option<Needle>; LANES]) -> Self {
        Self { tables: Tables::new(&needles), needles }
    }

    /// Looks for the name of the time's member too.
    pub(crate) fn set_time(&mut self, key: Option<&Finder>) {
        if let Some(slot) = self.needles.get_mut(TIME) {
            *slot = key.and_then(Needle::new);
        }
        self.tables = Tables::new(&self.needles);
    }

    /// Bytes behind a block that a needle beginning in it may reach; at least one.
    pub(crate) fn reach(&self) -> usize {
        self.needles.iter().flatten().map(|needle| needle.finder.len()).max().unwrap_or(1)
    }
}

/// For each half of a byte the classes it may belong to.
#[derive(Debug, Clone)]
struct Table {
    low: [u8; 16],
    high: [u8; 16],
}

impl Table {
    /// A table that puts every byte into `classes`.
    fn new(classes: u8) -> Self {
        Self { low: [classes; 16], high: [classes; 16] }
    }

    fn add(&mut self, byte: u8, class: u8) {
        let (low, high) = (usize::from(byte & 15), usize::from(byte >> 4));
        if let (Some(low), Some(high)) = (self.low.get_mut(low), self.high.get_mut(high)) {
            *low |= class;
            *high |= class;
        }
    }

    /// Adds the byte in both cases if case is ignored.
    fn add_letter(&mut self, byte: u8, class: u8, ignore_case: bool) {
        self.add(byte, class);
        if ignore_case {
            self.add(byte.to_ascii_uppercase(), class);
            self.add(byte.to_ascii_lowercase(), class);
        }
    }
}

/// The classes of a byte, and those of the byte behind it.
#[derive(Debug, Clone)]
struct Tables {
    here: Table,
    next: Table,
}

impl Tables {
    fn new(needles: &[Option<Needle>; LANES]) -> Self {
        let mut tables = Self { here: Table::new(0), next: Table::new(BACKSLASH | NEWLINE) };
        tables.here.add(b'\\', BACKSLASH);
        tables.here.add(b'\n', NEWLINE);
        for (index, needle) in needles.iter().enumerate() {
            let Some(Needle { finder, place }) = needle else { continue };
            if let Some([here, next]) = finder.needle().get(*place..).and_then(<[u8]>::first_chunk) {
                tables.here.add_letter(*here, 1 << index, finder.ignores_case());
                tables.next.add_letter(*next, 1 << index, finder.ignores_case());
            }
        }
        tables
    }
}

/// The tables in registers.
pub(crate) struct Classes<S: Simd> {
    here: [u8x64<S>; 2],
    next: [u8x64<S>; 2],
}

impl<S: Simd> Classes<S> {
    #[inline(always)]
    pub(crate) fn new(simd: S, watch: &Watch) -> Self {
        let Tables { here, next } = &watch.tables;
        Self {
            here: [wide(simd, &here.low), wide(simd, &here.high)],
            next: [wide(simd, &next.low), wide(simd, &next.high)],
        }
    }

    /// The classes of each byte; `next` are the bytes one place on.
    #[inline(always)]
    pub(crate) fn of(&self, simd: S, bytes: u8x64<S>, next: u8x64<S>) -> Kinds<S> {
        let (here, next) = (look_up(simd, &self.here, bytes), look_up(simd, &self.next, next));
        Kinds(simd.and_u8x64(here, next))
    }
}

#[inline(always)]
fn wide<S: Simd>(simd: S, table: &[u8; 16]) -> u8x64<S> {
    let mut repeated = [0; BLOCK];
    for (target, byte) in repeated.iter_mut().zip(table.iter().cycle()) {
        *target = *byte;
    }
    u8x64::simd_from(simd, repeated)
}

#[inline(always)]
fn look_up<S: Simd>(simd: S, [low, high]: &[u8x64<S>; 2], bytes: u8x64<S>) -> u8x64<S> {
    let low_half = simd.and_u8x64(bytes, simd.splat_u8x64(15));
    let high_half = simd.shr_u8x64(bytes, 4);
    simd.and_u8x64(
        simd.swizzle_dyn_within_blocks_u8x64(*low, low_half),
        simd.swizzle_dyn_within_blocks_u8x64(*high, high_half),
    )
}

/// The classes of 64 bytes.
pub(crate) struct Kinds<S: Simd>(u8x64<S>);

impl<S: Simd> Kinds<S> {
    /// Which bytes have a class.
    #[inline(always)]
    pub(crate) fn any(&self, simd: S) -> u64 {
        !simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(self.0, simd.splat_u8x64(0)))
    }

    #[inline(always)]
    pub(crate) fn backslash(&self, simd: S) -> u64 {
        self.class(simd, BACKSLASH)
    }

    #[inline(always)]
    pub(crate) fn newline(&self, simd: S) -> u64 {
        self.class(simd, NEWLINE)
    }

    /// Which bytes may begin the pair of a needle.
    #[inline(always)]
    pub(crate) fn hits(&self, simd: S) -> u64 {
        let needles = simd.and_u8x64(self.0, simd.splat_u8x64(BACKSLASH - 1));
        !simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(needles, simd.splat_u8x64(0)))
    }

    #[inline(always)]
    fn class(&self, simd: S, class: u8) -> u64 {
        let class = simd.splat_u8x64(class);
        simd.to_bitmask_mask8x64(simd.simd_eq_u8x64(simd.and_u8x64(self.0, class), class))
    }

    /// The classes byte by byte.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> [u8; BLOCK] {
        self.0.into()
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
    /// Compares whole needles at the places where their pairs stand: `bits` of a block at offset
    /// `at`, with the classes of its bytes. The record begins at `start`.
    pub(crate) fn look(
        &mut self,
        watch: &Watch,
        (bits, classes): (u64, &[u8; BLOCK]),
        window: Window<'_>,
        at: usize,
        start: usize,
    ) {
        let mut bits = bits;
        while bits != 0 {
            let bit = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            let mut lanes = classes.get(bit).copied().unwrap_or_default() & (BACKSLASH - 1);
            while lanes != 0 {
                let lane = lanes.trailing_zeros() as usize;
                lanes &= lanes - 1;
                let Some(Some(needle)) = watch.needles.get(lane) else { continue };
                let place = (at + bit).checked_sub(needle.place).filter(|place| *place >= start);
                if let Some(place) = place
                    && needle.finder.is_at(window.bytes, place - window.base)
                {
                    self.note(lane, place);
                }
            }
        }
    }

    fn note(&mut self, lane: usize, place: usize) {
        if lane != TIME {
            self.first = Some(self.first.map_or(place, |first| first.min(place)));
            return;
        }
        match &mut self.times {
            [first @ None, _] => *first = Some(place),
            [_, second @ None] => *second = Some(place),
            _ => {}
        }
    }

    /// Makes it unknown where the time's member stands: two places are as good as none.
    pub(crate) fn lose_times(&mut self) {
        self.times = [Some(0); 2];
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
