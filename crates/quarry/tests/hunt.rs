//! `quarry hunt` on the example logs and on packs and files of one's own.

use std::{collections::BTreeSet, path::Path};

use serde_json::Value;

use crate::common::{Folder, quarry, root, shown, sorted};

const FIELDS: [&str; 15] = [
    "time",
    "detection",
    "technique",
    "severity",
    "provider",
    "actor",
    "source_ip",
    "action",
    "target",
    "account",
    "region",
    "outcome",
    "event_id",
    "object",
    "record",
];

/// The least a pack of one's own says of itself.
const PACK: &str = r#"technique: T9999.001
name: Own technique
tactic: defense-evasion
attack:
  version: "19"
  tactics:
    "19": defense-evasion
severity: high
confidence: low
description: A launch.
detections:
  - id: own
    title: Launch
    file: own.aql
    language: aql
    severity: high
"#;

fn example_logs() -> String {
    shown(&root().join("examples/logs"))
}

fn expected() -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("examples/expected.json")).expect("the file is there");
    let document: Value = serde_json::from_str(&text).expect("the file is JSON");
    document["alerts"].as_array().expect("a list of alerts").clone()
}

fn who(alert: &Value) -> String {
    let texts = ["provider", "actor", "source_ip", "account"];
    // Azure writes its identifiers in one case and in the other.
    texts.map(|name| alert[name].as_str().unwrap_or("(none)").to_lowercase()).join(" ")
}

/// Every expected alert of a kind is found once, by who did it and by an id of one of its records.
fn compare(alerts: &[Value], detection: &str, kind: &str) {
    let found: Vec<&Value> = alerts.iter().filter(|alert| alert["detection"] == detection).collect();
    let wanted: Vec<Value> = expected().into_iter().filter(|alert| alert["detection"] == kind).collect();
    assert!(!wanted.is_empty());
    assert_eq!(sorted(found.iter().map(|alert| who(alert))), sorted(wanted.iter().map(who)), "{detection}");
    for one in &wanted {
        let ids: BTreeSet<&str> =
            one["event_ids"].as_array().expect("ids").iter().filter_map(Value::as_str).collect();
        let alerts_of_it = found.iter().filter(|alert| {
            who(alert) == who(one) && alert["event_id"].as_str().is_some_and(|id| ids.contains(id))
        });
        assert!(alerts_of_it.count() >= 1, "{detection}: no alert has an id of {one}");
    }
}

fn compare_all(alerts: &[Value]) {
    for (detection, kind) in [
        ("launch.spl", "launch"),
        ("launch.aql", "launch"),
        ("launch.kql", "launch"),
        ("staging.spl", "staging"),
        ("staging.aql", "staging"),
        ("refused.spl", "refused"),
        ("refused.aql", "refused"),
    ] {
        compare(alerts, detection, kind);
    }
    // The Sentinel rule is about launches alone.
    let launches = expected().iter().filter(|alert| alert["detection"] == "launch").count();
    assert_eq!(alerts.len(), 2 * expected().len() + launches);
}

fn hunt(more: &[&str]) -> crate::common::Quarry {
    quarry(["hunt", "T1578.002", "--logs", &example_logs(), "--output", "jsonl"]).with(more)
}

#[test]
fn pack_finds_the_expected_alerts() {
    let run = hunt(&[]).run().exits(0);
    compare_all(&run.rows());
    assert!(run.stderr.contains("304 events"), "{}", run.stderr);
}

#[test]
fn pack_finds_the_same_on_plain_json_fields() {
    compare_all(&hunt(&["--splunk-fields", "json"]).run().exits(0).rows());
}

#[test]
fn alerts_have_all_fields_and_lie_where_they_say() {
    let run = hunt(&[]).run().exits(0);
    for alert in run.rows() {
        for field in FIELDS {
            assert!(alert.get(field).is_some(), "`{field}` is missing in {alert}");
        }
        for field in
            ["time", "provider", "actor", "action", "account", "outcome", "event_id", "object", "record"]
        {
            assert!(alert[field].as_str().is_some_and(|text| !text.is_empty()), "`{field}` of {alert}");
        }
        assert!(Path::new(alert["object"].as_str().expect("text")).is_file(), "{alert}");
        assert_eq!(alert["technique"], "T1578.002");
        let refused = alert["detection"].as_str().is_some_and(|name| name.starts_with("refused"));
        assert_eq!(refused, alert["outcome"] != "success", "{alert}");
        if refused {
            assert_eq!(alert["severity"], "low");
        }
    }
}

