//! LNT004: a field that the log never carries.

use quarry_plan::{ColumnName, Expression, ExpressionKind, Operator, Role};

use super::{
    Report,
    never::{Cause, find, instead},
    tools::{excerpt, plain_columns},
};
use crate::analysis::{Analysis, Log, Stage, site::Descend};

/// Reports comparisons with such fields and values made of nothing else.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    let mut told: Vec<String> = Vec::new();
    for never in find(analysis) {
        if never.cause != Cause::Absent || told.contains(&never.field) {
            continue;
        }
        told.push(never.field.clone());
        let Some(scan) = analysis.scans.get(never.scan) else { continue };
        let Some(log) = never.logs.first().and_then(|log| scan.logs.get(*log)) else { continue };
        let condition = excerpt(analysis.subject.text, never.span);
        let who = carriers(scan.logs.as_slice(), &never.logs);
        let message = format!("`{condition}` never holds: {who} carries `{}`", never.field);
        report.add(message, never.span, help(log, &never.field));
    }
    restrained(analysis, report, &mut told);
    values(analysis, report, &mut told);
}

/// Whose records lack the field.
fn carriers(all: &[Log<'_>], logs: &[usize]) -> String {
    if logs.len() > 1 && logs.len() == all.len() {
        return "no log here".to_owned();
    }
    let main = logs.iter().filter_map(|log| all.get(*log)).find(|log| log.is_main());
    let first = main.or_else(|| logs.first().and_then(|log| all.get(*log)));
    first.map_or_else(|| "no log".to_owned(), |log| format!("no record of {}", log.title()))
}

fn help(log: &Log<'_>, field: &str) -> Vec<String> {
    let Some(facts) = log.facts else { return Vec::new() };
    let known = log.columns.values().find(|facts| facts.name == field);
    let instead = known.and_then(|known| instead(facts, known));
    instead.map(|instead| vec![format!("{} has {instead} instead", log.title())]).unwrap_or_default()
}

/// `operation matches ... AND field-of-another-log = ...`: the part that holds for a log is held back
/// by a field that this log never carries, though the query reads the log on purpose.
fn restrained(analysis: &Analysis<'_>, report: &mut Report, told: &mut Vec<String>) {
    analysis.visit_conditions(&mut |site| {
        let Some(stage) = analysis.stages.get(site.stage) else { return Descend::No };
        let ExpressionKind::And(items) = &site.condition.kind else { return Descend::Yes };
        let Some(scan) = analysis.scans.get(stage.scan).filter(|scan| scan.explicit) else {
            return Descend::No;
        };
        if site.negated || site.filters {
            return Descend::Yes;
        }
        for item in items {
            let absent = site.logs.iter().copied().find_map(|log| {
                let field = lacks(analysis, (site.stage, stage), log, item)?;
                let meant = scan.logs.get(log).is_some_and(Log::is_main)
                    && items.iter().any(|other| names_operation(analysis, stage, log, other));
                meant.then_some((log, field))
            });
            let Some((log, field)) = absent else { continue };
            let Some(log) = scan.logs.get(log) else { continue };
            if told.contains(&field) {
                continue;
            }
            told.push(field.clone());
            let whole = excerpt(analysis.subject.text, site.condition.span);
            let message =
                format!("`{whole}` never holds for {}, whose records never carry `{field}`", log.title());
            report.add(message, item.span, help(log, &field));
        }
        Descend::Yes
    });
}

/// The field that makes a condition impossible for a log by never having a value.
fn lacks(
    analysis: &Analysis<'_>,
    (at, stage): (usize, &Stage<'_>),
    log: usize,
    condition: &Expression,
) -> Option<String> {
    if analysis.truths(stage, log, condition).yes {
        return None;
    }
    let compared = super::tools::comparison(condition)?;
    let columns = plain_columns(compared.value)?;
    let [(name, _)] = columns.as_slice() else { return None };
    if analysis.definition(at, name).is_some() {
        return None;
    }
    let facts = analysis.column(stage.scan, log, name)?;
    facts.absent.then(|| facts.name.clone())
}

/// Whether a condition asks for an operation that the log is known to have.
fn names_operation(analysis: &Analysis<'_>, stage: &Stage<'_>, log: usize, condition: &Expression) -> bool {
    let Some(compared) = super::tools::comparison(condition).filter(|compared| !compared.differs) else {
        return false;
    };
    let Some(columns) = plain_columns(compared.value) else { return false };
    let facts = analysis.scans.get(stage.scan).and_then(|scan| scan.logs.get(log)?.facts);
    // Only where the names of operations are known can a pattern for this log be told from another's.
    let fits = facts.is_some_and(|facts| facts.service.is_some())
        && analysis
            .knowledge
            .operations
            .values()
            .flatten()
            .any(|name| analysis.fits(&compared.matcher, name));
    let column =
        |name: &ColumnName| analysis.column(stage.scan, log, name).is_some_and(|facts| facts.operation);
    fits && columns.iter().any(|(name, _)| column(name))
}

/// Values made only of fields that the log never carries.
fn values(analysis: &Analysis<'_>, report: &mut Report, told: &mut Vec<String>) {
    for (at, stage) in analysis.stages.iter().enumerate().filter(|(_, stage)| !stage.mixed) {
        if analysis.makes_names(at) {
            continue;
        }
        let (Operator::Extend { columns, .. } | Operator::Project { columns, .. }) = &stage.node.operator
        else {
            continue;
        };
        let logs = analysis.coming(stage);
        for (name, value) in columns.iter().filter(|(name, _)| name.role() != Role::Provenance) {
            value_sites(analysis, stage, value, &logs, &mut |value, logs| {
                empty_value(analysis, (at, stage), (name, value), logs, report, told);
            });
        }
    }
}

/// Calls `visit` with every value that a column may take, and the log types it takes it for.
fn value_sites<'e>(
    analysis: &Analysis<'_>,
    stage: &Stage<'_>,
    value: &'e Expression,
    logs: &[usize],
    visit: &mut dyn FnMut(&'e Expression, &[usize]),
) {
    let ExpressionKind::Case { arms, otherwise } = &value.kind else { return visit(value, logs) };
    let mut left = logs.to_vec();
    for (when, then) in arms {
        let taken: Vec<usize> =
            left.iter().copied().filter(|log| analysis.truths(stage, *log, when).yes).collect();
        value_sites(analysis, stage, then, &taken, visit);
        left.retain(|log| !analysis.truths(stage, *log, when).always());
    }
    if let Some(otherwise) = otherwise {
        value_sites(analysis, stage, otherwise, &left, visit);
    }
}

fn empty_value(
    analysis: &Analysis<'_>,
    (at, stage): (usize, &Stage<'_>),
    (column, value): (&ColumnName, &Expression),
    logs: &[usize],
    report: &mut Report,
    told: &mut Vec<String>,
) {
    let Some(scan) = analysis.scans.get(stage.scan).filter(|scan| scan.explicit) else { return };
    let Some(columns) = plain_columns(value).filter(|columns| !columns.is_empty()) else { return };
    if columns.iter().any(|(name, _)| analysis.definition(at, name).is_some()) {
        return;
    }
    let main: Vec<usize> =
        logs.iter().copied().filter(|log| scan.logs.get(*log).is_some_and(Log::is_main)).collect();
    let lacking = |log: &usize| {
        columns
            .iter()
            .all(|(name, _)| analysis.column(stage.scan, *log, name).is_some_and(|facts| facts.absent))
    };
    let (Some(first), true) = (main.first(), main.iter().all(lacking)) else { return };
    let Some(log) = scan.logs.get(*first) else { return };
    let Some((name, span)) = columns.first() else { return };
    let Some(field) = log.columns.get(*name).map(|facts| facts.name.clone()) else { return };
    if told.contains(&field) {
        return;
    }
    told.push(field.clone());
    let message = if column.user().is_none_or(|column| column == field) {
        format!("`{field}` never has a value: no record of {} carries it", log.title())
    } else {
        format!(
            "`{}` never has a value from `{field}`: no record of {} carries it",
            column.text(),
            log.title()
        )
    };
    report.add(message, *span, help(log, &field));
}
