//! Aggregations of `stats` and its kin.

mod call;
pub(crate) mod composed;
pub(crate) mod grouping;

use quarry_diagnostic::Diagnostic;
use quarry_plan::{AggregateCall, ColumnName};

use super::context::Context;
use super::{codes, wildcard};
use crate::registry::{self, Status, ranked_aggregation};
use crate::tree::{Aggregation, AggregationArgument, Quote, Word};

/// The calls of a list of aggregations, each with its column's name. A wildcard becomes one call a
/// field, `except` the group fields.
pub(crate) fn calls(
    context: &mut Context<'_>,
    aggregations: &[Aggregation],
    except: &[String],
) -> Vec<(String, AggregateCall)> {
    let mut calls: Vec<(String, AggregateCall)> = Vec::new();
    let named: Vec<&str> =
        aggregations.iter().filter_map(|one| Some(one.alias.as_ref()?.text.as_str())).collect();
    for aggregation in aggregations {
        let is_wildcard = matches!(&aggregation.argument, AggregationArgument::Field(field) if wildcard::is_wildcard(&field.text));
        for (name, call) in expand(context, aggregation, except) {
            if is_wildcard && named.contains(&name.as_str()) {
                // What is asked for by name goes before what a wildcard gives.
                continue;
            }
            if except.contains(&name) || calls.iter().any(|(known, have)| *known == name && *have != call) {
                let message = format!("two result columns have the name `{name}`");
                let found = Diagnostic::error(codes::DUPLICATE_COLUMN, message, aggregation.span)
                    .with_help("give one of them another name with AS");
                context.report(found);
            } else if !calls.iter().any(|(known, _)| *known == name) {
                calls.push((name, call));
            }
        }
    }
    calls
}

/// The same as columns.
pub(crate) fn named(calls: Vec<(String, AggregateCall)>) -> Vec<(ColumnName, AggregateCall)> {
    calls.into_iter().map(|(name, call)| (name.into(), call)).collect()
}

/// Whether a function is an aggregation.
pub(crate) fn exists(name: &str) -> bool {
    ranked_aggregation(name).is_some_and(|(row, _)| row.status == Status::Supported)
}

/// Reports the aggregations of a command without rows that do not exist.
pub(crate) fn check_names(context: &mut Context<'_>, aggregations: &[Aggregation]) {
    for aggregation in aggregations {
        let known = registry::aggregation(&aggregation.function).is_some();
        if !known {
            call::find(context, aggregation);
        }
    }
}

/// The name of a column without AS: the call as written, but for the quotes around a field
/// (Splunk search reference, aggregate functions: `perc50('visitors total')`).
pub(crate) fn own_name(aggregation: &Aggregation) -> String {
    match &aggregation.argument {
        AggregationArgument::Field(field) if field.quote != Quote::None => {
            let function = aggregation.text.split('(').next().unwrap_or_default();
            format!("{function}({})", field.text)
        }
        _ => aggregation.text.clone(),
    }
}

fn expand(
    context: &mut Context<'_>,
    aggregation: &Aggregation,
    except: &[String],
) -> Vec<(String, AggregateCall)> {
    let label =
        |alias: Option<&Word>| alias.map_or_else(|| own_name(aggregation), |alias| alias.text.clone());
    match &aggregation.argument {
        AggregationArgument::Field(_) if call::draws(aggregation) => call::lower(context, aggregation, None)
            .map(|call| (label(aggregation.alias.as_ref()), call))
            .into_iter()
            .collect(),
        AggregationArgument::Field(field) if wildcard::is_wildcard(&field.text) => {
            let mut names = context.matching(&field.text);
            names.retain(|name| !except.contains(name));
            names.sort_unstable();
            let mut calls = Vec::new();
            for name in names {
                let texts = wildcard::captures(&field.text, &name).unwrap_or_default();
                let column = match &aggregation.alias {
                    Some(alias) => wildcard::fill(&alias.text, &texts),
                    None => format!("{}({name})", aggregation.text.split('(').next().unwrap_or_default()),
                };
                let argument = context.field(&name, field.span);
                calls.extend(call::lower(context, aggregation, Some(argument)).map(|call| (column, call)));
            }
            calls
        }
        AggregationArgument::Field(field) => {
            let argument = context.field(&field.text, field.span);
            call::lower(context, aggregation, Some(argument))
                .map(|call| (label(aggregation.alias.as_ref()), call))
                .into_iter()
                .collect()
        }
        AggregationArgument::None => call::lower(context, aggregation, None)
            .map(|call| (label(aggregation.alias.as_ref()), call))
            .into_iter()
            .collect(),
        AggregationArgument::Eval(expression) => call::lower_eval(context, aggregation, expression)
            .map(|call| (label(aggregation.alias.as_ref()), call))
            .into_iter()
            .collect(),
    }
}
