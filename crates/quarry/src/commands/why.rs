//! Why there are no rows, on standard error after the closing line.

use std::sync::Arc;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_engine::{Explanation, Involved, explain_empty};
use quarry_hunt::{QueryText, Workspace, moment};
use quarry_logs::{Location, ScanReport};
use quarry_plan::{Node, TimeBound};
use quarry_views::View;

use crate::{Streams, failure::Outcome, progress::grouped};

/// Code of the lint that a query matches nothing.
const MATCHES_NOTHING: &str = "LNT019";
/// Longest excerpt of the query that is shown.
const EXCERPT: usize = 120;

/// Tells why `plan` gave no rows.
pub async fn tell(
    workspace: &Workspace,
    query: &QueryText,
    plan: &Node,
    now: i64,
    objects: &Arc<Vec<Location>>,
    report: &ScanReport,
    streams: &Streams<'_>,
) -> Outcome<()> {
    if let Some(message) = outside_time_range(plan, now, report) {
        streams.tell(format_args!("no rows: {message}"));
        return Ok(());
    }
    let explained = explain_empty(&workspace.session, plan, objects, now).await;
    let Some(explanation) = explained? else {
        return Ok(());
    };
    let view = view_of(workspace, plan);
    for line in lines(&explanation, query, view) {
        streams.tell(line);
    }
    Ok(())
}

/// The same as a lint: the query matches nothing, and which condition is the first to leave nothing.
pub async fn finding(
    workspace: &Workspace,
    query: &QueryText,
    plan: &Node,
    now: i64,
    objects: &Arc<Vec<Location>>,
    report: &ScanReport,
) -> Outcome<Diagnostic> {
    let first = Span::new(0, query.text.find(char::is_whitespace).unwrap_or(query.text.len()));
    if let Some(message) = outside_time_range(plan, now, report) {
        return Ok(Diagnostic::warning(MATCHES_NOTHING, message, first));
    }
    let explained = explain_empty(&workspace.session, plan, objects, now).await;
    let Some(explanation) = explained? else {
        return Ok(Diagnostic::warning(MATCHES_NOTHING, "the query matches nothing in these logs", first));
    };
    let span = explanation.passed.get(explanation.culprit).map_or(first, |(span, _)| *span);
    let (events, reached) = (grouped(explanation.events), grouped(explanation.reached()));
    let message =
        format!("the query matches 0 of {events} events: this is the first condition that excludes all");
    let mut found = Diagnostic::warning(MATCHES_NOTHING, message, span)
        .with_help(format!("{reached} events reach it, and none passes"));
    let view = view_of(workspace, plan);
    found.help.extend(explanation.involved.iter().map(|field| field_line(field, view).trim().to_owned()));
    Ok(found)
}

fn view_of<'a>(workspace: &'a Workspace, plan: &Node) -> Option<&'a View> {
    workspace.catalog.view(&plan.sources().last()?.view)
}

/// Says so if the time range lies outside the data.
fn outside_time_range(plan: &Node, now: i64, report: &ScanReport) -> Option<String> {
    let last = report.snapshot();
    let (oldest, newest) = (last.oldest?, last.newest?);
    let mut outside = None;
    for source in plan.sources() {
        let at = |bound: &Option<TimeBound>| bound.as_ref().and_then(|bound| bound.resolve(now));
        let (earliest, latest) = (at(&source.time.earliest), at(&source.time.latest));
        if earliest.is_some_and(|earliest| earliest > newest) || latest.is_some_and(|latest| latest <= oldest)
        {
            outside = Some((earliest, latest));
        }
    }
    let (earliest, latest) = outside?;
    let show = |bound: Option<i64>, open: &str| bound.map_or_else(|| open.to_owned(), moment::show);
    Some(format!(
        "the time range {} to {} excludes every event: the data covers {} to {}",
        show(earliest, "the beginning"),
        show(latest, "the end"),
        moment::show(oldest),
        moment::show(newest),
    ))
}

fn lines(explanation: &Explanation, query: &QueryText, view: Option<&View>) -> Vec<String> {
    let Some((span, _)) = explanation.passed.get(explanation.culprit) else {
        return Vec::new();
    };
    let (line, column) = query.place(*span);
    let shown = query.excerpt(*span, EXCERPT);
    let mut lines = vec![format!(
        "no rows: {} events reached line {line}, column {column}, and none passed: {shown}",
        grouped(explanation.reached())
    )];
    lines.extend(explanation.involved.iter().map(|field| field_line(field, view)));
    lines
}

fn field_line(field: &Involved, view: Option<&View>) -> String {
    let values: Vec<String> = field
        .values
        .iter()
        .map(|(value, count)| match value {
            Some(value) => format!("{value:?} in {}", grouped(*count)),
            None => format!("no value in {}", grouped(*count)),
        })
        .collect();
    let mut text = format!("  `{}`: {}", field.field, values.join(", "));
    if field.would_pass_without > 0 {
        text.push_str(&format!("; without a value {} would pass", grouped(field.would_pass_without)));
        let declared = view.and_then(|view| {
            let sources = view.sources.iter().filter_map(|source| source.fields.get(&field.field));
            sources.map(|declared| declared.origin.clone()).find(|origin| !origin.is_empty())
        });
        if let (Some(origin), Some(view)) = (declared, view) {
            text.push_str(&format!(" (the view `{}` sets it: {origin})", view.name));
        }
    }
    text
}
