//! Functions of datetimes and timespans. Ticks are 100 ns, datetimes count from the year 1.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use jiff::civil::{Date, DateTime, Weekday};
use quarry_plan::{Returns, Type, Value, text::datetime};

use super::{
    arithmetic::whole,
    convert::{long, moment, real, span},
    row,
    value::{plain, text_of},
};
use crate::base::{
    Call, Example, Function,
    Literal::{Int, Null, Num, Text, Written},
    Row,
};

pub(super) const SECOND: i64 = 10_000_000;
pub(super) const DAY: i64 = 86_400 * SECOND;

const NOON: crate::Literal = Written(Type::Datetime, "2017-01-01T10:10:17Z");

const fn start(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    row(name, signature, meaning, (1, 2), Returns::Fixed(Type::Datetime), evaluate, examples)
}

const fn part(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    row(name, signature, meaning, (1, 1), Returns::INTEGER, evaluate, examples)
}

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "kql_bin",
        "bin(<value>, <size>)",
        "The greatest multiple of a size that is not greater; datetimes count from the year 1. Null for a size of zero.",
        (3, 3),
        Returns::NamedBy(2),
        |call| call.values(|row| bin(plain(row.cell(0)), &plain(row.cell(1)), None).unwrap_or(Value::Null)),
        &[
            (&[Num(4.5), Num(1.0), Text("double")], Num(4.0)),
            (&[Int(-7), Int(5), Text("integer")], Int(-10)),
            (
                &[NOON, Written(Type::Timespan, "1.00:00:00"), Text("datetime")],
                Written(Type::Datetime, "2017-01-01T00:00:00Z"),
            ),
            (&[Int(7), Int(0), Text("integer")], Null),
        ],
    ),
    row(
        "kql_bin_at",
        "bin_at(<value>, <size>, <point>)",
        "The same with multiples counted from a point.",
        (4, 4),
        Returns::NamedBy(3),
        |call| {
            call.values(|row| {
                bin(plain(row.cell(0)), &plain(row.cell(1)), Some(&plain(row.cell(2)))).unwrap_or(Value::Null)
            })
        },
        &[
            (&[Num(6.5), Num(2.5), Num(7.0), Text("double")], Num(4.5)),
            (&[Int(4), Int(3), Int(2), Text("integer")], Int(2)),
        ],
    ),
    start(
        "kql_startofday",
        "startofday(<datetime>, <days>)",
        "The beginning of the day, so many days later.",
        |call| starts(call, Unit::Day, false),
        &[(&[NOON, Int(-1)], Written(Type::Datetime, "2016-12-31T00:00:00Z"))],
    ),
    start(
        "kql_startofweek",
        "startofweek(<datetime>, <weeks>)",
        "The beginning of the week, a Sunday.",
        |call| starts(call, Unit::Week, false),
        &[(&[NOON, Int(1)], Written(Type::Datetime, "2017-01-08T00:00:00Z"))],
    ),
    start(
        "kql_startofmonth",
        "startofmonth(<datetime>, <months>)",
        "The beginning of the month.",
        |call| starts(call, Unit::Month, false),
        &[(&[NOON, Int(1)], Written(Type::Datetime, "2017-02-01T00:00:00Z"))],
    ),
    start(
        "kql_startofyear",
        "startofyear(<datetime>, <years>)",
        "The beginning of the year.",
        |call| starts(call, Unit::Year, false),
        &[(&[NOON, Int(-1)], Written(Type::Datetime, "2016-01-01T00:00:00Z"))],
    ),
    start(
        "kql_endofday",
        "endofday(<datetime>, <days>)",
        "The last tick of the day.",
        |call| starts(call, Unit::Day, true),
        &[(&[NOON], Written(Type::Datetime, "2017-01-01T23:59:59.9999999Z"))],
    ),
    start(
        "kql_endofweek",
        "endofweek(<datetime>, <weeks>)",
        "The last tick of the week.",
        |call| starts(call, Unit::Week, true),
        &[(&[NOON], Written(Type::Datetime, "2017-01-07T23:59:59.9999999Z"))],
    ),
    start(
        "kql_endofmonth",
        "endofmonth(<datetime>, <months>)",
        "The last tick of the month.",
        |call| starts(call, Unit::Month, true),
        &[(&[NOON], Written(Type::Datetime, "2017-01-31T23:59:59.9999999Z"))],
    ),
    start(
        "kql_endofyear",
        "endofyear(<datetime>, <years>)",
        "The last tick of the year.",
        |call| starts(call, Unit::Year, true),
        &[(&[NOON], Written(Type::Datetime, "2017-12-31T23:59:59.9999999Z"))],
    ),
    part(
        "kql_dayofmonth",
        "dayofmonth(<datetime>)",
        "The day of the month.",
        |call| parts(call, "day"),
        &[(&[NOON], Int(1))],
    ),
    part(
        "kql_dayofyear",
        "dayofyear(<datetime>)",
        "The day of the year.",
        |call| parts(call, "dayofyear"),
        &[(&[NOON], Int(1))],
    ),
    part(
        "kql_hourofday",
        "hourofday(<datetime>)",
        "The hour of the day.",
        |call| parts(call, "hour"),
        &[(&[NOON], Int(10))],
    ),
    part(
        "kql_monthofyear",
        "monthofyear(<datetime>)",
        "The month of the year.",
        |call| parts(call, "month"),
        &[(&[NOON], Int(1))],
    ),
    part(
        "kql_getyear",
        "getyear(<datetime>)",
        "The year.",
        |call| parts(call, "year"),
        &[(&[NOON], Int(2017))],
    ),
    part(
        "kql_getmonth",
        "getmonth(<datetime>)",
        "The month.",
        |call| parts(call, "month"),
        &[(&[NOON], Int(1))],
    ),
    part(
        "kql_week_of_year",
        "week_of_year(<datetime>)",
        "The week of the year by ISO 8601.",
        |call| parts(call, "weekofyear"),
        &[(&[NOON], Int(52))],
    ),
    row(
        "kql_dayofweek",
        "dayofweek(<datetime>)",
        "The days since the last Sunday, as a timespan.",
        (1, 1),
        Returns::Fixed(Type::Timespan),
        |call| {
            call.values(|row| {
                let day =
                    ticks(row, 0).and_then(civil).map(|at| i64::from(at.weekday().to_sunday_zero_offset()));
                day.map_or(Value::Null, |days| Value::Timespan(days * DAY))
            })
        },
        &[(&[NOON], Written(Type::Timespan, "00:00:00"))],
    ),
    row(
        "kql_datetime_part",
        "datetime_part(<part>, <datetime>)",
        "A part of a datetime as a whole number.",
        (2, 2),
        Returns::INTEGER,
        |call| call.integers(|row| part_of(ticks(row, 1)?, &text_of(row.cell(0)))),
        &[(&[Text("Hour"), NOON], Int(10)), (&[Text("quarter"), NOON], Int(1)), (&[Text("x"), NOON], Null)],
    ),
    row(
        "kql_datetime_add",
        "datetime_add(<part>, <amount>, <datetime>)",
        "The datetime so many parts later.",
        (3, 3),
        Returns::Fixed(Type::Datetime),
        |call| call.values(|row| add(row).map_or(Value::Null, Value::Datetime)),
        &[
            (&[Text("year"), Int(1), NOON], Written(Type::Datetime, "2018-01-01T10:10:17Z")),
            (
                &[Text("month"), Int(1), Written(Type::Datetime, "2017-01-31T00:00:00Z")],
                Written(Type::Datetime, "2017-02-28T00:00:00Z"),
            ),
            (&[Text("week"), Int(-1), NOON], Written(Type::Datetime, "2016-12-25T10:10:17Z")),
        ],
    ),
    row(
        "kql_datetime_diff",
        "datetime_diff(<part>, <datetime>, <datetime>)",
        "How many boundaries of a part lie between two datetimes.",
        (3, 3),
        Returns::INTEGER,
        |call| call.integers(difference),
        &[
            (
                &[
                    Text("year"),
                    Written(Type::Datetime, "2017-01-01T00:00:00Z"),
                    Written(Type::Datetime, "2000-12-31T00:00:00Z"),
                ],
                Int(17),
            ),
            (
                &[
                    Text("hour"),
                    Written(Type::Datetime, "2017-10-31T01:00:00Z"),
                    Written(Type::Datetime, "2017-10-30T23:59:00Z"),
                ],
                Int(2),
            ),
        ],
    ),
    row(
        "kql_make_datetime",
        "make_datetime(<year>, <month>, <day>, <hour>, <minute>, <second>)",
        "A datetime of its parts; null where there is none.",
        (1, 7),
        Returns::Fixed(Type::Datetime),
        |call| call.values(|row| made(row).map_or(Value::Null, Value::Datetime)),
        &[
            (&[Int(2017), Int(10), Int(1)], Written(Type::Datetime, "2017-10-01T00:00:00Z")),
            (
                &[Int(2017), Int(10), Int(1), Int(12), Int(11), Num(0.1234567)],
                Written(Type::Datetime, "2017-10-01T12:11:00.1234567Z"),
            ),
            (&[Int(2017), Int(13), Int(1)], Null),
        ],
    ),
    row(
        "kql_make_timespan",
        "make_timespan(<day>, <hour>, <minute>, <second>)",
        "A timespan of its parts: hours and minutes, and seconds, and before them days.",
        (2, 4),
        Returns::Fixed(Type::Timespan),
        |call| call.values(|row| made_span(row).map_or(Value::Null, Value::Timespan)),
        &[
            (&[Int(1), Int(12)], Written(Type::Timespan, "01:12:00")),
            (&[Int(1), Int(12), Int(30), Num(55.5)], Written(Type::Timespan, "1.12:30:55.5")),
        ],
    ),
    row(
        "kql_format_datetime",
        "format_datetime(<datetime>, <format>)",
        "A datetime by a format of `y M d H h m s f F t` and what stands between.",
        (2, 2),
        Returns::TEXT,
        |call| call.texts(|row| Some(Cow::Owned(super::date_format::formatted(row).unwrap_or_default()))),
        &[
            (&[NOON, Text("yyyy-MM-dd HH:mm:ss.fff")], Text("2017-01-01 10:10:17.000")),
            (&[NOON, Text("yy-M-d [h:mm tt]")], Text("17-1-1 [10:10 AM]")),
        ],
    ),
    row(
        "kql_format_timespan",
        "format_timespan(<timespan>, <format>)",
        "A timespan by a format of `d H h m s f F` and what stands between.",
        (2, 2),
        Returns::TEXT,
        |call| {
            call.texts(|row| Some(Cow::Owned(super::date_format::formatted_span(row).unwrap_or_default())))
        },
        &[(
            &[Written(Type::Timespan, "29.09:00:05.12345"), Text("dd.hh:mm:ss [FF]")],
            Text("29.09:00:05 [12]"),
        )],
    ),
    row(
        "kql_unixtime_seconds_todatetime",
        "unixtime_seconds_todatetime(<seconds>)",
        "The datetime so many seconds after 1970.",
        (1, 1),
        Returns::Fixed(Type::Datetime),
        |call| since(call, 10_000_000),
        &[(&[Int(1_546_300_800)], Written(Type::Datetime, "2019-01-01T00:00:00Z"))],
    ),
    row(
        "kql_unixtime_milliseconds_todatetime",
        "unixtime_milliseconds_todatetime(<milliseconds>)",
        "The same of milliseconds.",
        (1, 1),
        Returns::Fixed(Type::Datetime),
        |call| since(call, 10_000),
        &[(&[Int(1_546_300_800_000)], Written(Type::Datetime, "2019-01-01T00:00:00Z"))],
    ),
    row(
        "kql_unixtime_microseconds_todatetime",
        "unixtime_microseconds_todatetime(<microseconds>)",
        "The same of microseconds.",
        (1, 1),
        Returns::Fixed(Type::Datetime),
        |call| since(call, 10),
        &[(&[Int(1_546_300_800_000_000)], Written(Type::Datetime, "2019-01-01T00:00:00Z"))],
    ),
    row(
        "kql_unixtime_nanoseconds_todatetime",
        "unixtime_nanoseconds_todatetime(<nanoseconds>)",
        "The same of nanoseconds.",
        (1, 1),
        Returns::Fixed(Type::Datetime),
        |call| {
            call.values(|row| {
                let ticks = long(plain(row.cell(0))).map(|nanoseconds| nanoseconds.div_euclid(100));
                ticks.and_then(|ticks| datetime(EPOCH + ticks)).map_or(Value::Null, Value::Datetime)
            })
        },
        &[(&[Int(1_546_300_800_000_000_000)], Written(Type::Datetime, "2019-01-01T00:00:00Z"))],
    ),
    row(
        "kql_datetime_utc_to_local",
        "datetime_utc_to_local(<datetime>, <zone>)",
        "The time of the clock in a zone.",
        (2, 2),
        Returns::Fixed(Type::Datetime),
        |call| call.values(|row| local(row, true).map_or(Value::Null, Value::Datetime)),
        &[
            (&[NOON, Text("Europe/Berlin")], Written(Type::Datetime, "2017-01-01T11:10:17Z")),
            (&[NOON, Text("x")], Null),
        ],
    ),
    row(
        "kql_datetime_local_to_utc",
        "datetime_local_to_utc(<datetime>, <zone>)",
        "The moment at which the clock of a zone shows a time.",
        (2, 2),
        Returns::Fixed(Type::Datetime),
        |call| call.values(|row| local(row, false).map_or(Value::Null, Value::Datetime)),
        &[(&[NOON, Text("Europe/Berlin")], Written(Type::Datetime, "2017-01-01T09:10:17Z"))],
    ),
];

