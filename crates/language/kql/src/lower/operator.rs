//! Each tabular operator.

use quarry_plan::{Aggregate, AggregateCall, Expression, Node, Operator as Planned, Type};

use super::{
    Lowerer,
    names::Binding,
    rows::{Column, Rows},
};
use crate::{
    bind::join::word,
    syntax::tree::{Operator, OperatorKind},
    types::Kind,
};

impl Lowerer<'_> {
    pub(super) fn operator(&mut self, rows: Rows, operator: &Operator) -> Rows {
        let span = operator.span;
        let rows = self.row_operator(rows, operator);
        Rows { node: Node { span, ..rows.node }, ..rows }
    }

    fn row_operator(&mut self, rows: Rows, operator: &Operator) -> Rows {
        let span = operator.span;
        match &operator.kind {
            OperatorKind::As(name) => {
                let binding = Binding::Rows(rows.clone());
                let mut bound = self.names.bound.clone();
                bound.add(&name.text, super::call::binder_view(&binding));
                self.names.add(&name.text, binding, bound);
                rows
            }
            OperatorKind::Consume => Rows::one_row(span),
            OperatorKind::Count(name) => {
                self.count(rows, name.as_ref().map_or("Count", |name| name.text.as_str()), span)
            }
            OperatorKind::Distinct(values) => self.distinct(rows, values, span),
            OperatorKind::Extend(values) | OperatorKind::Serialize(values) => self.extend(rows, values),
            OperatorKind::Where(predicate) => self.filter(rows, predicate),
            OperatorKind::GetSchema => self.schema(&rows, span),
            OperatorKind::Invoke(call) => self.invoke_rows(rows, call, span),
            OperatorKind::Join(right, on) => self.join(rows, operator, right, on),
            OperatorKind::MvExpand(items, limit) => self.mv_expand(rows, operator, items, limit.as_ref()),
            OperatorKind::MvApply(items, limit, body) => {
                self.mv_apply(rows, operator, items, limit.as_ref(), body)
            }
            OperatorKind::Print(values) => self.print(values, span),
            OperatorKind::Project(items) => self.projects(rows, operator, items),
            OperatorKind::Range(name, parts) => self.range(name, parts, span),
            OperatorKind::Render(..) => rows,
            _ => self.other_operator(rows, operator),
        }
    }

    fn other_operator(&mut self, rows: Rows, operator: &Operator) -> Rows {
        let span = operator.span;
        match &operator.kind {
            OperatorKind::Parse(text, pattern) => self.parse(rows, operator, text, pattern),
            OperatorKind::Sort(items) => self.sort(rows, items),
            OperatorKind::Top(count, items) => self.top(rows, count, items),
            OperatorKind::Take(count) => match operator.name.text.as_str() {
                "sample" => {
                    let help = "take the first rows with `take`";
                    self.refuse("`sample`, whose rows are drawn by chance", span, help);
                    rows
                }
                _ => self.take(rows, count),
            },
            OperatorKind::Summarize(aggregates, by) => self.summarize(rows, aggregates, by, span),
            OperatorKind::Union(tables) => {
                let input = Some(rows).filter(|rows| !rows.columns.is_empty());
                self.union(input, operator, tables)
            }
            OperatorKind::Search(tables, predicate) => self.search(rows, operator, tables, predicate),
            OperatorKind::Partition(by, body) => self.partition(rows, by, body, span),
            _ => {
                let message = format!("quarry does not run `{}`", operator.name.text);
                let found = quarry_diagnostic::Diagnostic::error(
                    crate::codes::OPERATOR_NOT_RUN,
                    message,
                    operator.name.span,
                );
                self.report(found.with_help("say it by other operators"));
                rows
            }
        }
    }

    fn filter(&mut self, rows: Rows, predicate: &crate::syntax::tree::Expr) -> Rows {
        let condition = self.condition(predicate, &rows, true);
        let rows = self.with_windows(rows);
        filtered(rows, condition)
    }

    fn count(&mut self, rows: Rows, name: &str, span: quarry_diagnostic::Span) -> Rows {
        let call = AggregateCall {
            function: "count".to_owned(),
            arguments: Vec::new(),
            filter: None,
            order: Vec::new(),
            result: Type::Integer,
        };
        let column = Column::new(name, Kind::Long, false);
        let calls = vec![(column.column.clone(), call)];
        self.aggregated_rows(rows, Vec::new(), calls, vec![column], span)
    }

    /// Rows of groups, for each row of others if they are computed so.
    pub(super) fn aggregated_rows(
        &mut self,
        rows: Rows,
        mut groups: Vec<(quarry_plan::ColumnName, Expression)>,
        mut aggregates: Vec<(quarry_plan::ColumnName, AggregateCall)>,
        columns: Vec<Column>,
        span: quarry_diagnostic::Span,
    ) -> Rows {
        let Some(each) = rows.each.clone() else {
            let aggregate = Aggregate { input: Box::new(rows.node), groups, aggregates };
            return Rows::new(Node::new(Planned::Aggregate(aggregate), span), columns);
        };
        // Groups that the user names are there only where a row is; without them there always is one.
        let present = Expression::column(&each.present, span);
        let rows = if groups.is_empty() {
            for (_, call) in &mut aggregates {
                let mut conditions = vec![present.clone()];
                conditions.extend(call.filter.take());
                call.filter = Some(Expression::new(quarry_plan::ExpressionKind::And(conditions), span));
            }
            rows
        } else {
            rows.with(|input| Planned::Filter { input, predicate: present })
        };
        groups.push((each.row.clone(), Expression::column(&each.row, span)));
        let aggregate = Aggregate { input: Box::new(rows.node), groups, aggregates };
        let node = Node::new(Planned::Aggregate(aggregate), span);
        let there = Expression::literal(quarry_plan::Value::Boolean(true), span);
        let hidden = vec![each.row.clone()];
        let (name, rows) = (each.present.clone(), Rows { node, columns, hidden, each: Some(each) });
        rows.hide(name, there)
    }

    fn schema(&mut self, rows: &Rows, span: quarry_diagnostic::Span) -> Rows {
        let names = [
            ("ColumnName", Kind::String),
            ("ColumnOrdinal", Kind::Long),
            ("DataType", Kind::String),
            ("ColumnType", Kind::String),
        ];
        let columns = names.iter().map(|(name, kind)| Column::new(name, *kind, false)).collect();
        let text = |text: &str| quarry_plan::Value::Text(text.to_owned());
        let described = rows.columns.iter().zip(0_i64..).map(|(column, place)| {
            let (data_type, name) = (system_type(column.kind), column.kind.name());
            vec![text(&column.name), quarry_plan::Value::Integer(place), text(data_type), text(name)]
        });
        let described = described.collect();
        self.fixed(columns, described, span)
    }

    fn invoke_rows(
        &mut self,
        rows: Rows,
        call: &crate::syntax::tree::Call,
        span: quarry_diagnostic::Span,
    ) -> Rows {
        let outside = self.names.clone();
        let binding = Binding::Rows(rows);
        let mut bound = outside.bound.clone();
        bound.add("$input", super::call::binder_view(&binding));
        self.names.add("$input", binding, bound);
        let kind = crate::syntax::tree::ExprKind::Name("$input".to_owned());
        let mut arguments = vec![crate::syntax::tree::Expr { kind, span }];
        arguments.extend(call.arguments.iter().cloned());
        let call = crate::syntax::tree::Call { name: call.name.clone(), arguments };
        let found = self.call_meaning(&call, span);
        self.names = outside;
        match found {
            super::statement::Meaning::Rows(rows) => rows,
            super::statement::Meaning::Value(value) => Rows::one_value(value),
        }
    }
}

