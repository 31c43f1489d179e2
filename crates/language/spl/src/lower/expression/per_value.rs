//! `mvmap` and `mvfilter`: an expression evaluated for each value of a field.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{ColumnName, Expression, ExpressionKind, Type};

use super::super::context::{Context, convert};
use super::super::{build, codes};
use super::{Typed, condition, value};
use crate::tree::{EvalExpression, EvalKind};

/// `mvmap(values, expression)`: in the expression the field of `values` stands for one value. Where
/// `values` is an expression of its own, it is the one field named in it, or the third argument.
pub(crate) fn map(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let [values, body, rest @ ..] = arguments else { return (build::null(span), Type::Null) };
    let name = match rest.first() {
        Some(EvalExpression { kind: EvalKind::Field { name, .. } | EvalKind::Text(name), .. }) => {
            Some(ColumnName::from(name))
        }
        Some(EvalExpression { kind: EvalKind::Column(column), .. }) => Some(column.clone()),
        Some(_) => None,
        None => only_field(values),
    };
    let (list, list_type) = value(context, values);
    // What is written as the list is one value in the body, also where it names no field or several.
    let itself = context.fresh_name("value");
    let body = &with_value(body, values, &itself);
    let name = name.filter(|_| !names(body, &itself)).unwrap_or(itself);
    for_each(context, &name, (list, list_type), span, |context| value(context, body))
}

/// An expression in which a column stands for every part that is written as another.
fn with_value(expression: &EvalExpression, part: &EvalExpression, column: &ColumnName) -> EvalExpression {
    if is_same(expression, part) && !matches!(part.kind, EvalKind::Field { .. }) {
        return EvalExpression { kind: EvalKind::Column(column.clone()), span: expression.span };
    }
    expression.map_parts(&|inner| with_value(inner, part, column))
}

/// Whether two expressions are the same but for their places.
fn is_same(left: &EvalExpression, right: &EvalExpression) -> bool {
    let all = |left: &[EvalExpression], right: &[EvalExpression]| {
        left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
    };
    match (&left.kind, &right.kind) {
        (EvalKind::Call { name, arguments, .. }, EvalKind::Call { name: other, arguments: others, .. }) => {
            name == other && all(arguments, others)
        }
        (EvalKind::Not(left), EvalKind::Not(right))
        | (EvalKind::Negative(left), EvalKind::Negative(right)) => is_same(left, right),
        (
            EvalKind::Binary { operator, left, right },
            EvalKind::Binary { operator: other, left: other_left, right: other_right },
        ) => operator == other && is_same(left, other_left) && is_same(right, other_right),
        (left, right) => left == right,
    }
}

fn names(expression: &EvalExpression, column: &ColumnName) -> bool {
    let mut found = Vec::new();
    fields(expression, &mut found);
    found.contains(column)
}

/// `mvfilter(condition)`: the values of the one field in the condition for which it holds.
pub(crate) fn filter(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let Some(test) = arguments.first() else { return (build::null(span), Type::Null) };
    let Some(name) = only_field(test) else { return no_field(context, "mvfilter", test.span) };
    let list = context.field(&name, test.span);
    let list_type = context.type_of(&list);
    for_each(context, &name, (list, list_type), span, |context| {
        let holds = condition(context, test);
        let kept = context.field(&name, span);
        (build::case(vec![(holds, kept)], None, span), Type::Text)
    })
}

fn for_each<'a>(
    context: &mut Context<'a>,
    name: &ColumnName,
    (list, list_type): Typed,
    span: Span,
    body: impl FnOnce(&mut Context<'a>) -> Typed,
) -> Typed {
    if list_type == Type::Null {
        return (build::null(span), Type::Null);
    }
    let (element, (body, body_type)) = context.with_element(name.clone(), body);
    let body = match body_type {
        Type::Null => return (build::null(span), Type::Null),
        Type::TextList | Type::Text => body,
        other => convert(body, other, Type::Text),
    };
    let list = convert(list, list_type, Type::TextList);
    let kind = ExpressionKind::ForEach { list: Box::new(list), element, body: Box::new(body) };
    (Expression::new(kind, span), Type::TextList)
}

/// The one field that an expression names; none for none or several.
fn only_field(expression: &EvalExpression) -> Option<ColumnName> {
    let mut names = Vec::new();
    fields(expression, &mut names);
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

fn fields(expression: &EvalExpression, names: &mut Vec<ColumnName>) {
    match &expression.kind {
        EvalKind::Field { name, .. } => names.push(name.into()),
        EvalKind::Column(column) => names.push(column.clone()),
        EvalKind::Call { arguments, .. } => arguments.iter().for_each(|one| fields(one, names)),
        EvalKind::Not(inner) | EvalKind::Negative(inner) => fields(inner, names),
        EvalKind::Binary { left, right, .. } => [left, right].into_iter().for_each(|one| fields(one, names)),
        EvalKind::In { value, items } => {
            fields(value, names);
            items.iter().for_each(|item| fields(item, names));
        }
        EvalKind::Text(_) | EvalKind::Number(_) | EvalKind::Subsearch(_) | EvalKind::Error => {}
    }
}

fn no_field(context: &mut Context<'_>, function: &str, span: Span) -> Typed {
    let message = format!("`{function}` works on the values of one field, and this names none or several");
    context
        .report(Diagnostic::error(codes::BAD_ARGUMENT, message, span).with_help(
            "compute one field before: `| eval list=mvappend(a, b) | eval list=mvmap(list, ...)`",
        ));
    (build::null(span), Type::Null)
}