/// The ticks of 1970.
const EPOCH: i64 = 621_355_968_000_000_000;

pub(super) fn ticks(row: Row<'_>, place: usize) -> Option<i64> {
    moment(plain(row.cell(place)))
}

pub(super) fn civil(ticks: i64) -> Option<DateTime> {
    let (days, rest) = (ticks.div_euclid(DAY), ticks.rem_euclid(DAY));
    let date = Date::new(1, 1, 1).ok()?.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    let (seconds, part) = (rest / SECOND, rest % SECOND);
    let small = |number: i64| i8::try_from(number).unwrap_or(0);
    let nanoseconds = i32::try_from(part * 100).ok()?;
    Some(date.at(small(seconds / 3600), small(seconds / 60 % 60), small(seconds % 60), nanoseconds))
}

fn of_civil(at: DateTime) -> Option<i64> {
    let first = Date::new(1, 1, 1).ok()?;
    let days = i64::from(at.date().since(first).ok()?.get_days());
    let time = at.time();
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    datetime(days * DAY + seconds * SECOND + i64::from(time.subsec_nanosecond()) / 100)
}

fn bin(value: Value, size: &Value, from: Option<&Value>) -> Option<Value> {
    let floor = |value: i64, size: i64, from: i64| {
        if size <= 0 { None } else { Some((value - from).div_euclid(size) * size + from) }
    };
    let start = |from: Option<&Value>| from.map_or(Some(0), |from| long(from.clone()));
    Some(match value {
        Value::Integer(number) => match size {
            Value::Double(size) if *size > 0.0 =>
            {
                #[expect(clippy::cast_precision_loss, reason = "a real holds what it can")]
                Value::Double((number as f64 / size).floor() * size)
            }
            size => Value::Integer(floor(number, long(size.clone())?, start(from)?)?),
        },
        Value::Double(number) => {
            let (size, from) = (real(size.clone())?, from.map_or(Some(0.0), |from| real(from.clone()))?);
            if size <= 0.0 {
                return None;
            }
            Value::Double(((number - from) / size).floor() * size + from)
        }
        Value::Datetime(at) => Value::Datetime(datetime(floor(at, span(size.clone())?, start(from)?)?)?),
        Value::Timespan(ticks) => Value::Timespan(floor(ticks, span(size.clone())?, start(from)?)?),
        _ => return None,
    })
}

