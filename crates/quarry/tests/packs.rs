//! `quarry pack` and `quarry test` on packs of one's own.

use std::{fs, path::Path};

use quarry_pack::{
    Pack, Packs,
    emulate::{Emulator, Options},
};
use serde_json::{Value, json};

use crate::common::{Folder, Quarry, quarry, root, shown};

/// A new pack in a folder.
pub fn new_pack(action: &str) -> (Folder, String) {
    let folder = Folder::new();
    let out = shown(folder.path());
    quarry(["pack", "new", "T1535", "--action", action, "--name", "Regions", "--tactic", "stealth"])
        .with(["--out", &out])
        .run()
        .exits(0);
    let pack = format!("{out}/T1535");
    (folder, pack)
}

fn test(pack: &str) -> Quarry {
    quarry(["test", pack, "--quiet"])
}

pub fn results(pack: &str, code: i32) -> Value {
    let run = test(pack).with(["--output", "json"]).run().exits(code);
    serde_json::from_str(run.text()).expect("results are JSON")
}

/// Verdict and reason of each detection for a case.
fn verdicts(results: &Value, case: &str) -> Vec<(String, String, String)> {
    let cases = results["packs"][0]["cases"].as_array().expect("cases");
    let found = cases.iter().find(|found| found["id"] == case).expect("the case was run");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let results = found["results"].as_array().expect("results").iter();
    results
        .map(|result| (text(&result["detection"]), text(&result["verdict"]), text(&result["why"])))
        .collect()
}

fn replace(pack: &str, file: &str, from: &str, to: &str) {
    let path = Path::new(pack).join(file);
    let text = fs::read_to_string(&path).expect("the file is there");
    assert!(text.contains(from), "`{from}` is not in {text}");
    fs::write(&path, text.replace(from, to)).expect("the file can be written");
}

#[test]
fn a_new_pack_is_whole_and_passes_its_own_tests_on_every_cloud() {
    for action in
        ["aws.ec2.RunInstances", "azure.compute.virtualMachines.write", "gcp.compute.instances.insert"]
    {
        let (_folder, pack) = new_pack(action);
        let check = quarry(["pack", "check", &pack]).run().exits(1);
        let blank = |line: &&str| !line.contains(": to be filled in: ");
        assert_eq!(check.text().lines().find(blank), None, "only what its author has yet to say is missing");
        assert_eq!(check.text().lines().count(), 13, "{}", check.text());
        fill_in(Path::new(&pack));
        quarry(["pack", "check", &pack]).run().exits(0);
        let results = results(&pack, 0);
        assert_eq!(results["summary"]["pass"], 9, "{action}: {results:#}");
    }
}

/// Takes the marks of what is to be filled in out of all files below a folder.
fn fill_in(folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            fill_in(&entry);
        } else {
            let text = fs::read_to_string(&entry).expect("a text");
            fs::write(&entry, text.replace("FILL IN: ", "")).expect("the file can be written");
        }
    }
}

