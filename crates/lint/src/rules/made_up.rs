//! LNT020: a comparison with a number that no log says.

use quarry_plan::{Comparison, Expression, ExpressionKind, parse_number};

use super::{
    Report,
    tools::{excerpt, literal, plain_columns},
};
use crate::analysis::{Analysis, site::Descend};

/// Reports comparisons of numbers that the view sets, where they hold for no event or for none by what the log says.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    analysis.visit_conditions(&mut |site| {
        let Some(stage) = analysis.stages.get(site.stage) else { return Descend::No };
        let Some((operator, value, constant)) = compared(site.condition) else { return Descend::Yes };
        let Some(columns) = plain_columns(value) else { return Descend::Yes };
        let ([(name, _)], Some(log)) = (columns.as_slice(), site.logs.first()) else { return Descend::Yes };
        if analysis.definition(site.stage, name).is_some() {
            return Descend::Yes;
        }
        let Some(facts) = analysis.column(stage.scan, *log, name) else { return Descend::Yes };
        let Some(why) = &facts.made_up else { return Descend::Yes };
        let condition = excerpt(analysis.subject.text, site.condition.span);
        let field = &facts.name;
        let told = match facts.domain.single().and_then(parse_number) {
            Some(set) => {
                let order = parse_number(&constant).and_then(|constant| set.partial_cmp(&constant));
                // What holds for every event hides none.
                let holds = order.is_none_or(|order| operator.holds(order)) != site.negated;
                let never = if site.negated { "always holds, so its NOT never does" } else { "never holds" };
                (!holds).then(|| format!("`{condition}` {never}: `{field}` is {set} for every event"))
            }
            None => Some(format!("`{condition}` compares with a number that no log says")),
        };
        if let Some(message) = told {
            report.add(message, site.condition.span, vec![format!("the view sets `{field}` ({why})")]);
        }
        Descend::Yes
    });
}

/// The operator, the value and the constant of a comparison, the value on the left.
fn compared(condition: &Expression) -> Option<(Comparison, &Expression, String)> {
    let ExpressionKind::Compare { operator, left, right, .. } = &condition.kind else { return None };
    match (literal(left), literal(right)) {
        (None, Some(constant)) => Some((*operator, left, constant)),
        (Some(constant), None) => {
            let mirrored = match operator {
                Comparison::Less => Comparison::Greater,
                Comparison::LessOrEqual => Comparison::GreaterOrEqual,
                Comparison::Greater => Comparison::Less,
                Comparison::GreaterOrEqual => Comparison::LessOrEqual,
                Comparison::Equal | Comparison::NotEqual => *operator,
            };
            Some((mirrored, right, constant))
        }
        _ => None,
    }
}
