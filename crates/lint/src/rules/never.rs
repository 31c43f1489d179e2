//! Comparisons that can never hold, and why: what several rules tell apart.

use quarry_diagnostic::Span;
use quarry_plan::{Expression, ExpressionKind, TextPattern};

use super::tools::{Comparison, comparison, pattern_text, plain_columns};
use crate::analysis::{
    Analysis, Log,
    domain::Texts,
    facts::{ColumnFacts, top},
    site::{Descend, Site, settled},
};

/// A comparison that never holds for some logs.
pub struct Never {
    /// Its place.
    pub span: Span,
    /// Index of its stage.
    pub stage: usize,
    /// Index of its scan.
    pub scan: usize,
    /// The log types for which it never holds, of those that come to it.
    pub logs: Vec<usize>,
    /// Whether it can hold for other shapes of the same log.
    pub partial: bool,
    /// Why.
    pub cause: Cause,
    /// The field compared.
    pub field: String,
}

/// Why a comparison never holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cause {
    /// The log never carries the field.
    Absent,
    /// A status field or word of another shape; what this shape has instead.
    Outcome(Option<String>),
    /// The field always has a value; what it is otherwise.
    AlwaysSet(Option<String>),
    /// The field is never empty.
    NeverEmpty,
    /// The value in another case.
    Case(String),
    /// Not one of the words that the field takes.
    Word(Vec<String>),
    /// Not of the shape that the field has.
    Shape,
}

/// All of them.
pub fn find(analysis: &Analysis<'_>) -> Vec<Never> {
    let mut found = Vec::new();
    analysis.visit_conditions(&mut |site| {
        let before = found.len();
        let descend = visit(analysis, site, &mut found);
        // An alternative that can hold makes it a precaution, unless the word itself is a slip.
        let is_slip = |never: &Never| matches!(never.cause, Cause::Case(_) | Cause::Word(_) | Cause::Shape);
        let needed =
            |never: &Never| is_slip(never) || never.logs.iter().any(|log| !site.spared.contains(log));
        // A test for any value at all that always holds is no mistake.
        let is_idle =
            |never: &Never| site.negated && matches!(never.cause, Cause::AlwaysSet(_) | Cause::NeverEmpty);
        let added = found.split_off(before);
        found.extend(added.into_iter().filter(|never| needed(never) && !is_idle(never)));
        descend
    });
    found
}

fn visit(analysis: &Analysis<'_>, site: &Site<'_>, found: &mut Vec<Never>) -> Descend {
    let Some(stage) = analysis.stages.get(site.stage) else { return Descend::No };
    if site.logs.is_empty() || matches!(site.condition.kind, ExpressionKind::Literal(_)) {
        return Descend::No;
    }
    let possible: Vec<usize> =
        site.logs.iter().copied().filter(|log| analysis.truths(stage, *log, site.condition).yes).collect();
    if possible.is_empty() {
        never(analysis, site, &site.logs, site.condition, found);
        return Descend::No;
    }
    if is_leaf(site.condition) {
        partly(analysis, site, &possible, found);
    }
    Descend::Yes
}

fn is_leaf(condition: &Expression) -> bool {
    !matches!(condition.kind, ExpressionKind::And(_) | ExpressionKind::Or(_) | ExpressionKind::Not(_))
}

/// Nothing that comes here can hold: finds the part to blame.
fn never(
    analysis: &Analysis<'_>,
    site: &Site<'_>,
    logs: &[usize],
    condition: &Expression,
    found: &mut Vec<Never>,
) {
    let Some(stage) = analysis.stages.get(site.stage) else { return };
    match &condition.kind {
        ExpressionKind::And(items) => {
            let blamed =
                items.iter().find(|item| logs.iter().all(|log| !analysis.truths(stage, *log, item).yes));
            if let Some(item) = blamed {
                never(analysis, site, logs, item, found);
            }
        }
        ExpressionKind::Or(items) => {
            let Some(cause) =
                items.iter().find_map(|item| leaf(analysis, site.stage, stage.scan, logs, item))
            else {
                return;
            };
            found.push(Never { span: condition.span, ..cause });
        }
        _ => found.extend(leaf(analysis, site.stage, stage.scan, logs, condition)),
    }
}