#[test]
fn one_creation_is_one_alert() {
    let rows = hunt(&[]).run().exits(0).rows();
    for detection in ["launch.spl", "launch.aql", "launch.kql"] {
        let keys: Vec<String> = rows
            .iter()
            .filter(|alert| alert["detection"] == detection)
            .map(|alert| format!("{} {} {}", alert["event_id"], alert["target"], alert["time"]))
            .collect();
        let distinct: BTreeSet<&String> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len(), "{detection}");
        assert_eq!(keys.len(), 28);
    }
}

#[test]
fn exit_status_tells_of_alerts_when_asked() {
    hunt(&["--exit-code"]).run().exits(1);
    hunt(&["--exit-code", "--earliest", "2030-01-01"]).run().exits(0);
    hunt(&[]).run().exits(0);
}

#[test]
fn works_from_any_folder() {
    let folder = Folder::new();
    compare_all(&hunt(&[]).in_folder(folder.path()).run().exits(0).rows());
}

#[test]
fn runs_loose_query_files() {
    let folder = Folder::new();
    let file = folder
        .write("mine.spl", "index=* eventName=RunInstances errorCode=success | table _time eventName user");
    let run = quarry(["hunt", &file, "--logs", &example_logs(), "--output", "jsonl"]).run().exits(0);
    let rows = run.rows();
    let query = quarry(["query", &file, "--logs", &example_logs(), "--output", "jsonl"]).run().exits(0);
    assert!(!rows.is_empty());
    assert_eq!(rows.len(), query.rows().len());
    assert!(rows.iter().all(|alert| alert["event_id"].is_string() && alert["object"].is_string()));
    assert!(rows.iter().all(|alert| alert["detection"].as_str().is_some_and(|name| name.contains("mine"))));
}

#[test]
fn fields_may_have_any_name() {
    let folder = Folder::new();
    let query = "index=* eventName=RunInstances errorCode=success | eval __record=\"mine\", __time=\"t\", '#group1'=\"g\", '\u{1}x'=\"x\", '\u{1}precord'=\"p\" | stats count by __record, __time, \"#group1\", \"\u{1}x\", \"\u{1}precord\"";
    let file = folder.write("mine.spl", query);
    let arguments = ["--logs", &example_logs(), "--output", "jsonl"];
    let alerts = quarry(["hunt", &file]).with(arguments).run().exits(0).rows();
    assert_eq!(alerts.len(), 1);
    let (alert, fields) = (&alerts[0], &alerts[0]["fields"]);
    for (name, value) in
        [("__record", "mine"), ("__time", "t"), ("#group1", "g"), ("\u{1}x", "x"), ("\u{1}precord", "p")]
    {
        assert_eq!(fields[name], value, "{name:?} in {alert}");
    }
    assert!(alert["event_id"].is_string() && alert["object"].is_string(), "{alert}");
    assert!(alert["record"].as_str().is_some_and(|record| record != "mine" && record != "p"), "{alert}");
    let rows = quarry(["query", &file]).with(arguments).run().exits(0).rows();
    assert_eq!(rows[0].as_object().unwrap().len(), 6);
    assert_eq!(rows[0]["\u{1}precord"], "p");
}

#[test]
fn runs_a_pack_of_the_users_own() {
    let folder = Folder::new();
    folder.write("T9999.001/pack.yml", PACK);
    folder.write("T9999.001/own.aql", "SELECT username FROM events WHERE \"Operation\" = 'RunInstances'");
    let packs = shown(folder.path());
    let by_name =
        quarry(["hunt", "T9999.001", "--packs", &packs, "--logs", &example_logs(), "--output", "jsonl"]);
    let rows = by_name.run().exits(0).rows();
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|alert| alert["technique"] == "T9999.001"), "{}", rows[0]);
    let by_folder =
        quarry(["hunt", &format!("{packs}/T9999.001"), "--logs", &example_logs(), "--output", "jsonl"]);
    assert_eq!(by_folder.run().exits(0).rows().len(), rows.len());
}

#[test]
fn an_unknown_technique_is_an_error_that_names_it() {
    let run = quarry(["hunt", "T0000.999", "--logs", &example_logs()]).run().exits(2);
    assert!(run.stderr.contains("T0000.999"), "{}", run.stderr);
}

#[test]
fn every_output_format_has_every_alert() {
    let lines = hunt(&[]).run().exits(0).rows().len();
    let logs = example_logs();
    let base = ["hunt", "T1578.002", "--logs", &logs, "--output"];
    let json = quarry(base).with(["json"]).run().exits(0);
    let array: Vec<Value> = serde_json::from_slice(&json.stdout).expect("one JSON array");
    assert_eq!(array.len(), lines);
    let csv = quarry(base).with(["csv"]).run().exits(0);
    assert_eq!(csv.text().lines().count(), lines + 1);
    let table = quarry(base).with(["table"]).run().exits(0);
    assert!(table.text().contains("mallory") && table.text().contains("severity"));
}
