//! The reference pages under `docs/reference/aql`: one for each function, and an index with the clauses, from the
//! registry, the functions' own examples and the cases. `UPDATE=1` writes them anew.

use std::{collections::BTreeMap, fmt::Write, fs, path::PathBuf};

use quarry_aql::{
    LowerOptions,
    registry::{Function, KEYWORDS, Role, functions},
};
use quarry_functions::{Example, Literal, number_text, scalar_table};
use quarry_views::Catalog;
use serde_json::Value;

use crate::common::{Folder, quarry, root};

/// Cases shown on one page.
const MOST_CASES: usize = 2;
/// The moment at which examples run.
const NOW: &str = "2024-10-24T12:34:56.789Z";

fn folder() -> PathBuf {
    root().join("docs/reference/aql")
}

/// A case of `cases/`: its first line, query, events and rows.
struct Case {
    title: String,
    query: String,
    events: String,
    expected: String,
}

fn cases() -> Vec<Case> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root().join("crates/quarry/tests/cases"))
        .expect("the cases are there")
        .map(|entry| entry.expect("the folder is readable").path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("aql-")))
        .collect();
    paths.sort();
    let case = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a case is readable");
        let part = |name: &str| {
            let rest = text.split_once(&format!("=== {name}\n")).map_or("", |(_, rest)| rest);
            rest.split("=== ").next().unwrap_or_default().trim_end().to_owned()
        };
        Case {
            title: text.lines().next().unwrap_or_default().to_owned(),
            query: part("query"),
            events: part("events"),
            expected: part("expected"),
        }
    };
    paths.iter().map(case).collect()
}

/// Whether a query calls a function.
fn calls(query: &str, name: &str) -> bool {
    quarry_aql::parse(query).functions.iter().any(|called| called.text.eq_ignore_ascii_case(name))
}

/// A constant as AQL writes it.
fn literal(value: Literal) -> Option<String> {
    Some(match value {
        Literal::Null => "NULL".to_owned(),
        Literal::Bool(truth) => truth.to_string().to_uppercase(),
        Literal::Int(number) => number.to_string(),
        Literal::Num(number) => number_text(number),
        Literal::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Literal::List(_) | Literal::Time(_) | Literal::Written(..) => return None,
    })
}

/// A value as a table shows it.
fn outcome(value: Literal) -> String {
    match value {
        Literal::Null | Literal::List(_) | Literal::Time(_) | Literal::Written(..) => "null".to_owned(),
        Literal::Bool(truth) => truth.to_string(),
        Literal::Int(number) => number.to_string(),
        Literal::Num(number) => number_text(number),
        Literal::Text(text) => text.to_owned(),
    }
}

/// The examples of a function that can be written in a query.
fn examples(function: &Function) -> Vec<(String, Literal)> {
    let computed = function.computed_by();
    let Some(row) = scalar_table().find(|row| Some(row.name) == computed) else { return Vec::new() };
    let catalog = Catalog::load(None).expect("the views load");
    let view = catalog.view("qradar").expect("the view is there");
    let options = LowerOptions { permissive: true, ..LowerOptions::default() };
    let written = |(arguments, result): &Example| {
        let arguments: Option<Vec<String>> = arguments.iter().map(|argument| literal(*argument)).collect();
        let text = format!("{}({})", function.name, arguments?.join(", "));
        let query = format!("SELECT {text} AS r FROM events");
        let runs = quarry_aql::lower(&quarry_aql::parse(&query), view, &options).plan.is_some();
        runs.then_some((text, *result))
    };
    row.examples.iter().filter_map(written).collect()
}

fn cell(text: &str) -> String {
    format!("`` {} ``", text.replace('|', "\\|").replace('\n', " ⏎ "))
}

fn status(function: &Function) -> String {
    match function.role {
        Role::Unavailable(reason) if function.result() == quarry_plan::Type::Boolean => {
            format!("always false: {reason}")
        }
        Role::Unavailable(reason) => format!("always null: {reason}"),
        Role::Extra(advice) => format!("not AQL; with `--permissive`, else {advice}"),
        Role::Refused(advice) => format!("not AQL: {advice}"),
        _ => "runs".to_owned(),
    }
}

fn file(function: &Function) -> String {
    format!("functions/{}.md", function.name.to_lowercase().replace("::", "_"))
}

fn page(function: &Function, cases: &[Case]) -> String {
    let description = function.description();
    let mut page =
        format!("# {}\n\n```text\n{}\n```\n\n{}\n", function.name, function.written(), description.meaning);
    if status(function) != "runs" {
        let state = status(function);
        let mut letters = state.chars();
        let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
        let _ = write!(page, "\n{first}{}.\n", letters.as_str());
    }
    if !description.page.is_empty() {
        let _ = write!(page, "\n[The vendor's page]({})\n", description.page);
    }
    let examples = examples(function);
    if !examples.is_empty() {
        page.push_str("\n| expression | value |\n|---|---|\n");
    }
    for (expression, value) in examples {
        let value = if value == Literal::Null { "null".to_owned() } else { cell(&outcome(value)) };
        let _ = writeln!(page, "| {} | {value} |", cell(&expression));
    }
    let mut shown: Vec<&Case> = cases.iter().filter(|case| calls(&case.query, function.name)).collect();
    shown.sort_by_key(|case| (!case.title.contains(function.name), case.query.len()));
    shown.truncate(MOST_CASES);
    if !shown.is_empty() {
        page.push_str("\n## In queries\n");
    }
    for case in shown {
        let Case { title, query, events, expected } = case;
        let _ = write!(
            page,
            "\n{title}\n\n````sql\n{query}\n````\n\n````json\n{events}\n````\n\n````csv\n{expected}\n````\n"
        );
    }
    page
}

