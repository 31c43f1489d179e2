//! Times as the language writes them: `-24h@h`, `now`, epoch seconds, `10/24/2024:00:00:00`, and
//! spans such as `5m`.

use quarry_plan::{TimeBound, TimeStep, TimeUnit};

/// Reads a time modifier. Absolute times are read as UTC. None if it is not one.
///
/// ```
/// use quarry_plan::{TimeBound, TimeUnit};
/// use quarry_spl::lower::parse_time;
/// assert_eq!(parse_time("-24h"), Some(TimeBound::relative(-24, TimeUnit::Hour)));
/// assert_eq!(parse_time("10/24/2024:00:00:01"), Some(TimeBound::at(1_729_728_001_000_000)));
/// assert_eq!(parse_time("soon"), None);
/// ```
#[must_use]
pub fn parse_time(text: &str) -> Option<TimeBound> {
    let text = text.trim();
    if let Some(seconds) = epoch(text) {
        return Some(TimeBound::at(seconds));
    }
    absolute(text).map(TimeBound::at).or_else(|| relative(text))
}

fn epoch(text: &str) -> Option<i64> {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !seconds.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(micros.parse().ok()?)
}

/// A time as tables hold it, in microseconds: epoch seconds, or a date such as `2024-05-02T10:15:00.5Z` in UTC.
pub(crate) fn instant(text: &str) -> Option<i64> {
    let text = text.trim();
    epoch(text).or_else(|| date_and_time(text))
}

fn date_and_time(text: &str) -> Option<i64> {
    let (date, time) = text.trim_end_matches('Z').split_once(['T', ' '])?;
    let mut date = date.split('-').map(str::parse::<i64>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day)), None) =
        (date.next(), date.next(), date.next(), date.next())
    else {
        return None;
    };
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut clock = clock.split(':').map(str::parse::<i64>);
    let (Some(Ok(hour)), Some(Ok(minute)), Some(Ok(second)), None) =
        (clock.next(), clock.next(), clock.next(), clock.next())
    else {
        return None;
    };
    let fine = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..=23).contains(&hour)
        && (0..=59).contains(&minute)
        && (0..=60).contains(&second)
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    fine.then_some(seconds * 1_000_000 + micros.parse::<i64>().ok()?)
}

/// `%m/%d/%Y:%H:%M:%S`, or a date alone.
fn absolute(text: &str) -> Option<i64> {
    let mut date = text.splitn(3, '/');
    let (month, day, rest) = (date.next()?, date.next()?, date.next()?);
    let mut rest = rest.split(':');
    let year: i64 = rest.next()?.parse().ok()?;
    let mut part = |least: i64, most: i64| match rest.next() {
        Some(text) => text.parse::<i64>().ok().filter(|part| (least..=most).contains(part)),
        None => Some(0),
    };
    let (hour, minute, second) = (part(0, 23)?, part(0, 59)?, part(0, 60)?);
    if rest.next().is_some() {
        return None;
    }
    let (month, day): (i64, i64) = (month.parse().ok()?, day.parse().ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1..=9999).contains(&year) {
        return None;
    }
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1_000_000)
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn relative(text: &str) -> Option<TimeBound> {
    let mut rest = match text.strip_prefix("now") {
        Some(rest) => rest.strip_prefix("()").unwrap_or(rest),
        None => text,
    };
    if rest.is_empty() {
        return text.starts_with("now").then(TimeBound::now);
    }
    let mut bound = TimeBound::now();
    while !rest.is_empty() {
        let (step, next) = match rest.strip_prefix('@') {
            Some(snap) => snap_step(snap)?,
            None => shift_step(rest)?,
        };
        bound.steps.push(step);
        rest = next;
    }
    Some(bound)
}

