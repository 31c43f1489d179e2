//! Arithmetic.

use quarry_diagnostic::Span;
use quarry_plan::{Arithmetic, Expression as Planned, Type, Value};

use super::{
    super::{arithmetic::arithmetic, select::Select},
    Rule, Typed, function,
};
use crate::syntax::Call;

pub(super) const TABLE: &[(&str, Rule)] = &[
    ("ABS", |select, call, span| numeric(select, call, "aql_absolute", span)),
    ("CEIL", |select, call, span| numeric(select, call, "aql_ceiling", span)),
    ("CEILING", |select, call, span| numeric(select, call, "aql_ceiling", span)),
    ("FLOAT", |select, call, span| select.renamed(call, "DOUBLE", span)),
    ("FLOOR", |select, call, span| numeric(select, call, "aql_floor", span)),
    ("INT", |select, call, span| select.renamed(call, "LONG", span)),
    ("INTEGER", |select, call, span| select.renamed(call, "LONG", span)),
    ("MOD", modulo),
    ("POW", |select, call, span| numeric(select, call, "aql_power", span)),
    ("POWER", |select, call, span| numeric(select, call, "aql_power", span)),
    ("ROUND", |select, call, span| numeric(select, call, "aql_round", span)),
    ("SQRT", square_root),
    ("TO_NUMBER", |select, call, span| select.renamed(call, "DOUBLE", span)),
    ("TRUNC", |select, call, span| numeric(select, call, "aql_truncate", span)),
    ("TRUNCATE", |select, call, span| numeric(select, call, "aql_truncate", span)),
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
