//! The paths looked for, and which of them the members of a record open.

use std::sync::Arc;

use quarry_views::{Path, Step};

use super::{Extractor, Raw};

/// Tells sets apart by a place in memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Identity(Arc<u8>);

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Paths taken out together.
#[derive(Debug, Clone)]
pub(crate) struct PathSet {
    /// Another one after every change; a copy that was not changed has the same.
    identity: Identity,
    paths: Vec<Known>,
    /// What each top-level member opens, by a hash of its name.
    members: Vec<Vec<Member>>,
    /// Paths that do not mind the case of names.
    any_case: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Known {
    path: Path,
    ends: Ends,
}

/// A top-level member that paths begin with.
#[derive(Debug, Clone)]
struct Member {
    name: Box<str>,
    opens: Vec<(u32, Next)>,
}

/// How a path goes on: what it waits for, and where in its text the rest begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Next {
    wait: Wait,
    rest: u32,
}

impl Next {
    fn new(path: &Path, step: Step<'_>) -> Self {
        let (wait, rest) = match step {
            Step::End => (Wait::End, ""),
            Step::Member(rest) => (Wait::Member, rest),
            Step::Every(rest) => (Wait::Every, rest),
            Step::Index(index, rest) => (Wait::Index(small(index)), rest),
        };
        Self { wait, rest: small(path.text.len() - rest.len()) }
    }
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

impl Default for PathSet {
    fn default() -> Self {
        let (paths, any_case) = (Vec::new(), Vec::new());
        Self { identity: Identity::default(), paths, members: vec![Vec::new(); BUCKETS], any_case }
    }
}

const BUCKETS: usize = 512;

#[inline]
fn bucket(name: &str) -> usize {
    let (first, last) = match name.as_bytes() {
        [] => (0, 0),
        [first, .., last] => (usize::from(*first), usize::from(*last)),
        [only] => (usize::from(*only), 0),
    };
    (first ^ (last << 2) ^ (name.len() << 4)) % BUCKETS
}

impl PathSet {
    /// The index of a path, added if it is new.
    pub(crate) fn add(&mut self, path: &Path) -> usize {
        if let Some(index) = self.paths.iter().position(|known| known.path == *path) {
            return index;
        }
        let index = self.paths.len();
        self.identity = Identity::default();
        self.paths.push(Known { path: path.clone(), ends: Ends::new(&path.text) });
        if path.ignore_case {
            self.any_case.push(small(index));
        } else {
            self.add_members(small(index), path);
        }
        index
    }

    /// Adds the path to every member it may begin with: the name of one may hold dots.
    fn add_members(&mut self, index: u32, path: &Path) {
        for end in 1..=path.text.len() {
            let Some((name, rest)) = path.text.split_at_checked(end) else { continue };
            let Some(step) = Path::after(rest) else { continue };
            let open = (index, Next::new(path, step));
            let Some(members) = self.members.get_mut(bucket(name)) else { continue };
            match members.iter_mut().find(|member| *member.name == *name) {
                Some(member) => member.opens.push(open),
                None => members.push(Member { name: name.into(), opens: vec![open] }),
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.paths.len()
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The paths that begin with a top-level member, whatever the case of others.
    #[inline]
    fn member(&self, name: &str) -> &[(u32, Next)] {
        let members = self.members.get(bucket(name)).map_or(&[][..], Vec::as_slice);
        members.iter().find(|member| *member.name == *name).map_or(&[], |member| &member.opens)
    }

    /// How a path goes on behind `name`, from `rest` of its text on.
    fn next(&self, path: u32, rest: u32, name: &str) -> Option<Next> {
        let path = &self.paths.get(path as usize)?.path;
        let step = path.enter(path.text.get(rest as usize..)?, name)?;
        Some(Next::new(path, step))
    }

    fn ends(&self, path: u32) -> Ends {
        self.paths.get(path as usize).map_or(Ends(u64::MAX), |known| known.ends)
    }
}

/// What an open path waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    End,
    Member,
    Every,
    Index(u32),
}

/// A path whose first steps were taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    path: u32,
    next: Next,
    ends: Ends,
    taken: Taken,
}

/// The member a path took last, to notice duplicate members.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    /// Length of its name.
    length: u32,
    /// How many values the path had when that member was first taken.
    mark: u32,
}

impl Taken {
    const NOTHING: Self = Self { length: u32::MAX, mark: 0 };
}

/// Open paths, from the first to before the last.
pub(super) type Range = (usize, usize);

impl Extractor {
    /// Begins anew, for a record.
    pub(super) fn clear(&mut self, set: &PathSet) {
        if set.len() > self.slots.len() {
            self.slots.resize_with(set.len(), Vec::new);
            self.root.resize(set.len(), Taken::NOTHING);
        }
        for path in self.touched.drain(..) {
            self.slots.get_mut(path as usize).into_iter().for_each(Vec::clear);
            self.root.get_mut(path as usize).into_iter().for_each(|taken| *taken = Taken::NOTHING);
        }
        self.open.clear();
        self.read.clear();
    }

