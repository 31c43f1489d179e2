//! A plain reading of log files: whole values by `serde_json`, containers taken apart one by one.

use std::io::Read;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

/// The JSON values of a file; none if it is not JSON from end to end.
pub fn values(bytes: &[u8]) -> Option<Vec<Value>> {
    let plain = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut plain).ok()?;
        plain
    } else {
        bytes.to_vec()
    };
    let found: Vec<Value> =
        serde_json::Deserializer::from_slice(&plain).into_iter().collect::<Result<_, _>>().ok()?;
    let only_containers = found.iter().all(|value| value.is_object() || value.is_array());
    (only_containers && !found.is_empty()).then_some(found)
}

/// The innermost records of a value.
pub fn records(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.iter().flat_map(records).collect(),
        Value::Object(_) => inner(value).map_or_else(|| vec![value.clone()], |inner| records(&inner)),
        _ => Vec::new(),
    }
}

/// A row of Log Analytics' table of Entra's audit log as the record that it was made of.
fn row_of_table(value: &Value) -> Option<Value> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let is_audit =
        text("ResourceId")?.to_lowercase().contains("microsoft.aadiam") && value.get("InitiatedBy").is_some();
    let (time, operation) = (text("TimeGenerated")?, text("OperationName")?);
    let inner = |name: &str| text(name).and_then(|text| serde_json::from_str::<Value>(text).ok());
    let properties = serde_json::json!({
        "initiatedBy": inner("InitiatedBy"),
        "targetResources": inner("TargetResources"),
        "result": value.get("Result"),
    });
    is_audit.then(|| serde_json::json!({"time": time, "operationName": operation, "properties": properties}))
}

fn inner(value: &Value) -> Option<Value> {
    const LISTS: [&str; 8] =
        ["Records", "records", "value", "Events", "events", "logEvents", "receivedMessages", "entries"];
    let objects = |list: &&Value| list.as_array().is_some_and(|items| items.iter().any(Value::is_object));
    if is_record(value) {
        return None;
    }
    if let Some(record) = row_of_table(value) {
        return Some(record);
    }
    if let Some(list) = LISTS.iter().filter_map(|name| value.get(name)).find(objects) {
        return Some(list.clone());
    }
    for (outer, name) in [
        ("", "CloudTrailEvent"),
        ("", "event"),
        ("", "_raw"),
        ("", "message"),
        ("", "Message"),
        ("event", "original"),
        ("result", "_raw"),
    ] {
        let holder = if outer.is_empty() { Some(value) } else { value.get(outer) };
        let text = holder.and_then(|holder| holder.get(name)).and_then(Value::as_str);
        if let Some(found) =
            text.and_then(|text| serde_json::from_str::<Value>(text).ok()).filter(Value::is_object)
        {
            return Some(found);
        }
    }
    let encoded = value.pointer("/message/data").or_else(|| value.get("data")).and_then(Value::as_str);
    if let Some(bytes) = encoded.and_then(|text| STANDARD.decode(text).ok()) {
        return serde_json::from_slice(&bytes).ok();
    }
    let nested = ["detail", "event", "data"].into_iter().filter_map(|name| value.get(name));
    let is_known = |nested: &&Value| is_record(nested) || row_of_table(nested).is_some();
    nested.filter(|nested| nested.is_object()).find(is_known).cloned()
}

fn is_record(value: &Value) -> bool {
    kind(value).is_some()
}

/// The log a record belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    CloudTrail,
    Activity,
    ActivityRest,
    ActivitySdk,
    Entra,
}

/// The log a record belongs to, as far as the founding queries look at it.
pub fn kind(record: &Value) -> Option<Kind> {
    let is_text = |name: &str| record.get(name).is_some_and(Value::is_string);
    if is_text("eventSource") && is_text("eventName") && record.get("CloudTrailEvent").is_none() {
        return Some(Kind::CloudTrail);
    }
    if record.pointer("/operationName/value").is_some() {
        return Some(Kind::ActivityRest);
    }
    if record.pointer("/operation_name/value").is_some() {
        return Some(Kind::ActivitySdk);
    }
    if !(is_text("operationName") && is_text("time")) {
        return None;
    }
    const SIGN_IN: [&str; 9] = [
        "activityDisplayName",
        "activityDateTime",
        "initiatedBy",
        "targetResources",
        "conditionalAccessStatus",
        "appDisplayName",
        "servicePrincipalName",
        "riskLevel",
        "createdDateTime",
    ];
    let properties = record.get("properties").filter(|properties| properties.is_object());
    if properties.is_some_and(|properties| SIGN_IN.iter().any(|name| properties.get(name).is_some())) {
        return Some(Kind::Entra);
    }
    const CATEGORIES: [&str; 11] = [
        "Administrative",
        "Write",
        "Delete",
        "Action",
        "Security",
        "ServiceHealth",
        "Alert",
        "Recommendation",
        "Policy",
        "Autoscale",
        "ResourceHealth",
    ];
    let category = record.get("category").and_then(Value::as_str);
    category.is_some_and(|category| CATEGORIES.contains(&category)).then_some(Kind::Activity)
}
