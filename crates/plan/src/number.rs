//! Numbers and their texts, as every language of the waist reads and writes them.

/// A number as text: shortest form that reads back the same, whole numbers without a point.
///
/// ```
/// assert_eq!(quarry_plan::number_text(3.0), "3");
/// assert_eq!(quarry_plan::number_text(0.25), "0.25");
/// ```
#[must_use]
pub fn number_text(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let size = value.abs();
    if size < 9e15 && value.fract() == 0.0 {
        return (value as i64).to_string();
    }
    if (1e-6..1e21).contains(&size) { format!("{value}") } else { format!("{value:e}") }
}

/// Whether a text is a number that is written with a point and without an exponent, so that its figures can be told.
///
/// ```
/// assert!(quarry_plan::has_point("1.50"));
/// assert!(!quarry_plan::has_point("15") && !quarry_plan::has_point("1.5e3") && !quarry_plan::has_point("1.x"));
/// ```
#[must_use]
pub fn has_point(text: &str) -> bool {
    text.contains('.') && !text.contains(['e', 'E']) && parse_number(text).is_some()
}

/// The number a text stands for: decimal digits with sign, point and exponent, nothing around them.
///
/// ```
/// assert_eq!(quarry_plan::parse_number("-1.5e3"), Some(-1500.0));
/// assert_eq!(quarry_plan::parse_number("0x10"), None);
/// ```
#[must_use]
pub fn parse_number(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.')) || bytes.len() > 400 {
        return None;
    }
    let plain =
        bytes.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
    if !plain {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// An instant (microseconds since 1970-01-01 UTC) as epoch seconds, with as much of a fraction as it has.
#[must_use]
pub fn seconds_text(micros: i64) -> String {
    let (second, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    if fraction == 0 {
        return second.to_string();
    }
    if micros < 0 {
        return number_text(micros as f64 / 1e6);
    }
    let text = format!("{second}.{fraction:06}");
    text.trim_end_matches('0').to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_without_needless_digits() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (42.0, "42"),
            (-1.5, "-1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "100000000000000000000"),
            (1e300, "1e300"),
        ];
        for (number, text) in cases {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn only_plain_decimals_are_numbers() {
        for text in ["1", "-1", "+1", ".5", "1.", "1e3", "00012"] {
            assert!(parse_number(text).is_some(), "{text}");
        }
        for text in
            ["", " 1", "1 ", "abc", "nan", "inf", "0x1", "1_000", "1,000", "-", "1e999", "infinity", "1.2.3"]
        {
            assert!(parse_number(text).is_none(), "{text}");
        }
    }
}
