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
    let mut text = format!("{} of {count} are as expected; the others:\n", count - failed.len());
    failed.iter().for_each(|line| text.push_str(&format!("{line}\n")));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "`UPDATE=1` writes {path} anew");
}

/// Small queries with the answers of the vendor's binder: columns, and places of errors.
#[test]
fn small_queries_are_bound_as_by_the_vendor() {
    let cases = include_str!("binder.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let (mut count, mut failed) = (0, Vec::new());
    for case in cases {
        let query = case["query"].as_str().unwrap();
        count += 1;
        let found = match case["errors"].as_array().unwrap().first() {
            None => difference(query, &case["columns"]),
            Some(place) => misplaced(query, place),
        };
        failed.extend(found.map(|found| format!("{}: {found}", query.lines().last().unwrap())));
    }
    gold("binder", count, &failed);
}

#[test]
fn queries_that_the_vendor_rejects_are_rejected_there() {
    let Some(queries) = lines("corpora/kql.jsonl") else { return };
    let (mut count, mut failed) = (0, Vec::new());
    for case in
        include_str!("rejected.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).unwrap())
    {
        let query = queries.iter().find(|query| query["name"] == case["name"]).unwrap();
        count += 1;
        let found = misplaced(query["query"].as_str().unwrap(), &case["errors"][0][0]);
        failed.extend(found.map(|found| format!("{}: {found}", case["name"].as_str().unwrap())));
    }
    gold("rejected", count, &failed);
}

/// Whether an error stands at the vendor's place: of what is missing, the vendor shows the end of what stands before.
fn stands_at(query: &str, found: usize, place: u64) -> bool {
    let place = usize::try_from(place).unwrap();
    let between = query.get(place..found).unwrap_or("no");
    between.lines().all(|line| line.trim().is_empty() || line.trim().starts_with("//"))
}

/// What is other than an error at a place first of all.
fn misplaced(query: &str, place: &Value) -> Option<String> {
    let bound = bind(&parse(query));
    let first = bound.diagnostics.iter().find(|found| found.is_error());
    match first {
        Some(error) if stands_at(query, error.span.start, place.as_u64().unwrap()) => None,
        Some(error) => {
            Some(format!("an error is expected at {place}, found at {}: {}", error.span.start, error.message))
        }
        None => Some(format!("an error is expected at {place}, found none")),
    }
}
