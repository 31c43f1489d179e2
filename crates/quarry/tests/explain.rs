//! `quarry explain` from outside.

use std::path::Path;

use serde_json::Value;

use crate::common::{Folder, quarry, root, shared, shown};

/// The logs to try things on.
fn examples() -> String {
    shown(&root().join("examples/logs"))
}

/// The id of an event that a query finds in the examples.
fn some_event(condition: &str) -> String {
    let query = format!("{condition} | head 1 | table eventID");
    let run = quarry(["query", "--lang", "spl", "-e", &query, "--output", "jsonl", "--logs", &examples()]);
    let rows = run.run().exits(0).rows();
    rows[0]["eventID"].as_str().unwrap().to_owned()
}

fn explain(folder: &Path, file: &str, more: &[&str]) -> Value {
    let run = quarry(["explain", file, "--output", "json"]).with(more).in_folder(folder).run().exits(0);
    serde_json::from_str(run.text()).unwrap()
}

const DETECTION: &str = "sourcetype=\"aws:cloudtrail\"
| eval outcome=if(isnull(errorCode) OR errorCode=\"\", \"ok\", \"failed\")
| where outcome=\"ok\"
| table eventName";

#[test]
fn the_field_behind_a_computed_column_is_to_blame() {
    let folder = Folder::new();
    folder.write("q.spl", DETECTION);
    let id = some_event("eventName=RunInstances errorCode=success");
    let all = explain(folder.path(), "q.spl", &["--event", &id, "--logs", &examples()]);
    let event = &all[0];
    assert_eq!(event["passed"], false);
    let dropped: Vec<&Value> =
        event["stages"].as_array().unwrap().iter().filter(|stage| stage["passed"] == false).collect();
    assert_eq!(dropped[0]["line"], 3);
    let cause = &event["causes"][0];
    assert_eq!((&cause["field"], &cause["value"]), (&Value::from("errorCode"), &Value::from("success")));
    assert_eq!(cause["through"], serde_json::json!(["outcome"]));
    // Without the add-on's fields the same event passes.
    let arguments = ["--event", &id, "--splunk-fields", "json", "--logs", &examples()];
    assert_eq!(explain(folder.path(), "q.spl", &arguments)[0]["passed"], true);
}

#[test]
fn the_operand_that_let_an_event_through_is_named() {
    let folder = Folder::new();
    let query = "SELECT username FROM events\nWHERE username = 'nobody' OR \"Operation\" = 'RunInstances' AND username IS NOT NULL";
    folder.write("q.aql", query);
    let id = some_event("eventName=RunInstances errorCode=success");
    let all = explain(folder.path(), "q.aql", &["--event", &id, "--logs", &examples()]);
    let filter = all[0]["stages"].as_array().unwrap().iter().find(|stage| stage["kind"] == "filter").unwrap();
    let admitted: Vec<&str> =
        filter["admitted_by"].as_array().unwrap().iter().map(|part| part["text"].as_str().unwrap()).collect();
    assert_eq!(admitted, ["\"Operation\" = 'RunInstances'", "username IS NOT NULL"]);
    assert_eq!(all[0]["passed"], true);
}

#[test]
fn what_a_query_computes_on_the_way_is_named_as_it_is_written() {
    let folder = Folder::new();
    let query = "SELECT LOWER(username) AS \"#group1\", COUNT(*) AS \"__record\" FROM events WHERE \"Operation\" = 'RunInstances' GROUP BY LOWER(username) HAVING COUNT(*) > 10000";
    folder.write("q.aql", query);
    let id = some_event("eventName=RunInstances errorCode=success");
    let arguments = ["--event", &id, "--logs", &examples()];
    let all = explain(folder.path(), "q.aql", &arguments);
    let group = all[0]["stages"].as_array().unwrap().iter().find(|stage| stage["kind"] == "group").unwrap();
    assert!(group["keys"]["LOWER(username)"].is_string(), "{group}");
    assert_eq!(all[0]["causes"][0]["field"], "COUNT(*)");
    assert!(!all.to_string().contains("aggregate1"), "{all}");
    let text = quarry(["explain", "q.aql"]).with(arguments).in_folder(folder.path()).run().exits(0);
    assert!(text.text().contains("because COUNT(*) is"), "{}", text.text());
}

#[test]
fn fields_may_have_any_name() {
    let folder = Folder::new();
    let query = "sourcetype=\"aws:cloudtrail\" | eval __record=lower(eventName), '\u{1}x'=__record | where '\u{1}x'=\"nothing\" | table __record";
    folder.write("q.spl", query);
    let id = some_event("eventName=RunInstances errorCode=success");
    let all = explain(folder.path(), "q.spl", &["--event", &id, "--logs", &examples()]);
    assert_eq!(all[0]["causes"][0]["field"], "eventName");
    assert_eq!(all[0]["causes"][0]["through"], serde_json::json!(["\u{1}x", "__record"]));
}

#[test]
fn an_event_is_followed_through_groups() {
    let folder = Folder::new();
    let query = "sourcetype=\"aws:cloudtrail\" eventName=RunInstances | stats count by awsRegion | where count > 100000";
    folder.write("q.spl", query);
    let id = some_event("eventName=RunInstances errorCode=success");
    let all = explain(folder.path(), "q.spl", &["--event", &id, "--logs", &examples()]);
    let group = all[0]["stages"].as_array().unwrap().iter().find(|stage| stage["kind"] == "group").unwrap();
    let count: u64 = group["values"]["count"].as_str().unwrap().parse().unwrap();
    assert!(count >= 1, "{group}");
    assert_eq!(all[0]["causes"][0]["field"], "count");
    assert_eq!(all[0]["passed"], false);
}

#[test]
fn an_event_that_is_not_there_exits_with_one() {
    let folder = Folder::new();
    folder.write("q.spl", DETECTION);
    let arguments = ["explain", "q.spl", "--event", "no-such-id", "--logs", &examples()];
    let run = quarry(arguments).in_folder(folder.path()).run().exits(1);
    assert!(run.stderr.contains("no event with the id no-such-id"), "{}", run.stderr);
}

#[test]
fn founding_spl_drops_launches_by_the_add_ons_word() {
    let Some(path) = shared("seed/T1578.002.spl") else { return };
    let id = some_event("eventName=RunInstances errorCode=success");
    let all = explain(&root(), path.to_str().unwrap(), &["--event", &id, "--logs", &examples()]);
    let cause = &all[0]["causes"][0];
    assert_eq!((&cause["field"], &cause["value"]), (&Value::from("errorCode"), &Value::from("success")));
}

#[test]
fn founding_aql_lets_a_sign_in_through_by_its_source_alone() {
    let Some(path) = shared("seed/T1578.002.aql") else { return };
    let folder = Folder::new();
    let event = r#"{"time": "2026-03-10T10:00:00Z", "operationName": "Sign-in activity", "category": "SignInLogs", "correlationId": "c", "resultType": "0", "callerIpAddress": "192.0.2.1", "properties": {"id": "sign-in-1", "userPrincipalName": "someone@example.com", "appDisplayName": "Portal"}}"#;
    folder.write("signin.json", event);
    let logs = folder.path().join("signin.json");
    let arguments = ["--event", "sign-in-1", "--logs", logs.to_str().unwrap()];
    let all = explain(&root(), path.to_str().unwrap(), &arguments);
    let filter = all[0]["stages"].as_array().unwrap().iter().find(|stage| stage["kind"] == "filter").unwrap();
    let admitted = filter["admitted_by"].as_array().unwrap();
    assert_eq!(admitted.len(), 1);
    assert!(admitted[0]["text"].as_str().unwrap().contains("azure"));
    assert_eq!(all[0]["passed"], true);
}

#[test]
fn a_value_from_a_table_is_followed_to_what_was_looked_up() {
    let folder = Folder::new();
    let query = "sourcetype=\"aws:cloudtrail\" eventName=RunInstances\n| lookup teams user OUTPUT team\n| where team=\"red\"\n| table user team";
    folder.write("q.spl", query);
    let record = |id: &str, user: &str| {
        format!(
            "{{\"eventVersion\":\"1.08\",\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"RunInstances\",\"eventTime\":\"2024-01-01T00:00:00Z\",\"eventID\":\"{id}\",\"user\":\"{user}\"}}\n"
        )
    };
    let logs = folder.write("events.jsonl", record("e-1", "bob") + &record("e-2", "alice"));
    let tables = shown(&root().join("crates/quarry/tests/data/lookups"));
    let of = |id: &str| {
        let arguments = ["--event", id, "--logs", &logs, "--lookups", &tables, "--splunk-fields", "json"];
        explain(folder.path(), "q.spl", &arguments)[0].clone()
    };
    let dropped = of("e-1");
    assert_eq!(dropped["passed"], false);
    let stage =
        dropped["stages"].as_array().unwrap().iter().find(|stage| stage["kind"] == "compute").unwrap();
    assert_eq!((&stage["line"], &stage["columns"][0]["name"]), (&Value::from(2), &Value::from("team")));
    assert_eq!(stage["columns"][0]["value"], "blue");
    assert_eq!(stage["columns"][0]["from"], serde_json::json!({"user": "bob"}));
    let cause = &dropped["causes"][0];
    assert_eq!((&cause["field"], &cause["value"]), (&Value::from("user"), &Value::from("bob")));
    assert_eq!(cause["through"], serde_json::json!(["team"]));
    assert!(!dropped.to_string().contains("\\u0001"), "no helper column is shown: {dropped}");
    assert_eq!(of("e-2")["passed"], true);
}

#[test]
fn what_dropped_an_event_is_never_said_to_be_true_and_a_case_that_differs_is_told() {
    let folder = crate::common::Folder::new();
    let logs = folder.write("one.json", crate::events::cloudtrail(1, "RunInstances", "mallory").to_string());
    let id = "00000000-0000-4000-8000-000000000001";
    for (query, told) in [
        ("index=* | where NOT (eventName=\"RunInstances\")", "holds, and the query excludes that"),
        ("index=* NOT eventName=\"Run*\"", "`NOT eventName=\"Run*\"` is false"),
        ("index=* | where eventName=\"runinstances\"", "is false: only the case differs"),
        ("index=* | where eventName=\"Other\"", "`eventName=\"Other\"` is false"),
        ("index=* | where eventName!=\"RunInstances\"", "`eventName!=\"RunInstances\"` is false"),
    ] {
        let arguments = ["explain", "--lang", "spl", "-e", query, "--logs", &logs, "--event", id];
        let run = quarry(arguments).run();
        assert!(run.text().contains(told), "{query}: {}{}", run.text(), run.stderr);
        assert!(!run.text().contains("is true"), "{query}: {}", run.text());
        assert_eq!(run.text().contains("only the case"), told.contains("only the case"), "{query}");
    }
}
