//! The vocabulary as editors show it.

use quarry_language_definition::{Entry, EntryKind};
use quarry_plan::{aggregate_signature, scalar_signature};

use super::LEXIS;
use crate::{registry, syntax};

const PAGES: &str = "https://learn.microsoft.com/kusto/query/";

/// Operators, functions, aggregates, tables that logs become.
pub(super) fn all() -> Vec<Entry> {
    let operators = syntax::OPERATORS.iter().map(|name| Entry {
        page: Some(format!("{PAGES}{name}-operator")),
        ..Entry::new(*name, EntryKind::Command, format!("| {name} ..."), format!("The operator `{name}`."))
    });
    let keywords = LEXIS.keywords.iter().map(|word| Entry::new(*word, EntryKind::Keyword, *word, "Keyword."));
    let scalars = registry::functions().values().map(|function| {
        let planned = format!("kql_{}", registry::main_name(function.name));
        let known = scalar_signature(&planned);
        let meaning = known.map_or("Not run by quarry.", |signature| signature.meaning);
        let syntax =
            known.map_or_else(|| format!("{}(...)", function.name), |signature| signature.written.to_owned());
        Entry {
            page: Some(format!("{PAGES}{}-function", function.name.replace('_', "-"))),
            function: known.map(|signature| signature.name.to_owned()),
            ..Entry::new(function.name, EntryKind::Function, syntax, meaning)
        }
    });
    let aggregates = registry::aggregates().values().map(|function| {
        let known = aggregate_signature(&format!("kql_{}", function.name));
        let meaning = known.map_or("An aggregate of `summarize`.", |signature| signature.meaning);
        Entry::new(function.name, EntryKind::Function, format!("{}(...)", function.name), meaning)
    });
    let tables = ["AWSCloudTrail", "AzureActivity", "GCPAuditLogs"]
        .map(|name| Entry::new(name, EntryKind::Catalog, name, "A table of Microsoft Sentinel."));
    operators.chain(keywords).chain(scalars).chain(aggregates).chain(tables).collect()
}