fn shift_step(text: &str) -> Option<(TimeStep, &str)> {
    let sign = match text.as_bytes().first()? {
        b'-' => -1,
        b'+' => 1,
        _ => return None,
    };
    let (amount, rest) = leading_number(&text[1..])?;
    let (name, rest) = leading_letters(rest);
    // A bare number counts seconds, a bare unit means one of it.
    let unit = if name.is_empty() { TimeUnit::Second } else { unit(name)? };
    if amount.is_none() && name.is_empty() {
        return None;
    }
    Some((TimeStep::Shift { amount: sign * amount.unwrap_or(1), unit }, rest))
}

fn snap_step(text: &str) -> Option<(TimeStep, &str)> {
    let (name, rest) = leading_letters(text);
    if name == "w" || name == "W" {
        let digit = rest.chars().next().and_then(|digit| digit.to_digit(10)).filter(|digit| *digit <= 7);
        if let Some(digit) = digit {
            return Some((TimeStep::FloorWeekday(u8::try_from(digit % 7).ok()?), &rest[1..]));
        }
    }
    Some((TimeStep::Floor(unit(name)?), rest))
}

fn leading_letters(text: &str) -> (&str, &str) {
    text.split_at(text.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(text.len()))
}

/// A number at the start, none where there are no digits; fails where it is too large.
fn leading_number(text: &str) -> Option<(Option<i64>, &str)> {
    let end = text.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return Some((None, rest));
    }
    Some((Some(digits.parse().ok().filter(|amount: &i64| *amount <= 1_000_000_000_000)?), rest))
}

fn unit(name: &str) -> Option<TimeUnit> {
    Some(match name.to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => TimeUnit::Second,
        "m" | "min" | "mins" | "minute" | "minutes" => TimeUnit::Minute,
        "h" | "hr" | "hrs" | "hour" | "hours" => TimeUnit::Hour,
        "d" | "day" | "days" => TimeUnit::Day,
        "w" | "week" | "weeks" => TimeUnit::Week,
        "mon" | "month" | "months" => TimeUnit::Month,
        "q" | "qtr" | "qtrs" | "quarter" | "quarters" => TimeUnit::Quarter,
        "y" | "yr" | "yrs" | "year" | "years" => TimeUnit::Year,
        _ => return None,
    })
}

/// A length of time without the unit it is aligned to, where that is its own: `1d@d` is `1d`.
pub(crate) fn without_alignment(text: &str) -> &str {
    let Some((length, aligned)) = text.split_once('@') else { return text };
    let name = length.trim_start_matches(|letter: char| letter.is_ascii_digit());
    match (unit(name), unit(aligned)) {
        (Some(own), Some(aligned)) if own == aligned => length,
        _ => text,
    }
}

/// A length of weeks without the day on which they begin: `2w@w1` is `2w`.
fn without_weekday(text: &str) -> &str {
    let Some((length, day)) = text.split_once("@w") else { return text };
    let of_weeks =
        unit(length.trim_start_matches(|letter: char| letter.is_ascii_digit())) == Some(TimeUnit::Week);
    let is_day = day.parse::<u8>().is_ok_and(|day| day <= 7);
    if of_weeks && is_day { length } else { text }
}

/// Whether a text is a length of time such as `5m`, `1d` or `100ms`.
pub(crate) fn is_span(text: &str) -> bool {
    let text = without_weekday(text);
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (digits, name) = text.split_at(end);
    let positive = digits.is_empty() || digits.parse::<f64>().is_ok_and(|amount| amount > 0.0);
    positive && (["us", "ms", "cs", "ds"].contains(&name) || unit(name).is_some())
}

/// A length of time in seconds; months count 30 days and years 365. None if it is no length.
pub(crate) fn span_seconds(text: &str) -> Option<f64> {
    let text = without_weekday(text);
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (digits, name) = text.split_at(end);
    let amount = if digits.is_empty() { 1.0 } else { digits.parse::<f64>().ok()? };
    let seconds = match name {
        "us" => 1e-6,
        "ms" => 1e-3,
        "cs" => 1e-2,
        "ds" => 1e-1,
        _ => match unit(name)? {
            TimeUnit::Second => 1.0,
            TimeUnit::Minute => 60.0,
            TimeUnit::Hour => 3600.0,
            TimeUnit::Day => 86_400.0,
            TimeUnit::Week => 604_800.0,
            TimeUnit::Month => 2_592_000.0,
            TimeUnit::Quarter => 7_776_000.0,
            TimeUnit::Year => 31_536_000.0,
        },
    };
    Some(amount * seconds)
}

