//! Time bounds that are relative until someone says what "now" is.

use jiff::{Span as Duration, Timestamp, Zoned, civil::Weekday, tz::TimeZone};

/// A span of event time: earliest inclusive, latest exclusive; none is unbounded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TimeRange {
    /// First instant that counts.
    pub earliest: Option<TimeBound>,
    /// First instant that no longer counts.
    pub latest: Option<TimeBound>,
}

/// An instant: a base and the steps that lead away from it, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeBound {
    /// Microseconds since 1970-01-01 UTC, or none for "now".
    pub base: Option<i64>,
    /// Steps such as "a day back" and "down to the hour".
    pub steps: Vec<TimeStep>,
}

/// One step from an instant to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeStep {
    /// So many units later (negative: earlier), by the calendar in UTC.
    Shift {
        /// How many.
        amount: i64,
        /// Of what.
        unit: TimeUnit,
    },
    /// Down to the start of the unit.
    Floor(TimeUnit),
    /// Down to the start of the latest such weekday, 0 for Sunday.
    FloorWeekday(u8),
}

/// Calendar units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// 1 s.
    Second,
    /// 60 s.
    Minute,
    /// 3,600 s.
    Hour,
    /// A calendar day.
    Day,
    /// Seven days; starts on Sunday.
    Week,
    /// A calendar month.
    Month,
    /// Three months from January, April, July or October.
    Quarter,
    /// A calendar year.
    Year,
}

impl TimeRange {
    /// Whether a bound depends on "now".
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.earliest.iter().chain(&self.latest).any(|bound| bound.base.is_none())
    }

    /// Whether neither bound is set.
    #[must_use]
    pub fn is_unbounded(&self) -> bool {
        self.earliest.is_none() && self.latest.is_none()
    }
}

impl TimeBound {
    /// "Now" itself.
    #[must_use]
    pub fn now() -> Self {
        Self { base: None, steps: Vec::new() }
    }

    /// A fixed instant in microseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn at(microseconds: i64) -> Self {
        Self { base: Some(microseconds), steps: Vec::new() }
    }

    /// "Now" moved by so many units.
    #[must_use]
    pub fn relative(amount: i64, unit: TimeUnit) -> Self {
        Self { base: None, steps: vec![TimeStep::Shift { amount, unit }] }
    }

    /// The instant in microseconds since 1970-01-01 UTC, given "now" in the same unit. None if it
    /// lies outside the years that can be represented.
    ///
    /// ```
    /// use quarry_plan::{TimeBound, TimeStep, TimeUnit};
    /// let mut hour_ago = TimeBound::relative(-1, TimeUnit::Hour);
    /// hour_ago.steps.push(TimeStep::Floor(TimeUnit::Hour));
    /// assert_eq!(hour_ago.resolve(7_300_000_000), Some(3_600_000_000));
    /// ```
    #[must_use]
    pub fn resolve(&self, now: i64) -> Option<i64> {
        let start = Timestamp::from_microsecond(self.base.unwrap_or(now)).ok()?;
        let end = self.steps.iter().try_fold(start.to_zoned(TimeZone::UTC), |at, step| step.apply(&at))?;
        Some(end.timestamp().as_microsecond())
    }
}

impl TimeStep {
    fn apply(self, at: &Zoned) -> Option<Zoned> {
        match self {
            Self::Shift { amount, unit } => at.checked_add(unit.duration(amount)?).ok(),
            Self::Floor(unit) => unit.floor(at),
            Self::FloorWeekday(day) => floor_weekday(at, day),
        }
    }
}

impl TimeUnit {
    fn duration(self, amount: i64) -> Option<Duration> {
        let span = Duration::new();
        match self {
            Self::Second => span.try_seconds(amount),
            Self::Minute => span.try_minutes(amount),
            Self::Hour => span.try_hours(amount),
            Self::Day => span.try_days(amount),
            Self::Week => span.try_weeks(amount),
            Self::Month => span.try_months(amount),
            Self::Quarter => span.try_months(amount.checked_mul(3)?),
            Self::Year => span.try_years(amount),
        }
        .ok()
    }

    fn floor(self, at: &Zoned) -> Option<Zoned> {
        let midnight = at.start_of_day().ok()?;
        match self {
            Self::Second | Self::Minute | Self::Hour => {
                let length = match self {
                    Self::Second => 1,
                    Self::Minute => 60,
                    _ => 3_600,
                };
                let second = at.timestamp().as_microsecond().div_euclid(1_000_000);
                let floored = second.div_euclid(length) * length;
                Some(Timestamp::from_second(floored).ok()?.to_zoned(TimeZone::UTC))
            }
            Self::Day => Some(midnight),
            Self::Week => floor_weekday(at, 0),
            Self::Month => midnight.with().day(1).build().ok(),
            Self::Quarter => {
                let month = (midnight.month() - 1) / 3 * 3 + 1;
                midnight.with().month(month).day(1).build().ok()
            }
            Self::Year => midnight.with().month(1).day(1).build().ok(),
        }
    }
}

fn floor_weekday(at: &Zoned, day: u8) -> Option<Zoned> {
    let wanted = Weekday::from_sunday_zero_offset(i8::try_from(day % 7).ok()?).ok()?;
    let midnight = at.start_of_day().ok()?;
    let back = wanted.until(midnight.weekday());
    midnight.checked_sub(Duration::new().try_days(i64::from(back)).ok()?).ok()
}
