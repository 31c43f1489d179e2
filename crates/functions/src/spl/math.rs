//! Mathematical and trigonometric functions.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use quarry_plan::Returns;

use super::source::{MATH, TRIGONOMETRY};
use crate::base::Literal::{Null, Num, Text};
use crate::base::{Call, Example, Function, number_text};

pub(crate) const FUNCTIONS: &[Function] = &[
    one(
        "spl_abs",
        "abs(<num>)",
        "Absolute value.",
        |call| map(call, f64::abs),
        &[(&[Num(-3.5)], Num(3.5)), (&[Text("-2")], Num(2.0)), (&[Text("x")], Null), (&[Null], Null)],
    ),
    one(
        "spl_ceiling",
        "ceiling(<num>)",
        "Next integer up.",
        |call| map(call, f64::ceil),
        &[(&[Num(1.9)], Num(2.0))],
    ),
    one(
        "spl_ceil",
        "ceil(<num>)",
        "Next integer up.",
        |call| map(call, f64::ceil),
        &[(&[Num(-1.9)], Num(-1.0))],
    ),
    one(
        "spl_floor",
        "floor(<num>)",
        "Next integer down.",
        |call| map(call, f64::floor),
        &[(&[Num(1.9)], Num(1.0))],
    ),
    one(
        "spl_exact",
        "exact(<num>)",
        "The number itself.",
        |call| map(call, |x| x),
        &[(&[Num(2.5)], Num(2.5))],
    ),
    one(
        "spl_exp",
        "exp(<num>)",
        "e raised to a power.",
        |call| map(call, f64::exp),
        &[(&[Num(0.0)], Num(1.0))],
    ),
    one(
        "spl_ln",
        "ln(<num>)",
        "Natural logarithm; null unless positive.",
        |call| map(call, f64::ln),
        &[(&[Num(1.0)], Num(0.0)), (&[Num(0.0)], Null)],
    ),
    one(
        "spl_sqrt",
        "sqrt(<num>)",
        "Square root; null for negative numbers.",
        |call| map(call, f64::sqrt),
        &[(&[Num(9.0)], Num(3.0)), (&[Num(-1.0)], Null)],
    ),
    Function {
        arity: (0, 0),
        ..one(
            "spl_pi",
            "pi()",
            "The constant pi.",
            |call| call.numbers(|_| Some(std::f64::consts::PI)),
            &[(&[], Num(std::f64::consts::PI))],
        )
    },
    Function {
        arity: (2, 2),
        ..one(
            "spl_pow",
            "pow(<num>, <exp>)",
            "A number raised to a power.",
            |call| two(call, f64::powf),
            &[(&[Num(2.0), Num(10.0)], Num(1024.0)), (&[Num(-1.0), Num(0.5)], Null)],
        )
    },
    Function {
        arity: (1, 2),
        ..one(
            "spl_log",
            "log(<num>, <base>)",
            "Logarithm, to base 10 unless another is given.",
            log,
            &[
                (&[Num(1000.0)], Num(3.0)),
                (&[Num(8.0), Num(2.0)], Num(3.0)),
                (&[Num(8.0), Num(1.0)], Null),
                (&[Num(-1.0)], Null),
            ],
        )
    },
    Function {
        arity: (1, 2),
        result: Returns::NumeralIfGiven(1),
        ..one(
            "spl_round",
            "round(<num>, <precision>)",
            "Rounded half away from zero, to so many decimals, all of which are kept.",
            round,
            &[
                (&[Num(3.5)], Num(4.0)),
                (&[Num(-3.5)], Num(-4.0)),
                (&[Num(2.555), Num(2.0)], Text("2.56")),
                (&[Num(7.1), Num(3.0)], Text("7.100")),
                (&[Num(-0.001), Num(2.0)], Text("0.00")),
                (&[Num(7.1), Num(0.0)], Text("7")),
                (&[Num(1234.0), Num(-2.0)], Text("1200")),
                (&[Text("x"), Num(2.0)], Null),
            ],
        )
    },
    trigonometric("spl_sin", "sin(<x>)", "Sine.", |call| map(call, f64::sin), &[(&[Num(0.0)], Num(0.0))]),
    trigonometric("spl_cos", "cos(<x>)", "Cosine.", |call| map(call, f64::cos), &[(&[Num(0.0)], Num(1.0))]),
    trigonometric("spl_tan", "tan(<x>)", "Tangent.", |call| map(call, f64::tan), &[(&[Num(0.0)], Num(0.0))]),
    trigonometric("spl_asin", "asin(<x>)", "Arc sine.", |call| map(call, f64::asin), &[(&[Num(2.0)], Null)]),
    trigonometric(
        "spl_acos",
        "acos(<x>)",
        "Arc cosine.",
        |call| map(call, f64::acos),
        &[(&[Num(1.0)], Num(0.0))],
    ),
    trigonometric(
        "spl_atan",
        "atan(<x>)",
        "Arc tangent.",
        |call| map(call, f64::atan),
        &[(&[Num(0.0)], Num(0.0))],
    ),
    trigonometric(
        "spl_sinh",
        "sinh(<x>)",
        "Hyperbolic sine.",
        |call| map(call, f64::sinh),
        &[(&[Num(0.0)], Num(0.0))],
    ),
    trigonometric(
        "spl_cosh",
        "cosh(<x>)",
        "Hyperbolic cosine.",
        |call| map(call, f64::cosh),
        &[(&[Num(0.0)], Num(1.0))],
    ),
    trigonometric(
        "spl_tanh",
        "tanh(<x>)",
        "Hyperbolic tangent.",
        |call| map(call, f64::tanh),
        &[(&[Num(0.0)], Num(0.0))],
    ),
    trigonometric(
        "spl_asinh",
        "asinh(<x>)",
        "Inverse hyperbolic sine.",
        |call| map(call, f64::asinh),
        &[(&[Num(0.0)], Num(0.0))],
    ),
    trigonometric(
        "spl_acosh",
        "acosh(<x>)",
        "Inverse hyperbolic cosine.",
        |call| map(call, f64::acosh),
        &[(&[Num(1.0)], Num(0.0))],
    ),
    trigonometric(
        "spl_atanh",
        "atanh(<x>)",
        "Inverse hyperbolic tangent.",
        |call| map(call, f64::atanh),
        &[(&[Num(1.0)], Null)],
    ),
    Function {
        arity: (2, 2),
        ..trigonometric(
            "spl_atan2",
            "atan2(<y>, <x>)",
            "Angle of a point.",
            |call| two(call, f64::atan2),
            &[(&[Num(0.0), Num(1.0)], Num(0.0))],
        )
    },
    Function {
        arity: (2, 2),
        ..trigonometric(
            "spl_hypot",
            "hypot(<x>, <y>)",
            "Length of the hypotenuse.",
            |call| two(call, f64::hypot),
            &[(&[Num(3.0), Num(4.0)], Num(5.0))],
        )
    },
];

