//! The columns that queries give, held to those that Microsoft's binder gives.

use quarry_kql::{bind, parse};
use serde_json::Value;

use crate::corpus::lines;

/// What is other than expected of a query, if anything is.
fn difference(query: &str, expected: &Value) -> Option<String> {
    let bound = bind(&parse(query));
    if let Some(error) = bound.diagnostics.iter().find(|found| found.is_error()) {
        let (line, column) = quarry_diagnostic::line_column(query, error.span.start);
        return Some(format!("{line}:{column} {} {}", error.code, error.message));
    }
    let found: Vec<Value> = bound
        .columns
        .unwrap_or_default()
        .into_iter()
        .map(|column| serde_json::json!([column.name, column.kind.name()]))
        .collect();
    let expected = expected.as_array().unwrap();
    if found == *expected {
        return None;
    }
    let at = found.iter().zip(expected).position(|(left, right)| left != right);
    let at = at.unwrap_or(found.len().min(expected.len()));
    let show = |columns: &[Value]| columns.get(at).map_or("nothing".to_owned(), Value::to_string);
    Some(format!("column {at}: expected {}, found {}", show(expected), show(&found)))
}

fn differing(
    path: &str,
    wanted: impl Fn(&Value) -> bool,
    name: &str,
    columns: &str,
) -> Option<(usize, Vec<String>)> {
    let queries = lines(path)?;
    let chosen: Vec<&Value> = queries.iter().filter(|query| wanted(query)).collect();
    let failed = chosen.iter().filter_map(|query| {
        let found = difference(query["query"].as_str().unwrap(), &query[columns])?;
        Some(format!("{}: {found}", query[name].as_str().unwrap()))
    });
    Some((chosen.len(), failed.collect()))
}

#[test]
fn queries_that_bind_give_the_columns_of_the_vendors_binder() {
    let Some((count, failed)) =
        differing("corpora/kql.jsonl", |query| query["binds"] == true, "name", "columns")
    else {
        return;
    };
    gold("columns-corpus", count, &failed);
}

#[test]
fn examples_give_the_columns_of_the_vendors_binder() {
    let wanted = |case: &Value| case["strict"] == true && case["expected_types"].is_array();
    let Some((count, failed)) = differing("oracles/kql_docs.jsonl", wanted, "id", "expected_types") else {
        return;
    };
    gold("columns-examples", count, &failed);
}

/// Holds what differs to a file, which `UPDATE=1` writes anew.
fn gold(name: &str, count: usize, failed: &[String]) {
    let path = format!("{}/tests/main/gold/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let mut text = format!("{} of {count} give the expected columns; the others:\n", count - failed.len());
    failed.iter().for_each(|line| text.push_str(&format!("{line}\n")));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "`UPDATE=1` writes {path} anew");
}
