//! Many patterns: those whose literal part stands in the text are tried.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use quarry_plan::{TextMatcher, TextPattern};

use super::fold;
use super::networks::Networks;
use crate::network::parse_network;
use crate::pattern::{Matcher, matcher};

/// Patterns of which one has to match.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    networks: Networks,
    /// Finds the keys of literal parts; its patterns are those of `tried` in order.
    automaton: Option<AhoCorasick>,
    tried: Vec<Tried>,
    /// Without a literal part.
    always_tried: Vec<Matcher>,
}

/// Longer patterns may be too much for a matcher, which is told before anything runs.
const SURE: usize = 1_000;

/// A pattern that becomes a matcher once its literal part is met, which most of a long list never are.
#[derive(Debug)]
struct Tried {
    of: TextMatcher,
    ready: OnceLock<Option<Matcher>>,
}

impl Tried {
    fn new(of: TextMatcher) -> Result<Self, String> {
        let is_sure = of.pattern.text().len() <= SURE;
        let ready = if is_sure { OnceLock::new() } else { OnceLock::from(Some(matcher(&of)?)) };
        Ok(Self { of, ready })
    }

    fn is_match(&self, text: &str) -> bool {
        let ready = self.ready.get_or_init(|| matcher(&self.of).ok());
        ready.as_ref().is_some_and(|matcher| matcher.is_match(text))
    }
}

impl Patterns {
    pub(super) fn new(patterns: Vec<TextMatcher>) -> Result<Self, String> {
        let mut made = Self::default();
        let mut parts = Vec::new();
        for of in patterns {
            if let TextPattern::Network(network) = &of.pattern {
                let network = parse_network(network).ok_or_else(|| format!("`{network}` is no network"))?;
                made.networks.add(network);
                continue;
            }
            match literal_part(&of.pattern) {
                Some(part) => {
                    parts.push(fold::key(part).into_owned());
                    made.tried.push(Tried::new(of)?);
                }
                None => made.always_tried.push(matcher(&of)?),
            }
        }
        if !parts.is_empty() {
            made.automaton = Some(AhoCorasick::new(parts).map_err(|error| error.to_string())?);
        }
        Ok(made)
    }

    pub(super) fn are_none(&self) -> bool {
        self.automaton.is_none() && self.always_tried.is_empty()
    }

    /// Whether one matches a text with this key.
    pub(super) fn match_one(&self, text: &str, key: &str) -> bool {
        let found = |automaton: &AhoCorasick| {
            let mut found = automaton.find_overlapping_iter(key);
            found.any(|part| {
                self.tried.get(part.pattern().as_usize()).is_some_and(|tried| tried.is_match(text))
            })
        };
        self.automaton.as_ref().is_some_and(found)
            || self.always_tried.iter().any(|matcher| matcher.is_match(text))
    }

    pub(super) fn hold_address(&self, text: &str) -> bool {
        self.networks.hold(text)
    }
}

/// The longest text that stands in whatever a pattern matches, in some case.
fn literal_part(pattern: &TextPattern) -> Option<&str> {
    let (text, wildcards): (&str, &[char]) = match pattern {
        TextPattern::Wildcard(text) | TextPattern::Term(text) => (text, &['*']),
        TextPattern::Like(text) => (text, &['%', '_']),
        TextPattern::Equals(text)
        | TextPattern::Contains(text)
        | TextPattern::StartsWith(text)
        | TextPattern::Word(text)
        | TextPattern::WordStart(text)
        | TextPattern::WordEnd(text)
        | TextPattern::EndsWith(text) => (text, &[]),
        TextPattern::Network(_) | TextPattern::Regex(_) => return None,
    };
    text.split(wildcards).max_by_key(|part| part.len()).filter(|part| !part.is_empty())
}
