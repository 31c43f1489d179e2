//! LNT003: the value in another case, with an operator that minds case.

use quarry_functions::law;
use quarry_plan::{ExpressionKind, Law, TextPattern};

use super::{
    Report,
    never::{Cause, find},
    tools::{comparison, excerpt, plain_columns},
};
use crate::analysis::{Analysis, site::Descend};

/// Reports words of a field's vocabulary, names of operations and results of a case in another case.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    for never in find(analysis) {
        if let Cause::Case(word) = &never.cause {
            let condition = excerpt(analysis.subject.text, never.span);
            let field = &never.field;
            let message =
                format!("`{condition}` never holds: `{field}` is written \"{word}\", and case counts here");
            report.add(message, never.span, vec![format!("write \"{word}\"")]);
        }
    }
    operations(analysis, report);
    folded(analysis, report);
}

/// A value in one case compared with a word in another.
fn folded(analysis: &Analysis<'_>, report: &mut Report) {
    analysis.visit_conditions(&mut |site| {
        let Some(compared) = comparison(site.condition) else { return Descend::Yes };
        let TextPattern::Equals(wanted) = &compared.matcher.pattern else { return Descend::Yes };
        let folds = match &compared.value.kind {
            ExpressionKind::Call { function, .. } => law(function),
            _ => None,
        };
        let (folded, case) = match folds {
            Some(Law::LowerCase) => (wanted.to_lowercase(), "lower"),
            Some(Law::UpperCase) => (wanted.to_uppercase(), "upper"),
            _ => return Descend::Yes,
        };
        if !compared.matcher.ignore_case && folded != *wanted {
            let condition = excerpt(analysis.subject.text, site.condition.span);
            let how = if compared.differs { "always holds where there is a value" } else { "never holds" };
            let message = format!("`{condition}` {how}: the value is in {case} case, and case counts here");
            report.add(message, site.condition.span, vec![format!("write \"{folded}\"")]);
        }
        Descend::Yes
    });
}

/// An operation's name in another case than the provider writes.
fn operations(analysis: &Analysis<'_>, report: &mut Report) {
    let names: Vec<&String> = analysis.knowledge.operations.values().flatten().collect();
    analysis.visit_conditions(&mut |site| {
        let Some(stage) = analysis.stages.get(site.stage) else { return Descend::No };
        let Some(compared) = comparison(site.condition) else { return Descend::Yes };
        let TextPattern::Equals(wanted) = &compared.matcher.pattern else { return Descend::Yes };
        let Some(columns) = plain_columns(compared.value) else { return Descend::Yes };
        let [(name, _)] = columns.as_slice() else { return Descend::Yes };
        let direct = matches!(compared.value.kind, quarry_plan::ExpressionKind::Column(_));
        let recorded = site.logs.iter().all(|log| {
            analysis.column(stage.scan, *log, name).is_some_and(|facts| facts.operation)
                && analysis
                    .scans
                    .get(stage.scan)
                    .and_then(|scan| scan.logs.get(*log)?.facts)
                    .is_some_and(|facts| facts.service.is_some())
        });
        if compared.matcher.ignore_case
            || !direct
            || !recorded
            || site.logs.is_empty()
            || names.contains(&wanted)
        {
            return Descend::Yes;
        }
        if let Some(word) = names.iter().find(|name| name.eq_ignore_ascii_case(wanted)) {
            let condition = excerpt(analysis.subject.text, site.condition.span);
            let message = format!(
                "`{condition}` never holds: the operation is written \"{word}\", and case counts here"
            );
            report.add(message, site.condition.span, vec![format!("write \"{word}\"")]);
        }
        Descend::Yes
    });
}
