//! `NOW`, `DATEFORMAT`, `PARSEDATETIME`, `PARSETIMESTAMP`. Patterns are Java's `SimpleDateFormat`,
//! in UTC.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns, TimeBound, TimeUnit};

use super::convert::long;
use super::source::FORMATTING;
use crate::base::Literal::{Int, Null, Text, Time};
use crate::base::{Call, Example, Function, Memo};
use crate::time::{java_format, java_parse, strptime};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "aql_now",
        "NOW()",
        "The time of the query in milliseconds since 1970.",
        (0, 0),
        Returns::INTEGER,
        |call| call.integers(|_| Some(call.now.div_euclid(1_000))),
        &[(&[], Int(1_729_773_296_789))],
    ),
    Function {
        uses_now: false,
        ..row(
            "aql_dateformat",
            "DATEFORMAT(milliseconds, 'pattern')",
            "A time in a pattern of Java's SimpleDateFormat, in UTC; `YYYY` is the year of the week.",
            (2, 2),
            Returns::TEXT,
            format,
            &[
                (&[Int(1_729_773_296_789), Text("yyyy-MM-dd HH:mm:ss")], Text("2024-10-24 12:34:56")),
                (&[Time(1_729_773_296_789_000), Text("dd MMM yyyy, hh:mm a")], Text("24 Oct 2024, 12:34 PM")),
                (&[Int(1_735_603_200_000), Text("YYYY-MM-dd")], Text("2025-12-31")),
                (&[Int(0), Text("'open")], Null),
                (&[Null, Text("yyyy")], Null),
            ],
        )
        .with_law(Law::WritesTime)
    },
    row(
        "aql_parsedatetime",
        "PARSEDATETIME('text')",
        "Milliseconds since 1970 of `now`, `3 days ago`, or a date with or without time.",
        (1, 1),
        Returns::INTEGER,
        parse,
        &[
            (&[Text("1 hour ago")], Int(1_729_769_696_789)),
            (&[Text("2 Days Ago")], Int(1_729_600_496_789)),
            (&[Text("now")], Int(1_729_773_296_789)),
            (&[Text("2024-10-24 12:34:56")], Int(1_729_773_296_000)),
            (&[Text("2024/10/24 12:34")], Int(1_729_773_240_000)),
            (&[Text("2024-10-24")], Int(1_729_728_000_000)),
            (&[Text("whenever")], Null),
        ],
    ),
    row(
        "aql_parsetimestamp",
        "PARSETIMESTAMP('pattern', text)",
        "Milliseconds since 1970 of a text in a pattern of Java's SimpleDateFormat.",
        (2, 2),
        Returns::INTEGER,
        parse_pattern,
        &[
            (&[Text("yyyy-MM-dd HH:mm"), Text("2024-10-24 12:34")], Int(1_729_773_240_000)),
            (&[Text("yyyy-MM-dd HH:mm"), Text("x")], Null),
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
        source: FORMATTING,
        examples,
        arity,
        result,
        evaluate,
        uses_now: true,
        law: None,
    }
}

fn format(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.texts(|row| {
        let micros = long(row.cell(0))?.checked_mul(1_000)?;
        memo.get(&row.text(1)?, java_format).as_ref()?.format(micros).map(Cow::Owned)
    })
}

fn parse(call: &Call<'_>) -> ArrayRef {
    call.integers(|row| Some(relative(&row.text(0)?, call.now)?.div_euclid(1_000)))
}

/// The instants the guide names, in microseconds.
fn relative(text: &str, now: i64) -> Option<i64> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["now"] => Some(now),
        [amount, unit, "ago"] => {
            let amount: i64 = amount.parse().ok()?;
            TimeBound::relative(amount.checked_neg()?, time_unit(unit)?).resolve(now)
        }
        _ => {
            const FORMATS: [&str; 4] = ["%Y-%m-%d", "%Y/%m/%d", "%Y:%m:%d", "%Y %m %d"];
            let full = |format: &&str| {
                let times = ["T%H:%M:%S", " %H:%M:%S", "-%H:%M:%S", " %H:%M", "-%H:%M", ""];
                times.iter().find_map(|time| strptime(text, &format!("{format}{time}"), now))
            };
            FORMATS.iter().find_map(full)
        }
    }
}

fn time_unit(word: &str) -> Option<TimeUnit> {
    Some(match word.trim_end_matches('s') {
        "second" => TimeUnit::Second,
        "minute" => TimeUnit::Minute,
        "hour" => TimeUnit::Hour,
        "day" => TimeUnit::Day,
        "week" => TimeUnit::Week,
        "month" => TimeUnit::Month,
        "year" => TimeUnit::Year,
        _ => return None,
    })
}

fn parse_pattern(call: &Call<'_>) -> ArrayRef {
    call.integers(|row| Some(java_parse(&row.text(1)?, &row.text(0)?, call.now)?.div_euclid(1_000)))
}
