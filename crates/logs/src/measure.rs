//! What platforms measure on the text of an event.

/// Days as Splunk's `date_wday` names them.
const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
/// Characters that `punct` keeps.
const PUNCTUATION: usize = 30;

/// The day of the week of a text that begins with a date as in `2024-02-29`.
pub(crate) fn weekday(text: &str) -> Option<&'static str> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<usize>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let is_date = text.get(4..5)? == "-" && text.get(7..8)? == "-" && (1..=31).contains(&day) && year > 0;
    // Sakamoto's method.
    let shift = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4].get(month.checked_sub(1)?).filter(|_| is_date)?;
    let year = if month < 3 { year - 1 } else { year };
    DAYS.get((year + year / 4 - year / 100 + year / 400 + shift + day) % 7).copied()
}

/// The first thirty punctuation characters of the first line; a space is `_`, a tabulator `t`, and what is
/// no ASCII character is left out like letters and digits (Splunk: default fields, `punct`).
pub(crate) fn punctuation(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mark = |character: char| match character {
        ' ' => Some('_'),
        '\t' => Some('t'),
        other if other.is_ascii_punctuation() => Some(other),
        _ => None,
    };
    line.chars().filter_map(mark).take(PUNCTUATION).collect()
}

/// Where `wanted` begins or ends in `text`, in characters.
pub(crate) fn offset(text: &str, wanted: &str, end: bool) -> Option<usize> {
    let start = text.find(wanted)?;
    let place = if end { start + wanted.len() } else { start };
    Some(text.get(..place)?.chars().count())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{offset, punctuation, weekday};

    #[test]
    fn days_of_the_week() {
        assert_eq!(weekday("2024-02-29T10:00:00Z"), Some("thursday"));
        assert_eq!(weekday("2000-01-01"), Some("saturday"));
        assert_eq!(weekday("1970-01-01 00:00"), Some("thursday"));
        assert_eq!(weekday("2026-11-22T07:00:00Z"), Some("sunday"));
        for other in ["", "2024", "2024-13-01", "2024-00-01", "2024-01-00", "10/01/2024x", "ä024-01-01"] {
            assert_eq!(weekday(other), None, "{other}");
        }
    }

    #[test]
    fn punctuation_of_the_first_line() {
        assert_eq!(punctuation("{\"a\": 1,\t\"b-c\": \"é\"}\n[more]"), "{\"\":_,t\"-\":_\"\"}");
        assert_eq!(punctuation(&"{}".repeat(40)).len(), 30);
        assert_eq!(punctuation(""), "");
    }

    #[test]
    fn offsets_count_characters() {
        assert_eq!(offset("é 2024", "2024", false), Some(2));
        assert_eq!(offset("é 2024", "2024", true), Some(6));
        assert_eq!(offset("é", "2024", true), None);
    }
}
