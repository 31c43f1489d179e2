//! Rules, tests and recorded events in the formats of other products, from the command line.

use std::fs;

use serde_json::Value;

use crate::common::{Folder, Run, quarry, root, shared, shown};

/// A small file of a format, as the tests of the pack crate have it.
fn sample(name: &str) -> String {
    shown(&root().join("crates/pack/tests/import").join(name))
}

fn logs() -> String {
    shown(&root().join("examples/logs"))
}

/// Verdict and reason of each detection for each test.
fn verdicts(run: &Run) -> Vec<(String, String, String, String)> {
    let results: Value = serde_json::from_str(run.text()).expect("results are JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for case in results["packs"][0]["cases"].as_array().expect("cases") {
        for result in case["results"].as_array().expect("results") {
            let [id, detection] = [&case["id"], &result["detection"]].map(text);
            found.push((id, detection, text(&result["verdict"]), text(&result["why"])));
        }
    }
    found
}

const LAUNCHES: &str = "name: Instances launched
type: TTP
search: |-
  `cloudtrail` eventName=RunInstances
  | table userIdentity.arn eventName
rba:
  message: launched
  risk_objects: [{field: user, type: user, score: 81}]
tags: {mitre_attack_id: [T1578.002]}
";

/// A folder as security_content has it: macros beside detections.
fn content() -> Folder {
    let folder = Folder::new();
    fs::create_dir_all(folder.path().join("detections/cloud")).expect("a folder");
    fs::create_dir_all(folder.path().join("macros")).expect("a folder");
    folder.write("detections/cloud/launches.yml", LAUNCHES);
    folder.write("macros/cloudtrail.yml", "name: cloudtrail\ndefinition: sourcetype=aws:cloudtrail\n");
    folder
}

#[test]
fn a_detection_of_security_content_brings_its_macros_severity_and_technique() {
    let folder = content();
    for target in ["", "detections", "detections/cloud/launches.yml"] {
        let target = shown(&folder.path().join(target));
        let run = quarry(["hunt", &target, "--logs", &logs(), "--output", "jsonl"]).run().exits(0);
        let rows = run.rows();
        assert!(!rows.is_empty(), "{target}: {}", run.stderr);
        for row in rows {
            assert_eq!((&row["technique"], &row["severity"]), (&"T1578.002".into(), &"critical".into()));
            assert_eq!(row["detection"], "Instances launched");
        }
    }
}

#[test]
fn a_rule_that_is_not_run_yet_says_so() {
    let (kql, sigma) = (sample("sentinel.yaml"), sample("sigma.yml"));
    quarry(["hunt", &kql, "--logs", &logs()]).run().exits(0);
    let run = quarry(["hunt", &sigma, "--logs", &logs()]).run().exits(2);
    assert!(run.stderr.contains("quarry does not run Sigma yet"), "{}", run.stderr);
    let run = quarry(["test", &sigma, "--tests", &sample("panther.yml")]).run().exits(2);
    assert!(run.stderr.contains("skipped: quarry does not run Sigma yet"), "{}", run.stderr);
    assert!(run.stderr.contains("nothing was tested"), "{}", run.stderr);
    let run = quarry(["check", &sigma]).run().exits(1);
    assert!(run.text().contains("quarry does not run Sigma yet"), "{}", run.text());
}

