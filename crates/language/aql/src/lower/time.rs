//! START, STOP, LAST. Ranges are granular to the minute; times without a zone are UTC.

use jiff::civil::DateTime;
use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{TimeBound, TimeRange, TimeStep, TimeUnit};

use super::Context;
use crate::{
    codes,
    syntax::{Binary, EMPTY_SLOT, Expression, ExpressionKind, TimeClause, Unit},
};

const FORMATS: [&str; 15] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d-%H:%M:%S",
    "%Y/%m/%d-%H:%M",
    "%Y:%m:%d-%H:%M:%S",
    "%Y:%m:%d-%H:%M",
    "%Y %m %d %H:%M:%S",
    "%Y %m %d %H:%M",
    "%Y-%m-%d-%H:%M:%S",
    "%Y-%m-%d",
    "%Y/%m/%d",
];

/// Lengths of units in milliseconds.
pub(super) const UNITS: [(&str, i64); 8] = [
    ("millisecond", 1),
    ("second", 1_000),
    ("minute", 60_000),
    ("hour", 3_600_000),
    ("day", 86_400_000),
    ("week", 604_800_000),
    ("month", 2_592_000_000),
    ("year", 31_536_000_000),
];

/// An instant: milliseconds since 1970, or relative to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instant {
    pub relative: bool,
    pub milliseconds: i64,
}

/// The place of a clause.
pub(super) fn span(clause: &TimeClause) -> Span {
    match clause {
        TimeClause::Last { span, .. } | TimeClause::Between { span, .. } => *span,
    }
}

/// The range of a clause.
pub(super) fn range(context: &mut Context<'_>, clause: &TimeClause) -> TimeRange {
    match clause {
        TimeClause::Last { amount, unit, .. } => {
            let unit = match unit {
                Unit::Minutes => TimeUnit::Minute,
                Unit::Hours => TimeUnit::Hour,
                Unit::Days => TimeUnit::Day,
            };
            TimeRange { earliest: Some(TimeBound::relative(-amount, unit)), latest: None }
        }
        TimeClause::Between { start, stop, .. } => {
            let earliest = start.as_ref().and_then(|value| bound(context, value)).map(earliest);
            let latest = stop.as_ref().and_then(|value| bound(context, value)).and_then(latest);
            TimeRange { earliest, latest }
        }
    }
}

/// The minute in which the range begins.
fn earliest(instant: Instant) -> TimeBound {
    let mut found = exact(instant);
    found.steps.push(TimeStep::Floor(TimeUnit::Minute));
    found
}

/// The end of the minute in which the range ends: a whole minute ends there, any other is included
/// (STOP 17:00 ends at 16:59:59, STOP 17:00:20 at 17:00:59). Now is no bound at all.
fn latest(instant: Instant) -> Option<TimeBound> {
    if instant == (Instant { relative: true, milliseconds: 0 }) {
        return None;
    }
    if !instant.relative {
        let minutes = -(-instant.milliseconds).div_euclid(60_000);
        return Some(TimeBound::at(minutes.checked_mul(60_000_000)?));
    }
    let mut found = exact(instant);
    found.steps.push(TimeStep::Shift { amount: -1, unit: TimeUnit::Second });
    found.steps.push(TimeStep::Floor(TimeUnit::Minute));
    found.steps.push(TimeStep::Shift { amount: 1, unit: TimeUnit::Minute });
    Some(found)
}

fn exact(instant: Instant) -> TimeBound {
    if instant.relative {
        return TimeBound::relative(instant.milliseconds.div_euclid(1_000), TimeUnit::Second);
    }
    TimeBound::at(instant.milliseconds.saturating_mul(1_000))
}

fn bound(context: &mut Context<'_>, value: &Expression) -> Option<Instant> {
    if is_empty_slot(value) {
        let message = "a template placeholder is no time: the range has no bound here";
        context.report(Diagnostic::warning(codes::PLACEHOLDER, message, value.span));
        return None;
    }
    let found = evaluate(value);
    if found.is_none() && value.kind != ExpressionKind::Missing {
        context.report(Diagnostic::error(codes::BAD_TIME, "the time cannot be read", value.span).with_help(
            "write milliseconds, a text such as '2024-01-31 13:45', or PARSEDATETIME('1 hour ago')",
        ));
    }
    found
}

/// A slot of a template, quoted or not.
fn is_empty_slot(value: &Expression) -> bool {
    match &value.kind {
        ExpressionKind::Text(text) => text.trim() == EMPTY_SLOT,
        ExpressionKind::Null => true,
        _ => false,
    }
}

/// The instant a constant expression means.
fn evaluate(value: &Expression) -> Option<Instant> {
    match &value.kind {
        ExpressionKind::Integer(milliseconds) => {
            Some(Instant { relative: false, milliseconds: *milliseconds })
        }
        ExpressionKind::Text(text) => parse(text),
        ExpressionKind::Call(call) if call.name.text.eq_ignore_ascii_case("NOW") => {
            Some(Instant { relative: true, milliseconds: 0 })
        }
        ExpressionKind::Call(call) if call.name.text.eq_ignore_ascii_case("PARSEDATETIME") => {
            match call.arguments.as_slice() {
                [Expression { kind: ExpressionKind::Text(text), .. }] => parse(text),
                _ => None,
            }
        }
        ExpressionKind::Binary { operator, left, right } => {
            combine(*operator, evaluate(left)?, evaluate(right)?)
        }
        _ => None,
    }
}

fn combine(operator: Binary, left: Instant, right: Instant) -> Option<Instant> {
    if right.relative {
        return None;
    }
    let milliseconds = match operator {
        Binary::Add => left.milliseconds.checked_add(right.milliseconds)?,
        Binary::Subtract => left.milliseconds.checked_sub(right.milliseconds)?,
        Binary::Multiply if !left.relative => left.milliseconds.checked_mul(right.milliseconds)?,
        _ => return None,
    };
    Some(Instant { relative: left.relative, milliseconds })
}

/// A time as text: a date, milliseconds, or relative such as `1 day ago`.
pub(super) fn parse(text: &str) -> Option<Instant> {
    let text = text.trim();
    if let Ok(milliseconds) = text.parse() {
        return Some(Instant { relative: false, milliseconds });
    }
    relative(text).or_else(|| absolute(text))
}

fn relative(text: &str) -> Option<Instant> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let milliseconds = match words.as_slice() {
        ["now"] => 0,
        [amount, unit, "ago"] => -length(amount, unit)?,
        ["in", amount, unit] | [amount, unit, "from", "now"] => length(amount, unit)?,
        _ => return None,
    };
    Some(Instant { relative: true, milliseconds })
}

fn length(amount: &str, unit: &str) -> Option<i64> {
    let amount: i64 = if matches!(amount, "a" | "an" | "one") { 1 } else { amount.parse().ok()? };
    let singular = unit.strip_suffix('s').unwrap_or(unit);
    let (_, length) = UNITS.iter().find(|(name, _)| *name == singular)?;
    amount.checked_mul(*length)
}

fn absolute(text: &str) -> Option<Instant> {
    let plain = text.strip_suffix(['Z', 'z']).unwrap_or(text).trim_end();
    let found = FORMATS.iter().find_map(|format| {
        DateTime::strptime(format, plain)
            .or_else(|_| jiff::civil::Date::strptime(format, plain).map(|date| date.at(0, 0, 0, 0)))
            .ok()
    })?;
    let zoned = found.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Instant { relative: false, milliseconds: zoned.timestamp().as_millisecond() })
}
