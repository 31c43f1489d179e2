//! The public queries and the examples of the documentation.

use std::path::PathBuf;

use quarry_diagnostic::line_column;
use quarry_kql::parse;

pub fn shared(path: &str) -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared").join(path);
    if !found.exists() {
        eprintln!("skipped: {} is absent", found.display());
        return None;
    }
    Some(found)
}

pub fn lines(path: &str) -> Option<Vec<serde_json::Value>> {
    let text = std::fs::read_to_string(shared(path)?).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn unread(name: &str, query: &str) -> Option<String> {
    let found = parse(query).diagnostics.into_iter().find(quarry_diagnostic::Diagnostic::is_error)?;
    let (line, column) = line_column(query, found.span.start);
    Some(format!("{name}:{line}:{column} {} {}", found.code, found.message))
}

#[test]
fn every_query_that_binds_parses() {
    let Some(queries) = lines("corpora/kql.jsonl") else { return };
    let failed: Vec<String> = queries
        .iter()
        .filter(|query| query["binds"] == true)
        .filter_map(|query| unread(query["name"].as_str().unwrap(), query["query"].as_str().unwrap()))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

/// Examples that are no KQL, or none that Kusto takes: a management command, an expression as a literal, a schema
/// in the argument of a call.
const UNREAD: [&str; 4] = [
    "endofweek-function-01",
    "inline-external-table-operator-04",
    "narrow-plugin-00",
    "startofweek-function-01",
];

#[test]
fn every_documented_example_parses() {
    let Some(cases) = lines("oracles/kql_docs.jsonl") else { return };
    let failed: Vec<String> = cases
        .iter()
        .filter(|case| case["strict"] == true)
        .filter_map(|case| unread(case["id"].as_str().unwrap(), case["query"].as_str().unwrap()))
        .collect();
    let names: Vec<&str> = failed.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(names, UNREAD, "{failed:#?}");
}
