//! Event times as they are really written.

use jiff::civil::Date;

use crate::time_forms;

/// Microseconds since 1970-01-01 UTC of a written time: ISO 8601 with `T` or a space, 0 to 9 (or
/// more) decimals, `Z`, an offset or nothing (UTC); or a number, seconds, milliseconds, microseconds
/// or nanoseconds by its size. Other forms that mean one instant are read too: compact ISO, `2024/03/05`, RFC 2822, the
/// American clock of twelve hours, `/Date(...)/`, zones by name. Decimals beyond microseconds are cut.
///
/// ```
/// assert_eq!(quarry_logs::parse_time("1970-01-01 11:00:01+11:00"), Some(1_000_000));
/// assert_eq!(quarry_logs::parse_time("1526951139360"), Some(1_526_951_139_360_000));
/// assert_eq!(quarry_logs::parse_time("soon"), None);
/// ```
#[must_use]
pub fn parse_time(text: &str) -> Option<i64> {
    let text = text.trim_ascii();
    iso(text.as_bytes()).or_else(|| epoch(text)).or_else(|| time_forms::other(text))
}

pub(crate) fn iso(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    if date.get(4) != Some(&b'-') || date.get(7) != Some(&b'-') {
        return None;
    }
    let days = days(digits(date.get(..4)?)?, digits(date.get(5..7)?)?, digits(date.get(8..)?)?)?;
    let midnight = days.checked_mul(86_400_000_000)?;
    if rest.is_empty() {
        return Some(midnight);
    }
    let clock =
        rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b"t")).or_else(|| rest.strip_prefix(b" "))?;
    let (hour, minute) = (digits(clock.get(..2)?)?, digits(clock.get(3..5)?)?);
    if clock.get(2) != Some(&b':') || hour > 24 || minute > 59 {
        return None;
    }
    let mut rest = clock.get(5..)?;
    let mut micros = (hour * 3_600 + minute * 60) * 1_000_000;
    if let Some(seconds) = rest.strip_prefix(b":") {
        let second = digits(seconds.get(..2)?)?;
        if second > 60 {
            return None;
        }
        micros += second * 1_000_000;
        rest = seconds.get(2..)?;
        if let Some(fraction) = rest.strip_prefix(b".").or_else(|| rest.strip_prefix(b",")) {
            let length = fraction.iter().take_while(|digit| digit.is_ascii_digit()).count();
            micros += decimals(fraction.get(..length)?)?;
            rest = fraction.get(length..)?;
        }
    }
    midnight.checked_add(micros)?.checked_sub(offset(rest)?)
}

/// Days since 1970-01-01, by the common arithmetic on years that begin in March.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    if day > 28 {
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

pub(crate) fn digits(text: &[u8]) -> Option<i64> {
    text.iter()
        .try_fold(0_i64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

/// Microseconds of the digits behind the decimal point.
fn decimals(text: &[u8]) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    let known = text.get(..text.len().min(6))?;
    Some((known.len()..6).fold(digits(known)?, |sum, _| sum * 10))
}

/// Microseconds that the written clock is ahead of UTC.
fn offset(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii();
    if text.is_empty() || text.eq_ignore_ascii_case(b"Z") || text.eq_ignore_ascii_case(b"UTC") {
        return Some(0);
    }
    let sign = match text.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hour, minute) = match text.get(1..)? {
        [h1, h2] => (digits(&[*h1, *h2])?, 0),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?),
        _ => return None,
    };
    (hour < 24 && minute < 60).then_some(sign * (hour * 60 + minute) * 60_000_000)
}

fn epoch(text: &str) -> Option<i64> {
    if !text.bytes().next()?.is_ascii_digit() {
        return None;
    }
    if let Ok(number) = text.parse::<i64>() {
        return match number {
            0..100_000_000_000 => number.checked_mul(1_000_000),
            100_000_000_000..100_000_000_000_000 => number.checked_mul(1_000),
            100_000_000_000_000..100_000_000_000_000_000 => Some(number),
            _ => Some(number / 1_000),
        };
    }
    let number = text.parse::<f64>().ok().filter(|number| *number < 1e17)?;
    let scale = match number {
        small if small < 1e11 => 1e6,
        middle if middle < 1e14 => 1e3,
        _ => 1.0,
    };
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    Some((number * scale).round() as i64)
}

/// ISO 8601 in UTC of microseconds since 1970-01-01, with as few decimals as are needed.
pub(crate) fn format_time(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |time| time.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_jiff() {
        for text in [
            "2023-07-10T12:03:24Z",
            "2019-10-24T00:13:46.355425Z",
            "2000-02-29T23:59:59Z",
            "1969-12-31T23:59:59Z",
        ] {
            let expected = text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
            assert_eq!(parse_time(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn decimals_beyond_microseconds_are_cut() {
        assert_eq!(parse_time("1970-01-01T00:00:00.1234567Z"), Some(123_456));
        assert_eq!(parse_time("1970-01-01 00:00:07.000000000"), Some(7_000_000));
    }

    #[test]
    fn impossible_dates_are_refused() {
        assert_eq!(parse_time("2023-02-30T00:00:00Z"), None);
        assert_eq!(parse_time("2023-13-01T00:00:00Z"), None);
        assert_eq!(parse_time("foo"), None);
    }

    #[test]
    fn numbers_are_read_by_their_size() {
        assert_eq!(parse_time("1644293945"), Some(1_644_293_945_000_000));
        assert_eq!(parse_time("1644293945.5"), Some(1_644_293_945_500_000));
    }
}
