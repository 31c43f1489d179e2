//! LNT017: properties that exist only where an administrator defined them.

use quarry_diagnostic::Span;
use quarry_plan::{ColumnName, ExpressionKind, SourceField};

use super::{
    Report,
    tools::{each_expression, listed},
};
use crate::analysis::Analysis;

/// Reports all of a query in one finding, but for those its documentation names.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    for scan in &analysis.scans {
        let names = &analysis.knowledge.names;
        let Some(stock) = names.stock.get(&scan.view.name) else { continue };
        let extension = names.extension.get(&scan.view.name).map(Vec::as_slice).unwrap_or_default();
        let mut custom: Vec<(ColumnName, String)> = Vec::new();
        for column in &scan.source.columns {
            let SourceField::View(name) = &column.field else { continue };
            let shown = scan
                .logs
                .iter()
                .filter_map(|log| log.columns.get(&column.name))
                .map(|facts| facts.name.as_str())
                .find(|shown| shown != name);
            let shown = shown.unwrap_or(name);
            let known = stock.iter().chain(extension).any(|known| known.eq_ignore_ascii_case(name));
            let described = analysis.subject.context.described.contains(&format!("\"{shown}\""));
            // What one property derives from is no property of the query.
            if !known && !described && !name.starts_with('_') {
                custom.push((column.name.clone(), shown.to_owned()));
            }
        }
        if custom.is_empty() {
            continue;
        }
        let mut span: Option<Span> = None;
        each_expression(analysis.subject.plan, &mut |expression| {
            if let ExpressionKind::Column(name) = &expression.kind
                && custom.iter().any(|(column, _)| column == name)
                && span.is_none_or(|span| expression.span.start < span.start)
            {
                span = Some(expression.span);
            }
        });
        let names: Vec<String> = custom.into_iter().map(|(_, name)| name).collect();
        let plural = if names.len() == 1 {
            "is neither built in nor of a known content extension"
        } else {
            "are neither built in nor of a known content extension"
        };
        let message = format!(
            "{} {plural}: the query runs only where an administrator defined them",
            listed(&names, 8)
        );
        let help = format!("quarry reads them through its view `{}`", scan.view.name);
        report.add(message, span.unwrap_or(analysis.subject.plan.span), vec![help]);
    }
}
