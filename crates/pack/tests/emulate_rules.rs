//! An independent judge: what other people's rules decide on emulated records. The decisions of the rules are written
//! anew here; they must first agree with every labelled event of the rule.

use quarry_pack::emulate::Options;
use serde_json::Value;

use crate::{emulate::emulate, shared};

/// Tells whether a rule alerts on a record.
type Decision = fn(&Value) -> bool;

fn text<'a>(record: &'a Value, pointer: &str) -> &'a str {
    record.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// An EC2 call by a person or workload, not by a service for them, and no dry run.
fn is_direct_ec2_call(record: &Value) -> bool {
    let invoked_by = text(record, "/userIdentity/invokedBy");
    text(record, "/eventSource") == "ec2.amazonaws.com"
        && !text(record, "/sourceIPAddress").ends_with(".amazonaws.com")
        && text(record, "/userIdentity/type") != "AWSService"
        && invoked_by != "AWS Internal"
        && !invoked_by.ends_with(".amazonaws.com")
        && text(record, "/errorCode") != "Client.DryRunOperation"
}

/// The verbs of the rule among those that are emulated.
const INSTANCE_VERBS: [&str; 10] = [
    "RunInstances",
    "RunScheduledInstances",
    "RequestSpotInstances",
    "StartInstances",
    "StopInstances",
    "TerminateInstances",
    "ModifyInstanceAttribute",
    "ModifyInstanceMetadataOptions",
    "UnmonitorInstances",
    "AssociateIamInstanceProfile",
];

fn changes_instances(record: &Value) -> bool {
    is_direct_ec2_call(record) && INSTANCE_VERBS.contains(&text(record, "/eventName"))
}

fn makes_images(record: &Value) -> bool {
    is_direct_ec2_call(record) && ["CreateImage", "CopyImage"].contains(&text(record, "/eventName"))
}

fn launches_unusual_type(record: &Value) -> bool {
    let plain = text(record, "/requestParameters/instanceType");
    let nested = text(record, "/requestParameters/instanceType/value");
    text(record, "/eventName") == "RunInstances"
        && text(record, "/eventSource") == "ec2.amazonaws.com"
        && [plain, nested].contains(&"p2.xlarge")
}

fn stops_instances(record: &Value) -> bool {
    text(record, "/eventName") == "StopInstances"
        && text(record, "/errorCode").is_empty()
        && text(record, "/errorMessage").is_empty()
}

fn shares_snapshot(record: &Value) -> bool {
    let items =
        record.pointer("/requestParameters/createVolumePermission/add/items").and_then(Value::as_array);
    text(record, "/errorCode").is_empty()
        && text(record, "/eventName") == "ModifySnapshotAttribute"
        && text(record, "/requestParameters/attributeType") == "CREATE_VOLUME_PERMISSION"
        && items.is_some_and(|items| {
            items.iter().any(|item| item["group"] == "all" || item["userId"].is_string())
        })
}

/// One of the operations, in any case, that succeeded.
fn azure_succeeded(record: &Value, operations: &[&str]) -> bool {
    let operation = text(record, "/operationName");
    operations.iter().any(|name| operation.eq_ignore_ascii_case(name))
        && ["Success", "Succeeded"].contains(&text(record, "/resultType"))
}

fn could_escalate_by_instance(record: &Value) -> bool {
    const NEEDED: [&str; 6] = [
        "compute.disks.create",
        "compute.instances.create",
        "compute.instances.setMetadata",
        "compute.instances.setServiceAccount",
        "compute.subnetworks.use",
        "compute.subnetworks.useExternalIp",
    ];
    let checked = record.pointer("/protoPayload/authorizationInfo").and_then(Value::as_array);
    let granted = |name: &&str| {
        checked.is_some_and(|checked| {
            checked.iter().any(|one| one["permission"] == **name && one["granted"] == true)
        })
    };
    record.pointer("/protoPayload/response/error").is_none()
        && text(record, "/protoPayload/methodName").ends_with("compute.instances.insert")
        && NEEDED.iter().all(granted)
}

fn snapshot_by_stranger(record: &Value) -> bool {
    record.pointer("/protoPayload/response/error").is_none()
        && text(record, "/protoPayload/methodName") == "v1.compute.snapshots.insert"
        && !text(record, "/protoPayload/authenticationInfo/principalEmail").ends_with("@your-domain.tld")
}

