//! Formats an instant by a C-like format with the sub-second and zone variables of SPL.

use std::fmt::Write;

use jiff::Zoned;

use super::calendar;

/// Names of weekdays from Sunday.
pub(super) const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// Names of months.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The instant (microseconds) in the format; what is no variable stands as it is.
pub(crate) fn strftime(micros: i64, format: &str) -> Option<String> {
    let at = calendar(micros)?;
    let mut out = String::with_capacity(format.len() + 16);
    let mut rest = format;
    while let Some(start) = rest.find('%') {
        out.push_str(&rest[..start]);
        rest = &rest[start + 1..];
        rest = &rest[variable(&at, rest, &mut out)..];
    }
    out.push_str(rest);
    Some(out)
}

/// Writes the variable at the start of `rest` (after the percent sign) and returns its length.
fn variable(at: &Zoned, rest: &str, out: &mut String) -> usize {
    let letters = rest.as_bytes();
    let Some(&first) = letters.first() else {
        out.push('%');
        return 0;
    };
    if let (b'0'..=b'9', Some(b'N' | b'Q')) = (first, letters.get(1)) {
        out.push_str(&subsecond(at, usize::from(first - b'0')));
        return 2;
    }
    if rest.starts_with("Ez") {
        return push(out, "+0", 2);
    }
    if rest.starts_with(":z") {
        return push(out, "+00:00", 2);
    }
    if rest.starts_with("::z") {
        return push(out, "+00:00:00", 3);
    }
    if rest.starts_with(":::z") {
        return push(out, "+00", 4);
    }
    if let (b'-', Some(&letter)) = (first, letters.get(1))
        && let Some(text) = date(at, letter).or_else(|| time(at, letter))
    {
        let bare = text.trim_start_matches(['0', ' ']);
        return push(out, if bare.is_empty() { "0" } else { bare }, 2);
    }
    match date(at, first).or_else(|| time(at, first)).or_else(|| compound(at, first)) {
        Some(text) => push(out, &text, 1),
        None => {
            out.push('%');
            0
        }
    }
}

fn push(out: &mut String, text: &str, consumed: usize) -> usize {
    out.push_str(text);
    consumed
}

fn subsecond(at: &Zoned, digits: usize) -> String {
    let nanos = format!("{:09}", at.subsec_nanosecond());
    nanos.chars().take(digits.clamp(1, 9)).collect()
}

pub(super) fn weekday_name(at: &Zoned) -> &'static str {
    WEEKDAYS
        .get(usize::try_from(at.weekday().to_sunday_zero_offset()).unwrap_or(0))
        .copied()
        .unwrap_or_default()
}

pub(super) fn month_name(at: &Zoned) -> &'static str {
    MONTHS.get(usize::try_from(at.month() - 1).unwrap_or(0)).copied().unwrap_or_default()
}

fn date(at: &Zoned, letter: u8) -> Option<String> {
    let week_date = || at.date().iso_week_date();
    let sunday = i16::from(at.weekday().to_sunday_zero_offset());
    let monday = i16::from(at.weekday().to_monday_zero_offset());
    Some(match letter {
        b'Y' => format!("{:04}", at.year()),
        b'y' => format!("{:02}", at.year().rem_euclid(100)),
        b'C' => format!("{:02}", at.year().div_euclid(100)),
        b'm' => format!("{:02}", at.month()),
        b'd' => format!("{:02}", at.day()),
        b'e' => format!("{:2}", at.day()),
        b'j' => format!("{:03}", at.day_of_year()),
        b'B' => month_name(at).to_owned(),
        b'b' | b'h' => month_name(at).chars().take(3).collect(),
        b'A' => weekday_name(at).to_owned(),
        b'a' => weekday_name(at).chars().take(3).collect(),
        b'w' => sunday.to_string(),
        b'u' => (monday + 1).to_string(),
        b'U' => format!("{:02}", (at.day_of_year() + 6 - sunday) / 7),
        b'W' => format!("{:02}", (at.day_of_year() + 6 - monday) / 7),
        b'V' => format!("{:02}", week_date().week()),
        b'G' => format!("{:04}", week_date().year()),
        b'g' => format!("{:02}", week_date().year().rem_euclid(100)),
        _ => return None,
    })
}

fn time(at: &Zoned, letter: u8) -> Option<String> {
    let twelve = (at.hour() + 11) % 12 + 1;
    Some(match letter {
        b'H' => format!("{:02}", at.hour()),
        b'k' => format!("{:2}", at.hour()),
        b'I' => format!("{twelve:02}"),
        b'l' => format!("{twelve:2}"),
        b'M' => format!("{:02}", at.minute()),
        b'S' => format!("{:02}", at.second()),
        b'p' => (if at.hour() < 12 { "AM" } else { "PM" }).to_owned(),
        b'P' => (if at.hour() < 12 { "am" } else { "pm" }).to_owned(),
        b'f' => subsecond(at, 6),
        b'N' => subsecond(at, 9),
        b'Q' => subsecond(at, 3),
        b's' => at.timestamp().as_microsecond().div_euclid(1_000_000).to_string(),
        b'z' => "+0000".to_owned(),
        b'Z' => "UTC".to_owned(),
        _ => return None,
    })
}

fn compound(at: &Zoned, letter: u8) -> Option<String> {
    let format = match letter {
        b'T' | b'X' => "%H:%M:%S",
        b'R' => "%H:%M",
        b'r' => "%I:%M:%S %p",
        b'D' => "%m/%d/%y",
        b'x' => "%m/%d/%Y",
        b'F' => "%Y-%m-%d",
        b'c' => "%a %b %e %H:%M:%S %Y",
        b'+' => "%a %b %e %H:%M:%S %Z %Y",
        b'n' => "\n",
        b't' => "\t",
        b'%' => {
            return Some("%".to_owned());
        }
        _ => return None,
    };
    let mut out = String::new();
    let _ = write!(out, "{}", strftime(at.timestamp().as_microsecond(), format)?);
    Some(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_of_the_manual() {
        // Thursday 2024-10-24 12:34:56.789 UTC
        let at = 1_729_773_296_789_000;
        let cases = [
            ("%Y-%m-%dT%H:%M:%S.%3N%z", "2024-10-24T12:34:56.789+0000"),
            ("%m/%d/%Y %H:%M:%S", "10/24/2024 12:34:56"),
            ("%A %a %B %b %e %j %w %u", "Thursday Thu October Oct 24 298 4 4"),
            ("%I:%M %p", "12:34 PM"),
            ("%s|%Q|%N|%6N|%f", "1729773296|789|789000000|789000|789000"),
            ("%F %T %D %R", "2024-10-24 12:34:56 10/24/24 12:34"),
            ("%c", "Thu Oct 24 12:34:56 2024"),
            ("%+", "Thu Oct 24 12:34:56 UTC 2024"),
            ("%U %W %V %G", "42 43 43 2024"),
            ("100%% %J %", "100% %J %"),
            ("%:z %::z %:::z %Ez", "+00:00 +00:00:00 +00 +0"),
            ("%x %X", "10/24/2024 12:34:56"),
            ("%-m/%-d", "10/24"),
            ("é%yü", "é24ü"),
        ];
        for (format, wanted) in cases {
            assert_eq!(strftime(at, format).unwrap(), wanted, "{format}");
        }
    }

    #[test]
    fn instants_outside_the_calendar_are_refused() {
        assert_eq!(strftime(i64::MAX, "%Y"), None);
        assert_eq!(strftime(-1, "%Y-%m-%d %H:%M:%S.%6N").unwrap(), "1969-12-31 23:59:59.999999");
    }
}
