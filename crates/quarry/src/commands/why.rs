//! Why there are no rows, on standard error after the closing line.

use std::sync::Arc;

use quarry_diagnostic::line_column;
use quarry_engine::{Explanation, Involved, explain_empty};
use quarry_hunt::{QueryText, Workspace, for_each_source, moment};
use quarry_logs::{Location, ScanReport};
use quarry_plan::{Node, TimeBound};
use quarry_views::View;

use crate::{
    failure::{Failure, Outcome},
    progress::grouped,
};

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
) -> Outcome<()> {
    if tell_time_range(plan, now, report) {
        return Ok(());
    }
    let explained = explain_empty(&workspace.session, plan, objects, now).await;
    let Some(explanation) = explained.map_err(|error| Failure::Other(error.to_string()))? else {
        return Ok(());
    };
    let mut view_name = String::new();
    for_each_source(&mut plan.clone(), &mut |source| view_name.clone_from(&source.view));
    let view = workspace.catalog.view(&view_name);
    for line in lines(&explanation, query, view) {
        anstream::eprintln!("{line}");
    }
    Ok(())
}

/// Says so if the time range lies outside the data.
fn tell_time_range(plan: &Node, now: i64, report: &ScanReport) -> bool {
    let last = report.snapshot();
    let (Some(oldest), Some(newest)) = (last.oldest, last.newest) else {
        return false;
    };
    let mut outside = None;
    for_each_source(&mut plan.clone(), &mut |source| {
        let at = |bound: &Option<TimeBound>| bound.as_ref().and_then(|bound| bound.resolve(now));
        let (earliest, latest) = (at(&source.time.earliest), at(&source.time.latest));
        if earliest.is_some_and(|earliest| earliest > newest) || latest.is_some_and(|latest| latest <= oldest)
        {
            outside = Some((earliest, latest));
        }
    });
    let Some((earliest, latest)) = outside else {
        return false;
    };
    let show = |bound: Option<i64>, open: &str| bound.map_or_else(|| open.to_owned(), moment::show);
    anstream::eprintln!(
        "no rows: the time range {} to {} excludes every event: the data covers {} to {}",
        show(earliest, "the beginning"),
        show(latest, "the end"),
        moment::show(oldest),
        moment::show(newest),
    );
    true
}

fn lines(explanation: &Explanation, query: &QueryText, view: Option<&View>) -> Vec<String> {
    let Some((span, _)) = explanation.passed.get(explanation.culprit) else {
        return Vec::new();
    };
    let (line, column) = line_column(&query.text, span.start);
    let excerpt: String = query
        .text
        .get(span.start..span.end)
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let cut: String = excerpt.chars().take(EXCERPT).collect();
    let dots = if cut.len() < excerpt.len() { "…" } else { "" };
    let mut lines = vec![format!(
        "no rows: {} events reached line {line}, column {column}, and none passed: {cut}{dots}",
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
