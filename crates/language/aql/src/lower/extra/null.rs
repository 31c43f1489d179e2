//! What stands in for null.

use quarry_diagnostic::Span;
use quarry_plan::{Comparison, Expression as Planned, ExpressionKind as Kind, Type};

use super::{
    super::{comparison::compare, select::Select, value::common},
    MANY, Typed, alike, extra,
};
use crate::{registry::Function, syntax::Call};

pub(super) static TABLE: &[Function] = &[
    extra(
        "COALESCE(value, ...)",
        "The first value that is not null.",
        (1, MANY),
        Type::Null,
        "write `IF a IS NULL THEN b ELSE a`",
        first_known,
    ),
    extra(
        "IFNULL(value, other)",
        "The other value where the first is null.",
        (2, 2),
        Type::Null,
        "write `IF a IS NULL THEN b ELSE a`",
        first_known,
    ),
    extra(
        "IIF(condition, then, else)",
        "One value or the other.",
        (3, 3),
        Type::Null,
        "write `IF c THEN a ELSE b`",
        choice,
    ),
    extra(
        "ISNULL(value, other)",
        "The other value where the first is null; alone, whether it is null.",
        (1, 2),
        Type::Null,
        "write `x IS NULL`",
        is_null,
    ),
    extra(
        "NULLIF(value, other)",
        "Null where both are equal, else the first.",
        (2, 2),
        Type::Null,
        "write `IF a = b THEN NULL ELSE a`",
        null_if,
    ),
    alike("NVL", "IFNULL", "write `IF a IS NULL THEN b ELSE a`", first_known),
];

fn first_known(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let values: Vec<Typed> = (0..call.arguments.len()).map(|place| select.value_of(call, place)).collect();
    let data_type = values.iter().fold(Type::Null, |found, value| common(found, value.data_type));
    let items = values.into_iter().map(|value| value.cast(data_type)).collect();
    Typed::new(Planned::new(Kind::Coalesce(items), span), data_type)
}

fn is_null(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    if call.arguments.len() > 1 {
        return first_known(select, call, span);
    }
    let value = select.value_of(call, 0).expression;
    Typed::boolean(Kind::IsNull(Box::new(value)), span)
}

fn choice(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let Some(condition) = call.arguments.first() else { return Typed::null(Type::Null, span) };
    let condition = select.condition(condition);
    let (then, otherwise) = (select.value_of(call, 1), select.value_of(call, 2));
    let data_type = common(then.data_type, otherwise.data_type);
    let otherwise = Some(Box::new(otherwise.cast(data_type)));
    let arms = vec![(condition, then.cast(data_type))];
    Typed::new(Planned::new(Kind::Case { arms, otherwise }, span), data_type)
}

fn null_if(select: &mut Select<'_, '_, '_>, call: &Call, span: Span) -> Typed {
    let (value, other) = (select.value_of(call, 0), select.value_of(call, 1));
    let data_type = value.data_type;
    let same = compare(Comparison::Equal, value.clone(), other, span).expression;
    let arms = vec![(same, Typed::null(data_type, span).expression)];
    let otherwise = Some(Box::new(value.expression));
    Typed::new(Planned::new(Kind::Case { arms, otherwise }, span), data_type)
}
