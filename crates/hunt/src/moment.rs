//! Times on the command line and in reports.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::{Failure, Outcome};

/// Microseconds since 1970-01-01 UTC of a time as people write it: `2024-05-01`,
/// `2024-05-01 13:00[:05]`, RFC 3339, or epoch seconds. Without an offset it is UTC.
///
/// # Errors
/// If the text is no time.
pub fn parse(text: &str) -> Outcome<i64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return seconds
            .checked_mul(1_000_000)
            .ok_or_else(|| Failure::Usage(format!("`{text}` is too large for a time")));
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant.as_microsecond());
    }
    let civil = text.parse::<DateTime>().ok().and_then(|civil| civil.to_zoned(TimeZone::UTC).ok());
    civil.map(|zoned| zoned.timestamp().as_microsecond()).ok_or_else(|| {
        Failure::Usage(format!(
            "`{text}` is no time: write `2024-05-01T13:00:00Z`, `2024-05-01 13:00`, `2024-05-01` or epoch seconds"
        ))
    })
}

/// The clock, in microseconds since 1970-01-01 UTC.
#[must_use]
pub fn wall() -> i64 {
    Timestamp::now().as_microsecond()
}

/// An instant as RFC 3339 in UTC, without a fraction if it has none.
#[must_use]
pub fn show(microseconds: i64) -> String {
    Timestamp::from_microsecond(microseconds).map_or_else(|_| microseconds.to_string(), |at| at.to_string())
}
