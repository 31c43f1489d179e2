//! `sigfig`: rounding by the figures that were written.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::{Returns, has_point};

use crate::base::Literal::{Null, Num, Text};
use crate::base::{Call, Cell, Example, Function, Row, number_text};

use super::math::{decimal_text, round_to};

pub(crate) const FUNCTIONS: &[Function] = &[
    written(
        "spl_written_product",
        "written_product(<result>, <operands>)",
        "A product or quotient as it is written: with the fewest figures of those operands that have a point, but every whole digit.",
        (2, usize::MAX),
        product,
        &[
            (&[Num(1.8), Text("0.9")], Text("2")),
            (&[Num(1.8), Text("0.90")], Text("1.8")),
            (&[Num(0.00322), Text("0.014"), Text("0.23")], Text("0.0032")),
            (&[Num(2252.8), Text("2.2")], Text("2253")),
            (&[Num(5.0), Text("2.5")], Text("5.0")),
            (&[Num(0.25), Text("4")], Text("0.25")),
            (&[Null, Text("0.5")], Null),
        ],
    ),
    written(
        "spl_written_sum",
        "written_sum(<result>, <operands>)",
        "A sum or difference as it is written: with the most decimals of its operands.",
        (2, usize::MAX),
        sum,
        &[
            (&[Num(3600.0), Text("1729773296.000000"), Text("1729769696.000000")], Text("3600.000000")),
            (&[Num(0.300_000_000_000_000_04), Text("0.1"), Text("0.2")], Text("0.3")),
            (&[Num(8.0), Text("7"), Num(1.0)], Text("8")),
            (&[Text("ab"), Text("a"), Text("b")], Text("ab")),
            (&[Null, Text("a")], Null),
        ],
    ),
    written(
        "spl_written_time",
        "written_time(<seconds>)",
        "A time that was read from a text, as it is written: with six decimals.",
        (1, 1),
        |call| call.texts(|row| row.number(0).map(|time| Cow::Owned(decimal_text(time, 6)))),
        &[(&[Num(1_729_773_296.25)], Text("1729773296.250000")), (&[Null], Null)],
    ),
    Function {
        name: "spl_significant_figures",
        signature: "significant_figures(<result>, <operator>, <operands>)",
        meaning: "A product or quotient rounded to the fewest significant figures of its operands, a sum or difference to the fewest decimals. Arguments: the result, its operator, the operands as text.",
        source: super::source::MATH,
        examples: &[
            (&[Num(1111.0), Text("*"), Text("1.00"), Text("1111")], Num(1110.0)),
            (&[Num(3.333_333), Text("/"), Text("10.0"), Text("3.0")], Num(3.3)),
            (&[Num(3.456), Text("+"), Text("1.1"), Text("2.356")], Num(3.5)),
            (&[Num(0.5)], Num(0.5)),
            (&[Text("x"), Text("*"), Text("x"), Text("1")], Null),
        ],
        arity: (1, usize::MAX),
        result: Returns::DOUBLE,
        evaluate: |call: &Call<'_>| call.numbers(rounded),
        uses_now: false,
        law: None,
    },
];

const fn written(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arity: (usize, usize),
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: super::source::MATH,
        examples,
        arity,
        result: Returns::Numeral,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn product(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let number = row.number(0)?;
        let with_point =
            |cell: Cell<'_>| cell.text().filter(|text| has_point(text)).map(|text| figures(&text));
        let Some(figures) = row.cells(1).filter_map(with_point).min() else {
            return Some(Cow::Owned(number_text(number)));
        };
        let size = if number == 0.0 { 1 } else { whole_digits(number) };
        let decimals = figures.saturating_sub(size).max(0);
        let rounded = round_to(number, decimals);
        Some(Cow::Owned(decimal_text(rounded, decimals)))
    })
}

/// How many digits stand before the point; of what is below one, less than one: 0.05 has -1.
fn whole_digits(number: f64) -> i32 {
    number.abs().log10().floor() as i32 + 1
}

fn sum(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let Some(number) = row.number(0) else { return row.text(0) };
        let most = row.cells(1).filter_map(|cell| cell.text()).map(|text| decimals_written(&text)).max();
        Some(Cow::Owned(match most {
            // What has an exponent has no decimals to go by.
            Some(decimals @ 1..=15) => decimal_text(round_to(number, decimals), decimals),
            _ => number_text(number),
        }))
    })
}

fn decimals_written(text: &str) -> i32 {
    if has_point(text) { decimals(text) } else { 0 }
}

fn rounded(row: Row<'_>) -> Option<f64> {
    let number = row.number(0)?;
    let operands = || row.cells(2).filter_map(|cell| cell.text());
    let decimals = match row.text(1).as_deref() {
        Some("*" | "/") if number != 0.0 => {
            let figures = operands().map(|text| figures(&text)).min()?;
            figures - 1 - number.abs().log10().floor() as i32
        }
        Some("+" | "-") => operands().map(|text| decimals(&text)).min()?,
        _ => return Some(number),
    };
    Some(round_to(number, decimals))
}

fn decimals(text: &str) -> i32 {
    text.split_once('.').map_or(0, |(_, decimals)| digits(decimals))
}

/// The figures of a number as written: from the first that is not zero; zeros at the end count too.
fn figures(text: &str) -> i32 {
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    let significant = mantissa.trim_start_matches(['-', '+', '0', '.']);
    digits(significant).max(1)
}

fn digits(text: &str) -> i32 {
    i32::try_from(text.bytes().filter(u8::is_ascii_digit).count()).unwrap_or(i32::MAX)
}
