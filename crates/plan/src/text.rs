//! How instants, timespans, GUIDs and JSON are written and read.

use std::borrow::Cow;

use jiff::{
    Span, Timestamp,
    civil::{Date, DateTime},
};

/// Ticks of a second.
pub const TICKS_PER_SECOND: i64 = 10_000_000;
/// Seconds from 0001-01-01 to 1970-01-01.
const SECONDS_BEFORE_EPOCH: i64 = 62_135_596_800;
/// Ticks of the first instant of the year 10000.
const END_OF_TIME: i64 = 3_155_378_976_000_000_000;
/// Ticks of a day.
const TICKS_PER_DAY: i64 = 86_400 * TICKS_PER_SECOND;

/// Ticks as a datetime: none outside of the years 1 to 9999.
#[must_use]
pub fn datetime(ticks: i64) -> Option<i64> {
    (0..END_OF_TIME).contains(&ticks).then_some(ticks)
}

/// Microseconds since 1970 as ticks since year 1, exactly; none outside of the years 1 to 9999.
#[must_use]
pub fn ticks_of_micros(micros: i64) -> Option<i64> {
    let ticks = micros.checked_mul(10)?.checked_add(SECONDS_BEFORE_EPOCH * TICKS_PER_SECOND)?;
    datetime(ticks)
}

/// Ticks since year 1 as microseconds since 1970; none if that is not exact.
#[must_use]
pub fn micros_of_ticks(ticks: i64) -> Option<i64> {
    let since = datetime(ticks)? - SECONDS_BEFORE_EPOCH * TICKS_PER_SECOND;
    (since % 10 == 0).then_some(since / 10)
}

/// A datetime as `2024-05-01T10:00:00.0000000Z`; none outside of the years 1 to 9999.
#[must_use]
pub fn datetime_text(ticks: i64) -> Option<String> {
    let ticks = datetime(ticks)?;
    let days = Span::new().try_days(ticks / TICKS_PER_DAY).ok()?;
    let date = Date::new(1, 1, 1).ok()?.checked_add(days).ok()?;
    let second = ticks % TICKS_PER_DAY / TICKS_PER_SECOND;
    Some(format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z",
        date.year(),
        date.month(),
        date.day(),
        second / 3_600,
        second / 60 % 60,
        second % 60,
        ticks % TICKS_PER_SECOND
    ))
}

/// The datetime of ISO 8601 text, in UTC unless it says otherwise; what is finer than a tick is cut off.
#[must_use]
pub fn parse_datetime(text: &str) -> Option<i64> {
    let text = text.trim();
    let civil = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    // `jiff` would read past an offset.
    let has_offset = civil.get(10..).is_some_and(|time| time.contains(['+', '-', '[']));
    let civil = if has_offset { "" } else { civil };
    match civil.parse::<DateTime>().or_else(|_| civil.parse::<Date>().map(DateTime::from)) {
        Ok(civil) => ticks_of_civil(civil),
        Err(_) => {
            let ticks = text.parse::<Timestamp>().ok()?.as_nanosecond().div_euclid(100);
            datetime(i64::try_from(ticks + i128::from(SECONDS_BEFORE_EPOCH * TICKS_PER_SECOND)).ok()?)
        }
    }
}

/// By the calendar: an instant of `jiff` ends a day before the last of the year 9999.
fn ticks_of_civil(civil: DateTime) -> Option<i64> {
    let years = i64::from(civil.year()) - 1;
    if years < 0 {
        return None;
    }
    let days = years * 365 + years / 4 - years / 100 + years / 400 + i64::from(civil.day_of_year()) - 1;
    let second = (i64::from(civil.hour()) * 60 + i64::from(civil.minute())) * 60 + i64::from(civil.second());
    datetime(days * TICKS_PER_DAY + second * TICKS_PER_SECOND + i64::from(civil.subsec_nanosecond()) / 100)
}

/// A timespan as `[-][d.]hh:mm:ss[.fffffff]`.
#[must_use]
pub fn timespan_text(ticks: i64) -> String {
    let sign = if ticks < 0 { "-" } else { "" };
    let size = ticks.unsigned_abs();
    let (second, part) = (size / TICKS_PER_SECOND.unsigned_abs(), size % TICKS_PER_SECOND.unsigned_abs());
    let days = match second / 86_400 {
        0 => String::new(),
        days => format!("{days}."),
    };
    let part = if part == 0 { String::new() } else { format!(".{part:07}") };
    format!("{sign}{days}{:02}:{:02}:{:02}{part}", second / 3_600 % 24, second / 60 % 60, second % 60)
}