#[test]
fn what_was_read_is_listed() {
    let run = quarry(["pack", "read", &sample("sentinel.yaml"), &sample("panther.yml")]).run().exits(0);
    for part in
        ["A region nobody uses", "medium", "T1535", "every 1h over", "14d; AWSCloudTrail", "the rule alerts"]
    {
        assert!(run.text().contains(part), "{part}: {}", run.text());
    }
    assert!(
        run.stderr.contains("IMP005") && run.stderr.contains("did you mean `queryPeriod`?"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("2 files: 1 KQL detection, 4 recorded tests"), "{}", run.stderr);
    let run = quarry(["pack", "read", &sample("sentinel.yaml"), "--output", "json"]).run().exits(0);
    let files: Value = serde_json::from_str(run.text()).expect("JSON");
    assert_eq!(files[0]["format"], "sentinel");
    assert_eq!(files[0]["items"][0]["metadata"]["schedule"]["every"], "1h");
    assert_eq!(
        (&files[0]["findings"][0]["code"], &files[0]["findings"][0]["line"]),
        (&"IMP005".into(), &39.into())
    );
}

#[test]
fn checking_names_what_is_wrong_with_its_place() {
    let run = quarry(["pack", "check", &sample("sentinel-nrt.yaml")]).run().exits(1);
    assert!(run.text().contains("sentinel-nrt.yaml:4:11: IMP004 `Grave` is no severity"), "{}", run.text());
    quarry(["pack", "check", &sample("sentinel-hunting.yaml")]).run().exits(0);
    let folder = content();
    let target = shown(folder.path());
    let run = quarry(["pack", "check", &target]).run().exits(0);
    assert!(run.stderr.contains("2 files: 1 SPL detection, 0 findings"), "{}", run.stderr);
    let broken = folder.write("detections/broken.yml", "name: Broken\nsearch: index=main | frobnicate\n");
    let run = quarry(["pack", "check", &broken]).run().exits(1);
    assert!(run.text().contains("`Broken`, line 1, column 14 of its query"), "{}", run.text());
    let run = quarry(["pack", "check", &sample("unknown.yml")]).run().exits(2);
    assert!(
        run.stderr.contains("in no format that quarry reads") && run.stderr.contains("Sigma rule"),
        "{}",
        run.stderr
    );
    let run = quarry(["hunt", &sample("broken.yml"), "--logs", &logs()]).run().exits(2);
    assert!(run.stderr.contains("broken.yml:3:1: this is no YAML"), "{}", run.stderr);
}

#[test]
fn labelled_events_judge_detections() {
    let folder = Folder::new();
    let right = folder.write("right.spl", "eventName=RunInstances | table eventName");
    let wrong = folder.write("wrong.spl", "eventName=DescribeInstances | table eventName");
    let tests = sample("panther.yml");
    let json = ["--output", "json", "--quiet", "--tests", &tests];
    let run = quarry(["test", &right]).with(json).run().exits(0);
    let found = verdicts(&run);
    assert_eq!(found.len(), 3, "the test of a log that quarry does not read is left out");
    assert!(found.iter().all(|(_, _, verdict, _)| verdict == "pass"), "{found:?}");
    let run = quarry(["test", &wrong]).with(json).run().exits(1);
    let found = verdicts(&run);
    let of = |id: &str| found.iter().find(|(found, ..)| found == id).expect("the test was run");
    let (_, _, verdict, why) = of("Example.Launch/A launch");
    assert_eq!(verdict, "miss");
    assert!(why.starts_with("`Example.Launch` alerts: ") && why.contains("eventName"), "{why}");
    let (_, _, verdict, why) = of("Example.Launch/Nothing happened");
    assert_eq!(verdict, "false-alarm");
    assert!(why.contains("1 alert where `Example.Launch` stays silent"), "{why}");
    assert!(why.contains("its verdict is with `known_accounts` replaced"), "{why}");
    // Where one detection of a language alerts, the others may stay silent; a false alarm stays one.
    let run = quarry(["test", &right, &wrong]).with(json).run().exits(1);
    let wrongs: Vec<_> = verdicts(&run).into_iter().filter(|(_, _, verdict, _)| verdict != "pass").collect();
    assert_eq!(wrongs.len(), 1, "{wrongs:?}");
    let run = quarry(["test", &right, "--tests", &tests]).run().exits(0);
    assert!(run.stderr.contains("Example.Launch/Of another log: skipped"), "{}", run.stderr);
}

#[test]
fn recorded_events_without_a_verdict_show_what_each_detection_says() {
    let folder = Folder::new();
    let launch = folder.write("launch.spl", "eventName=RunInstances | table eventName");
    let run = quarry(["test", &launch, "--tests", &sample("aws.execution.launch.json")]).run().exits(0);
    assert!(run.text().contains("aws.execution.launch") && run.text().contains("alert"), "{}", run.text());
}

#[test]
fn commands_of_atomic_tests_are_shown_filled_in() {
    let run = quarry(["test", "--commands", "--tests", &sample("atomic.yaml")]).run().exits(0);
    let text = run.text();
    for part in [
        "# T1578.002#22222222-0000-4000-8000-000000000001: Launch an instance (sh; iaas:aws)",
        "# argument: region = eu-south-2",
        "# needs: The command line tool must be there.",
        "# check: command -v aws",
        "aws ec2 run-instances --image-id ami-1 --region eu-south-2",
        "# clean up\naws ec2 terminate-instances --region eu-south-2",
        "1. Open the portal.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn detonations_are_attacks_of_a_built_in_pack() {
    let Some(stratus) =
        shared("data/stratus/docs/detonation-logs/aws.execution.ec2-launch-unusual-instances.json")
    else {
        return;
    };
    let run = quarry(["test", "T1578.002", "--output", "json", "--quiet", "--tests", &shown(&stratus)])
        .run()
        .exits(0);
    let results: Value = serde_json::from_str(run.text()).expect("JSON");
    let found = results["packs"][0]["cases"][0]["results"].as_array().expect("results").clone();
    let fired: Vec<&str> = found
        .iter()
        .filter(|result| result["alerts"] != 0)
        .filter_map(|result| result["detection"].as_str())
        .collect();
    // The launches of that detonation were refused.
    assert_eq!(fired, ["refused.spl", "refused.aql"]);
}
