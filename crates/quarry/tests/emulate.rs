//! `quarry emulate`: what it writes is read back by the detections, in every shape.

use std::path::Path;

use serde_json::Value;

use crate::common::{Folder, quarry, shown};

const PACK: &str = r#"technique: T9999.002
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
  - id: launch.spl
    title: Launch
    file: launch.spl
    language: spl
    severity: high
"#;

const CASES: &str = "cases:
  - id: aws
    title: A launch of two
    kind: attack
    provider: aws
    steps:
      - {id: snapshot, action: aws.ec2.CreateSnapshot}
      - {id: launch, action: aws.ec2.RunInstances, with: {count: 2, snapshot_id: '${snapshot.snapshot_id}'}}
    expect: {launch: {alerts: 1}}
  - id: azure
    title: A machine
    kind: attack
    provider: azure
    steps: [{id: launch, action: azure.compute.virtualMachines.write}]
    expect: {launch: {alerts: 1}}
  - id: gcp
    title: An instance
    kind: attack
    provider: gcp
    steps: [{id: launch, action: gcp.compute.instances.insert}]
    expect: {launch: {alerts: 1}}
";

fn pack(folder: &Folder) {
    let built_in = crate::common::root().join("packs/T1578.002/launch.spl");
    folder.write("pack/pack.yml", PACK);
    folder.write("pack/launch.spl", std::fs::read(built_in).unwrap());
    folder.write("pack/tests/cases.yml", CASES);
}

fn manifest(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

#[test]
fn every_shape_is_read_back_and_alerts() {
    let folder = Folder::new();
    pack(&folder);
    let shapes = [
        ("aws", &["s3", "s3-digest", "lines", "lookup-events", "eventbridge", "cloudwatch-logs"][..]),
        ("azure", &["storage", "lines", "eventhub", "rest", "list"]),
        ("gcp", &["bucket", "lines", "list", "pubsub"]),
    ];
    for (cloud, shapes) in shapes {
        for shape in shapes {
            let out = folder.path().join(format!("{cloud}-{shape}"));
            let target = format!("pack#{cloud}");
            let arguments = ["emulate", &target, "--out", &shown(&out), "--shape", shape, "--noise", "25"];
            quarry(arguments).in_folder(folder.path()).run().exits(0);
            let manifest = manifest(&out);
            assert_eq!(manifest["noise"], 25, "{cloud} {shape}");
            std::fs::remove_file(out.join("manifest.json")).unwrap();
            let alerts = quarry(["hunt", "pack", "--logs", &shown(&out), "--output", "jsonl", "-q"])
                .in_folder(folder.path())
                .run()
                .exits(0)
                .rows();
            assert_eq!(alerts.len(), 1, "{cloud} {shape}: {alerts:?}");
            let facts = manifest["steps"].as_array().unwrap().last().unwrap();
            for fact in ["provider", "actor", "source_ip", "action", "target", "account", "region"] {
                let text = |value: &Value| value[fact].as_str().unwrap_or_default().to_lowercase();
                assert_eq!(text(&alerts[0]), text(facts), "{cloud} {shape} {fact}");
            }
        }
    }
}

#[test]
fn several_cases_have_folders_and_mistakes_have_help() {
    let folder = Folder::new();
    pack(&folder);
    let out = shown(&folder.path().join("out"));
    let told =
        quarry(["emulate", "pack", "--out", &out, "--delay", "15m"]).in_folder(folder.path()).run().exits(0);
    assert!(told.text().contains("RunInstances success"), "{}", told.text());
    for case in ["aws", "azure", "gcp"] {
        let manifest = manifest(&folder.path().join("out/T9999.002").join(case));
        assert_eq!(manifest["case"], case);
        let files = manifest["files"].as_array().unwrap();
        assert!(files.iter().all(|file| file["records"].as_u64().unwrap() > 0));
    }
    let wrong = [
        (["pack#asw", "s3"], "did you mean `aws`?"),
        (["pack#aws", "s4"], "no shape is called `s4`"),
        (["T1578.009", "s3"], "did you mean `T1578.00"),
    ];
    for ([target, shape], expected) in wrong {
        let run = quarry(["emulate", target, "--out", &out, "--shape", shape])
            .in_folder(folder.path())
            .run()
            .exits(2);
        assert!(run.stderr.contains(expected), "{target}: {}", run.stderr);
    }
}
