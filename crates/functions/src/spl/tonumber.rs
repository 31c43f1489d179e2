//! `tonumber`.

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use super::source::CONVERSION;
use crate::base::Literal::{Null, Num, Text};
use crate::base::{Call, Function, Row};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "spl_tonumber",
    signature: "tonumber(<str>, <base>)",
    meaning: "The number a text stands for, in base 2 to 36; null if it is none.",
    source: CONVERSION,
    examples: &[
        (&[Text("42.5")], Num(42.5)),
        (&[Text("0A4"), Num(16.0)], Num(164.0)),
        (&[Text("0xff"), Num(16.0)], Num(255.0)),
        (&[Text("-101"), Num(2.0)], Num(-5.0)),
        (&[Text(" 1 ")], Null),
        (&[Text("12"), Num(1.0)], Null),
        (&[Null], Null),
    ],
    arity: (1, 2),
    result: Returns::DOUBLE,
    evaluate: tonumber,
    uses_now: false,
    law: None,
}];

fn tonumber(call: &Call<'_>) -> ArrayRef {
    let given = call.has(1);
    call.numbers(|row| in_base(row, given))
}

/// The number of the first argument, in the base of the second one if that is `given`.
pub(super) fn in_base(row: Row<'_>, given: bool) -> Option<f64> {
    let base = if given { row.number(1)? } else { 10.0 };
    if base == 10.0 {
        return row.number(0);
    }
    if !(2.0..=36.0).contains(&base) {
        return None;
    }
    let text = row.text(0)?;
    let (sign, digits) = text.strip_prefix('-').map_or((1.0, text.as_ref()), |rest| (-1.0, rest));
    let hexadecimal =
        if base == 16.0 { digits.strip_prefix("0x").or(digits.strip_prefix("0X")) } else { None };
    let number = i64::from_str_radix(hexadecimal.unwrap_or(digits), base as u32).ok()?;
    Some(sign * number as f64)
}
