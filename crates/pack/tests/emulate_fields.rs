//! An independent judge: every field of emulated records, with its type, stands in a recorded event or in
//! `documented_fields.yml` with the vendor's page.

use std::collections::{BTreeMap, BTreeSet};

use quarry_pack::emulate::Options;
use serde_json::Value;

use crate::{emulate::emulate, shared};

/// A path and the type of what stands there.
type Field = (String, &'static str);

/// Steps that show all of a record: each parameter, each kind of principal, each outcome.
const ACTIONS: &[(&str, &str)] = &[
    (
        "aws.ec2.RunInstances",
        "      - {id: all, action: aws.ec2.RunInstances, with: {count: 2, user_data: true, snapshot_id: snap-1, key_name: k, launch_template: lt-1, instance_profile: p, tag: t}}
      - {id: public, action: aws.ec2.RunInstances, as: engineer, with: {public_ip: true}}
      - {id: root, action: aws.ec2.RunInstances, as: root}
      - {id: service, action: aws.ec2.RunInstances, as: scaling, outcome: dry-run}
      - {id: denied, action: aws.ec2.RunInstances, outcome: denied, session: second}",
    ),
    (
        "aws.ec2.CreateSnapshot",
        "      - {id: all, action: aws.ec2.CreateSnapshot, with: {description: d, tag: t}}
      - {id: backup, action: aws.ec2.CreateSnapshot, as: backup}",
    ),
    (
        "aws.ec2.CreateVolume",
        "      - {id: empty, action: aws.ec2.CreateVolume, with: {encrypted: true}}
      - {id: copy, action: aws.ec2.CreateVolume, as: terraform, with: {snapshot_id: snap-1}}",
    ),
    (
        "azure.activity",
        "      - {id: all, action: azure.compute.virtualMachines.write, with: {custom_data: true}}
      - {id: denied, action: azure.compute.virtualMachines.write, as: terraform, outcome: denied}
      - {id: failed, action: azure.compute.virtualMachines.write, as: scaling, outcome: failed}",
    ),
    (
        "gcp.compute.instances.insert",
        "      - {id: all, action: gcp.compute.instances.insert, with: {service_account: a, accelerator: b, startup_script: true, snapshot: s}}
      - {id: image, action: gcp.compute.instances.insert, as: stolen-role, with: {machine_image: m}}
      - {id: template, action: gcp.compute.instances.insert, with: {instance_template: t}}
      - {id: disk, action: gcp.compute.instances.insert, with: {disk: d}}
      - {id: denied, action: gcp.compute.instances.insert, outcome: denied}
      - {id: failed, action: gcp.compute.instances.insert, outcome: failed}",
    ),
];

/// Below these a recorded event must be of the same operation; elsewhere one of the same log will do.
const BODIES: [&str; 3] = ["/requestParameters/", "/responseElements/", "/protoPayload/request/"];

fn fields(value: &Value, path: &str, into: &mut BTreeSet<Field>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !path.is_empty() {
        into.insert((path.to_owned(), kind));
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                fields(member, &format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, &format!("{path}/[]"), into)),
        _ => {}
    }
}

/// What is emulated, by whose it is.
fn emulated() -> BTreeMap<String, BTreeSet<Field>> {
    let mut all: BTreeMap<String, BTreeSet<Field>> = BTreeMap::new();
    for (of, steps) in ACTIONS {
        let provider = of.split('.').next().unwrap();
        for shape in ["", "rest"] {
            if shape == "rest" && provider != "azure" {
                continue;
            }
            let options = Options { shape: shape.to_owned(), ..Options::default() };
            let key = if shape.is_empty() { (*of).to_owned() } else { format!("{of}.rest") };
            for record in emulate(provider, steps, &options).records {
                fields(&record.json, "", all.entry(key.clone()).or_default());
            }
        }
    }
    all
}

