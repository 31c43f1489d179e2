//! One value of one row, and how it reads as text or number.

use std::borrow::Cow;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use quarry_plan::{Operand, Type, Value, number_text, parse_number, seconds_text, text::json_text};
use quarry_types::{value_at, waist_type};

use crate::json;

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
    /// A value of a type that SPL and AQL do not have.
    Typed(Typed<'a>),
}

/// A value in its column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Typed<'a> {
    column: &'a ArrayRef,
    row: usize,
}

impl<'a> Typed<'a> {
    pub(crate) fn new(column: &'a ArrayRef, row: usize) -> Self {
        Self { column, row }
    }

    pub(crate) fn value(self) -> Value {
        value_at(self.column, self.row)
    }

    /// The JSON text of a dynamic value.
    pub(crate) fn json(self) -> Option<&'a str> {
        let is_dynamic = waist_type(self.column.data_type()) == Type::Dynamic;
        self.column.as_string_opt::<i64>().filter(|_| is_dynamic).map(|texts| texts.value(self.row))
    }

    /// The value for a comparison; JSON is compared by its text, which has a type of its own.
    fn operand(self) -> Operand<'a> {
        match self.value() {
            Value::Decimal(value) => Operand::Decimal(value),
            Value::Datetime(ticks) => Operand::Datetime(ticks),
            Value::Timespan(ticks) => Operand::Timespan(ticks),
            Value::Guid(bits) => Operand::Guid(bits),
            _ => Operand::Null,
        }
    }

    /// The value, out of JSON where it is a scalar there.
    pub(crate) fn plain(self) -> Value {
        self.json().map_or_else(|| self.value(), json::plain)
    }
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
            Self::Typed(typed) => match typed.json() {
                Some(json) => json_text(json),
                None => typed.value().text().map(Cow::Owned),
            },
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
            Self::Typed(typed) => match typed.plain() {
                Value::Integer(value) | Value::Datetime(value) | Value::Timespan(value) => Some(value as f64),
                Value::Double(value) => Some(value),
                Value::Decimal(value) => Some(value.to_f64()),
                Value::Text(text) => parse_number(&text),
                _ => None,
            },
        }
    }

    /// The number rounded towards zero, if it fits.
    pub(crate) fn integer(self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(value),
            Self::Text(value) => value.parse().ok().or_else(|| whole(parse_number(value)?)),
            Self::Typed(typed) => match typed.plain() {
                Value::Integer(value) | Value::Datetime(value) | Value::Timespan(value) => Some(value),
                Value::Decimal(value) => value.to_integer(),
                Value::Text(text) => Cell::Text(&text).integer(),
                _ => whole(self.number()?),
            },
            _ => whole(self.number()?),
        }
    }

    /// The truth value: booleans, the words `true` and `false`, and numbers (other than zero).
    pub(crate) fn boolean(self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(value),
            Self::Text(value) if value.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(value) if value.eq_ignore_ascii_case("false") => Some(false),
            Self::Typed(typed) => match typed.plain() {
                Value::Boolean(value) => Some(value),
                Value::Text(text) => Cell::Text(&text).boolean(),
                _ => self.number().map(|number| number != 0.0),
            },
            _ => self.number().map(|number| number != 0.0),
        }
    }

    /// The value for a comparison; none for a list, of which each value compares.
    pub(crate) fn operand(self) -> Result<Operand<'a>, List<'a>> {
        Ok(match self {
            Self::Null => Operand::Null,
            Self::Boolean(value) => Operand::Boolean(value),
            Self::Integer(value) => Operand::Integer(value),
            Self::Number(value) => Operand::Number(value),
            Self::Text(value) => Operand::Text(value),
            Self::Timestamp(micros) => Operand::Timestamp(micros),
            Self::Typed(typed) => typed.operand(),
            Self::List(list) => return Err(list),
        })
    }

    /// The value on its own.
    pub(crate) fn value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Boolean(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Number(value) => Value::Double(value),
            Self::Text(text) => Value::Text(text.to_owned()),
            Self::List(list) => Value::TextList(list.iter().map(str::to_owned).collect()),
            Self::Timestamp(micros) => Value::Timestamp(micros),
            Self::Typed(typed) => typed.value(),
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use super::*;

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
