//! Java's date patterns, as far as their syntax goes.

use std::{iter::Peekable, str::Chars};

/// The letters that mean parts of a time.
const LETTERS: &str = "GyYMLwWDdFEuaHkKhmsSzZX";

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatePart {
    /// Text as it stands.
    Text(String),
    /// A run of one letter, and how long it is.
    Field(char, usize),
}

/// Splits a pattern of Java's `SimpleDateFormat` into runs of one letter and literal text.
///
/// # Errors
/// If it has a letter that Java reserves, or an open quotation; which.
///
/// ```
/// use quarry_plan::{DatePart, date_pattern};
/// assert_eq!(date_pattern("yy'T'").unwrap(), [DatePart::Field('y', 2), DatePart::Text("T".into())]);
/// assert_eq!(date_pattern("yyyy-bb").unwrap_err(), "`b` means no part of a time");
/// assert_eq!(date_pattern("yyyy 'at").unwrap_err(), "a quotation has no end");
/// ```
pub fn date_pattern(pattern: &str) -> Result<Vec<DatePart>, String> {
    let mut parts = Vec::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\'' {
            parts.push(DatePart::Text(quoted(&mut letters).ok_or("a quotation has no end")?));
        } else if letter.is_ascii_alphabetic() {
            let mut count = 1;
            while letters.next_if_eq(&letter).is_some() {
                count += 1;
            }
            if !LETTERS.contains(letter) {
                return Err(format!("`{letter}` means no part of a time"));
            }
            parts.push(DatePart::Field(letter, count));
        } else {
            parts.push(DatePart::Text(letter.to_string()));
        }
    }
    Ok(parts)
}

/// The rest of a quotation; two quotes are one, inside and outside.
fn quoted(letters: &mut Peekable<Chars<'_>>) -> Option<String> {
    if letters.next_if_eq(&'\'').is_some() {
        return Some("'".to_owned());
    }
    let mut text = String::new();
    loop {
        match letters.next()? {
            '\'' if letters.next_if_eq(&'\'').is_some() => text.push('\''),
            '\'' => return Some(text),
            other => text.push(other),
        }
    }
}
