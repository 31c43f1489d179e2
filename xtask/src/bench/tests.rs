#![allow(clippy::unwrap_used, clippy::panic)]

use std::{collections::HashSet, io::Read};

use super::*;

fn generate(seed: u64) -> (tempfile::TempDir, Vec<serde_json::Value>, Vec<serde_json::Value>) {
    let folder = tempfile::tempdir().unwrap();
    let lines = folder.path().join("events.jsonl");
    let objects = folder.path().join("objects");
    let options =
        Options { folder: objects.clone(), lines: Some(lines.clone()), events: 6_001, objects: 5, seed };
    write(&options).unwrap();
    let mut packed = Vec::new();
    for index in 0..5 {
        let file = File::open(objects.join(object(&options, index).path)).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
        let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
        packed.extend(whole["Records"].as_array().unwrap().clone());
    }
    let plain =
        fs::read_to_string(lines).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (folder, packed, plain)
}

#[test]
fn objects_and_lines_hold_the_same_events() {
    let (_folder, packed, plain) = generate(1);
    assert_eq!(packed.len(), 6_001);
    assert_eq!(packed, plain);
    let (_other, again, _) = generate(1);
    assert_eq!(packed, again);
}

#[test]
fn the_mix_is_that_of_a_real_trail() {
    let (_folder, packed, _) = generate(2);
    let names: HashSet<&str> = packed.iter().map(|event| event["eventName"].as_str().unwrap()).collect();
    assert!(names.len() >= 90, "{} names", names.len());
    let reads = packed.iter().filter(|event| event["readOnly"] == true).count();
    assert!(reads * 10 > packed.len() * 6, "{reads} reads of {}", packed.len());
    let launches = packed.iter().filter(|event| event["eventName"] == "RunInstances").count();
    assert!((1..30).contains(&launches), "{launches} launches");
    let bytes: usize = packed.iter().map(|event| event.to_string().len()).sum();
    assert!((1_200..1_600).contains(&(bytes / packed.len())), "{} bytes per event", bytes / packed.len());
}
