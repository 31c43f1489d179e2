//! Times in other forms than ISO 8601: what is read is unambiguous, `03/05/2024` alone is not.

use jiff::{civil::DateTime, fmt::rfc2822, tz::TimeZone};

use crate::time::{digits, iso};

const MINUTE: i64 = 60_000_000;

/// Zones whose abbreviation means one thing, in minutes ahead of UTC.
const ZONES: [(&str, i64); 19] = [
    ("GMT", 0),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("JST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("EST", -300),
    ("EDT", -240),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("AKST", -540),
    ("HST", -600),
];

/// Microseconds since 1970-01-01 UTC of a time in one of these forms.
pub(crate) fn other(text: &str) -> Option<i64> {
    compact(text)
        .or_else(|| slashes(text))
        .or_else(|| twelve_hours(text))
        .or_else(|| dot_net(text))
        .or_else(|| zoned(text))
        .or_else(|| Some(rfc2822::parse(text).ok()?.timestamp().as_microsecond()))
}

/// `20240305T100000Z`, with or without an offset.
fn compact(text: &str) -> Option<i64> {
    let (date, clock) = text.split_once(['T', 't'])?;
    if date.len() != 8 || !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (time, rest) = clock.split_at_checked(6)?;
    let written = format!(
        "{}-{}-{}T{}:{}:{}{rest}",
        date.get(..4)?,
        date.get(4..6)?,
        date.get(6..)?,
        time.get(..2)?,
        time.get(2..4)?,
        time.get(4..)?
    );
    iso(written.as_bytes())
}

/// `2024/03/05 10:00:00`: the year comes first, so the month is next.
fn slashes(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.get(4) != Some(&b'/') || bytes.get(7) != Some(&b'/') {
        return None;
    }
    iso(text.replacen('/', "-", 2).as_bytes())
}

/// `3/5/2024, 10:00:00.000 AM`: a clock of twelve hours is American, so the month is first.
fn twelve_hours(text: &str) -> Option<i64> {
    let (rest, is_afternoon) = match text.trim_end().to_ascii_uppercase() {
        upper if upper.ends_with("AM") => (text.get(..upper.len() - 2)?.to_owned(), false),
        upper if upper.ends_with("PM") => (text.get(..upper.len() - 2)?.to_owned(), true),
        _ => return None,
    };
    let (date, clock) = rest.trim().split_once([' ', ','])?;
    let mut date = date.split('/').map(|part| digits(part.as_bytes()));
    let (month, day, year) = (date.next()??, date.next()??, date.next()??);
    let clock = clock.trim_matches([' ', ',']);
    let (hour, behind) = clock.split_once(':')?;
    let hour = digits(hour.as_bytes()).filter(|hour| (1..=12).contains(hour))? % 12;
    let hour = if is_afternoon { hour + 12 } else { hour };
    iso(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{behind}").as_bytes())
}

/// `/Date(1709632800000)/` of .NET, whose offset only says how it would be shown.
fn dot_net(text: &str) -> Option<i64> {
    let inside = text.trim_start_matches('\\').strip_prefix("/Date(")?.split_once(')')?.0;
    let end = inside.char_indices().skip(1).find(|(_, character)| matches!(character, '+' | '-'));
    inside.get(..end.map_or(inside.len(), |(place, _)| place))?.parse::<i64>().ok()?.checked_mul(1_000)
}

/// `2024-03-05 10:00:00 CET`, `2024-03-05 10:00:00 Europe/Berlin`.
fn zoned(text: &str) -> Option<i64> {
    let (written, zone) = text.trim_end().rsplit_once(' ')?;
    let micros = iso(written.trim_end().as_bytes())?;
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == zone) {
        return micros.checked_sub(minutes * MINUTE);
    }
    if !zone.contains('/') {
        return None;
    }
    let civil: DateTime = jiff::Timestamp::from_microsecond(micros).ok()?.to_zoned(TimeZone::UTC).datetime();
    let zone = TimeZone::get(zone).ok()?;
    Some(zone.to_timestamp(civil).ok()?.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_say_one_instant() {
        for text in [
            "20240305T100000Z",
            "20240305T110000+0100",
            "2024/03/05 10:00:00",
            "3/5/2024, 10:00:00.000 AM",
            "3/5/2024 10:00:00 AM",
            "/Date(1709632800000)/",
            "/Date(1709632800000+0100)/",
            "2024-03-05 11:00:00.000 CET",
            "2024-03-05 11:00:00 Europe/Berlin",
            "Tue, 05 Mar 2024 10:00:00 GMT",
            "Tue, 5 Mar 2024 11:00:00 +0100",
        ] {
            assert_eq!(other(text), Some(1_709_632_800_000_000), "{text}");
        }
        assert_eq!(other("3/5/2024 12:30:00 AM"), Some(1_709_598_600_000_000));
        assert_eq!(other("3/5/2024 10:00:00 PM"), Some(1_709_676_000_000_000));
    }

    #[test]
    fn what_may_be_two_instants_is_none() {
        for text in ["03/05/2024 10:00:00", "05.03.2024 10:00", "2024-03-05 10:00:00 CST", "soon", ""] {
            assert_eq!(other(text), None, "{text}");
        }
    }
}
