//! A constant pattern compiled for whole columns.

use std::sync::OnceLock;

use arrow::array::{Array, ArrayRef, BooleanArray};
use ipnet::IpNet;
use memchr::memmem;
use quarry_plan::{Pattern, TextMatcher, TextPattern, compile_pattern, word_expression};

use super::term;
use crate::base::{Argument, Cell};
use crate::network::{contains, parse_network};

/// Longer expressions may be too large when compiled.
const LONGEST_LAZY: usize = 10_000;

/// A compiled [`TextMatcher`].
#[derive(Debug)]
pub struct Matcher {
    test: Test,
}

#[derive(Debug)]
enum Test {
    Always,
    Equals(String),
    Pieces(Pieces),
    /// ASCII pattern, any case; texts that are not ASCII take the expression, as `K` also matches
    /// the Kelvin sign.
    AnyCase {
        pieces: AsciiPieces,
        exact: Box<Lazy>,
    },
    Regular(Box<Pattern>),
    Network(IpNet),
}

/// A wildcard pattern in any case as an expression, compiled when the first text needs it, which most logs have none of.
#[derive(Debug)]
struct Lazy {
    expression: String,
    compiled: OnceLock<Option<Pattern>>,
}

impl Lazy {
    /// What is too long for the engine is known at once.
    fn new(expression: String) -> Result<Self, String> {
        let lazy = Self { expression, compiled: OnceLock::new() };
        if lazy.expression.len() > LONGEST_LAZY {
            let compiled = compile_pattern(&lazy.expression, true).map_err(|fault| fault.to_string())?;
            let _ = lazy.compiled.set(Some(compiled));
        }
        Ok(lazy)
    }

    fn is_match(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| compile_pattern(&self.expression, true).ok());
        compiled.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }
}

/// A wildcard pattern: what stands at the start, in the middle (in order) and at the end.
#[derive(Debug)]
struct Pieces {
    start: String,
    middle: Vec<memmem::Finder<'static>>,
    end: String,
    /// Whether there is no wildcard at all.
    whole: bool,
}

#[derive(Debug)]
struct AsciiPieces {
    start: Vec<u8>,
    middle: Vec<Vec<u8>>,
    end: Vec<u8>,
    whole: bool,
}

/// Compiles a pattern of the waist.
///
/// # Errors
/// What is wrong with a regular expression.
pub fn matcher(of: &TextMatcher) -> Result<Matcher, String> {
    let test = match &of.pattern {
        TextPattern::Equals(text) if !of.ignore_case => Test::Equals(text.clone()),
        TextPattern::Equals(text) => any_case(&[text], text)?,
        TextPattern::Contains(text) => pieces(&["", text, ""], of.ignore_case)?,
        TextPattern::StartsWith(text) => pieces(&[text, ""], of.ignore_case)?,
        TextPattern::EndsWith(text) => pieces(&["", text], of.ignore_case)?,
        TextPattern::Term(text) => Test::Regular(Box::new(regular(&term::expression(text), of.ignore_case)?)),
        pattern @ (TextPattern::Word(text) | TextPattern::WordStart(text) | TextPattern::WordEnd(text)) => {
            match text.as_str() {
                "" => Test::Always,
                text => Test::Regular(Box::new(regular(&word_expression(pattern, text), of.ignore_case)?)),
            }
        }
        TextPattern::Network(text) => {
            Test::Network(parse_network(text).ok_or_else(|| format!("`{text}` is no network"))?)
        }
        TextPattern::Wildcard(text) => pieces(&text.split('*').collect::<Vec<_>>(), of.ignore_case)?,
        TextPattern::Like(text) if text.contains('_') => Test::Regular(Box::new(like(text, of.ignore_case)?)),
        TextPattern::Like(text) => pieces(&text.split('%').collect::<Vec<_>>(), of.ignore_case)?,
        TextPattern::Regex(text) => Test::Regular(Box::new(regular(text, of.ignore_case)?)),
    };
    Ok(Matcher { test })
}

fn pieces(parts: &[&str], ignore_case: bool) -> Result<Test, String> {
    if parts.len() > 1 && parts.iter().all(|part| part.is_empty()) {
        return Ok(Test::Always);
    }
    if ignore_case {
        return any_case(parts, &parts.join("*"));
    }
    let (Some(start), Some(end)) = (parts.first(), parts.last()) else {
        return Ok(Test::Always);
    };
    let inner = parts.get(1..parts.len() - 1).unwrap_or_default();
    let middle = inner.iter().filter(|part| !part.is_empty());
    Ok(Test::Pieces(Pieces {
        start: (*start).to_owned(),
        middle: middle.map(|part| memmem::Finder::new(part.as_bytes()).into_owned()).collect(),
        end: (*end).to_owned(),
        whole: parts.len() == 1,
    }))
}

