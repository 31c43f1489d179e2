//! `STR`, `LONG`, `DOUBLE` and `^`.

use std::net::Ipv4Addr;

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns};

use super::plain;
use super::source::FORMATTING;
use crate::base::Literal::{Bool, Int, Null, Num, Text, Time};
use crate::base::{Call, Cell, Example, Function};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "aql_str",
        "STR(value)",
        "The value as text.",
        (1, 1),
        Returns::TEXT,
        |call| call.texts(|row| plain(row.cell(0)).text()),
        &[(&[Int(42)], Text("42")), (&[Num(1.5)], Text("1.5")), (&[Bool(true)], Text("true"))],
    )
    .with_law(Law::SameText),
    row(
        "aql_long",
        "LONG(value)",
        "The value as a whole number: towards zero, an IPv4 address as its 32 bits, hexadecimal text after `0x`.",
        (1, 1),
        Returns::INTEGER,
        |call| call.integers(|row| long(row.cell(0))),
        &[
            (&[Text("42")], Int(42)),
            (&[Num(-1.9)], Int(-1)),
            (&[Text("10.0.0.1")], Int(167_772_161)),
            (&[Text("0xff")], Int(255)),
            (&[Time(1_500_000)], Int(1_500)),
            (&[Text("x")], Null),
        ],
    ),
    row(
        "aql_double",
        "DOUBLE(value)",
        "The value as a number with a fraction.",
        (1, 1),
        Returns::DOUBLE,
        |call| call.numbers(|row| plain(row.cell(0)).number()),
        &[(&[Text("1.5")], Num(1.5)), (&[Int(2)], Num(2.0)), (&[Text("x")], Null)],
    ),
    row(
        "aql_power",
        "POWER(number, by)",
        "The number raised to a power.",
        (2, 2),
        Returns::DOUBLE,
        |call| call.numbers(|row| Some(plain(row.cell(0)).number()?.powf(plain(row.cell(1)).number()?))),
        &[(&[Int(2), Int(10)], Num(1024.0)), (&[Int(-1), Num(0.5)], Null)],
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
        uses_now: false,
        law: None,
    }
}

/// The integer a value stands for, see `LONG`.
pub(super) fn long(cell: Cell<'_>) -> Option<i64> {
    let cell = plain(cell);
    if let Some(integer) = cell.integer() {
        return Some(integer);
    }
    if let Cell::Boolean(value) = cell {
        return Some(i64::from(value));
    }
    let text = cell.text()?;
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return i64::from_str_radix(digits, 16).ok();
    }
    text.parse::<Ipv4Addr>().ok().map(|address| i64::from(u32::from(address)))
}
