//! `min`, `max`, `sum` and `avg` over arguments and the values of lists.

use std::borrow::Cow;
use std::cmp::Ordering;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, Type};

use super::source::STATISTICAL;
use crate::base::Literal::{List, Null, Num, Text};
use crate::base::{Call, Example, Function, Row, parse_number};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_max",
        "max(<values>)",
        "The greatest; texts are greater than numbers.",
        Returns::NumberIfAll,
        |call| extreme(call, Ordering::Greater),
        &[
            (&[Num(1.0), Num(3.0), Num(2.0)], Num(3.0)),
            (&[Text("9"), Text("10")], Text("10")),
            (&[Text("9"), Text("foo"), Num(10.0)], Text("foo")),
            (&[List(&["4", "7"]), Text("5")], Text("7")),
            (&[Null, Text("5")], Text("5")),
        ],
    ),
    row(
        "spl_min",
        "min(<values>)",
        "The smallest; numbers are smaller than texts.",
        Returns::NumberIfAll,
        |call| extreme(call, Ordering::Less),
        &[
            (&[Num(1.0), Num(3.0)], Num(1.0)),
            (&[Text("a"), Text("10"), Text("9")], Text("9")),
            (&[Null], Null),
        ],
    ),
    row(
        "spl_sum",
        "sum(<values>)",
        "The sum of those that are numbers.",
        Returns::DOUBLE,
        |call| call.numbers(|row| total(row).map(|(sum, _)| sum)),
        &[
            (&[Num(1.0), Text("2"), Text("x")], Num(3.0)),
            (&[List(&["1", "2"]), Num(3.0)], Num(6.0)),
            (&[Text("x")], Null),
        ],
    ),
    row(
        "spl_avg",
        "avg(<values>)",
        "The mean of those that are numbers.",
        Returns::DOUBLE,
        |call| call.numbers(|row| total(row).map(|(sum, count)| sum / count)),
        &[(&[Num(1.0), Text("2"), Null], Num(1.5))],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    result: Returns,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: STATISTICAL,
        examples,
        arity: (1, usize::MAX),
        result,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn total(row: Row<'_>) -> Option<(f64, f64)> {
    let numbers = row.cells(0).flat_map(crate::base::Cell::values).filter_map(|text| parse_number(&text));
    let (sum, count) = numbers.fold((0.0, 0.0), |(sum, count), number| (sum + number, count + 1.0));
    (count > 0.0).then_some((sum, count))
}

fn extreme(call: &Call<'_>, wanted: Ordering) -> ArrayRef {
    if call.result == Type::Double {
        return call.numbers(|row| {
            let numbers = row.cells(0).filter_map(crate::base::Cell::number);
            numbers.reduce(|best, next| if next.partial_cmp(&best) == Some(wanted) { next } else { best })
        });
    }
    call.texts(|row| {
        let values = row.cells(0).flat_map(crate::base::Cell::values);
        values.reduce(|best: Cow<'_, str>, next| if order(&next, &best) == wanted { next } else { best })
    })
}

/// Numbers by size, then texts by bytes.
pub(crate) fn order(left: &str, right: &str) -> Ordering {
    match (parse_number(left), parse_number(right)) {
        (Some(left), Some(right)) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}
