//! Formats of datetimes and timespans.

use super::{
    convert::span,
    date::{SECOND, civil, ticks},
    value::{plain, text_of},
};
use crate::base::Row;

/// Runs of one letter, and other characters, of a format.
fn runs(format: &str) -> Vec<(char, usize)> {
    let mut all: Vec<(char, usize)> = Vec::new();
    for letter in format.chars() {
        match all.last_mut() {
            Some((last, count)) if *last == letter && letter.is_ascii_alphabetic() => *count += 1,
            _ => all.push((letter, 1)),
        }
    }
    all
}

/// A fraction of a second with so many digits; `F` leaves zeros at its end out.
fn fraction(ticks: i64, digits: usize, trims: bool) -> String {
    let text = format!("{:07}", ticks.rem_euclid(SECOND));
    let text = text.get(..digits.min(7)).unwrap_or(&text);
    if trims { text.trim_end_matches('0').to_owned() } else { text.to_owned() }
}

pub(super) fn formatted(row: Row<'_>) -> Option<String> {
    let ticks = ticks(row, 0)?;
    let at = civil(ticks)?;
    let mut out = String::new();
    for (letter, count) in runs(&text_of(row.cell(1))) {
        let number = |number: i64| format!("{number:0count$}");
        out.push_str(&match letter {
            'y' if count == 2 => format!("{:02}", at.year().rem_euclid(100)),
            'y' if count == 1 => at.year().rem_euclid(100).to_string(),
            'y' => number(i64::from(at.year())),
            'M' => number(i64::from(at.month())),
            'd' => number(i64::from(at.day())),
            'H' => number(i64::from(at.hour())),
            'h' => number(i64::from((at.hour() + 11) % 12 + 1)),
            'm' => number(i64::from(at.minute())),
            's' => number(i64::from(at.second())),
            'f' | 'F' => fraction(ticks, count, letter == 'F'),
            't' => if at.hour() < 12 { "AM" } else { "PM" }.to_owned(),
            other => other.to_string().repeat(count),
        });
    }
    Some(out)
}

pub(super) fn formatted_span(row: Row<'_>) -> Option<String> {
    let ticks = span(plain(row.cell(0)))?;
    let size = ticks.abs();
    let seconds = size / SECOND;
    let mut out = String::new();
    if ticks < 0 {
        out.push('-');
    }
    for (letter, count) in runs(&text_of(row.cell(1))) {
        let number = |number: i64| format!("{number:0count$}");
        out.push_str(&match letter {
            'd' => number(seconds / 86_400),
            'H' | 'h' => number(seconds / 3600 % 24),
            'm' => number(seconds / 60 % 60),
            's' => number(seconds % 60),
            'f' | 'F' => fraction(size, count, letter == 'F'),
            other => other.to_string().repeat(count),
        });
    }
    Some(out)
}
