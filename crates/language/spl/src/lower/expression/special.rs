//! Functions that the waist expresses itself. Their rows stand in the registry.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Comparison, Expression, TextPattern, Type};

use super::super::search as search_language;
use super::super::{build, codes, context::Context, pattern};
use super::{Typed, compare, condition, constant_text, lower, note_source_type, operators, unify, value};
use crate::syntax::parse_at;
use crate::tree::{Arguments, EvalExpression, EvalKind, EvalOperator};

/// `true()`.
pub(crate) fn truth(_: &mut Context<'_>, _: &[EvalExpression], span: Span) -> Typed {
    (build::boolean(true, span), Type::Boolean)
}

/// `false()`.
pub(crate) fn falsehood(_: &mut Context<'_>, _: &[EvalExpression], span: Span) -> Typed {
    (build::boolean(false, span), Type::Boolean)
}

/// `null()`.
pub(crate) fn null(_: &mut Context<'_>, _: &[EvalExpression], span: Span) -> Typed {
    (build::null(span), Type::Null)
}

pub(crate) fn case(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    if !arguments.len().is_multiple_of(2) {
        let message = "`case` takes pairs of a condition and a value";
        let found = Diagnostic::error(codes::BAD_ARGUMENT, message, span)
            .with_help("write `true(), value` as the last pair for all other rows");
        context.report(found);
        return (build::null(span), Type::Null);
    }
    let mut conditions = Vec::new();
    let mut values = Vec::new();
    for pair in arguments.chunks_exact(2) {
        conditions.push(condition(context, &pair[0]));
        values.push(lower(context, &pair[1]));
    }
    arms(conditions, values, span)
}

/// A case of conditions and values; values beyond the conditions are for all other rows.
fn arms(conditions: Vec<Expression>, values: Vec<Typed>, span: Span) -> Typed {
    let (mut values, data_type) = unify(values);
    if data_type == Type::Null {
        return (build::null(span), Type::Null);
    }
    let otherwise = if values.len() > conditions.len() { values.pop() } else { None };
    let arms = conditions.into_iter().zip(values).collect();
    (build::case(arms, otherwise, span), data_type)
}

pub(crate) fn case_of_three(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let [when, then, otherwise] = arguments else { return (build::null(span), Type::Null) };
    let when = condition(context, when);
    let values = vec![lower(context, then), lower(context, otherwise)];
    arms(vec![when], values, span)
}

/// `validate(X, Y, ...)`: the value of the first condition that is false.
pub(crate) fn validate(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let mut conditions = Vec::new();
    let mut values = Vec::new();
    for pair in arguments.chunks_exact(2) {
        conditions.push(condition(context, &pair[0]).negate());
        values.push(lower(context, &pair[1]));
    }
    arms(conditions, values, span)
}

pub(crate) fn coalesce(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let values = arguments.iter().map(|argument| value(context, argument)).collect();
    let (mut values, data_type) = unify(values);
    if data_type == Type::Null {
        return (build::null(span), Type::Null);
    }
    let joined = if values.len() == 1 { values.remove(0) } else { build::coalesce(values, span) };
    (joined, data_type)
}

pub(crate) fn is_null(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let Some(argument) = arguments.first() else { return (build::null(span), Type::Null) };
    let (argument, _) = lower(context, argument);
    let mut tested = build::is_null(argument);
    tested.span = span;
    (tested, Type::Boolean)
}

pub(crate) fn is_not_null(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let (tested, data_type) = is_null(context, arguments, span);
    (tested.negate(), data_type)
}

pub(crate) fn like(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let [text, pattern] = arguments else { return (build::null(span), Type::Null) };
    operators::like(context, text, pattern, span)
}

