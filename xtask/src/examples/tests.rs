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

fn examples(seed: u64) -> Examples {
    let day = read(&crate::root()).unwrap();
    let seed = day.seed + seed;
    Examples::new(&crate::root(), Day { seed, ..day }).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(examples(0).objects, examples(0).objects);
    assert_ne!(examples(0).objects, examples(1).objects);
}

#[test]
fn every_record_lies_in_an_object_of_its_shape() {
    let examples = examples(0);
    let found: usize = examples.objects.iter().map(|(path, content)| records(path, content)).sum();
    assert_eq!(found, examples.len());
    let bytes: usize = examples.objects.values().map(Vec::len).sum();
    assert!(bytes < 400_000, "{bytes} bytes");
}

#[test]
fn the_committed_examples_are_what_is_emulated() {
    let folder = crate::root().join("examples");
    let examples = examples(0);
    for (path, content) in &examples.objects {
        assert!(
            fs::read(folder.join("logs").join(path)).unwrap() == *content,
            "{path} differs: run `xtask examples`"
        );
    }
    let expected = fs::read_to_string(folder.join("expected.json")).unwrap();
    assert_eq!(expected, manifest::json(&examples).unwrap());
    let page = fs::read_to_string(folder.join("README.md")).unwrap();
    assert_eq!(page, manifest::markdown(&examples));
}

#[test]
fn expected_event_ids_exist_in_the_records() {
    let examples = examples(0);
    let everything: String =
        examples.records.values().flatten().map(|record| record.json.to_string()).collect();
    assert!(examples.expected.len() > 20);
    for alert in &examples.expected {
        assert!(!alert.facts.event_ids.is_empty(), "{}", alert.what);
        for id in &alert.facts.event_ids {
            assert!(everything.contains(id.as_str()), "{}: {id}", alert.what);
        }
    }
}

#[test]
fn a_case_that_only_tuning_silences_must_say_what_comes_without() {
    let mut day = read(&crate::root()).unwrap();
    for chosen in &mut day.plan {
        chosen.expect = None;
    }
    let error = Examples::new(&crate::root(), day).err().unwrap().to_string();
    assert!(error.contains("silent by tuning"), "{error}");
}
