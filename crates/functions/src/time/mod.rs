//! Instants as text and back, and steps from one instant to another. All in UTC.

mod java;
mod modifier;
mod strftime;
mod strptime;

pub(crate) use java::{java_format, java_parse};
pub(crate) use modifier::{TimeSpan, parse_modifier, parse_span};
pub(crate) use strftime::strftime;
pub(crate) use strptime::strptime;

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// Epoch seconds as microseconds, if the calendar reaches that far.
pub(crate) fn seconds_to_micros(seconds: f64) -> Option<i64> {
    let micros = (seconds * 1e6).round();
    (micros.abs() < 2.5e17).then_some(micros as i64)
}

/// The calendar's view of an instant.
pub(crate) fn calendar(micros: i64) -> Option<Zoned> {
    Some(Timestamp::from_microsecond(micros).ok()?.to_zoned(TimeZone::UTC))
}
