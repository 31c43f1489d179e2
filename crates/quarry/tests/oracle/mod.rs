//! Splunk's detections on the example event that is published with each (`oracles/spl_examples.jsonl`).
//!
//! *Base search* is the text before the first command: the search itself. A detection is *selected* if its base
//! search gives the event, and *fires* if the whole of it gives a row. Every detection said to be selected
//! is; one without a threshold also fires, or `SILENT` names it. What happens to each event, and for what reason,
//! is in `expected.txt`: `UPDATE=1` rewrites it but for the lines `why`, which a person found by reading
//! detection and event.

mod expected;

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::common::{Folder, Quarry, quarry, shared, shown};
use expected::{Entry, Expected};

/// Detections without a threshold that the example does not set off, by what they ask beyond the base search:
/// values that the example does not have. Reviewed; it may only shrink.
const SILENT: [&str; 6] = [
    "AWS Exfiltration via Anomalous GetObject API Activity",
    "AWS Successful Single-Factor Authentication",
    "Azure AD New MFA Method Registered",
    "Azure AD Privileged Graph API Permission Assigned",
    "Azure AD Privileged Role Assigned to Service Principal",
    "Azure AD Tenant Wide Admin Consent Granted",
];

/// Fields that Splunk lists for an example and that are not to be had. Reviewed; it may only shrink.
const UNREACHABLE: [&str; 0] = [];

/// Members that name what was done; the benign twin of an event is the event with others.
const OPERATIONS: [&str; 4] =
    ["/eventName", "/operationName", "/properties/activityDisplayName", "/Operation"];

/// A detection, its example, and what is said of them.
struct Example {
    name: String,
    query: String,
    source_type: String,
    event: Value,
    fields: Vec<String>,
    is_selected: bool,
    has_threshold: bool,
}

impl Example {
    fn parse(line: &str) -> Self {
        let value: Value = serde_json::from_str(line).expect("a line is JSON");
        let text = |name: &str| value[name].as_str().expect("a text").to_owned();
        let fields = value["fields_in_splunk"].as_array().expect("a list");
        Self {
            name: text("name"),
            query: text("query"),
            source_type: text("sourcetype"),
            event: serde_json::from_str(&text("example_log")).expect("the event is JSON"),
            fields: fields.iter().map(|field| field.as_str().expect("a name").to_owned()).collect(),
            is_selected: value["base_search_expected"].as_bool().expect("yes or no"),
            has_threshold: value["has_threshold"].as_bool().expect("yes or no"),
        }
    }

    fn twin(&self) -> Value {
        let mut twin = self.event.clone();
        for place in OPERATIONS {
            if let Some(operation) = twin.pointer_mut(place) {
                *operation = Value::from("DescribeNothing");
            }
        }
        assert_ne!(twin, self.event, "{}: the event names no operation", self.name);
        twin
    }

    /// The text before the first command.
    fn base_search(&self) -> &str {
        let mut quoted = false;
        let end = self.query.char_indices().find(|(_, character)| {
            quoted ^= *character == '"';
            *character == '|' && !quoted
        });
        end.map_or(self.query.as_str(), |(end, _)| &self.query[..end])
    }
}

fn examples() -> Option<Vec<Example>> {
    let path = shared("oracles/spl_examples.jsonl")?;
    let text = fs::read_to_string(path).expect("the examples are readable");
    Some(text.lines().map(Example::parse).collect())
}

/// The binary with the macros and lookups of the detections.
fn with_knowledge(arguments: &[&str], logs: &str) -> Option<Quarry> {
    let content = shared("corpora/security_content")?;
    let folder = |name: &str| shown(&content.join(name));
    let run = quarry(arguments.iter().copied()).with(["--lang", "spl", "--logs", logs]);
    Some(run.with(["--macros", &folder("macros"), "--lookups", &folder("lookups")]))
}

fn rows(query: &str, logs: &str) -> Option<Vec<Value>> {
    let query = format!("--expression={query}");
    Some(with_knowledge(&["query", "--quiet", "--output", "jsonl", &query], logs)?.run().exits(0).rows())
}

/// What becomes of an example and of its twin.
fn examined(example: &Example) -> Option<Entry> {
    let folder = Folder::new();
    let event = folder.write("event.json", example.event.to_string());
    let twin = folder.write("twin.json", example.twin().to_string());
    let both = rows(&format!("{} | table source", example.base_search()), &shown(folder.path()))?;
    let selects = |file: &str| both.iter().any(|row| row["source"] == file);
    // With the twin beside it, which adds nothing where the base search does not select it.
    let fired = rows(&example.query, &shown(folder.path()))?.len();
    let mut entry =
        Entry { name: example.name.clone(), selected: selects(&event), rows: fired, ..Entry::default() };
    entry.twin_is_silent = !selects(&twin);
    entry.labelled = example.is_selected;
    if entry.asks_for_reason(example.has_threshold) {
        (entry.dropped, entry.because) = explained(example, &event)?;
    }
    Some(entry)
}