const fn one(
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
        source: MATH,
        examples,
        arity: (1, 1),
        result: Returns::DOUBLE,
        evaluate,
        uses_now: false,
        law: None,
    }
}

const fn trigonometric(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function { source: TRIGONOMETRY, ..one(name, signature, meaning, evaluate, examples) }
}

fn map(call: &Call<'_>, operation: fn(f64) -> f64) -> ArrayRef {
    call.numbers(|row| row.number(0).map(operation))
}

fn two(call: &Call<'_>, operation: fn(f64, f64) -> f64) -> ArrayRef {
    call.numbers(|row| Some(operation(row.number(0)?, row.number(1)?)))
}

fn log(call: &Call<'_>) -> ArrayRef {
    let given = call.has(1);
    call.numbers(|row| {
        let number = row.number(0)?;
        if given { Some(number.ln() / row.number(1)?.ln()) } else { Some(number.log10()) }
    })
}

fn round(call: &Call<'_>) -> ArrayRef {
    if !call.has(1) {
        return call.numbers(|row| Some(round_to(row.number(0)?, 0)));
    }
    call.texts(|row| {
        let decimals = row.number(1)?.clamp(-300.0, 300.0) as i32;
        Some(Cow::Owned(decimal_text(round_to(row.number(0)?, decimals), decimals)))
    })
}

/// A number with so many decimals, all of which are written.
pub(super) fn decimal_text(number: f64, decimals: i32) -> String {
    let decimals = usize::try_from(decimals).unwrap_or_default();
    if decimals == 0 {
        return number_text(number);
    }
    // Nothing below zero is left of what rounds to zero.
    let number = if number == 0.0 { 0.0 } else { number };
    format!("{number:.decimals$}")
}

/// Rounds half away from zero as the decimal digits read: 2.555 to two decimals is 2.56, although
/// the nearest double lies below it.
pub(super) fn round_to(number: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals.abs());
    let scaled = if decimals >= 0 { number * scale } else { number / scale };
    if !scaled.is_finite() || scaled.abs() >= 9e15 {
        return number;
    }
    let nudged = (scaled + scaled * f64::EPSILON).round();
    if decimals >= 0 { nudged / scale } else { nudged * scale }
}
