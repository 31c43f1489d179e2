//! Why a detection missed an attack: what became of the records that it should have named.

use quarry_engine::{
    Cause, EventTrace, Explanation, Form, Judged, Stage as Passage, StageKind, Wanted, explain_empty,
    explain_event,
};
use quarry_hunt::{Detected, QueryText, cut};
use quarry_pack::emulate::Facts;
use quarry_plan::SourceField;

use crate::stage::Stage;

/// Longest excerpt of a query in a reason, and longest value.
const EXCERPT: usize = 100;
/// At most so many records of a step are followed.
const RECORDS: usize = 6;
/// At most so many fields are blamed.
const FIELDS: usize = 3;

/// Says which record of the steps was dropped where and by which values. Steps that come first are asked first;
/// of a step's records the one that came furthest counts.
pub async fn why_missed(stage: &Stage<'_>, detected: &Detected, steps: &[&Facts]) -> String {
    for facts in steps {
        let mut furthest: Option<(&str, EventTrace)> = None;
        for id in facts.event_ids.iter().take(RECORDS) {
            let Some(trace) = follow(stage, detected, id).await else { continue };
            let length = |trace: &EventTrace| (trace.passed(), trace.stages.len());
            if furthest.as_ref().is_none_or(|(_, best)| length(best) < length(&trace)) {
                furthest = Some((id, trace));
            }
        }
        if let Some((id, trace)) = furthest
            && let Some(dropped) = trace.dropped_at()
        {
            let step = if steps.len() > 1 { format!(" of step `{}`", facts.step) } else { String::new() };
            let reason = reason(&detected.query, &trace, dropped);
            return format!("the {} record {id}{step} is dropped {reason}", facts.action);
        }
    }
    why_empty(stage, detected).await
}

async fn follow(stage: &Stage<'_>, detected: &Detected, id: &str) -> Option<EventTrace> {
    let settled = &detected.settled;
    let wanted = Wanted { field: SourceField::Alert("event_id".to_owned()), value: id.to_owned() };
    let traces =
        explain_event(stage.session(), &settled.plan, &wanted, 1, &settled.objects, settled.now).await;
    traces.ok()?.into_iter().next()
}

/// The place, the condition and the values that dropped a record.
fn reason(query: &QueryText, trace: &EventTrace, dropped: &Passage) -> String {
    let shown = |span| {
        let (line, column) = query.place(span);
        format!("at line {line}, column {column} by `{}`", query.excerpt(span, EXCERPT))
    };
    match &dropped.kind {
        StageKind::Time { .. } => {
            "by the time range: a scheduled run, or the query's own, does not reach it".to_owned()
        }
        StageKind::Filter(judged) => {
            let causes = trace.causes();
            match causes.split_first() {
                Some((first, _)) => format!("{}: {}", shown(smallest(judged, first)), values(query, &causes)),
                None => shown(judged.span),
            }
        }
        StageKind::Rows(reason) => format!("{}: {reason}", shown(dropped.span)),
        StageKind::Compute(_) | StageKind::Group { .. } => shown(dropped.span),
    }
}

/// The smallest part of a condition that a cause decided alone, as it is written.
fn smallest(judged: &Judged, cause: &Cause) -> quarry_diagnostic::Span {
    let direct = cause.through.is_empty();
    let inside = judged.span.start <= cause.span.start && cause.span.end <= judged.span.end;
    if direct && inside && judged.form != Form::Or { cause.span } else { judged.span }
}

/// The fields to blame, each once, with what they hold.
fn values(query: &QueryText, causes: &[Cause]) -> String {
    let mut shown: Vec<String> = Vec::new();
    for cause in causes {
        let field = &cause.field;
        let value = field
            .value
            .as_deref()
            .map_or_else(|| "empty".to_owned(), |value| format!("`{}`", cut(value, EXCERPT)));
        let way = match cause.through.first() {
            Some(_) => format!(" (by way of `{}`)", cause.through.join("`, `")),
            None => String::new(),
        };
        let name = field.column.user().map_or_else(|| query.excerpt(field.span, EXCERPT), str::to_owned);
        let text = format!("`{name}` is {value}{way}");
        if !shown.contains(&text) {
            shown.push(text);
        }
    }
    shown.truncate(FIELDS);
    shown.join("; ")
}

/// Why a detection gave no row where no record is to be followed: the first condition that dropped every event.
async fn why_empty(stage: &Stage<'_>, detected: &Detected) -> String {
    let settled = &detected.settled;
    let explained = explain_empty(stage.session(), &settled.plan, &settled.objects, settled.now).await;
    let Ok(Some(explanation)) = explained else {
        return "its records pass every condition; what compares or counts them gives fewer rows".to_owned();
    };
    let place = |span| {
        let (line, column) = detected.query.place(span);
        (format!("line {line}, column {column}"), detected.query.excerpt(span, EXCERPT))
    };
    let blamed = match &explanation {
        Explanation::Conditions(blamed) => blamed,
        Explanation::Join { span, .. } => {
            let (place, shown) = place(*span);
            return format!("{place} finds no pair of records: `{shown}`");
        }
        Explanation::AllExcluded { span, .. } | Explanation::Limit { span, .. } => {
            let (place, shown) = place(*span);
            return format!("{place} leaves every record out: `{shown}`");
        }
    };
    let Some(condition) = blamed.condition() else { return "no event reaches it".to_owned() };
    let (place, shown) = place(condition.span);
    let dropped = match blamed.reached() {
        1 => "the only event".to_owned(),
        reached => format!("all {reached} events"),
    };
    let mut why = format!("{place} drops {dropped}: `{shown}`");
    for field in &blamed.involved {
        let values = field.values.iter().map(|(value, _)| value.as_deref().unwrap_or("empty"));
        let name = field.field.clone().unwrap_or_else(|| detected.query.excerpt(field.span, EXCERPT));
        why.push_str(&format!("; `{name}` is {}", values.collect::<Vec<_>>().join(", ")));
    }
    why
}
