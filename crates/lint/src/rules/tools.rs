//! What several rules need.

use quarry_diagnostic::{Span, edit_distance};
use quarry_functions::law;
use quarry_plan::{
    ColumnName, Expression, ExpressionKind, Law, Node, Operator, TextMatcher, TextPattern, Value,
};

use crate::analysis::{Analysis, Stage};

/// Longest excerpt of a query in a message.
const EXCERPT: usize = 70;

/// The text at a place on one line, cut where it is long.
pub fn excerpt(text: &str, span: Span) -> String {
    let words: Vec<&str> = text.get(span.start..span.end).unwrap_or_default().split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= EXCERPT {
        return line;
    }
    let cut: String = line.chars().take(EXCERPT).collect();
    format!("{cut}…")
}

/// Words as a list in a sentence, at most so many of them.
pub fn listed(words: &[String], most: usize) -> String {
    let shown: Vec<String> = words.iter().take(most).map(|word| format!("`{word}`")).collect();
    match (words.len().saturating_sub(most), shown.as_slice()) {
        (0, [one]) => one.clone(),
        (0, [first @ .., last]) => format!("{} and {last}", first.join(", ")),
        (more, _) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The columns that a value is one of, as it stands or in another case: through casts, letter case
/// and coalesce. None if it is computed otherwise.
pub fn plain_columns(value: &Expression) -> Option<Vec<(&ColumnName, Span)>> {
    match &value.kind {
        ExpressionKind::Column(name) => Some(vec![(name, value.span)]),
        ExpressionKind::Cast { value, .. } => plain_columns(value),
        ExpressionKind::Coalesce(items) => {
            let mut all = Vec::new();
            for item in items {
                if !matches!(item.kind, ExpressionKind::Literal(_)) {
                    all.extend(plain_columns(item)?);
                }
            }
            Some(all)
        }
        ExpressionKind::Call { function, arguments, .. } => match arguments.as_slice() {
            [argument] => match law(function)? {
                Law::SameText | Law::Trimmed | Law::LowerCase | Law::UpperCase => plain_columns(argument),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// A comparison of a value with a constant.
pub struct Comparison<'e> {
    /// The value.
    pub value: &'e Expression,
    /// The pattern; an equality is [`TextPattern::Equals`].
    pub matcher: TextMatcher,
    /// Whether it asks for another value.
    pub differs: bool,
}

/// The comparison that a condition is, if it is one of a value with a constant.
pub fn comparison(condition: &Expression) -> Option<Comparison<'_>> {
    let exact = |value, text: &str, differs| {
        let pattern = TextPattern::Equals(text.to_owned());
        Comparison { value, matcher: TextMatcher { pattern, ignore_case: false }, differs }
    };
    match &condition.kind {
        // Words of a whole record and networks are no constant that a field could be.
        ExpressionKind::Match { matcher, .. }
            if matches!(matcher.pattern, TextPattern::Term(_) | TextPattern::Network(_)) =>
        {
            None
        }
        ExpressionKind::Match { matcher, value } => {
            Some(Comparison { value, matcher: matcher.clone(), differs: false })
        }
        ExpressionKind::Compare { operator, left, right, .. } => {
            let differs = match operator {
                quarry_plan::Comparison::Equal => false,
                quarry_plan::Comparison::NotEqual => true,
                _ => return None,
            };
            match (literal(left), literal(right)) {
                (None, Some(text)) => Some(exact(left, &text, differs)),
                (Some(text), None) => Some(exact(right, &text, differs)),
                _ => None,
            }
        }
        ExpressionKind::Call { function, arguments, .. } => match (law(function), arguments.as_slice()) {
            (Some(Law::MatchesRegex), [value, pattern]) => {
                let pattern = TextPattern::Regex(literal(pattern)?);
                Some(Comparison {
                    value,
                    matcher: TextMatcher { pattern, ignore_case: false },
                    differs: false,
                })
            }
            _ => None,
        },
        _ => None,
    }
}

/// The word among some that one was meant to be: but for so many letters.
pub fn nearly<'w>(word: &str, most: usize, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let near = words.into_iter().map(|known| (edit_distance(word, known), known));
    near.filter(|(distance, _)| *distance <= most).min().map(|(_, known)| known)
}

/// The text of a constant.
pub fn literal(value: &Expression) -> Option<String> {
    match &value.kind {
        ExpressionKind::Literal(Value::Text(text)) => Some(text.clone()),
        ExpressionKind::Literal(Value::Integer(number)) => Some(number.to_string()),
        ExpressionKind::Literal(Value::Double(number)) => Some(number.to_string()),
        ExpressionKind::Cast { value, .. } => literal(value),
        _ => None,
    }
}

/// The pattern as it was written.
pub fn pattern_text(matcher: &TextMatcher) -> &str {
    matcher.pattern.text()
}

/// What two expressions have in common that are the same but for their places.
pub fn bare(expression: &Expression) -> String {
    fn clear(expression: &mut Expression) {
        expression.span = Span::default();
        expression.children_mut().into_iter().for_each(clear);
    }
    let mut copy = expression.clone();
    clear(&mut copy);
    format!("{copy:?}")
}

/// The fields of the view that a value is made of, through computed columns: (field, column).
pub fn fields_of(analysis: &Analysis<'_>, stage: usize, value: &Expression) -> Vec<String> {
    let mut found = Vec::new();
    gather_fields(analysis, stage, value, &mut found, 0);
    found
}

fn gather_fields(
    analysis: &Analysis<'_>,
    stage: usize,
    value: &Expression,
    found: &mut Vec<String>,
    depth: usize,
) {
    if depth > 12 || found.len() > 40 {
        return;
    }
    let mut names = Vec::new();
    value.visit_columns(&mut |name| names.push(name.to_owned()));
    for name in names {
        if let Some((at, value)) = analysis.definition(stage, &name) {
            gather_fields(analysis, at, value, found, depth + 1);
        } else if let Some(field) = source_field(analysis, stage, &name)
            && !found.contains(&field)
        {
            found.push(field);
        }
    }
}

/// The field of the view behind a column of the source.
pub fn source_field(analysis: &Analysis<'_>, stage: usize, name: &ColumnName) -> Option<String> {
    let scan = analysis.scans.get(analysis.stages.get(stage)?.scan)?;
    scan.source.columns.iter().find(|column| column.name == name).map(|column| column.field.text().to_owned())
}

/// The filters of a plan's stages with their predicate.
pub fn filters<'s, 'a>(
    analysis: &'s Analysis<'a>,
) -> impl Iterator<Item = (usize, &'s Stage<'a>, &'a Expression)> {
    analysis.stages.iter().enumerate().filter_map(|(index, stage)| match &stage.node.operator {
        Operator::Filter { predicate, .. } => Some((index, stage, predicate)),
        _ => None,
    })
}

/// Calls `visit` on an expression and all its parts.
pub fn each_part<'e>(expression: &'e Expression, visit: &mut dyn FnMut(&'e Expression)) {
    visit(expression);
    for child in expression.children() {
        each_part(child, visit);
    }
}

/// Calls `visit` on every expression of a plan and all their parts.
pub fn each_expression<'e>(root: &'e Node, visit: &mut dyn FnMut(&'e Expression)) {
    root.visit_expressions(&mut |expression| each_part(expression, visit));
}

/// The place where the query selects a log type, or its first filter, or all of it.
pub fn selector(analysis: &Analysis<'_>, scan: usize, log: usize) -> Span {
    let mut best: Option<Span> = None;
    for (_, stage, predicate) in filters(analysis).filter(|(_, stage, _)| stage.scan == scan) {
        let Some(Some(columns)) = stage.before.get(log) else { continue };
        let scope = analysis.scope(columns);
        each_part(predicate, &mut |part| {
            let Some(found) = comparison(part) else { return };
            let Some(names) = plain_columns(found.value) else { return };
            let selects = names
                .iter()
                .any(|(name, _)| analysis.column(scan, log, name).is_some_and(|facts| facts.selects));
            if selects && !found.differs && best.is_none() && scope.truths(part).yes {
                best = Some(part.span);
            }
        });
    }
    best.or_else(|| filters(analysis).next().map(|(_, _, predicate)| predicate.span))
        .unwrap_or(analysis.subject.plan.span)
}

/// The stage that leaves no row of a log type; none if some arrive at the end.
pub fn dies_at(stages: &[Stage<'_>], arrives: bool, scan: usize, log: usize) -> Option<usize> {
    if arrives {
        return None;
    }
    let alive = |stage: &Stage<'_>| stage.before.get(log).is_some_and(Option::is_some);
    stages
        .iter()
        .enumerate()
        .filter(|(_, stage)| stage.scan == scan && alive(stage))
        .map(|(at, _)| at)
        .next_back()
}
