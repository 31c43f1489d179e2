//! LNT012: a pattern in the syntax of another operator, or anchored or escaped wrongly.

use quarry_plan::{Expression, ExpressionKind, TextPattern};

use super::{
    Report,
    tools::{comparison, each_expression, excerpt},
};
use crate::analysis::Analysis;

/// Ends of names of hosts.
const HOST_ENDS: [&str; 5] =
    [".amazonaws.com", ".microsoft.com", ".windows.net", ".gserviceaccount.com", ".googleapis.com"];

/// Reports them.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    let text = analysis.subject.text;
    let mut found: Vec<(&Expression, String, &str)> = Vec::new();
    each_expression(analysis.subject.plan, &mut |expression| {
        let Some(compared) = comparison(expression) else { return };
        let told = match &compared.matcher.pattern {
            TextPattern::Equals(wanted) => equality(expression, wanted),
            // A `%` in a wildcard pattern may be meant: Windows names variables so.
            TextPattern::Contains(_)
            | TextPattern::StartsWith(_)
            | TextPattern::EndsWith(_)
            | TextPattern::Term(_)
            | TextPattern::Word(_)
            | TextPattern::WordStart(_)
            | TextPattern::WordEnd(_)
            | TextPattern::Network(_)
            | TextPattern::Wildcard(_) => None,
            TextPattern::Like(wanted) => like(wanted),
            TextPattern::Regex(wanted) => regex(wanted),
        };
        found.extend(told.map(|(message, help)| (expression, message, help)));
    });
    for (expression, message, help) in found {
        let condition = excerpt(text, expression.span);
        report.add(format!("in `{condition}` {message}"), expression.span, vec![help.to_owned()]);
    }
}

type Told = Option<(String, &'static str)>;

/// A wildcard where the whole text is compared.
fn equality(expression: &Expression, wanted: &str) -> Told {
    // In languages where `=` knows wildcards it lowers into another pattern; this one is exact.
    let exact = match &expression.kind {
        ExpressionKind::Compare { .. } => true,
        ExpressionKind::Match { matcher, .. } => !matcher.ignore_case,
        _ => false,
    };
    let edge = |letter: char| wanted.len() > 3 && (wanted.starts_with(letter) || wanted.ends_with(letter));
    let letters = wanted.chars().any(char::is_alphanumeric);
    if !exact && letters && edge('%') && !is_variable(wanted) {
        return Some(("`%` stands for itself: the wildcard is `*`".to_owned(), "write `*`"));
    }
    if !exact || !letters {
        return None;
    }
    if edge('*') {
        return Some((
            "`*` stands for itself: the comparison is exact".to_owned(),
            "use a pattern function or operator",
        ));
    }
    if edge('%') && !is_variable(wanted) {
        return Some(("`%` stands for itself: the comparison is exact".to_owned(), "use `LIKE` or `ILIKE`"));
    }
    None
}

/// Whether a text is a name as Windows writes it: of a variable, such as `%TEMP%`, or of a message, such as `%%1793`.
fn is_variable(text: &str) -> bool {
    if text.starts_with("%%") || text.starts_with("%{") {
        return true;
    }
    let inside = text.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    inside.is_some_and(|name| !name.chars().any(|letter| letter.is_lowercase() || letter.is_whitespace()))
}

fn like(wanted: &str) -> Told {
    if wanted.contains(".*") {
        return Some((
            "`.*` stands for a dot and a star: this is no regular expression".to_owned(),
            "write `%`, or use a regular expression operator",
        ));
    }
    let star =
        !wanted.contains('%') && wanted.len() > 3 && (wanted.starts_with('*') || wanted.ends_with('*'));
    star.then(|| ("`*` stands for itself: the wildcard is `%`".to_owned(), "write `%`"))
}

fn regex(wanted: &str) -> Told {
    let pattern = wanted.strip_prefix("(?i)").unwrap_or(wanted);
    if pattern.len() > 3 && pattern.starts_with('%') && pattern.ends_with('%') {
        return Some((
            "`%` stands for itself: this is a regular expression".to_owned(),
            "leave the `%` out: a regular expression is found anywhere",
        ));
    }
    if let Some(told) = anchors(pattern) {
        return Some(told);
    }
    let end = HOST_ENDS.iter().find(|end| {
        pattern
            .find(*end)
            .is_some_and(|at| at > 0 && !pattern[..at].ends_with('\\') && !pattern[..at].ends_with(']'))
            && !pattern.contains('[')
    })?;
    let message = format!("the dot of `{end}` stands for any letter");
    Some((message, "write `\\.`"))
}

/// `^a|b$`: the anchors belong to one alternative each.
fn anchors(pattern: &str) -> Told {
    let alternatives = alternatives(pattern);
    let [first, .., last] = alternatives.as_slice() else { return None };
    let starts = alternatives.iter().filter(|part| part.starts_with('^')).count();
    let ends = alternatives.iter().filter(|part| part.ends_with('$') && !part.ends_with("\\$")).count();
    let lonely = first.starts_with('^') && last.ends_with('$') && starts == 1 && ends == 1;
    lonely.then(|| {
        (
            "`^` belongs to the first alternative only and `$` to the last".to_owned(),
            "write parentheses: `^(a|b)$`",
        )
    })
}

/// The alternatives at the top of an expression.
fn alternatives(pattern: &str) -> Vec<&str> {
    let (mut depth, mut class, mut escaped, mut from) = (0_i32, false, false, 0);
    let mut parts = Vec::new();
    for (at, letter) in pattern.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' if !class => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => depth -= 1,
            '|' if !class && depth == 0 => {
                parts.push(&pattern[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&pattern[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_of_one_alternative_are_seen() {
        assert!(regex("^root|admin$").is_some());
        assert!(regex("^(root|admin)$").is_none());
        assert!(regex("^root$|^admin$").is_none());
        assert!(regex("^[|]$").is_none());
        assert!(regex("^root|admin").is_none());
    }

    #[test]
    fn dots_of_hosts_are_seen() {
        assert!(regex("ec2.amazonaws.com").is_some());
        assert!(regex(r"ec2\.amazonaws\.com").is_none());
    }
}
