//! Exact decimal numbers.

use std::{cmp::Ordering, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A decimal number of up to 38 digits, in lowest terms: no zero ends the part behind the point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Decimal {
    digits: i128,
    scale: u8,
}

/// Digits that a decimal may have, and have behind the point.
const MOST_DIGITS: u8 = 38;
/// The first whole number that has too many digits.
const LIMIT: i128 = 10_i128.pow(38);

/// A text that is no decimal number, or one of more digits than fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoDecimal;

impl fmt::Display for NoDecimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a decimal number of at most 38 digits")
    }
}

impl std::error::Error for NoDecimal {}

impl Decimal {
    /// The number `digits / 10^scale`; none if it has too many digits.
    ///
    /// ```
    /// use quarry_plan::Decimal;
    /// assert_eq!(Decimal::new(1500, 3), "1.5".parse().ok());
    /// ```
    #[must_use]
    pub fn new(mut digits: i128, mut scale: u8) -> Option<Self> {
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        (scale <= MOST_DIGITS && digits.unsigned_abs() < LIMIT.unsigned_abs())
            .then_some(Self { digits, scale })
    }

    /// The number without its point.
    #[must_use]
    pub fn digits(self) -> i128 {
        self.digits
    }

    /// How many digits stand behind the point.
    #[must_use]
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// The nearest double.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// The whole part, if it fits.
    #[must_use]
    pub fn to_integer(self) -> Option<i64> {
        i64::try_from(self.digits / 10_i128.pow(u32::from(self.scale.min(MOST_DIGITS)))).ok()
    }

    /// The decimal that a double shows as.
    #[must_use]
    pub fn of_f64(value: f64) -> Option<Self> {
        value.is_finite().then(|| value.to_string().parse().ok()).flatten()
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self { digits: i128::from(value), scale: 0 }
    }
}

impl FromStr for Decimal {
    type Err = NoDecimal;

    fn from_str(text: &str) -> Result<Self, NoDecimal> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().map_err(|_| NoDecimal)?),
            None => (text, 0),
        };
        let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number);
        let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let is_number = !(whole.is_empty() && part.is_empty())
            && [whole, part].iter().all(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_number {
            return Err(NoDecimal);
        }
        let part = part.trim_end_matches('0');
        let all = format!("{whole}{part}");
        let all = all.trim_start_matches('0');
        if all.is_empty() {
            return Ok(Self { digits: 0, scale: 0 });
        }
        let length = i32::try_from(part.len()).map_err(|_| NoDecimal)?;
        let mut digits: i128 = all.parse().map_err(|_| NoDecimal)?;
        let mut scale = length.checked_sub(exponent).ok_or(NoDecimal)?;
        while scale < 0 {
            digits = digits.checked_mul(10).filter(|digits| *digits < LIMIT).ok_or(NoDecimal)?;
            scale += 1;
        }
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        let digits = if number.starts_with('-') { -digits } else { digits };
        Self::new(digits, u8::try_from(scale).map_err(|_| NoDecimal)?).ok_or(NoDecimal)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let scale = usize::from(self.scale);
        let digits = format!("{:0width$}", self.digits.unsigned_abs(), width = scale + 1);
        let (whole, part) = digits.split_at(digits.len() - scale);
        if part.is_empty() {
            write!(formatter, "{sign}{whole}")
        } else {
            write!(formatter, "{sign}{whole}.{part}")
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let parts = |value: &Self| {
            let unit = 10_i128.pow(u32::from(value.scale.min(MOST_DIGITS)));
            let missing = 10_i128.pow(u32::from(MOST_DIGITS - value.scale.min(MOST_DIGITS)));
            (value.digits.div_euclid(unit), value.digits.rem_euclid(unit) * missing)
        };
        parts(self).cmp(&parts(other))
    }
}
