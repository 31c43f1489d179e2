//! LNT010: one action is several records.

use quarry_plan::{ColumnName, Comparison, Expression, ExpressionKind, Operator};

use super::{
    Report,
    tools::{excerpt, fields_of, filters, literal, selector},
};
use crate::analysis::{Analysis, Log};

/// Reports thresholds over records, and rows for each record, of logs that write several records for one action.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    for (scan, known) in analysis.scans.iter().enumerate() {
        for (log, found) in known.logs.iter().enumerate().filter(|(_, log)| log.targeted && log.is_main()) {
            let Some(facts) = found.facts else { continue };
            let Some(reason) = &facts.several else { continue };
            if !known.explicit
                || facts.several_in.as_ref().is_some_and(|words| !words.is_match(analysis.subject.text))
            {
                continue;
            }
            if ends_only(analysis, scan, log) {
                continue;
            }
            if let Some(threshold) = threshold(analysis, scan, log) {
                let condition = excerpt(analysis.subject.text, threshold.span);
                let message = format!("`{condition}` counts records, not actions");
                let help = vec![
                    reason.clone(),
                    "count distinct ids of operations, or only the records that end one".to_owned(),
                ];
                report.add(message, threshold.span, help);
            } else if !gathers(analysis, scan) && one_log_family(known.logs.as_slice(), found) {
                let message = format!("one action gives several rows: {reason}");
                let help = vec![
                    "keep only the record that ends an operation, or group by what its records share"
                        .to_owned(),
                ];
                report.add(message, selector(analysis, scan, log), help);
            }
        }
    }
}

/// Whether this is the first main log of its family that the query reads.
fn one_log_family(all: &[Log<'_>], log: &Log<'_>) -> bool {
    let family = |log: &Log<'_>| log.facts.map(|facts| facts.family.clone());
    all.iter()
        .find(|other| other.is_main() && family(other) == family(log))
        .is_some_and(|first| first.id == log.id)
}

/// Whether a filter asks how the operation ended, by a field that this log has.
fn ends_only(analysis: &Analysis<'_>, scan: usize, log: usize) -> bool {
    filters(analysis).filter(|(_, stage, _)| stage.scan == scan).any(|(at, _, predicate)| {
        let fields = fields_of(analysis, at, predicate);
        let columns = analysis.scans.get(scan).and_then(|scan| scan.logs.get(log)).map(|log| &log.columns);
        columns.is_some_and(|columns| {
            columns.values().any(|facts| {
                let key = analysis.scans.get(scan).and_then(|scan| scan.logs.get(log)?.facts);
                let is_key = key.is_some_and(|key| {
                    facts
                        .paths
                        .iter()
                        .any(|path| key.several_key.iter().any(|known| top_two(known) == top_two(path)))
                });
                fields.contains(&facts.field) && (facts.outcome || is_key)
            })
        })
    })
}

/// A path without its last step, if it has several.
fn top_two(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(first, _)| first)
}

/// A filter that asks for more than one record in a group that does not gather the records of one action.
fn threshold<'a>(analysis: &Analysis<'a>, scan: usize, log: usize) -> Option<&'a Expression> {
    let (at, aggregate) =
        analysis.stages.iter().enumerate().find_map(|(at, stage)| match &stage.node.operator {
            Operator::Aggregate(aggregate)
                if stage.scan == scan && stage.before.get(log).is_some_and(Option::is_some) =>
            {
                Some((at, aggregate))
            }
            _ => None,
        })?;
    if keyed(analysis, scan, log, at, aggregate.groups.iter().map(|(_, value)| value)) {
        return None;
    }
    let counts: Vec<&ColumnName> = aggregate
        .aggregates
        .iter()
        .filter(|(_, call)| call.function == "count" && call.arguments.is_empty() && call.filter.is_none())
        .map(|(name, _)| name)
        .collect();
    let later = filters(analysis).filter(|(index, stage, _)| *index > at && stage.scan == scan);
    let mut found = None;
    for (_, _, predicate) in later {
        super::tools::each_part(predicate, &mut |part| {
            if found.is_none() && asks_for_many(part, &counts) {
                found = Some(part);
            }
        });
    }
    found
}

fn asks_for_many(condition: &Expression, counts: &[&ColumnName]) -> bool {
    let (value, limit, least) = match &condition.kind {
        ExpressionKind::Compare { operator: Comparison::Greater, left, right, .. } => {
            (left.as_ref(), right, 1.0)
        }
        ExpressionKind::Compare { operator: Comparison::GreaterOrEqual, left, right, .. } => {
            (left.as_ref(), right, 2.0)
        }
        _ => return false,
    };
    many(value, limit, counts, least)
}

fn many(value: &Expression, limit: &Expression, counts: &[&ColumnName], least: f64) -> bool {
    let mut counted = false;
    value.visit_columns(&mut |name| counted |= counts.contains(&name));
    counted && literal(limit).and_then(|limit| limit.parse::<f64>().ok()).is_some_and(|limit| limit >= least)
}

/// Whether keys hold what the records of one action share.
fn keyed<'e>(
    analysis: &Analysis<'_>,
    scan: usize,
    log: usize,
    at: usize,
    keys: impl Iterator<Item = &'e Expression>,
) -> bool {
    let Some(log) = analysis.scans.get(scan).and_then(|scan| scan.logs.get(log)) else { return false };
    let shared = log.facts.map(|facts| facts.several_key.as_slice()).unwrap_or_default();
    let fields: Vec<String> = keys.flat_map(|key| fields_of(analysis, at, key)).collect();
    log.columns.values().any(|facts| {
        fields.contains(&facts.field) && facts.paths.iter().any(|path| shared.iter().any(|key| key == path))
    })
}

/// Whether rows are gathered in some way before they come out.
fn gathers(analysis: &Analysis<'_>, scan: usize) -> bool {
    analysis.stages.iter().filter(|stage| stage.scan == scan).any(|stage| {
        matches!(
            stage.node.operator,
            Operator::Aggregate(_) | Operator::Deduplicate { .. } | Operator::Window { .. }
        )
    })
}
