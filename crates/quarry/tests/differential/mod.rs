//! Generated pipelines give the same rows from the engine as from a naive evaluator.
//!
//! `QUARRY_PIPELINES=10000` runs so many instead of the few that every test run does.

mod naive;
mod pipeline;

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{Array, AsArray},
    datatypes::{DataType, Float64Type, Int64Type, TimestampMicrosecondType},
    record_batch::RecordBatch,
};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use quarry_diagnostic::Diagnostic;
use quarry_engine::{EngineError, Execution, Session, SessionOptions};
use quarry_logs::{Limits, Location};
use quarry_plan::{Node, TimeRange};
use quarry_spl::{
    Macros,
    lower::{Environment, LowerOptions, lower_with},
};
use quarry_views::Catalog;

use crate::common::{Folder, shared};
use naive::{Cell, Row};
use pipeline::{Command, Vocabulary, text};

/// Pipelines a test run tries over each set of events.
const FEW: u32 = 150;

/// Rows as the values of each field that has one.
type Shown = Vec<BTreeMap<String, Vec<String>>>;

struct Engine {
    session: Session,
    catalog: Arc<Catalog>,
    objects: Arc<Vec<Location>>,
    runtime: tokio::runtime::Runtime,
    _folder: Folder,
}

impl Engine {
    fn new(events: &[serde_json::Value], threads: usize) -> Self {
        let folder = Folder::new();
        let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
        let path = folder.write("events.jsonl", lines);
        let options = SessionOptions { threads, memory: 64 << 20, limits: Limits::default(), strict: true };
        let catalog = Arc::new(Catalog::load(None).expect("the views load"));
        let session = Session::new(Arc::clone(&catalog), &options).expect("a session opens");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts");
        Self { session, catalog, objects: Arc::new(vec![Location::file(path)]), runtime, _folder: folder }
    }

    fn run(&self, search: &str) -> Result<Shown, String> {
        let view = self.catalog.view("splunk-json").expect("the view is there");
        let parsed = quarry_spl::parse(search, &Macros::default());
        let options = LowerOptions { view, discovered: None, default_time: TimeRange::default() };
        let mut answers = Vec::new();
        let lowered = loop {
            let environment = Environment { answers: &answers, ..Environment::default() };
            let mut lowered = lower_with(&parsed, &options, &environment);
            let Some(asked) = lowered.pending.take() else { break lowered };
            answers.push(
                self.runtime
                    .block_on(async { self.execution(&asked).await?.rows().await })
                    .map_err(text_of)?,
            );
        };
        let found: Vec<&Diagnostic> =
            parsed.diagnostics.iter().chain(&lowered.diagnostics).filter(|found| found.is_error()).collect();
        let plan = lowered.plan.as_ref().ok_or_else(|| format!("no plan: {found:?}"))?;
        let batches = self.runtime.block_on(async { self.execution(plan).await?.collect().await });
        Ok(batches.map_err(text_of)?.iter().flat_map(rows).collect())
    }

    async fn execution(&self, plan: &Node) -> Result<Execution, EngineError> {
        self.session.run(plan, Arc::clone(&self.objects), 0, self.session.new_report()).await
    }
}

#[allow(clippy::needless_pass_by_value)] // for `map_err`
fn text_of(error: EngineError) -> String {
    error.to_string()
}

fn rows(batch: &RecordBatch) -> Shown {
    let schema = batch.schema();
    let row = |at: usize| {
        let named = schema.fields().iter().zip(batch.columns());
        let values = named.map(|(field, column)| (field.name().clone(), values(column, at)));
        values.filter(|(_, values)| !values.is_empty()).collect()
    };
    (0..batch.num_rows()).map(row).collect()
}

fn values(column: &dyn Array, at: usize) -> Vec<String> {
    if column.is_null(at) {
        return Vec::new();
    }
    match column.data_type() {
        DataType::Utf8 => vec![column.as_string::<i32>().value(at).to_owned()],
        DataType::Int64 => vec![column.as_primitive::<Int64Type>().value(at).to_string()],
        DataType::Float64 => Cell::Number(column.as_primitive::<Float64Type>().value(at)).texts(),
        DataType::Timestamp(..) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(at);
            Cell::Number(micros as f64 / 1e6).texts()
        }
        DataType::List(_) => {
            let list = column.as_list::<i32>().value(at);
            list.as_string::<i32>().iter().flatten().map(str::to_owned).collect()
        }
        other => panic!("a column of {other}"),
    }
}

fn shown(rows: Vec<Row>) -> Shown {
    let row = |row: Row| row.into_iter().map(|(name, cell)| (name, cell.texts())).collect();
    rows.into_iter().map(row).collect()
}

fn count() -> u32 {
    std::env::var("QUARRY_PIPELINES")
        .map_or(FEW, |count| count.parse().expect("QUARRY_PIPELINES is a number"))
}

