//! LNT002: a comparison that can never hold.

use super::{
    Report,
    never::{Cause, find},
    tools::excerpt,
};
use crate::analysis::Analysis;

/// Reports values outside a field's vocabulary and tests for null on fields that always have a value.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    for never in find(analysis) {
        let Some(scan) = analysis.scans.get(never.scan) else { continue };
        let Some(log) = never.logs.first().and_then(|log| scan.logs.get(*log)) else { continue };
        let (title, field) = (log.title(), &never.field);
        let condition = excerpt(analysis.subject.text, never.span);
        let (reason, help) = match &never.cause {
            Cause::AlwaysSet(word) => {
                let declared = log.source.fields.get(field.as_str());
                let set = word
                    .as_ref()
                    .map_or(String::new(), |word| format!(": \"{word}\" where the record has none"));
                let mut help = Vec::new();
                if let Some(declared) = declared.filter(|declared| !declared.origin.is_empty()) {
                    let origin = &declared.origin;
                    let name = &scan.view.name;
                    help.push(format!("the view `{name}` sets it ({origin})"));
                }
                if let Some(word) = word {
                    help.push(format!("ask for the word it is set to as well: `{field}=\"{word}\"`"));
                }
                (format!("`{field}` always has a value in {title}{set}"), help)
            }
            Cause::NeverEmpty => (format!("`{field}` is never the empty text in {title}"), Vec::new()),
            Cause::Word(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                (format!("`{field}` is only ever one of {}", words.join(", ")), Vec::new())
            }
            Cause::Shape => (format!("no value of `{field}` in {title} looks like that"), Vec::new()),
            Cause::Absent | Cause::Outcome(_) | Cause::Case(_) => continue,
        };
        report.add(format!("`{condition}` never holds: {reason}"), never.span, help);
    }
}
