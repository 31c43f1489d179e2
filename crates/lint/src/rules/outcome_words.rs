//! LNT007: a status field or word of another shape of the log.

use super::{
    Report,
    never::{Cause, find},
    tools::excerpt,
};
use crate::analysis::Analysis;

/// Reports them.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    for never in find(analysis) {
        let Cause::Outcome(instead) = &never.cause else { continue };
        let Some(scan) = analysis.scans.get(never.scan) else { continue };
        let Some(log) = never.logs.first().and_then(|log| scan.logs.get(*log)) else { continue };
        let condition = excerpt(analysis.subject.text, never.span);
        let (title, field) = (log.title(), &never.field);
        let mut help = Vec::new();
        if let Some(instead) = instead {
            help.push(format!("{title} tells how an operation ended in {instead}"));
        }
        if never.partial {
            help.push(
                "the condition holds only for records in another shape of this log (REST, command line)"
                    .to_owned(),
            );
        }
        let message = format!(
            "`{condition}` never holds in {title}: `{field}` or its word is that of another shape of this log"
        );
        report.add(message, never.span, help);
    }
}
