//! Java's `SimpleDateFormat`: formatting and lenient-free reading, in UTC, with the week rules of
//! the United States (weeks start on Sunday, the week of 1 January is week 1).

use jiff::civil::{Date, Weekday};
use jiff::{Span, Zoned};
use quarry_plan::{DatePart as Part, date_pattern};

use super::strftime::{month_name, weekday_name};
use super::{calendar, strptime};

/// A pattern split into runs of one letter and literal text.
#[derive(Debug)]
pub(crate) struct JavaFormat {
    parts: Vec<Part>,
}

/// Reads a pattern; none if it cannot be read.
pub(crate) fn java_format(pattern: &str) -> Option<JavaFormat> {
    date_pattern(pattern).ok().map(|parts| JavaFormat { parts })
}

impl JavaFormat {
    /// The instant (microseconds) as text.
    pub(crate) fn format(&self, micros: i64) -> Option<String> {
        let at = calendar(micros)?;
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Field(letter, count) => out.push_str(&field(&at, *letter, *count)?),
            }
        }
        Some(out)
    }
}

fn field(at: &Zoned, letter: char, count: usize) -> Option<String> {
    let padded = |value: i64| format!("{value:0count$}");
    let year = |value: i16| {
        if count == 2 { format!("{:02}", value.rem_euclid(100)) } else { padded(i64::from(value)) }
    };
    Some(match letter {
        'G' => (if at.year() > 0 { "AD" } else { "BC" }).to_owned(),
        'y' => year(at.year()),
        'Y' => year(week_of_year(at.date())?.0),
        'M' | 'L' if count >= 4 => month_name(at).to_owned(),
        'M' | 'L' if count == 3 => month_name(at).chars().take(3).collect(),
        'E' if count >= 4 => weekday_name(at).to_owned(),
        'E' => weekday_name(at).chars().take(3).collect(),
        'a' => (if at.hour() < 12 { "AM" } else { "PM" }).to_owned(),
        'z' => (if count >= 4 { "Coordinated Universal Time" } else { "UTC" }).to_owned(),
        'Z' => "+0000".to_owned(),
        'X' => "Z".to_owned(),
        _ => padded(number(at, letter)?),
    })
}

fn number(at: &Zoned, letter: char) -> Option<i64> {
    let hour = i64::from(at.hour());
    let sunday = i64::from(at.weekday().to_sunday_zero_offset());
    Some(match letter {
        'M' | 'L' => i64::from(at.month()),
        'w' => week_of_year(at.date())?.1,
        'W' => (i64::from(at.day()) + 6 - sunday + 6) / 7,
        'D' => i64::from(at.day_of_year()),
        'd' => i64::from(at.day()),
        'F' => (i64::from(at.day()) - 1) / 7 + 1,
        'u' => i64::from(at.weekday().to_monday_one_offset()),
        'H' => hour,
        'k' => (hour + 23) % 24 + 1,
        'K' => hour % 12,
        'h' => (hour + 11) % 12 + 1,
        'm' => i64::from(at.minute()),
        's' => i64::from(at.second()),
        'S' => i64::from(at.subsec_nanosecond()) / 1_000_000,
        _ => return None,
    })
}

/// Week year and week: the week that holds 1 January is week 1 of that year.
fn week_of_year(date: Date) -> Option<(i16, i64)> {
    let start_of_week = |of: Date| -> Option<Date> {
        let back = Weekday::Sunday.until(of.weekday());
        of.checked_sub(Span::new().try_days(i64::from(back)).ok()?).ok()
    };
    let this = start_of_week(date)?;
    let next_year = date.year().checked_add(1)?;
    let next = Date::new(next_year, 1, 1).ok().and_then(start_of_week);
    if next.is_some_and(|start| this >= start) {
        return Some((next_year, 1));
    }
    let first = start_of_week(Date::new(date.year(), 1, 1).ok()?)?;
    let days = i64::from(first.until(this).ok()?.get_days());
    Some((date.year(), days / 7 + 1))
}

/// Reads an instant (microseconds) by a Java pattern; none if the text does not follow it.
pub(crate) fn java_parse(text: &str, pattern: &str, now: i64) -> Option<i64> {
    let mut format = String::new();
    for part in java_format(pattern)?.parts {
        match part {
            Part::Text(literal) => format.push_str(&literal.replace('%', "%%")),
            Part::Field(letter, count) => format.push_str(variable(letter, count)?),
        }
    }
    strptime(text, &format, now)
}

fn variable(letter: char, count: usize) -> Option<&'static str> {
    Some(match letter {
        'y' if count == 2 => "%y",
        'y' | 'Y' => "%Y",
        'M' | 'L' if count >= 3 => "%b",
        'M' | 'L' => "%m",
        'd' => "%d",
        'D' => "%j",
        'E' => "%a",
        'a' => "%p",
        'H' | 'k' => "%H",
        'h' | 'K' => "%I",
        'm' => "%M",
        's' => "%S",
        'S' => "%3N",
        'z' => "%Z",
        'Z' | 'X' => "%z",
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use super::*;

    fn formatted(micros: i64, pattern: &str) -> String {
        java_format(pattern).unwrap().format(micros).unwrap()
    }

    #[test]
    fn patterns() {
        let at = 1_729_773_296_789_000;
        let cases = [
            ("yyyy-MM-dd HH:mm:ss", "2024-10-24 12:34:56"),
            ("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2024-10-24T12:34:56.789Z"),
            ("EEE, d MMM yy h:mm a", "Thu, 24 Oct 24 12:34 PM"),
            ("EEEE MMMM D w W F u k K Z z", "Thursday October 298 43 4 4 4 12 0 +0000 UTC"),
            ("hh 'o''clock' ''", "12 o'clock '"),
        ];
        for (pattern, wanted) in cases {
            assert_eq!(formatted(at, pattern), wanted, "{pattern}");
        }
        assert!(java_format("yyyy 'open").is_none());
        assert!(java_format("J").is_none());
    }

    #[test]
    fn the_week_year_turns_on_the_sunday_before_new_year() {
        // 2024-12-28 is a Saturday, 2024-12-29 a Sunday.
        assert_eq!(formatted(1_735_387_200_000_000, "YYYY-MM-dd w"), "2024-12-28 52");
        assert_eq!(formatted(1_735_473_600_000_000, "YYYY-MM-dd w"), "2025-12-29 1");
        assert_eq!(formatted(1_735_473_600_000_000, "yyyy-MM-dd"), "2024-12-29");
        // 2022-01-01 is a Saturday: the week of 2021-12-26 belongs to 2022.
        assert_eq!(formatted(1_640_995_200_000_000, "YYYY w"), "2022 1");
    }

    #[test]
    fn reading() {
        assert_eq!(
            java_parse("2024-10-24T12:34:56.789Z", "yyyy-MM-dd'T'HH:mm:ss.SSSX", 0),
            Some(1_729_773_296_789_000)
        );
        assert_eq!(java_parse("24 Oct 2024", "dd MMM yyyy", 0), Some(1_729_728_000_000_000));
        assert_eq!(java_parse("soon", "yyyy", 0), None);
    }
}