#[derive(Clone, Copy)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

fn starts(call: &Call<'_>, unit: Unit, end: bool) -> ArrayRef {
    call.values(|row| {
        let offset = row.cell(1).integer().unwrap_or(0) + i64::from(end);
        let start = ticks(row, 0).and_then(|ticks| start_of(ticks, unit, offset));
        let at = start.and_then(|ticks| datetime(if end { ticks - 1 } else { ticks }));
        at.map_or(Value::Null, Value::Datetime)
    })
}

fn start_of(ticks: i64, unit: Unit, offset: i64) -> Option<i64> {
    let date = civil(ticks)?.date();
    let begun = match unit {
        Unit::Day => date,
        Unit::Week => {
            let back = i64::from(date.weekday().since(Weekday::Sunday));
            date.checked_sub(jiff::Span::new().try_days(back).ok()?).ok()?
        }
        Unit::Month => date.first_of_month(),
        Unit::Year => date.first_of_year(),
    };
    let later = jiff::Span::new();
    let later = match unit {
        Unit::Day => later.try_days(offset),
        Unit::Week => later.try_weeks(offset),
        Unit::Month => later.try_months(offset),
        Unit::Year => later.try_years(offset),
    };
    of_civil(begun.checked_add(later.ok()?).ok()?.at(0, 0, 0, 0))
}

