//! LNT018: a case treats the technique's operation like any other.

use quarry_plan::{Expression, ExpressionKind, TextMatcher};

use super::{
    Report,
    missing_operations::technique,
    tools::{comparison, each_part, listed, literal, plain_columns},
};
use crate::{
    analysis::{Analysis, Stage},
    knowledge::Technique,
};

/// Reports cases over the operation's name in which the technique's own operation reaches no arm.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    let Some(technique) = technique(analysis) else { return };
    for (at, stage) in analysis.stages.iter().enumerate().filter(|(_, stage)| !stage.mixed) {
        let mut cases = Vec::new();
        let mut visit = |value: &'_ Expression| {
            if let ExpressionKind::Case { arms, otherwise: Some(otherwise) } = &value.kind
                && literal(otherwise).is_some()
                && arms.iter().any(|(when, _)| over_operation(analysis, stage, when))
            {
                cases.push(value.clone());
            }
        };
        if let quarry_plan::Operator::Extend { columns, .. }
        | quarry_plan::Operator::Project { columns, .. } = &stage.node.operator
        {
            columns.iter().for_each(|(_, value)| each_part(value, &mut visit));
        }
        for case in cases {
            let mut fallen: Vec<String> = Vec::new();
            for operations in &technique.operation {
                let Some(name) = operations.needed.first() else { continue };
                let service = operations.event_source.as_deref();
                if falls_through(analysis, at, &case, &operations.log, name, service)
                    && !fallen.contains(name)
                {
                    fallen.push(name.clone());
                }
            }
            tell(analysis, at, &case, &fallen, technique, report);
        }
    }
}

/// Whether a condition asks for the operation of some log.
fn over_operation(analysis: &Analysis<'_>, stage: &Stage<'_>, condition: &Expression) -> bool {
    !patterns(analysis, stage, condition).is_empty()
}

fn patterns(analysis: &Analysis<'_>, stage: &Stage<'_>, condition: &Expression) -> Vec<TextMatcher> {
    let mut found = Vec::new();
    each_part(condition, &mut |part| {
        let Some(compared) = comparison(part).filter(|compared| !compared.differs) else { return };
        let columns = plain_columns(compared.value).unwrap_or_default();
        let is_operation = columns.iter().any(|(name, _)| {
            let logs = analysis.scans.get(stage.scan).map(|scan| scan.logs.as_slice()).unwrap_or_default();
            logs.iter().any(|log| log.columns.get(*name).is_some_and(|facts| facts.operation))
        });
        if is_operation {
            found.push(compared.matcher);
        }
    });
    found
}

/// Whether an operation comes to the case and takes its last arm.
fn falls_through(
    analysis: &Analysis<'_>,
    at: usize,
    case: &Expression,
    log: &str,
    operation: &str,
    service: Option<&str>,
) -> bool {
    let ExpressionKind::Case { arms, .. } = &case.kind else { return false };
    let Some(scan) = analysis.stages.get(at).map(|stage| stage.scan) else { return false };
    let Some(logs) = analysis.scans.get(scan).map(|scan| scan.logs.as_slice()) else { return false };
    let Some(log) = logs.iter().position(|known| known.id == log && known.targeted) else { return false };
    let (stages, _) = analysis.with_operation(scan, log, operation, service);
    let Some(Some(columns)) = stages.get(at).and_then(|stage| stage.before.get(log)) else { return false };
    let scope = analysis.scope(columns);
    arms.iter().all(|(when, _)| !scope.truths(when).yes)
}

fn tell(
    analysis: &Analysis<'_>,
    at: usize,
    case: &Expression,
    fallen: &[String],
    technique: &Technique,
    report: &mut Report,
) {
    let (Some(stage), ExpressionKind::Case { arms, otherwise: Some(otherwise) }) =
        (analysis.stages.get(at), &case.kind)
    else {
        return;
    };
    if fallen.is_empty() {
        return;
    }
    let word = literal(otherwise).unwrap_or_default();
    let plural = if fallen.len() == 1 { "an operation" } else { "operations" };
    let message = format!(
        "{}, {plural} of {}, take no arm and get \"{word}\", like any other",
        listed(fallen, 3),
        technique.id
    );
    let mut help = reads_alike(analysis, at, case, technique);
    let mut friends: Vec<(String, Vec<String>)> = Vec::new();
    for matcher in arms.iter().flat_map(|(when, _)| patterns(analysis, stage, when)) {
        let text = super::tools::pattern_text(&matcher).to_owned();
        if text.split(['%', '*']).filter(|piece| !piece.is_empty()).count() < 2 {
            continue;
        }
        let names = analysis.knowledge.operations.values().flatten();
        let mut fits: Vec<String> = names.filter(|name| analysis.fits(&matcher, name)).cloned().collect();
        fits.sort_by_key(|name| (name.len(), name.clone()));
        fits.dedup();
        if !fits.is_empty() {
            friends.push((text, fits));
        }
    }
    help.extend(
        friends.iter().map(|(pattern, names)| format!("`{pattern}` fits {} instead", listed(names, 6))),
    );
    report.add(message, case.span, help);
}

/// An operation that only reads, of the technique's own service, and ends in the same arm.
fn reads_alike(analysis: &Analysis<'_>, at: usize, case: &Expression, technique: &Technique) -> Vec<String> {
    for operations in &technique.operation {
        let Some(reads) = analysis.knowledge.log(&operations.log).and_then(|log| log.reads.as_ref()) else {
            continue;
        };
        let Some(service) = operations.event_source.as_deref() else { continue };
        let names = analysis.knowledge.operations.get(service).map(Vec::as_slice).unwrap_or_default();
        let mut reads: Vec<&String> = names.iter().filter(|name| reads.is_match(name)).collect();
        reads.sort_by_key(|name| (!name.starts_with("Describe"), name.len()));
        let alike = reads
            .into_iter()
            .find(|name| falls_through(analysis, at, case, &operations.log, name, Some(service)));
        if let Some(name) = alike {
            return vec![format!("`{name}`, which only reads, gets the same")];
        }
    }
    Vec::new()
}