/// Runs pipelines over events whose times all differ.
fn agree(events: &[serde_json::Value], vocabulary: &Vocabulary, threads: usize) {
    let engine = Engine::new(events, threads);
    let mut newest_first: Vec<Row> = events.iter().map(naive::row).collect();
    newest_first.sort_by(|left, right| time(right).total_cmp(&time(left)));
    let all = vocabulary.all();
    let config = Config {
        cases: count(),
        failure_persistence: None,
        max_shrink_iters: 300,
        max_global_rejects: 0,
        ..Config::default()
    };
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, b"the same pipelines in every run!");
    let mut runner = TestRunner::new_with_rng(config, seed);
    let checked =
        runner.run(&vocabulary.pipelines(), |commands| check(&engine, &commands, &newest_first, &all));
    if let Err(TestError::Fail(reason, commands)) = &checked {
        panic!("{reason}\n{commands:?}");
    }
    assert!(checked.is_ok(), "{checked:?}");
}

fn time(row: &Row) -> f64 {
    match row.get("_time") {
        Some(Cell::Number(time)) => *time,
        _ => 0.0,
    }
}

fn check(engine: &Engine, commands: &[Command], events: &[Row], all: &[String]) -> Result<(), TestCaseError> {
    let search = text(commands, all);
    let wanted = shown(naive::run(commands, events, all));
    let found = engine.run(&search).map_err(|error| TestCaseError::fail(format!("{search}\n{error}")))?;
    // The first row that differs says enough; shrinking has made the rest small.
    let differs = |at: &usize| match (wanted.get(*at), found.get(*at)) {
        (Some(wanted), Some(found)) => !are_alike(wanted, found),
        _ => true,
    };
    let Some(at) = (0..wanted.len().max(found.len())).find(differs) else { return Ok(()) };
    Err(TestCaseError::fail(format!(
        "{search}\n{} rows wanted, {} found; row {at}:\n  naive:  {:?}\n  engine: {:?}\n",
        wanted.len(),
        found.len(),
        wanted.get(at),
        found.get(at)
    )))
}

/// Whether two rows are the same, but for the last digits of a sum: its parts are added in any order.
fn are_alike(wanted: &BTreeMap<String, Vec<String>>, found: &BTreeMap<String, Vec<String>>) -> bool {
    let is_close = |(wanted, found): (&String, &String)| {
        wanted == found
            || match (wanted.parse::<f64>(), found.parse::<f64>()) {
                (Ok(wanted), Ok(found)) => (wanted - found).abs() <= 1e-12 * wanted.abs(),
                _ => false,
            }
    };
    wanted.keys().eq(found.keys())
        && wanted
            .values()
            .zip(found.values())
            .all(|(wanted, found)| wanted.len() == found.len() && wanted.iter().zip(found).all(is_close))
}

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn pipelines_over_our_events_agree() {
    let events: Vec<serde_json::Value> = include_str!("events.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("an event is JSON"))
        .collect();
    let vocabulary = Vocabulary {
        scalars: texts(&["a", "b", "c", "n", "in.a", "eventName", "flag", "nil", "absent"]),
        lists: texts(&["tags{}", "in.list{}.k"]),
        words: texts(&["10", "9", "3", "a", "x", "X", "Ann", "red", "null", "1e2", "é", "x y", "%", "-2"]),
    };
    agree(&events, &vocabulary, 2);
}

#[test]
fn pipelines_over_recorded_events_agree() {
    let Some(path) = shared("data/events.jsonl") else { return };
    let text = std::fs::read_to_string(path).expect("the events are readable");
    let mut seen = std::collections::HashSet::new();
    let events: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line is JSON")["event"].take())
        .filter(|event| event["eventSource"].is_string() && event["eventName"].is_string())
        .filter(|event| event["eventTime"].as_str().is_some_and(|time| seen.insert(time.to_owned())))
        .step_by(5)
        .take(60)
        .collect();
    assert!(events.len() >= 30, "{} events", events.len());
    let vocabulary = Vocabulary {
        scalars: texts(&[
            "eventName",
            "eventSource",
            "awsRegion",
            "userIdentity.type",
            "userIdentity.userName",
            "sourceIPAddress",
            "errorCode",
            "readOnly",
            "eventVersion",
            "responseElements",
            "recipientAccountId",
        ]),
        lists: texts(&["resources{}.type", "requestParameters.instancesSet.items{}.instanceId"]),
        words: texts(&[
            "ec2.amazonaws.com",
            "us-east-1",
            "IAMUser",
            "AssumedRole",
            "true",
            "null",
            "1.05",
            "1.08",
            "e",
            "GetPasswordData",
            "a",
        ]),
    };
    agree(&events, &vocabulary, 1);
}
