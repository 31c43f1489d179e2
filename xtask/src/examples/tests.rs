#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Read;

use super::*;

fn text(path: &str, content: &[u8]) -> String {
    let mut text = String::new();
    if path.ends_with(".gz") {
        flate2::read::MultiGzDecoder::new(content).read_to_string(&mut text).unwrap();
    } else {
        text.push_str(std::str::from_utf8(content).unwrap());
    }
    text
}

fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Number of records an object holds, read by its path's shape.
fn records(path: &str, content: &[u8]) -> usize {
    let text = text(path, content);
    let whole = || serde_json::from_str::<serde_json::Value>(&text).unwrap();
    if path.contains("CloudTrail-Digest") {
        assert!(whole()["Records"].is_null());
        return 0;
    }
    if path.starts_with("AWSLogs/") {
        return whole()["Records"].as_array().unwrap().len();
    }
    if path.starts_with("lookup-events/") {
        let events = whole()["Events"].as_array().unwrap().clone();
        for event in &events {
            let inner: serde_json::Value =
                serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap();
            assert_eq!(inner["eventID"], event["EventId"]);
        }
        return events.len();
    }
    if path.starts_with("event-hub/") {
        return lines(&text).iter().map(|line| line["records"].as_array().unwrap().len()).sum();
    }
    if path.starts_with("az-") {
        return whole().as_array().unwrap().len();
    }
    if path.starts_with("pubsub/") {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let lines = lines(&text);
        for line in &lines {
            let data = STANDARD.decode(line["message"]["data"].as_str().unwrap()).unwrap();
            let entry: serde_json::Value = serde_json::from_slice(&data).unwrap();
            assert!(entry["insertId"].is_string());
        }
        return lines.len();
    }
    assert!(
        path.starts_with("insights-activity-logs/") || path.starts_with("cloudaudit.googleapis.com/"),
        "{path}"
    );
    lines(&text).len()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(Scenario::new(SEED).objects().unwrap(), Scenario::new(SEED).objects().unwrap());
    assert_ne!(Scenario::new(SEED).objects().unwrap(), Scenario::new(SEED + 1).objects().unwrap());
}

#[test]
fn every_record_lies_in_an_object_of_its_shape() {
    let mut scenario = Scenario::new(SEED);
    let objects = scenario.objects().unwrap();
    let found: usize = objects.iter().map(|(path, content)| records(path, content)).sum();
    assert_eq!(found, scenario.records.len());
    let bytes: usize = objects.values().map(Vec::len).sum();
    assert!(bytes < 300_000, "{bytes} bytes");
}

#[test]
fn the_committed_examples_are_what_the_generator_writes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut scenario = Scenario::new(SEED);
    for (path, content) in scenario.objects().unwrap() {
        assert!(
            fs::read(folder.join("logs").join(&path)).unwrap() == content,
            "{path} differs: run `xtask examples`"
        );
    }
    let expected = fs::read_to_string(folder.join("expected.json")).unwrap();
    assert_eq!(expected, manifest::json(&scenario).unwrap());
}

#[test]
fn expected_event_ids_exist_in_the_records() {
    let scenario = Scenario::new(SEED);
    let everything: String = scenario.records.iter().map(|(_, record)| record.body.to_string()).collect();
    assert!(scenario.expected.len() > 20);
    for alert in &scenario.expected {
        assert!(!alert.event_ids.is_empty(), "{}", alert.what);
        for id in &alert.event_ids {
            assert!(everything.contains(id.as_str()), "{}: {id}", alert.what);
        }
    }
}
