//! The pre-filter: can a record match at all, judged by its raw bytes?
//!
//! A [`Need`] speaks of decoded text, the bytes are JSON. So only parts of a needed text are looked
//! for that JSON has no reason to escape, and a record passes unseen if it has an escape that could
//! stand for a character looked for, or (where case is ignored) any character beyond ASCII.

use aho_corasick::AhoCorasick;
use quarry_plan::Need;

use crate::{
    escape::hexadecimal,
    finder::{Finder, TOGETHER, find_any},
};

/// From so many needles on they are searched together.
const MANY: usize = 12;
/// How far the search for a needle runs ahead of the records.
const AHEAD: usize = 64 * 1024;

/// A need of one log type, ready to test whole records.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Anything,
    Never,
    Literal(Finder),
    All(Vec<Tree>),
    Any(Vec<Tree>),
}

impl Tree {
    pub(crate) fn new(need: &Need) -> Self {
        match need {
            Need::Anything => Self::Anything,
            Need::Never => Self::Never,
            Need::Literal { text, ignore_case } => match safe_part(text) {
                Some(part) => Self::Literal(Finder::new(part.as_bytes(), *ignore_case)),
                None => Self::Anything,
            },
            Need::All(needs) => Self::All(needs.iter().map(Self::new).collect()),
            Need::Any(needs) => Self::Any(needs.iter().map(Self::new).collect()),
        }
    }

    /// Whether a record with these bytes may match.
    pub(crate) fn may_match(&self, record: &[u8], traits: &Traits) -> bool {
        match self {
            Self::Anything => true,
            Self::Never => false,
            _ => self.holds(record) || traits.may_hide(record, true, true),
        }
    }

    fn holds(&self, record: &[u8]) -> bool {
        match self {
            Self::Anything => true,
            Self::Never => false,
            Self::Literal(finder) => finder.find(record, 0).is_some(),
            Self::All(trees) => trees.iter().all(|tree| tree.holds(record)),
            Self::Any(trees) => trees.iter().any(|tree| tree.holds(record)),
        }
    }

    /// Adds all literals.
    fn finders<'a>(&'a self, found: &mut Vec<&'a Finder>) {
        match self {
            Self::Anything | Self::Never => {}
            Self::Literal(finder) => found.push(finder),
            Self::All(trees) | Self::Any(trees) => trees.iter().for_each(|tree| tree.finders(found)),
        }
    }

    /// Few literals of which every match has at least one; none if there is no such list.
    fn cover(&self) -> Option<Vec<Finder>> {
        match self {
            Self::Anything => None,
            Self::Never => Some(Vec::new()),
            Self::Literal(finder) => Some(vec![finder.clone()]),
            Self::Any(trees) => {
                let covers: Option<Vec<Vec<Finder>>> = trees.iter().map(Self::cover).collect();
                Some(covers?.into_iter().flatten().collect())
            }
            Self::All(trees) => trees.iter().filter_map(Self::cover).min_by_key(|cover| {
                let shortest = cover.iter().map(Finder::len).min().unwrap_or(usize::MAX);
                (cover.len(), std::cmp::Reverse(shortest))
            }),
        }
    }
}

/// The longest part that JSON writers do not escape.
fn safe_part(text: &str) -> Option<&str> {
    let is_unsafe = |character: char| {
        matches!(character, '"' | '\\' | '/' | '\x7f') || character.is_control() || !character.is_ascii()
    };
    text.split(is_unsafe).max_by_key(|part| part.len()).filter(|part| part.len() >= 2)
}

/// What could hide a needle from a search of the raw bytes.
#[derive(Debug, Clone)]
pub(crate) struct Traits {
    /// Bytes of the needles, in both cases.
    bytes: [bool; 128],
    ignores_case: bool,
}

impl Traits {
    fn new(finders: &[&Finder]) -> Self {
        let ignores_case = finders.iter().any(|finder| finder.ignores_case());
        let mut traits = Self { bytes: [false; 128], ignores_case };
        traits.note(finders.iter().flat_map(|finder| finder.needle()).copied());
        // A backslash written as an escape may itself begin an escape in text inside text.
        traits.note(std::iter::once(b'\\'));
        traits
    }

    fn note(&mut self, bytes: impl Iterator<Item = u8>) {
        for byte in bytes {
            for byte in [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()] {
                if let Some(entry) = self.bytes.get_mut(usize::from(byte)) {
                    *entry = true;
                }
            }
        }
    }

    /// Whether a needle may stand in the record in a form that the search cannot see.
    pub(crate) fn may_hide(&self, record: &[u8], non_ascii: bool, backslash: bool) -> bool {
        (self.ignores_case && non_ascii && !record.is_ascii()) || (backslash && self.has_escape(record))
    }