fn parts(call: &Call<'_>, part: &str) -> ArrayRef {
    call.integers(|row| part_of(ticks(row, 0)?, part))
}

fn part_of(ticks: i64, part: &str) -> Option<i64> {
    let at = civil(ticks)?;
    let fraction = ticks.rem_euclid(SECOND);
    Some(match part.to_lowercase().replace('_', "").as_str() {
        "year" => i64::from(at.year()),
        "quarter" => i64::from((at.month() - 1) / 3 + 1),
        "month" => i64::from(at.month()),
        "weekofyear" | "week" => i64::from(at.date().iso_week_date().week()),
        "day" => i64::from(at.day()),
        "dayofyear" => i64::from(at.day_of_year()),
        "hour" => i64::from(at.hour()),
        "minute" => i64::from(at.minute()),
        "second" => i64::from(at.second()),
        "millisecond" => fraction / 10_000,
        "microsecond" => fraction / 10,
        "nanosecond" => fraction * 100,
        _ => return None,
    })
}

fn add(row: Row<'_>) -> Option<i64> {
    let part = text_of(row.cell(0)).to_lowercase();
    let amount = row.cell(1).integer()?;
    let ticks = ticks(row, 2)?;
    let unit = match part.as_str() {
        "year" | "quarter" | "month" => {
            let months = amount.checked_mul(match part.as_str() {
                "year" => 12,
                "quarter" => 3,
                _ => 1,
            })?;
            return of_civil(civil(ticks)?.checked_add(jiff::Span::new().try_months(months).ok()?).ok()?);
        }
        "week" => 7 * DAY,
        "day" => DAY,
        "hour" => 3600 * SECOND,
        "minute" => 60 * SECOND,
        "second" => SECOND,
        "millisecond" => 10_000,
        "microsecond" => 10,
        "nanosecond" => return datetime(ticks.checked_add(amount.div_euclid(100))?),
        _ => return None,
    };
    datetime(ticks.checked_add(amount.checked_mul(unit)?)?)
}

