//! Relative times.

use jiff::Timestamp;
use quarry_plan::{TimeBound, TimeRange, TimeStep, TimeUnit};

fn micros(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_microsecond()
}

fn resolved(steps: &[TimeStep]) -> String {
    let bound = TimeBound { base: None, steps: steps.to_vec() };
    let at = bound.resolve(micros("2024-05-15T13:47:31.25Z")).unwrap();
    Timestamp::from_microsecond(at).unwrap().to_string()
}

#[test]
fn floors_go_down_to_the_start_of_the_unit() {
    let floor = |unit| resolved(&[TimeStep::Floor(unit)]);
    assert_eq!(floor(TimeUnit::Second), "2024-05-15T13:47:31Z");
    assert_eq!(floor(TimeUnit::Minute), "2024-05-15T13:47:00Z");
    assert_eq!(floor(TimeUnit::Hour), "2024-05-15T13:00:00Z");
    assert_eq!(floor(TimeUnit::Day), "2024-05-15T00:00:00Z");
    assert_eq!(floor(TimeUnit::Week), "2024-05-12T00:00:00Z", "weeks start on Sunday");
    assert_eq!(floor(TimeUnit::Month), "2024-05-01T00:00:00Z");
    assert_eq!(floor(TimeUnit::Quarter), "2024-04-01T00:00:00Z");
    assert_eq!(floor(TimeUnit::Year), "2024-01-01T00:00:00Z");
}

#[test]
fn weekdays_are_the_latest_of_their_kind() {
    assert_eq!(resolved(&[TimeStep::FloorWeekday(3)]), "2024-05-15T00:00:00Z", "it is a Wednesday");
    assert_eq!(resolved(&[TimeStep::FloorWeekday(4)]), "2024-05-09T00:00:00Z");
    assert_eq!(resolved(&[TimeStep::FloorWeekday(7)]), resolved(&[TimeStep::FloorWeekday(0)]));
}

#[test]
fn steps_follow_each_other_by_the_calendar() {
    let steps = [
        TimeStep::Shift { amount: -1, unit: TimeUnit::Day },
        TimeStep::Floor(TimeUnit::Day),
        TimeStep::Shift { amount: 3, unit: TimeUnit::Hour },
    ];
    assert_eq!(resolved(&steps), "2024-05-14T03:00:00Z");
    let month = [TimeStep::Shift { amount: -3, unit: TimeUnit::Month }];
    assert_eq!(resolved(&month), "2024-02-15T13:47:31.25Z");
}

#[test]
fn absurd_times_are_none_not_a_panic() {
    for unit in [TimeUnit::Second, TimeUnit::Day, TimeUnit::Quarter, TimeUnit::Year] {
        assert_eq!(TimeBound::relative(i64::MIN, unit).resolve(0), None);
        assert_eq!(TimeBound::relative(i64::MAX, unit).resolve(0), None);
    }
    assert_eq!(TimeBound::at(i64::MAX).resolve(0), None);
}

#[test]
fn a_range_is_relative_if_a_bound_counts_from_now() {
    let fixed = TimeRange { earliest: Some(TimeBound::at(0)), latest: None };
    let relative = TimeRange { latest: Some(TimeBound::now()), ..fixed.clone() };
    assert!(!fixed.is_relative() && relative.is_relative());
    assert!(TimeRange::default().is_unbounded());
}
