//! Statements: where rows come from.

use quarry_diagnostic::{Diagnostic, Span, did_you_mean};
use quarry_plan::{Node, TimeRange, Type};

use super::{Context, scope::Scope, select, time};
use crate::{
    codes,
    registry::Catalog,
    syntax::{Call, From, Name, Statement},
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
    pub column: String,
    pub data_type: Type,
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
    let scope = scope(context, source)?;
    note_idle_clauses(context, statement);
    let range = time_range(context, statement, &scope);
    Some(select::lower(context, statement, scope, range, place))
}

fn scope<'a>(context: &mut Context<'a>, source: &From) -> Option<Scope<'a>> {
    match source {
        From::Query(statement) => {
            let query = lower(context, statement, Place::From)?;
            Some(Scope::Derived { query })
        }
        From::Call(call) => {
            refuse_source(context, call);
            None
        }
        From::Catalog(name) => catalog(context, name),
    }
}

fn catalog<'a>(context: &mut Context<'a>, name: &Name) -> Option<Scope<'a>> {
    let Some(catalog) = Catalog::find(&name.text) else {
        let message = format!("catalog \"{}\" does not exist", name.text);
        let mut found = Diagnostic::error(codes::UNKNOWN_CATALOG, message, name.span)
            .with_help("a query reads `events`, `flows`, `simarc` or a sub-select");
        if let Some(near) = did_you_mean(&name.text, Catalog::names()) {
            found = found.with_help(format!("did you mean `{near}`?"));
        }
        context.report(found);
        return None;
    };
    if catalog.name == "events" {
        return Some(Scope::Events { view: context.view, catalog, used: Vec::new() });
    }
    let message = format!("cloud audit logs hold no {}: the result is empty", catalog.name);
    context.report(Diagnostic::warning(codes::EMPTY_CATALOG, message, name.span));
    Some(Scope::Empty { catalog, used: Vec::new() })
}

fn refuse_source(context: &mut Context<'_>, call: &Call) {
    let span = call.name.span;
    let found = if call.name.text.eq_ignore_ascii_case("GLOBALVIEW") {
        Diagnostic::error(
            codes::GLOBAL_VIEW,
            "GLOBALVIEW reads a search saved in QRadar, which log files do not hold",
            span,
        )
        .with_help("write the saved search as a sub-select: `FROM (SELECT ...)`")
    } else {
        let message = format!("`{}(...)` is no source of rows", call.name.text);
        Diagnostic::error(codes::UNKNOWN_CATALOG, message, span)
            .with_help("a query reads `events`, `flows`, `simarc` or a sub-select")
    };
    context.report(found);
}

/// Clauses that are read but change nothing, and SESSION BY, which is not run.
fn note_idle_clauses(context: &mut Context<'_>, statement: &Statement) {
    if let Some(session) = &statement.session {
        let found = Diagnostic::error(codes::SESSION, "SESSION BY is not run yet", session.span)
            .with_help("group by the keys and a time bucket, such as `GROUP BY username, starttime/600000`");
        context.report(found);
    }
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
    if matches!(scope, Scope::Derived { .. }) {
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