fn difference(row: Row<'_>) -> Option<i64> {
    let part = text_of(row.cell(0)).to_lowercase();
    let (later, earlier) = (ticks(row, 1)?, ticks(row, 2)?);
    let (to, from) = (civil(later)?, civil(earlier)?);
    let months = |at: DateTime| i64::from(at.year()) * 12 + i64::from(at.month()) - 1;
    // The first Sunday of the calendar is its seventh day.
    let unit = match part.as_str() {
        "year" => return Some(i64::from(to.year()) - i64::from(from.year())),
        "quarter" => return Some(months(to).div_euclid(3) - months(from).div_euclid(3)),
        "month" => return Some(months(to) - months(from)),
        "week" => return Some((later + DAY).div_euclid(7 * DAY) - (earlier + DAY).div_euclid(7 * DAY)),
        "day" => DAY,
        "hour" => 3600 * SECOND,
        "minute" => 60 * SECOND,
        "second" => SECOND,
        "millisecond" => 10_000,
        "microsecond" => 10,
        "nanosecond" => return Some((later - earlier) * 100),
        _ => return None,
    };
    Some(later.div_euclid(unit) - earlier.div_euclid(unit))
}

fn made(row: Row<'_>) -> Option<i64> {
    if row.len() == 1 {
        return moment(plain(row.cell(0)));
    }
    let whole_part = |place: usize, least: i64| match row.cell(place).is_null() {
        true if place >= row.len() => Some(least),
        true => None,
        false => row.cell(place).integer(),
    };
    let small = |number: i64| i8::try_from(number).ok();
    let date = Date::new(
        i16::try_from(whole_part(0, 1)?).ok()?,
        small(whole_part(1, 1)?)?,
        small(whole_part(2, 1)?)?,
    )
    .ok()?;
    let at = date.to_datetime(
        jiff::civil::Time::new(small(whole_part(3, 0)?)?, small(whole_part(4, 0)?)?, 0, 0).ok()?,
    );
    let seconds = if row.len() > 5 { real(plain(row.cell(5)))? } else { 0.0 };
    if !(0.0..60.0).contains(&seconds) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "ten million is exact")]
    let ticks = (seconds * SECOND as f64).round();
    datetime(of_civil(at)? + whole(ticks)?)
}

