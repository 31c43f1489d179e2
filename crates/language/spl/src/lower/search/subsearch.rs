//! A subsearch as a condition: a row stays if it agrees with some row of the subsearch in all the
//! fields that one has.

use quarry_plan::{Expression, JoinKind, Node, Operator, Type};

use super::super::build;
use super::super::commands::subsearch;
use super::super::context::{Context, convert};
use crate::tree::{Pipeline, SearchExpression};

/// The pipeline of a condition that is a subsearch, and whether agreeing rows stay (or go, under NOT).
pub(super) fn as_filter(condition: &SearchExpression) -> Option<(&Pipeline, bool)> {
    match condition {
        SearchExpression::Subsearch(pipeline, _) => Some((pipeline, true)),
        SearchExpression::Not(inner, _) => as_filter(inner).map(|(pipeline, kept)| (pipeline, !kept)),
        _ => None,
    }
}

/// Keeps the rows that agree with the subsearch, or the others. As in any search case is ignored.
pub(super) fn keep(context: &mut Context<'_>, pipeline: &Pipeline, kept: bool) {
    let Some(inner) = subsearch::lower(context, pipeline) else { return };
    let rows = subsearch::finish(context, inner);
    let span = pipeline.span;
    let folded = |value: Expression, have: Type| {
        build::call("lower", vec![convert(value, have, Type::Text)], Type::Text, span)
    };
    let mut renamed = Vec::new();
    let mut on = Vec::new();
    for column in rows.columns.iter().filter(|column| !column.empty && !column.name.starts_with('_')) {
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
