//! One value of one row, and how it reads as text or number.

use std::borrow::Cow;

use arrow::array::{Array, StringArray};

/// One value. An empty list reads as null.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(&'a str),
    List(List<'a>),
    /// Microseconds since 1970-01-01 UTC.
    Timestamp(i64),
}

/// A list of texts inside a column; elements that are null do not count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List<'a> {
    values: &'a StringArray,
    start: usize,
    end: usize,
}

impl<'a> List<'a> {
    pub(crate) fn new(values: &'a StringArray, start: usize, end: usize) -> Self {
        Self { values, start, end }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'a str> + Clone {
        (self.start..self.end)
            .filter(move |&index| !self.values.is_null(index))
            .map(move |index| self.values.value(index))
    }

    /// The element, where there is exactly one.
    pub(crate) fn only(self) -> Option<&'a str> {
        let mut elements = self.iter();
        let first = elements.next()?;
        elements.next().is_none().then_some(first)
    }
}

impl<'a> Cell<'a> {
    pub(crate) fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value as text: numbers without a trailing `.0`, instants as epoch seconds, lists joined
    /// by line feeds.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Null => None,
            Self::Boolean(value) => Some(Cow::Borrowed(if value { "true" } else { "false" })),
            Self::Integer(value) => Some(Cow::Owned(value.to_string())),
            Self::Number(value) => Some(Cow::Owned(number_text(value))),
            Self::Text(value) => Some(Cow::Borrowed(value)),
            Self::List(list) => Some(match list.only() {
                Some(one) => Cow::Borrowed(one),
                None => Cow::Owned(list.iter().collect::<Vec<_>>().join("\n")),
            }),
            Self::Timestamp(micros) => Some(Cow::Owned(seconds_text(micros))),
        }
    }

    /// The value as a number: text that looks like one, instants as epoch seconds, a list of one.
    pub(crate) fn number(self) -> Option<f64> {
        match self {
            Self::Null | Self::Boolean(_) => None,
            Self::Integer(value) => Some(value as f64),
            Self::Number(value) => Some(value),
            Self::Text(value) => parse_number(value),
            Self::List(list) => list.only().and_then(parse_number),
            Self::Timestamp(micros) => Some(micros as f64 / 1e6),
        }
    }

    /// The number rounded towards zero, if it fits.
    pub(crate) fn integer(self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(value),
            Self::Text(value) => value.parse().ok().or_else(|| whole(parse_number(value)?)),
            _ => whole(self.number()?),
        }
    }

    /// The truth value: booleans, the words `true` and `false`, and numbers (other than zero).
    pub(crate) fn boolean(self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(value),
            Self::Text(value) if value.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(value) if value.eq_ignore_ascii_case("false") => Some(false),
            _ => self.number().map(|number| number != 0.0),
        }
    }

    /// Every value as text: the elements of a list, or the one value.
    pub(crate) fn values(self) -> Values<'a, impl Iterator<Item = &'a str>> {
        match self {
            Self::List(list) => Values::Many(list.iter()),
            other => Values::One(other.text()),
        }
    }
}

/// The values of a cell, see [`Cell::values`].
pub(crate) enum Values<'a, I> {
    One(Option<Cow<'a, str>>),
    Many(I),
}

impl<'a, I: Iterator<Item = &'a str>> Iterator for Values<'a, I> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::One(value) => value.take(),
            Self::Many(elements) => elements.next().map(Cow::Borrowed),
        }
    }
}

fn whole(number: f64) -> Option<i64> {
    let truncated = number.trunc();
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0)
        .contains(&truncated)
        .then_some(truncated as i64)
}

fn seconds_text(micros: i64) -> String {
    let (second, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    if fraction == 0 {
        return second.to_string();
    }
    if micros < 0 {
        return number_text(micros as f64 / 1e6);
    }
    let text = format!("{second}.{fraction:06}");
    text.trim_end_matches('0').to_owned()
}

/// A number as text: shortest form that reads back the same, whole numbers without a point.
///
/// ```
/// assert_eq!(quarry_functions::number_text(3.0), "3");
/// assert_eq!(quarry_functions::number_text(0.25), "0.25");
/// ```
#[must_use]
pub fn number_text(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let size = value.abs();
    if size < 9e15 && value.fract() == 0.0 {
        return (value as i64).to_string();
    }
    if (1e-6..1e21).contains(&size) { format!("{value}") } else { format!("{value:e}") }
}

/// The number a text stands for: decimal digits with sign, point and exponent, nothing around them.
///
/// ```
/// assert_eq!(quarry_functions::parse_number("-1.5e3"), Some(-1500.0));
/// assert_eq!(quarry_functions::parse_number("0x10"), None);
/// ```
#[must_use]
pub fn parse_number(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.')) || bytes.len() > 400 {
        return None;
    }
    let plain =
        bytes.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
    if !plain {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_without_needless_digits() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (42.0, "42"),
            (-1.5, "-1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "100000000000000000000"),
            (1e300, "1e300"),
        ];
        for (number, text) in cases {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn only_plain_decimals_are_numbers() {
        for text in ["1", "-1", "+1", ".5", "1.", "1e3", "00012"] {
            assert!(parse_number(text).is_some(), "{text}");
        }
        for text in
            ["", " 1", "1 ", "abc", "nan", "inf", "0x1", "1_000", "1,000", "-", "1e999", "infinity", "1.2.3"]
        {
            assert!(parse_number(text).is_none(), "{text}");
        }
    }

    #[test]
    fn instants_read_as_epoch_seconds() {
        assert_eq!(Cell::Timestamp(1_500_000).text().unwrap(), "1.5");
        assert_eq!(Cell::Timestamp(2_000_000).text().unwrap(), "2");
        assert_eq!(Cell::Timestamp(-500_000).text().unwrap(), "-0.5");
        assert_eq!(Cell::Timestamp(2_250_000).number(), Some(2.25));
    }

    #[test]
    fn integers_beyond_the_range_are_refused() {
        assert_eq!(Cell::Number(1e30).integer(), None);
        assert_eq!(Cell::Text("9223372036854775807").integer(), Some(i64::MAX));
        assert_eq!(Cell::Number(-2.9).integer(), Some(-2));
    }
}
