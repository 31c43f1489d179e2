//! The paths looked for, and which of them the members of a record open.

use quarry_views::{Path, Step};

use super::{Extractor, Raw};

/// Paths taken out together.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathSet {
    paths: Vec<Known>,
    /// Paths by the first byte of the top-level member.
    by_first: Vec<Vec<Start>>,
}

#[derive(Debug, Clone)]
struct Known {
    path: Path,
    ends: Ends,
}

/// A path that may begin with a top-level member.
#[derive(Debug, Clone, Copy)]
struct Start {
    path: u32,
    ends: Ends,
}

/// Where in a path's text the name of a member may end, a bit a byte.
#[derive(Debug, Clone, Copy)]
struct Ends(u64);

impl Ends {
    fn new(text: &str) -> Self {
        let ends = |at: &usize| matches!(text.as_bytes().get(*at), Some(b'.' | b'{')) || *at == text.len();
        Self((0..64).filter(ends).fold(0, |bits, at| bits | 1 << at))
    }

    /// False only if no name ends there. Most members are none of a path's, so this comes before
    /// any comparison of names.
    #[inline]
    fn may_be(self, at: usize) -> bool {
        at >= 64 || self.0 >> at & 1 != 0
    }
}

impl PathSet {
    pub(crate) fn new() -> Self {
        Self { paths: Vec::new(), by_first: vec![Vec::new(); 256] }
    }

    /// The index of a path, added if it is new.
    pub(crate) fn add(&mut self, path: &Path) -> usize {
        if let Some(index) = self.paths.iter().position(|known| known.path == *path) {
            return index;
        }
        let index = self.paths.len();
        let ends = Ends::new(&path.text);
        self.paths.push(Known { path: path.clone(), ends });
        let Some(first) = path.text.bytes().next() else { return index };
        let mut firsts = vec![first];
        if path.ignore_case && first.is_ascii_alphabetic() {
            firsts.push(first ^ 0x20);
        }
        for first in firsts {
            if let (Some(entry), Ok(path)) = (self.by_first.get_mut(usize::from(first)), u32::try_from(index))
            {
                entry.push(Start { path, ends });
            }
        }
        index
    }

    pub(crate) fn len(&self) -> usize {
        self.paths.len()
    }

    fn starting(&self, first: u8) -> &[Start] {
        self.by_first.get(usize::from(first)).map_or(&[], Vec::as_slice)
    }
}

/// What an open path waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    End,
    Member,
    Every,
    Index(usize),
}

/// A path whose first steps were taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    path: usize,
    wait: Wait,
    /// Where in the path's text the rest begins.
    rest: usize,
    ends: Ends,
    taken: Taken,
}

/// The member a path took last, to notice duplicate members.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    /// Length of its name.
    length: usize,
    /// How many values the path had when that member was first taken.
    mark: usize,
}

impl Taken {
    const NOTHING: Self = Self { length: usize::MAX, mark: 0 };
}

/// Open paths, from the first to before the last.
pub(super) type Range = (usize, usize);

impl Extractor {
    /// Begins anew, for a record.
    pub(super) fn clear(&mut self, set: &PathSet) {
        self.slots.resize_with(set.len().max(self.slots.len()), Vec::new);
        self.slots.iter_mut().for_each(Vec::clear);
        self.open.clear();
        self.root.clear();
        self.root.resize(set.len(), Taken::NOTHING);
    }

    /// Opens the paths that go on with the member `name`: of those in `range`, or of all at the top.
    #[inline]
    pub(super) fn enter(&mut self, set: &PathSet, name: &str, range: Option<Range>) {
        match range {
            None => self.enter_top(set, name),
            Some((from, to)) => {
                for index in from..to {
                    let Some(mut open) = self.open.get(index).copied() else { continue };
                    if open.wait == Wait::Member && open.ends.may_be(open.rest + name.len()) {
                        self.take(set, open.path, open.rest, name, &mut open.taken);
                        if let Some(entry) = self.open.get_mut(index) {
                            *entry = open;
                        }
                    }
                }
            }
        }
    }

    fn enter_top(&mut self, set: &PathSet, name: &str) {
        let Some(first) = name.bytes().next() else { return };
        for start in set.starting(first) {
            if !start.ends.may_be(name.len()) {
                continue;
            }
            let path = start.path as usize;
            let mut taken = self.root.get(path).copied().unwrap_or(Taken::NOTHING);
            self.take(set, path, 0, name, &mut taken);
            if let Some(entry) = self.root.get_mut(path) {
                *entry = taken;
            }
        }
    }

    fn take(&mut self, set: &PathSet, path: usize, rest: usize, name: &str, taken: &mut Taken) {
        let Some(known) = set.paths.get(path) else { return };
        let text = known.path.text.get(rest..).unwrap_or_default();
        let Some(step) = known.path.enter(text, name) else { return };
        let Some(slot) = self.slots.get_mut(path) else { return };
        if taken.length == name.len() {
            // A duplicate member: the last one counts.
            slot.truncate(taken.mark);
        } else {
            *taken = Taken { length: name.len(), mark: slot.len() };
        }
        self.push(known, path, step);
    }

    fn push(&mut self, known: &Known, path: usize, step: Step<'_>) {
        let (wait, rest) = match step {
            Step::End => (Wait::End, ""),
            Step::Member(rest) => (Wait::Member, rest),
            Step::Every(rest) => (Wait::Every, rest),
            Step::Index(index, rest) => (Wait::Index(index), rest),
        };
        let rest = known.path.text.len() - rest.len();
        self.open.push(Open { path, wait, rest, ends: known.ends, taken: Taken::NOTHING });
    }

    /// Opens the paths in `range` that go on with element `index` of an array.
    pub(super) fn enter_element(&mut self, set: &PathSet, index: usize, (from, to): Range) {
        for open in from..to {
            let Some(open) = self.open.get(open).copied() else { continue };
            let is_wanted = match open.wait {
                Wait::Every => true,
                Wait::Index(wanted) => wanted == index,
                Wait::End | Wait::Member => false,
            };
            let Some(known) = set.paths.get(open.path).filter(|_| is_wanted) else { continue };
            if let Some(step) = Path::after(known.path.text.get(open.rest..).unwrap_or_default()) {
                self.push(known, open.path, step);
            }
        }
    }

    /// The paths opened last, from `first` on, that go on inside an object or an array; an empty
    /// range if none does.
    pub(super) fn inside(&self, first: usize, is_object: bool) -> Range {
        let opened = self.open.get(first..).unwrap_or_default();
        let goes_on = opened.iter().any(|open| match open.wait {
            Wait::Member => is_object,
            Wait::Every | Wait::Index(_) => !is_object,
            Wait::End => false,
        });
        if goes_on { (first, self.open.len()) } else { (first, first) }
    }

    /// Notes a value for the paths opened from `first` on that end here.
    pub(super) fn give(&mut self, first: usize, raw: Raw) {
        for open in self.open.get(first..).unwrap_or_default() {
            if open.wait == Wait::End
                && let Some(slot) = self.slots.get_mut(open.path)
            {
                slot.push(raw);
            }
        }
    }
}
