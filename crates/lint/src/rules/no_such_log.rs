//! LNT025: a log source that no log here is.

use std::collections::HashMap;

use quarry_diagnostic::did_you_mean;
use quarry_plan::{ColumnName, Expression, ExpressionKind, TextPattern};

use super::{
    Report,
    tools::{comparison, excerpt, filters, listed, plain_columns},
};
use crate::analysis::{Analysis, Log, facts::ColumnFacts, site::Descend};

/// Values that a message names at most.
const SHOWN: usize = 4;

/// Reports comparisons with what is the same for all events of a log (source type, device type), where no log is that.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    analysis.visit_conditions(&mut |site| {
        let Some(stage) = analysis.stages.get(site.stage) else { return Descend::No };
        let Some(compared) = comparison(site.condition).filter(|compared| !compared.differs) else {
            return Descend::Yes;
        };
        let (TextPattern::Equals(wanted), true, false) =
            (&compared.matcher.pattern, site.filters, site.negated)
        else {
            return Descend::Yes;
        };
        let Some(columns) = plain_columns(compared.value) else { return Descend::Yes };
        let ([(name, _)], true) = (columns.as_slice(), analysis.scans.get(stage.scan).is_some()) else {
            return Descend::Yes;
        };
        let of_logs = picked(analysis, stage.scan, name);
        let is_fixed = |facts: &&ColumnFacts| facts.selects || facts.absent;
        let is_set = of_logs.iter().any(|facts| facts.selects) && of_logs.iter().all(is_fixed);
        // Numbers of other products are LNT006's affair.
        let is_device = analysis.knowledge.names.device.iter().any(|device| device.id.to_string() == *wanted);
        // What other conditions leave of the logs is no reason here.
        let holds = |facts: &&ColumnFacts| holds(analysis, name, facts, site.condition);
        if !is_set || is_device || of_logs.iter().any(holds) {
            return Descend::Yes;
        }
        let mut values: Vec<String> =
            of_logs.iter().filter_map(|facts| facts.domain.single()).map(str::to_owned).collect();
        values.sort();
        values.dedup();
        let condition = excerpt(analysis.subject.text, site.condition.span);
        let field = &of_logs.iter().find(|facts| facts.selects).map_or("", |facts| facts.name.as_str());
        let message = format!("`{condition}` never holds here: `{field}` is {}", listed(&values, SHOWN));
        report.add(message, site.condition.span, help(wanted, &values));
        Descend::Yes
    });
}

/// What is known of a column in the logs that conditions on other fields pick; in all, where it is what tells them apart.
fn picked<'s>(analysis: &'s Analysis<'_>, scan: usize, name: &ColumnName) -> Vec<&'s ColumnFacts> {
    let logs = || analysis.scans.get(scan).into_iter().flat_map(|scan| &scan.logs);
    let all: Vec<&ColumnFacts> = logs().filter_map(|log| log.columns.get(name)).collect();
    if all.iter().all(|facts| facts.selects) {
        return all;
    }
    let mut conditions = Vec::new();
    for (_, stage, predicate) in filters(analysis) {
        if stage.scan == scan {
            conjuncts(predicate, &mut conditions);
        }
    }
    let others = conditions.into_iter().filter_map(|condition| {
        let mut columns = Vec::new();
        condition.visit_columns(&mut |column| columns.push(column.clone()));
        columns.dedup();
        let column = columns.pop().filter(|column| columns.is_empty() && column != name)?;
        Some((column, condition))
    });
    let others: Vec<(ColumnName, &Expression)> = others.collect();
    let is_picked = |log: &&Log<'_>| {
        others.iter().all(|(column, condition)| match log.columns.get(column) {
            Some(facts) if facts.selects => holds(analysis, column, facts, condition),
            _ => true,
        })
    };
    logs().filter(is_picked).filter_map(|log| log.columns.get(name)).collect()
}

fn conjuncts<'e>(condition: &'e Expression, found: &mut Vec<&'e Expression>) {
    match &condition.kind {
        ExpressionKind::And(items) => items.iter().for_each(|item| conjuncts(item, found)),
        _ => found.push(condition),
    }
}

/// Whether a condition on a column alone can hold.
fn holds(analysis: &Analysis<'_>, name: &ColumnName, facts: &ColumnFacts, condition: &Expression) -> bool {
    let columns = HashMap::from([(name.clone(), facts.domain.clone())]);
    analysis.scope(&columns).truths(condition).yes
}

/// The value that has the wanted one in it, or is in it.
fn help(wanted: &str, values: &[String]) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    if quarry_plan::parse_number(&wanted).is_some() {
        return Vec::new();
    }
    let holds = |value: &&String| {
        let value = value.to_lowercase();
        wanted.len() > 3 && (value.contains(&wanted) || wanted.contains(&value))
    };
    let near = values.iter().find(holds).map(String::as_str);
    let near = near.or_else(|| did_you_mean(&wanted, values.iter().map(String::as_str)));
    near.map(|near| vec![format!("did you mean `{near}`?")]).unwrap_or_default()
}