    fn has_escape(&self, record: &[u8]) -> bool {
        memchr::memmem::find_iter(record, b"\\u").any(|place| {
            let digits = record.get(place + 2..place + 6).and_then(|digits| std::str::from_utf8(digits).ok());
            match digits.and_then(hexadecimal) {
                Some((code, _)) => match self.bytes.get(code as usize) {
                    Some(is_used) => *is_used,
                    None => self.ignores_case,
                },
                None => true,
            }
        })
    }
}

/// The first test of a record, for all log types at once.
#[derive(Debug, Clone)]
pub(crate) struct Prefilter {
    search: Search,
    pub(crate) traits: Traits,
}

#[derive(Debug, Clone)]
enum Search {
    /// Every record passes.
    All,
    Few(Vec<Finder>),
    Many(AhoCorasick),
}

impl Prefilter {
    pub(crate) fn new<'a>(trees: impl Iterator<Item = &'a Tree>) -> Self {
        let trees: Vec<&Tree> = trees.collect();
        let mut all = Vec::new();
        trees.iter().for_each(|tree| tree.finders(&mut all));
        let traits = Traits::new(&all);
        let covers: Option<Vec<Vec<Finder>>> = trees.iter().map(|tree| tree.cover()).collect();
        let Some(covers) = covers else { return Self { search: Search::All, traits } };
        let mut finders: Vec<Finder> = Vec::new();
        for finder in covers.into_iter().flatten() {
            let is_same = |have: &Finder| {
                have.needle() == finder.needle() && have.ignores_case() == finder.ignores_case()
            };
            if !finders.iter().any(is_same) {
                finders.push(finder);
            }
        }
        drop_implied(&mut finders);
        if finders.len() < MANY {
            return Self { search: Search::Few(finders), traits };
        }
        let needles = finders.iter().map(Finder::needle);
        match AhoCorasick::builder().ascii_case_insensitive(true).build(needles) {
            Ok(automaton) => Self { search: Search::Many(automaton), traits },
            Err(_) => Self { search: Search::Few(finders), traits },
        }
    }
}

impl Prefilter {
    /// Whether every record has to be read.
    pub(crate) fn lets_all_pass(&self) -> bool {
        matches!(self.search, Search::All)
    }

    /// The few needles that every record that may match has one of; none if there is no such list.
    pub(crate) fn needles(&self) -> Option<&[Finder]> {
        match &self.search {
            Search::Few(finders) => Some(finders),
            Search::All | Search::Many(_) => None,
        }
    }
}

/// Drops needles that hold another: where they stand, the other stands too.
fn drop_implied(finders: &mut Vec<Finder>) {
    let all = finders.clone();
    let holds = |long: &Finder, short: &Finder| {
        let fold = |finder: &Finder| finder.needle().to_ascii_lowercase();
        let is_inside = |long: &[u8], short: &[u8]| memchr::memmem::find(long, short).is_some();
        long.len() > short.len()
            && if short.ignores_case() {
                is_inside(&fold(long), &fold(short))
            } else {
                !long.ignores_case() && is_inside(long.needle(), short.needle())
            }
    };
    finders.retain(|finder| !all.iter().any(|other| holds(finder, other)));
}

/// The state of the search in one object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cursors {
    found: Vec<Cursor>,
}

/// How far some needles have been looked for: offsets in the whole object.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cursor {
    /// Where the next needle begins and ends.
    hit: Option<(usize, usize)>,
    searched: usize,
}

impl Cursors {
    /// Begins anew, for instance after the walk went back.
    pub(crate) fn clear(&mut self) {
        self.found.clear();
    }

    /// Whether the record at `start..end` (offsets in the object) may match. `bytes` is the window
    /// that begins at offset `base`; records come in order.
    pub(crate) fn may_match(
        &mut self,
        filter: &Prefilter,
        bytes: &[u8],
        base: usize,
        (start, end): (usize, usize),
    ) -> bool {
        match &filter.search {
            Search::All => true,
            Search::Many(automaton) => {
                bytes.get(start - base..end - base).is_none_or(|record| automaton.is_match(record))
            }
            Search::Few(finders) => {
                self.found.resize(finders.len().div_ceil(TOGETHER), Cursor::default());
                let mut groups = finders.chunks(TOGETHER).zip(&mut self.found);
                groups.any(|(finders, cursor)| cursor.place(finders, bytes, base, (start, end)).is_some())
            }
        }
    }
}

