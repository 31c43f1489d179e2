//! Recorded objects, counted against an independent reading with serde_json.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use crate::common::Scan;
use quarry_logs::ObjectInput;
use serde_json::Value;

const ARRAYS: [&str; 4] = ["Records", "records", "Events", "value"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if entry.path().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
}

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("QUARRY_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from)
        .join("data");
    if !folder.is_dir() {
        eprintln!("skipped: the recorded logs are not here ({})", folder.display());
        return None;
    }
    Some(folder)
}

fn plain(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes;
    }
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).unwrap();
    plain
}

/// How many CloudTrail events (bare or in EventBridge's `detail`) a file holds; none if it is not all JSON.
fn count(path: &Path) -> Option<(u64, u64)> {
    let bytes = plain(path);
    let values: Result<Vec<Value>, _> = serde_json::Deserializer::from_slice(&bytes).into_iter().collect();
    let mut records = Vec::new();
    for value in values.ok()? {
        match value {
            Value::Array(elements) => records.extend(elements),
            Value::Object(mut members) => {
                match ARRAYS.iter().find(|name| members.get(**name).is_some_and(Value::is_array)) {
                    Some(name) => records.extend(members.remove(*name)?.as_array_mut().map(std::mem::take)?),
                    None => records.push(Value::Object(members)),
                }
            }
            _ => {}
        }
    }
    let is_event = |value: &Value| {
        value["eventSource"].is_string()
            && value["eventName"].is_string()
            && value["insightDetails"].is_null()
    };
    let events =
        records.iter().map(|record| if record["detail"].is_object() { &record["detail"] } else { record });
    let found: Vec<&Value> = events.filter(|event| is_event(event)).collect();
    let launches = found.iter().filter(|event| event["eventName"] == "RunInstances").count();
    Some((found.len() as u64, launches as u64))
}

#[test]
fn each_file_has_as_many_events_as_serde_json_finds() {
    let Some(folder) = data() else { return };
    let mut paths = Vec::new();
    for part in [
        "stratus/docs/detonation-logs",
        "trailscraper",
        "security_lake_validation",
        "cloud_custodian/tests/data/cwe",
        "otrf",
    ] {
        files(&folder.join(part), &mut paths);
    }
    let mut compared = 0;
    for path in paths {
        let Some((events, launches)) = count(&path) else { continue };
        let (_, report) = Scan::default().run(ObjectInput::File(path.clone()));
        let found = report.events.iter().find(|(id, _)| id == "aws.cloudtrail").map(|(_, count)| *count);
        assert_eq!(found, Some(events), "{} {report:?}", path.display());
        let (rows, filtered) = Scan::needing("RunInstances", false).run(ObjectInput::File(path.clone()));
        let matched = rows.iter().filter(|row| row[0].as_deref() == Some("RunInstances")).count();
        assert_eq!(matched as u64, launches, "{}", path.display());
        assert_eq!(
            (filtered.events, filtered.oldest, filtered.newest),
            (report.events, report.oldest, report.newest),
            "{}",
            path.display()
        );
        compared += u64::from(events > 0);
    }
    assert!(compared > 40, "only {compared} files with events were compared");
}

#[test]
fn the_detonation_logs_hold_310_records() {
    let Some(folder) = data() else { return };
    let mut paths = Vec::new();
    files(&folder.join("stratus/docs/detonation-logs"), &mut paths);
    let events: u64 = paths
        .into_iter()
        .map(|path| {
            let report = Scan::default().run(ObjectInput::File(path.clone())).1;
            assert_eq!(report.bad, 0, "{} {report:?}", path.display());
            report.events.iter().filter(|(id, _)| id == "aws.cloudtrail").map(|(_, count)| count).sum::<u64>()
        })
        .sum();
    assert_eq!(events, 310);
}
