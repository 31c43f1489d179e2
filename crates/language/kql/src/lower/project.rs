//! `extend`, `project` and its kin, `print`, `distinct`.

use quarry_diagnostic::Span;
use quarry_plan::{Aggregate, Expression, Node, Operator as Planned};

use super::{
    Lowerer,
    convert::Value,
    rows::{Column, Rows},
};
use crate::{
    bind::{
        Table,
        operator::{Place, fits, matches_name, reordered},
    },
    syntax::tree::{Expr, ExprKind, Operator, OrderItem},
};

/// A column and its value.
pub(super) type Assigned = Vec<(String, Value)>;

impl Lowerer<'_> {
    /// The values of a list, with the names of their columns; the columns are added to the table.
    pub(super) fn assigned(
        &mut self,
        values: &[Expr],
        rows: &Rows,
        table: &mut Table,
        mut place: Place,
    ) -> Assigned {
        let input = rows.table();
        let is_print = place.is_print();
        let mut all: Assigned = Vec::new();
        for value in values {
            self.binder.scope = self.names.bound.clone();
            let mut found = self.binder.unnamed(value, &input);
            if is_print {
                found.name = None;
            }
            let names = self.binder.put(table, value, &found, &mut place);
            let inner = match &value.kind {
                ExprKind::Named(_, inner) => inner,
                _ => value,
            };
            if found.fields.len() <= 1 || (found.falls_away && names.len() == 1) {
                let lowered = self.value(inner, rows);
                all.extend(names.into_iter().flatten().map(|name| (name, lowered.clone())));
            } else {
                self.refuse(
                    "functions of several results",
                    value.span,
                    "call the one that gives a single one",
                );
            }
        }
        for (name, value) in &mut all {
            if let Some(kind) = table.find(name)
                && kind != value.kind
            {
                *value = self.convert(value.clone(), kind);
            }
        }
        all
    }

    pub(super) fn extend(&mut self, rows: Rows, values: &[Expr]) -> Rows {
        let mut table = rows.table();
        let assigned = self.assigned(values, &rows, &mut table, Place::replacing());
        let rows = self.with_windows(rows);
        extended(rows, assigned)
    }

    pub(super) fn project(&mut self, rows: Rows, values: &[Expr]) -> Rows {
        let mut table = Table::default();
        let assigned = self.assigned(values, &rows, &mut table, Place::new("Column"));
        let rows = self.with_windows(rows);
        projected(rows, &table, assigned)
    }

    pub(super) fn print(&mut self, values: &[Expr], span: Span) -> Rows {
        let rows = Rows::one_row(span);
        let mut table = Table::default();
        let assigned = self.assigned(values, &rows, &mut table, Place::new("print_"));
        projected(rows, &table, assigned)
    }

    /// `project` and what is called after it.
    pub(super) fn projects(&mut self, rows: Rows, operator: &Operator, items: &[OrderItem]) -> Rows {
        let named = |name: &str| items.iter().any(|item| matches_name(&item.value, name));
        match operator.name.text.as_str() {
            "project" => {
                let values: Vec<Expr> = items.iter().map(|item| item.value.clone()).collect();
                self.project(rows, &values)
            }
            "project-rename" => renamed(rows, items),
            word @ ("project-away" | "project-keep") => {
                let keeps = word == "project-keep";
                let wanted = rows.columns.iter().filter(|column| named(&column.name) == keeps);
                let wanted: Vec<String> = wanted.map(|column| column.name.clone()).collect();
                chosen(rows, &wanted)
            }
            _ => {
                let table = reordered(&rows.table(), items);
                let wanted: Vec<String> = table.columns.into_iter().map(|column| column.name).collect();
                chosen(rows, &wanted)
            }
        }
    }

    pub(super) fn distinct(&mut self, rows: Rows, values: &[Expr], span: Span) -> Rows {
        let rows = match values {
            [Expr { kind: ExprKind::Wildcard(pattern), .. }] => {
                let wanted = rows.columns.iter().filter(|column| fits(pattern, &column.name));
                let wanted: Vec<String> = wanted.map(|column| column.name.clone()).collect();
                chosen(rows, &wanted)
            }
            _ => self.project(rows, values),
        };
        self.without_repeats(rows, span)
    }

    /// Each row once.
    pub(super) fn without_repeats(&mut self, rows: Rows, span: Span) -> Rows {
        let mut groups: Vec<_> = rows
            .columns
            .iter()
            .map(|column| (column.column.clone(), column.value(span).expression))
            .collect();
        if let Some(each) = &rows.each {
            for name in [&each.row, &each.present] {
                groups.push((name.clone(), Expression::column(name, span)));
            }
        }
        let columns =
            rows.columns.iter().map(|column| Column { may_be_null: false, ..column.clone() }).collect();
        let hidden = rows.each.iter().flat_map(|each| [each.row.clone(), each.present.clone()]).collect();
        let aggregate = Aggregate { input: Box::new(rows.node), groups, aggregates: Vec::new() };
        Rows { node: Node::new(Planned::Aggregate(aggregate), span), columns, hidden, each: rows.each }
    }
}

