//! LNT001: OR and AND mixed without parentheses.

use quarry_diagnostic::Span;
use quarry_plan::{Expression, ExpressionKind};

use super::{
    Report,
    tools::{comparison, each_expression, excerpt, plain_columns},
};
use crate::analysis::{Analysis, site::settled};

/// Reports an OR with an operand that is an AND without parentheses, beside one that is not.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    let text = analysis.subject.text;
    let mut found: Vec<(&Expression, &Expression)> = Vec::new();
    each_expression(analysis.subject.plan, &mut |expression| {
        let ExpressionKind::Or(items) = &expression.kind else { return };
        let are_all = items.iter().all(|item| matches!(item.kind, ExpressionKind::And(_)));
        if are_all && !is_torn(items) {
            return;
        }
        let written = |item: &&Expression| is_written(text, expression.span, item.span);
        let bare = |item: &&Expression| {
            matches!(item.kind, ExpressionKind::And(_)) && !is_parenthesised(text, item.span)
        };
        let are_bare = || items.iter().all(|item| written(&item) && bare(&item));
        if are_all && !are_bare() {
            return;
        }
        if let Some(item) = items.iter().filter(written).find(bare) {
            found.push((expression, item));
        }
    });
    for (or, and) in found {
        let mut help = vec![format!("as it stands it means `... OR ({})`", excerpt(text, and.span))];
        help.extend(consequence(analysis, or));
        help.push("write parentheses round what belongs together".to_owned());
        let labels = vec![(and.span, "this is taken together".to_owned())];
        report.add_with(
            "`AND` binds tighter than `OR`, and both stand here without parentheses",
            or.span,
            help,
            labels,
            None,
        );
    }
}

/// Whether conditions on one field stand on both sides of an OR, while what stands farther off is about others: `a=1 AND b=2
/// OR b=3 AND c=4` likely means `a=1 AND (b=2 OR b=3) AND c=4`.
fn is_torn(arms: &[Expression]) -> bool {
    let fields = |arm: &Expression| -> Option<Vec<String>> {
        let ExpressionKind::And(items) = &arm.kind else { return None };
        items.iter().map(|item| field(settled(item))).collect()
    };
    let arms: Option<Vec<Vec<String>>> = arms.iter().map(fields).collect();
    arms.unwrap_or_default().windows(2).any(|pair| {
        let [left, right] = pair else { return false };
        let differs = |one: &[String], other: &[String]| one.iter().any(|field| !other.contains(field));
        left.last() == right.first() && differs(left, right) && differs(right, left)
    })
}

/// The one field that a condition compares with a constant.
fn field(condition: &Expression) -> Option<String> {
    let inner = match &condition.kind {
        ExpressionKind::Not(inner) => settled(inner),
        ExpressionKind::Or(items) => {
            let mut all = items.iter().map(field);
            let first = all.next()??;
            return all.all(|other| other.as_ref() == Some(&first)).then_some(first);
        }
        _ => condition,
    };
    let compared = comparison(inner)?;
    match plain_columns(compared.value)?.as_slice() {
        [(name, _)] => name.user().map(str::to_owned),
        _ => None,
    }
}

/// Whether an operand stands in the text as part of the whole, with a real operator between.
fn is_written(text: &str, whole: Span, part: Span) -> bool {
    let inside = part.start >= whole.start && part.end <= whole.end && part.start < part.end;
    let words = text.get(part.start..part.end).unwrap_or_default().to_ascii_lowercase();
    inside && part != whole && !words.contains('`') && words.contains("and")
}

/// Whether parentheses stand right round a place, or are its first and last letter.
fn is_parenthesised(text: &str, span: Span) -> bool {
    let inner = text.get(span.start..span.end).unwrap_or_default();
    let before = text.get(..span.start).unwrap_or_default().trim_end();
    let after = text.get(span.end..).unwrap_or_default().trim_start();
    if before.ends_with('(') && after.starts_with(')') {
        return true;
    }
    inner.starts_with('(') && closes_at_end(inner)
}

/// Whether the parenthesis that begins a text is closed by its last letter.
fn closes_at_end(text: &str) -> bool {
    let (mut depth, mut quote) = (0_i32, None);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return at + 1 == text.len();
                }
            }
            _ => {}
        }
    }
    false
}

/// Whose events pass untested, where an operand asks for nothing but a log.
fn consequence(analysis: &Analysis<'_>, or: &Expression) -> Option<String> {
    let ExpressionKind::Or(items) = &or.kind else { return None };
    for stage in &analysis.stages {
        let scan = analysis.scans.get(stage.scan)?;
        for item in items {
            let Some(compared) = comparison(item) else { continue };
            let columns = plain_columns(compared.value).unwrap_or_default();
            let mut names: Vec<&str> = Vec::new();
            for (index, log) in scan.logs.iter().enumerate() {
                let selects =
                    columns.iter().any(|(name, _)| log.columns.get(*name).is_some_and(|facts| facts.selects));
                let always = matches!(stage.before.get(index), Some(Some(columns)) if analysis.scope(columns).truths(item).always());
                if selects && always && !names.contains(&log.source.source_type.as_str()) {
                    names.push(&log.source.source_type);
                }
            }
            if !names.is_empty() {
                let condition = excerpt(analysis.subject.text, item.span);
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                return Some(format!(
                    "every event of {} passes by `{condition}` alone: the conditions after `AND` never apply to it",
                    names.join(" and ")
                ));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parentheses_are_seen_round_and_in_a_place() {
        let text = "a or (b and c)";
        assert!(is_parenthesised(text, Span::new(6, 13)));
        assert!(is_parenthesised(text, Span::new(5, 14)));
        assert!(!is_parenthesised("if(b and c or a)", Span::new(3, 10)));
        assert!(!is_parenthesised("(b) and (c)", Span::new(0, 11)));
        assert!(is_parenthesised("(b=')' and c)", Span::new(0, 13)));
    }
}