/// The timespan of a text as [`timespan_text`] writes it, or of a whole number of days.
#[must_use]
pub fn parse_timespan(text: &str) -> Option<i64> {
    let text = text.trim();
    let (size, negative) = text.strip_prefix('-').map_or((text, false), |size| (size, true));
    let number = |digits: &str| -> Option<i128> {
        let plain =
            !digits.is_empty() && digits.len() < 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain { digits.parse().ok() } else { None }
    };
    let ticks = match size.split_once(':') {
        None => number(size)? * i128::from(TICKS_PER_DAY),
        Some((start, rest)) => {
            let (days, hours) = match start.split_once('.') {
                Some((days, hours)) => (number(days)?, number(hours)?),
                None => (0, number(start)?),
            };
            let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, "0"));
            let (seconds, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
            let (minutes, seconds) = (number(minutes)?, number(seconds)?);
            if hours > 23 || minutes > 59 || seconds > 59 || part.len() > 7 {
                return None;
            }
            let part = number(&format!("{part:0<7}"))?;
            (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * i128::from(TICKS_PER_SECOND) + part
        }
    };
    i64::try_from(if negative { -ticks } else { ticks }).ok()
}

/// A GUID in lower case, in groups of 8, 4, 4, 4 and 12 digits.
#[must_use]
pub fn guid_text(bits: u128) -> String {
    let digits = format!("{bits:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// The GUID of 32 hexadecimal digits, in groups or not, in braces or not.
#[must_use]
pub fn parse_guid(text: &str) -> Option<u128> {
    let text = text.trim();
    let bare = text
        .strip_prefix('{')
        .map(|rest| rest.strip_suffix('}'))
        .or_else(|| text.strip_prefix('(').map(|rest| rest.strip_suffix(')')))
        .unwrap_or(Some(text))?;
    let dashes: Vec<usize> = bare.match_indices('-').map(|(at, _)| at).collect();
    if !(dashes.is_empty() || dashes == [8, 13, 18, 23]) {
        return None;
    }
    let digits = bare.replace('-', "");
    let plain = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if plain { u128::from_str_radix(&digits, 16).ok() } else { None }
}

/// The text of a JSON value: a text without its quotes, anything else without white space between its parts;
/// none for null.
#[must_use]
pub fn json_text(json: &str) -> Option<Cow<'_, str>> {
    let json = json.trim_ascii();
    if json.is_empty() || json == "null" {
        return None;
    }
    match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) if !inside.contains('\\') => Some(Cow::Borrowed(inside)),
        Some(inside) => Some(Cow::Owned(unescaped(inside))),
        None => Some(compact(json)),
    }
}

/// A text as a JSON text.
#[must_use]
pub fn json_of_text(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

/// What stands inside of a JSON text, its escapes resolved; half a surrogate pair is the replacement character.
#[must_use]
pub fn unescaped(inside: &str) -> String {
    let mut text = String::with_capacity(inside.len());
    let mut letters = inside.chars();
    let mut high: Option<u32> = None;
    while let Some(letter) = letters.next() {
        let escape = if letter == '\\' { letters.next() } else { None };
        if escape == Some('u') {
            let digits: String = letters.by_ref().take(4).collect();
            let unit = u32::from_str_radix(&digits, 16).unwrap_or(0xFFFD);
            match (high.take(), unit) {
                (None, 0xD800..=0xDBFF) => high = Some(unit),
                (Some(first), 0xDC00..=0xDFFF) => {
                    let code = 0x1_0000 + ((first - 0xD800) << 10) + (unit - 0xDC00);
                    text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                (first, _) => {
                    if first.is_some() {
                        text.push(char::REPLACEMENT_CHARACTER);
                    }
                    if matches!(unit, 0xD800..=0xDBFF) {
                        high = Some(unit);
                    } else {
                        text.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                }
            }
            continue;
        }
        if high.take().is_some() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        text.push(match escape {
            None => letter,
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some(other) => other,
        });
    }
    if high.is_some() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

/// JSON without white space between its parts.
fn compact(json: &str) -> Cow<'_, str> {
    if !json.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return Cow::Borrowed(json);
    }
    let (mut inside, mut escaped) = (false, false);
    let kept = json.chars().filter(|letter| {
        let keep = inside || !letter.is_ascii_whitespace();
        match letter {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            _ => {}
        }
        keep
    });
    Cow::Owned(kept.collect())
}
