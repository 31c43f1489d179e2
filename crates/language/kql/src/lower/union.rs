//! `union`, `search`.

use quarry_diagnostic::Span;
use quarry_plan::{Expression, Node, Operator as Planned};

use super::{
    Lowerer,
    names::Binding,
    operator::{filtered, setting},
    rows::{Column, Rows, null},
    statement::Meaning,
};
use crate::{
    bind::{
        join::{united, word},
        operator::fits,
    },
    syntax::tree::{Binary, Expr, ExprKind, Operator},
    types::Kind,
};

/// A part of a union and its name.
type Leg = (String, Rows);

impl Lowerer<'_> {
    pub(super) fn union(&mut self, input: Option<Rows>, operator: &Operator, tables: &[Expr]) -> Rows {
        let source = word(operator, "withsource").or_else(|| word(operator, "with_source"));
        let is_fuzzy = setting(operator, "isfuzzy").is_some_and(|word| word == "true");
        let inner = setting(operator, "kind").is_some_and(|word| word == "inner");
        let mut legs: Vec<Leg> = input.map(|rows| ("union_arg0".to_owned(), rows)).into_iter().collect();
        self.legs(tables, is_fuzzy, &mut legs);
        if inner {
            self.refuse(
                "`kind = inner` of a union",
                operator.span,
                "project the columns that all parts have",
            );
        }
        self.united(legs, source, operator.span)
    }

    /// The parts, tables that are not there left out where the union is fuzzy.
    fn legs(&mut self, tables: &[Expr], is_fuzzy: bool, legs: &mut Vec<Leg>) {
        for table in tables {
            match &table.kind {
                ExprKind::Wildcard(pattern) => self.matching(pattern, table.span, legs),
                ExprKind::Name(name) if is_fuzzy && !self.is_table(name) => {}
                ExprKind::Name(name) => {
                    let rows = self.rows(table);
                    legs.push((name.clone(), rows));
                }
                _ if is_fuzzy && self.is_absent(table) => {}
                _ => {
                    let name = format!("union_arg{}", legs.len());
                    let rows = self.rows(table);
                    legs.push((name, rows));
                }
            }
        }
    }

    fn is_table(&self, name: &str) -> bool {
        self.names.find(name).is_some() || crate::registry::table(name).is_some()
    }

    /// Whether rows begin with a table that is not there.
    fn is_absent(&self, rows: &Expr) -> bool {
        match &rows.kind {
            ExprKind::Pipeline(Some(source), _) => self.is_absent(source),
            ExprKind::Name(name) => !self.is_table(name),
            ExprKind::Call(call) => {
                let name = &call.name.text;
                self.names.find(name).is_none()
                    && !self.gives_rows(call)
                    && !crate::registry::functions().contains_key(name.as_str())
            }
            _ => false,
        }
    }

    /// Tables and views whose names fit a pattern.
    fn matching(&mut self, pattern: &str, span: Span, legs: &mut Vec<Leg>) {
        let fits = |name: &str| fits(pattern, name);
        let known: Vec<&str> = crate::registry::table_names().filter(|name| fits(name)).collect();
        for name in known.into_iter().filter(|name| self.has_rows(name)).collect::<Vec<_>>() {
            legs.push((name.to_owned(), self.source(name, span)));
        }
        for (name, binding) in self.names.matching(&fits) {
            let rows = match binding {
                Binding::Rows(rows) => rows,
                Binding::Function(function, names) if function.is_view => {
                    match self.call_function(&name, &function, names, &[], span, None) {
                        Meaning::Rows(rows) => rows,
                        Meaning::Value(_) => continue,
                    }
                }
                Binding::Later(later) => match self.now(&later) {
                    Meaning::Rows(rows) => rows,
                    Meaning::Value(_) => continue,
                },
                _ => continue,
            };
            legs.push((name, rows));
        }
    }

    /// All rows of all parts.
    pub(super) fn united(&mut self, legs: Vec<Leg>, source: Option<String>, span: Span) -> Rows {
        if legs.iter().any(|(_, rows)| rows.each.is_some()) {
            self.refuse("unions inside of `mv-apply`", span, "unite before or after it");
        }
        let tables: Vec<_> = legs.iter().map(|(_, rows)| rows.table()).collect();
        let all = united(&tables);
        let source = source.map(|name| all.free(&name, &[]));
        let several = |name: &str| {
            let mut kinds = tables.iter().filter_map(|table| table.find(name));
            let first = kinds.next();
            kinds.any(|kind| Some(kind) != first)
        };
        let mut columns: Vec<Column> =
            source.iter().map(|name| Column::new(name, Kind::String, false)).collect();
        columns.extend(all.columns.iter().map(|column| Column::new(&column.name, column.kind, false)));
        let mut inputs = Vec::new();
        for (name, rows) in legs {
            let values = columns.iter().enumerate().map(|(place, column)| {
                let value = if source.is_some() && place == 0 {
                    Expression::text(name.as_str(), span)
                } else {
                    let found = rows.columns.iter().find(|have| {
                        let split = format!("{}_{}", have.name, have.kind);
                        if several(&have.name) { split == column.name } else { have.name == column.name }
                    });
                    found.map_or_else(|| null(column.kind, span), |have| have.value(span).expression)
                };
                (column.clone(), value)
            });
            let values = values.collect();
            inputs.push(Rows { hidden: Vec::new(), ..rows }.project(values).node);
        }
        if inputs.is_empty() {
            return self.fixed(columns, Vec::new(), span);
        }
        Rows::new(Node::new(Planned::Union { inputs, place: None }, span), columns)
    }

    /// `search`: rows of which a column holds a text.
    pub(super) fn search(
        &mut self,
        rows: Rows,
        operator: &Operator,
        tables: &[Expr],
        predicate: &Expr,
    ) -> Rows {
        let span = operator.span;
        if setting(operator, "kind").is_some_and(|kind| kind == "case_sensitive") {
            self.refuse("`search` that regards case", span, "use `has_cs` on the columns");
        }
        let mut legs = Vec::new();
        if tables.is_empty() {
            if rows.columns.is_empty() {
                self.refuse(
                    "`search` over all tables",
                    span,
                    "name the tables: `search in (AWSCloudTrail) ...`",
                );
            }
            legs.push((String::new(), rows));
        } else {
            self.legs(tables, false, &mut legs);
        }
        let name = legs.iter().map(|(_, rows)| rows.table()).collect::<Vec<_>>();
        let source = united(&name).free("$table", &[]);
        let rows = self.united(legs, Some(source), span);
        let condition = self.searched(predicate, &rows);
        filtered(rows, condition)
    }

    /// A predicate of `search`: a bare text is looked for in every column.
    fn searched(&mut self, predicate: &Expr, rows: &Rows) -> Expression {
        let span = predicate.span;
        match &predicate.kind {
            ExprKind::Binary(found) if matches!(found.operator, "and" | "or") => {
                let Binary { operator, left, right, .. } = &**found;
                let both = vec![self.searched(left, rows), self.searched(right, rows)];
                let kind = if *operator == "and" {
                    quarry_plan::ExpressionKind::And(both)
                } else {
                    quarry_plan::ExpressionKind::Or(both)
                };
                Expression::new(kind, span)
            }
            ExprKind::Call(call) if call.name.text == "not" && call.arguments.len() == 1 => {
                let inner = call.arguments.first().map(|inner| self.searched(inner, rows));
                inner.map_or_else(|| null(Kind::Bool, span), Expression::negate)
            }
            ExprKind::Literal(_) => {
                let text = super::expression::of_literal_text(predicate);
                self.anywhere(&text, rows, span)
            }
            _ => self.condition(predicate, rows, false),
        }
    }

    fn anywhere(&mut self, text: &str, rows: &Rows, span: Span) -> Expression {
        let needle = super::convert::Value::new(Expression::text(text, span), Kind::String);
        let operator = match (text.strip_suffix('*'), text.strip_prefix('*')) {
            _ if text.trim_matches('*').contains('*') => {
                self.refuse("`*` inside of a searched text", span, "search for the parts");
                "has"
            }
            (Some(_), Some(_)) => "contains",
            (Some(_), None) => "hasprefix",
            (None, Some(_)) => "hassuffix",
            (None, None) => "has",
        };
        let trimmed = text.trim_matches('*');
        let needle = if trimmed == text {
            needle
        } else {
            super::convert::Value::new(Expression::text(trimmed, span), Kind::String)
        };
        let mut any = Vec::new();
        for column in rows.columns.iter().filter(|column| column.name != "$table") {
            if matches!(column.kind, Kind::String | Kind::Dynamic) {
                let value = column.value(span);
                any.push(self.text_operator(operator, value, needle.clone(), false, span));
            } else {
                let value = column.value(span);
                let value = self.convert(value, Kind::String);
                any.push(self.text_operator(operator, value, needle.clone(), false, span));
            }
        }
        Expression::new(quarry_plan::ExpressionKind::Or(any), span)
    }
}