/// Some shape of a log can hold, the main one cannot.
fn partly(analysis: &Analysis<'_>, site: &Site<'_>, possible: &[usize], found: &mut Vec<Never>) {
    let Some(stage) = analysis.stages.get(site.stage) else { return };
    let Some(scan) = analysis.scans.get(stage.scan) else { return };
    let family =
        |log: &usize| scan.logs.get(*log).and_then(|log| log.facts).map(|facts| facts.family.as_str());
    let mains = site.logs.iter().copied().filter(|log| {
        let main = scan.logs.get(*log).is_some_and(Log::is_main);
        main && !possible.contains(log) && possible.iter().all(|other| family(other) == family(log))
    });
    if !scan.explicit {
        return;
    }
    for main in mains {
        if let Some(never) = leaf(analysis, site.stage, stage.scan, &[main], site.condition) {
            found.push(Never { partial: true, ..never });
        }
    }
}

fn leaf(
    analysis: &Analysis<'_>,
    at: usize,
    scan: usize,
    logs: &[usize],
    condition: &Expression,
) -> Option<Never> {
    let (mut inner, mut negated) = (settled(condition), false);
    while let ExpressionKind::Not(next) = &inner.kind {
        (inner, negated) = (settled(next), !negated);
    }
    if is_implied(inner) {
        return None;
    }
    let log = speaker(analysis, (at, scan), logs, inner)?;
    let never = |cause, field| Never {
        span: condition.span,
        stage: at,
        scan,
        logs: logs.to_vec(),
        partial: false,
        cause,
        field,
    };
    if let ExpressionKind::IsNull(value) = &inner.kind {
        let (facts, _) = source_column(analysis, at, scan, log, value)?;
        let cause = match (negated, facts.absent) {
            (true, true) if !analysis.makes_names(at) => absent(analysis, scan, log, facts),
            (false, false) => Cause::AlwaysSet(facts.fallback.clone()),
            _ => return None,
        };
        return Some(never(cause, facts.name.clone()));
    }
    let compared = comparison(inner)?;
    if let Some((facts, whole)) = source_column(analysis, at, scan, log, compared.value) {
        if facts.selects || facts.made_up.is_some() {
            return None;
        }
        let asks_other = negated != compared.differs;
        if facts.absent {
            if analysis.makes_names(at) {
                return None;
            }
            return Some(never(absent(analysis, scan, log, facts), facts.name.clone()));
        }
        if asks_other || !whole {
            return None;
        }
        return Some(never(word_cause(analysis, scan, log, facts, &compared)?, facts.name.clone()));
    }
    let asks_other = negated != compared.differs;
    if asks_other {
        None
    } else {
        computed(analysis, at, &compared).map(|(cause, field)| never(cause, field))
    }
}

/// Whether nobody wrote the condition: a command implies it, and all its parts have the command's place.
fn is_implied(condition: &Expression) -> bool {
    let children = condition.children();
    !children.is_empty() && children.iter().all(|child| child.span == condition.span)
}

/// The log type that messages speak of: a main one that carries the field, if there is one.
fn speaker(
    analysis: &Analysis<'_>,
    (at, scan): (usize, usize),
    logs: &[usize],
    condition: &Expression,
) -> Option<usize> {
    let known = &analysis.scans.get(scan)?.logs;
    let value = match &condition.kind {
        ExpressionKind::IsNull(value) => Some(value.as_ref()),
        _ => comparison(condition).map(|compared| compared.value),
    };
    let lacks = |log: usize| {
        let facts = value.and_then(|value| source_column(analysis, at, scan, log, value));
        facts.is_some_and(|(facts, _)| facts.absent)
    };
    let rank = |log: &&usize| (lacks(**log), !known.get(**log).is_some_and(Log::is_main));
    logs.iter().min_by_key(rank).copied()
}

/// The one source column that a value is, through renamings; whether nothing else can take its place.
fn source_column<'s>(
    analysis: &'s Analysis<'_>,
    at: usize,
    scan: usize,
    log: usize,
    value: &Expression,
) -> Option<(&'s ColumnFacts, bool)> {
    let columns = plain_columns(value)?;
    let [(name, _)] = columns.as_slice() else { return None };
    match analysis.definition(at, name) {
        Some((earlier, value)) => source_column(analysis, earlier, scan, log, value),
        None => {
            let facts = analysis.column(scan, log, name)?;
            Some((facts, !matches!(value.kind, ExpressionKind::Coalesce(_))))
        }
    }
}

