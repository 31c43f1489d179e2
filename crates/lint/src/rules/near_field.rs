//! LNT024: a field that no log here has, whose name is nearly that of one that some have.

use quarry_plan::{ColumnName, ExpressionKind};

use super::{
    Report,
    tools::{each_expression, nearly},
};
use crate::analysis::{Analysis, Log, Scan, facts::top};

/// Names of so many letters may differ in two.
const LONG: usize = 8;
/// Shorter names are near to too many.
const SHORTEST: usize = 5;

/// Reports them where they are first read.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    for scan in &analysis.scans {
        let logs: Vec<&Log<'_>> = scan.logs.iter().filter(|log| log.targeted).collect();
        if logs.is_empty() || logs.iter().any(|log| log.facts.is_none_or(|facts| facts.members.is_empty())) {
            continue;
        }
        for column in &scan.source.columns {
            if let Some((written, near)) = near(analysis, scan, &logs, &column.name) {
                let mut place = None;
                each_expression(analysis.subject.plan, &mut |expression| {
                    let is_it =
                        matches!(&expression.kind, ExpressionKind::Column(name) if *name == column.name);
                    if is_it && place.is_none() && expression.span.start < expression.span.end {
                        place = Some(expression.span);
                    }
                });
                let Some(span) = place else { continue };
                let message = format!("no log here is known to have the field `{written}`");
                report.add(message, span, vec![format!("did you mean `{near}`?")]);
            }
        }
    }
}

/// The name of a column as it is written, and the name that is nearly the same; none if some log may have it.
fn near(
    analysis: &Analysis<'_>,
    scan: &Scan<'_>,
    logs: &[&Log<'_>],
    column: &ColumnName,
) -> Option<(String, String)> {
    let facts: Vec<_> = logs.iter().filter_map(|log| log.columns.get(column)).collect();
    let written = facts.first()?.name.clone();
    let known_fields = scan.view.field_names();
    let first = top(&written);
    let is_member = |name: &str| {
        analysis.knowledge.is_member(name, true)
            && logs
                .iter()
                .any(|log| log.facts.is_some_and(|facts| facts.has_member(name, scan.view.ignore_case)))
    };
    if first.len() < SHORTEST
        || known_fields.contains(&written.as_str())
        || known_fields.contains(&first)
        || is_member(first)
        || facts.iter().any(|facts| facts.absent)
        || logs
            .iter()
            .any(|log| !log.source.prefix.is_empty() && written.starts_with(log.source.prefix.as_str()))
    {
        return None;
    }
    let members =
        logs.iter().filter_map(|log| log.facts).flat_map(|facts| facts.members.iter().map(String::as_str));
    let most = if first.chars().count() < LONG { 1 } else { 2 };
    let near = nearly(first, most, members.chain(known_fields.iter().copied()))?;
    let rest = written.strip_prefix(first).unwrap_or_default();
    Some((written.clone(), format!("{near}{rest}")))
}
