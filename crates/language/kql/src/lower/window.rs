//! Values over several rows: `prev`, `next`, `row_number` and their kin.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{
    AggregateCall, ColumnName, Expression, ExpressionKind, Frame, Operator as Planned, SortKey, Type,
    WindowCall,
};

use super::{Lowerer, convert::Value, rows::Rows};
use crate::{codes, syntax::tree::Call, types::Kind};

/// A column that is computed over several rows.
pub(super) type Window = (ColumnName, WindowCall);

const NAMES: &[&str] = &["prev", "next", "row_number", "row_cumsum", "row_rank_dense", "row_rank_min"];

impl Lowerer<'_> {
    /// The rows with all values that were asked for over several rows.
    pub(super) fn with_windows(&mut self, rows: Rows) -> Rows {
        let calls = std::mem::take(&mut self.windows);
        if calls.is_empty() {
            return rows;
        }
        rows.with(|input| Planned::Window { input, calls })
    }

    /// The value of a function over several rows.
    pub(super) fn window_call(&mut self, call: &Call, row: &Rows, span: Span) -> Option<Value> {
        let name = call.name.text.as_str();
        if !NAMES.contains(&name) {
            return None;
        }
        let order = row.node.order();
        if order.is_empty() || row.each.is_some() {
            let message = format!("`{name}` needs rows in an order");
            let found = Diagnostic::error(codes::FORM_NOT_RUN, message, span);
            self.report(found.with_help("sort the rows before it, such as with `sort by TimeGenerated asc`"));
            return Some(Value::null(Kind::Long, span));
        }
        Some(match name {
            "prev" | "next" => self.neighbour(call, row, order, name == "next", span),
            "row_number" => self.row_number(call, row, order, span),
            "row_cumsum" if call.arguments.len() == 1 => self.running_sum(call, row, order, span),
            _ => {
                self.refuse(&format!("`{name}` in this form"), span, "say it by other functions");
                Value::null(Kind::Long, span)
            }
        })
    }

    fn window(
        &mut self,
        function: &str,
        arguments: Vec<Expression>,
        order: Vec<SortKey>,
        frame: Frame,
        result: Type,
        span: Span,
    ) -> Expression {
        let name = self.fresh(function);
        let call = AggregateCall { function: function.to_owned(), arguments, filter: None, order, result };
        self.windows.push((name.clone(), WindowCall { call, partition: Vec::new(), frame }));
        Expression::column(name, span)
    }

    fn row_number(&mut self, call: &Call, row: &Rows, order: Vec<SortKey>, span: Span) -> Value {
        if call.arguments.len() > 1 {
            self.refuse(
                "`row_number` that begins anew",
                span,
                "number the rows of each part with `partition`",
            );
        }
        let number = self.window("row_number", Vec::new(), order, Frame::SO_FAR, Type::Integer, span);
        let Some(start) = call.arguments.first() else { return Value::new(number, Kind::Long) };
        let start = self.value(start, row);
        let one = Value::new(Expression::literal(quarry_plan::Value::Integer(1), span), Kind::Long);
        let start = self.difference(start, one, span);
        self.sum(Value::new(number, Kind::Long), start, span)
    }

    fn running_sum(&mut self, call: &Call, row: &Rows, order: Vec<SortKey>, span: Span) -> Value {
        let Some(of) = call.arguments.first() else { return Value::null(Kind::Long, span) };
        let of = self.value(of, row);
        let kind = if of.kind == Kind::Int { Kind::Long } else { of.kind };
        if !matches!(kind, Kind::Long | Kind::Real) {
            self.refuse(&format!("`row_cumsum` of a {kind}"), span, "convert it to a number");
        }
        let sum = self.window("sum", vec![of.expression], order, Frame::SO_FAR, kind.carrier(), span);
        Value::new(sum, kind)
    }

    /// The value some rows before or behind.
    fn neighbour(
        &mut self,
        call: &Call,
        row: &Rows,
        mut order: Vec<SortKey>,
        behind: bool,
        span: Span,
    ) -> Value {
        let Some(of) = call.arguments.first() else { return Value::null(Kind::Dynamic, span) };
        let of = self.value(of, row);
        let distance = match call.arguments.get(1) {
            Some(distance) => self.known_count(distance).unwrap_or(1),
            None => 1,
        };
        if behind {
            for key in &mut order {
                key.descending = !key.descending;
                key.nulls_first = !key.nulls_first;
            }
        }
        let frame = Frame::Rows { from: Some(distance), to: distance };
        let kind = of.kind;
        let found = self.window("first", vec![of.expression], order.clone(), frame, kind.carrier(), span);
        let Some(default) = call.arguments.get(2) else {
            if kind == Kind::String {
                let empty = Expression::text("", span);
                return Value::new(Expression::new(ExpressionKind::Coalesce(vec![found, empty]), span), kind);
            }
            return Value::new(found, kind);
        };
        let default = self.value(default, row);
        let default = self.convert(default, kind);
        // Whether there is such a row at all: it may hold no value.
        let there = self.window("count", Vec::new(), order, frame, Type::Integer, span);
        let zero = Expression::literal(quarry_plan::Value::Integer(0), span);
        let is_there = Expression::compare(
            quarry_plan::Comparison::Greater,
            quarry_plan::ComparisonRule::Exact,
            there,
            zero,
            span,
        );
        let otherwise = Some(Box::new(default.expression));
        let case = ExpressionKind::Case { arms: vec![(is_there, found)], otherwise };
        Value::new(Expression::new(case, span), kind)
    }
}
