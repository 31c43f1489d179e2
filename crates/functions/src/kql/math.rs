//! Functions of numbers.

use arrow::array::ArrayRef;
use quarry_plan::{Decimal, Returns, Value};

use super::{
    convert::{long, real},
    row,
    value::plain,
};
use crate::base::{
    Call, Example, Function,
    Literal::{Bool, Int, Null, Num, Text},
    Row,
};

const fn of_real(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    row(name, signature, meaning, (1, 1), Returns::DOUBLE, evaluate, examples)
}

/// A function of one real.
fn each(call: &Call<'_>, compute: fn(f64) -> f64) -> ArrayRef {
    call.values(|row| real(plain(row.cell(0))).map_or(Value::Null, |number| Value::Double(compute(number))))
}

const fn of_bits(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    row(name, signature, meaning, (2, 2), Returns::INTEGER, evaluate, examples)
}

fn both(call: &Call<'_>, compute: fn(i64, i64) -> i64) -> ArrayRef {
    call.integers(|row| Some(compute(long(plain(row.cell(0)))?, long(plain(row.cell(1)))?)))
}

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "kql_abs",
        "abs(<number>)",
        "The number or timespan without its sign.",
        (1, 1),
        Returns::Same,
        |call| {
            call.values(|row| match plain(row.cell(0)) {
                Value::Integer(number) => Value::Integer(number.wrapping_abs()),
                Value::Double(number) => Value::Double(number.abs()),
                Value::Timespan(ticks) => Value::Timespan(ticks.wrapping_abs()),
                Value::Decimal(number) => {
                    Decimal::new(number.digits().abs(), number.scale()).map_or(Value::Null, Value::Decimal)
                }
                _ => Value::Null,
            })
        },
        &[(&[Int(-5)], Int(5)), (&[Num(-0.5)], Num(0.5)), (&[Null], Null)],
    ),
    of_real(
        "kql_acos",
        "acos(<number>)",
        "The angle whose cosine this is.",
        |call| each(call, f64::acos),
        &[(&[Num(1.0)], Num(0.0))],
    ),
    of_real(
        "kql_asin",
        "asin(<number>)",
        "The angle whose sine this is.",
        |call| each(call, f64::asin),
        &[(&[Num(0.0)], Num(0.0))],
    ),
    of_real(
        "kql_atan",
        "atan(<number>)",
        "The angle whose tangent this is.",
        |call| each(call, f64::atan),
        &[(&[Num(0.0)], Num(0.0))],
    ),
    of_real(
        "kql_cos",
        "cos(<number>)",
        "The cosine.",
        |call| each(call, f64::cos),
        &[(&[Num(0.0)], Num(1.0))],
    ),
    of_real("kql_sin", "sin(<number>)", "The sine.", |call| each(call, f64::sin), &[(&[Num(0.0)], Num(0.0))]),
    of_real(
        "kql_tan",
        "tan(<number>)",
        "The tangent.",
        |call| each(call, f64::tan),
        &[(&[Num(0.0)], Num(0.0))],
    ),
    of_real(
        "kql_cot",
        "cot(<number>)",
        "The cotangent.",
        |call| each(call, |number| 1.0 / number.tan()),
        &[(&[Null], Null)],
    ),
    of_real(
        "kql_degrees",
        "degrees(<number>)",
        "Radians as degrees.",
        |call| each(call, |number| 180.0 / std::f64::consts::PI * number),
        &[(&[Num(0.0)], Num(0.0))],
    ),
    of_real(
        "kql_radians",
        "radians(<number>)",
        "Degrees as radians.",
        |call| each(call, |number| std::f64::consts::PI / 180.0 * number),
        &[(&[Num(0.0)], Num(0.0))],
    ),
    of_real(
        "kql_exp",
        "exp(<number>)",
        "e to this power.",
        |call| each(call, f64::exp),
        &[(&[Num(0.0)], Num(1.0))],
    ),
    of_real(
        "kql_exp2",
        "exp2(<number>)",
        "2 to this power.",
        |call| each(call, f64::exp2),
        &[(&[Num(3.0)], Num(8.0))],
    ),
    of_real(
        "kql_exp10",
        "exp10(<number>)",
        "10 to this power.",
        |call| each(call, |number| 10_f64.powf(number)),
        &[(&[Num(2.0)], Num(100.0))],
    ),
    of_real(
        "kql_log",
        "log(<number>)",
        "The natural logarithm; null of what is not positive.",
        |call| logarithm(call, f64::ln),
        &[(&[Num(1.0)], Num(0.0)), (&[Num(-1.0)], Null)],
    ),
    of_real(
        "kql_log2",
        "log2(<number>)",
        "The logarithm to the base 2.",
        |call| logarithm(call, f64::log2),
        &[(&[Num(8.0)], Num(3.0))],
    ),
    of_real(
        "kql_log10",
        "log10(<number>)",
        "The logarithm to the base 10.",
        |call| logarithm(call, f64::log10),
        &[(&[Num(100.0)], Num(2.0))],
    ),
    of_real(
        "kql_sqrt",
        "sqrt(<number>)",
        "The square root; null of what is negative.",
        |call| {
            call.values(|row| match real(plain(row.cell(0))) {
                Some(number) if number >= 0.0 => Value::Double(number.sqrt()),
                _ => Value::Null,
            })
        },
        &[(&[Num(9.0)], Num(3.0)), (&[Num(-1.0)], Null)],
    ),
    row(
        "kql_pi",
        "pi()",
        "The number pi.",
        (0, 0),
        Returns::DOUBLE,
        |call| call.numbers(|_| Some(std::f64::consts::PI)),
        &[(&[], Num(std::f64::consts::PI))],
    ),
    row(
        "kql_pow",
        "pow(<base>, <exponent>)",
        "The base to a power.",
        (2, 2),
        Returns::DOUBLE,
        |call| call.values(|row| pair(row, f64::powf)),
        &[(&[Num(2.0), Num(3.0)], Num(8.0))],
    ),
    row(
        "kql_atan2",
        "atan2(<y>, <x>)",
        "The angle of a point.",
        (2, 2),
        Returns::DOUBLE,
        |call| call.values(|row| pair(row, f64::atan2)),
        &[(&[Num(0.0), Num(1.0)], Num(0.0))],
    ),
    row(
        "kql_round",
        "round(<number>, <digits>)",
        "The number with so many digits behind the point, none unless said; halves away from zero.",
        (1, 2),
        Returns::DOUBLE,
        |call| {
            call.values(|row| {
                let (Some(number), digits) = (real(plain(row.cell(0))), row.cell(1).integer().unwrap_or(0))
                else {
                    return Value::Null;
                };
                Value::Double(rounded(number, digits))
            })
        },
        &[(&[Num(2.98765), Int(3)], Num(2.988)), (&[Num(2.5)], Num(3.0)), (&[Num(-2.5)], Num(-3.0))],
    ),
    row(
        "kql_ceiling",
        "ceiling(<number>)",
        "The least whole number that is not smaller.",
        (1, 1),
        Returns::INTEGER,
        |call| call.integers(|row| super::arithmetic::whole(real(plain(row.cell(0)))?.ceil())),
        &[(&[Num(-1.1)], Int(-1)), (&[Num(0.9)], Int(1))],
    ),
    row(
        "kql_sign",
        "sign(<number>)",
        "-1, 0 or 1 as the number is.",
        (1, 1),
        Returns::INTEGER,
        |call| {
            call.integers(|row| {
                let number = real(plain(row.cell(0)))?;
                Some(i64::from(number > 0.0) - i64::from(number < 0.0))
            })
        },
        &[(&[Num(-42.0)], Int(-1)), (&[Num(0.0)], Int(0))],
    ),
    row(
        "kql_isnan",
        "isnan(<number>)",
        "Whether it is no number.",
        (1, 1),
        Returns::BOOLEAN,
        |call| call.booleans(|row| Some(real(plain(row.cell(0))).is_some_and(f64::is_nan))),
        &[(&[Num(1.0)], Bool(false))],
    ),
    row(
        "kql_isinf",
        "isinf(<number>)",
        "Whether it is infinite.",
        (1, 1),
        Returns::BOOLEAN,
        |call| call.booleans(|row| Some(real(plain(row.cell(0))).is_some_and(f64::is_infinite))),
        &[(&[Num(1.0)], Bool(false))],
    ),
    row(
        "kql_isfinite",
        "isfinite(<number>)",
        "Whether it is a number and not infinite.",
        (1, 1),
        Returns::BOOLEAN,
        |call| call.booleans(|row| Some(real(plain(row.cell(0))).is_some_and(f64::is_finite))),
        &[(&[Num(1.0)], Bool(true))],
    ),
    of_bits(
        "kql_binary_and",
        "binary_and(<a>, <b>)",
        "The bits that both have.",
        |call| both(call, |a, b| a & b),
        &[(&[Int(6), Int(3)], Int(2))],
    ),
    of_bits(
        "kql_binary_or",
        "binary_or(<a>, <b>)",
        "The bits that one has.",
        |call| both(call, |a, b| a | b),
        &[(&[Int(6), Int(3)], Int(7))],
    ),
    of_bits(
        "kql_binary_xor",
        "binary_xor(<a>, <b>)",
        "The bits that only one has.",
        |call| both(call, |a, b| a ^ b),
        &[(&[Int(6), Int(3)], Int(5))],
    ),
    of_bits(
        "kql_binary_shift_left",
        "binary_shift_left(<a>, <b>)",
        "The bits moved up.",
        |call| both(call, |a, b| a.wrapping_shl(b.rem_euclid(64) as u32)),
        &[(&[Int(1), Int(3)], Int(8))],
    ),
    of_bits(
        "kql_binary_shift_right",
        "binary_shift_right(<a>, <b>)",
        "The bits moved down.",
        |call| both(call, |a, b| a.wrapping_shr(b.rem_euclid(64) as u32)),
        &[(&[Int(8), Int(3)], Int(1))],
    ),
    row(
        "kql_binary_not",
        "binary_not(<a>)",
        "The other bits.",
        (1, 1),
        Returns::INTEGER,
        |call| call.integers(|row| long(plain(row.cell(0))).map(|bits| !bits)),
        &[(&[Int(0)], Int(-1))],
    ),
    row(
        "kql_bitset_count_ones",
        "bitset_count_ones(<a>)",
        "How many bits are set.",
        (1, 1),
        Returns::INTEGER,
        |call| call.integers(|row| long(plain(row.cell(0))).map(|bits| i64::from(bits.count_ones()))),
        &[(&[Int(42)], Int(3))],
    ),
    row(
        "kql_tohex",
        "tohex(<number>, <digits>)",
        "The number in hexadecimal, with so many digits at least.",
        (1, 2),
        Returns::TEXT,
        |call| {
            call.texts(|row| {
                let digits =
                    row.cell(1).integer().and_then(|digits| usize::try_from(digits).ok()).unwrap_or(0);
                let number = long(plain(row.cell(0)));
                Some(number.map_or_else(Default::default, |number| format!("{number:0digits$x}").into()))
            })
        },
        &[(&[Int(256)], Text("100")), (&[Int(256), Int(8)], Text("00000100"))],
    ),
    row(
        "kql_min_of",
        "min_of(<value>, ...)",
        "The least of the values.",
        (1, usize::MAX),
        Returns::Same,
        |call| call.values(|row| extreme(row, std::cmp::Ordering::Less)),
        &[(&[Int(10), Int(1), Int(-3)], Int(-3))],
    ),
    row(
        "kql_max_of",
        "max_of(<value>, ...)",
        "The greatest of the values.",
        (1, usize::MAX),
        Returns::Same,
        |call| call.values(|row| extreme(row, std::cmp::Ordering::Greater)),
        &[(&[Int(10), Int(1), Int(17)], Int(17))],
    ),
];