/// The documented fields, by whose they are.
fn documented() -> BTreeMap<String, BTreeMap<String, String>> {
    #[derive(serde::Deserialize)]
    struct Entry {
        page: String,
        of: String,
        fields: BTreeMap<String, String>,
    }
    let entries: Vec<Entry> = serde_saphyr::from_str(include_str!("documented_fields.yml")).unwrap();
    let mut all: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for entry in entries {
        let vendors = [
            "https://docs.aws.amazon.com/",
            "https://learn.microsoft.com/",
            "https://cloud.google.com/",
            "https://protobuf.dev/",
        ];
        assert!(
            vendors.iter().any(|vendor| entry.page.starts_with(vendor)),
            "{} is no vendor's page",
            entry.page
        );
        for (path, kind) in entry.fields {
            let before = all.entry(entry.of.clone()).or_default().insert(path.clone(), kind);
            assert!(before.is_none(), "{path} is documented twice");
        }
    }
    all
}

/// Fields of recorded events: of the operation, and of the log as a whole.
#[derive(Default)]
struct Recorded {
    operation: BTreeSet<Field>,
    log: BTreeSet<Field>,
}

fn recorded(events: &str) -> BTreeMap<String, Recorded> {
    let mut all: BTreeMap<String, Recorded> = BTreeMap::new();
    let keys = ACTIONS.iter().map(|(of, _)| (*of).to_owned()).chain(["azure.activity.rest".to_owned()]);
    let keys: Vec<String> = keys.collect();
    for line in events.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| entry[name].as_str().unwrap_or_default();
        if !text("kind").starts_with("recorded") {
            continue;
        }
        let mut found = BTreeSet::new();
        fields(&entry["event"], "", &mut found);
        for of in &keys {
            let provider = of.split('.').next().unwrap();
            let is_rest = entry["event"]["operationName"].is_object();
            let is_form = match of.as_str() {
                "azure.activity" => text("op").contains('/'),
                "azure.activity.rest" => is_rest,
                _ => true,
            };
            if text("cloud") != provider || !is_form {
                continue;
            }
            let mut found = found.clone();
            if of == "azure.activity" && is_rest {
                // The export has the properties of the REST form, by the table of the vendor's schema page.
                found.retain(|(path, _)| path.starts_with("/properties/"));
            }
            let into = all.entry(of.clone()).or_default();
            let operation = of.rsplit('.').next().unwrap();
            let same = match provider {
                "gcp" => text("op").ends_with("compute.instances.insert"),
                _ => text("op") == operation,
            };
            if same {
                into.operation.extend(found.iter().cloned());
            }
            into.log.extend(found.iter().cloned());
        }
    }
    all
}

#[test]
fn every_field_is_recorded_or_documented() {
    let Some(events) = shared("data/events.jsonl") else { return };
    let recorded = recorded(&std::fs::read_to_string(events).unwrap());
    let documented = documented();
    let mut unknown = Vec::new();
    let (mut by_record, mut by_page) = (0, 0);
    for (of, fields) in emulated() {
        for (path, kind) in fields {
            let body = BODIES.iter().any(|body| path.starts_with(body));
            let field = (path.clone(), kind);
            let is_recorded = recorded.get(&of).is_some_and(|recorded| {
                recorded.operation.contains(&field) || (!body && recorded.log.contains(&field))
            });
            if is_recorded {
                by_record += 1;
            } else if documented
                .get(&of)
                .and_then(|fields| fields.get(&path))
                .is_some_and(|documented| documented == kind)
            {
                by_page += 1;
            } else {
                unknown.push(format!("{of} {path}: {kind}"));
            }
        }
    }
    assert!(unknown.is_empty(), "neither recorded nor documented:\n{}", unknown.join("\n"));
    assert!(by_record > 250 && by_page > 100, "{by_record} recorded, {by_page} documented");
}

/// Needs no recorded events: the list has nothing that is not emulated, and no other type.
#[test]
fn documented_fields_are_emulated() {
    let emulated = emulated();
    let mut idle = Vec::new();
    for (of, fields) in documented() {
        for (path, kind) in fields {
            let known = emulated.get(&of).is_some_and(|emulated| {
                emulated.iter().any(|(emulated, of_kind)| *emulated == path && *of_kind == kind)
            });
            if !known {
                idle.push(format!("{of} {path}: {kind}"));
            }
        }
    }
    assert!(idle.is_empty(), "documented and not emulated:\n{}", idle.join("\n"));
}
