//! Operators of eval expressions.

use quarry_diagnostic::{Diagnostic, Severity, Span};
use quarry_plan::{Arithmetic, Comparison, Expression, ExpressionKind, TextPattern, Type};

use super::super::{build, codes, context::Context};
use super::{
    Typed, compare, condition, constant_text, lower, note_source_type, number, numbers, value, written,
};
use crate::tree::{EvalExpression, EvalKind, EvalOperator};

/// `left operator right`.
pub(super) fn binary(
    context: &mut Context<'_>,
    operator: EvalOperator,
    left: &EvalExpression,
    right: &EvalExpression,
    span: Span,
) -> Typed {
    if let Some(comparison) = comparison(operator) {
        note_source_type(context, left, right);
        note_source_type(context, right, left);
        let (left, right) = context.printing(false, |context| (lower(context, left), lower(context, right)));
        return (compare::compare(comparison, left, right, span), Type::Boolean);
    }
    match operator {
        EvalOperator::And | EvalOperator::Or => junction(context, operator, left, right, span),
        EvalOperator::Xor => {
            let (left, right) = (condition(context, left), condition(context, right));
            (build::compare(Comparison::NotEqual, left, right, span), Type::Boolean)
        }
        EvalOperator::Like => like(context, left, right, span),
        EvalOperator::Concatenate => concatenate(context, left, right, span),
        _ => numbers::arithmetic(context, operator, left, right, span),
    }
}

fn comparison(operator: EvalOperator) -> Option<Comparison> {
    Some(match operator {
        EvalOperator::Equal => Comparison::Equal,
        EvalOperator::NotEqual => Comparison::NotEqual,
        EvalOperator::Less => Comparison::Less,
        EvalOperator::LessOrEqual => Comparison::LessOrEqual,
        EvalOperator::Greater => Comparison::Greater,
        EvalOperator::GreaterOrEqual => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

/// The operands of a chain of one operator, which the tree nests to the left.
fn chain<'e>(
    operator: EvalOperator,
    left: &'e EvalExpression,
    right: &'e EvalExpression,
) -> Vec<&'e EvalExpression> {
    let mut operands = vec![right];
    let mut next = left;
    while let EvalKind::Binary { operator: found, left, right } = &next.kind {
        if *found != operator {
            break;
        }
        operands.push(right);
        next = left;
    }
    operands.push(next);
    operands.reverse();
    operands
}

fn junction(
    context: &mut Context<'_>,
    operator: EvalOperator,
    left: &EvalExpression,
    right: &EvalExpression,
    span: Span,
) -> Typed {
    let items = chain(operator, left, right).into_iter().map(|item| condition(context, item)).collect();
    let joined =
        if operator == EvalOperator::And { build::all(items, span) } else { build::any(items, span) };
    (joined, Type::Boolean)
}

/// Whole-text match with `%` and `_`.
pub(super) fn like(
    context: &mut Context<'_>,
    text: &EvalExpression,
    pattern: &EvalExpression,
    span: Span,
) -> Typed {
    let (text, text_type) = value(context, text);
    let (pattern, _) = value(context, pattern);
    let matched = match constant_text(&pattern) {
        Some(constant) if matches!(text_type, Type::Text | Type::TextList) => {
            build::matches(TextPattern::Like(constant.to_owned()), false, text, span)
        }
        _ => build::call("like", vec![text, pattern], Type::Boolean, span),
    };
    (matched, Type::Boolean)
}

fn concatenate(
    context: &mut Context<'_>,
    left: &EvalExpression,
    right: &EvalExpression,
    span: Span,
) -> Typed {
    let operands = chain(EvalOperator::Concatenate, left, right);
    warn_of_dotted_name(context, &operands, span);
    let items = operands.into_iter().map(|item| written(context, item).0).collect();
    (build::call("concat", items, Type::Text, span), Type::Text)
}

/// `a.b` without quotes joins two fields, which is seldom what was meant.
fn warn_of_dotted_name(context: &mut Context<'_>, operands: &[&EvalExpression], span: Span) {
    let mut parts = Vec::new();
    let mut end = None;
    for operand in operands {
        let EvalKind::Field { name, quoted: false } = &operand.kind else { return };
        // With spaces round the dot the author likely means to join texts.
        if end.is_some_and(|end| operand.span.start != end + 1) {
            return;
        }
        end = Some(operand.span.end);
        parts.push(name.as_str());
    }
    let name = parts.join(".");
    let known = context.columns().iter().any(|column| column.name == name)
        || context.shared.options.view.field_names().contains(&name.as_str())
        || context
            .shared
            .options
            .discovered
            .is_some_and(|found| found.iter().any(|(field, _)| *field == name));
    let message = format!("`{name}` without quotes joins the texts of {} fields", parts.len());
    let mut diagnostic = Diagnostic::warning(codes::DOTTED_NAME, message, span)
        .with_help(format!("write `'{name}'` in single quotes for the field of that name"));
    if !known {
        diagnostic.severity = Severity::Note;
    }
    context.report(diagnostic);
}

/// The operator over two values.
pub(super) fn compute(
    operator: EvalOperator,
    (left, left_type): Typed,
    (right, right_type): Typed,
    span: Span,
) -> Typed {
    let (exact, name) = match operator {
        EvalOperator::Add => (Arithmetic::Add, "add"),
        EvalOperator::Subtract => (Arithmetic::Subtract, "subtract"),
        EvalOperator::Multiply => (Arithmetic::Multiply, "multiply"),
        EvalOperator::Divide => (Arithmetic::Divide, "divide"),
        _ => (Arithmetic::Modulo, "modulo"),
    };
    if left_type == Type::Null || right_type == Type::Null {
        return (build::null(span), Type::Null);
    }
    let number = |of: Type| matches!(of, Type::Double | Type::Integer);
    if number(left_type) && number(right_type) {
        let [left, right] = [(left, left_type), (right, right_type)]
            .map(|(value, have)| if have == Type::Double { value } else { value.cast(Type::Double) });
        let kind =
            ExpressionKind::Arithmetic { operator: exact, left: Box::new(left), right: Box::new(right) };
        return (Expression::new(kind, span), Type::Double);
    }
    let some_number = number(left_type)
        || number(right_type)
        || Type::Timestamp == left_type
        || Type::Timestamp == right_type;
    // Two texts that are no numbers are joined by `+`.
    let result = if operator == EvalOperator::Add && !some_number { Type::Text } else { Type::Double };
    (build::call(name, vec![left, right], result, span), result)
}

/// `-x`.
pub(super) fn negative(context: &mut Context<'_>, inner: &EvalExpression, span: Span) -> Typed {
    if let EvalKind::Number(text) = &inner.kind {
        let text = format!("-{text}");
        if context.printing && quarry_plan::has_point(&text) {
            return (Expression::text(text, span), Type::Text);
        }
        return (number(&text, span), Type::Double);
    }
    let (inner, data_type) = value(context, inner);
    if data_type == Type::Null {
        return (inner, data_type);
    }
    (build::call("subtract", vec![build::number(0.0, span), inner], Type::Double, span), Type::Double)
}
