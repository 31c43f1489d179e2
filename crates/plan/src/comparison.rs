//! Comparison: an operator, and the rule by which two values stand in an order.
//!
//! The rules are computed here and nowhere else: the functions that run over rows, the folding of
//! constants and the lints all ask [`order`].

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{
    Decimal,
    number::{number_text, parse_number, seconds_text},
    text::{datetime_text, guid_text, timespan_text},
};

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// Same value.
    Equal,
    /// Another value.
    NotEqual,
    /// Smaller.
    Less,
    /// Smaller or same.
    LessOrEqual,
    /// Greater.
    Greater,
    /// Greater or same.
    GreaterOrEqual,
}

impl Comparison {
    /// Whether two values in this order fulfil it.
    #[must_use]
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// By which rule two values compare. All are case-sensitive: any case is a [`crate::TextMatcher`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ComparisonRule {
    /// Two values of one type, texts by bytes; never lists.
    Exact,
    /// Values of any types: as numbers where both look like numbers, else as texts by bytes; instants
    /// are epoch seconds. A list compares if any of its values does.
    NumbersElseText,
    /// Values of any types: two numbers by size, a number and a text as texts, all else as texts by
    /// bytes; instants are epoch milliseconds. A list compares if any of its values does.
    NumberAsText,
    /// Two addresses as addresses, those of version 4 before those of version 6; all else as
    /// [`ComparisonRule::NumberAsText`]. A list compares if any of its values does.
    Address,
}

impl ComparisonRule {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Exact, Self::NumbersElseText, Self::NumberAsText, Self::Address];
}

/// One side of a comparison; a list compares value by value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operand<'a> {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A double.
    Number(f64),
    /// A text.
    Text(&'a str),
    /// Microseconds since 1970-01-01 UTC.
    Timestamp(i64),
    /// An exact decimal number.
    Decimal(Decimal),
    /// Ticks since year 1.
    Datetime(i64),
    /// Ticks.
    Timespan(i64),
    /// 128 bits.
    Guid(u128),
}

impl<'a> Operand<'a> {
    fn number(self) -> Option<f64> {
        match self {
            Self::Null | Self::Boolean(_) | Self::Guid(_) => None,
            Self::Decimal(value) => Some(value.to_f64()),
            Self::Datetime(ticks) | Self::Timespan(ticks) => Some(ticks as f64),
            Self::Integer(value) => Some(value as f64),
            Self::Number(value) => Some(value),
            Self::Text(value) => parse_number(value),
            Self::Timestamp(micros) => Some(micros as f64 / 1e6),
        }
    }

    fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Null => None,
            Self::Boolean(value) => Some(Cow::Borrowed(if value { "true" } else { "false" })),
            Self::Integer(value) => Some(Cow::Owned(value.to_string())),
            Self::Number(value) => Some(Cow::Owned(number_text(value))),
            Self::Text(value) => Some(Cow::Borrowed(value)),
            Self::Timestamp(micros) => Some(Cow::Owned(seconds_text(micros))),
            Self::Decimal(value) => Some(Cow::Owned(value.to_string())),
            Self::Datetime(ticks) => datetime_text(ticks).map(Cow::Owned),
            Self::Timespan(ticks) => Some(Cow::Owned(timespan_text(ticks))),
            Self::Guid(bits) => Some(Cow::Owned(guid_text(bits))),
        }
    }

    fn in_milliseconds(self) -> Self {
        match self {
            Self::Timestamp(micros) => Self::Integer(micros.div_euclid(1_000)),
            other => other,
        }
    }
}

/// The order of two values; none where a side is null or the rule knows no order.
///
/// ```
/// use quarry_plan::{ComparisonRule, Operand, order};
/// let (seven, same) = (Operand::Text("7"), Operand::Text("7.0"));
/// assert!(order(ComparisonRule::NumbersElseText, seven, same).is_some_and(|found| found.is_eq()));
/// assert!(order(ComparisonRule::NumberAsText, seven, same).is_some_and(|found| found.is_lt()));
/// assert!(order(ComparisonRule::Exact, seven, Operand::Null).is_none());
/// ```
#[must_use]
#[inline]
pub fn order(rule: ComparisonRule, left: Operand<'_>, right: Operand<'_>) -> Option<Ordering> {
    match rule {
        ComparisonRule::Exact => exact(left, right),
        ComparisonRule::NumbersElseText => numbers_else_text(left, right),
        ComparisonRule::NumberAsText => number_as_text(left.in_milliseconds(), right.in_milliseconds()),
        ComparisonRule::Address => {
            addresses(left, right).or_else(|| number_as_text(left.in_milliseconds(), right.in_milliseconds()))
        }
    }
}

