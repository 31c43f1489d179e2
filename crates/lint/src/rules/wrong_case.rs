//! LNT003: the value in another case, with an operator that minds case.

use quarry_functions::law;
use quarry_plan::{ExpressionKind, Law, TextPattern};

use super::{
    Report,
    never::{Cause, find},
    tools::{comparison, excerpt, plain_columns},
};
use crate::{
    analysis::{Analysis, site::Descend},
    knowledge::LogFacts,
};

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
    operations_of_techniques(analysis, report);
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

/// An operation in another case than all or most of a log's, where providers have no list of services.
fn operations_of_techniques(analysis: &Analysis<'_>, report: &mut Report) {
    analysis.visit_conditions(&mut |site| {
        let Some(stage) = analysis.stages.get(site.stage) else { return Descend::No };
        let Some(compared) = comparison(site.condition) else { return Descend::Yes };
        let is_direct = matches!(compared.value.kind, ExpressionKind::Column(_));
        let Some(columns) = plain_columns(compared.value) else { return Descend::Yes };
        let ([(name, _)], true, false) = (columns.as_slice(), is_direct, compared.matcher.ignore_case) else {
            return Descend::Yes;
        };
        let Some(scan) = analysis.scans.get(stage.scan) else { return Descend::No };
        let is_operation =
            |log: &&usize| analysis.column(stage.scan, **log, name).is_some_and(|facts| facts.operation);
        let logs = site.logs.iter().filter(is_operation).filter_map(|log| scan.logs.get(*log));
        let mut facts = logs.filter(|log| log.is_main()).filter_map(|log| log.facts);
        let told = facts.find_map(|facts| case_of(analysis, facts, &compared.matcher.pattern));
        if let Some((reason, help)) = told {
            let condition = excerpt(analysis.subject.text, site.condition.span);
            report.add(format!("`{condition}` {reason}"), site.condition.span, vec![help]);
        }
        Descend::Yes
    });
}

/// Why a log has no operation of a case, and what to write.
fn case_of(analysis: &Analysis<'_>, log: &LogFacts, pattern: &TextPattern) -> Option<(String, String)> {
    let wanted = match pattern {
        TextPattern::Equals(text)
        | TextPattern::Like(text)
        | TextPattern::Wildcard(text)
        | TextPattern::Contains(text)
        | TextPattern::StartsWith(text)
        | TextPattern::EndsWith(text) => text,
        TextPattern::Regex(_)
        | TextPattern::Term(_)
        | TextPattern::Word(_)
        | TextPattern::WordStart(_)
        | TextPattern::WordEnd(_)
        | TextPattern::Network(_) => return None,
    };
    if log.upper_operations {
        let upper = wanted.to_uppercase();
        let reason = format!(
            "misses what {} writes: operations are in upper case there, and case counts here",
            log.title
        );
        let help = format!("compare in one case: upper(...) with \"{upper}\"");
        // Names of other providers have no slash.
        return (wanted.contains('/') && upper != *wanted).then_some((reason, help));
    }
    let TextPattern::Equals(wanted) = pattern else { return None };
    let of_log = analysis.knowledge.techniques.iter().flat_map(|technique| &technique.operation);
    let of_log = of_log.filter(|operations| operations.log == log.id);
    let known = of_log.flat_map(|operations| operations.needed.iter().chain(&operations.staging));
    let mut near = known.filter(|name| name.eq_ignore_ascii_case(wanted)).peekable();
    let word = near.peek()?.to_owned();
    let is_written = near.any(|name| name == wanted);
    let reason = format!("never holds: the operation is written \"{word}\", and case counts here");
    (!is_written).then(|| (reason, format!("write \"{word}\"")))
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
