//! Why one event did or did not pass: the plan, stage by stage, with the values the event has.

mod blame;
mod judged;
mod path;
mod probe;
mod trace;

use std::sync::Arc;

use quarry_diagnostic::Span;
use quarry_logs::Location;
use quarry_plan::{
    ColumnName, Expression, ExpressionKind, Node, Operator, Role, SourceColumn, SourceField, TextMatcher,
    TextPattern, Type, WriteOut,
};

use crate::{EngineError, Session, provenance_column, with_provenance};

pub use blame::Cause;
pub use judged::{Computed, Form, Judged, Read, Reason};
pub use trace::{EventTrace, Stage, StageKind};

/// Which events: a field and its exact text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The field.
    pub field: SourceField,
    /// The text it has.
    pub value: String,
}

/// Explains what became of the events that `wanted` names, at most `limit` of them; empty if the
/// logs hold none. The plan is one that could be run: its time ranges are settled.
///
/// # Errors
/// If the logs cannot be read.
pub async fn explain_event(
    session: &Session,
    plan: &Node,
    wanted: &Wanted,
    limit: usize,
    objects: &Arc<Vec<Location>>,
    now: i64,
) -> Result<Vec<EventTrace>, EngineError> {
    // What is shared lies on the way of every place where it is read.
    let plan = with_provenance(&plan.clone().written_out(WriteOut::All));
    for path in path::paths(&plan) {
        let Some((source, rest)) = path.split_first() else { continue };
        let Some(base) = event_source(source, wanted) else { continue };
        let selector = equals(&wanted_column(), Some(&wanted.value));
        let run = probe::Run { session, objects, now };
        let traces = trace::follow(&run, source, base, selector, rest, limit).await?;
        if !traces.is_empty() {
            return Ok(traces);
        }
    }
    Ok(Vec::new())
}

/// The column that holds the field an event is looked up by.
fn wanted_column() -> ColumnName {
    ColumnName::new(Role::Probe, "wanted")
}

/// The source without its time range and with the column that events are looked up by.
fn event_source(node: &Node, wanted: &Wanted) -> Option<Node> {
    let Operator::Source(source) = &node.operator else { return None };
    let mut source = source.clone();
    source.time = quarry_plan::TimeRange::default();
    source.columns.push(SourceColumn {
        name: wanted_column(),
        field: wanted.field.clone(),
        data_type: Type::Text,
    });
    Some(Node::new(Operator::Source(source), node.span))
}

/// `column` has exactly this text (or no value).
fn equals(column: &ColumnName, value: Option<&str>) -> Expression {
    let span = Span::default();
    let column = Box::new(Expression::column(column, span).cast(Type::Text));
    let kind = match value {
        Some(text) => ExpressionKind::Match {
            matcher: TextMatcher { pattern: TextPattern::Equals(text.to_owned()), ignore_case: false },
            value: column,
        },
        None => ExpressionKind::IsNull(column),
    };
    Expression::new(kind, span)
}

/// The rows that came from a record.
fn of_record(object: Option<&str>, record: Option<&str>) -> Expression {
    let items =
        vec![equals(&provenance_column("object"), object), equals(&provenance_column("record"), record)];
    Expression::new(ExpressionKind::And(items), Span::default())
}
