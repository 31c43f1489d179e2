//! `timewrap`: periods of a time chart beside each other (Splunk search reference, timewrap). Periods count back from
//! the end of the search; where it has none, from "now". The manual leaves open how several spans in one
//! are named: the periods of `2w` are `latest_2weeks`, `2weeks_before`, `4weeks_before`; and of `series=exact`
//! which instant of a period is written: here its start. With several series each name begins with its own.

use std::collections::BTreeMap;

use quarry_diagnostic::Diagnostic;
use quarry_plan::{ColumnName, Expression, Rows, Type, Value};

use super::super::arguments::{General, bad_value, missing};
use super::super::context::{Column, Context, TIME, is_internal};
use super::super::rows::search_range;
use super::super::{build, codes, time};
use crate::registry::{CommandRow, OptionRow};
use crate::tree::{Command, Word};

pub(super) const ROWS: &[CommandRow] = &[CommandRow::new(
    "timewrap",
    "timewrap <span> <options>",
    "Puts periods of a time chart beside each other, counted back from the end of the search; `m` is a month. With `series=exact` the start of a period is written; of several series each name begins with its own.",
    "1d",
    lower,
)
.with_options(&[ALIGN, SERIES, TIME_FORMAT])];

const ALIGN: OptionRow = OptionRow::choice(
    "align",
    &["now", "end"],
    "end",
    "Whether periods count back from now or from the end of the search.",
);
const SERIES: OptionRow =
    OptionRow::choice("series", &["relative", "exact", "short"], "relative", "How the periods are named.");
const TIME_FORMAT: OptionRow =
    OptionRow::text("time_format", "format", "", "How `series=exact` writes the start of a period.");

/// More periods than this are refused.
const MOST_PERIODS: usize = 10_000;

/// How long a unit is: microseconds, or months.
#[derive(Clone, Copy)]
enum Length {
    Micros(i64),
    Months(i64),
}

/// Names of the units; `m` is a month here.
const UNITS: &[(&str, &[&str], Length)] = &[
    ("second", &["s", "sec", "secs", "second", "seconds"], Length::Micros(1_000_000)),
    ("minute", &["min", "mins", "minute", "minutes"], Length::Micros(60_000_000)),
    ("hour", &["h", "hr", "hrs", "hour", "hours"], Length::Micros(3_600_000_000)),
    ("day", &["d", "day", "days"], Length::Micros(86_400_000_000)),
    ("week", &["w", "week", "weeks"], Length::Micros(604_800_000_000)),
    ("month", &["m", "mon", "month", "months"], Length::Months(1)),
    ("quarter", &["qtr", "quarter", "quarters"], Length::Months(3)),
    ("year", &["y", "yr", "yrs", "year", "years"], Length::Months(12)),
];

/// The period that was asked for.
struct Period {
    count: i64,
    unit: &'static str,
    length: Length,
}

impl Period {
    fn read(text: &str) -> Option<Self> {
        let (digits, name) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit())?);
        let count: i64 = if digits.is_empty() { 1 } else { digits.parse().ok()? };
        let name = name.to_lowercase();
        let (unit, _, length) = UNITS.iter().find(|(_, names, _)| names.contains(&name.as_str()))?;
        (count > 0).then_some(Self { count, unit, length: *length })
    }

    /// An instant so many periods later.
    fn later(&self, micros: i64, periods: i64) -> Option<i64> {
        let count = self.count.checked_mul(periods)?;
        match self.length {
            Length::Micros(length) => micros.checked_add(length.checked_mul(count)?),
            Length::Months(months) => time::add_months(micros, months.checked_mul(count)?),
        }
    }

    /// How many periods before the latest an instant lies.
    fn back(&self, end: i64, at: i64) -> Option<i64> {
        if let Length::Micros(length) = self.length {
            let length = length.checked_mul(self.count)?;
            return Some((end.checked_sub(at)?.checked_sub(1)?.div_euclid(length)).max(0));
        }
        (0..i64::try_from(MOST_PERIODS).ok()?)
            .find(|back| self.later(end, -(back + 1)).is_none_or(|start| start <= at))
    }

    /// The name of a period.
    fn relative(&self, back: i64) -> String {
        let counted = |count: i64| format!("{count}{}{}", self.unit, if count == 1 { "" } else { "s" });
        match (back, self.count) {
            (0, 1) => format!("latest_{}", self.unit),
            (0, count) => format!("latest_{}", counted(count)),
            _ => format!("{}_before", counted(self.count.saturating_mul(back))),
        }
    }
}

pub(super) fn lower(context: &mut Context<'_>, command: &Command) {
    let mut arguments = General::new(context, command);
    let to_now = arguments.options.choice(&ALIGN) == Some("now");
    let naming = arguments.options.choice(&SERIES).unwrap_or(SERIES.default);
    let format = arguments.options.word(&TIME_FORMAT);
    let words = arguments.words(context);
    arguments.finish(context);
    let [word] = words.as_slice() else {
        return missing(context, command, "one length of time such as `1w`");
    };
    let Some(period) = Period::read(&word.text) else {
        return bad_value(context, "timewrap", word, "a length of time such as `1w`");
    };
    if naming == "exact" && format.is_none() {
        return missing(context, command, "`time_format=` with `series=exact`");
    }
    if context.find(TIME).is_none_or(|column| column.empty) && !context.is_vague() {
        return missing(context, command, "the rows of `timechart`, with `_time`,");
    }
    let series: Vec<Column> =
        context.visible().into_iter().filter(|column| !is_internal(&column.name)).collect();
    let rows = rows(context, &series, to_now).unwrap_or_default();
    let Some(wrapped) = Wrapped::new(&rows, &period, series.len()) else {
        let message = format!("`timewrap` puts at most {MOST_PERIODS} periods beside each other");
        return context.report(
            Diagnostic::error(codes::BAD_ARGUMENT, message, word.span)
                .with_help("take a longer period, or narrow the time of the search"),
        );
    };
    let labels = match (naming, format) {
        ("exact", Some(format)) => exact(context, &wrapped, &period, format),
        ("short", _) => wrapped.periods.iter().map(|back| format!("s{back}")).collect(),
        _ => wrapped.periods.iter().map(|back| period.relative(*back)).collect(),
    };
    context.restart(wrapped.into_rows(&series, &labels));
}