fn absent(analysis: &Analysis<'_>, scan: usize, log: usize, facts: &ColumnFacts) -> Cause {
    let Some(scan) = analysis.scans.get(scan) else { return Cause::Absent };
    let Some(own) = scan.logs.get(log).and_then(|log| log.facts) else { return Cause::Absent };
    let sibling_outcome = analysis.knowledge.logs.iter().any(|other| {
        other.family == own.family
            && other.id != own.id
            && facts.paths.iter().chain([&facts.field]).any(|path| {
                other.outcome.iter().any(|outcome| outcome == path || top(outcome) == path.as_str())
            })
    });
    if sibling_outcome { Cause::Outcome(instead(own, facts)) } else { Cause::Absent }
}

/// What a log has instead of a field.
pub fn instead(log: &crate::knowledge::LogFacts, facts: &ColumnFacts) -> Option<String> {
    let names = [facts.field.as_str(), top(&facts.field)];
    names.iter().find_map(|name| log.instead.get(*name)).cloned()
}

fn word_cause(
    analysis: &Analysis<'_>,
    scan: usize,
    log: usize,
    facts: &ColumnFacts,
    compared: &Comparison<'_>,
) -> Option<Cause> {
    let wanted = pattern_text(&compared.matcher);
    let exact = matches!(compared.matcher.pattern, TextPattern::Equals(_));
    match &facts.domain.texts {
        Texts::Any { empty: false, .. } if exact && wanted.is_empty() => Some(Cause::NeverEmpty),
        Texts::Any { shape: Some(_), .. } if exact => Some(Cause::Shape),
        Texts::Words(words) => {
            if let Some(word) = other_case(words, compared) {
                return Some(Cause::Case(word));
            }
            if facts.outcome {
                let words = words.iter().take(4).cloned().collect::<Vec<_>>();
                let own = analysis.scans.get(scan)?.logs.get(log)?.facts?;
                let path = own.outcome.first()?;
                return Some(Cause::Outcome(Some(format!("`{path}` ({})", words.join(", ")))));
            }
            Some(Cause::Word(words.clone()))
        }
        Texts::Any { .. } => None,
    }
}

/// The word that would match if case did not count.
fn other_case(words: &[String], compared: &Comparison<'_>) -> Option<String> {
    if compared.matcher.ignore_case {
        return None;
    }
    let wanted = pattern_text(&compared.matcher).trim_matches(['%', '*', '^', '$']);
    words.iter().find(|word| word.eq_ignore_ascii_case(wanted) && *word != wanted).cloned()
}

/// A computed column that takes only some words, none of which is wanted.
fn computed(analysis: &Analysis<'_>, at: usize, compared: &Comparison<'_>) -> Option<(Cause, String)> {
    let TextPattern::Equals(wanted) = &compared.matcher.pattern else { return None };
    let columns = plain_columns(compared.value)?;
    let [(name, _)] = columns.as_slice() else { return None };
    let (_, value) = analysis.definition(at, name)?;
    if plain_columns(compared.value).is_none() || !matches!(compared.value.kind, ExpressionKind::Column(_)) {
        return None;
    }
    let words = results(value)?;
    let fits = |word: &String| {
        if compared.matcher.ignore_case {
            word.eq_ignore_ascii_case(wanted)
        } else {
            crate::analysis::domain::same(word, wanted)
        }
    };
    if words.len() < 2 || words.iter().any(fits) {
        return None;
    }
    let cause = match other_case(&words, compared) {
        Some(word) => Cause::Case(word),
        None => Cause::Word(words),
    };
    Some((cause, name.user()?.to_owned()))
}

/// The constants that a case gives, if it gives only constants.
pub fn results(value: &Expression) -> Option<Vec<String>> {
    let ExpressionKind::Case { arms, otherwise } = &value.kind else {
        let literal = super::tools::literal(value)?;
        return Some(vec![literal]);
    };
    let mut words = Vec::new();
    for value in arms.iter().map(|(_, value)| value).chain(otherwise.as_deref()) {
        if matches!(&value.kind, ExpressionKind::Literal(quarry_plan::Value::Null)) {
            continue;
        }
        for word in results(value)? {
            if !words.contains(&word) {
                words.push(word);
            }
        }
    }
    Some(words)
}