const RULES: &[(&str, Decision)] = &[
    ("AWS.Modify.Cloud.Compute.Infrastructure", changes_instances),
    ("AWS.EC2.Monitoring", makes_images),
    ("AWS.EC2.LaunchUnusualEC2Instances", launches_unusual_type),
    ("AWS.EC2.StopInstances", stops_instances),
    ("AWS.CloudTrail.SnapshotMadePublic", shares_snapshot),
    ("Azure.MonitorActivity.VirtualMachine.Deleted", |record| {
        azure_succeeded(record, &["Microsoft.Compute/virtualMachines/delete"])
    }),
    ("Azure.MonitorActivity.Compute.DiskDeleted", |record| {
        azure_succeeded(record, &["Microsoft.Compute/disks/delete"])
    }),
    ("Azure.MonitorActivity.Compute.SnapshotDeleted", |record| {
        azure_succeeded(record, &["Microsoft.Compute/snapshots/delete"])
    }),
    ("Azure.MonitorActivity.Compute.DiskSASURIGenerated", |record| {
        azure_succeeded(record, &["Microsoft.Compute/disks/beginGetAccess/action"])
    }),
    ("Azure.MonitorActivity.Compute.RestorePointCollectionDeleted", |record| {
        azure_succeeded(record, &["Microsoft.Compute/restorePointCollections/delete"])
    }),
    ("Azure.MonitorActivity.Compute.VMCommandExecuted", |record| {
        let scale_set = "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action";
        let machine = ["runCommand/action", "extensions/write"]
            .map(|end| format!("Microsoft.Compute/virtualMachines/{end}"));
        azure_succeeded(record, &[scale_set, &machine[0], &machine[1]])
    }),
    ("GCP.compute.instances.create.Privilege.Escalation", could_escalate_by_instance),
    ("GCP.Compute.Snapshot.UnexpectedDomain", snapshot_by_stranger),
];

