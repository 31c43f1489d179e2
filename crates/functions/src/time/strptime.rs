//! Reads an instant from text by a C-like format.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::calendar;
use super::strftime::{MONTHS, WEEKDAYS};

/// The instant (microseconds) a text stands for; none if it does not follow the format. Text after
/// the format is ignored. Without any date the day is that of `now`, without a year the year is;
/// a year and month without a day is no date.
pub(crate) fn strptime(text: &str, format: &str, now: i64) -> Option<i64> {
    let mut reader = Reader { rest: text.trim_start(), found: Found::default() };
    reader.read(format, 0)?;
    reader.found.instant(now)
}

#[derive(Debug, Default)]
struct Found {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    afternoon: Option<bool>,
    offset: i64,
    epoch: Option<i64>,
}

struct Reader<'a> {
    rest: &'a str,
    found: Found,
}

impl<'a> Reader<'a> {
    fn read(&mut self, format: &str, depth: usize) -> Option<()> {
        let mut letters = format.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter.is_whitespace() {
                self.rest = self.rest.trim_start();
            } else if letter != '%' {
                self.rest = self.rest.strip_prefix(letter)?;
            } else {
                let mut variable = letters.next()?;
                let mut width = 9;
                while matches!(variable, '-' | ':' | 'E' | 'O') || variable.is_ascii_digit() {
                    width = variable.to_digit(10).unwrap_or(width);
                    variable = letters.next()?;
                }
                self.variable(variable, width as usize, depth)?;
            }
        }
        Some(())
    }

    fn variable(&mut self, variable: char, width: usize, depth: usize) -> Option<()> {
        let compound = match variable {
            'T' | 'X' => "%H:%M:%S",
            'R' => "%H:%M",
            'r' => "%I:%M:%S %p",
            'D' | 'x' => "%m/%d/%y",
            'F' => "%Y-%m-%d",
            'c' => "%a %b %e %H:%M:%S %Y",
            '+' => "%a %b %e %H:%M:%S %Z %Y",
            _ => return self.date(variable).or_else(|| self.time(variable, width)),
        };
        if depth > 0 { None } else { self.read(compound, depth + 1) }
    }

    fn date(&mut self, variable: char) -> Option<()> {
        match variable {
            'Y' | 'G' => self.found.year = Some(self.number(4)?),
            'y' => {
                let year = self.number(2)?;
                self.found.year = Some(year + if year < 69 { 2000 } else { 1900 });
            }
            'm' => self.found.month = Some(self.number(2)?),
            'd' | 'e' => self.found.day = Some(self.number(2)?),
            'j' => self.found.day_of_year = Some(self.number(3)?),
            'b' | 'B' | 'h' => self.found.month = Some(self.name(&MONTHS)? + 1),
            'a' | 'A' => {
                self.name(&WEEKDAYS)?;
            }
            'w' | 'u' => {
                self.number(1)?;
            }
            'U' | 'W' | 'V' => {
                self.number(2)?;
            }
            _ => return None,
        }
        Some(())
    }

    fn time(&mut self, variable: char, width: usize) -> Option<()> {
        match variable {
            'H' | 'k' => self.found.hour = self.number(2)?,
            'I' | 'l' => {
                self.found.hour = self.number(2)?;
                self.found.afternoon = self.found.afternoon.or(Some(false));
            }
            'M' => self.found.minute = self.number(2)?,
            'S' => self.found.second = self.number(2)?,
            'N' | 'Q' | 'f' => self.found.nanos = self.fraction(width)?,
            'p' | 'P' => {
                let half = self.take(2)?;
                self.found.afternoon = Some(half.eq_ignore_ascii_case("pm"));
                if !half.eq_ignore_ascii_case("pm") && !half.eq_ignore_ascii_case("am") {
                    return None;
                }
            }
            's' => self.found.epoch = Some(self.epoch()?),
            'z' => self.found.offset = self.offset()?,
            'Z' => self.found.offset = self.zone()?,
            'n' | 't' => self.rest = self.rest.trim_start(),
            '%' => self.rest = self.rest.strip_prefix('%')?,
            _ => return None,
        }
        Some(())
    }

    fn take(&mut self, length: usize) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn digits(&mut self, most: usize) -> Option<&'a str> {
        let length = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if length == 0 { None } else { self.take(length) }
    }

    /// Up to `most` digits; leading blanks are allowed, as in `%e`.
    fn number(&mut self, most: usize) -> Option<i64> {
        self.rest = self.rest.trim_start_matches(' ');
        self.digits(most)?.parse().ok()
    }

    fn epoch(&mut self) -> Option<i64> {
        let negative = self.rest.starts_with('-');
        self.rest = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let seconds: i64 = self.digits(12)?.parse().ok()?;
        Some(if negative { -seconds } else { seconds })
    }

    fn fraction(&mut self, width: usize) -> Option<i64> {
        let digits = self.digits(width.clamp(1, 9))?;
        let padded = format!("{digits:0<9}");
        padded.parse().ok()
    }

    /// The index of a name in full or by its first three letters, in any case.
    fn name(&mut self, names: &[&str]) -> Option<i64> {
        let starts = |rest: &str, name: &str| {
            rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
        };
        for (index, name) in names.iter().enumerate() {
            let short = name.get(..3)?;
            let length = if starts(self.rest, name) {
                name.len()
            } else if starts(self.rest, short) {
                3
            } else {
                continue;
            };
            self.take(length)?;
            return i64::try_from(index).ok();
        }
        None
    }

    /// `Z`, `+hhmm`, `+hh:mm` or `+hh`, in seconds.
    fn offset(&mut self) -> Option<i64> {
        if let Some(rest) = self.rest.strip_prefix(['Z', 'z']) {
            self.rest = rest;
            return Some(0);
        }
        let negative = self.rest.starts_with('-');
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        let hours: i64 = self.digits(2)?.parse().ok()?;
        self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
        let minutes: i64 = self.digits(2).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let seconds = hours * 3_600 + minutes * 60;
        Some(if negative { -seconds } else { seconds })
    }

    /// An abbreviation of a zone, or an offset, in seconds.
    fn zone(&mut self) -> Option<i64> {
        const ZONES: [(&str, i64); 12] = [
            ("UTC", 0),
            ("GMT", 0),
            ("EST", -5),
            ("EDT", -4),
            ("CST", -6),
            ("CDT", -5),
            ("MST", -7),
            ("MDT", -6),
            ("PST", -8),
            ("PDT", -7),
            ("CET", 1),
            ("CEST", 2),
        ];
        let length = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let name = self.rest.get(..length)?;
        match ZONES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, hours)) => {
                self.take(length)?;
                Some(hours * 3_600)
            }
            None => self.offset(),
        }
    }
}