impl Cursor {
    /// The first place of a needle that lies wholly in `start..end`; `start` never goes back.
    pub(crate) fn place(
        &mut self,
        finders: &[Finder],
        bytes: &[u8],
        base: usize,
        (start, end): (usize, usize),
    ) -> Option<usize> {
        let longest = finders.iter().map(Finder::len).max()?;
        loop {
            if let Some((hit, behind)) = self.hit {
                if hit >= end {
                    return None;
                }
                if hit >= start && behind <= end {
                    return Some(hit);
                }
                // Before the record, or across its end: another may still lie inside.
                self.hit = None;
                self.searched = hit + 1;
            }
            if self.searched >= end {
                return None;
            }
            let from = self.searched.max(start);
            let to = (end + AHEAD).min(base + bytes.len());
            let region = bytes.get(..to - base)?;
            self.hit = find_any(finders, region, from - base)
                .map(|(place, length)| (place + base, place + base + length));
            // A needle may begin at the end of the region and go on behind it.
            self.searched = match self.hit {
                Some((hit, _)) => hit + 1,
                None => end.max((to + 1).saturating_sub(longest)),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_that_holds_another_is_dropped() {
        let texts = |filter: &Prefilter| match &filter.search {
            Search::Few(finders) => finders.iter().map(|finder| finder.needle().to_vec()).collect(),
            _ => Vec::new(),
        };
        let needs = [literal("RunInstances", false), literal("runinst", true), literal("other", false)];
        let trees = needs.map(|need| Tree::new(&need));
        let kept: Vec<Vec<u8>> = texts(&Prefilter::new(trees.iter()));
        assert_eq!(kept, [b"runinst".to_vec(), b"other".to_vec()]);
    }

    fn literal(text: &str, ignore_case: bool) -> Need {
        Need::Literal { text: text.to_owned(), ignore_case }
    }

    fn passes(need: &Need, record: &str) -> bool {
        let tree = Tree::new(need);
        let filter = Prefilter::new([&tree].into_iter());
        let span = (0, record.len());
        let first = Cursors::default().may_match(&filter, record.as_bytes(), 0, span)
            || filter.traits.may_hide(record.as_bytes(), true, true);
        let second = tree.may_match(record.as_bytes(), &filter.traits);
        assert!(first || !second, "the first test must not be stricter than the second");
        second
    }

    #[test]
    fn records_without_the_text_are_refused() {
        let need = Need::any(vec![
            literal("RunInstances", false),
            Need::all(vec![literal("virtualmachines/write", true), literal("zz", false)]),
        ]);
        assert!(passes(&need, r#"{"eventName":"RunInstances"}"#));
        assert!(!passes(&need, r#"{"eventName":"runinstances"}"#));
        assert!(passes(&need, r#"{"a":"X/VIRTUALMACHINES/WRITE","b":"zz"}"#));
        assert!(!passes(&need, r#"{"a":"X/VIRTUALMACHINES/WRITE"}"#));
    }

    #[test]
    fn escapes_that_could_hide_the_text_pass() {
        let need = literal("RunInstances", false);
        assert!(passes(&need, r#"{"eventName":"\u0052unInstances"}"#));
        assert!(passes(&need, r#"{"text":"{\"eventName\":\"\\u0052unInstances\"}"}"#));
        assert!(passes(&need, r#"{"text":"\u005cu0052unInstances"}"#));
        assert!(!passes(&need, r#"{"html":"\u003cb\u003e"}"#));
    }

    #[test]
    fn escapes_pass_even_if_another_log_type_needs_nothing() {
        let trees = [Tree::new(&literal("RunInstances", false)), Tree::Anything];
        let filter = Prefilter::new(trees.iter());
        assert!(trees[0].may_match(br#"{"eventName":"\u0052unInstances"}"#, &filter.traits));
        assert!(!trees[0].may_match(br#"{"eventName":"Other"}"#, &filter.traits));
    }

    #[test]
    fn characters_that_fold_to_ascii_pass_where_case_is_ignored() {
        assert!(passes(&literal("instances", true), "{\"a\":\"in\u{17f}tances\"}"));
        assert!(!passes(&literal("instances", false), "{\"a\":\"in\u{17f}tances\"}"));
    }

    #[test]
    fn slashes_and_quotes_are_not_looked_for() {
        assert!(passes(
            &literal("microsoft.compute/virtualmachines", true),
            r#"{"a":"Microsoft.Compute\/virtualMachines"}"#
        ));
        assert!(passes(&literal("\"/\"", false), "{}"));
    }

    #[test]
    fn cursors_find_each_record_of_a_window() {
        let text = format!("{}{}{}", r#"{"n":"no"}"#, r#"{"n":"RunInstances"}"#, r#"{"n":"no"}"#);
        let filter = Prefilter::new([&Tree::new(&literal("RunInstances", false))].into_iter());
        let mut cursors = Cursors::default();
        let spans = [(0, 10), (10, 30), (30, 40)];
        let found = spans.map(|span| cursors.may_match(&filter, text.as_bytes(), 0, span));
        assert_eq!(found, [false, true, false]);
    }

    #[test]
    fn many_needles_are_searched_together() {
        let needs = (0..40).map(|number| literal(&format!("needle{number:02}"), number % 2 == 0)).collect();
        let need = Need::any(needs);
        assert!(passes(&need, r#"{"a":"needle39"}"#));
        assert!(!passes(&need, r#"{"a":"needle40"}"#));
    }
}