fn made_span(row: Row<'_>) -> Option<i64> {
    let (days, rest) = if row.len() == 4 { (row.cell(0).integer()?, 1) } else { (0, 0) };
    let (hours, minutes) = (row.cell(rest).integer()?, row.cell(rest + 1).integer()?);
    let seconds = if row.len() > 2 { real(plain(row.cell(rest + 2)))? } else { 0.0 };
    if !(0..24).contains(&hours) || !(0..60).contains(&minutes) || !(0.0..60.0).contains(&seconds) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "ten million is exact")]
    let ticks = whole((seconds * SECOND as f64).round())?;
    Some(days * DAY + (hours * 3600 + minutes * 60) * SECOND + ticks)
}

fn since(call: &Call<'_>, unit: i64) -> ArrayRef {
    call.values(|row| {
        let ticks = match plain(row.cell(0)) {
            #[expect(clippy::cast_precision_loss, reason = "a real has no more digits")]
            Value::Double(number) => whole(number * unit as f64),
            other => long(other).and_then(|number| number.checked_mul(unit)),
        };
        let at = ticks.and_then(|ticks| datetime(EPOCH.checked_add(ticks)?));
        at.map_or(Value::Null, Value::Datetime)
    })
}

fn local(row: Row<'_>, from_utc: bool) -> Option<i64> {
    let at = civil(ticks(row, 0)?)?;
    let zone = jiff::tz::TimeZone::get(&text_of(row.cell(1))).ok()?;
    let (from, to) = if from_utc { (jiff::tz::TimeZone::UTC, zone) } else { (zone, jiff::tz::TimeZone::UTC) };
    // A time that the clock leaves out is one after the change, one that it shows twice the second.
    let found = from.to_ambiguous_zoned(at);
    let found = if matches!(found.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
        found.earlier()
    } else {
        found.later()
    };
    of_civil(found.ok()?.with_time_zone(to).datetime())
}
