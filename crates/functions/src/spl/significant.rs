//! `sigfig`: rounding by the figures that were written.

use quarry_plan::Returns;

use crate::base::Literal::{Null, Num, Text};
use crate::base::{Call, Function, Row};

use super::math::round_to;

pub(crate) const FUNCTIONS: &[Function] = &[Function {
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
}];

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
