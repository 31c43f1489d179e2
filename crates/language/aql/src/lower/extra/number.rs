//! Arithmetic.

use quarry_diagnostic::Span;
use quarry_plan::{Arithmetic, Expression as Planned, Type, Value};

use super::{
    super::{arithmetic::arithmetic, select::Select},
    Typed, alike, also, computed, extra, function,
};
use crate::{registry::Function, syntax::Call};

pub(super) static TABLE: &[Function] = &[
    computed("ABS", "aql_absolute", "write `IF x < 0 THEN -x ELSE x`", |select, call, span| {
        numeric(select, call, "aql_absolute", span)
    }),
    computed("CEIL", "aql_ceiling", "LONG(x) drops the fraction", |select, call, span| {
        numeric(select, call, "aql_ceiling", span)
    }),
    alike("CEILING", "CEIL", "LONG(x) drops the fraction", |select, call, span| {
        numeric(select, call, "aql_ceiling", span)
    }),
    also("FLOAT", "DOUBLE", "write DOUBLE(x)"),
    computed("FLOOR", "aql_floor", "LONG(x) drops the fraction", |select, call, span| {
        numeric(select, call, "aql_floor", span)
    }),
    also("INT", "LONG", "write LONG(x)"),
    also("INTEGER", "LONG", "write LONG(x)"),
    extra("MOD(number, by)", "The remainder.", (2, 2), Type::Double, "write `a % b`", modulo),
    alike("POW", "POWER", "write `a ^ b`", |select, call, span| numeric(select, call, "aql_power", span)),
    computed("POWER", "aql_power", "write `a ^ b`", |select, call, span| {
        numeric(select, call, "aql_power", span)
    }),
    computed("ROUND", "aql_round", "LONG(x + 0.5) rounds a positive number", |select, call, span| {
        numeric(select, call, "aql_round", span)
    }),
    extra("SQRT(number)", "The square root.", (1, 1), Type::Double, "write `x ^ 0.5`", square_root),
    also("TO_NUMBER", "DOUBLE", "write DOUBLE(x)"),
    alike("TRUNC", "TRUNCATE", "LONG(x) drops the fraction", |select, call, span| {
        numeric(select, call, "aql_truncate", span)
    }),
    computed("TRUNCATE", "aql_truncate", "LONG(x) drops the fraction", |select, call, span| {
        numeric(select, call, "aql_truncate", span)
    }),
];

/// A function of doubles.
fn numeric(select: &mut Select<'_, '_, '_>, call: &Call, name: &str, span: Span) -> Typed {
    let arguments =
        (0..call.arguments.len()).map(|place| select.value_of(call, place).cast(Type::Double)).collect();
    function(name, arguments, Type::Double, span)
}

fn modulo(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let (left, right) = (select.value_of(call, 0), select.value_of(call, 1));
    arithmetic(Arithmetic::Modulo, left, right, span)
}

fn square_root(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let value = select.value_of(call, 0).cast(Type::Double);
    let half = Planned::literal(Value::Double(0.5), span);
    function("aql_power", vec![value, half], Type::Double, span)
}
