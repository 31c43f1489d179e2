//! LNT015: a condition that another makes impossible or superfluous.

use std::collections::HashMap;

use quarry_diagnostic::Span;
use quarry_plan::{ColumnName, Expression, ExpressionKind, TextMatcher, TextPattern, Type};

use super::{
    Report,
    tools::{Comparison, bare, comparison, each_expression, each_part, excerpt, pattern_text},
};
use crate::{Fix, analysis::Analysis};

/// Reports operands of OR that say the same or less than another, arms of a case that an earlier arm
/// takes everything from, and two different values asked of one field at once.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    let text = analysis.subject.text;
    let types = column_types(analysis);
    let mut found = Vec::new();
    each_expression(analysis.subject.plan, &mut |expression| found.push(expression));
    for expression in found {
        match &expression.kind {
            ExpressionKind::Or(items) => superfluous(text, items, report),
            ExpressionKind::And(items) => contradiction(text, items, &types, report),
            ExpressionKind::Case { arms, .. } => shadowed(text, arms, report),
            _ => {}
        }
    }
}

fn column_types<'a>(analysis: &Analysis<'a>) -> HashMap<&'a ColumnName, Vec<Type>> {
    let mut types: HashMap<&ColumnName, Vec<Type>> = HashMap::new();
    for column in analysis.scans.iter().flat_map(|scan| scan.source.columns.iter()) {
        types.entry(&column.name).or_default().push(column.data_type);
    }
    types
}

/// A condition with what is asked of it over and over.
struct Asked<'e> {
    condition: &'e Expression,
    /// What it is but for places.
    same: String,
    /// What its value is, if it compares one with a constant for being so.
    value: Option<String>,
    compared: Option<Comparison<'e>>,
    /// The text that it looks for anywhere in the value, if that is all it does.
    contained: Option<String>,
}

impl<'e> Asked<'e> {
    fn new(condition: &'e Expression) -> Self {
        let compared = comparison(condition).filter(|compared| !compared.differs);
        let contained = compared.as_ref().and_then(|compared| contained(&compared.matcher));
        let value = compared.as_ref().map(|compared| bare(compared.value));
        Self { condition, same: bare(condition), value, compared, contained }
    }

    /// What another must have in common with it to be compared with it.
    fn group(&self) -> &str {
        self.value.as_ref().unwrap_or(&self.same)
    }

    /// Whether it holds whenever another comparison of the same value does.
    fn covers(&self, narrow: &Asked<'_>) -> bool {
        let (Some(wide), Some(part)) = (&self.compared, &self.contained) else { return false };
        let Some(compared) = &narrow.compared else { return false };
        let regex = matches!(compared.matcher.pattern, TextPattern::Regex(_));
        let ignores = compared.matcher.ignore_case && !wide.matcher.ignore_case;
        if regex || part.is_empty() || ignores || self.value != narrow.value {
            return false;
        }
        let pieces = pattern_text(&compared.matcher).split(['%', '*']);
        let fold = |text: &str| if wide.matcher.ignore_case { text.to_lowercase() } else { text.to_owned() };
        let part = fold(part);
        pieces.map(fold).any(|piece| piece.contains(&part))
    }
}

fn superfluous(text: &str, items: &[Expression], report: &mut Report) {
    let asked: Vec<Asked<'_>> = items.iter().map(Asked::new).collect();
    let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, item) in asked.iter().enumerate() {
        groups.entry(item.group()).or_default().push(index);
    }
    for (index, item) in asked.iter().enumerate().filter(|(_, item)| reads(item.condition)) {
        let span = item.condition.span;
        let group = groups.get(item.group()).into_iter().flatten();
        let others =
            group.filter(|other| **other != index).filter_map(|other| Some((*other, asked.get(*other)?)));
        let found = others.filter(|(_, other)| distinct(span, other.condition.span)).find(|(at, other)| {
            let repeated = item.same == other.same;
            (repeated && index > *at) || (!repeated && other.covers(item))
        });
        if let Some((_, other)) = found {
            tell_superfluous(text, item, other, report);
        }
    }
}

fn tell_superfluous(text: &str, item: &Asked<'_>, other: &Asked<'_>, report: &mut Report) {
    let repeated = item.same == other.same;
    let (span, by) = (item.condition.span, other.condition.span);
    let (condition, wider) = (excerpt(text, span), excerpt(text, by));
    let message = if repeated {
        format!("`{condition}` is asked twice")
    } else {
        format!("`{condition}` adds nothing: `{wider}` holds whenever it does")
    };
    // Of two that say the same in other words each adds nothing to the other: one must stay.
    let superfluous = repeated || !item.covers(other);
    let fix = superfluous.then(|| removal(text, span)).flatten();
    report.add_with(message, span, Vec::new(), vec![(by, "by this".to_owned())], fix);
}

