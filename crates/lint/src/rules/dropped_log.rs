//! LNT008: a condition drops every event of a log that the query selects.

use quarry_plan::{Expression, Operator};

use super::{
    Report,
    never::{Never, find},
    tools::{dies_at, excerpt},
};
use crate::analysis::{Analysis, Log};

/// Reports filters over computed columns that nothing of a selected log passes, with what makes it so.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    let nevers = find(analysis);
    for (scan, known) in analysis.scans.iter().enumerate().filter(|(_, scan)| scan.explicit) {
        for (log, found) in known.logs.iter().enumerate().filter(|(_, log)| log.targeted && log.is_main()) {
            let arrives = analysis.arrives.get(scan).and_then(|logs| logs.get(log)).copied().unwrap_or(true);
            let Some(at) = dies_at(&analysis.stages, arrives, scan, log) else { continue };
            dropped(analysis, &nevers, (at, log), found, report);
        }
    }
}

fn dropped(
    analysis: &Analysis<'_>,
    nevers: &[Never],
    (at, log): (usize, usize),
    found: &Log<'_>,
    report: &mut Report,
) {
    let Some(stage) = analysis.stages.get(at) else { return };
    let Operator::Filter { predicate, .. } = &stage.node.operator else { return };
    let mut stages = Vec::new();
    let mut words = Vec::new();
    definitions(analysis, at, predicate, &mut stages, &mut words, log);
    let causes: Vec<&Never> =
        nevers.iter().filter(|never| stages.contains(&never.stage) && never.logs.contains(&log)).collect();
    // A condition that says so itself is reported where it stands.
    if causes.is_empty() {
        return;
    }
    let condition = excerpt(analysis.subject.text, predicate.span);
    let message = format!("no event of {} passes `{condition}`", found.title());
    let help = words.iter().map(|(name, word)| format!("there `{name}` is always \"{word}\"")).collect();
    let labels = causes.iter().map(|never| (never.span, "because this never holds".to_owned())).collect();
    report.add_with(message, predicate.span, help, labels, None);
}

/// The stages that computed what a condition reads, and the words that are certain.
fn definitions(
    analysis: &Analysis<'_>,
    at: usize,
    value: &Expression,
    stages: &mut Vec<usize>,
    words: &mut Vec<(String, String)>,
    log: usize,
) {
    let mut names = Vec::new();
    value.visit_columns(&mut |name| names.push(name.to_owned()));
    for name in names {
        let Some((earlier, value)) = analysis.definition(at, &name) else { continue };
        if stages.contains(&earlier) {
            continue;
        }
        if let Some(Some(columns)) = analysis.stages.get(at).and_then(|stage| stage.before.get(log))
            && let Some(word) = columns.get(&name).and_then(|domain| domain.single())
        {
            words.extend(name.user().map(|name| (name.to_owned(), word.to_owned())));
        }
        stages.push(earlier);
        let mut deeper = Vec::new();
        definitions(analysis, earlier, value, stages, &mut deeper, log);
    }
}
