//! LNT016: operations of the technique that the query misses.

use quarry_diagnostic::Span;

use super::{
    Report,
    tools::{dies_at, listed},
};
use crate::{
    analysis::Analysis,
    knowledge::{Operations, Technique},
};

/// Reports them, one finding a log.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    let Some(technique) = technique(analysis) else { return };
    let asked = asked_about(analysis, technique);
    let mut logs: Vec<&str> = Vec::new();
    for operations in &asked {
        if !logs.contains(&operations.log.as_str()) {
            logs.push(&operations.log);
        }
    }
    for log in logs {
        let operations: Vec<&Operations> = asked.iter().copied().filter(|found| found.log == log).collect();
        log_finding(analysis, technique, log, &operations, report);
    }
}

/// The operations of the ways that the query looks at; where it looks at none, those of the first.
fn asked_about<'k>(analysis: &Analysis<'_>, technique: &'k Technique) -> Vec<&'k Operations> {
    let seen = |operations: &Operations| {
        reads(analysis, &operations.log)
            && names(&[operations], |found| &found.needed)
                .any(|(name, service)| passes(analysis, &operations.log, name, service))
    };
    let judged: Vec<(&Operations, bool)> =
        technique.operation.iter().map(|operations| (operations, seen(operations))).collect();
    // A log of which every way passes does not tell what the query is about.
    let telling = |log: &str| judged.iter().any(|(operations, seen)| operations.log == log && !seen);
    let chosen = judged.iter().filter(|(operations, seen)| *seen && telling(&operations.log));
    let mut ways: Vec<&str> = chosen.map(|(operations, _)| operations.way.as_str()).collect();
    if ways.is_empty() {
        let passing = judged.iter().filter(|(_, seen)| *seen).map(|(operations, _)| operations.way.as_str());
        ways = passing.collect();
    }
    if ways.is_empty() {
        ways.extend(technique.operation.first().map(|operations| operations.way.as_str()));
    }
    technique.operation.iter().filter(|operations| ways.contains(&operations.way.as_str())).collect()
}

/// The technique that the query is said to detect: by its context, or by its text.
pub fn technique(analysis: &Analysis<'_>) -> Option<&'static Technique> {
    let techniques = &analysis.knowledge.techniques;
    let by_context = analysis.subject.context.technique;
    techniques
        .iter()
        .find(|technique| by_context.is_some_and(|id| id.eq_ignore_ascii_case(&technique.id)))
        .or_else(|| techniques.iter().find(|technique| analysis.subject.text.contains(technique.id.as_str())))
}

fn log_finding(
    analysis: &Analysis<'_>,
    technique: &Technique,
    log: &str,
    operations: &[&Operations],
    report: &mut Report,
) {
    let title = analysis.knowledge.log(log).map_or(log, |facts| facts.title.as_str());
    let needed: Vec<String> = operations.iter().flat_map(|found| found.needed.iter().cloned()).collect();
    if !reads(analysis, log) {
        let message = format!(
            "the query reads no {title}, where {} ({}) is {}",
            technique.id,
            technique.name,
            listed(&needed, 2)
        );
        report.add(message, start(analysis), Vec::new());
        return;
    }
    let missed: Vec<String> = names(operations, |found| &found.needed)
        .filter(|(name, service)| !passes(analysis, log, name, *service))
        .map(|(name, _)| name.to_owned())
        .collect();
    if !missed.is_empty() {
        let message = format!(
            "the query misses {} in {title}, by which {} ({}) is done too",
            listed(&missed, 8),
            technique.id,
            technique.name
        );
        report.add(message, start(analysis), Vec::new());
    }
    let (staged, left): (Vec<_>, Vec<_>) = names(operations, |found| &found.staging)
        .partition(|(name, service)| passes(analysis, log, name, *service));
    if !staged.is_empty() && !left.is_empty() {
        let words = |found: &[(&str, Option<&str>)]| {
            found.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>()
        };
        let message = format!(
            "the query sees {}, but not {}, which serve the same end",
            listed(&words(&staged), 4),
            listed(&words(&left), 4)
        );
        report.add(message, start(analysis), Vec::new());
    }
}

fn names<'o>(
    operations: &'o [&'o Operations],
    pick: impl Fn(&'o Operations) -> &'o Vec<String>,
) -> impl Iterator<Item = (&'o str, Option<&'o str>)> {
    operations
        .iter()
        .flat_map(move |found| pick(found).iter().map(|name| (name.as_str(), found.event_source.as_deref())))
}

/// Whether the query lets records of a log through to its conditions.
fn reads(analysis: &Analysis<'_>, id: &str) -> bool {
    analysis.scans.iter().any(|scan| scan.logs.iter().any(|log| log.id == id && log.targeted))
}

/// Whether an operation comes as far as the log's records come at all.
fn passes(analysis: &Analysis<'_>, id: &str, operation: &str, service: Option<&str>) -> bool {
    analysis.scans.iter().enumerate().any(|(scan, known)| {
        known.logs.iter().enumerate().filter(|(_, log)| log.id == id && log.targeted).any(|(log, _)| {
            let arrives = analysis.arrives.get(scan).and_then(|logs| logs.get(log)).copied().unwrap_or(false);
            let usual = dies_at(&analysis.stages, arrives, scan, log);
            let (stages, arrives) = analysis.with_operation(scan, log, operation, service);
            dies_at(&stages, arrives, scan, log) == usual
        })
    })
}

/// The first word of the query, to hang findings on that concern all of it.
fn start(analysis: &Analysis<'_>) -> Span {
    let text = analysis.subject.text;
    Span::new(0, text.find(char::is_whitespace).unwrap_or(text.len()))
}
