//! Why there are no rows, on standard error after the closing line.

use std::sync::Arc;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_engine::{Blamed, Explanation, Involved, explain_empty};
use quarry_hunt::{QueryText, Workspace, moment};
use quarry_logs::{Location, ScanReport};
use quarry_plan::{Node, TimeBound};
use quarry_views::{Field, View};

use crate::{Streams, failure::Outcome, progress::grouped};

/// Code of the lint that a query matches nothing.
const MATCHES_NOTHING: &str = "LNT019";
/// Longest excerpt of the query that is shown.
const EXCERPT: usize = 120;
/// At most so many other conditions are named.
const OTHERS: usize = 3;

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
    let told = Told::new(&explanation, query, view_of(workspace, plan));
    streams.tell(format_args!("no rows: {}", told.headline));
    for line in told.details {
        streams.tell(format_args!("  {line}"));
    }
    Ok(())
}

/// The same as a lint: the query matches nothing, and which condition is to blame.
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
    let told = Told::new(&explanation, query, view_of(workspace, plan));
    let message = format!("the query matches nothing in these logs: {}", told.short);
    let mut found = Diagnostic::warning(MATCHES_NOTHING, message, told.span.unwrap_or(first));
    found.help.extend(told.details);
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

/// An explanation in words.
struct Told {
    /// The place to blame.
    span: Option<Span>,
    /// What happened there, where the place is shown anyway.
    short: String,
    /// The same with the place.
    headline: String,
    /// What else there is to say.
    details: Vec<String>,
}

impl Told {
    fn new(explanation: &Explanation, query: &QueryText, view: Option<&View>) -> Self {
        let (span, short, details) = match explanation {
            Explanation::Conditions(blamed) => {
                let short = short(blamed);
                (blamed.condition().map(|condition| condition.span), short, details(blamed, query, view))
            }
            Explanation::Join { span, rows: [rows, others] } => {
                let short = format!(
                    "none of {} rows has a partner among the {} rows it is joined with",
                    grouped(*rows),
                    grouped(*others)
                );
                (Some(*span), short, Vec::new())
            }
            Explanation::AllExcluded { span, rows } => (
                Some(*span),
                format!("all {} rows are among those that it leaves out", grouped(*rows)),
                Vec::new(),
            ),
            Explanation::Limit { span, rows } => {
                (Some(*span), format!("it takes none of {} rows", grouped(*rows)), Vec::new())
            }
        };
        let headline = match span {
            Some(span) => format!("{short}: {}", shown(query, span)),
            None => short.clone(),
        };
        Self { span, short, headline, details }
    }
}

/// A place and what is written there.
fn shown(query: &QueryText, span: Span) -> String {
    let (line, column) = query.place(span);
    format!("line {line}, column {column}: {}", query.excerpt(span, EXCERPT))
}

/// What the condition to blame does.
fn short(blamed: &Blamed) -> String {
    let Some(condition) = blamed.condition() else { return "no condition is to blame".to_owned() };
    let rows = grouped(blamed.rows);
    let what = if blamed.are_events { "events" } else { "rows" };
    if condition.reads_nothing && condition.alone == 0 {
        return format!("this never holds, whatever the {what} are");
    }
    if condition.without > 0 && blamed.conditions.len() > 1 {
        let without = grouped(condition.without);
        return format!("{without} of {rows} {what} fulfil every other condition, and none of them this one");
    }
    if condition.alone == 0 {
        return format!("none of {rows} {what} fulfils this");
    }
    format!("{} of {rows} {what} fulfil all before this, and none of them this", grouped(condition.reached))
}

fn details(blamed: &Blamed, query: &QueryText, view: Option<&View>) -> Vec<String> {
    let mut lines: Vec<String> = blamed.involved.iter().map(|field| field_line(field, query, view)).collect();
    for other in blamed.others().into_iter().take(OTHERS) {
        let place = shown(query, other.span);
        lines.push(format!("without another condition {} would pass: {place}", grouped(other.without)));
    }
    let Some(culprit) = blamed.condition().filter(|condition| condition.without == 0) else { return lines };
    let never = blamed.conditions.iter().filter(|other| other.alone == 0 && other.span != culprit.span);
    for other in never.take(OTHERS) {
        lines.push(format!("nor does any fulfil {}", shown(query, other.span)));
    }
    lines
}

fn field_line(field: &Involved, query: &QueryText, view: Option<&View>) -> String {
    let values: Vec<String> = field
        .values
        .iter()
        .map(|(value, count)| match value {
            Some(value) => format!("{value:?} in {}", grouped(*count)),
            None => format!("no value in {}", grouped(*count)),
        })
        .collect();
    let name = field.field.clone().unwrap_or_else(|| query.excerpt(field.span, EXCERPT));
    let mut text = format!("`{name}`: {}", values.join(", "));
    if field.would_pass_without > 0 {
        text.push_str(&format!("; without a value {} would pass", grouped(field.would_pass_without)));
    }
    let Some(view) = view.filter(|_| field.of_view) else { return text };
    let known: Vec<&Field> =
        view.sources.iter().filter_map(|source| view.source_field(source, &name)).collect();
    let sets = |field: &&&Field| field.derivation.is_made_up();
    let origin = |field: &&Field| Some(field.origin.clone()).filter(|origin| !origin.is_empty());
    if !known.is_empty() && known.iter().filter(sets).count() == known.len() {
        let origin = known.iter().find_map(origin);
        let why = origin.map_or(String::new(), |origin| format!(" ({origin})"));
        text.push_str(&format!("; no log carries it, the view `{}` sets it{why}", view.name));
    } else if field.would_pass_without > 0
        && let Some(origin) = known.iter().find_map(origin)
    {
        text.push_str(&format!(" (the view `{}` sets it: {origin})", view.name));
    }
    text
}
