//! `quarry tune`: who is excluded, who never, and what is asked for first.

use std::{fs, path::Path};

use quarry_pack::{
    Interval, Packs,
    cases::CaseFile,
    emulate::{Emulator, Options},
};
use serde_json::Value;

use crate::{
    common::{quarry, shown},
    packs::{new_pack, results},
};

/// Launches of four days by three busy principals, one of them named as an intruder might name himself, and one other launch.
fn busy(folder: &Path) -> String {
    let launch = |id: usize, who: &str| {
        format!("      - {{id: s{id}, action: aws.ec2.RunInstances, as: {who}, at: {}m}}\n", id * 150)
    };
    let (mut steps, mut sessions) = (String::new(), String::new());
    let mut id = 0;
    for round in 0..12 {
        sessions.push_str(&format!(
            "  run-{round}: {{provider: aws, kind: assumed-role, name: infrastructure, session: run-{round}, \
             source_ip: 198.51.100.40, user_agent: Terraform/1.12, account: '444455556666'}}\n"
        ));
        for who in [format!("run-{round}"), "builder".to_owned(), "copies".to_owned()] {
            steps.push_str(&launch(id, &who));
            id += 1;
        }
    }
    steps.push_str(&launch(id, "operator"));
    let text = format!(
        "cast:
{sessions}  builder: {{provider: aws, kind: iam-user, name: builder, source_ip: 192.0.2.50, user_agent: aws-cli/2.27, account: '444455556666'}}
  copies: {{provider: aws, kind: iam-user, name: backup-service, source_ip: 198.51.100.90, user_agent: backup-agent/7, account: '444455556666'}}
cases:
  - id: busy
    title: Working days
    kind: benign
    provider: aws
    steps:
{steps}"
    );
    let cases = CaseFile::parse("busy.yml", &text).expect("the cases are well formed");
    let mut pack = Packs::embedded().expect("packs").packs.remove(0);
    pack.cases = cases;
    let emulator = Emulator::of_pack(&pack).expect("telemetry");
    let options = Options { noise: 300, spread: Interval::of_seconds(86_400), ..Options::default() };
    let emulation = emulator.case(&pack.cases.cases[0], &options).expect("the case is emulated");
    let lines: Vec<String> = emulation.records.iter().map(|record| record.json.to_string()).collect();
    let path = folder.join("busy.json");
    fs::write(&path, lines.join("\n")).expect("the file can be written");
    shown(&path)
}

#[test]
fn tuning_finds_the_busy_principals_and_refuses_names_an_intruder_can_choose() {
    let (folder, pack) = new_pack("aws.ec2.RunInstances");
    let logs = busy(folder.path());
    let file = shown(&folder.path().join("tuning.yml"));
    let run = quarry(["tune", &pack, "--quiet", "--output", "json", "--write", &file, "--logs", &logs])
        .run()
        .exits(0);
    let tuned: Value = serde_json::from_str(run.text()).expect("JSON");
    let entries = tuned["exclusions"].as_array().expect("entries");
    let proposed: Vec<String> = entries
        .iter()
        .filter(|entry| entry["proposed"] == true)
        .map(|entry| format!("{} {}", entry["removes"], entry["entry"]["reason"].as_str().unwrap()))
        .collect();
    let expected = [
        "36 `arn:aws:iam::444455556666:user/backup-service` from its own network",
        "36 `arn:aws:iam::444455556666:user/builder` from its own network",
        "36 `arn:aws:sts::444455556666:assumed-role/infrastructure/` from its own network",
    ];
    let mut sorted = proposed.clone();
    sorted.sort();
    assert_eq!(sorted, expected, "{tuned:#}");
    let by_name = entries
        .iter()
        .find(|entry| entry["entry"]["reason"] == "whoever is called `backup-service`")
        .expect("a name alone is weighed");
    let refused = by_name["refused"].as_str().expect("and refused");
    assert!(refused.contains("would pass `run-instances.spl` unseen"), "{refused}");
    let taken = entries.iter().find(|entry| entry["proposed"] == true).expect("one is proposed");
    assert_eq!(taken["entry"]["severity_below"], "high", "what is grave is shown whoever does it");
    assert!(
        taken["hides"].as_array().is_some_and(|cases| !cases.is_empty()),
        "what the principal's own credentials could do unseen is said: {taken}"
    );
    let by_agent = entries
        .iter()
        .find(|entry| entry["entry"]["field"] == "user_agent")
        .expect("an agent alone is weighed");
    assert!(by_agent["refused"].as_str().expect("and refused").contains("would pass"), "{by_agent}");
    let hunt = quarry(["hunt", &pack, "--quiet", "--tuning", &file, "--output", "jsonl", "--logs", &logs])
        .run()
        .exits(0);
    assert_eq!(hunt.rows().len(), 3, "only the operator's launch is left, once per dialect");
    fs::write(Path::new(&pack).join("tuning/tuning.yml"), fs::read_to_string(&file).unwrap()).unwrap();
    results(&pack, 0);
}