pub(crate) fn matches(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let [text, regex] = arguments else { return (build::null(span), Type::Null) };
    let (text, text_type) = value(context, text);
    let (regex, _) = value(context, regex);
    pattern::check_constant(context, &regex);
    let matched = match constant_text(&regex) {
        Some(constant) if matches!(text_type, Type::Text | Type::TextList) => {
            build::matches(TextPattern::Regex(constant.to_owned()), false, text, span)
        }
        _ => build::call("match", vec![text, regex], Type::Boolean, span),
    };
    (matched, Type::Boolean)
}

pub(crate) fn in_call(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let Some((value, items)) = arguments.split_first() else { return (build::null(span), Type::Null) };
    is_in(context, value, items, span)
}

/// Whether a value equals one of several.
pub(super) fn is_in(
    context: &mut Context<'_>,
    wanted: &EvalExpression,
    items: &[EvalExpression],
    span: Span,
) -> Typed {
    let looked_for = value(context, wanted);
    let equals = items.iter().map(|item| {
        note_source_type(context, wanted, item);
        let item = value(context, item);
        compare::compare(Comparison::Equal, looked_for.clone(), item, span)
    });
    let equals = equals.collect();
    (build::any(equals, span), Type::Boolean)
}

pub(crate) fn null_if(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let [left, right] = arguments else { return (build::null(span), Type::Null) };
    let (left, right) = (value(context, left), value(context, right));
    if left.1 == Type::Null || right.1 == Type::Null {
        return left;
    }
    // An unknown comparison keeps the value, as equality is not proved.
    let same = compare::compare(Comparison::Equal, left.clone(), right, span);
    let same = build::coalesce(vec![same, build::boolean(false, span)], span);
    (build::case(vec![(same.negate(), left.0)], None, span), left.1)
}

/// `searchmatch("search")`: whether the row is one that the search finds.
pub(crate) fn search_match(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let Some(EvalExpression { kind: EvalKind::Text(text), span: place }) = arguments.first() else {
        let message = "`searchmatch` takes a search in quotes";
        context.report(
            Diagnostic::error(codes::BAD_ARGUMENT, message, span)
                .with_help("write `searchmatch(\"name=value\")`"),
        );
        return (build::null(span), Type::Null);
    };
    let (pipeline, found) = parse_at(text, *place);
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
    let holds = match pipeline.commands.as_slice() {
        [] => None,
        [command] => match &command.arguments {
            Arguments::Search(search) => {
                search.as_ref().and_then(|search| search_language::lower(context, search))
            }
            _ => return not_a_search(context, *place),
        },
        _ => return not_a_search(context, *place),
    };
    // A comparison with a field that is missing is no match.
    let holds = holds.unwrap_or_else(|| build::boolean(true, span));
    (build::coalesce(vec![holds, build::boolean(false, span)], span), Type::Boolean)
}

fn not_a_search(context: &mut Context<'_>, span: Span) -> Typed {
    let message = "`searchmatch` takes the conditions of one search, without other commands";
    context.report(
        Diagnostic::error(codes::BAD_ARGUMENT, message, span)
            .with_help("write the conditions alone: `searchmatch(\"name=value other=*\")`"),
    );
    (build::null(span), Type::Null)
}

/// `sigfig(a * b)`: the operands go along, since their figures as written decide.
pub(crate) fn significant_figures(
    context: &mut Context<'_>,
    arguments: &[EvalExpression],
    span: Span,
) -> Typed {
    let Some(argument) = arguments.first() else { return (build::null(span), Type::Null) };
    let mut values = vec![value(context, argument).0];
    if let EvalKind::Binary { operator, left, right } = &argument.kind {
        let sign = match operator {
            EvalOperator::Multiply => "*",
            EvalOperator::Divide => "/",
            EvalOperator::Add => "+",
            EvalOperator::Subtract => "-",
            _ => "",
        };
        values.push(Expression::text(sign, span));
        for operand in [left, right] {
            values.push(match &operand.kind {
                EvalKind::Number(written) => Expression::text(written, operand.span),
                _ => value(context, operand).0,
            });
        }
    }
    (build::call("significant_figures", values, Type::Double, span), Type::Double)
}
