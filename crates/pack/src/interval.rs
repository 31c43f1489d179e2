//! Lengths of time as packs write them: `5m`, `1h`, `14m59s`.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A length of time in whole seconds; written as numbers with the units `d`, `h`, `m`, `s`.
///
/// ```
/// use quarry_pack::Interval;
/// let interval: Interval = "14m59s".parse().unwrap();
/// assert_eq!(interval.seconds(), 899);
/// assert_eq!(interval.to_string(), "14m59s");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Interval(i64);

const UNITS: [(char, i64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Interval {
    /// An interval of so many seconds.
    #[must_use]
    pub const fn of_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The length in seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }
}

impl FromStr for Interval {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no length of time: write it like `5m`, `1h` or `14m59s`");
        let mut rest = text.trim();
        let mut seconds = 0_i64;
        if rest.is_empty() {
            return Err(wrong());
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: i64 = rest[..digits].parse().map_err(|_| wrong())?;
            let unit = rest[digits..].chars().next().ok_or_else(wrong)?;
            let (_, length) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
            seconds =
                number.checked_mul(*length).and_then(|part| seconds.checked_add(part)).ok_or_else(wrong)?;
            rest = rest[digits + 1..].trim_start();
        }
        Ok(Self(seconds))
    }
}

impl TryFrom<String> for Interval {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Interval> for String {
    fn from(interval: Interval) -> Self {
        interval.to_string()
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        if rest == 0 {
            return formatter.write_str("0s");
        }
        for (unit, length) in UNITS {
            if rest >= length {
                write!(formatter, "{}{unit}", rest / length)?;
                rest %= length;
            }
        }
        Ok(())
    }
}
