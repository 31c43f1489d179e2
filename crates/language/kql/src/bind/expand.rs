//! Operators that take values apart: `mv-expand`, `mv-apply`, `parse`, `make-series`.

use super::{Binder, Table, join::word, operator::Place};
use crate::{
    codes,
    syntax::tree::{Expr, ExprKind, Item, MakeSeries, Operator, PatternPart},
    types::Kind,
};

impl Binder {
    pub(crate) fn mv_expand(&mut self, input: Table, operator: &Operator, items: &[Item]) -> Table {
        let mut table = input.clone();
        for item in items {
            let (name, kind) = self.expanded(item, &input);
            if !name.is_empty() {
                table.set(&name, kind);
            }
        }
        if let Some(name) = word(operator, "with_itemindex") {
            table.add(&name, Kind::Long);
        }
        table
    }

    fn expanded(&mut self, item: &Item, row: &Table) -> (String, Kind) {
        let found = self.scalar(&item.value, row);
        let kind = found.kind();
        if !matches!(kind, Kind::Dynamic | Kind::Unknown) {
            let message = format!("a dynamic is expected, found a {kind}");
            let inner = match &item.value.kind {
                ExprKind::Named(_, value) => value.span,
                _ => item.value.span,
            };
            self.error(codes::WRONG_TYPE, message, inner, "make it JSON with `parse_json()`");
        }
        (found.name.clone().unwrap_or_default(), item.to.unwrap_or(kind))
    }

    pub(crate) fn mv_apply(
        &mut self,
        input: Table,
        operator: &Operator,
        items: &[Item],
        body: &[Operator],
    ) -> Table {
        let inner = self.mv_expand(input.clone(), operator, items);
        let result = body.iter().fold(inner, |table, operator| self.operator(table, operator));
        let mut table = input;
        table.open |= result.open;
        result.columns.iter().for_each(|column| table.set(&column.name, column.kind));
        table
    }

    pub(crate) fn parse_pattern(&mut self, input: Table, text: &Expr, pattern: &[PatternPart]) -> Table {
        self.scalar(text, &input);
        let mut table = input;
        for part in pattern {
            if let PatternPart::Column(name, kind) = part {
                table.set(&name.text, kind.unwrap_or(Kind::String));
            }
        }
        table
    }

    pub(crate) fn make_series(&mut self, input: &Table, series: &MakeSeries) -> Table {
        let mut table = self.project(input, &series.by);
        let mut place = Place::new("Column");
        for (value, default) in &series.aggregates {
            let inner = match &value.kind {
                ExprKind::Named(_, inner) => inner,
                _ => value,
            };
            let mut found = self.aggregate(inner, input, input);
            found.kind = Some(Kind::Dynamic);
            found.fields.clear();
            self.put(&mut table, value, &found, &mut place);
            if let Some(default) = default {
                self.scalar(default, input);
            }
        }
        for part in series.range.iter().flatten() {
            self.scalar(part, input);
        }
        let on = self.scalar(&series.on, input);
        table.add(&on.name.clone().unwrap_or_default(), Kind::Dynamic);
        table
    }
}
