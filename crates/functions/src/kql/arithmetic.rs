//! Arithmetic on numbers, datetimes and timespans.

use arrow::array::ArrayRef;
use quarry_plan::{Decimal, Returns, Type, Value, text::datetime};

use super::row;
use crate::base::{
    Call, Example, Function,
    Literal::{Int, Null, Num, Written},
};

const MEANING_SOURCE: &str =
    "learn.microsoft.com/kusto/query/numerical-operators and datetime-timespan-arithmetic";

const fn operator(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        source: MEANING_SOURCE,
        ..row(name, signature, meaning, (3, 3), Returns::NamedBy(2), evaluate, examples)
    }
}

/// The type of a result is named behind the operands.
const LONG: crate::Literal = crate::Literal::Text("integer");
const REAL: crate::Literal = crate::Literal::Text("double");
const SPAN: crate::Literal = crate::Literal::Text("timespan");
const MOMENT: crate::Literal = crate::Literal::Text("datetime");
const DAY: crate::Literal = Written(Type::Timespan, "1.00:00:00");
const NOON: crate::Literal = Written(Type::Datetime, "2024-01-01T12:00:00Z");

pub(crate) const FUNCTIONS: &[Function] = &[
    operator(
        "kql_add",
        "<value> + <value>",
        "The sum; of a datetime and a timespan the later datetime.",
        |call| call.values(|row| add(row.cell(0).value(), row.cell(1).value()).unwrap_or(Value::Null)),
        &[
            (&[Int(2), Int(3), LONG], Int(5)),
            (&[Num(0.5), Num(0.25), REAL], Num(0.75)),
            (&[NOON, DAY, MOMENT], Written(Type::Datetime, "2024-01-02T12:00:00Z")),
            (&[DAY, DAY, SPAN], Written(Type::Timespan, "2.00:00:00")),
            (&[Null, Int(1), LONG], Null),
        ],
    ),
    operator(
        "kql_subtract",
        "<value> - <value>",
        "The difference; of two datetimes the timespan between them.",
        |call| call.values(|row| subtract(row.cell(0).value(), row.cell(1).value()).unwrap_or(Value::Null)),
        &[
            (&[Int(2), Int(3), LONG], Int(-1)),
            (&[NOON, DAY, MOMENT], Written(Type::Datetime, "2023-12-31T12:00:00Z")),
            (&[DAY, DAY, SPAN], Written(Type::Timespan, "00:00:00")),
        ],
    ),
    operator(
        "kql_multiply",
        "<value> * <value>",
        "The product; of a timespan and a number a timespan.",
        |call| call.values(|row| multiply(row.cell(0).value(), row.cell(1).value()).unwrap_or(Value::Null)),
        &[
            (&[Int(2), Int(3), LONG], Int(6)),
            (&[Num(0.5), Num(3.0), REAL], Num(1.5)),
            (&[DAY, Int(2), SPAN], Written(Type::Timespan, "2.00:00:00")),
        ],
    ),
    operator(
        "kql_divide",
        "<value> / <value>",
        "The quotient, of whole numbers without what is behind the point and null by zero; of two timespans a number.",
        |call| call.values(|row| divide(row.cell(0).value(), row.cell(1).value()).unwrap_or(Value::Null)),
        &[
            (&[Int(7), Int(2), LONG], Int(3)),
            (&[Int(-7), Int(2), LONG], Int(-3)),
            (&[Int(7), Int(0), LONG], Null),
            (&[Num(7.0), Num(2.0), REAL], Num(3.5)),
            (&[DAY, Int(2), SPAN], Written(Type::Timespan, "12:00:00")),
        ],
    ),
    operator(
        "kql_modulo",
        "<value> % <value>",
        "The remainder, which is never negative; null by zero.",
        |call| call.values(|row| modulo(row.cell(0).value(), row.cell(1).value()).unwrap_or(Value::Null)),
        &[
            (&[Int(10), Int(4), LONG], Int(2)),
            (&[Int(-10), Int(4), LONG], Int(2)),
            (&[Num(-5.5), Num(2.0), REAL], Num(0.5)),
            (&[Int(1), Int(0), LONG], Null),
            (&[DAY, Written(Type::Timespan, "05:00:00"), SPAN], Written(Type::Timespan, "04:00:00")),
        ],
    ),
    Function {
        arity: (2, 2),
        result: Returns::NamedBy(1),
        ..operator(
            "kql_negate",
            "-<value>",
            "The number or timespan with the other sign.",
            |call| {
                call.values(|row| {
                    subtract(zero(&row.cell(0).value()), row.cell(0).value()).unwrap_or(Value::Null)
                })
            },
            &[(&[Int(2), LONG], Int(-2)), (&[Num(1.5), REAL], Num(-1.5)), (&[Null, LONG], Null)],
        )
    },
];

