//! The public AQL queries over recorded events: all that are AQL run, and those made from Sigma rules
//! select what a second, plain evaluator selects.

mod evaluator;
mod record;
mod reference;

use std::{path::Path, sync::Arc, time::Instant};

use arrow::{array::AsArray, record_batch::RecordBatch};
use quarry_hunt::{CompileOptions, Compiler, LogOptions, QueryText, Resources, Workspace};
use quarry_languages::Language;
use quarry_views::Catalog;
use serde_json::Value;

use self::record::Record;
use crate::common::{Folder, shared, shown, sorted};

struct Query {
    name: String,
    kind: String,
    class: String,
    text: String,
}

fn queries() -> Option<Vec<Query>> {
    let text = std::fs::read_to_string(shared("corpora/aql.jsonl")?).expect("the corpus is readable");
    let parse = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let field = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        Query { name: field("name"), kind: field("kind"), class: field("class"), text: field("query") }
    };
    Some(text.lines().map(parse).collect())
}

/// Every so many-th recorded event.
fn records(step: usize) -> Option<Vec<Record>> {
    let text = std::fs::read_to_string(shared("data/events.jsonl")?).expect("the events are readable");
    let event = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        Record::of(line["event"].clone())
    };
    Some(text.lines().step_by(step).filter_map(event).collect())
}

/// Queries over a file of records, in one process.
struct Runner {
    runtime: tokio::runtime::Runtime,
    workspace: Workspace,
    catalog: Arc<Catalog>,
    _folder: Folder,
}

impl Runner {
    fn new(records: &[Record]) -> Self {
        let folder = Folder::new();
        let lines: String = records.iter().map(|record| format!("{}\n", record.payload)).collect();
        let path = folder.write("events.jsonl", lines);
        let runtime = tokio::runtime::Runtime::new().expect("threads start");
        let catalog = Arc::new(Catalog::load(None).expect("the views load"));
        let options = LogOptions::of(vec![shown(Path::new(&path))]);
        let opened = runtime.block_on(Workspace::open(Arc::clone(&catalog), &options));
        let workspace = opened.unwrap_or_else(|_| panic!("the events cannot be opened"));
        Self { runtime, workspace, catalog, _folder: folder }
    }

    fn compiler(&self, permissive: bool) -> Compiler<'_> {
        let resources = Resources { permissive, ..Resources::default() };
        let options = CompileOptions { resources, ..CompileOptions::default() };
        Compiler::new(&self.catalog, &options).unwrap_or_else(|_| panic!("there is a compiler"))
    }

    /// The rows of a query, or why there are none.
    fn run(&self, compiler: &Compiler<'_>, text: &str) -> Result<Vec<RecordBatch>, String> {
        let query = QueryText::new(Language::AQL, "<query>", text);
        let compiled = compiler.compile(&query, None).map_err(|_| "no view".to_owned())?;
        let plan = compiled.plan.ok_or_else(|| format!("{:#?}", compiled.diagnostics))?;
        self.runtime.block_on(async {
            let settled = self.workspace.settle(plan).await.map_err(|_| "times do not settle".to_owned())?;
            let session = &self.workspace.session;
            let run = session.run(&settled.plan, settled.objects, settled.now, session.new_report()).await;
            run.map_err(|error| error.to_string())?.collect().await.map_err(|error| error.to_string())
        })
    }
}

/// Runs every query of a class; gives those that fail with the reason.
fn failures(class: &str, permissive: bool) -> Option<Vec<String>> {
    let (queries, records) = (queries()?, records(40)?);
    let runner = Runner::new(&records);
    let compiler = runner.compiler(permissive);
    let chosen: Vec<&Query> = queries.iter().filter(|query| query.class == class).collect();
    assert!(!chosen.is_empty(), "no query is {class}");
    let start = Instant::now();
    let failed = chosen.iter().filter_map(|query| {
        let error = runner.run(&compiler, &query.text).err()?;
        Some(format!("{}: {error}", query.name))
    });
    let failed = failed.collect();
    eprintln!("{} queries {class} in {:?}", chosen.len(), start.elapsed());
    Some(failed)
}

#[test]
fn every_documented_query_runs() {
    let Some(failed) = failures("documented", false) else { return };
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_extended_query_runs_in_permissive_mode() {
    let Some(failed) = failures("extended", true) else { return };
    assert!(failed.is_empty(), "{failed:#?}");
}

/// The payloads a query selects.
fn selected(runner: &Runner, compiler: &Compiler<'_>, text: &str) -> Vec<String> {
    let text = text.replacen('*', "UTF8(payload) AS p", 1);
    let batches = runner.run(compiler, &text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let column = |batch: &RecordBatch| {
        batch.column(0).as_string::<i32>().iter().flatten().map(str::to_owned).collect::<Vec<_>>()
    };
    sorted(batches.iter().flat_map(column))
}

#[test]
fn sigma_queries_select_what_a_plain_evaluator_selects() {
    let (Some(queries), Some(records)) = (queries(), records(1)) else { return };
    let runner = Runner::new(&records);
    let compiler = runner.compiler(false);
    let read = selected(&runner, &compiler, "SELECT * FROM events");
    let known = sorted(records.iter().map(|record| record.payload.clone()));
    let unread = known.iter().find(|payload| !read.contains(payload));
    assert_eq!(read.len(), known.len(), "not read: {unread:?}");
    let chosen: Vec<&Query> = queries.iter().filter(|query| query.kind == "generated-sigma").collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let compare = |part: &[&Query]| -> Vec<(usize, Option<String>)> {
        part.iter().map(|query| difference(&runner, &compiler, query, &records)).collect()
    };
    let outcomes: Vec<(usize, Option<String>)> = std::thread::scope(|scope| {
        let parts = chosen.chunks(chosen.len().div_ceil(threads));
        let workers: Vec<_> = parts.map(|part| scope.spawn(|| compare(part))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a thread ends")).collect()
    });
    let hits: usize = outcomes.iter().map(|(hits, _)| hits).sum();
    let wrong: Vec<String> = outcomes.into_iter().filter_map(|(_, wrong)| wrong).collect();
    eprintln!("{} queries select {hits} events", chosen.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(hits > 0, "no query selects anything: the comparison shows nothing");
}

/// How many records a query should select, and what is wrong if it selects others.
fn difference(
    runner: &Runner,
    compiler: &Compiler<'_>,
    query: &Query,
    records: &[Record],
) -> (usize, Option<String>) {
    let expected = evaluator::selected(&query.text, records);
    let expected = sorted(expected.into_iter().map(|record| record.payload.clone()));
    let found = selected(runner, compiler, &query.text);
    let wrong = (found != expected).then(|| {
        format!("{}: {} found, {} expected: {}", query.name, found.len(), expected.len(), query.text)
    });
    (expected.len(), wrong)
}

/// Every function that can be called is called in a case of `cases/`.
#[test]
fn every_function_has_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let cases: String = std::fs::read_dir(folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("the folder is readable").path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("aql-")))
        .map(|path| std::fs::read_to_string(path).expect("a case is readable").to_uppercase())
        .collect();
    let called = |name: &str| {
        cases.match_indices(&format!("{name}(")).any(|(at, _)| {
            !cases[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':')
        })
    };
    let missing: Vec<&str> = quarry_aql::registry::functions()
        .filter(|function| !matches!(function.role, quarry_aql::registry::Role::Refused(_)))
        .map(|function| function.name)
        .filter(|name| !called(name))
        .collect();
    assert!(missing.is_empty(), "no case calls {missing:?}");
}
