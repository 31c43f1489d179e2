//! Whole words as regular expressions.

use crate::TextPattern;

/// What is no letter and no digit.
const OTHER: &str = r"[^\p{L}\p{Nd}]";

/// The regular expression that finds the words of a [`TextPattern::Word`] and its kin.
///
/// Kusto's term operators: a term is a run of letters and digits, whatever else parts them, `_` too
/// (learn.microsoft.com, "String operators", what is a term). What is looked for may hold several; where it begins or
/// ends with another character, that place needs no boundary.
///
/// ```
/// use quarry_plan::{TextPattern, compile_pattern, word_expression};
/// let found = |word: &str, text: &str| {
///     let expression = word_expression(&TextPattern::Word(String::new()), word);
///     compile_pattern(&expression, true).unwrap().is_match(text)
/// };
/// assert!(found("run", "ec2_Run instances") && !found("run", "RunInstances"));
/// assert!(found("\"*\"", "{\"a\":\"*\"}"));
/// ```
#[must_use]
pub fn word_expression(kind: &TextPattern, words: &str) -> String {
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let starts = !matches!(kind, TextPattern::WordEnd(_)) && is_part(words.chars().next());
    let ends = !matches!(kind, TextPattern::WordStart(_)) && is_part(words.chars().next_back());
    let before = if starts { format!("(?:^|{OTHER})") } else { String::new() };
    let after = if ends { format!("(?:$|{OTHER})") } else { String::new() };
    format!("{before}{}{after}", regex::escape(words))
}
