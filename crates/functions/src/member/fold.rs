//! Texts without case: two texts are the same in any case if their keys are.

use std::borrow::Cow;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// The text with every character replaced by the first of those that simple case folding takes for the same,
/// as regular expressions without case do.
pub(super) fn key(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte.is_ascii_lowercase() || !byte.is_ascii()) {
        return Cow::Borrowed(text);
    }
    if text.is_ascii() {
        return Cow::Owned(text.to_ascii_uppercase());
    }
    Cow::Owned(text.chars().map(first_alike).collect())
}

fn first_alike(letter: char) -> char {
    if letter.is_ascii() {
        return letter.to_ascii_uppercase();
    }
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(letter, letter)]);
    class.case_fold_simple();
    class.ranges().first().map_or(letter, ClassUnicodeRange::start)
}
