//! SPL's relative time modifiers (`-1d@d+3h`) and spans (`5m`, `1mon`).

use quarry_plan::{TimeStep, TimeUnit};

const UNITS: &[(&[&str], TimeUnit)] = &[
    (&["s", "sec", "secs", "second", "seconds"], TimeUnit::Second),
    (&["m", "min", "mins", "minute", "minutes"], TimeUnit::Minute),
    (&["h", "hr", "hrs", "hour", "hours"], TimeUnit::Hour),
    (&["d", "day", "days"], TimeUnit::Day),
    (&["w", "week", "weeks"], TimeUnit::Week),
    (&["mon", "month", "months"], TimeUnit::Month),
    (&["q", "qtr", "qtrs", "quarter", "quarters"], TimeUnit::Quarter),
    (&["y", "yr", "yrs", "year", "years"], TimeUnit::Year),
];

/// A length of time in calendar units, or in microseconds where it is shorter than a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeSpan {
    Calendar {
        amount: i64,
        unit: TimeUnit,
    },
    /// Weeks that begin on a day, counted from Sunday.
    Weeks {
        amount: i64,
        day: i64,
    },
    Micros(i64),
}

/// The steps of a modifier such as `-1d@d+3h` or `@w1`; none if it is not one.
pub(crate) fn parse_modifier(text: &str) -> Option<Vec<TimeStep>> {
    let text = text.trim();
    let mut rest = text.strip_prefix("now").map_or(text, |rest| rest.strip_prefix("()").unwrap_or(rest));
    let mut steps = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (step, left) = if first == '@' { snap(&rest[1..])? } else { shift(rest)? };
        steps.push(step);
        rest = left;
    }
    (!text.is_empty()).then_some(steps)
}

fn snap(text: &str) -> Option<(TimeStep, &str)> {
    let (word, rest) = split_word(text);
    if let (Some(day), "w") = (rest.chars().next().and_then(|digit| digit.to_digit(8)), word) {
        return Some((TimeStep::FloorWeekday(u8::try_from(day % 7).ok()?), &rest[1..]));
    }
    Some((TimeStep::Floor(unit(word)?), rest))
}

fn shift(text: &str) -> Option<(TimeStep, &str)> {
    let negative = text.starts_with('-');
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let amount: i64 = if digits == 0 { 1 } else { body[..digits].parse().ok()? };
    let (word, rest) = split_word(&body[digits..]);
    let amount = if negative { -amount } else { amount };
    Some((TimeStep::Shift { amount, unit: unit(word)? }, rest))
}