impl Found {
    fn instant(&self, now: i64) -> Option<i64> {
        if let Some(epoch) = self.epoch {
            return Some(epoch * 1_000_000 + self.nanos / 1_000);
        }
        let civil = DateTime::from_parts(self.date(now)?, self.clock()?);
        let local = civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond();
        local.checked_sub(self.offset * 1_000_000)
    }

    fn date(&self, now: i64) -> Option<Date> {
        let today = calendar(now)?.date();
        let year = match self.year {
            Some(year) => i16::try_from(year).ok()?,
            None => today.year(),
        };
        if let Some(day) = self.day_of_year {
            let start = Date::new(year, 1, 1).ok()?;
            return start.checked_add(jiff::Span::new().try_days(day - 1).ok()?).ok();
        }
        match (self.month, self.day) {
            (Some(month), Some(day)) => {
                Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
            }
            (None, None) if self.year.is_none() => Some(today),
            _ => None,
        }
    }

    fn clock(&self) -> Option<Time> {
        let hour = match self.afternoon {
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
            None => self.hour,
        };
        let small = |value: i64| i8::try_from(value).ok();
        // A leap second reads as the second before it.
        Time::new(
            small(hour)?,
            small(self.minute)?,
            small(self.second.min(59))?,
            i32::try_from(self.nanos).ok()?,
        )
        .ok()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use proptest::prelude::*;

    use super::super::strftime::strftime;
    use super::*;

    const NOW: i64 = 1_729_773_296_789_000;

    #[test]
    fn texts_that_follow_the_format() {
        let cases = [
            ("2024-10-24T12:34:56Z", "%Y-%m-%dT%H:%M:%SZ", 1_729_773_296_000_000),
            ("2024-10-24T12:34:56.789+0200", "%Y-%m-%dT%H:%M:%S.%3N%z", 1_729_766_096_789_000),
            ("2024-10-24 12:34:56.5", "%Y-%m-%d %H:%M:%S.%N", 1_729_773_296_500_000),
            ("10/24/24 1:05 PM", "%m/%d/%y %I:%M %p", 1_729_775_100_000_000),
            ("Oct 24 12:34:56", "%b %d %H:%M:%S", 1_729_773_296_000_000),
            ("October  4, 2024", "%B %e, %Y", 1_728_000_000_000_000),
            ("1729773296", "%s", 1_729_773_296_000_000),
            ("00:00:01", "%H:%M:%S", 1_729_728_001_000_000),
            ("2024-298", "%Y-%j", 1_729_728_000_000_000),
            ("2024-10-24 and more", "%F", 1_729_728_000_000_000),
            ("12:00 24/10/2024 PST", "%H:%M %d/%m/%Y %Z", 1_729_800_000_000_000),
        ];
        for (text, format, wanted) in cases {
            assert_eq!(strptime(text, format, NOW), Some(wanted), "{text} {format}");
        }
    }

    #[test]
    fn texts_that_do_not() {
        let cases = [
            ("", "%Y"),
            ("2024-13-01", "%F"),
            ("2024-10", "%Y-%m"),
            ("x", "%H"),
            ("24:61", "%H:%M"),
            ("1", "%"),
            ("é", "%b"),
        ];
        for (text, format) in cases {
            assert_eq!(strptime(text, format, NOW), None, "{text} {format}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_strftime_writes(second in -10_000_000_000_i64..10_000_000_000, micros in 0..1_000_000_i64) {
            let instant = second * 1_000_000 + micros;
            for format in ["%Y-%m-%dT%H:%M:%S.%6N%z", "%s.%6N", "%a %b %e %Y %I:%M:%S.%f %p", "%Y %j %T.%N"] {
                if format.starts_with("%s") && second < 0 {
                    continue;
                }
                let text = strftime(instant, format).unwrap();
                prop_assert_eq!(strptime(&text, format, 0), Some(instant), "{} {}", text, format);
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,20}", format in "[%a-zA-Z0-9: é+-]{0,12}") {
            let _ = strptime(&text, &format, NOW);
            let _ = strftime(NOW, &format);
        }
    }
}