/// The number of months in a span that is counted in months; none for other spans.
pub(crate) fn span_months(text: &str) -> Option<i64> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, name) = text.split_at(end);
    let amount: i64 = if digits.is_empty() { 1 } else { digits.parse().ok()? };
    match unit(name)? {
        TimeUnit::Month => Some(amount),
        TimeUnit::Quarter => amount.checked_mul(3),
        TimeUnit::Year => amount.checked_mul(12),
        _ => None,
    }
}

/// The same instant so many months later, in microseconds.
pub(crate) fn add_months(micros: i64, months: i64) -> Option<i64> {
    let day_length = 86_400_000_000;
    let (day, rest) = (micros.div_euclid(day_length), micros.rem_euclid(day_length));
    let (year, month, of_month) = civil(day);
    let index = year * 12 + month - 1 + months;
    let start = days(index.div_euclid(12), index.rem_euclid(12) + 1, 1);
    (start + of_month - 1).checked_mul(day_length)?.checked_add(rest)
}

/// Year, month and day of days since 1970-01-01.
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted - era * 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted_month + 2) / 5 + 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use quarry_plan::{TimeBound, TimeStep, TimeUnit};

    use super::{add_months, is_span, parse_time, span_seconds, without_alignment};

    #[test]
    fn modifiers_chain() {
        let bound = parse_time("-1d@d+3h").unwrap();
        let steps = [
            TimeStep::Shift { amount: -1, unit: TimeUnit::Day },
            TimeStep::Floor(TimeUnit::Day),
            TimeStep::Shift { amount: 3, unit: TimeUnit::Hour },
        ];
        assert_eq!(bound, TimeBound { base: None, steps: steps.to_vec() });
        assert_eq!(parse_time("@w0").unwrap().steps, [TimeStep::FloorWeekday(0)]);
        assert_eq!(parse_time("-mon").unwrap(), TimeBound::relative(-1, TimeUnit::Month));
        assert_eq!(parse_time("now()"), Some(TimeBound::now()));
        assert_eq!(parse_time("1.5"), Some(TimeBound::at(1_500_000)));
    }

    #[test]
    fn absolute_dates_follow_the_calendar() {
        assert_eq!(parse_time("01/01/1970"), Some(TimeBound::at(0)));
        assert_eq!(parse_time("02/29/2024:12:00:00"), Some(TimeBound::at(1_709_208_000_000_000)));
        assert_eq!(parse_time("13/01/2024"), None);
    }

    #[test]
    fn months_are_added_by_the_calendar() {
        let at = |text| parse_time(text).unwrap().base.unwrap();
        assert_eq!(add_months(at("11/01/2023"), 3), Some(at("02/01/2024")));
        assert_eq!(add_months(at("03/01/1969:12:00:00"), -1), Some(at("02/01/1969:12:00:00")));
        assert_eq!(span_seconds("5m"), Some(300.0));
        assert_eq!(span_seconds("h"), Some(3600.0));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["", "-", "@", "24h", "-5parsecs", "yesterday", "1/2", "-99999999999999999999s", "é", "-é"]
        {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn spans_are_an_amount_and_a_unit() {
        assert!(is_span("5m") && is_span("100ms") && is_span("1mon") && is_span("d"));
        assert_eq!(without_alignment("1d@d"), "1d");
        assert_eq!(without_alignment("5m@d"), "5m@d");
        assert!(!is_span("10") && !is_span("x") && !is_span("0s") && !is_span("5m@d"));
    }
}