/// A span such as `30s`, `1d` or `100ms`; a bare number is seconds.
pub(crate) fn parse_span(text: &str) -> Option<TimeSpan> {
    let text = text.trim();
    if let Some((length, day)) = text.split_once("@w") {
        let TimeSpan::Calendar { amount, unit: TimeUnit::Week } = parse_span(length)? else { return None };
        let day = day.parse::<i64>().ok().filter(|day| (0..=7).contains(day))?;
        return Some(TimeSpan::Weeks { amount, day: day % 7 });
    }
    if let Some(micros) = fractional(text) {
        return Some(TimeSpan::Micros(micros));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let amount: i64 = if digits == 0 { 1 } else { text[..digits].parse().ok()? };
    let word = text[digits..].trim_start();
    let micros = match word {
        "us" => Some(1),
        "ms" => Some(1_000),
        "cs" => Some(10_000),
        "ds" => Some(100_000),
        "" if digits > 0 => Some(1_000_000),
        _ => None,
    };
    if amount <= 0 {
        return None;
    }
    match micros {
        Some(size) => Some(TimeSpan::Micros(amount.checked_mul(size)?)),
        None => Some(TimeSpan::Calendar { amount, unit: unit(word)? }),
    }
}

/// A span with a fraction, `0.5`, `1.5h` or `1e-3`, in microseconds; none if it has none or is less than one.
fn fractional(text: &str) -> Option<i64> {
    let size = |word: &str| match word {
        "us" => Some(1.0),
        "ms" => Some(1e3),
        "cs" => Some(1e4),
        "ds" => Some(1e5),
        _ => TimeSpan::Calendar { amount: 1, unit: unit(word)? }.fixed_micros().map(|micros| micros as f64),
    };
    let micros = match text.parse::<f64>() {
        Ok(seconds) if text.contains(['.', 'e', 'E']) => seconds * 1e6,
        Ok(_) => return None,
        Err(_) => {
            let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
            let (amount, word) = text.split_at(end);
            if !amount.contains('.') {
                return None;
            }
            amount.parse::<f64>().ok()? * size(word.trim_start())?
        }
    };
    (1.0..9e18).contains(&micros.round()).then(|| micros.round() as i64)
}

impl TimeSpan {
    /// The length where it is always the same, in microseconds.
    pub(crate) fn fixed_micros(self) -> Option<i64> {
        match self {
            Self::Micros(micros) => Some(micros),
            Self::Weeks { amount, .. } => amount.checked_mul(604_800_000_000),
            Self::Calendar { amount, unit } => {
                let seconds = match unit {
                    TimeUnit::Second => 1,
                    TimeUnit::Minute => 60,
                    TimeUnit::Hour => 3_600,
                    TimeUnit::Day => 86_400,
                    TimeUnit::Week => 604_800,
                    TimeUnit::Month | TimeUnit::Quarter | TimeUnit::Year => return None,
                };
                amount.checked_mul(seconds * 1_000_000)
            }
        }
    }
}

fn split_word(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_alphabetic).count())
}

fn unit(word: &str) -> Option<TimeUnit> {
    UNITS
        .iter()
        .find(|(names, _)| names.iter().any(|name| name.eq_ignore_ascii_case(word)))
        .map(|(_, unit)| *unit)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use quarry_plan::TimeBound;

    use super::*;

    #[test]
    fn modifiers_lead_where_the_manual_says() {
        // Thursday 2024-10-24 12:34:56 UTC
        let now = 1_729_773_296;
        let cases = [
            ("-1h@h", 1_729_767_600),
            ("@d", 1_729_728_000),
            ("-d@d+3h", 1_729_652_400),
            ("@w0", 1_729_382_400),
            ("@w7", 1_729_382_400),
            ("@w1", 1_729_468_800),
            ("@mon", 1_727_740_800),
            ("@q", 1_727_740_800),
            ("-1y@y", 1_672_531_200),
            ("+2minutes", 1_729_773_416),
            ("now", 1_729_773_296),
        ];
        for (text, wanted) in cases {
            let bound = TimeBound { base: None, steps: parse_modifier(text).unwrap() };
            assert_eq!(bound.resolve(now * 1_000_000), Some(wanted * 1_000_000), "{text}");
        }
        for text in ["", "-1x", "@", "yesterday", "1d@w9", "-é"] {
            assert_eq!(parse_modifier(text), None, "{text}");
        }
    }

    #[test]
    fn spans() {
        assert_eq!(parse_span("10m").and_then(TimeSpan::fixed_micros), Some(600_000_000));
        assert_eq!(parse_span("5"), Some(TimeSpan::Micros(5_000_000)));
        assert_eq!(parse_span("mon"), Some(TimeSpan::Calendar { amount: 1, unit: TimeUnit::Month }));
        assert_eq!(parse_span("0.5"), Some(TimeSpan::Micros(500_000)));
        assert_eq!(parse_span("1.5h"), Some(TimeSpan::Micros(5_400_000_000)));
        assert_eq!(parse_span("1e-3"), Some(TimeSpan::Micros(1_000)));
        assert_eq!(parse_span("0.0000001"), None);
        assert_eq!(parse_span("0d"), None);
        assert_eq!(parse_span("1é"), None);
    }
}