/// The rows with columns added or replaced.
pub(super) fn extended(rows: Rows, assigned: Assigned) -> Rows {
    if assigned.is_empty() {
        return rows;
    }
    let columns: Vec<_> = assigned
        .iter()
        .map(|(name, value)| (Column::new(name, value.kind, false), value.expression.clone()))
        .collect();
    let mut rows = rows;
    // A column that stands under another name in the plan is put under its own first.
    for (column, _) in &columns {
        match rows.columns.iter_mut().find(|have| have.name == column.name) {
            Some(have) => *have = column.clone(),
            None => rows.columns.push(column.clone()),
        }
    }
    let mut latest: Vec<(quarry_plan::ColumnName, Expression)> = Vec::new();
    for (column, value) in columns {
        latest.retain(|(name, _)| *name != column.column);
        latest.push((column.column, value));
    }
    rows.with(|input| Planned::Extend { input, columns: latest })
}

/// The rows with the columns of a table, the latest value for each.
pub(super) fn projected(rows: Rows, table: &Table, assigned: Assigned) -> Rows {
    let span = rows.node.span;
    let columns = table.columns.iter().map(|column| {
        let value = assigned.iter().rev().find(|(name, _)| *name == column.name);
        let value =
            value.map_or_else(|| super::rows::null(column.kind, span), |(_, value)| value.expression.clone());
        (Column::new(&column.name, column.kind, false), value)
    });
    let columns = columns.collect();
    rows.project(columns)
}

/// Columns by name, in the order given.
pub(super) fn chosen(rows: Rows, wanted: &[String]) -> Rows {
    let span = rows.node.span;
    let columns = wanted.iter().filter_map(|name| {
        let column = rows.find(name)?;
        Some((column.clone(), Expression::column(&column.column, span)))
    });
    let columns = columns.collect();
    rows.project(columns)
}

fn renamed(rows: Rows, items: &[OrderItem]) -> Rows {
    let span = rows.node.span;
    let mut names: Vec<String> = rows.columns.iter().map(|column| column.name.clone()).collect();
    for item in items {
        let ExprKind::Named(new, old) = &item.value.kind else { continue };
        if let (ExprKind::Name(old), Some(new)) = (&old.kind, new.first())
            && let Some(name) = names.iter_mut().find(|name| *name == old)
        {
            name.clone_from(&new.text);
        }
    }
    let columns = rows.columns.iter().zip(&names).map(|(column, name)| {
        let renamed = Column::new(name, column.kind, column.may_be_null);
        (renamed, Expression::column(&column.column, span))
    });
    let columns = columns.collect();
    rows.project(columns)
}
