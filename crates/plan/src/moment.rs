//! Datetimes as Kusto reads them.

use crate::text;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The ticks of a datetime in ISO 8601, in parts of it (`2024`, `2024-05`), or as `05/01/2024 10:00` and
/// `Sat, 8 Nov 2014 15:05:02 GMT`. Always UTC unless it says otherwise.
#[must_use]
pub fn parse_moment(written: &str) -> Option<i64> {
    let written = written.trim();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if written.len() == 4 && digits(written) {
        return text::parse_datetime(&format!("{written}-01-01"));
    }
    if written.len() == 7 && written.as_bytes().get(4) == Some(&b'-') {
        return text::parse_datetime(&format!("{written}-01"));
    }
    if let Some(found) = iso(written) {
        return Some(found);
    }
    slashes(written).or_else(|| named_month(written))
}

fn iso(written: &str) -> Option<i64> {
    let (date, time) = match written.find(['T', 't', ' ']) {
        Some(at) => (written.get(..at)?, written.get(at + 1..)?.trim()),
        None => (written, ""),
    };
    let mut parts = date.splitn(3, '-');
    let (mut year, mut month, mut day) = (parts.next()?, parts.next()?, parts.next()?);
    if day.len() == 4 {
        // `month-day-year`
        (year, month, day) = (day, year, month);
    }
    let number = |part: &str| part.parse::<u32>().ok();
    let date = format!("{:04}-{:02}-{:02}", number(year)?, number(month)?, number(day)?);
    clock(&date, time)
}

/// The date with a time of the day, whose minutes and seconds may be missing.
fn clock(date: &str, time: &str) -> Option<i64> {
    if time.is_empty() {
        return text::parse_datetime(date);
    }
    let end = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (time, offset) = (time.get(..end)?.trim(), time.get(end..)?);
    let mut parts: Vec<String> = time.split(':').map(str::to_owned).collect();
    if parts.len() > 3 || (parts.len() == 1 && !offset.is_empty()) {
        return None;
    }
    parts.resize(3, "00".to_owned());
    if let Some(hour) = parts.first_mut()
        && hour.len() == 1
    {
        hour.insert(0, '0');
    }
    let offset = if offset.is_empty() { "Z" } else { offset };
    text::parse_datetime(&format!("{date}T{}{offset}", parts.join(":")))
}

/// `month/day/year`.
fn slashes(written: &str) -> Option<i64> {
    let (date, time) = written.split_once(' ').unwrap_or((written, ""));
    let mut parts = date.split('/').map(|part| part.parse::<u32>().ok());
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || year < 1000 {
        return None;
    }
    clock(&format!("{year:04}-{month:02}-{day:02}"), time.trim())
}

/// `[Sat, ]8 Nov 2014[ 15:05:02[ GMT]]`.
fn named_month(written: &str) -> Option<i64> {
    let rest = written.split_once(',').map_or(written, |(_, rest)| rest);
    let mut words = rest.split_whitespace();
    let (first, second) = (words.next()?, words.next()?);
    let of_month = |word: &str| {
        let short = word.get(..3)?.to_lowercase();
        MONTHS.iter().position(|month| *month == short).map(|place| place + 1)
    };
    let (day, month) = match first.parse::<u32>() {
        Ok(day) => (day, of_month(second)?),
        Err(_) => (second.parse().ok()?, of_month(first)?),
    };
    let year: u32 = words.next()?.parse().ok()?;
    let year = if year < 100 { year + 2000 } else { year };
    let time = words.next().unwrap_or_default();
    if words.next().is_some_and(|zone| !matches!(zone, "GMT" | "UTC" | "Z")) {
        return None;
    }
    clock(&format!("{year:04}-{month:02}-{day:02}"), time)
}