fn zero(like: &Value) -> Value {
    match like {
        Value::Double(_) => Value::Double(0.0),
        Value::Timespan(_) => Value::Timespan(0),
        Value::Decimal(_) => Value::Decimal(0.into()),
        _ => Value::Integer(0),
    }
}

pub(super) fn add(left: Value, right: Value) -> Option<Value> {
    Some(match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Value::Integer(left.wrapping_add(right)),
        (Value::Double(left), Value::Double(right)) => Value::Double(left + right),
        (Value::Datetime(left), Value::Timespan(right)) | (Value::Timespan(right), Value::Datetime(left)) => {
            Value::Datetime(datetime(left.checked_add(right)?)?)
        }
        (Value::Timespan(left), Value::Timespan(right)) => Value::Timespan(left.checked_add(right)?),
        (Value::Decimal(left), Value::Decimal(right)) => {
            let (left, right, scale) = aligned(left, right)?;
            Value::Decimal(Decimal::new(left.checked_add(right)?, scale)?)
        }
        _ => return None,
    })
}

fn subtract(left: Value, right: Value) -> Option<Value> {
    Some(match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Value::Integer(left.wrapping_sub(right)),
        (Value::Double(left), Value::Double(right)) => Value::Double(left - right),
        (Value::Datetime(left), Value::Datetime(right)) => Value::Timespan(left.checked_sub(right)?),
        (Value::Datetime(left), Value::Timespan(right)) => {
            Value::Datetime(datetime(left.checked_sub(right)?)?)
        }
        (Value::Timespan(left), Value::Timespan(right)) => Value::Timespan(left.checked_sub(right)?),
        (Value::Decimal(left), Value::Decimal(right)) => {
            let (left, right, scale) = aligned(left, right)?;
            Value::Decimal(Decimal::new(left.checked_sub(right)?, scale)?)
        }
        _ => return None,
    })
}

/// Both numbers with as many digits behind the point.
fn aligned(left: Decimal, right: Decimal) -> Option<(i128, i128, u8)> {
    let scale = left.scale().max(right.scale());
    let digits = |number: Decimal| {
        number.digits().checked_mul(10_i128.checked_pow(u32::from(scale - number.scale()))?)
    };
    Some((digits(left)?, digits(right)?, scale))
}

fn multiply(left: Value, right: Value) -> Option<Value> {
    Some(match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Value::Integer(left.wrapping_mul(right)),
        (Value::Double(left), Value::Double(right)) => Value::Double(left * right),
        (Value::Timespan(ticks), number) | (number, Value::Timespan(ticks)) => times(ticks, number)?,
        (Value::Decimal(left), Value::Decimal(right)) => {
            let scale = left.scale().checked_add(right.scale())?;
            Value::Decimal(Decimal::new(left.digits().checked_mul(right.digits())?, scale)?)
        }
        _ => return None,
    })
}

fn times(ticks: i64, number: Value) -> Option<Value> {
    Some(Value::Timespan(match number {
        Value::Integer(number) => ticks.checked_mul(number)?,
        #[expect(clippy::cast_precision_loss, reason = "a real has no more digits")]
        Value::Double(number) => whole(ticks as f64 * number)?,
        _ => return None,
    }))
}

fn divide(left: Value, right: Value) -> Option<Value> {
    #[expect(clippy::cast_precision_loss, reason = "a real has no more digits")]
    let real = |ticks: i64| ticks as f64;
    Some(match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Value::Integer(left.checked_div(right)?),
        (Value::Double(left), Value::Double(right)) => Value::Double(left / right),
        (Value::Timespan(left), Value::Timespan(right)) => Value::Double(real(left) / real(right)),
        (Value::Timespan(ticks), Value::Integer(number)) => Value::Timespan(ticks.checked_div(number)?),
        (Value::Timespan(ticks), Value::Double(number)) => Value::Timespan(whole(real(ticks) / number)?),
        _ => return None,
    })
}

fn modulo(left: Value, right: Value) -> Option<Value> {
    Some(match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Value::Integer(left.checked_rem_euclid(right)?),
        (Value::Timespan(left), Value::Timespan(right)) => Value::Timespan(left.checked_rem_euclid(right)?),
        (Value::Double(left), Value::Double(right)) => Value::Double(left.rem_euclid(right)),
        _ => return None,
    })
}

/// A real without what is behind the point, if it fits.
pub(super) fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "in range")]
    (number.is_finite() && number.abs() < 9.2e18).then_some(number.trunc() as i64)
}
