//! Arithmetic that gives null instead of an error.

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use crate::base::Literal::{Int, Null, Num};
use crate::base::{Call, Example, Function};

const SOURCE: &str = "the waist's `Arithmetic` expression";

pub(crate) const FUNCTIONS: &[Function] = &[
    integer(
        "integer_add",
        "a + b",
        "Sum of two integers; null on overflow.",
        |call| integers(call, i64::checked_add),
        &[(&[Int(2), Int(3)], Int(5)), (&[Int(i64::MAX), Int(1)], Null), (&[Null, Int(1)], Null)],
    ),
    integer(
        "integer_subtract",
        "a - b",
        "Difference of two integers; null on overflow.",
        |call| integers(call, i64::checked_sub),
        &[(&[Int(2), Int(3)], Int(-1)), (&[Int(i64::MIN), Int(1)], Null)],
    ),
    integer(
        "integer_multiply",
        "a * b",
        "Product of two integers; null on overflow.",
        |call| integers(call, i64::checked_mul),
        &[(&[Int(2), Int(3)], Int(6)), (&[Int(i64::MAX), Int(2)], Null)],
    ),
    integer(
        "integer_divide",
        "a / b",
        "Quotient of two integers, towards zero; null on division by zero.",
        |call| integers(call, i64::checked_div),
        &[(&[Int(-7), Int(2)], Int(-3)), (&[Int(1), Int(0)], Null), (&[Int(i64::MIN), Int(-1)], Null)],
    ),
    integer(
        "integer_modulo",
        "a % b",
        "Remainder with the sign of the dividend; null on division by zero.",
        |call| integers(call, i64::checked_rem),
        &[(&[Int(-7), Int(2)], Int(-1)), (&[Int(1), Int(0)], Null)],
    ),
    double(
        "double_add",
        "a + b",
        "Sum of two doubles.",
        |call| doubles(call, |a, b| a + b),
        &[(&[Num(0.5), Num(1.0)], Num(1.5)), (&[Num(f64::MAX), Num(f64::MAX)], Null)],
    ),
    double(
        "double_subtract",
        "a - b",
        "Difference of two doubles.",
        |call| doubles(call, |a, b| a - b),
        &[(&[Num(0.5), Num(1.0)], Num(-0.5))],
    ),
    double(
        "double_multiply",
        "a * b",
        "Product of two doubles.",
        |call| doubles(call, |a, b| a * b),
        &[(&[Num(0.5), Num(3.0)], Num(1.5))],
    ),
    double(
        "double_divide",
        "a / b",
        "Quotient of two doubles; null on division by zero.",
        |call| doubles(call, |a, b| a / b),
        &[(&[Num(1.0), Num(4.0)], Num(0.25)), (&[Num(1.0), Num(0.0)], Null), (&[Num(0.0), Num(0.0)], Null)],
    ),
    double(
        "double_modulo",
        "a % b",
        "Remainder with the sign of the dividend; null on division by zero.",
        |call| doubles(call, |a, b| a % b),
        &[(&[Num(-7.5), Num(2.0)], Num(-1.5)), (&[Num(1.0), Num(0.0)], Null)],
    ),
];

const fn integer(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: SOURCE,
        examples,
        arity: (2, 2),
        result: Returns::INTEGER,
        evaluate,
        uses_now: false,
        law: None,
    }
}

const fn double(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function { result: Returns::DOUBLE, ..integer(name, signature, meaning, evaluate, examples) }
}

fn integers(call: &Call<'_>, operation: fn(i64, i64) -> Option<i64>) -> ArrayRef {
    call.integers(|row| operation(row.cell(0).integer()?, row.cell(1).integer()?))
}

fn doubles(call: &Call<'_>, operation: fn(f64, f64) -> f64) -> ArrayRef {
    call.numbers(|row| Some(operation(row.number(0)?, row.number(1)?)))
}
