//! Recorded events: the records of a provider as JSON, one or an array or in a container, one after the other.
//!
//! The logs of Stratus Red Team's detonations are such files, named after the technique that was detonated:
//! <https://stratus-red-team.cloud/attack-techniques/list/>

use std::{collections::BTreeMap, sync::LazyLock};

use quarry_diagnostic::{Diagnostic, Span};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Format, Item, Reading, Source, codes};
use crate::{
    CaseKind, PackError,
    cases::{Case, Provider},
};

/// The format.
pub static FORMAT: Format = Format {
    name: "events",
    title: "file of recorded events",
    reads: &[],
    ignores: &[],
    recognise: |source| any(&source.json),
    read,
};

/// How deep records may lie in a container.
const DEPTH: usize = 4;

/// What tells the records of a log.
#[derive(Debug, Deserialize)]
struct Log {
    log: String,
    provider: Provider,
    /// Members that all records have.
    members: Vec<String>,
    /// Where the time of the event is, the first that is there.
    time: Vec<String>,
}

static LOGS: LazyLock<Vec<Log>> =
    LazyLock::new(|| serde_saphyr::from_str(include_str!("../../data/import/logs.yml")).unwrap_or_default());

/// Recorded events, with what a rule says of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct RecordedTest {
    /// What was done, or what the event shows.
    pub name: String,
    /// The rule that a verdict is of; none where there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Whether that rule alerts on the events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<bool>,
    /// What the verdict was replaced for in the rule's own code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mocks: Vec<String>,
    /// ATT&CK techniques.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    /// Logs in the words of the product.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<String>,
    /// What a reader should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The records, as the provider wrote them.
    pub records: Vec<Value>,
}

/// A record with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedRecord {
    /// Log type such as `aws.cloudtrail`.
    pub log: String,
    /// Cloud.
    pub provider: Provider,
    /// When it happened, in microseconds since 1970-01-01 UTC, where it says so.
    pub time: Option<i64>,
    /// The record.
    pub json: Value,
}

/// The records of a case, with what is claimed of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recorded {
    /// The records in the order of the file.
    pub records: Vec<RecordedRecord>,
    /// What another product says of them, where the case itself expects nothing of each detection.
    pub claim: Option<Claim>,
}

/// What another product says of recorded events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The rule that says so; none where nothing is said.
    pub rule: Option<String>,
    /// Whether the rule alerts.
    pub alerts: Option<bool>,
    /// What was replaced in the rule's own code for that.
    pub mocks: Vec<String>,
}

impl RecordedTest {
    /// An identifier: the rule and the name.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.rule {
            Some(rule) => format!("{rule}/{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The records that are of a log quarry knows.
    #[must_use]
    pub fn known_records(&self) -> Vec<RecordedRecord> {
        records(&self.records)
    }

    /// The test as a case that claims nothing of a particular detection.
    ///
    /// # Errors
    /// If no record is of a log that quarry reads.
    pub fn case(&self) -> Result<Case, PackError> {
        let records = self.known_records();
        let Some(first) = records.first() else {
            let logs =
                if self.logs.is_empty() { String::new() } else { format!(" ({})", self.logs.join(", ")) };
            let message = format!("no record is of a log that quarry reads{logs}");
            return Err(PackError::new(self.id(), message));
        };
        let kind = if self.verdict == Some(false) { CaseKind::Benign } else { CaseKind::Attack };
        let claim = Claim { rule: self.rule.clone(), alerts: self.verdict, mocks: self.mocks.clone() };
        let mut case = Case::new(self.id(), self.name.clone(), kind, first.provider);
        case.recorded = Some(Recorded { records, claim: Some(claim) });
        Ok(case)
    }
}

fn read(source: &Source<'_>, reading: &mut Reading) {
    let values = &source.json;
    let name = source.file.rsplit(['/', '\\']).next().unwrap_or(source.file);
    let name = name.strip_suffix(".json").unwrap_or(name);
    let flat = flat(values);
    let unknown = flat.iter().filter(|value| log_of(value).is_none()).count();
    if unknown > 0 {
        let message = format!("{unknown} of {} values are records of no log that quarry reads", flat.len());
        reading.findings.no_effect(Span::new(0, 0), message);
    }
    reading.items.push(Item::Test(RecordedTest {
        name: name.to_owned(),
        logs: kinds(&flat),
        records: flat.into_iter().cloned().collect(),
        ..RecordedTest::default()
    }));
}

fn kinds(values: &[&Value]) -> Vec<String> {
    let counts: BTreeMap<&str, ()> =
        values.iter().filter_map(|value| Some((log_of(value)?.log.as_str(), ()))).collect();
    counts.into_keys().map(str::to_owned).collect()
}

/// The JSON values of a text, one after the other.
pub fn values(text: &str) -> Result<Vec<Value>, Box<Diagnostic>> {
    let mut found = Vec::new();
    let stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    for next in stream {
        match next {
            Ok(value) => found.push(value),
            Err(error) => {
                let at = offset(text, error.line(), error.column());
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or(&message);
                let found = Diagnostic::error(
                    codes::UNREADABLE,
                    format!("this is no JSON: {message}"),
                    Span::new(at, at),
                );
                return Err(Box::new(
                    found.with_help("write one JSON object a line, or an array of objects"),
                ));
            }
        }
    }
    Ok(found)
}

fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// Whether there are records among values.
pub fn any(values: &[Value]) -> bool {
    flat(values).into_iter().any(|value| log_of(value).is_some())
}

/// The records among values, with what is known of them.
fn records(values: &[Value]) -> Vec<RecordedRecord> {
    let known = |value: &Value| {
        let log = log_of(value)?;
        let time = log.time.iter().find_map(|path| at(value, path)).and_then(time);
        Some(RecordedRecord { log: log.log.clone(), provider: log.provider, time, json: value.clone() })
    };
    flat(values).into_iter().filter_map(known).collect()
}

/// The values with arrays and containers opened, as far as records lie in them.
fn flat(values: &[Value]) -> Vec<&Value> {
    let mut found = Vec::new();
    for value in values {
        open(value, 0, &mut found);
    }
    found
}

fn open<'a>(value: &'a Value, depth: usize, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) if depth < DEPTH => items.iter().for_each(|item| open(item, depth + 1, found)),
        Value::Object(members) if log_of(value).is_none() => {
            let holds = |item: &&Value| matches!(item, Value::Array(items) if items.iter().any(|item| log_of(item).is_some()));
            let lists: Vec<&Value> = members.values().filter(holds).collect();
            if lists.is_empty() {
                found.push(value);
            }
            lists.into_iter().for_each(|list| open(list, depth + 1, found));
        }
        _ => found.push(value),
    }
}

fn log_of(value: &Value) -> Option<&'static Log> {
    LOGS.iter().find(|log| log.members.iter().all(|path| at(value, path).is_some()))
}

fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, name| value.get(name)).filter(|value| !value.is_null())
}

fn time(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond),
        Value::Number(number) => number.as_i64().and_then(|seconds| seconds.checked_mul(1_000_000)),
        _ => None,
    }
}