/// Rows for which a condition holds; of rows that are computed for each row of others, a mark of those.
pub(super) fn filtered(rows: Rows, condition: Expression) -> Rows {
    let span = condition.span;
    let Some(each) = rows.each.clone() else {
        return rows.with(|input| Planned::Filter { input, predicate: condition });
    };
    let both = vec![Expression::column(&each.present, span), condition];
    let holds = Expression::new(quarry_plan::ExpressionKind::And(both), span);
    let no = Expression::literal(quarry_plan::Value::Boolean(false), span);
    let holds = Expression::new(quarry_plan::ExpressionKind::Coalesce(vec![holds, no]), span);
    rows.with(|input| Planned::Extend { input, columns: vec![(each.present, holds)] })
}

/// The name of a type in .NET.
fn system_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "System.SByte",
        Kind::Int => "System.Int32",
        Kind::Long => "System.Int64",
        Kind::Real => "System.Double",
        Kind::Decimal => "System.Data.SqlTypes.SqlDecimal",
        Kind::String => "System.String",
        Kind::Datetime => "System.DateTime",
        Kind::Timespan => "System.TimeSpan",
        Kind::Guid => "System.Guid",
        Kind::Dynamic | Kind::Unknown => "System.Object",
    }
}

/// The words of a setting, in lower case.
pub(super) fn setting(operator: &Operator, name: &str) -> Option<String> {
    word(operator, name).map(|word| word.to_lowercase())
}