fn logarithm(call: &Call<'_>, compute: fn(f64) -> f64) -> ArrayRef {
    call.values(|row| match real(plain(row.cell(0))) {
        Some(number) if number > 0.0 => Value::Double(compute(number)),
        _ => Value::Null,
    })
}

fn pair(row: Row<'_>, compute: fn(f64, f64) -> f64) -> Value {
    match (real(plain(row.cell(0))), real(plain(row.cell(1)))) {
        (Some(left), Some(right)) => Value::Double(compute(left, right)),
        _ => Value::Null,
    }
}

/// A number with so many digits behind the point; a negative count rounds digits before it.
fn rounded(number: f64, digits: i64) -> f64 {
    let scale = 10_f64.powi(i32::try_from(digits).unwrap_or(0));
    let scaled = number * scale;
    if scaled.is_finite() && scale != 0.0 { scaled.round() / scale } else { number }
}

fn extreme(row: Row<'_>, wanted: std::cmp::Ordering) -> Value {
    let mut best = Value::Null;
    for cell in row.cells(0) {
        let value = cell.value();
        let order = value
            .operand()
            .zip(best.operand())
            .and_then(|(value, best)| quarry_plan::order(quarry_plan::ComparisonRule::Exact, value, best));
        if value != Value::Null && (best == Value::Null || order == Some(wanted)) {
            best = value;
        }
    }
    best
}