    /// Notes a value of a path, outside of any other order.
    #[inline]
    pub(super) fn put(&mut self, path: u32, raw: Raw) {
        if let Some(slot) = self.slots.get_mut(path as usize) {
            slot.push(raw);
            self.touched.push(path);
        }
    }

    /// Opens the paths that go on with the member `name`: of those in `range`, or of all at the top.
    #[inline]
    pub(super) fn enter(&mut self, set: &PathSet, name: &str, range: Option<Range>) {
        let Some((from, to)) = range else { return self.enter_top(set, name) };
        for index in from..to {
            let Some(open) = self.open.get(index).copied() else { continue };
            if open.next.wait == Wait::Member
                && open.ends.may_be(open.next.rest as usize + name.len())
                && let Some(next) = set.next(open.path, open.next.rest, name)
            {
                let taken = self.take(open.path, name, open.taken);
                self.open.get_mut(index).into_iter().for_each(|open| open.taken = taken);
                self.push(set, open.path, next);
            }
        }
    }

    fn enter_top(&mut self, set: &PathSet, name: &str) {
        for (path, next) in set.member(name) {
            self.open_top(set, *path, *next, name);
        }
        for path in &set.any_case {
            if let Some(next) = set.next(*path, 0, name) {
                self.open_top(set, *path, next, name);
            }
        }
    }

    fn open_top(&mut self, set: &PathSet, path: u32, next: Next, name: &str) {
        let before = self.root.get(path as usize).copied().unwrap_or(Taken::NOTHING);
        let taken = self.take(path, name, before);
        self.root.get_mut(path as usize).into_iter().for_each(|entry| *entry = taken);
        self.touched.push(path);
        self.push(set, path, next);
    }

    /// Notes that a path goes on with `name`. Of duplicate members the last one counts.
    fn take(&mut self, path: u32, name: &str, taken: Taken) -> Taken {
        let Some(slot) = self.slots.get_mut(path as usize) else { return taken };
        let length = small(name.len());
        if taken.length == length {
            slot.truncate(taken.mark as usize);
            return taken;
        }
        Taken { length, mark: small(slot.len()) }
    }

    fn push(&mut self, set: &PathSet, path: u32, next: Next) {
        self.open.push(Open { path, next, ends: set.ends(path), taken: Taken::NOTHING });
    }

    /// Opens the paths in `range` that go on with element `index` of an array.
    pub(super) fn enter_element(&mut self, set: &PathSet, index: usize, (from, to): Range) {
        for open in from..to {
            let Some(open) = self.open.get(open).copied() else { continue };
            let is_wanted = match open.next.wait {
                Wait::Every => true,
                Wait::Index(wanted) => wanted == small(index),
                Wait::End | Wait::Member => false,
            };
            let Some(known) = set.paths.get(open.path as usize).filter(|_| is_wanted) else { continue };
            let rest = known.path.text.get(open.next.rest as usize..).unwrap_or_default();
            if let Some(step) = Path::after(rest) {
                self.push(set, open.path, Next::new(&known.path, step));
            }
        }
    }

    /// The paths opened last, from `first` on, that go on inside an object or an array; an empty
    /// range if none does.
    pub(super) fn inside(&self, first: usize, is_object: bool) -> Range {
        let opened = self.open.get(first..).unwrap_or_default();
        let goes_on = opened.iter().any(|open| match open.next.wait {
            Wait::Member => is_object,
            Wait::Every | Wait::Index(_) => !is_object,
            Wait::End => false,
        });
        if goes_on { (first, self.open.len()) } else { (first, first) }
    }

    /// Notes a value for the paths opened from `first` on that end here, and closes all of them.
    pub(super) fn give(&mut self, first: usize, raw: Raw) {
        for open in self.open.drain(first..) {
            if open.next.wait == Wait::End
                && let Some(slot) = self.slots.get_mut(open.path as usize)
            {
                slot.push(raw);
            }
        }
    }
}

/// Lengths and counts of paths and their values: none reaches the limit of 32 bits.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
