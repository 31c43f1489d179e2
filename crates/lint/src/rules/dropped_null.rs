//! LNT023: asking for another value drops the events that have none.

use super::{
    Report,
    tools::{comparison, excerpt, plain_columns},
};
use crate::analysis::{Analysis, site::Descend};

/// Reports such comparisons of fields that only some records have, as those of errors do.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    analysis.visit_conditions(&mut |site| {
        let Some(stage) = analysis.stages.get(site.stage) else { return Descend::No };
        let Some(compared) = comparison(site.condition).filter(|compared| compared.differs) else {
            return Descend::Yes;
        };
        let (true, false, true) = (site.filters, site.negated, site.spared.is_empty()) else {
            return Descend::Yes;
        };
        let Some(columns) = plain_columns(compared.value) else { return Descend::Yes };
        let [(name, _)] = columns.as_slice() else { return Descend::Yes };
        // One with a value in place of a missing one asks for it on purpose.
        let is_bare = analysis.definition(site.stage, name).is_none()
            && matches!(
                compared.value.kind,
                quarry_plan::ExpressionKind::Column(_) | quarry_plan::ExpressionKind::Cast { .. }
            );
        let columns: Vec<_> =
            site.logs.iter().filter_map(|log| analysis.column(stage.scan, *log, name)).collect();
        let is_sparse = columns.iter().all(|facts| facts.sparse || facts.absent);
        let Some(facts) = columns.iter().find(|facts| facts.sparse && facts.domain.null && is_sparse) else {
            return Descend::Yes;
        };
        if is_bare {
            let condition = excerpt(analysis.subject.text, site.condition.span);
            let field = &facts.name;
            let message = format!("`{condition}` drops the events without `{field}` too: most have none");
            let help = format!(
                "if they are meant, ask for `{field}` being absent as well, or write NOT before an equality"
            );
            report.add(message, site.condition.span, vec![help]);
        }
        Descend::Yes
    });
}