fn index() -> String {
    let mut index =
        "# Reference of AQL\n\nEvery clause, operator and function, and whether it runs here.\n\n\
                     ## Clauses and operators\n\n| name | syntax | meaning |\n|---|---|---|\n"
            .to_owned();
    for keyword in KEYWORDS {
        let name = format!("[{}]({})", keyword.name, keyword.page);
        let _ = writeln!(index, "| {name} | {} | {} |", cell(keyword.syntax), keyword.meaning);
    }
    let is_documented = |function: &&Function| !matches!(function.role, Role::Extra(_) | Role::Refused(_));
    let documented: Vec<&Function> = functions().filter(is_documented).collect();
    let without = documented.iter().filter(|function| status(function) != "runs").count();
    let _ = write!(
        index,
        "\n## Functions\n\n{} functions are documented; {without} of them are over data that log files do not hold.\n",
        documented.len()
    );
    let others: Vec<&Function> = functions().filter(|function| !is_documented(function)).collect();
    for (title, list) in [("", documented), ("## Functions of public queries that are not AQL", others)] {
        let _ = write!(index, "\n{title}{}", if title.is_empty() { "" } else { "\n\n" });
        index.push_str("| name | meaning | status |\n|---|---|---|\n");
        for function in list {
            let name = match function.role {
                Role::Refused(_) => function.name.to_owned(),
                _ => format!("[{}]({})", function.name, file(function)),
            };
            let _ = writeln!(index, "| {name} | {} | {} |", function.description().meaning, status(function));
        }
    }
    index
}

/// Every page by its path below the folder.
fn pages() -> BTreeMap<String, String> {
    let cases = cases();
    let is_shown = |function: &&Function| !matches!(function.role, Role::Refused(_));
    let mut pages: BTreeMap<String, String> =
        functions().filter(is_shown).map(|function| (file(function), page(function, &cases))).collect();
    pages.insert("README.md".to_owned(), index());
    pages
}

#[test]
fn pages_are_what_the_registry_says() {
    let (folder, pages) = (folder(), pages());
    let on_disk = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    let stale: Vec<&String> = pages.keys().filter(|name| on_disk(name) != pages[*name]).collect();
    let superfluous: Vec<String> = fs::read_dir(folder.join("functions"))
        .into_iter()
        .flatten()
        .map(|entry| format!("functions/{}", entry.expect("readable").file_name().to_string_lossy()))
        .filter(|name| !pages.contains_key(name))
        .collect();
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(folder.join("functions")).expect("folders can be made");
        for name in stale {
            fs::write(folder.join(name), &pages[name]).expect("a page can be written");
        }
        for name in superfluous {
            fs::remove_file(folder.join(name)).expect("a page can be removed");
        }
        return;
    }
    assert!(
        stale.is_empty() && superfluous.is_empty(),
        "stale: {stale:?}\nsuperfluous: {superfluous:?}\n\
         `UPDATE=1 cargo test -p quarry --test main aql::reference` writes the pages"
    );
}

#[test]
fn no_word_is_described_in_two_places() {
    for function in functions().filter(|function| function.computed_by().is_none()) {
        let plan_name = format!("aql_{}", function.name.to_lowercase());
        let twice = scalar_table().find(|row| row.name == plan_name);
        assert!(twice.is_none(), "{} is described in the registry and in quarry-functions", function.name);
    }
}

#[test]
fn every_expression_on_a_page_gives_the_value_beside_it() {
    let folder = Folder::new();
    let event = r#"{"eventSource":"s","eventName":"E","eventTime":"2024-01-01T00:00:00Z"}"#;
    let logs = folder.write("event.jsonl", event);
    let all: Vec<(String, Literal)> = functions().flat_map(examples).collect();
    assert!(all.len() > 50, "{} examples", all.len());
    let items: Vec<String> =
        all.iter().enumerate().map(|(number, (text, _))| format!("{text} AS r{number}")).collect();
    let query = format!("SELECT {} FROM events", items.join(", "));
    let run = quarry(["query", "--lang", "aql", "--permissive", "--now", NOW, "--logs", &logs])
        .with(["--output".to_owned(), "jsonl".to_owned(), format!("--expression={query}")])
        .run()
        .exits(0);
    let row = run.rows().pop().expect("a row");
    for (number, (text, wanted)) in all.iter().enumerate() {
        let found = match &row[format!("r{number}")] {
            Value::Null => "null".to_owned(),
            Value::String(text) => text.clone(),
            Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), number_text),
            other => other.to_string(),
        };
        let close = match (found.parse::<f64>(), wanted) {
            (Ok(found), Literal::Num(wanted)) => (found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0),
            _ => false,
        };
        assert!(found == outcome(*wanted) || close, "{text} gave {found}, not {wanted:?}");
    }
}
