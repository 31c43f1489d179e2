//! A set of values, ready to be asked.

use std::collections::HashSet;

use quarry_plan::{TextMatcher, number_text, parse_number};

use super::fold;
use super::patterns::Patterns;
use crate::base::Cell;

/// What a value may be.
#[derive(Debug)]
pub(super) struct Set {
    /// Texts by bytes.
    exact: Texts,
    /// Keys of texts in any case.
    folded: Texts,
    patterns: Patterns,
    /// What looks like a number, by its value, and what does not.
    numbers: HashSet<u64, foldhash::fast::RandomState>,
    words: Texts,
}

type Texts = HashSet<Box<str>, foldhash::fast::RandomState>;

impl Set {
    pub(super) fn new<'t>(
        exact: impl Iterator<Item = &'t str>,
        folded: impl Iterator<Item = &'t str>,
        patterns: Vec<TextMatcher>,
        loose: impl Iterator<Item = &'t str>,
    ) -> Result<Self, String> {
        let (mut numbers, mut words) = (HashSet::default(), Texts::default());
        for text in loose {
            match parse_number(text) {
                Some(number) => {
                    numbers.insert(bits(number));
                }
                None => {
                    words.insert(Box::from(text));
                }
            }
        }
        Ok(Self {
            exact: exact.map(Box::from).collect(),
            folded: folded.map(|text| Box::from(&*fold::key(text))).collect(),
            patterns: Patterns::new(patterns)?,
            numbers,
            words,
        })
    }

    /// Whether a value, or one of a list, is a member; null where it is null.
    pub(super) fn holds(&self, cell: Cell<'_>) -> Option<bool> {
        match cell {
            Cell::Null => None,
            Cell::Text(text) => Some(self.holds_text(text) || self.holds_number(text)),
            Cell::List(list) => {
                Some(list.iter().any(|text| self.holds_text(text) || self.holds_number(text)))
            }
            other => {
                let text = other.text()?;
                let number = match other.number() {
                    Some(number) if number.is_finite() => self.numbers.contains(&bits(number)),
                    Some(number) => self.words.contains(number_text(number).as_str()),
                    None => self.words.contains(&*text),
                };
                Some(number || self.holds_text(&text))
            }
        }
    }

    fn holds_text(&self, text: &str) -> bool {
        if self.exact.contains(text) || self.patterns.hold_address(text) {
            return true;
        }
        if self.folded.is_empty() && self.patterns.are_none() {
            return false;
        }
        let key = fold::key(text);
        self.folded.contains(&*key) || self.patterns.match_one(text, &key)
    }

    fn holds_number(&self, text: &str) -> bool {
        if self.numbers.is_empty() && self.words.is_empty() {
            return false;
        }
        match parse_number(text) {
            Some(number) => self.numbers.contains(&bits(number)),
            None => self.words.contains(text),
        }
    }
}

/// Equal numbers have equal bits.
fn bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}
