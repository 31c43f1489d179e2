//! LNT009: the time range is missing or unbounded.

use quarry_plan::TimeBound;

use super::Report;
use crate::analysis::Analysis;

/// A range that begins before this reads everything: a day after 1970-01-01, in microseconds.
const BEGINNING: i64 = 86_400_000_000;

/// Reports a missing range where the platform fills in one of its own, and one that begins with time.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    let text = analysis.subject.text;
    for scan in &analysis.scans {
        let time = &scan.source.time;
        let from_start =
            |bound: &TimeBound| bound.base.is_some_and(|base| base < BEGINNING) && bound.steps.is_empty();
        let span = quarry_diagnostic::Span::new(0, first_word(text));
        if time.earliest.as_ref().is_some_and(from_start) {
            let message = "the time range begins with time itself: every run reads all data";
            report.add(message, span, vec!["bound it, such as the last 24 hours".to_owned()]);
        }
        let Some(default) = analysis.knowledge.names.default_range.get(&scan.view.name) else { continue };
        if time.is_unbounded() && !analysis.subject.context.scheduled {
            let message = format!("the query has no time range of its own: {default}");
            report.add(message, span, vec!["add a range, such as `LAST 24 HOURS`".to_owned()]);
        }
    }
}

fn first_word(text: &str) -> usize {
    text.find(char::is_whitespace).unwrap_or(text.len())
}
