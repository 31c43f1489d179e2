//! The buckets of `bin`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, TimeBound, TimeStep, TimeUnit, Type};

use super::timing::micros;
use crate::base::Literal::{Int, Null, Num, Text, Time};
use crate::base::{Call, Cell, Function, Memo, number_text};
use crate::time::{TimeSpan, calendar, parse_span};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_bin",
    signature: "bin <value> span=<span>",
    meaning: "The start of the time bucket (instants, or epoch seconds with a span such as `1h`), or the range of the number bucket.",
    source: "Splunk search reference, bin",
    examples: &[
        (&[Time(1_729_773_296_789_000), Text("1h")], Time(1_729_771_200_000_000)),
        (&[Time(1_729_773_296_789_000), Num(600.0)], Time(1_729_773_000_000_000)),
        (&[Time(1_729_773_296_789_000), Text("1d")], Time(1_729_728_000_000_000)),
        (&[Time(1_729_773_296_789_000), Text("1w")], Time(1_729_382_400_000_000)),
        (&[Time(1_729_773_296_789_000), Text("1w@w1")], Time(1_729_468_800_000_000)),
        (&[Time(1_729_773_296_789_000), Text("1mon")], Time(1_727_740_800_000_000)),
        (&[Time(1_729_773_296_789_000), Text("3mon")], Time(1_727_740_800_000_000)),
        (&[Time(1_729_773_296_789_000), Text("1y")], Time(1_704_067_200_000_000)),
        (&[Text("1729773296"), Text("1h")], Text("1729771200")),
        (&[Num(27.0), Num(10.0)], Text("20-30")),
        (&[Text("-3"), Int(10)], Text("-10-0")),
        (&[Text("x"), Num(10.0)], Text("x")),
        (&[Num(70.0), Text("log10")], Text("10-100")),
        (&[Num(70.0), Text("2log5")], Text("50-250")),
        (&[Num(0.0), Text("log2")], Text("0")),
        (&[Num(1.0), Num(0.0)], Null),
        (&[Null, Num(10.0)], Null),
    ],
    arity: (2, 2),
    result: Returns::TimeOrText,
    evaluate: bin,
    uses_now: false,
    law: None,
}];

fn bin(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    if call.result == Type::Timestamp {
        return call.timestamps(|row| {
            let span = (*memo.get(&row.text(1)?, parse_span))?;
            floor(micros(row.cell(0))?, span)
        });
    }
    call.texts(|row| {
        let cell = row.cell(0);
        let Some(number) = cell.number() else {
            return cell.text();
        };
        match row.number(1) {
            Some(span) => range(number, span).map(Cow::Owned),
            None => {
                let text = row.text(1)?;
                if text.contains("log") {
                    return log_range(number, &text).map(Cow::Owned);
                }
                let span = (*memo.get(&text, parse_span))?;
                Cell::Timestamp(floor(micros(cell)?, span)?).text().map(|text| Cow::Owned(text.into_owned()))
            }
        }
    })
}

fn range(number: f64, span: f64) -> Option<String> {
    if span <= 0.0 {
        return None;
    }
    let start = (number / span).floor() * span;
    Some(format!("{}-{}", number_text(start), number_text(start + span)))
}

/// The range between a coefficient times a power of the base and the next (`2log10`); a number that is
/// not above zero lies in none and stays.
fn log_range(number: f64, span: &str) -> Option<String> {
    let (coefficient, base) = span.split_once("log")?;
    let read = |text: &str, otherwise: f64| if text.is_empty() { Some(otherwise) } else { text.parse().ok() };
    let (coefficient, base) = (read(coefficient, 1.0)?, read(base, 10.0)?);
    if base <= 1.0 || !(1.0..base).contains(&coefficient) {
        return None;
    }
    if number <= 0.0 {
        return Some(number_text(number));
    }
    let mut power = (number / coefficient).log(base).floor();
    // The logarithm of a power may come out a little less.
    if coefficient * base.powf(power + 1.0) <= number {
        power += 1.0;
    }
    let bound = |power: f64| number_text(coefficient * base.powf(power));
    Some(format!("{}-{}", bound(power), bound(power + 1.0)))
}

/// The start of the bucket. Lengths up to days count from the epoch, weeks from a Sunday, months
/// and longer from the year 0.
fn floor(micros: i64, span: TimeSpan) -> Option<i64> {
    let weeks = |amount: i64, day: i64| {
        // 1970-01-04 was a Sunday.
        let (origin, length) = ((3 + day) * 86_400_000_000, amount.checked_mul(604_800_000_000)?);
        Some((micros - origin).div_euclid(length) * length + origin)
    };
    match span {
        TimeSpan::Calendar { amount, unit: TimeUnit::Week } => weeks(amount, 0),
        TimeSpan::Weeks { amount, day } => weeks(amount, day),
        TimeSpan::Calendar {
            amount,
            unit: unit @ (TimeUnit::Month | TimeUnit::Quarter | TimeUnit::Year),
        } => {
            let months = match unit {
                TimeUnit::Month => amount,
                TimeUnit::Quarter => amount.checked_mul(3)?,
                _ => amount.checked_mul(12)?,
            };
            let at = calendar(micros)?;
            let index = i64::from(at.year()) * 12 + i64::from(at.month()) - 1;
            let back = index.rem_euclid(months);
            let steps = vec![
                TimeStep::Floor(TimeUnit::Month),
                TimeStep::Shift { amount: -back, unit: TimeUnit::Month },
            ];
            TimeBound { base: Some(micros), steps }.resolve(micros)
        }
        fixed => {
            let length = fixed.fixed_micros()?;
            Some(micros.div_euclid(length) * length)
        }
    }
}