/// A step, the rule, and on how many of the step's records the rule alerts.
const EXPECTED: &[(&str, &str, usize)] = &[
    ("{action: aws.ec2.RunInstances}", "AWS.Modify.Cloud.Compute.Infrastructure", 1),
    ("{action: aws.ec2.RunInstances, as: engineer}", "AWS.Modify.Cloud.Compute.Infrastructure", 1),
    ("{action: aws.ec2.RunInstances, outcome: denied}", "AWS.Modify.Cloud.Compute.Infrastructure", 1),
    ("{action: aws.ec2.RunInstances, outcome: dry-run}", "AWS.Modify.Cloud.Compute.Infrastructure", 0),
    ("{action: aws.ec2.RunInstances, as: scaling}", "AWS.Modify.Cloud.Compute.Infrastructure", 0),
    ("{action: aws.ec2.RunInstances, as: fleet-service}", "AWS.Modify.Cloud.Compute.Infrastructure", 0),
    ("{action: aws.ec2.DescribeInstances}", "AWS.Modify.Cloud.Compute.Infrastructure", 0),
    ("{action: aws.ec2.CreateSnapshot}", "AWS.Modify.Cloud.Compute.Infrastructure", 0),
    ("{action: aws.ec2.TerminateInstances}", "AWS.Modify.Cloud.Compute.Infrastructure", 1),
    ("{action: aws.ec2.RequestSpotInstances}", "AWS.Modify.Cloud.Compute.Infrastructure", 1),
    ("{action: aws.ec2.ModifyInstanceAttribute}", "AWS.Modify.Cloud.Compute.Infrastructure", 1),
    (
        "{action: aws.ec2.RunInstances, with: {instance_type: p2.xlarge}}",
        "AWS.EC2.LaunchUnusualEC2Instances",
        1,
    ),
    ("{action: aws.ec2.RunInstances}", "AWS.EC2.LaunchUnusualEC2Instances", 0),
    ("{action: aws.ec2.CreateImage}", "AWS.EC2.Monitoring", 1),
    ("{action: aws.ec2.CopyImage, outcome: dry-run}", "AWS.EC2.Monitoring", 0),
    ("{action: aws.ec2.StopInstances}", "AWS.EC2.StopInstances", 1),
    ("{action: aws.ec2.StopInstances, outcome: denied}", "AWS.EC2.StopInstances", 0),
    (
        "{action: aws.ec2.ModifySnapshotAttribute, with: {public: true}}",
        "AWS.CloudTrail.SnapshotMadePublic",
        1,
    ),
    ("{action: aws.ec2.ModifySnapshotAttribute, outcome: denied}", "AWS.CloudTrail.SnapshotMadePublic", 0),
    // Of the records of one Azure operation only the last says that it succeeded.
    ("{action: azure.compute.virtualMachines.delete}", "Azure.MonitorActivity.VirtualMachine.Deleted", 1),
    (
        "{action: azure.compute.virtualMachines.delete, outcome: started}",
        "Azure.MonitorActivity.VirtualMachine.Deleted",
        0,
    ),
    (
        "{action: azure.compute.virtualMachines.delete, outcome: denied}",
        "Azure.MonitorActivity.VirtualMachine.Deleted",
        0,
    ),
    ("{action: azure.compute.virtualMachines.write}", "Azure.MonitorActivity.VirtualMachine.Deleted", 0),
    ("{action: azure.compute.disks.delete}", "Azure.MonitorActivity.Compute.DiskDeleted", 1),
    ("{action: azure.compute.disks.beginGetAccess}", "Azure.MonitorActivity.Compute.DiskSASURIGenerated", 1),
    ("{action: azure.compute.snapshots.delete}", "Azure.MonitorActivity.Compute.SnapshotDeleted", 1),
    ("{action: azure.compute.snapshots.write}", "Azure.MonitorActivity.Compute.SnapshotDeleted", 0),
    (
        "{action: azure.compute.restorePointCollections.delete}",
        "Azure.MonitorActivity.Compute.RestorePointCollectionDeleted",
        1,
    ),
    (
        "{action: azure.compute.virtualMachines.runCommand}",
        "Azure.MonitorActivity.Compute.VMCommandExecuted",
        1,
    ),
    ("{action: azure.compute.virtualMachines.write}", "Azure.MonitorActivity.Compute.VMCommandExecuted", 0),
    // Permissions are only in the first entry of the pair.
    (
        "{action: gcp.compute.instances.insert, with: {service_account: a, startup_script: true}}",
        "GCP.compute.instances.create.Privilege.Escalation",
        1,
    ),
    (
        "{action: gcp.compute.instances.insert, with: {service_account: a, startup_script: true, api: beta}}",
        "GCP.compute.instances.create.Privilege.Escalation",
        1,
    ),
    ("{action: gcp.compute.instances.insert}", "GCP.compute.instances.create.Privilege.Escalation", 0),
    (
        "{action: gcp.compute.instances.insert, outcome: denied, with: {service_account: a, startup_script: true}}",
        "GCP.compute.instances.create.Privilege.Escalation",
        0,
    ),
    // The rule looks at both entries of the pair, and so alerts twice.
    ("{action: gcp.compute.snapshots.insert}", "GCP.Compute.Snapshot.UnexpectedDomain", 2),
    ("{action: gcp.compute.snapshots.insert, outcome: denied}", "GCP.Compute.Snapshot.UnexpectedDomain", 0),
];

fn decision(rule: &str) -> Decision {
    RULES.iter().find(|(name, _)| *name == rule).map(|(_, decision)| *decision).unwrap()
}

#[test]
fn the_rules_agree_with_their_own_events() {
    let Some(tests) = shared("oracles/panther_rule_tests.jsonl") else { return };
    let mut judged = 0;
    for line in std::fs::read_to_string(tests).unwrap().lines() {
        let test: Value = serde_json::from_str(line).unwrap();
        let Some((rule, decision)) = RULES.iter().find(|(rule, _)| test["rule_id"] == *rule) else {
            continue;
        };
        assert_eq!(Some(decision(&test["event"])), test["expected"].as_bool(), "{rule}: {}", test["test"]);
        judged += 1;
    }
    assert!(judged >= 25, "{judged} labelled events");
}

#[test]
fn the_rules_decide_as_expected_on_emulated_records() {
    for (step, rule, expected) in EXPECTED {
        let provider = step.trim_start_matches("{action: ").split('.').next().unwrap();
        let emulation = emulate(provider, &format!("      - {step}"), &Options::default());
        let alerts = emulation.records.iter().filter(|record| decision(rule)(&record.json)).count();
        assert_eq!(alerts, *expected, "{rule} on {step}");
    }
}