/// Whether an event decides; two lookups in data that is not here are both constant, and not the same.
fn reads(condition: &Expression) -> bool {
    let mut found = false;
    each_part(condition, &mut |part| found |= matches!(part.kind, ExpressionKind::Column(_)));
    found
}

fn distinct(left: Span, right: Span) -> bool {
    left != right && (left.end <= right.start || right.end <= left.start)
}

/// Removes an operand together with the `OR` before it, or after it, where that is all there is to it. What is
/// left holds for the same events: where the operand holds, the one that stays does, and both are null together.
fn removal(text: &str, span: Span) -> Option<Fix> {
    let (before, after) = (text.get(..span.start)?, text.get(span.end..)?);
    let fix = |start, end| Some(Fix { span: Span::new(start, end), replacement: String::new() });
    if let Some(kept) = without_last_word(before, "or") {
        return fix(kept.trim_end().len(), span.end);
    }
    let rest = after.trim_start();
    let word = rest.get(..2)?;
    if word.eq_ignore_ascii_case("or") && rest[2..].starts_with(char::is_whitespace) {
        return fix(span.start, text.len() - rest[2..].trim_start().len());
    }
    None
}

/// What stands before the last word of a text, if that is `word`.
fn without_last_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let text = text.trim_end();
    let kept = text.get(..text.len().checked_sub(word.len())?)?;
    let last = text.get(kept.len()..)?;
    (last.eq_ignore_ascii_case(word) && kept.ends_with(char::is_whitespace)).then_some(kept)
}

/// The text that a pattern looks for anywhere, if that is all it does.
fn contained(matcher: &TextMatcher) -> Option<String> {
    let inner = |text: &str, wildcard: char| {
        let inner = text.strip_prefix(wildcard)?.strip_suffix(wildcard)?;
        (!inner.contains(['%', '*', '_', '?'])).then(|| inner.to_owned())
    };
    match &matcher.pattern {
        TextPattern::Contains(text) => Some(text.clone()),
        TextPattern::Like(text) => inner(text, '%'),
        TextPattern::Wildcard(text) => inner(text, '*'),
        _ => None,
    }
}

fn shadowed(text: &str, arms: &[(Expression, Expression)], report: &mut Report) {
    let arms: Vec<(&Expression, Vec<Asked<'_>>)> = arms.iter().map(|(when, _)| (when, parts(when))).collect();
    let takes = |wide: &[Asked<'_>]| wide.iter().any(|wide| wide.contained.is_some());
    let takers: Vec<usize> =
        arms.iter().enumerate().filter(|(_, (_, wide))| takes(wide)).map(|(index, _)| index).collect();
    for (index, (when, narrow)) in arms.iter().enumerate() {
        let earlier = takers.iter().take_while(|taker| **taker < index).filter_map(|taker| arms.get(*taker));
        let covered = |wide: &[Asked<'_>], narrow: &Asked<'_>| {
            wide.iter().any(|wide| wide.same != narrow.same && wide.covers(narrow))
        };
        let taker = earlier
            .filter(|(earlier, _)| earlier.span != when.span)
            .find(|(_, wide)| narrow.iter().all(|narrow| covered(wide, narrow)));
        if let Some((earlier, _)) = taker {
            let message = format!("the arm `{}` is never reached", excerpt(text, when.span));
            let labels = vec![(earlier.span, "this arm takes everything first".to_owned())];
            report.add_with(message, when.span, Vec::new(), labels, None);
        }
    }
}

/// The alternatives of a condition.
fn parts(condition: &Expression) -> Vec<Asked<'_>> {
    match &condition.kind {
        ExpressionKind::Or(items) => items.iter().map(Asked::new).collect(),
        _ => vec![Asked::new(condition)],
    }
}

/// Two different words asked of one field that has one value.
fn contradiction(
    text: &str,
    items: &[Expression],
    types: &HashMap<&ColumnName, Vec<Type>>,
    report: &mut Report,
) {
    let exact = |item: &Expression| {
        let compared = comparison(item).filter(|compared| !compared.differs)?;
        let TextPattern::Equals(word) = compared.matcher.pattern else { return None };
        let ExpressionKind::Column(name) = &compared.value.kind else { return None };
        let single = types.get(name).is_some_and(|types| types.iter().any(|of| *of != Type::TextList));
        single.then(|| (name.clone(), word))
    };
    let mut asked: HashMap<ColumnName, Vec<(Span, String)>> = HashMap::new();
    for item in items {
        let Some((name, word)) = exact(item) else { continue };
        let known = asked.entry(name).or_default();
        let differs =
            |other: &str| !other.eq_ignore_ascii_case(&word) && !crate::analysis::domain::same(other, &word);
        if let Some((other, _)) = known.iter().find(|(_, other)| differs(other)) {
            let (first, second) = (excerpt(text, *other), excerpt(text, item.span));
            let message = format!("`{first}` and `{second}` never hold at once");
            report.add_with(message, item.span, Vec::new(), vec![(*other, "and this".to_owned())], None);
        }
        known.push((item.span, word));
    }
}
