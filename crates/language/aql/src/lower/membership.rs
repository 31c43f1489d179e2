//! `x IN (SELECT y ...)`: a join with the distinct values of the sub-select.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{
    Aggregate, AggregateCall, ColumnName, Expression as Planned, ExpressionKind as Kind, JoinKind, Node,
    Operator, Type,
};

use super::{
    query::{self, Place},
    select::Select,
    value::{Typed, common},
};
use crate::{
    codes,
    syntax::{Expression, Statement},
};

/// A pending join: rows whose key the sub-select has carry a mark.
pub(super) struct Membership {
    key: Planned,
    right: Node,
    right_key: ColumnName,
    mark: ColumnName,
    span: Span,
}

impl Membership {
    /// What is looked for.
    pub(super) fn key(&self) -> &Planned {
        &self.key
    }
}

/// Lowers the condition and registers its join.
pub(super) fn lower(
    select: &mut Select<'_, '_, '_>,
    value: &Expression,
    statement: &Statement,
    negated: bool,
    span: Span,
) -> Typed {
    let value = select.expression(value);
    let value = select.readable(value);
    let nothing = Typed::null(Type::Boolean, span);
    if !select.joins_allowed {
        let message = "a sub-select cannot stand in HAVING or ORDER BY";
        select.context.report(
            Diagnostic::error(codes::UNEXPECTED, message, span)
                .with_help("write the condition in WHERE, or read a sub-select in FROM"),
        );
        return nothing;
    }
    let Some(query) = query::lower(select.context, statement, Place::In) else { return nothing };
    let [column] = query.columns.as_slice() else {
        let message = format!("the sub-select of IN gives {} columns, not one", query.columns.len());
        select.context.report(
            Diagnostic::error(codes::SUBQUERY_COLUMNS, message, statement.span)
                .with_help("select the one column to compare with"),
        );
        return nothing;
    };
    let data_type = match common(value.data_type, column.data_type) {
        Type::Null => Type::Text,
        other => other,
    };
    let right_key = select.context.fresh("in");
    let mark = select.context.fresh("in");
    let member = Typed::new(Planned::column(column.column.clone(), span), column.data_type).cast(data_type);
    let right = distinct(query.node, &right_key, member, &mark, span);
    let key = value.cast(data_type);
    let absent = Planned::new(Kind::IsNull(Box::new(Planned::column(mark.clone(), span))), span);
    let found = if negated {
        let known = Planned::new(Kind::IsNull(Box::new(key.clone())), span).negate();
        Planned::new(Kind::And(vec![absent, known]), span)
    } else {
        absent.negate()
    };
    select.memberships.push(Membership { key, right, right_key, mark, span });
    Typed::new(found, Type::Boolean)
}

/// The distinct values of a sub-select, with a mark that is never null.
fn distinct(input: Node, key: &ColumnName, value: Planned, mark: &ColumnName, span: Span) -> Node {
    let projected = Operator::Project { input: Box::new(input), columns: vec![(key.into(), value)] };
    let count = AggregateCall {
        function: "count".to_owned(),
        arguments: Vec::new(),
        filter: None,
        order: Vec::new(),
        result: Type::Integer,
    };
    let aggregate = Aggregate {
        input: Box::new(Node::new(projected, span)),
        groups: vec![(key.into(), Planned::column(key, span))],
        aggregates: vec![(mark.into(), count)],
    };
    Node::new(Operator::Aggregate(aggregate), span)
}

/// Filters and joins: conditions without a mark first, so that the reader sees them.
pub(super) fn apply(input: Node, memberships: Vec<Membership>, predicate: Option<Planned>) -> Node {
    let conditions = predicate.map(conjuncts).unwrap_or_default();
    let is_marked = |condition: &Planned| memberships.iter().any(|join| uses(condition, &join.mark));
    let (late, early): (Vec<Planned>, Vec<Planned>) = conditions.into_iter().partition(is_marked);
    let mut late = late;
    let mut node = filter(input, early);
    for join in memberships {
        let plain = |condition: &Planned| is_mark(condition, &join.mark);
        let others = late.iter().filter(|condition| uses(condition, &join.mark) && !plain(condition)).count();
        let semi = others == 0 && late.iter().any(plain);
        if semi {
            late.retain(|condition| !is_mark(condition, &join.mark));
        }
        let operator = Operator::Join {
            left: Box::new(node),
            right: Box::new(join.right),
            kind: if semi { JoinKind::Semi } else { JoinKind::Left },
            on: vec![(join.key, Planned::column(join.right_key, join.span))],
            residual: None,
            nulls_match: false,
        };
        node = Node::new(operator, join.span);
    }
    filter(node, late)
}

fn conjuncts(predicate: Planned) -> Vec<Planned> {
    match predicate.kind {
        Kind::And(items) => items.into_iter().flat_map(conjuncts).collect(),
        _ => vec![predicate],
    }
}

fn filter(input: Node, mut conditions: Vec<Planned>) -> Node {
    let Some(first) = conditions.first() else { return input };
    let span = conditions.iter().fold(first.span, |span, condition| span.join(condition.span));
    let predicate =
        if conditions.len() == 1 { conditions.remove(0) } else { Planned::new(Kind::And(conditions), span) };
    Node::new(Operator::Filter { input: Box::new(input), predicate }, span)
}

fn uses(condition: &Planned, column: &ColumnName) -> bool {
    let mut found = false;
    condition.visit_columns(&mut |name| found |= name == column);
    found
}

/// Whether the condition is "the mark is set" and nothing else.
fn is_mark(condition: &Planned, mark: &ColumnName) -> bool {
    let Kind::Not(inner) = &condition.kind else { return false };
    let Kind::IsNull(value) = &inner.kind else { return false };
    matches!(&value.kind, Kind::Column(name) if name == mark)
}
