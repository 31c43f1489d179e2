//! `summarize`: groups, and values over each.

use quarry_diagnostic::Span;
use quarry_plan::{AggregateCall, ColumnName, Expression};

use super::{
    Lowerer,
    convert::Value,
    names::Binding,
    project::projected,
    rows::{Column, Rows},
};
use crate::{
    bind::{
        Table,
        aggregate::{holds_aggregate, is_aggregate},
        operator::Place,
    },
    syntax::tree::{Binary, Call, Expr, ExprKind},
    types::Kind,
};

/// The calls of a summarize by the columns of their results.
pub(super) type Calls = Vec<(ColumnName, AggregateCall)>;

/// What names stand for that are put in the place of aggregates.
type StandIns = Vec<(String, Value)>;

impl Lowerer<'_> {
    pub(super) fn summarize(&mut self, rows: Rows, aggregates: &[Expr], by: &[Expr], span: Span) -> Rows {
        let input = rows.table();
        let (mut table, mut place) = (Table::default(), Place::new("Column"));
        let mut star = input.clone();
        let mut groups: Vec<(String, Value)> = Vec::new();
        for value in by {
            self.binder.scope = self.names.bound.clone();
            let found = self.binder.unnamed(value, &input);
            if let ExprKind::Name(name) = &value.kind {
                star.columns.retain(|column| column.name != *name);
            }
            let names = self.binder.put(&mut table, value, &found, &mut place);
            let lowered = self.value(unnamed(value), &rows);
            groups.extend(names.into_iter().flatten().map(|name| (name, lowered.clone())));
        }
        let mut results = Vec::new();
        let mut calls = Calls::new();
        for value in aggregates {
            let inner = unnamed(value);
            self.binder.scope = self.names.bound.clone();
            let found = self.binder.aggregate(inner, &input, &star);
            let names = self.binder.put(&mut table, value, &found, &mut place);
            let values = self.aggregated(inner, &rows, &star, &mut calls);
            let named = names.into_iter().zip(values).filter_map(|(name, value)| Some((name?, value)));
            results.extend(named);
        }
        let rows = self.with_windows(rows);
        self.grouped(rows, &table, groups, calls, results, span)
    }

    /// Rows of groups with the values computed of their aggregates.
    fn grouped(
        &mut self,
        rows: Rows,
        table: &Table,
        groups: Vec<(String, Value)>,
        calls: Calls,
        results: Vec<(String, Value)>,
        span: Span,
    ) -> Rows {
        let mut keys = Vec::new();
        let mut columns = Vec::new();
        let mut assigned = Vec::new();
        for (name, value) in groups {
            let key = self.fresh("by");
            assigned.push((name, Value::new(Expression::column(&key, span), value.kind)));
            columns.push(Column { column: key.clone(), ..Column::new("", value.kind, false) });
            keys.push((key, value.expression));
        }
        assigned.extend(results);
        for (name, value) in &mut assigned {
            if let Some(kind) = table.find(name)
                && kind != value.kind
            {
                *value = self.convert(value.clone(), kind);
            }
        }
        let rows = self.aggregated_rows(rows, keys, calls, columns, span);
        projected(rows, table, assigned)
    }

    /// The values of an expression over a group; its aggregates are added to the calls.
    pub(super) fn aggregated(
        &mut self,
        value: &Expr,
        rows: &Rows,
        star: &Table,
        calls: &mut Calls,
    ) -> Vec<Value> {
        if let ExprKind::Call(call) = &value.kind
            && is_aggregate(call)
        {
            return self.aggregate_call(call, rows, star, calls, value.span);
        }
        let mut stand_ins = StandIns::new();
        let stands = self.stand_in(value, rows, star, calls, &mut stand_ins);
        let outside = self.names.clone();
        for (name, value) in stand_ins {
            let bound = self.names.bound.clone();
            self.names.add(&name, Binding::Value(value), bound);
        }
        let group = Rows { columns: Vec::new(), ..rows.clone() };
        let found = self.value(&stands, &group);
        self.names = outside;
        vec![found]
    }

    /// The expression with a name in the place of each aggregate.
    fn stand_in(
        &mut self,
        value: &Expr,
        rows: &Rows,
        star: &Table,
        calls: &mut Calls,
        stand_ins: &mut StandIns,
    ) -> Expr {
        if !holds_aggregate(value) {
            return value.clone();
        }
        let kind = match &value.kind {
            ExprKind::Call(call) if is_aggregate(call) => {
                let found = self.aggregate_call(call, rows, star, calls, value.span);
                let found = found.into_iter().next();
                let found = found.unwrap_or_else(|| Value::null(Kind::Dynamic, value.span));
                let name = format!("$aggregate{}", stand_ins.len());
                stand_ins.push((name.clone(), found));
                ExprKind::Name(name)
            }
            ExprKind::Call(call) => {
                let arguments = call.arguments.iter();
                let arguments =
                    arguments.map(|value| self.stand_in(value, rows, star, calls, stand_ins)).collect();
                ExprKind::Call(Call { name: call.name.clone(), arguments })
            }
            ExprKind::Binary(found) => {
                let left = self.stand_in(&found.left, rows, star, calls, stand_ins);
                let right = self.stand_in(&found.right, rows, star, calls, stand_ins);
                ExprKind::Binary(Box::new(Binary { left, right, ..(**found).clone() }))
            }
            ExprKind::Unary(sign, of) => {
                ExprKind::Unary(*sign, Box::new(self.stand_in(of, rows, star, calls, stand_ins)))
            }
            ExprKind::Member(of, name) => {
                ExprKind::Member(Box::new(self.stand_in(of, rows, star, calls, stand_ins)), name.clone())
            }
            ExprKind::Index(of, index) => {
                let of = Box::new(self.stand_in(of, rows, star, calls, stand_ins));
                ExprKind::Index(of, index.clone())
            }
            other => other.clone(),
        };
        Expr { kind, span: value.span }
    }
}

/// The value without the name that it is given.
pub(super) fn unnamed(value: &Expr) -> &Expr {
    match &value.kind {
        ExprKind::Named(_, inner) => inner,
        _ => value,
    }
}