/// Exclusions that `tune` proposes for the logs in a folder, with what it says of those it refuses.
fn exclusions(technique: &str, logs: &str) -> (Vec<Value>, Vec<String>) {
    let run = quarry(["tune", technique, "--quiet", "--output", "json", "--logs", logs]).run().exits(0);
    let tuned: Value = serde_json::from_str(run.text()).expect("JSON");
    let entries = tuned["exclusions"].as_array().expect("entries").clone();
    let (proposed, refused): (Vec<Value>, Vec<Value>) =
        entries.into_iter().partition(|entry| entry["proposed"] == true);
    let reasons = refused.iter().map(|entry| {
        format!(
            "{}: {}",
            entry["entry"]["reason"].as_str().unwrap(),
            entry["refused"].as_str().unwrap_or("?")
        )
    });
    (proposed, reasons.collect())
}

#[test]
fn one_day_of_logs_is_no_reason_to_exclude_anyone() {
    let logs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/logs");
    let (proposed, reasons) = exclusions("T1578.002", logs);
    assert_eq!(proposed, Vec::<Value>::new());
    assert!(reasons.iter().any(|reason| reason.contains("mallory")), "{reasons:#?}");
    assert!(
        reasons
            .iter()
            .all(|reason| reason.contains("of severity high for it") || reason.contains("3 days or more")),
        "{reasons:#?}"
    );
}

#[test]
fn an_intruder_who_works_for_days_in_two_clouds_is_not_excluded() {
    let folder = tempfile::tempdir().expect("a folder");
    let packs = Packs::embedded().expect("packs").packs;
    let pack = packs.iter().find(|pack| pack.technique.as_deref() == Some("T1578.002")).expect("the pack");
    let emulator = Emulator::of_pack(pack).expect("telemetry");
    let mut records = Vec::new();
    for day in 0..4 {
        let at = Options::default().at + day * 86_400_000_000;
        for id in ["aws-cli", "aws-staging", "azure-cli", "azure-staging", "gcp-staging"] {
            let case = pack.cases.cases.iter().find(|found| found.id == id).expect("the case is there");
            let emulation =
                emulator.case(case, &Options { at, seed: day.unsigned_abs() + 1, ..Options::default() });
            let emulation = emulation.expect("the case is emulated");
            records.extend(emulation.records.iter().map(|record| record.json.to_string()));
        }
    }
    fs::write(folder.path().join("days.json"), records.join("\n")).expect("the file can be written");
    let (proposed, reasons) = exclusions("T1578.002", &shown(folder.path()));
    assert!(reasons.iter().any(|reason| reason.contains("gave an alert of severity high")), "{reasons:#?}");
    let grave =
        proposed.iter().filter(|entry| !entry["entry"].to_string().contains("\"severity_below\":\"high\""));
    assert_eq!(grave.count(), 0, "{proposed:#?}");
    assert!(!proposed.iter().any(|entry| entry.to_string().contains("assumed-role")), "{proposed:#?}");
}
