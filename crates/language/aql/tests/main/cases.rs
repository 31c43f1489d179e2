//! Text-file cases: a query, then what becomes of it. `UPDATE=1` rewrites the expectations.
//!
//! In a file a case begins with a line `=== title`, goes on with the query, and after a line `---`
//! gives the output names, the plan and the diagnostics.

use std::{fmt::Write, path::PathBuf};

use quarry_aql::{LowerOptions, ReferenceCollection, lower, parse};
use quarry_diagnostic::line_column;
use quarry_plan::{Type, Value};
use quarry_views::{Derivation, Field, Path, View, ViewSource};

use crate::dump;

/// A small view of one log, independent of the shipped one.
pub fn small_view() -> View {
    let mut source = ViewSource {
        log_type: "aws.cloudtrail".to_owned(),
        source_type: "Amazon AWS CloudTrail".to_owned(),
        is_default: true,
        ..ViewSource::default()
    };
    let columns = [
        ("starttime", Type::Integer),
        ("endtime", Type::Timestamp),
        ("devicetime", Type::Integer),
        ("devicetype", Type::Integer),
        ("sourceip", Type::Text),
        ("sourceport", Type::Integer),
        ("username", Type::Text),
        ("payload", Type::Text),
        ("eventcount", Type::Integer),
        ("magnitude", Type::Integer),
        ("qid", Type::Integer),
        ("category", Type::Integer),
        ("logsourceid", Type::Integer),
        ("hasidentity", Type::Boolean),
        ("isunparsed", Type::Boolean),
        ("qidname", Type::Text),
        ("logsourcetypename", Type::Text),
        ("categoryname", Type::Text),
        ("Operation", Type::Text),
        ("ResourceType", Type::TextList),
    ];
    for (name, data_type) in columns {
        let derivation = if name == "logsourcetypename" {
            Derivation::Constant(Value::Text("Amazon AWS CloudTrail".to_owned()))
        } else {
            Derivation::Path(Path::new(name))
        };
        let field = Field { name: name.to_owned(), data_type, derivation, origin: String::new() };
        source.fields.insert(name.to_lowercase(), field);
    }
    View { name: "qradar".to_owned(), ignore_case: true, sources: vec![source], ..View::default() }
}

/// Options with some reference data and saved searches.
fn options(permissive: bool) -> LowerOptions {
    let mut options = LowerOptions { permissive, ..LowerOptions::default() };
    let records =
        |text: &str| text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    for (name, text, ignore_case) in [
        ("VIPs", "ann\neve", false),
        ("Admins", "Value\nRoot", true),
        ("People", "user,FullName,Team\nann,Ann Archer,red", false),
        ("Long", "key1,key2,data\nann,Team,red\nann,Floor,3\nbob,Team,blue", false),
    ] {
        options.reference.add(ReferenceCollection::new(name, records(text), ignore_case));
    }
    for (name, text) in [
        ("Top", "SELECT username AS who, COUNT(*) AS calls FROM events GROUP BY username LAST 1 HOURS"),
        ("Loop", "SELECT * FROM GLOBALVIEW('Loop', 'NORMAL')"),
        ("Broken", "SELECT FROM events"),
    ] {
        options.saved_searches.insert(name.to_owned(), text.to_owned());
    }
    options
}

fn outcome(query: &str, permissive: bool) -> String {
    let lowered = lower(&parse(query), &small_view(), &options(permissive));
    let mut text = String::new();
    if let Some(plan) = &lowered.plan {
        let names: Vec<&str> = lowered.output.iter().map(|column| column.label.as_str()).collect();
        writeln!(text, "output: {}", names.join(" | ")).unwrap();
        text.push_str(&dump::plan(plan));
        let columns: Vec<_> = plan.columns().into_iter().map(|(name, _)| name).collect();
        let promised: Vec<_> = lowered.output.iter().map(|column| column.column.clone()).collect();
        assert_eq!(columns, promised, "the plan gives other columns than promised for {query}");
    }
    for found in &lowered.diagnostics {
        let (line, column) = line_column(query, found.span.start);
        writeln!(text, "{:?} {} {line}:{column} {}", found.severity, found.code, found.message).unwrap();
        for help in &found.help {
            writeln!(text, "  help: {help}").unwrap();
        }
    }
    text
}

fn check(name: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut actual = String::new();
    for case in text.split("=== ").skip(1) {
        let (title, rest) = case.split_once('\n').unwrap();
        let query = rest.split("\n---").next().unwrap().trim();
        let found = outcome(query, title.contains("permissive"));
        write!(actual, "=== {title}\n{query}\n---\n{found}\n").unwrap();
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, actual).unwrap();
        return;
    }
    for (have, want) in actual.split("=== ").zip(text.split("=== ")) {
        assert_eq!(have, want, "{name}: run with UPDATE=1 if the change is meant");
    }
    assert_eq!(actual.len(), text.len());
}

#[test]
fn selects() {
    check("select.txt");
}

#[test]
fn conditions() {
    check("condition.txt");
}

#[test]
fn groups() {
    check("group.txt");
}

#[test]
fn times() {
    check("time.txt");
}

#[test]
fn sub_selects() {
    check("subselect.txt");
}

#[test]
fn errors() {
    check("error.txt");
}

#[test]
fn functions() {
    check("function.txt");
}

#[test]
fn sessions() {
    check("session.txt");
}

#[test]
fn reference_data() {
    check("reference.txt");
}

#[test]
fn saved_searches() {
    check("saved.txt");
}

#[test]
fn extras() {
    check("extra.txt");
}
