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

/// Whether a text is a length of time such as `5m`, `1d` or `100ms`.
pub(crate) fn is_span(text: &str) -> bool {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (digits, name) = text.split_at(end);
    let positive = digits.is_empty() || digits.parse::<f64>().is_ok_and(|amount| amount > 0.0);
    positive && (["us", "ms", "cs", "ds"].contains(&name) || unit(name).is_some())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use quarry_plan::{TimeBound, TimeStep, TimeUnit};

    use super::{is_span, parse_time};

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
        assert!(!is_span("10") && !is_span("x") && !is_span("0s") && !is_span("5m@d"));
    }
}
