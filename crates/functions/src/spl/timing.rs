//! `now`, `time`, `relative_time`, `strftime`, `strptime`.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns, TimeBound, Type};

use super::source::TIME;
use crate::base::Literal::{List, Null, Num, Text, Time};
use crate::base::{Call, Cell, Example, Function, Memo};
use crate::time::{parse_modifier, seconds_to_micros, strftime, strptime};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_now",
        "now()",
        "The time the search started, in whole epoch seconds.",
        (0, 0),
        Returns::DOUBLE,
        now,
        &[(&[], Num(1_729_773_296.0))],
    ),
    row(
        "spl_time",
        "time()",
        "The time in epoch seconds with fraction; here the time the search started.",
        (0, 0),
        Returns::DOUBLE,
        time,
        &[(&[], Num(1_729_773_296.789))],
    ),
    Function {
        uses_now: false,
        ..row(
            "spl_relative_time",
            "relative_time(<time>, <specifier>)",
            "An epoch time moved by a relative time modifier.",
            (2, 2),
            Returns::DOUBLE,
            relative,
            &[
                (&[Num(1_729_773_296.0), Text("-1h@h")], Num(1_729_767_600.0)),
                (&[Time(1_729_773_296_000_000), Text("@d")], Num(1_729_728_000.0)),
                (&[Text("1729773296"), Text("-1mon@mon")], Num(1_725_148_800.0)),
                (&[Num(0.0), Text("soon")], Null),
            ],
        )
    },
    Function {
        uses_now: false,
        ..row(
            "spl_strftime",
            "strftime(<time>, <format>)",
            "An epoch time in a format, in UTC.",
            (2, 2),
            Returns::EachValue,
            format,
            &[
                (&[Num(1_729_773_296.789), Text("%Y-%m-%dT%H:%M:%S.%3N")], Text("2024-10-24T12:34:56.789")),
                (&[Time(1_729_773_296_000_000), Text("%m/%d/%Y")], Text("10/24/2024")),
                (&[List(&["0", "86400"]), Text("%F")], List(&["1970-01-01", "1970-01-02"])),
                (&[Text("x"), Text("%Y")], Null),
            ],
        )
        .with_law(Law::WritesTime)
    },
    row(
        "spl_strptime",
        "strptime(<str>, <format>)",
        "The epoch time a text stands for, in UTC unless it says otherwise; a field set to it has six decimals.",
        (2, 2),
        Returns::DOUBLE,
        parse,
        &[
            (&[Text("2024-10-24T12:34:56Z"), Text("%Y-%m-%dT%H:%M:%SZ")], Num(1_729_773_296.0)),
            (&[Text("2024-10-24 12:34:56.789"), Text("%F %T.%3N")], Num(1_729_773_296.789)),
            (&[Text("24.10.2024"), Text("%F")], Null),
            (&[Null, Text("%F")], Null),
        ],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arity: (usize, usize),
    result: Returns,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: TIME,
        examples,
        arity,
        result,
        evaluate,
        uses_now: true,
        law: None,
    }
}

/// The instant of a cell in microseconds, where numbers are epoch seconds.
pub(super) fn micros(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Timestamp(micros) => Some(micros),
        other => seconds_to_micros(other.number()?),
    }
}

fn now(call: &Call<'_>) -> ArrayRef {
    call.numbers(|_| Some(call.now.div_euclid(1_000_000) as f64))
}

fn time(call: &Call<'_>) -> ArrayRef {
    call.numbers(|_| Some(call.now as f64 / 1e6))
}

fn relative(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.numbers(|row| {
        let base = Some(micros(row.cell(0))?);
        let steps = memo.get(&row.text(1)?, parse_modifier).clone()?;
        let moved = TimeBound { base, steps }.resolve(call.now)?;
        Some(moved as f64 / 1e6)
    })
}

fn format(call: &Call<'_>) -> ArrayRef {
    if call.result == Type::TextList {
        return call
            .each_text(|row, text| Some(Cow::Owned(strftime(micros(Cell::Text(&text))?, &row.text(1)?)?)));
    }
    call.texts(|row| Some(Cow::Owned(strftime(micros(row.cell(0))?, &row.text(1)?)?)))
}

fn parse(call: &Call<'_>) -> ArrayRef {
    call.numbers(|row| {
        let found = strptime(&row.text(0)?, &row.text(1)?, call.now)?;
        Some(found as f64 / 1e6)
    })
}
