//! The reference pages under `docs/reference/spl`: one for each command, function and aggregation, from the
//! registry, the functions' own descriptions and the cases. `UPDATE=1` writes them anew.
//!
//! Every example of a page runs: the cases in [`crate::cases`], the expressions here.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use quarry_diagnostic::Diagnostic;
use quarry_functions::{Example, Function, Literal, aggregate_table, number_text, scalar_table};
use quarry_plan::TimeRange;
use quarry_spl::Macros;
use quarry_spl::lower::{LowerOptions, lower};
use quarry_spl::registry::{COMMANDS, CommandRow, FUNCTIONS, FunctionRow, Status, Takes, aggregation_names};
use quarry_views::Catalog;

use crate::{
    case::Case,
    cases,
    common::{Folder, in_parallel, quarry, root},
};

/// Cases shown on one page.
const MOST_CASES: usize = 3;

/// The moment at which examples run.
const NOW: &str = "2024-10-24T12:34:56.789Z";

fn folder() -> PathBuf {
    root().join("docs/reference/spl")
}

/// The description of an eval function, where it is a function of its own.
fn described(row: &FunctionRow) -> Option<&'static Function> {
    let name = row.computed_by()?.name;
    scalar_table().find(|function| function.name == name)
}

/// The examples of a function that can be written in a search.
fn examples(row: &FunctionRow) -> Vec<&'static Example> {
    let fits = |example: &&Example| {
        let count = example.0.len();
        let is_called = row.description().is_some_and(|row| (row.least..=row.most).contains(&count));
        is_called
            && is_accepted(&format!("| makeresults | eval x=if(isnull({}), 1, 2)", expression(row, example)))
    };
    described(row).map(|function| function.examples.iter().filter(fits).collect()).unwrap_or_default()
}

/// Whether a search has no error: a pattern that cannot be read is one where it is a constant.
fn is_accepted(search: &str) -> bool {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(None).expect("the views load"));
    let view = CATALOG.view("splunk").expect("the view is there");
    let options = LowerOptions { view, discovered: None, default_time: TimeRange::default() };
    let parsed = quarry_spl::parse(search, &Macros::default());
    let lowered = lower(&parsed, &options);
    !parsed.diagnostics.iter().chain(&lowered.diagnostics).any(Diagnostic::is_error)
}

fn text(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\t', "\\t").replace('\n', "\\n");
    format!("\"{escaped}\"")
}

fn literal(value: Literal) -> String {
    match value {
        Literal::Null => "null()".to_owned(),
        Literal::Bool(value) => format!("{value}()"),
        Literal::Int(value) => value.to_string(),
        Literal::Num(value) => number_text(value),
        Literal::Time(micros) => number_text(micros as f64 / 1e6),
        Literal::Text(value) => text(value),
        Literal::Written(_, text) => text.to_owned(),
        Literal::List(values) => {
            format!("mvappend({})", values.iter().map(|value| text(value)).collect::<Vec<_>>().join(", "))
        }
    }
}

fn expression(row: &FunctionRow, example: &Example) -> String {
    let arguments: Vec<String> = example.0.iter().map(|&argument| literal(argument)).collect();
    format!("{}({})", row.name, arguments.join(", "))
}

/// A result as it is shown, values of a list by line.
fn outcome(value: Literal) -> Option<String> {
    Some(match value {
        Literal::Null => return None,
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Num(value) => number_text(value),
        Literal::Time(micros) => number_text(micros as f64 / 1e6),
        Literal::Text(value) => value.to_owned(),
        Literal::Written(_, text) => text.to_owned(),
        Literal::List(values) => values.join("\n"),
    })
}

fn status(status: Status) -> String {
    match status {
        Status::Supported => "supported".to_owned(),
        Status::Planned => "not supported yet".to_owned(),
        Status::Never(why) => format!("not to come: {why}"),
    }
}

/// Whether a query uses a word: a command after a bar, or a function before a parenthesis.
fn uses(query: &str, name: &str, command: bool) -> bool {
    let mut from = 0;
    while let Some(found) = query[from..].find(name) {
        let (start, end) = (from + found, from + found + name.len());
        let before = query[..start].trim_end();
        let whole =
            |letter: Option<char>| !letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        let is_word = whole(query[..start].chars().next_back()) && whole(query[end..].chars().next());
        let called = query[end..].starts_with('(');
        if is_word && if command { before.ends_with(['|', '[']) } else { called } {
            return true;
        }
        from = end;
    }
    false
}

fn cases_with<'c>(cases: &'c [Case], name: &str, command: bool) -> Vec<&'c Case> {
    let mut found: Vec<&Case> = cases
        .iter()
        .filter(|case| {
            case.setting("language") == Some("spl")
                && case.setting("known-difference").is_none()
                // Cases of a log's fields are not about a word.
                && case.setting("events").is_none()
                && case.files.is_empty()
                && !case.expected.starts_with("error")
                && uses(&case.query, name, command)
        })
        .collect();
    // The cases that are about the word go first, then the short ones.
    found.sort_by_key(|case| {
        (!case.header.lines().next().unwrap_or_default().contains(name), case.text().len())
    });
    found.truncate(MOST_CASES);
    found
}

