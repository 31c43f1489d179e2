//! The embedded views against recorded events, where those are at hand (`../shared` of the repository).

use std::{collections::BTreeMap, path::PathBuf};

use quarry_views::{Catalog, Derivation, View, ViewSource};
use serde_json::Value;

fn shared(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("skipped: {} is absent", path.display());
    }
    text
}

fn lines(text: &str) -> impl Iterator<Item = Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap())
}

fn source<'v>(view: &'v View, log_type: &str) -> &'v ViewSource {
    view.sources.iter().find(|source| source.log_type == log_type && source.is_default).unwrap()
}

/// Recorded objects that are no record of a log type, by source and what they are.
const OTHER_RECORDED: [(&str, &str, usize); 2] =
    [("otrf", "Log Analytics table row", 4), ("stratus", "Azure resource log", 1)];

/// Every recorded record is taken for what it is. Rule tests are partly mangled (members in lower case, only
/// fragments): most are recognised, none is taken for another cloud's.
#[test]
fn recorded_events_are_recognised() {
    let Some(text) = shared("data/events.jsonl") else { return };
    let catalog = Catalog::load(None).unwrap();
    let mut others: BTreeMap<(String, String), usize> = BTreeMap::new();
    let (mut mangled, mut total) = (0, 0);
    for line in lines(&text) {
        let found = crate::evaluate::classify(&catalog.formats, &line["event"]);
        let log_type = found.and_then(|found| catalog.log_type(found));
        total += 1;
        match log_type {
            Some(log_type) => {
                assert_eq!(Some(log_type.provider.as_str()), line["cloud"].as_str(), "{line}");
                assert_eq!(container(&catalog, &line["event"]), None, "{line}");
            }
            None if line["kind"] == "rule-test" => mangled += 1,
            None => {
                let source = line["source"].as_str().unwrap().to_owned();
                *others.entry((source, found.unwrap_or("unknown").to_owned())).or_default() += 1;
            }
        }
    }
    let expected = OTHER_RECORDED.map(|(source, name, count)| ((source.to_owned(), name.to_owned()), count));
    assert_eq!(others, BTreeMap::from(expected));
    assert!(mangled * 40 < total, "{mangled} of {total}");
}

/// The wrapper or array of records that an object would be taken for.
fn container<'c>(catalog: &'c Catalog, event: &Value) -> Option<&'c str> {
    let unwrap =
        catalog.formats.unwraps.iter().find(|unwrap| crate::evaluate::fits(&unwrap.signature, event));
    let array = catalog.formats.record_arrays.iter().find(|name| event[name.as_str()].is_array());
    unwrap.map(|unwrap| unwrap.name.as_str()).or_else(|| array.map(String::as_str))
}

/// A record keeps its kind whatever order its members come in.
#[test]
fn member_order_does_not_matter() {
    let Some(text) = shared("data/events.jsonl") else { return };
    let catalog = Catalog::load(None).unwrap();
    for line in lines(&text).step_by(7) {
        let Value::Object(event) = &line["event"] else { continue };
        let turned: Value = event.iter().rev().map(|(name, value)| (name.clone(), value.clone())).collect();
        assert_eq!(
            crate::evaluate::classify(&catalog.formats, &line["event"]),
            crate::evaluate::classify(&catalog.formats, &turned)
        );
    }
}

/// Whether an event has a field, a JSON null counting as a value.
fn has(view: &View, source: &ViewSource, name: &str, event: &Value) -> bool {
    let derivation = view.derivation(source, name);
    let exists = match &derivation {
        Derivation::Path(path) => !crate::evaluate::values(path, event).is_empty(),
        _ => false,
    };
    exists || !crate::evaluate::derive(&derivation, event).is_empty()
}

/// What Splunk listed as the fields of a published example event is there.
#[test]
fn published_fields_are_reachable() {
    let Some(text) = shared("oracles/spl_examples.jsonl") else { return };
    let catalog = Catalog::load(None).unwrap();
    let view = catalog.view("splunk").unwrap();
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut checked = 0;
    for line in lines(&text) {
        let Ok(event) = serde_json::from_str::<Value>(line["example_log"].as_str().unwrap()) else {
            continue;
        };
        let log_type = crate::evaluate::classify(&catalog.formats, &event).unwrap();
        let source = source(view, log_type);
        assert_eq!(Some(source.source_type.as_str()), line["sourcetype"].as_str());
        for field in line["fields_in_splunk"].as_array().unwrap() {
            let field = field.as_str().unwrap();
            checked += 1;
            if !has(view, source, field, &event) {
                let name = format!("{log_type} {field}");
                missing.entry(name).or_default().push(line["name"].as_str().unwrap().to_owned());
            }
        }
    }
    eprintln!("{checked} fields checked");
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Every field that an add-on adds in the published lists is declared in the view.
#[test]
fn published_add_on_fields_are_declared() {
    let Some(text) = shared("reference/spl/data_source_fields.json") else { return };
    let catalog = Catalog::load(None).unwrap();
    let view = catalog.view("splunk").unwrap();
    let lists: Value = serde_json::from_str(&text).unwrap();
    let source_types =
        ["aws:cloudtrail", "azure:monitor:aad", "mscs:azure:audit", "o365:management:activity"];
    for source_type in source_types {
        let source = view.sources.iter().find(|source| source.source_type == source_type).unwrap();
        for list in lists[source_type].as_array().unwrap() {
            for field in list["ta_added"].as_array().unwrap() {
                let field = field.as_str().unwrap();
                let is_raw = field.contains('.') || RAW_IN_LISTS.contains(&field);
                let is_paired = !source.pairs.is_empty() && PAIRED.contains(&field);
                assert!(
                    is_raw || is_paired || source.fields.contains_key(field),
                    "{source_type} lacks {field}"
                );
            }
        }
    }
}

/// Members of the records themselves that the derived lists count as added.
const RAW_IN_LISTS: [&str; 3] = ["errorMessage", "sessionCredentialFromConsole", "responseElements"];

/// Names that stand beside their values in the records of Microsoft 365.
const PAIRED: [&str; 16] = [
    "AccessRights",
    "BrowserType",
    "Identity",
    "InheritanceType",
    "IsCompliantAndManaged",
    "IsThrottled",
    "MailAccessType",
    "OS",
    "RequestType",
    "ResultStatusDetail",
    "SessionId",
    "User",
    "UserAgent",
    "UserAuthenticationMethod",
    "additionalDetails",
    "extendedAuditEventCategory",
];
