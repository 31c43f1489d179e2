//! Tables of the workspace.

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{
    Comparison, ComparisonRule, Expression, Node, Operator as Planned, Source, SourceColumn, SourceField,
    TimeRange,
};

use super::{
    Lowerer,
    rows::{Column, Rows, typed_null},
};
use crate::{codes, registry, types::Kind};

/// The column that says which table an event belongs to.
const TYPE: &str = "Type";

impl Lowerer<'_> {
    /// Whether events of a table may be read.
    pub(super) fn has_rows(&self, name: &str) -> bool {
        self.environment.view.sources.iter().any(|source| source.source_type == name)
    }

    /// The rows of a table.
    pub(super) fn source(&mut self, name: &str, span: Span) -> Rows {
        let known = registry::table(name).unwrap_or_default();
        if !self.has_rows(name) {
            let message = format!("`{name}` has no rows: no log that quarry reads becomes this table");
            let found = Diagnostic::warning(codes::EMPTY_TABLE, message, span);
            self.report(found.with_help("what is joined with it or united finds nothing there"));
            let columns = known.into_iter().map(|(name, kind)| Column::new(name, kind, false)).collect();
            return self.fixed(columns, Vec::new(), span);
        }
        let columns: Vec<Column> =
            known.iter().map(|(name, kind)| Column::new(name, *kind, *kind == Kind::String)).collect();
        let (read, absent): (Vec<&Column>, Vec<&Column>) =
            columns.iter().partition(|column| self.environment.view.resolve(&column.name).is_some());
        let source_columns = read.iter().map(|column| SourceColumn {
            name: column.column.clone(),
            field: SourceField::View(column.name.clone()),
            data_type: column.kind.carrier(),
        });
        let source = Source {
            view: self.environment.view.name.clone(),
            columns: source_columns.collect(),
            time: TimeRange::default(),
            choices: self.environment.view.choices(&[name]),
        };
        let node = Node::new(Planned::Source(source), span);
        let is_table = Expression::compare(
            Comparison::Equal,
            ComparisonRule::Exact,
            Expression::column(TYPE, span),
            Expression::text(name, span),
            span,
        );
        let absent: Vec<_> = absent
            .iter()
            .map(|column| (column.column.clone(), typed_null(column.kind.carrier(), span)))
            .collect();
        let rows = Rows::new(node, columns).with(|input| Planned::Filter { input, predicate: is_table });
        if absent.is_empty() { rows } else { rows.with(|input| Planned::Extend { input, columns: absent }) }
    }
}