fn write_case(page: &mut String, case: &Case) {
    let title = case.header.lines().next().unwrap_or_default();
    let (query, events, expected) = (case.query.trim(), case.events.trim(), case.expected.trim_end());
    let _ = write!(
        page,
        "\n{title}\n\n````spl\n{query}\n````\n\n````json\n{events}\n````\n\n````csv\n{expected}\n````\n"
    );
    let macros: Vec<&str> = case.settings("macro").collect();
    if !macros.is_empty() {
        let _ = write!(
            page,
            "\nMacros: {}\n",
            macros.iter().map(|one| format!("``{one}``")).collect::<Vec<_>>().join(", ")
        );
    }
}

fn page(name: &str, syntax: &str, meaning: &str, notes: &str, cases: &[&Case]) -> String {
    let mut page = format!("# {name}\n\n```text\n{syntax}\n```\n\n{meaning}\n{notes}");
    if !cases.is_empty() {
        page.push_str("\n## In searches\n");
        cases.iter().for_each(|case| write_case(&mut page, case));
    }
    page
}

fn cell(text: &str) -> String {
    format!("`` {} ``", text.replace('|', "\\|").replace('\n', " ⏎ "))
}

fn function_page(row: &FunctionRow, cases: &[Case]) -> String {
    let cases = cases_with(cases, row.name, false);
    let described = row.description().unwrap_or_else(|| panic!("{} is not described", row.name));
    let mut notes = String::new();
    if !described.source.is_empty() {
        let _ = writeln!(notes, "\nSource: {}.", described.source);
    }
    let examples = examples(row);
    if !examples.is_empty() {
        notes.push_str("\n| expression | value |\n|---|---|\n");
    }
    for example in examples {
        let value = outcome(example.1).map_or("null".to_owned(), |value| cell(&value));
        let _ = writeln!(notes, "| {} | {value} |", cell(&expression(row, example)));
    }
    page(row.name, described.written, described.meaning, &notes, &cases)
}

/// The options of a command as a table.
fn options(row: &CommandRow) -> String {
    let mut table = String::new();
    for option in row.options() {
        if table.is_empty() {
            table.push_str("\n| option | value | default | |\n|---|---|---|---|\n");
        }
        let meaning = match option.takes {
            Takes::Ignored => format!("Changes nothing: {}.", option.meaning),
            _ => option.meaning.to_owned(),
        };
        let default = if option.default.trim().is_empty() { String::new() } else { cell(option.default) };
        let values = option.values().replace('<', "\\<");
        let _ =
            writeln!(table, "| `{}` | {values} | {default} | {} |", option.name, meaning.replace('|', "\\|"));
    }
    table
}

/// Every page by its path below the folder.
fn pages() -> BTreeMap<String, String> {
    let cases = cases::all();
    let mut pages = BTreeMap::new();
    let mut index =
        "# Reference of SPL\n\nEvery word of the language, whether it runs here, and its page.\n".to_owned();
    let mut section = |folder: &str, rows: Vec<(&str, Status, Option<String>)>| {
        let supported = rows.iter().filter(|(_, status, _)| *status == Status::Supported).count();
        let _ = write!(index, "\n## {folder}\n\n{supported} of {} are supported.\n\n", rows.len());
        index.push_str("| name | status |\n|---|---|\n");
        for (name, state, text) in rows {
            let shown = match text {
                Some(text) => {
                    pages.insert(format!("{folder}/{name}.md"), text);
                    format!("[{name}]({folder}/{name}.md)")
                }
                None => name.to_owned(),
            };
            let _ = writeln!(index, "| {shown} | {} |", status(state));
        }
    };
    let only = |status: Status, page: &dyn Fn() -> String| (status == Status::Supported).then(page);
    let commands = COMMANDS.iter().map(|row| {
        let text = only(row.status, &|| {
            let meaning = row.meaning().expect("a meaning");
            page(row.name, &row.written(), &meaning, &options(row), &cases_with(&cases, row.name, true))
        });
        (row.name, row.status, text)
    });
    section("commands", commands.collect());
    let functions =
        FUNCTIONS.iter().map(|row| (row.name, row.status, only(row.status, &|| function_page(row, &cases))));
    section("functions", functions.collect());
    let aggregations = aggregation_names().into_iter().map(|name| {
        let text = only(name.row.status, &|| {
            let (written, meaning) = (name.written().expect("written"), name.meaning().expect("described"));
            page(name.name, &written, &meaning, "", &cases_with(&cases, name.name, false))
        });
        (name.name, name.row.status, text)
    });
    section("aggregations", aggregations.collect());
    pages.insert("README.md".to_owned(), index);
    pages
}

