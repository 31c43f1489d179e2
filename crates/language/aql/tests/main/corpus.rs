//! The public queries: what parses, what lowers, and that nothing else passes silently.

use std::path::PathBuf;

use quarry_aql::{LowerOptions, lower, parse};
use quarry_diagnostic::{Diagnostic, Severity, line_column};
use quarry_views::{Catalog, View};

pub struct Query {
    pub name: String,
    pub kind: String,
    pub class: String,
    pub text: String,
}

pub fn shared(path: &str) -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared").join(path);
    if !found.exists() {
        eprintln!("skipped: {} is absent", found.display());
        return None;
    }
    Some(found)
}

pub fn view() -> View {
    Catalog::load(None).unwrap().view("qradar").expect("the qradar view").clone()
}

pub fn corpus() -> Option<Vec<Query>> {
    let text = std::fs::read_to_string(shared("corpora/aql.jsonl")?).unwrap();
    let field = |line: &serde_json::Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let queries =
        text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).map(|line| Query {
            name: field(&line, "name"),
            kind: field(&line, "kind"),
            class: field(&line, "class"),
            text: field(&line, "query"),
        });
    Some(queries.collect())
}

fn first_error(found: &[Diagnostic]) -> Option<&Diagnostic> {
    found.iter().find(|found| found.is_error())
}

fn describe(query: &Query, found: &Diagnostic) -> String {
    let (line, column) = line_column(&query.text, found.span.start);
    format!("{} {} {}:{line}:{column} {}", query.kind, query.name, found.code, found.message)
}

/// The queries of a class that do not lower, each with its first error.
fn failures(class: &str, options: &LowerOptions) -> Option<Vec<String>> {
    let queries = corpus()?;
    let view = view();
    let chosen: Vec<&Query> = queries.iter().filter(|query| query.class == class).collect();
    assert!(!chosen.is_empty(), "no query is {class}");
    let failed = chosen.iter().filter_map(|query| {
        let lowered = lower(&parse(&query.text), &view, options);
        if lowered.plan.is_some() {
            return None;
        }
        let error =
            first_error(&lowered.diagnostics).unwrap_or_else(|| panic!("{} fails silently", query.name));
        Some(describe(query, error))
    });
    Some(failed.collect())
}

#[test]
fn every_documented_query_lowers() {
    let Some(failed) = failures("documented", &LowerOptions::default()) else { return };
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_extended_query_lowers_in_permissive_mode() {
    let options = LowerOptions { permissive: true, ..LowerOptions::default() };
    let Some(failed) = failures("extended", &options) else { return };
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_extra_is_told() {
    let Some(queries) = corpus() else { return };
    let (view, options) = (view(), LowerOptions { permissive: true, ..LowerOptions::default() });
    for query in queries.iter().filter(|query| query.class == "extended") {
        let lowered = lower(&parse(&query.text), &view, &options);
        assert!(!lowered.diagnostics.is_empty(), "{} passes silently", query.name);
    }
}

#[test]
fn other_queries_do_not_pass_silently() {
    let Some(queries) = corpus() else { return };
    let (view, options) = (view(), LowerOptions::default());
    let mut silent = Vec::new();
    let mut planned = Vec::new();
    for query in queries.iter().filter(|query| query.class != "documented") {
        let lowered = lower(&parse(&query.text), &view, &options);
        if lowered.diagnostics.is_empty() {
            silent.push(query.name.clone());
        }
        if let Some(error) = first_error(&lowered.diagnostics) {
            assert!(error.span.start <= query.text.len(), "{}", describe(query, error));
        } else if query.class == "rejected" {
            planned.push(query.name.clone());
        }
        let worst = lowered
            .diagnostics
            .iter()
            .max_by_key(|found| (found.severity, std::cmp::Reverse(found.span.start)));
        if let Some(worst) = worst.filter(|worst| worst.severity >= Severity::Note) {
            eprintln!("{} {}", query.class, describe(query, worst));
        }
    }
    assert!(silent.is_empty(), "no diagnostic at all: {silent:?}");
    assert!(planned.is_empty(), "not AQL, and yet lowered: {planned:?}");
}