/// The rows so far: time, end and series; none while they are not known.
fn rows(context: &mut Context<'_>, series: &[Column], to_now: bool) -> Option<Rows> {
    let span = context.span;
    let end = context.fresh_name("end");
    let at = context.fresh_name("at");
    let last = if to_now { None } else { search_range::end_of_search(context) };
    let last = last.unwrap_or_else(|| build::call("now", Vec::new(), Type::Double, span));
    context.read_time();
    let time = context.field(TIME, span);
    let time = match context.type_of(&time) {
        Type::Timestamp | Type::Null => time,
        Type::Double | Type::Integer => time.cast(Type::Double).cast(Type::Timestamp),
        _ => build::call("sort_number", vec![time], Type::Double, span).cast(Type::Timestamp),
    };
    context.assign(vec![(end.clone(), last.cast(Type::Timestamp)), (at.clone(), time)]);
    let column = |name: ColumnName| Column { name, data_type: Type::Timestamp, empty: false };
    let columns: Vec<Column> = [column(at), column(end)].into_iter().chain(series.iter().cloned()).collect();
    context.settle(&columns)
}

/// Values by time in the latest period, then by period.
struct Wrapped {
    /// The periods that have rows, the oldest first.
    periods: Vec<i64>,
    end: i64,
    cells: BTreeMap<i64, BTreeMap<i64, Vec<Value>>>,
}

impl Wrapped {
    fn new(rows: &Rows, period: &Period, series: usize) -> Option<Self> {
        let mut wrapped = Self { periods: Vec::new(), end: 0, cells: BTreeMap::new() };
        for row in &rows.rows {
            let [Value::Timestamp(at), Value::Timestamp(end), values @ ..] = row.as_slice() else { continue };
            let back = period.back(*end, *at)?;
            wrapped.end = *end;
            wrapped.cells.entry(period.later(*at, back)?).or_default().insert(back, values.to_vec());
            if !wrapped.periods.contains(&back) {
                wrapped.periods.push(back);
            }
            if wrapped.periods.len().saturating_mul(series) > MOST_PERIODS {
                return None;
            }
        }
        wrapped.periods.sort_unstable_by(|left, right| right.cmp(left));
        Some(wrapped)
    }

    fn into_rows(self, series: &[Column], labels: &[String]) -> Rows {
        let mut columns = vec![(ColumnName::from(TIME), Type::Timestamp)];
        for column in series {
            for label in labels {
                let name =
                    if series.len() == 1 { label.clone() } else { format!("{}_{label}", column.name.text()) };
                let taken = columns.iter().any(|(known, _)| *known == name);
                let name = if taken { format!("{name}_{}", columns.len()) } else { name };
                columns.push((name.into(), column.data_type));
            }
        }
        let line = |(at, cells): (i64, BTreeMap<i64, Vec<Value>>)| {
            let mut line = vec![Value::Timestamp(at)];
            for index in 0..series.len() {
                let cell = |back| cells.get(back).and_then(|values| values.get(index)).cloned();
                line.extend(self.periods.iter().map(|back| cell(back).unwrap_or(Value::Null)));
            }
            line
        };
        Rows { columns, rows: self.cells.into_iter().map(line).collect() }
    }
}

/// The starts of the periods in a format.
fn exact(context: &mut Context<'_>, wrapped: &Wrapped, period: &Period, format: &Word) -> Vec<String> {
    let starts: Vec<i64> =
        wrapped.periods.iter().filter_map(|back| period.later(wrapped.end, -(back + 1))).collect();
    let mut copy = context.clone();
    let (start, label) = (copy.fresh_name("start"), copy.fresh_name("label"));
    copy.restart(Rows {
        columns: vec![(start.clone(), Type::Timestamp)],
        rows: starts.into_iter().map(|start| vec![Value::Timestamp(start)]).collect(),
    });
    let span = format.span;
    let arguments = vec![Expression::column(&start, span), Expression::text(&format.text, span)];
    copy.assign(vec![(label.clone(), build::call("strftime", arguments, Type::Text, span))]);
    let rows =
        copy.settle(&[Column { name: label, data_type: Type::Text, empty: false }]).unwrap_or_default();
    let texts = rows.rows.into_iter().map(|row| match row.into_iter().next() {
        Some(Value::Text(text)) => text,
        _ => String::new(),
    });
    texts.collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::Period;

    #[test]
    fn periods_count_back_from_the_end() {
        let day = 86_400_000_000;
        let period = Period::read("2d").unwrap();
        let found: Vec<i64> = [10, 9, 8, 7, 6].map(|at| period.back(10 * day, at * day).unwrap()).into();
        assert_eq!(found, [0, 0, 0, 1, 1]);
        assert_eq!(
            [0, 1, 2].map(|back| period.relative(back)),
            ["latest_2days", "2days_before", "4days_before"]
        );
        let month = Period::read("m").unwrap();
        // From 1970-03-01 the latest month begins on 1970-02-01.
        assert_eq!([59, 31, 30, 0].map(|at| month.back(59 * day, at * day).unwrap()), [0, 0, 1, 1]);
        assert!(Period::read("0d").is_none() && Period::read("1x").is_none() && Period::read("1").is_none());
    }
}
