//! The public queries: what parses, what lowers, and that nothing else passes silently.

use std::{collections::BTreeMap, path::PathBuf};

use quarry_aql::{LowerOptions, lower, parse};
use quarry_diagnostic::{Diagnostic, Severity, line_column};
use quarry_views::{Catalog, View};

struct Query {
    name: String,
    kind: String,
    class: String,
    text: String,
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

fn corpus() -> Option<Vec<Query>> {
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

#[test]
fn documented_queries_parse_and_lower() {
    let Some(queries) = corpus() else { return };
    let (view, options) = (view(), LowerOptions::default());
    let documented: Vec<&Query> = queries.iter().filter(|query| query.class == "documented").collect();
    let (mut parsed_count, mut lowered_count) = (0, 0);
    let mut failures = BTreeMap::<String, usize>::new();
    for query in &documented {
        let parsed = parse(&query.text);
        let lowered = lower(&parsed, &view, &options);
        parsed_count += usize::from(first_error(&parsed.diagnostics).is_none());
        lowered_count += usize::from(lowered.plan.is_some());
        if lowered.plan.is_none() {
            let error =
                first_error(&lowered.diagnostics).unwrap_or_else(|| panic!("{} fails silently", query.name));
            eprintln!("{}", describe(query, error));
            *failures.entry(error.code.to_string()).or_default() += 1;
        }
    }
    let total = documented.len();
    eprintln!(
        "documented: {total}, parse {parsed_count}, lower {lowered_count}; failures by code {failures:?}"
    );
    assert!(parsed_count * 100 >= total * 99, "{parsed_count} of {total} parse");
    assert!(lowered_count * 100 >= total * 90, "{lowered_count} of {total} lower");
}

#[test]
fn permissive_mode_takes_extras_with_a_warning() {
    let Some(queries) = corpus() else { return };
    let (view, options) = (view(), LowerOptions { permissive: true, ..LowerOptions::default() });
    let extended: Vec<&Query> = queries.iter().filter(|query| query.class == "extended").collect();
    let mut lowered_count = 0;
    for query in &extended {
        let lowered = lower(&parse(&query.text), &view, &options);
        assert!(!lowered.diagnostics.is_empty(), "{} passes silently", query.name);
        lowered_count += usize::from(lowered.plan.is_some());
    }
    eprintln!("extended: {}, lower {lowered_count}", extended.len());
    assert!(lowered_count * 100 >= extended.len() * 75, "{lowered_count} of {} lower", extended.len());
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
