//! Statements: where rows come from.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean, edit_distance};
use quarry_plan::{ColumnName, Node, Operator, TimeRange, Type, Value};

use super::{Context, saved, scope::Scope, select, time};
use crate::{
    codes,
    registry::Catalog,
    syntax::{Call, ExpressionKind, From, Name, Statement},
};

/// A lowered select.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub node: Node,
    pub columns: Vec<Column>,
    /// Whether the order of its rows means something.
    pub ordered: bool,
}

/// A column of a lowered select.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub label: String,
    pub column: ColumnName,
    pub data_type: Type,
    /// Whether it holds addresses.
    pub is_address: bool,
}

/// Where a select stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Top,
    From,
    In,
}

/// Lowers a statement; none if its source is not known.
pub(super) fn lower(context: &mut Context<'_>, statement: &Statement, place: Place) -> Option<Query> {
    let source = statement.from.as_ref()?;
    let scope = scope(context, source, statement)?;
    note_idle_clauses(context, statement);
    let range = time_range(context, statement, &scope);
    Some(select::lower(context, statement, scope, range, place))
}

fn scope<'a>(context: &mut Context<'a>, source: &From, reader: &Statement) -> Option<Scope<'a>> {
    match source {
        From::Query(statement) => {
            let query = lower(context, statement, Place::From)?;
            Some(Scope::Derived { query })
        }
        From::Call(call) if call.name.text.eq_ignore_ascii_case("GLOBALVIEW") => {
            saved::scope(context, call, reader.time.as_ref())
        }
        From::Call(call) => source_call(context, call),
        From::Catalog(name) => catalog(context, name),
    }
}

fn catalog<'a>(context: &mut Context<'a>, name: &Name) -> Option<Scope<'a>> {
    let Some(catalog) = Catalog::find(&name.text) else {
        return unknown_catalog(context, name);
    };
    if catalog.name == "events" {
        return Some(Scope::Events { view: context.view, catalog, used: Vec::new() });
    }
    let message = format!("cloud audit logs hold no {}: the result is empty", catalog.name);
    context.report(Diagnostic::warning(codes::EMPTY_CATALOG, message, name.span));
    Some(Scope::Empty { catalog, used: Vec::new() })
}

/// A source that QRadar lacks: reference data of that name where extras are accepted.
fn unknown_catalog<'a>(context: &mut Context<'a>, name: &Name) -> Option<Scope<'a>> {
    if context.options.permissive && Catalog::names().all(|known| edit_distance(&name.text, known) > 1) {
        let prefixes = ["reference_set_", "reference_map_", "reference_table_", "reference_data."];
        let lower = name.text.to_lowercase();
        let wanted = prefixes.iter().find_map(|prefix| lower.strip_prefix(prefix)).unwrap_or(&lower);
        return Some(reference_rows(context, wanted, name.span));
    }
    let message = format!("catalog \"{}\" does not exist", name.text);
    let mut found = Diagnostic::error(codes::UNKNOWN_CATALOG, message, name.span)
        .with_help("a query reads `events`, `flows`, `simarc` or a sub-select");
    if let Some(near) = did_you_mean(&name.text, Catalog::names()) {
        found = found.with_help(format!("did you mean `{near}`?"));
    }
    context.report(found);
    None
}

/// `reference_data.sets('name')`, which public queries use, where extras are accepted.
fn source_call<'a>(context: &mut Context<'a>, call: &Call) -> Option<Scope<'a>> {
    let is_reference = call.name.text.to_lowercase().starts_with("reference");
    if let (true, true, Some(ExpressionKind::Text(name))) =
        (context.options.permissive, is_reference, call.arguments.first().map(|argument| &argument.kind))
    {
        return Some(reference_rows(context, name, call.name.span));
    }
    let message = format!("`{}(...)` is no source of rows", call.name.text);
    context.report(
        Diagnostic::error(codes::UNKNOWN_CATALOG, message, call.name.span)
            .with_help("a query reads `events`, `flows`, `simarc`, GLOBALVIEW(...) or a sub-select"),
    );
    None
}

/// The rows of a reference set, map or table; none if it is not given.
fn reference_rows<'a>(context: &mut Context<'a>, name: &str, span: Span) -> Scope<'a> {
    let message = format!("a query cannot read reference data as a source; read as the rows of `{name}`");
    let found = Diagnostic::warning(codes::UNDOCUMENTED, message, span);
    context.report(found.with_help("write REFERENCESETCONTAINS('set', x)"));
    let Some(collection) = context.options.reference.find(name) else {
        let message = format!("no reference data is named `{name}`: the result is empty");
        context.report(
            Diagnostic::warning(codes::NO_DATA, message, span)
                .with_help(format!("name its CSV file: `--reference '{name}=FILE'`")),
        );
        let columns = vec![Column::text("value")];
        return Scope::Derived { query: Query::fixed(columns, Vec::new(), span) };
    };
    let columns = collection.columns.iter().map(|name| Column::text(name)).collect();
    let rows = collection.rows.iter().map(|row| row.iter().cloned().map(Value::Text).collect());
    Scope::Derived { query: Query::fixed(columns, rows.collect(), span) }
}

impl Query {
    /// Rows that are known.
    fn fixed(columns: Vec<Column>, rows: Vec<Vec<Value>>, span: Span) -> Self {
        let named = columns.iter().map(|column| (column.column.clone(), column.data_type)).collect();
        Self {
            node: Node::new(Operator::Values { columns: named, rows, place: None }, span),
            columns,
            ordered: true,
        }
    }
}

impl Column {
    fn text(name: &str) -> Self {
        Self { label: name.to_owned(), column: name.into(), data_type: Type::Text, is_address: false }
    }
}

/// Clauses that are read but change nothing.
fn note_idle_clauses(context: &mut Context<'_>, statement: &Statement) {
    if let (Some((first, _)), Some((last, value))) =
        (statement.parameters.first(), statement.parameters.last())
    {
        let message = "PARAMETERS steer a QRadar deployment; they have no effect here";
        context.report(Diagnostic::note(
            codes::PARAMETERS,
            message,
            first.span.join(last.span).join(value.span),
        ));
    }
    if let Some(name) = &statement.into {
        let message = "INTO names the result for later requests; it has no effect here";
        context.report(Diagnostic::note(codes::CURSOR, message, name.span));
    }
    for key in &statement.order {
        if let Some(collation) = &key.collation {
            let message = "COLLATE has no effect here: text is ordered by its bytes";
            context.report(Diagnostic::warning(codes::COLLATE, message, collation.span));
        }
    }
}

fn time_range(context: &mut Context<'_>, statement: &Statement, scope: &Scope<'_>) -> TimeRange {
    let Some(clause) = &statement.time else {
        return context.options.default_window.clone().unwrap_or_default();
    };
    let has_own = matches!(statement.from, Some(From::Query(_)));
    if matches!(scope, Scope::Derived { .. }) && has_own {
        let message = "a time range has no effect on a sub-select, which has its own";
        let span = time::span(clause);
        context.report(
            Diagnostic::warning(codes::OUTER_TIME, message, span).with_help("write it inside the sub-select"),
        );
    }
    time::range(context, clause)
}

/// A place of no length after a statement.
pub(super) fn end(statement: &Statement) -> Span {
    Span::new(statement.span.end, statement.span.end)
}