fn exact(left: Operand<'_>, right: Operand<'_>) -> Option<Ordering> {
    match (left, right) {
        (Operand::Text(left), Operand::Text(right)) => Some(left.cmp(right)),
        (Operand::Boolean(left), Operand::Boolean(right)) => Some(left.cmp(&right)),
        (Operand::Integer(left), Operand::Integer(right))
        | (Operand::Timestamp(left), Operand::Timestamp(right))
        | (Operand::Datetime(left), Operand::Datetime(right))
        | (Operand::Timespan(left), Operand::Timespan(right)) => Some(left.cmp(&right)),
        (Operand::Decimal(left), Operand::Decimal(right)) => Some(left.cmp(&right)),
        (Operand::Guid(left), Operand::Guid(right)) => Some(left.cmp(&right)),
        (Operand::Integer(_) | Operand::Number(_), Operand::Integer(_) | Operand::Number(_)) => {
            left.number()?.partial_cmp(&right.number()?)
        }
        _ => None,
    }
}

#[inline]
fn numbers_else_text(left: Operand<'_>, right: Operand<'_>) -> Option<Ordering> {
    if let (Operand::Text(left), Operand::Text(right)) = (left, right) {
        return Some(order_texts(left, right));
    }
    by_size_else_text(left, right)
}

#[inline]
fn number_as_text(left: Operand<'_>, right: Operand<'_>) -> Option<Ordering> {
    match (left, right) {
        (Operand::Text(left), Operand::Text(right)) => Some(left.cmp(right)),
        (Operand::Integer(left), Operand::Integer(right)) => Some(left.cmp(&right)),
        (Operand::Text(_), _) | (_, Operand::Text(_)) => by_text(left, right),
        _ => by_size_else_text(left, right),
    }
}

fn addresses(left: Operand<'_>, right: Operand<'_>) -> Option<Ordering> {
    match (left, right) {
        (Operand::Text(left), Operand::Text(right)) => Some(parse_address(left)?.cmp(&parse_address(right)?)),
        _ => None,
    }
}

/// The address that a text is.
///
/// ```
/// use quarry_plan::parse_address;
/// assert!(parse_address("9.0.0.1") < parse_address("10.0.0.1"));
/// assert_eq!(parse_address("2001:DB8:0::1"), parse_address("2001:db8::1"));
/// assert!(parse_address("a.example").is_none());
/// ```
#[must_use]
pub fn parse_address(text: &str) -> Option<IpAddr> {
    text.trim().parse().ok()
}

/// A text that sorts by bytes as addresses do: for addresses by [`ComparisonRule::Address`], after them what is none.
///
/// ```
/// use quarry_plan::address_key;
/// assert!(address_key("9.0.0.1") < address_key("10.0.0.1"));
/// assert!(address_key("::1") < address_key("a.example"));
/// ```
#[must_use]
pub fn address_key(text: &str) -> String {
    match parse_address(text) {
        Some(IpAddr::V4(address)) => format!("4{:08x}", address.to_bits()),
        Some(IpAddr::V6(address)) => format!("6{:032x}", address.to_bits()),
        None => format!("~{text}"),
    }
}

fn by_size_else_text(left: Operand<'_>, right: Operand<'_>) -> Option<Ordering> {
    match (left.number(), right.number()) {
        (Some(left), Some(right)) => left.partial_cmp(&right),
        _ => by_text(left, right),
    }
}

fn by_text(left: Operand<'_>, right: Operand<'_>) -> Option<Ordering> {
    Some(left.text()?.as_ref().cmp(right.text()?.as_ref()))
}

/// The order of two texts, as numbers where both look numeric.
#[inline]
fn order_texts(left: &str, right: &str) -> Ordering {
    // Most texts that are no numbers show it in the first byte.
    let numeric = |text: &str| {
        text.as_bytes().first().is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.'))
    };
    if numeric(left)
        && numeric(right)
        && let (Some(left), Some(right)) = (parse_number(left), parse_number(right))
    {
        return left.partial_cmp(&right).unwrap_or(Ordering::Equal);
    }
    left.cmp(right)
}
