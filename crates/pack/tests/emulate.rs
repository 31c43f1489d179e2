//! Emulated telemetry: every action, determinism, sessions, shapes.

use std::{collections::BTreeMap, sync::LazyLock};

use quarry_pack::{
    Case, CaseFile,
    emulate::{Emulation, Emulator, Options, Templates},
};

static EMULATOR: LazyLock<Emulator> = LazyLock::new(fresh_emulator);

/// An emulator with the embedded templates and no cast of its own, made anew.
pub fn fresh_emulator() -> Emulator {
    Emulator::new(Templates::embedded().unwrap_or_else(|error| panic!("{error}")), &BTreeMap::new())
}

/// The same, shared by the tests.
pub fn emulator() -> &'static Emulator {
    &EMULATOR
}

/// A case from the text of its steps.
pub fn case(provider: &str, steps: &str) -> Case {
    let text = format!(
        "cases:\n  - id: some\n    title: some\n    kind: attack\n    provider: {provider}\n    expect: {{launch: {{alerts: 1}}}}\n    steps:\n{steps}"
    );
    CaseFile::parse("cases.yml", &text).unwrap_or_else(|error| panic!("{error}\n{text}")).cases.remove(0)
}

pub fn emulate(provider: &str, steps: &str, options: &Options) -> Emulation {
    emulator().case(&case(provider, steps), options).unwrap_or_else(|error| panic!("{error}"))
}

