//! LNT011: operations that only read pass a pattern.

use quarry_diagnostic::Span;
use quarry_plan::{Expression, TextPattern};

use super::{
    Report,
    tools::{
        Comparison, comparison, dies_at, each_part, excerpt, filters, listed, pattern_text, plain_columns,
    },
};
use crate::{analysis::Analysis, knowledge::LogFacts};

/// So many operations are tried.
const TRIED: usize = 40;
/// Words by which a query says that it is after reads.
const READ_WORDS: [&str; 9] =
    ["describe", "list", "get", "lookup", "head", "search", "read", "enum", "batch"];

/// Reports patterns over the operation's name, one finding a filter.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    for (at, stage, predicate) in filters(analysis) {
        let mut admitting: Vec<(Span, Vec<String>)> = Vec::new();
        for log in analysis.coming(stage) {
            let mut patterns = Vec::new();
            each_part(predicate, &mut |part| patterns.extend(pattern(analysis, at, stage.scan, log, part)));
            for (compared, span) in patterns {
                let reads = admitted(analysis, stage.scan, log, &compared);
                if !reads.is_empty() && admitting.iter().all(|(known, _)| *known != span) {
                    admitting.push((span, reads));
                }
            }
        }
        admitting.sort_by_key(|(_, reads)| std::cmp::Reverse(reads.len()));
        let Some(((span, reads), others)) = admitting.split_first() else { continue };
        let condition = excerpt(analysis.subject.text, *span);
        let message =
            format!("`{condition}` also lets operations through that only read: {}", listed(reads, 3));
        let help =
            "name the operations, or the verb that they begin with, or leave out what only reads".to_owned();
        let labels = others.iter().map(|(span, reads)| (*span, format!("also {}", listed(reads, 1))));
        report.add_with(message, *span, vec![help], labels.collect(), None);
    }
}

/// A pattern over the operation's name that does not speak of reading.
fn pattern<'e>(
    analysis: &Analysis<'_>,
    at: usize,
    scan: usize,
    log: usize,
    part: &'e Expression,
) -> Option<(Comparison<'e>, Span)> {
    let compared = comparison(part).filter(|compared| !compared.differs)?;
    let columns = plain_columns(compared.value)?;
    let [(name, _)] = columns.as_slice() else { return None };
    let operation = analysis.definition(at, name).is_none() && analysis.column(scan, log, name)?.operation;
    let text = pattern_text(&compared.matcher).to_lowercase();
    let speaks = READ_WORDS.iter().any(|word| text.contains(word));
    let exact = matches!(compared.matcher.pattern, TextPattern::Equals(_));
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).count();
    (operation && !speaks && !exact && letters > 2).then_some((compared, part.span))
}

/// The reading operations that fit a pattern and come out at the end.
fn admitted(analysis: &Analysis<'_>, scan: usize, log: usize, compared: &Comparison<'_>) -> Vec<String> {
    let Some(known) = analysis.scans.get(scan).and_then(|scan| scan.logs.get(log)) else { return Vec::new() };
    let Some(facts) = known.facts else { return Vec::new() };
    let Some(reads) = &facts.reads else { return Vec::new() };
    if facts.service.is_none() {
        return Vec::new();
    }
    let lowered = !matches!(compared.value.kind, quarry_plan::ExpressionKind::Column(_));
    let matcher = quarry_plan::TextMatcher {
        ignore_case: compared.matcher.ignore_case || lowered,
        pattern: compared.matcher.pattern.clone(),
    };
    let end = dies_at(&analysis.stages, arrives(analysis, scan, log), scan, log);
    let mut found: Vec<String> = Vec::new();
    let mut tried = 0;
    for (service, names) in by_renown(analysis, facts) {
        for name in names.into_iter().filter(|name| reads.is_match(name) && analysis.fits(&matcher, name)) {
            if tried >= TRIED || found.contains(name) {
                continue;
            }
            tried += 1;
            let (stages, passes) = analysis.with_operation(scan, log, name, Some(service));
            if dies_at(&stages, passes, scan, log) == end {
                found.push(name.clone());
            }
        }
    }
    found
}

/// All services with their operations, those that people know best first, and each service's short
/// names first.
fn by_renown<'k>(analysis: &Analysis<'k>, facts: &LogFacts) -> Vec<(&'k String, Vec<&'k String>)> {
    let rank = |service: &str| {
        facts.known_services.iter().position(|known| known == service).unwrap_or(facts.known_services.len())
    };
    let services = analysis.knowledge.operations.iter().map(|(service, names)| {
        let mut names: Vec<&String> = names.iter().collect();
        names.sort_by_key(|name| name.len());
        (service, names)
    });
    let mut services: Vec<_> = services.collect();
    services.sort_by_key(|(service, _)| rank(service));
    services
}

fn arrives(analysis: &Analysis<'_>, scan: usize, log: usize) -> bool {
    analysis.arrives.get(scan).and_then(|logs| logs.get(log)).copied().unwrap_or(false)
}
