//! `eval` and `where` expressions: case-sensitive, null where an operand is null.

mod compare;
mod functions;
pub(crate) mod lookup_call;
pub(crate) mod numbers;
mod operators;
pub(crate) mod per_value;
pub(crate) mod special;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{ColumnName, Expression, ExpressionKind, Type, Value};

use super::context::{Context, SOURCE_TYPE, convert, wider};
use super::{build, codes, search};
use crate::tree::{EvalExpression, EvalKind};

/// How a function that the waist expresses itself becomes an expression; the number of its arguments was checked.
pub(crate) type FunctionRule = fn(&mut Context<'_>, &[EvalExpression], Span) -> Typed;

/// An expression and its type.
pub(crate) type Typed = (Expression, Type);

fn field(context: &mut Context<'_>, name: ColumnName, span: Span) -> Typed {
    let value = context.field(name, span);
    let data_type = context.type_of(&value);
    (value, data_type)
}

/// Lowers an expression whose value is written down: numbers have the figures that Splunk prints.
pub(crate) fn written(context: &mut Context<'_>, expression: &EvalExpression) -> Typed {
    context.printing(true, |context| value(context, expression))
}

/// Lowers an expression of any type.
pub(crate) fn lower(context: &mut Context<'_>, expression: &EvalExpression) -> Typed {
    let span = expression.span;
    match &expression.kind {
        EvalKind::Text(text) => (Expression::text(text, span), Type::Text),
        EvalKind::Number(text) if context.printing && quarry_plan::has_point(text) => {
            (Expression::text(text, span), Type::Text)
        }
        EvalKind::Number(text) => (number(text, span), Type::Double),
        EvalKind::Field { name, .. } => field(context, name.into(), span),
        EvalKind::Column(column) => field(context, column.clone(), span),
        EvalKind::Call { name, name_span, arguments } => {
            functions::call(context, name, *name_span, arguments, span)
        }
        EvalKind::Not(inner) => (condition(context, inner).negate(), Type::Boolean),
        EvalKind::Negative(inner) => operators::negative(context, inner, span),
        EvalKind::Binary { operator, left, right } => {
            operators::binary(context, *operator, left, right, span)
        }
        EvalKind::In { value, items } => special::is_in(context, value, items, span),
        EvalKind::Subsearch(pipeline) => match search::subsearch::value(context, pipeline) {
            Some(text) => (Expression::text(text, span), Type::Text),
            None => (build::null(span), Type::Null),
        },
        EvalKind::Error => {
            let message = "this part of the expression was not understood";
            let help = "an expression is made of fields, numbers, \"texts\", operators and functions";
            context.report(Diagnostic::error(codes::NOT_UNDERSTOOD, message, span).with_help(help));
            (build::null(span), Type::Null)
        }
    }
}

/// Lowers an expression that must be true or false.
pub(crate) fn condition(context: &mut Context<'_>, expression: &EvalExpression) -> Expression {
    let (value, data_type) = context.printing(false, |context| lower(context, expression));
    match data_type {
        Type::Boolean => value,
        Type::Null => value.cast(Type::Boolean),
        _ => {
            let found = Diagnostic::error(
                codes::NOT_A_CONDITION,
                "expected a condition, found a value",
                expression.span,
            )
            .with_help("compare it with something, such as `field=\"value\"`, or write `isnotnull(field)`");
            context.report(found);
            build::null(expression.span).cast(Type::Boolean)
        }
    }
}

/// Lowers an expression whose value a field or a function can take: not true or false.
pub(crate) fn value(context: &mut Context<'_>, expression: &EvalExpression) -> Typed {
    let (value, data_type) = lower(context, expression);
    if data_type == Type::Boolean {
        let found =
            Diagnostic::error(codes::BOOLEAN_VALUE, "a field cannot be true or false", expression.span)
                .with_help("write `if(condition, \"true\", \"false\")`");
        context.report(found);
        return (build::null(expression.span), Type::Null);
    }
    (value, data_type)
}

/// Values of several types brought to one.
fn unify(values: Vec<Typed>) -> (Vec<Expression>, Type) {
    let data_type = values.iter().fold(Type::Null, |have, (_, next)| wider(have, *next));
    (values.into_iter().map(|(value, have)| convert(value, have, data_type)).collect(), data_type)
}

/// The text of a constant.
fn constant_text(value: &Expression) -> Option<&str> {
    match &value.kind {
        ExpressionKind::Literal(Value::Text(text)) => Some(text),
        _ => None,
    }
}

fn number(text: &str, span: Span) -> Expression {
    let (sign, text) = text.strip_prefix('-').map_or((1.0, text), |text| (-1.0, text));
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let parsed = match hexadecimal {
        // Detections write nothing larger than fits; beyond it the nearest double is wanted anyway.
        Some(digits) => {
            i64::from_str_radix(digits, 16).ok().and_then(|number| number.to_string().parse().ok())
        }
        None => text.parse::<f64>().ok(),
    };
    parsed.map_or_else(|| Expression::text(text, span), |number: f64| build::number(sign * number, span))
}

/// The source types an expression compares with are chosen as those of a search are.
fn note_source_type(context: &mut Context<'_>, field: &EvalExpression, constant: &EvalExpression) {
    if let (EvalKind::Field { name, .. }, EvalKind::Text(text)) = (&field.kind, &constant.kind)
        && name == SOURCE_TYPE
        && context.is_open()
    {
        context.rows.scan.name_source_type(text);
    }
}