/// The files below a folder, by path from it.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("the folder is readable").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|inner| format!("{name}/{inner}")));
        } else {
            found.push(name);
        }
    }
    found
}

#[test]
fn pages_are_what_the_registry_says() {
    let folder = folder();
    let pages = pages();
    let on_disk = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    let stale: Vec<&String> =
        pages.iter().filter(|(name, text)| on_disk(name) != **text).map(|(name, _)| name).collect();
    let superfluous: Vec<String> =
        files(&folder).into_iter().filter(|name| !pages.contains_key(name)).collect();
    if std::env::var_os("UPDATE").is_some() {
        for name in stale {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
            fs::write(&path, &pages[name]).expect("a page can be written");
        }
        superfluous
            .iter()
            .for_each(|name| fs::remove_file(folder.join(name)).expect("a file can be removed"));
        return;
    }
    assert!(
        stale.is_empty() && superfluous.is_empty(),
        "stale: {stale:?}\nsuperfluous: {superfluous:?}\n\
         `UPDATE=1 cargo test -p quarry --test main reference` writes the pages"
    );
}

#[test]
fn no_word_is_described_in_two_places() {
    let plan_name = |name: &str| format!("spl_{name}");
    for row in FUNCTIONS.iter().filter(|row| row.status == Status::Supported && row.computed_by().is_none()) {
        let twice = scalar_table().find(|function| function.name == plan_name(row.name));
        assert!(twice.is_none(), "`{}` is described in the registry and in quarry-functions", row.name);
    }
    for name in aggregation_names().iter().filter(|name| name.row.computed_by().is_none()) {
        let twice = aggregate_table().find(|function| function.name == plan_name(name.name));
        assert!(twice.is_none(), "`{}` is described in the registry and in quarry-functions", name.name);
    }
}

#[test]
fn every_expression_on_a_page_gives_the_value_beside_it() {
    let folder = Folder::new();
    let event = r#"{"eventSource":"s","eventName":"E","eventTime":"2024-01-01T00:00:00Z"}"#;
    let logs = folder.write("event.jsonl", event);
    let supported = FUNCTIONS.iter().filter(|row| row.status == Status::Supported);
    let all: Vec<(&FunctionRow, &Example)> =
        supported.flat_map(|row| examples(row).into_iter().map(move |example| (row, example))).collect();
    assert!(all.len() > 200, "{} examples", all.len());
    let parts: Vec<_> = all.chunks(60).collect();
    let wrong = in_parallel(&parts, |part| differing(part, &logs)).concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The expressions of examples that give another value.
fn differing(examples: &[(&FunctionRow, &Example)], logs: &str) -> Vec<String> {
    let mut search = "search index=*".to_owned();
    for (number, (row, example)) in examples.iter().enumerate() {
        let expression = expression(row, example);
        let _ = match example.1 {
            Literal::Bool(_) => write!(search, " | eval r{number}=if({expression}, \"true\", \"false\")"),
            // A condition that is null is neither.
            Literal::Null if is_condition(row) => {
                write!(search, " | eval r{number}=case({expression}, \"true\", NOT {expression}, \"false\")")
            }
            // As it is computed with, whatever figures are written down.
            Literal::Num(_) => write!(search, " | eval r{number}=exact({expression})"),
            _ => write!(search, " | eval r{number}={expression}"),
        };
    }
    let names: Vec<String> = (0..examples.len()).map(|number| format!("r{number}")).collect();
    let _ = write!(search, " | table {}", names.join(" "));
    let run = quarry(["query", "--lang", "spl", "--now", NOW, "--logs", logs, "--output", "jsonl"])
        .with([format!("--expression={search}")])
        .run()
        .exits(0);
    let found = run.rows().pop().expect("a row");
    let mut wrong = Vec::new();
    for (number, (row, example)) in examples.iter().enumerate() {
        let value = &found[format!("r{number}")];
        if shown(value) != outcome(example.1) && !close(value, example.1) {
            wrong.push(format!("{}: {value}, not {:?}", expression(row, example), example.1));
        }
    }
    wrong
}

/// Whether a function gives true or false, as one of its examples does.
fn is_condition(row: &FunctionRow) -> bool {
    examples(row).iter().any(|example| matches!(example.1, Literal::Bool(_)))
}

fn shown(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Array(values) => {
            Some(values.iter().filter_map(shown).collect::<Vec<_>>().join("\n"))
        }
        other => other.as_f64().map(number_text).or_else(|| Some(other.to_string())),
    }
}

/// Numbers may differ in their last digit.
fn close(value: &serde_json::Value, wanted: Literal) -> bool {
    match (value.as_f64(), wanted) {
        (Some(found), Literal::Num(wanted)) => (found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0),
        _ => false,
    }
}
