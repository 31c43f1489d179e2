//! Applying fixes.

use crate::Finding;

/// The text with all fixes applied that do not overlap an earlier one, and how many there were.
///
/// ```
/// use quarry_diagnostic::{Diagnostic, Span};
/// use quarry_lint::{Finding, Fix, apply_fixes};
/// let diagnostic = Diagnostic::warning("LNT015", "said twice", Span::new(5, 10));
/// let fix = Some(Fix { span: Span::new(3, 10), replacement: String::new() });
/// assert_eq!(apply_fixes("a=1 OR a=1", &[Finding { diagnostic, fix }]), ("a=1".to_owned(), 1));
/// ```
#[must_use]
pub fn apply_fixes(text: &str, findings: &[Finding]) -> (String, usize) {
    let mut fixes: Vec<_> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
    fixes.sort_by_key(|fix| fix.span.start);
    let (mut fixed, mut end, mut count) = (String::with_capacity(text.len()), 0, 0);
    for fix in fixes {
        let Some(between) = text.get(end..fix.span.start) else { continue };
        if text.get(fix.span.start..fix.span.end).is_none() {
            continue;
        }
        fixed.push_str(between);
        fixed.push_str(&fix.replacement);
        (end, count) = (fix.span.end, count + 1);
    }
    fixed.push_str(text.get(end..).unwrap_or_default());
    (fixed, count)
}
