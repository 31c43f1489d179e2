//! LNT013: arms of a case that are never reached, always equal or unused.

use std::collections::{HashMap, HashSet};

use quarry_plan::{ColumnName, Expression, ExpressionKind, Operator};

use super::{
    Report,
    tools::{bare, each_expression, excerpt, literal},
};
use crate::analysis::Analysis;

/// Reports them.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    let text = analysis.subject.text;
    let mut cases = Vec::new();
    each_expression(analysis.subject.plan, &mut |expression| {
        if let ExpressionKind::Case { arms, otherwise } = &expression.kind {
            cases.push((expression, arms, otherwise));
        }
    });
    for (case, arms, otherwise) in cases {
        let mut asked: HashMap<String, &Expression> = HashMap::new();
        for (when, _) in arms {
            let earlier = *asked.entry(bare(when)).or_insert(when);
            if earlier.span != when.span {
                let condition = excerpt(text, when.span);
                let labels = vec![(earlier.span, "already asked here".to_owned())];
                report.add_with(
                    format!("this arm is never reached: `{condition}` was asked before"),
                    when.span,
                    Vec::new(),
                    labels,
                    None,
                );
            }
        }
        let values: Vec<Option<String>> =
            arms.iter().map(|(_, value)| literal(value)).chain(otherwise.as_deref().map(literal)).collect();
        let equal = values.len() > 1 && values.iter().all(|value| value.is_some() && *value == values[0]);
        if equal && otherwise.is_some() {
            let value = values.first().cloned().flatten().unwrap_or_default();
            report.add(format!("every arm of this case gives \"{value}\""), case.span, Vec::new());
        }
    }
    unused(analysis, report);
}

/// A case whose column nothing reads.
fn unused(analysis: &Analysis<'_>, report: &mut Report) {
    let text = analysis.subject.text;
    let output: HashSet<ColumnName> =
        analysis.subject.plan.columns().into_iter().map(|(name, _)| name).collect();
    let mut read: HashSet<&ColumnName> = HashSet::new();
    each_expression(analysis.subject.plan, &mut |expression| {
        if let ExpressionKind::Column(name) = &expression.kind {
            read.insert(name);
        }
    });
    for stage in analysis.stages.iter().filter(|stage| !stage.mixed) {
        let Operator::Extend { columns, .. } = &stage.node.operator else { continue };
        for (name, value) in columns {
            let is_case = matches!(&value.kind, ExpressionKind::Case { arms, .. } if arms.len() > 1);
            // Commands add columns of their own, which nobody need read.
            let Some(shown) = name.user().filter(|name| text.contains(*name)) else { continue };
            if is_case && !output.contains(name) && !read.contains(name) {
                let message = format!("nothing reads `{shown}`, and it is not in the output");
                report.add(message, place(value), Vec::new());
            }
        }
    }
}

fn place(value: &Expression) -> quarry_diagnostic::Span {
    value.span
}