#[test]
fn a_new_pack_is_named_and_placed_as_attack_says() {
    let folder = Folder::new();
    let out = shown(folder.path());
    let manifest =
        |id: &str| fs::read_to_string(folder.path().join(id).join("pack.yml")).expect("a manifest");
    quarry(["pack", "new", "t1578.003", "--out", &out]).run().exits(0);
    let text = manifest("T1578.003");
    for line in ["name: Delete Cloud Instance", "tactic: defense-impairment", "\"18\": defense-evasion"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    quarry(["pack", "new", "T1526", "--out", &out]).run().exits(0);
    let text = manifest("T1526");
    assert!(text.contains("name: Cloud Service Discovery\ntactic: discovery\n"), "{text}");
    assert!(!text.contains("tactics:"), "it did not move: {text}");
    for (arguments, said) in [
        (&["T157"][..], "`T157` is no ATT&CK technique; write it like `T1578.002`"),
        (&["T1578.009"], "ATT&CK 19 has no technique `T1578.009` for clouds; did you mean `T1578.001`?"),
        (&["T1562.008"], "ATT&CK 19 has no `T1562.008` any more; `T1685.002` is in its place"),
        (
            &["T1496", "--tactic", "stealth"],
            "`stealth` is no tactic of `T1496` in ATT&CK 19, which has it under impact",
        ),
    ] {
        let run = quarry(["pack", "new", "--out", &out]).with(arguments.iter().copied()).run().exits(2);
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    replace(&format!("{out}/T1526"), "pack.yml", "tactic: discovery", "tactic: stealth");
    replace(&format!("{out}/T1526"), "pack.yml", "related: []", "related: [T1562.008]");
    let check = quarry(["pack", "check", &format!("{out}/T1526")]).run().exits(1);
    for said in ["`stealth` is no tactic of `T1526`", "no `T1562.008` any more"] {
        assert!(check.text().contains(said), "{said}: {}", check.text());
    }
}

#[test]
fn a_name_that_no_detection_has_is_found_by_test_check_and_tune() {
    let (_folder, pack) = new_pack("aws.ec2.RunInstances");
    replace(
        &pack,
        "tests/cases.yml",
        "run-instances: {alerts: 1}\n\n  - id: refused",
        "run-instance: {alerts: 1}\n      run-instances: {alerts: 1}\n\n  - id: refused",
    );
    let said = "tests/cases.yml:10:7: the case `plain` expects something of `run-instance`, which is no detection of the pack; \
                did you mean `run-instances`?";
    let run = test(&pack).run().exits(2);
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let logs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/logs/AWSLogs");
    let run = quarry(["tune", &pack, "--logs", logs]).run().exits(2);
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let check = quarry(["pack", "check", &pack]).run().exits(1);
    assert!(check.text().contains(said), "{}", check.text());
    replace(&pack, "tests/cases.yml", "      run-instance: {alerts: 1}\n", "");
    let entry = "exclusions:\n  - {detections: [run-instnces], field: actor, equals: x, reason: none}";
    replace(&pack, "tuning/tuning.yml", "exclusions: []", entry);
    let run = test(&pack).run().exits(2);
    assert!(
        run.stderr.contains("tuning/tuning.yml:3:19: an exclusion is for `run-instnces`"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_file_of_a_pack_is_hunted_as_the_pack_says() {
    let (folder, pack) = new_pack("aws.ec2.RunInstances");
    let logs = emulated(&pack, "plain", folder.path());
    replace(
        &pack,
        "pack.yml",
        "language: spl\n    severity: medium",
        "language: spl\n    severity: critical",
    );
    let file = format!("{pack}/run-instances.spl");
    let hunt = |more: &[&str]| {
        quarry(["hunt", "--output", "jsonl", "--logs", &logs]).with(more.iter().copied()).run().exits(0)
    };
    let alerts = hunt(&[&file]).rows();
    assert_eq!(alerts.len(), 1, "the other detections of the pack do not run");
    assert_eq!((&alerts[0]["severity"], &alerts[0]["technique"]), (&json!("critical"), &json!("T1535")));
    assert_eq!(hunt(&[&file, &format!("{pack}/run-instances.aql")]).rows().len(), 2);
    let loose = folder.path().join("loose.spl");
    fs::copy(&file, &loose).expect("the file can be copied");
    let alerts = hunt(&[&shown(&loose)]).rows();
    assert_eq!((&alerts[0]["severity"], &alerts[0]["technique"]), (&json!("medium"), &Value::Null));
    let entry = "exclusions:\n  - {field: actor, starts_with: 'arn:', reason: all of them}";
    replace(&pack, "tuning/tuning.yml", "exclusions: []", entry);
    let run = hunt(&[&file]);
    assert_eq!(run.rows().len(), 0);
    assert!(run.stderr.contains("1 alert is not shown, by tuning"), "{}", run.stderr);
}

#[test]
fn an_existing_folder_is_left_alone() {
    let (folder, _pack) = new_pack("aws.ec2.RunInstances");
    let run = quarry(["pack", "new", "T1535", "--out", &shown(folder.path())]).run().exits(2);
    assert!(run.stderr.contains("is there already"), "{}", run.stderr);
    let run = quarry(["pack", "new", "T1535", "--action", "aws.ec2.RunInstance", "--out", "/nowhere"])
        .run()
        .exits(2);
    assert!(run.stderr.contains("did you mean `aws.ec2.RunInstances`?"), "{}", run.stderr);
}

#[test]
fn a_miss_names_the_record_and_the_condition_and_the_values() {
    let (_folder, pack) = new_pack("aws.ec2.RunInstances");
    replace(&pack, "run-instances.spl", r#"eventName="RunInstances""#, r#"eventName="RunInstance""#);
    replace(&pack, "run-instances.aql", r#""Error Code" IS NULL"#, r#""Region" IS NULL"#);
    let results = results(&pack, 1);
    let found = verdicts(&results, "plain");
    assert_eq!((found[0].1.as_str(), found[1].1.as_str()), ("miss", "miss"));
    let said = |why: &str, wanted: &str| assert!(why.contains(wanted), "{wanted}: {why}");
    for why in [&found[0].2, &found[1].2] {
        said(why, "the RunInstances record ");
        said(why, " is dropped at line ");
    }
    said(&found[0].2, r#"by `eventName="RunInstance"`: `eventName` is `RunInstances`"#);
    said(&found[1].2, r#"by `"Region" IS NULL`: `region` is `us-east-1`"#);
    assert_eq!(verdicts(&results, "refused")[0].1, "pass");
    let table = test(&pack).run().exits(1);
    assert!(
        table.text().contains("plain / run-instances.spl: miss: the RunInstances record "),
        "{table}",
        table = table.text()
    );
}

#[test]
fn a_miss_behind_a_computed_value_or_a_group_is_followed() {
    let (_folder, pack) = new_pack("aws.ec2.RunInstances");
    let late = "| eval region=upper(awsRegion) | where region=\"eu-west-1\"\n| where isnull(errorCode)";
    replace(&pack, "run-instances.spl", "| where isnull(errorCode)", late);
    let why = verdicts(&results(&pack, 1), "plain").remove(0).2;
    assert!(
        why.contains(r#"by `region="eu-west-1"`: `awsRegion` is `us-east-1` (by way of `region`)"#),
        "{why}"
    );
    replace(&pack, "run-instances.spl", late, "| stats count by awsRegion | where count>1");
    let why = verdicts(&results(&pack, 1), "plain").remove(0).2;
    assert!(why.contains("`: `count` is `1`"), "{why}");
}

#[test]
fn every_test_of_the_embedded_packs_holds() {
    let packs = Packs::embedded().expect("packs").packs;
    let wanted: usize = packs.iter().map(|pack| pack.cases.cases.len() * pack.detections.len()).sum();
    let run = quarry(["test", "--quiet", "--output", "json"]).run();
    let results: Value = serde_json::from_str(run.text()).expect("results are JSON");
    let mut unexpected = Vec::new();
    for pack in results["packs"].as_array().expect("packs") {
        for case in pack["cases"].as_array().expect("cases") {
            let failed = case["results"].as_array().expect("results").iter();
            let failed = failed.filter(|result| result["verdict"] != "pass");
            unexpected.extend(failed.map(|result| format!("{} {}: {result}", pack["technique"], case["id"])));
        }
    }
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    assert_eq!(results["summary"]["pass"], wanted);
    run.exits(0);
}

#[test]
fn a_false_alarm_and_a_wrong_entity_are_told_apart() {
    let (_folder, pack) = new_pack("aws.ec2.RunInstances");
    replace(&pack, "run-instances.spl", "| where isnull(errorCode)", "| where true() OR isnull(errorCode)");
    replace(
        &pack,
        "run-instances.aql",
        r#"FIRST("User Identity ARN") AS actor"#,
        "FIRST('someone') AS actor",
    );
    let results = results(&pack, 1);
    let (_, verdict, why) = verdicts(&results, "refused").remove(0);
    assert_eq!(verdict, "false-alarm");
    assert!(why.contains("1 alert where 0 are right: RunInstances by arn:aws:"), "{why}");
    let (_, verdict, why) = verdicts(&results, "plain").remove(1);
    assert_eq!(verdict, "wrong-entity");
    assert!(why.contains("the alert's `actor` is `someone`, not `arn:aws:iam::"), "{why}");
    assert_eq!(
        results["summary"],
        json!({"pass": 6, "miss": 0, "false-alarm": 1, "wrong-entity": 2, "error": 0})
    );
}

#[test]
fn a_detection_that_does_not_compile_is_a_result_and_a_finding() {
    let (_folder, pack) = new_pack("aws.ec2.RunInstances");
    replace(&pack, "run-instances.spl", "| eval actor", "| evil actor");
    let results = results(&pack, 1);
    assert_eq!(verdicts(&results, "plain")[0].1, "error");
    let table = test(&pack).run().exits(1);
    let lines: Vec<&str> = table.text().lines().filter(|line| line.contains("evil")).collect();
    assert_eq!(lines.len(), 1, "once, however many tests: {lines:#?}");
    assert!(lines[0].starts_with("run-instances.spl: error in 3 tests: "), "{lines:#?}");
    assert!(lines[0].contains("run-instances.spl:3:3"), "{lines:#?}");
    let check = quarry(["pack", "check", &pack]).run().exits(1);
    assert!(check.text().contains("run-instances.spl:3:"), "{}", check.text());
}

#[test]
fn what_a_pack_lacks_is_named() {
    let (_folder, pack) = new_pack("aws.ec2.RunInstances");
    fs::remove_file(Path::new(&pack).join("docs/playbook.md")).expect("the file is there");
    replace(&pack, "tests/cases.yml", "kind: evasion", "kind: attack");
    replace(&pack, "tests/cases.yml", "as: backup-service", "as: nobody");
    let run = quarry(["pack", "check", &pack]).run().exits(1);
    for wanted in ["`docs/playbook.md` is missing", "there is no evasion test", "has no `nobody`"] {
        assert!(run.text().contains(wanted), "{wanted}: {}", run.text());
    }
}

#[test]
fn one_case_can_be_run_and_an_unknown_one_is_named() {
    let (_folder, pack) = new_pack("aws.ec2.RunInstances");
    let run = test(&format!("{pack}#refused")).run().exits(0);
    assert!(run.text().contains("refused") && !run.text().contains("plain"), "{}", run.text());
    let run = test(&format!("{pack}#refuse")).run().exits(2);
    assert!(run.stderr.contains("did you mean `refused`?"), "{}", run.stderr);
}

#[test]
fn junit_has_a_test_a_case_and_detection_and_its_failures() {
    let (_folder, pack) = new_pack("aws.ec2.RunInstances");
    replace(&pack, "run-instances.spl", r#"eventName="RunInstances""#, r#"eventName="Nothing""#);
    let run = test(&pack).with(["--output", "junit"]).run().exits(1);
    let text = run.text();
    assert_eq!(text.matches("<testcase ").count(), 9, "{text}");
    assert_eq!(text.matches("<failure ").count(), 2, "{text}");
    assert!(text.contains(r#"<testsuite name="T1535" tests="9""#), "{text}");
}

#[test]
fn late_records_are_seen_by_later_runs_of_a_schedule() {
    let (_folder, pack) = new_pack("aws.ec2.RunInstances");
    let late = "  - id: late
    title: A launch whose record is 20 minutes late
    kind: late
    provider: aws
    steps:
      - {action: aws.ec2.RunInstances, arrives: 20m}
    expect:
      run-instances: {alerts: 1, first_alert_within: 25m}
  - id: too-late
    title: A launch whose record comes after the window has passed
    kind: late
    provider: aws
    schedule: {every: 5m, look_back: 10m}
    steps:
      - {action: aws.ec2.RunInstances, arrives: 20m}
    expect:
      run-instances: {alerts: 1}
  - id: twice
    title: A launch whose record comes twice
    kind: duplicate
    provider: aws
    steps:
      - {action: aws.ec2.RunInstances, copies: 2}
    expect:
      run-instances: {alerts: 1}

cast:
";
    replace(&pack, "tests/cases.yml", "\ncast:\n", &format!("\n{late}"));
    let results = results(&pack, 1);
    for (_, verdict, why) in verdicts(&results, "late") {
        assert_eq!(verdict, "pass", "{why}");
        assert!(why.contains("run every 5m over the last 1h: first alert 2"), "{why}");
    }
    for (_, verdict, why) in verdicts(&results, "too-late") {
        assert_eq!(
            (verdict.as_str(), why.as_str()),
            ("miss", "run every 5m over the last 10m: no run shows it")
        );
    }
    assert!(verdicts(&results, "twice").iter().all(|(_, verdict, _)| verdict == "pass"));
}

#[test]
fn the_published_schemas_are_current() {
    let printed = quarry(["pack", "schema"]).run().exits(0);
    let printed: Value = serde_json::from_str(printed.text()).expect("schemas are JSON");
    for (name, schema) in printed.as_object().expect("an object") {
        let path = root().join("docs/schemas").join(name);
        if std::env::var_os("UPDATE").is_some() {
            let text = serde_json::to_string_pretty(schema).expect("JSON") + "\n";
            fs::write(&path, text).expect("the file can be written");
        }
        let text = fs::read_to_string(&path).expect("the schema is published");
        let published: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(&published, schema, "{name}: run with UPDATE=1");
    }
}

#[test]
fn commands_are_shown_and_signals_looked_for_in_real_logs() {
    let (folder, pack) = new_pack("aws.ec2.RunInstances");
    let more = "title: The action, done plainly
    commands:
      tool: aws
      prerequisites: [an account to test in]
      run: aws ec2 run-instances --image-id ami-1
      clean_up: aws ec2 terminate-instances --instance-ids i-1
    signals:
      - {log: aws.cloudtrail, action: RunInstances, within: 15m, fields: ['responseElements.instancesSet.items[0].instanceId']}
      - {log: aws.cloudtrail, action: CreateFleet, within: 15m}";
    replace(&pack, "tests/cases.yml", "title: The action, done plainly", more);
    let shown_commands = test(&pack).with(["--commands"]).run().exits(0);
    for wanted in ["T1535#plain", "needs: an account to test in", "run-instances", "clean up", "within 15m"] {
        assert!(shown_commands.text().contains(wanted), "{wanted}: {}", shown_commands.text());
    }
    let logs = emulated(&pack, "plain", folder.path());
    let run = test(&pack).with(["--output", "json", "--logs", &logs]).run().exits(1);
    let found: Value = serde_json::from_str(run.text()).expect("JSON");
    let signals = found[0]["signals"].as_array().expect("signals");
    assert_eq!((&signals[0]["records"], &signals[0]["holds"]), (&json!(1), &json!(true)), "{found:#}");
    assert_eq!((&signals[1]["records"], &signals[1]["holds"]), (&json!(0), &json!(false)));
    assert_eq!(found[0]["detections"][0]["alerts"], 1);
}

#[test]
fn the_telemetry_that_packs_expect_arrives_whatever_a_cloud_calls_it() {
    let packs = Packs::embedded().expect("packs").packs;
    let mut looked_for = std::collections::BTreeSet::new();
    for pack in &packs {
        let technique = pack.technique.as_deref().expect("a technique");
        let folder = Folder::new();
        for case in pack.cases.cases.iter().filter(|case| !case.signals.is_empty()) {
            let name = format!("{technique}#{}", case.id);
            let out = shown(&folder.path().join(&case.id));
            quarry(["emulate", &name, "--out", &out]).run().exits(0);
            looked_for.insert(case.provider);
        }
        signals_hold(technique, folder.path());
    }
    assert_eq!(looked_for.len(), 3, "{looked_for:?}");
}

/// The expected telemetry of a pack is all there.
fn signals_hold(technique: &str, logs: &Path) {
    let run = quarry(["test", technique, "--quiet", "--output", "json", "--logs", &shown(logs)]).run();
    let found: Value = serde_json::from_str(run.text()).expect("JSON");
    for signal in found[0]["signals"].as_array().expect("signals") {
        assert_eq!(signal["holds"], true, "{technique}: {signal}");
    }
}

#[test]
fn signals_are_matched_as_views_normalise() {
    let (folder, pack) = new_pack("gcp.compute.instances.insert");
    let signals = "title: The action, done plainly
    signals:
      - {log: gcp.audit, action: Compute.instances.insert, within: 5m, fields: [protoPayload.request.disks, \"labels\"]}
      - {log: gcp.audit, action: v1.compute.instances.insert, within: 5m}
      - {log: gcp.audit, action: instances.insert, within: 5m}
      - {log: azure.activity, action: MICROSOFT.compute/virtualmachines/write, within: 5m, fields: [identity.claims, callerIpAddress, resultType]}
      - {log: azure.activity, action: virtualMachines/write, within: 5m}";
    replace(&pack, "tests/cases.yml", "title: The action, done plainly", signals);
    for (shape, version) in [("storage", "v1"), ("rest", "beta")] {
        let logs = folder.path().join(shape);
        let out = shown(&logs);
        let more =
            format!("      - {{action: gcp.compute.instances.insert, with: {{api: {version}}}}}\n    expect");
        let text = fs::read_to_string(Path::new(&pack).join("tests/cases.yml")).expect("cases");
        let versioned = text.replacen("      - {action: gcp.compute.instances.insert}\n    expect", &more, 1);
        fs::write(Path::new(&pack).join("tests/cases.yml"), versioned).expect("cases can be written");
        quarry(["emulate", &format!("{pack}#plain"), "--out", &format!("{out}/gcp")]).run().exits(0);
        quarry(["emulate", "T1578.002#azure-cli", "--shape", shape, "--out", &format!("{out}/azure")])
            .run()
            .exits(0);
        let run = test(&pack).with(["--output", "json", "--logs", &out]).run().exits(1);
        let found: Value = serde_json::from_str(run.text()).expect("JSON");
        let holds: Vec<bool> = found[0]["signals"]
            .as_array()
            .expect("signals")
            .iter()
            .map(|signal| {
                signal["records"].as_u64().expect("a number") > 0
                    && signal["missing_fields"] != json!(["identity.claims"])
            })
            .collect();
        let of_version = version == "v1";
        assert_eq!(holds, [true, of_version, false, true, false], "{shape}: {found:#}");
        assert_eq!(found[0]["signals"][0]["missing_fields"], json!(["labels"]), "{found:#}");
        assert_eq!(found[0]["signals"][3]["missing_fields"], json!([]), "{found:#}");
        fs::write(Path::new(&pack).join("tests/cases.yml"), text).expect("cases can be written");
    }
}

/// The records of a case of a pack as JSON lines in a folder.
fn emulated(pack: &str, case: &str, folder: &Path) -> String {
    let pack = Pack::load(Path::new(pack)).expect("the pack is whole");
    let case = pack.cases.cases.iter().find(|found| found.id == case).expect("the case is there");
    let emulator = Emulator::of_pack(&pack).expect("telemetry");
    let emulation = emulator.case(case, &Options::default()).expect("the case is emulated");
    let lines: Vec<String> = emulation.records.iter().map(|record| record.json.to_string()).collect();
    let path = folder.join("emulated.json");
    fs::write(&path, lines.join("\n")).expect("the file can be written");
    shown(&path)
}