/// Where `quarry explain` says that the event was dropped, and which fields it blames.
fn explained(example: &Example, event: &str) -> Option<(String, Vec<String>)> {
    let (query, wanted) =
        (format!("--expression={}", example.query), format!("sourcetype={}", example.source_type));
    let run =
        with_knowledge(&["explain", "--output", "json", "--where", &wanted, &query], event)?.run().exits(0);
    let traces: Value = serde_json::from_str(run.text()).expect("an explanation is JSON");
    let stages = traces[0]["stages"].as_array().expect("a list");
    let dropped =
        stages.iter().find(|stage| stage["passed"] == false).map_or("nowhere".to_owned(), |stage| {
            let kind = stage["kind"].as_str().expect("a stage has a kind");
            let command = stage["text"].as_str().expect("a stage has a text").split_whitespace().next();
            // The base search begins with a macro or a term: no command.
            let command = command.filter(|_| stage["column"] != 1).unwrap_or("the base search");
            format!("{}:{} {kind} of {command}", stage["line"], stage["column"])
        });
    let causes = traces[0]["causes"].as_array().expect("a list").iter();
    let mut fields: Vec<String> =
        causes.map(|cause| cause["field"].as_str().expect("a cause names a field").to_owned()).collect();
    fields.sort();
    fields.dedup();
    Some((dropped, fields))
}

#[test]
fn detections_select_their_examples_and_no_benign_twin() {
    let Some(examples) = examples() else { return };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/expected.txt");
    let mut expected = Expected::read(&path);
    let mut wrong = Vec::new();
    let mut silent = Vec::new();
    for example in &examples {
        let Some(found) = examined(example) else { return };
        if example.is_selected && !found.selected {
            wrong.push(format!("{}: its base search does not select its example", example.name));
        }
        if !found.twin_is_silent {
            wrong.push(format!("{}: fires on the benign twin", example.name));
        }
        if example.is_selected && !example.has_threshold && found.rows == 0 {
            silent.push(example.name.as_str());
        }
        wrong.extend(expected.compare(found, example.has_threshold));
    }
    wrong.extend(expected.without(&examples.iter().map(|example| example.name.as_str()).collect::<Vec<_>>()));
    expected.update(&path);
    assert_eq!(silent, SILENT, "detections without a threshold that do not fire");
    assert!(wrong.is_empty(), "{} differ from {}\n{}", wrong.len(), path.display(), wrong.join("\n"));
}

#[test]
fn fields_that_splunk_lists_are_reachable() {
    let Some(examples) = examples() else { return };
    let mut missing: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = 0;
    for (source_type, examples) in by_source_type(&examples) {
        let folder = Folder::new();
        let mut names: Vec<&str> = Vec::new();
        for (index, example) in examples.iter().enumerate() {
            folder.write(&format!("{index}.json"), example.event.to_string());
            names.extend(example.fields.iter().map(String::as_str));
        }
        names.sort_unstable();
        names.dedup();
        let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let query = format!("--expression=sourcetype={source_type} | table {}", quoted.join(" "));
        let logs = shown(folder.path());
        let arguments = ["query", "--lang", "spl", "--quiet", "--output", "jsonl", "--logs", &logs, &query];
        let rows = quarry(arguments).run().exits(0).rows();
        for (index, example) in examples.iter().enumerate() {
            let file = shown(&folder.path().join(format!("{index}.json")));
            let row = rows.iter().find(|row| row["source"] == file).expect("every event gives a row");
            for field in &example.fields {
                count += 1;
                if row.get(field).is_none_or(Value::is_null) {
                    *missing.entry(format!("{source_type} {field}")).or_default() += 1;
                }
            }
        }
    }
    eprintln!("{count} fields of {} examples", examples.len());
    assert_eq!(missing.keys().map(String::as_str).collect::<Vec<_>>(), UNREACHABLE, "{missing:?}");
}

fn by_source_type(examples: &[Example]) -> BTreeMap<&str, Vec<&Example>> {
    let mut found: BTreeMap<&str, Vec<&Example>> = BTreeMap::new();
    for example in examples {
        found.entry(&example.source_type).or_default().push(example);
    }
    found
}