fn any_case(parts: &[&str], written: &str) -> Result<Test, String> {
    let body = parts.iter().map(|part| regex::escape(part)).collect::<Vec<_>>().join("(?s:.*)");
    let expression = format!("^(?:{body})$");
    if !parts.iter().all(|part| part.is_ascii()) {
        let exact = compile_pattern(&expression, true).map_err(|fault| format!("`{written}`: {fault}"))?;
        return Ok(Test::Regular(Box::new(exact)));
    }
    let exact = Box::new(Lazy::new(expression).map_err(|fault| format!("`{written}`: {fault}"))?);
    let lower = |part: &&str| part.to_ascii_lowercase().into_bytes();
    let inner = parts.get(1..parts.len() - 1).unwrap_or_default();
    let pieces = AsciiPieces {
        start: parts.first().map(lower).unwrap_or_default(),
        middle: inner.iter().filter(|part| !part.is_empty()).map(lower).collect(),
        end: parts.last().map(lower).unwrap_or_default(),
        whole: parts.len() == 1,
    };
    Ok(Test::AnyCase { pieces, exact })
}

fn like(pattern: &str, ignore_case: bool) -> Result<Pattern, String> {
    let mut body = String::from("^(?s:");
    for letter in pattern.chars() {
        match letter {
            '%' => body.push_str(".*"),
            '_' => body.push('.'),
            other => body.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    body.push_str(")$");
    regular(&body, ignore_case)
}

fn regular(pattern: &str, ignore_case: bool) -> Result<Pattern, String> {
    compile_pattern(pattern, ignore_case).map_err(|fault| fault.sentence(pattern))
}

impl Matcher {
    /// Whether a text matches.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        match &self.test {
            Test::Always => true,
            Test::Equals(wanted) => text == wanted,
            Test::Pieces(pieces) => pieces.is_match(text),
            Test::AnyCase { pieces, exact } => {
                if text.is_ascii() {
                    pieces.is_match(text.as_bytes())
                } else {
                    exact.is_match(text)
                }
            }
            Test::Regular(pattern) => pattern.is_match(text),
            Test::Network(network) => contains(*network, text),
        }
    }

    /// One answer a row of a column of texts or lists of texts (any element counts); null for null.
    /// Columns of other types are read as text.
    ///
    /// # Errors
    /// If the column cannot be read as text.
    pub fn matches_batch(&self, column: &ArrayRef) -> Result<BooleanArray, String> {
        let argument = Argument::from_array(column).map_err(|error| error.to_string())?;
        Ok((0..column.len()).map(|row| self.matches_cell(argument.cell(row))).collect())
    }

    pub(crate) fn matches_cell(&self, cell: Cell<'_>) -> Option<bool> {
        match cell {
            Cell::Null => None,
            Cell::Text(text) => Some(self.is_match(text)),
            other => Some(other.values().any(|text| self.is_match(&text))),
        }
    }
}

impl Pieces {
    fn is_match(&self, text: &str) -> bool {
        if self.whole {
            return text == self.start;
        }
        let Some(rest) = text.strip_prefix(self.start.as_str()) else {
            return false;
        };
        let Some(mut rest) = rest.as_bytes().strip_suffix(self.end.as_bytes()) else {
            return false;
        };
        for finder in &self.middle {
            match finder.find(rest) {
                Some(at) => rest = &rest[at + finder.needle().len()..],
                None => return false,
            }
        }
        true
    }
}

impl AsciiPieces {
    fn is_match(&self, text: &[u8]) -> bool {
        if self.whole {
            return text.eq_ignore_ascii_case(&self.start);
        }
        if text.len() < self.start.len() + self.end.len() {
            return false;
        }
        let (start, rest) = text.split_at(self.start.len());
        let (mut rest, end) = rest.split_at(rest.len() - self.end.len());
        if !start.eq_ignore_ascii_case(&self.start) || !end.eq_ignore_ascii_case(&self.end) {
            return false;
        }
        for piece in &self.middle {
            match find_any_case(rest, piece) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        true
    }
}

/// Where a lower-case needle first occurs in any case.
fn find_any_case(text: &[u8], needle: &[u8]) -> Option<usize> {
    let last = text.len().checked_sub(needle.len())?;
    let (probe, letter) = needle.iter().enumerate().min_by_key(|(_, letter)| commonness(**letter))?;
    let upper = letter.to_ascii_uppercase();
    let window = text.get(probe..=last + probe)?;
    memchr::memchr2_iter(*letter, upper, window)
        .find(|&at| text.get(at..at + needle.len()).is_some_and(|found| found.eq_ignore_ascii_case(needle)))
}

/// A rough rank of how often a letter occurs in logs; the rarest letter of a needle is looked for.
fn commonness(letter: u8) -> usize {
    const COMMON: &[u8] = b"etaoinsrlcdump:/\".-_ 0123456789hgfbywvkxjqz";
    COMMON.len() - COMMON.iter().position(|&known| known == letter).unwrap_or(COMMON.len())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ListBuilder, StringArray, StringBuilder};
    use proptest::prelude::*;

    use super::*;

