//! A subsearch as a condition: a row stays if it agrees with some row of the subsearch in all the
//! fields that one has.

use quarry_plan::{Comparison, Expression, JoinKind, Node, Operator, Type};

use super::super::build;
use super::super::context::{Context, convert, is_internal};
use super::super::rows::{plain, subsearch};
use super::modifier;
use crate::tree::{Pipeline, Quote, SearchExpression, SearchOperator, SearchValue, Word};

/// The pipeline of a condition that is a subsearch, and whether agreeing rows stay (or go, under NOT).
pub(super) fn as_filter(condition: &SearchExpression) -> Option<(&Pipeline, bool)> {
    match condition {
        SearchExpression::Subsearch(pipeline, _) => Some((pipeline, true)),
        SearchExpression::Not(inner, _) => as_filter(inner).map(|(pipeline, kept)| (pipeline, !kept)),
        _ => None,
    }
}

/// A subsearch as a condition anywhere in a search: any of its rows, all fields of it. Its rows must be
/// known; none until they are.
pub(super) fn condition(context: &mut Context<'_>, pipeline: &Pipeline) -> Option<Expression> {
    let rows = rows(context, pipeline)?;
    let (bare, rows) = rows;
    let span = pipeline.span;
    let mut alternatives = Vec::new();
    for row in &rows.rows {
        let mut all = Vec::new();
        for ((name, _), value) in rows.columns.iter().zip(row) {
            let (Some(name), Some(text)) = (name.user(), plain::plain(value)) else { continue };
            if bare || is_search_text(name) {
                all.extend(super::term_of(context, &text, span));
            } else if modifier::is_modifier(name) {
                let word = |text: &str| Word { text: text.to_owned(), quote: Quote::Double, span };
                let value = SearchValue { word: word(&text), directive: None };
                let equal = SearchOperator::Equal;
                all.extend(super::comparison(context, &word(name), equal, &value, false, span));
            } else {
                all.push(super::leaf::comparison(
                    context,
                    (name, span),
                    Comparison::Equal,
                    &text,
                    false,
                    span,
                ));
            }
        }
        alternatives.push(build::all(all, span));
    }
    Some(build::any(alternatives, span))
}

/// Whether the values of a field go into the search as they are.
fn is_search_text(name: &str) -> bool {
    ["search", "query"].contains(&name)
}

/// The one value of a subsearch; none until it is known, or if there is none.
pub(crate) fn value(context: &mut Context<'_>, pipeline: &Pipeline) -> Option<String> {
    let (_, rows) = rows(context, pipeline)?;
    rows.rows.first()?.iter().find_map(plain::plain)
}

/// The rows of a subsearch and whether they stand for bare values.
fn rows(context: &mut Context<'_>, pipeline: &Pipeline) -> Option<(bool, quarry_plan::Rows)> {
    let mut inner = subsearch::lower(context, pipeline)?;
    let mut columns = inner.visible();
    columns.retain(|column| !column.empty && !is_internal(&column.name));
    let rows = inner.settle(&columns);
    for diagnostic in std::mem::take(&mut inner.diagnostics) {
        context.report(diagnostic);
    }
    Some((inner.bare_values, rows?))
}

/// Keeps the rows that agree with the subsearch, or the others. As in any search case is ignored.
pub(super) fn keep(context: &mut Context<'_>, pipeline: &Pipeline, kept: bool) {
    let Some(inner) = subsearch::lower(context, pipeline) else { return };
    let span = pipeline.span;
    let is_written = |name: &str| is_search_text(name) || modifier::is_modifier(name);
    if inner.bare_values || inner.visible().iter().any(|column| column.name.user().is_some_and(is_written)) {
        if let Some(found) = condition(context, pipeline) {
            let found = build::coalesce(vec![found, build::boolean(false, span)], span);
            context.filter(if kept { found } else { found.negate() });
        }
        return;
    }
    let rows = subsearch::finish(context, inner);
    let folded = |value: Expression, have: Type| {
        build::call("lower", vec![convert(value, have, Type::Text)], Type::Text, span)
    };
    let mut renamed = Vec::new();
    let mut on = Vec::new();
    for column in rows.columns.iter().filter(|column| !column.empty && !is_internal(&column.name)) {
        let left = context.field(&column.name, span);
        let left_type = context.type_of(&left);
        let name = context.fresh_name("wanted");
        on.push((folded(left, left_type), folded(Expression::column(&name, span), column.data_type)));
        renamed.push((name, Expression::column(&column.name, span)));
    }
    if on.is_empty() {
        // A subsearch without fields gives no condition.
        return;
    }
    let right = Node::new(Operator::Project { input: Box::new(rows.plan), columns: renamed }, span);
    context.join(right, if kept { JoinKind::Semi } else { JoinKind::Anti }, on);
}
