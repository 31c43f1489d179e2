//! Functions that the waist expresses itself, one row each.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{Comparison, Expression, TextPattern, Type};

use super::super::search as search_language;
use super::super::{build, codes, context::Context, pattern};
use super::{
    Typed, compare, condition, constant_text, lookup_call, lower, note_source_type, operators, per_value,
    unify, value,
};
use crate::syntax::parse_at;
use crate::tree::{Arguments, EvalExpression, EvalKind, EvalOperator};

/// One function.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) lower: fn(&mut Context<'_>, &[EvalExpression], Span) -> Typed,
}

const MANY: usize = usize::MAX;

/// The functions.
pub(super) const SPECIAL: &[Row] = &[
    Row { name: "case", least: 2, most: MANY, lower: case },
    Row { name: "coalesce", least: 1, most: MANY, lower: coalesce },
    Row {
        name: "false",
        least: 0,
        most: 0,
        lower: |_, _, span| (build::boolean(false, span), Type::Boolean),
    },
    Row { name: "if", least: 3, most: 3, lower: case_of_three },
    Row { name: "in", least: 2, most: MANY, lower: in_call },
    Row { name: "isnotnull", least: 1, most: 1, lower: is_not_null },
    Row { name: "isnull", least: 1, most: 1, lower: is_null },
    Row { name: "like", least: 2, most: 2, lower: like },
    Row { name: "lookup", least: 3, most: 3, lower: lookup_call::lower },
    Row { name: "match", least: 2, most: 2, lower: matches },
    Row { name: "mvfilter", least: 1, most: 1, lower: per_value::filter },
    Row { name: "mvmap", least: 2, most: 3, lower: per_value::map },
    Row { name: "null", least: 0, most: 0, lower: |_, _, span| (build::null(span), Type::Null) },
    Row { name: "nullif", least: 2, most: 2, lower: null_if },
    Row { name: "searchmatch", least: 1, most: 1, lower: search_match },
    Row { name: "sigfig", least: 1, most: 1, lower: significant_figures },
    Row { name: "true", least: 0, most: 0, lower: |_, _, span| (build::boolean(true, span), Type::Boolean) },
    Row { name: "validate", least: 2, most: MANY, lower: validate },
];

pub(super) fn find(name: &str) -> Option<&'static Row> {
    SPECIAL.iter().find(|row| row.name == name)
}

fn case(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
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

fn case_of_three(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let [when, then, otherwise] = arguments else { return (build::null(span), Type::Null) };
    let when = condition(context, when);
    let values = vec![lower(context, then), lower(context, otherwise)];
    arms(vec![when], values, span)
}

/// `validate(X, Y, ...)`: the value of the first condition that is false.
fn validate(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let mut conditions = Vec::new();
    let mut values = Vec::new();
    for pair in arguments.chunks_exact(2) {
        conditions.push(condition(context, &pair[0]).negate());
        values.push(lower(context, &pair[1]));
    }
    arms(conditions, values, span)
}

fn coalesce(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let values = arguments.iter().map(|argument| value(context, argument)).collect();
    let (mut values, data_type) = unify(values);
    if data_type == Type::Null {
        return (build::null(span), Type::Null);
    }
    let joined = if values.len() == 1 { values.remove(0) } else { build::coalesce(values, span) };
    (joined, data_type)
}

fn is_null(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let Some(argument) = arguments.first() else { return (build::null(span), Type::Null) };
    let (argument, _) = lower(context, argument);
    let mut tested = build::is_null(argument);
    tested.span = span;
    (tested, Type::Boolean)
}

fn is_not_null(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let (tested, data_type) = is_null(context, arguments, span);
    (tested.negate(), data_type)
}

fn like(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let [text, pattern] = arguments else { return (build::null(span), Type::Null) };
    operators::like(context, text, pattern, span)
}

fn matches(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
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

fn in_call(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
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

fn null_if(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
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
fn search_match(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
    let Some(EvalExpression { kind: EvalKind::Text(text), span: place }) = arguments.first() else {
        let message = "`searchmatch` takes a search in quotes";
        context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, span));
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
    context.report(Diagnostic::error(codes::BAD_ARGUMENT, message, span));
    (build::null(span), Type::Null)
}

/// `sigfig(a * b)`: the operands go along, since their figures as written decide.
fn significant_figures(context: &mut Context<'_>, arguments: &[EvalExpression], span: Span) -> Typed {
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
    (build::call("sigfig", values, Type::Double, span), Type::Double)
}