    fn compiled(pattern: TextPattern, ignore_case: bool) -> Matcher {
        matcher(&TextMatcher { pattern, ignore_case }).unwrap()
    }

    /// The definition, one letter at a time.
    fn naive(pattern: &[char], text: &[char], any: char, one: Option<char>) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((first, rest)) if *first == any => {
                (0..=text.len()).any(|skip| naive(rest, &text[skip..], any, one))
            }
            Some((first, rest)) => {
                text.first().is_some_and(|found| Some(*first) == one || found == first)
                    && naive(rest, &text[1..], any, one)
            }
        }
    }

    fn letters(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    proptest! {
        #[test]
        fn wildcards_agree_with_the_definition(pattern in "[abé*_.]{0,6}", text in "[abé_.\n]{0,8}") {
            let wanted = naive(&letters(&pattern), &letters(&text), '*', None);
            prop_assert_eq!(compiled(TextPattern::Wildcard(pattern.clone()), false).is_match(&text), wanted);
            let wanted = naive(&letters(&pattern.to_lowercase()), &letters(&text.to_lowercase()), '*', None);
            prop_assert_eq!(compiled(TextPattern::Wildcard(pattern), true).is_match(&text.to_uppercase()), wanted);
        }

        #[test]
        fn like_agrees_with_the_definition(pattern in "[abé%_*]{0,6}", text in "[abé*\n]{0,8}") {
            let wanted = naive(&letters(&pattern), &letters(&text), '%', Some('_'));
            prop_assert_eq!(compiled(TextPattern::Like(pattern.clone()), false).is_match(&text), wanted);
            prop_assert_eq!(compiled(TextPattern::Like(pattern), true).is_match(&text.to_uppercase()), wanted);
        }

        #[test]
        fn contains_agrees_with_the_standard_library(needle in "[abé]{0,3}", text in "[aAbBé]{0,9}") {
            prop_assert_eq!(compiled(TextPattern::Contains(needle.clone()), false).is_match(&text), text.contains(&needle));
            let wanted = text.to_lowercase().contains(&needle);
            prop_assert_eq!(compiled(TextPattern::Contains(needle.to_uppercase()), true).is_match(&text), wanted);
        }
    }

    #[test]
    fn case_folding_is_unicode() {
        assert!(compiled(TextPattern::Equals("STRASSE".into()), true).is_match("strasse"));
        assert!(compiled(TextPattern::Equals("k".into()), true).is_match("\u{212A}"));
        assert!(compiled(TextPattern::Equals("É".into()), true).is_match("é"));
        assert!(!compiled(TextPattern::Equals("É".into()), false).is_match("é"));
    }

    #[test]
    fn the_ends_of_a_wildcard_do_not_overlap() {
        assert!(!compiled(TextPattern::Wildcard("ab*ba".into()), false).is_match("aba"));
        assert!(!compiled(TextPattern::Wildcard("ab*ba".into()), true).is_match("ABA"));
        assert!(compiled(TextPattern::Wildcard("ab*ba".into()), true).is_match("ABba"));
    }

    #[test]
    fn starts_ends_and_networks() {
        let cases = [
            (TextPattern::StartsWith("run".into()), "RunInstances", true),
            (TextPattern::StartsWith("run".into()), "a run", false),
            (TextPattern::EndsWith("S".into()), "RunInstances", true),
            (TextPattern::EndsWith("run".into()), "run it", false),
            (TextPattern::Network("10.0.0.0/8".into()), "10.1.2.3", true),
            (TextPattern::Network("10.0.0.0/8".into()), "11.1.2.3", false),
            (TextPattern::Network("2001:db8::/32".into()), "2001:DB8::1", true),
            (TextPattern::Network("10.0.0.0/8".into()), "ec2.amazonaws.com", false),
        ];
        for (pattern, text, wanted) in cases {
            assert_eq!(compiled(pattern.clone(), true).is_match(text), wanted, "{pattern:?} {text}");
        }
        let bad = TextMatcher { pattern: TextPattern::Network("nowhere".into()), ignore_case: false };
        assert!(matcher(&bad).is_err());
    }

    #[test]
    fn columns_keep_nulls_and_lists_match_by_any_element() {
        let test = compiled(TextPattern::Wildcard("run*".into()), true);
        let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("RunInstances"), None, Some("x")]));
        assert_eq!(
            test.matches_batch(&texts).unwrap(),
            BooleanArray::from(vec![Some(true), None, Some(false)])
        );
        let mut builder = ListBuilder::new(StringBuilder::new());
        builder.append_value([Some("x"), Some("running")]);
        builder.append_value([Some("x"), None]);
        builder.append_null();
        let lists: ArrayRef = Arc::new(builder.finish());
        assert_eq!(
            test.matches_batch(&lists).unwrap(),
            BooleanArray::from(vec![Some(true), Some(false), None])
        );
        assert_eq!(test.matches_batch(&texts.slice(0, 0)).unwrap().len(), 0);
    }
}
