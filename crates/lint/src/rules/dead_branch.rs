//! LNT015: a condition that another makes impossible or superfluous.

use quarry_diagnostic::Span;
use quarry_plan::{ColumnName, Expression, ExpressionKind, TextMatcher, TextPattern, Type};

use super::{
    Report,
    tools::{comparison, each_expression, each_part, excerpt, pattern_text, same},
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

fn column_types(analysis: &Analysis<'_>) -> Vec<(ColumnName, Type)> {
    analysis
        .scans
        .iter()
        .flat_map(|scan| scan.source.columns.iter())
        .map(|column| (column.name.clone(), column.data_type))
        .collect()
}

fn superfluous(text: &str, items: &[Expression], report: &mut Report) {
    for (index, item) in items.iter().enumerate().filter(|(_, item)| reads(item)) {
        let others = items.iter().enumerate().filter(|(other, _)| *other != index);
        for (other_index, other) in others {
            if item.span == other.span || !distinct(item.span, other.span) {
                continue;
            }
            let repeated = same(item, other);
            if (repeated && index > other_index) || (!repeated && covers(other, item)) {
                let condition = excerpt(text, item.span);
                let wider = excerpt(text, other.span);
                let message = if repeated {
                    format!("`{condition}` is asked twice")
                } else {
                    format!("`{condition}` adds nothing: `{wider}` holds whenever it does")
                };
                // Of two that say the same in other words each adds nothing to the other: one must stay.
                let superfluous = repeated || !covers(item, other);
                let fix = superfluous.then(|| removal(text, item.span)).flatten();
                let labels = vec![(other.span, "by this".to_owned())];
                report.add_with(message, item.span, Vec::new(), labels, fix);
                break;
            }
        }
    }
}

/// Whether an event decides; two lookups in data that is not here are both constant, and not the same.
fn reads(condition: &Expression) -> bool {
    let mut found = false;
    each_part(condition, &mut |part| found |= matches!(part.kind, ExpressionKind::Column(_)));
    found
}

fn distinct(left: Span, right: Span) -> bool {
    left.end <= right.start || right.end <= left.start
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

/// Whether one comparison holds whenever another of the same value does.
fn covers(wide: &Expression, narrow: &Expression) -> bool {
    let (Some(wide), Some(narrow)) = (comparison(wide), comparison(narrow)) else { return false };
    if wide.differs || narrow.differs || !same(wide.value, narrow.value) {
        return false;
    }
    let Some(part) = contained(&wide.matcher) else { return false };
    let regex = matches!(narrow.matcher.pattern, TextPattern::Regex(_));
    if regex || part.is_empty() || (!wide.matcher.ignore_case && narrow.matcher.ignore_case) {
        return false;
    }
    let narrow = pattern_text(&narrow.matcher);
    let pieces = narrow.split(['%', '*']);
    let fold = |text: &str| if wide.matcher.ignore_case { text.to_lowercase() } else { text.to_owned() };
    let mut pieces = pieces.map(fold);
    pieces.any(|piece| piece.contains(&fold(&part)))
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
    for (index, (when, _)) in arms.iter().enumerate() {
        let earlier = arms.iter().take(index).map(|(earlier, _)| earlier);
        for earlier in earlier {
            let wide: Vec<&Expression> = match &earlier.kind {
                ExpressionKind::Or(items) => items.iter().collect(),
                _ => vec![earlier],
            };
            let narrow: Vec<&Expression> = match &when.kind {
                ExpressionKind::Or(items) => items.iter().collect(),
                _ => vec![when],
            };
            let all = narrow
                .iter()
                .all(|narrow| wide.iter().any(|wide| !same(wide, narrow) && covers(wide, narrow)));
            if all && earlier.span != when.span {
                let condition = excerpt(text, when.span);
                let labels = vec![(earlier.span, "this arm takes everything first".to_owned())];
                report.add_with(
                    format!("the arm `{condition}` is never reached"),
                    when.span,
                    Vec::new(),
                    labels,
                    None,
                );
                break;
            }
        }
    }
}

/// Two different words asked of one field that has one value.
fn contradiction(text: &str, items: &[Expression], types: &[(ColumnName, Type)], report: &mut Report) {
    let exact = |item: &Expression| {
        let compared = comparison(item).filter(|compared| !compared.differs)?;
        let TextPattern::Equals(word) = compared.matcher.pattern else { return None };
        let ExpressionKind::Column(name) = &compared.value.kind else { return None };
        let single = types.iter().any(|(known, of)| known == name && *of != Type::TextList);
        single.then(|| (name.clone(), word))
    };
    for (index, item) in items.iter().enumerate() {
        let Some((name, word)) = exact(item) else { continue };
        let other = items.iter().take(index).find(|other| {
            exact(other).is_some_and(|(known, other)| {
                known == name
                    && !other.eq_ignore_ascii_case(&word)
                    && !crate::analysis::domain::same(&other, &word)
            })
        });
        if let Some(other) = other {
            let (first, second) = (excerpt(text, other.span), excerpt(text, item.span));
            let labels = vec![(other.span, "and this".to_owned())];
            report.add_with(
                format!("`{first}` and `{second}` never hold at once"),
                item.span,
                Vec::new(),
                labels,
                None,
            );
        }
    }
}