/// Every outcome of every action makes records in every form that its cloud has.
#[test]
fn every_action_and_outcome_renders() {
    let emulator = emulator();
    let actions: Vec<String> = emulator.templates().action_ids().map(str::to_owned).collect();
    assert!(!actions.is_empty());
    let mut wrong = Vec::new();
    for action in &actions {
        let provider = action.split('.').next().unwrap();
        let (_, source, outcomes) = emulator.templates().describe(action).unwrap();
        assert!(source.is_some_and(|source| source.starts_with("https://")), "{action} names no source");
        for outcome in outcomes {
            let forms: &[&str] = if provider == "azure" { &["", "rest"] } else { &[""] };
            for shape in forms {
                let options = Options { shape: (*shape).to_owned(), ..Options::default() };
                let step = format!("      - {{action: {action}, outcome: {outcome}}}");
                match emulator.case(&case(provider, &step), &options) {
                    Ok(emulation) => {
                        assert!(!emulation.records.is_empty(), "{action} {outcome}");
                        let fact = &emulation.facts[0];
                        if outcome == "success" && fact.target.is_none() && !action.contains(".sts.") {
                            wrong.push(format!("{action}: no target"));
                        }
                    }
                    Err(error) => wrong.push(error.to_string()),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A principal keeps its identifiers; a session its key and its start; another session has others.
#[test]
fn principals_and_sessions_stay_the_same() {
    let steps = "      - {id: a, action: aws.ec2.CreateSnapshot}
      - {id: b, action: aws.ec2.DeleteSnapshot, with: {snapshot_id: '${a.snapshot_id}'}}
      - {id: c, action: aws.ec2.DeleteSnapshot, session: second}
      - {id: d, action: aws.ec2.StopInstances, as: terraform}
      - {id: e, action: aws.ec2.StopInstances, as: terraform, session: second}";
    let emulation = emulate("aws", steps, &Options::default());
    let at =
        |index: usize, path: &str| emulation.records[index].json.pointer(path).cloned().unwrap_or_default();
    let key = |index| at(index, "/userIdentity/accessKeyId");
    let id = |index| at(index, "/userIdentity/principalId");
    let start = |index| at(index, "/userIdentity/sessionContext/attributes/creationDate");
    assert_eq!((key(0), id(0), start(0)), (key(1), id(1), start(1)));
    assert!(key(0).as_str().unwrap().starts_with("AKIA") && start(0).is_null(), "a long-lived key");
    assert!(key(2).as_str().unwrap().starts_with("ASIA"), "another session of a user has a temporary key");
    assert_eq!(id(0), id(2));
    assert_eq!(at(0, "/responseElements/snapshotId"), at(1, "/requestParameters/snapshotId"));
    assert_eq!(emulation.facts[0].target, emulation.facts[1].target);
    assert_ne!((key(3), start(3)), (key(4), start(4)));
    assert_eq!(id(3), id(4));
    assert!(start(3).as_str().unwrap() < at(3, "/eventTime").as_str().unwrap());
}

/// The records of one action share its identifier, and only those that were reached are there.
#[test]
fn one_action_makes_the_records_of_its_states() {
    let field = |emulation: &Emulation, path: &str| -> Vec<String> {
        let of =
            |record: &quarry_pack::emulate::Record| record.json.pointer(path).cloned().unwrap_or_default();
        emulation.records.iter().map(|record| of(record).to_string().replace('"', "")).collect()
    };
    let machine = |outcome: &str| {
        let step = format!("      - {{action: azure.compute.virtualMachines.write, outcome: {outcome}}}");
        emulate("azure", &step, &Options::default())
    };
    assert_eq!(field(&machine("success"), "/resultType"), ["Start", "Accept", "Success"]);
    assert_eq!(field(&machine("started"), "/resultType"), ["Start"]);
    assert_eq!(field(&machine("accepted"), "/resultType"), ["Start", "Accept"]);
    assert_eq!(field(&machine("denied"), "/resultType"), ["Start", "Failure"]);
    let mut shared = field(&machine("success"), "/correlationId");
    shared.dedup();
    assert_eq!(shared.len(), 1);

    let instance = |outcome: &str| {
        let step = format!(
            "      - {{action: gcp.compute.instances.insert, outcome: {outcome}, with: {{api: beta}}}}"
        );
        emulate("gcp", &step, &Options::default())
    };
    let created = instance("success");
    assert_eq!(field(&created, "/operation/first"), ["true", "null"]);
    assert_eq!(field(&created, "/operation/last"), ["null", "true"]);
    assert_eq!(field(&created, "/protoPayload/methodName"), ["beta.compute.instances.insert"; 2]);
    let mut shared = field(&created, "/operation/id");
    shared.dedup();
    assert_eq!(shared.len(), 1);
    assert_eq!(field(&instance("denied"), "/protoPayload/status/code"), ["7"]);
    assert_eq!(field(&instance("failed"), "/protoPayload/status/code"), ["null", "8"]);
}

#[test]
fn steps_join_one_request_and_arrive_when_they_say() {
    let steps = "      - {id: deploy, action: azure.resources.deployments.write}
      - {action: azure.compute.virtualMachines.write, at: 14m59s, arrives: 30m, copies: 2,
         with: {correlation_id: '${deploy.correlation_id}'}}";
    let emulation = emulate("azure", steps, &Options::default());
    let [first, second] = &emulation.facts[..] else { panic!("two steps") };
    assert_eq!(first.event_ids, second.event_ids);
    assert_eq!(second.time - first.time, 899_000_000);
    let machines: Vec<_> = emulation.records.iter().filter(|record| record.step == Some(1)).collect();
    assert_eq!(machines.len(), 6);
    let late = |record: &&quarry_pack::emulate::Record| (record.arrival - record.time) / 1_000_000;
    assert_eq!(machines.iter().map(late).filter(|seconds| *seconds == 1_800).count(), 3);
    assert_eq!(machines.iter().map(late).filter(|seconds| *seconds == 2_100).count(), 3);
}

#[test]
fn mistakes_in_steps_are_told_with_help() {
    let told = |provider: &str, step: &str| {
        let error = emulator().case(&case(provider, step), &Options::default()).unwrap_err();
        error.to_string()
    };
    let wrong = [
        ("aws", "{action: aws.ec2.RunInstance}", "did you mean `aws.ec2.RunInstances`?"),
        ("aws", "{action: aws.ec2.RunInstances, as: terrafrom}", "did you mean `terraform`?"),
        ("aws", "{action: aws.ec2.RunInstances, with: {instance_typ: a}}", "did you mean `instance_type`?"),
        ("aws", "{action: aws.ec2.RunInstances, outcome: perhaps}", "dry-run"),
        ("aws", "{action: azure.compute.disks.write}", "not an action of aws"),
        (
            "aws",
            "{action: aws.ec2.DeleteSnapshot, with: {snapshot_id: '${x.snapshot_id}'}}",
            "no earlier step",
        ),
    ];
    for (provider, step, expected) in wrong {
        let message = told(provider, &format!("      - {step}"));
        assert!(message.contains(expected), "{step}: {message}");
        assert!(message.contains("case `some`"), "{message}");
    }
}

/// Exactly as many records as asked for, of many actions and principals, some refused, spread over the time.
#[test]
fn noise_is_exact_and_varied() {
    let emulator = emulator();
    for provider in [quarry_pack::Provider::Aws, quarry_pack::Provider::Azure, quarry_pack::Provider::Gcp] {
        for profiles in [vec!["everyday".to_owned()], vec!["everyday".to_owned(), "operations".to_owned()]] {
            let options = Options { noise: 201, profiles, ..Options::default() };
            let records = emulator.noise(provider, &options).unwrap();
            assert_eq!(records.len(), 201);
            assert!(records.iter().all(|record| record.step.is_none()));
            assert!(records.windows(2).all(|pair| pair[0].time <= pair[1].time));
            let hour = 3_600_000_000;
            assert!(
                records[0].time >= options.at - hour && records[200].time < options.at + hour + 60_000_000
            );
            assert!(records[200].time - records[0].time > hour, "{provider:?}");
            let ids: std::collections::BTreeSet<_> = records.iter().map(|record| &record.event_id).collect();
            assert!(ids.len() > 60, "{provider:?}: {}", ids.len());
        }
    }
    let unknown = Options { noise: 1, profiles: vec!["evryday".to_owned()], ..Options::default() };
    let error = emulator.noise(quarry_pack::Provider::Aws, &unknown).unwrap_err();
    assert!(error.to_string().contains("profiles are everyday, operations"), "{error}");
}
