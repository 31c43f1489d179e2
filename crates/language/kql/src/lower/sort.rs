//! `sort`, `top`, `take`, and the order of rows.

use quarry_plan::{
    AggregateCall, Comparison, ComparisonRule, Expression, ExpressionKind, Frame, Operator as Planned,
    SortKey, Type, WindowCall,
};

use super::{Lowerer, operator::filtered, rows::Rows};
use crate::syntax::tree::{Expr, OrderItem};

impl Lowerer<'_> {
    /// The keys of an order, each a column.
    fn keys(&mut self, mut rows: Rows, items: &[OrderItem]) -> (Rows, Vec<SortKey>) {
        let mut keys = Vec::new();
        let mut made = Vec::new();
        for item in items {
            let value = self.value(&item.value, &rows);
            let ascending = item.ascending.unwrap_or(false);
            let nulls_first = item.nulls_first.unwrap_or(ascending);
            let span = item.value.span;
            let key = match value.expression.kind {
                ExpressionKind::Column(_) => value.expression,
                _ => {
                    let name = self.fresh("key");
                    made.push((name.clone(), value.expression));
                    Expression::column(name, span)
                }
            };
            keys.push(SortKey { value: key, descending: !ascending, nulls_first });
        }
        rows = self.with_windows(rows);
        for (name, value) in made {
            rows = rows.hide(name, value);
        }
        (rows, keys)
    }

    pub(super) fn sort(&mut self, rows: Rows, items: &[OrderItem]) -> Rows {
        let (rows, keys) = self.keys(rows, items);
        rows.with(|input| Planned::Sort { input, keys })
    }

    pub(super) fn top(&mut self, rows: Rows, count: &Expr, items: &[OrderItem]) -> Rows {
        let rows = self.sort(rows, items);
        self.take(rows, count)
    }

    pub(super) fn take(&mut self, rows: Rows, count: &Expr) -> Rows {
        let Some(count) = self.known_count(count) else { return rows };
        if rows.each.is_some() {
            return self.first_of_each(rows, count);
        }
        first_rows(rows, count)
    }

    /// The first rows of each row that they are computed for.
    fn first_of_each(&mut self, rows: Rows, count: usize) -> Rows {
        let Some(each) = rows.each.clone() else { return rows };
        let span = rows.node.span;
        let mut order = vec![SortKey::new(Expression::column(&each.present, span), true)];
        order.extend(rows.node.order());
        let rank = self.fresh("rank");
        let rows = ranked(rows, &rank, vec![Expression::column(&each.row, span)], order);
        let most =
            Expression::literal(quarry_plan::Value::Integer(i64::try_from(count).unwrap_or(i64::MAX)), span);
        let rank = Expression::column(rank, span);
        let first = Expression::compare(Comparison::LessOrEqual, ComparisonRule::Exact, rank, most, span);
        filtered(rows, first)
    }
}

/// The first rows.
pub(super) fn first_rows(rows: Rows, count: usize) -> Rows {
    let keys = rows.node.order();
    let is_sorted = keys.is_empty() || matches!(rows.node.operator, Planned::Sort { .. });
    let rows = if is_sorted { rows } else { rows.with(|input| Planned::Sort { input, keys }) };
    rows.with(|input| Planned::Limit { input, skip: 0, fetch: Some(count) })
}

/// The rows with their numbers, from 1, by an order inside of a partition.
pub(super) fn ranked(
    rows: Rows,
    name: &quarry_plan::ColumnName,
    partition: Vec<Expression>,
    order: Vec<SortKey>,
) -> Rows {
    let call = AggregateCall {
        function: "row_number".to_owned(),
        arguments: Vec::new(),
        filter: None,
        order,
        result: Type::Integer,
    };
    let call = WindowCall { call, partition, frame: Frame::SO_FAR };
    let name = name.clone();
    rows.with(|input| Planned::Window { input, calls: vec![(name, call)] })
}
