//! Google Cloud audit log entries.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Record, after, rfc3339};
use crate::random::Random;

/// Who calls, from where, with what.
#[derive(Debug, Clone)]
pub struct Caller {
    /// E-mail of a person or service account.
    pub email: String,
    /// Source address; `private` for Google's own services.
    pub address: String,
    /// User agent.
    pub agent: String,
}

/// One call of the Compute Engine API.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// Method with its version, such as `v1.compute.instances.insert`.
    pub method: &'a str,
    /// Permission checked.
    pub permission: &'a str,
    /// Project.
    pub project: &'a str,
    /// Zone (or region) of the resource.
    pub zone: &'a str,
    /// Resource name below the zone, such as `instances/web-1`.
    pub resource: &'a str,
    /// Type of the monitored resource.
    pub kind: &'a str,
    /// Members of the request besides its type.
    pub request: Value,
}

/// A failure: code, message.
pub type Failure = (u32, &'static str);

/// The two entries of a long-running operation, the second some seconds later; with a failure the
/// second one says so.
pub fn operation(
    random: &mut Random,
    caller: &Caller,
    call: &Call<'_>,
    time: Timestamp,
    failure: Option<Failure>,
) -> Vec<Record> {
    let identifier = format!(
        "operation-{}-{}-{}-{}",
        time.as_millisecond(),
        random.hex("6", 12),
        random.hex("", 8),
        random.hex("", 8)
    );
    let instance = random.digits("7", 18);
    let mut first = entry(random, caller, call, time, &instance);
    first["operation"] = json!({"id": identifier, "producer": "compute.googleapis.com", "first": true});
    first["protoPayload"]["response"] = json!({
        "@type": "type.googleapis.com/operation",
        "id": random.digits("5", 18),
        "name": identifier,
        "operationType": "insert",
        "progress": "0",
        "status": "RUNNING",
        "targetId": instance,
        "targetLink": format!("https://www.googleapis.com/compute/v1/{}", resource_name(call)),
        "user": caller.email
    });
    let ends = after(time, 11_400);
    let mut last = entry(random, caller, call, ends, &instance);
    last["operation"] = json!({"id": identifier, "producer": "compute.googleapis.com", "last": true});
    if let Some(payload) = last["protoPayload"].as_object_mut() {
        payload.shift_remove("authorizationInfo");
        payload.shift_remove("resourceLocation");
    }
    last["protoPayload"]["request"] = json!({"@type": request_type(call)});
    if let Some(failure) = failure {
        fail(&mut last, failure);
    }
    vec![Record { time, body: first }, Record { time: ends, body: last }]
}

/// The single entry of a call that is answered at once: a read, or a refusal.
pub fn single(
    random: &mut Random,
    caller: &Caller,
    call: &Call<'_>,
    time: Timestamp,
    failure: Option<Failure>,
) -> Record {
    let instance = random.digits("7", 18);
    let mut body = entry(random, caller, call, time, &instance);
    if let Some(failure) = failure {
        fail(&mut body, failure);
        let denied = failure.0 == 7;
        body["protoPayload"]["authorizationInfo"][0]["granted"] = json!(!denied);
    }
    Record { time, body }
}

fn fail(body: &mut Value, (code, message): Failure) {
    body["severity"] = json!("ERROR");
    body["protoPayload"]["status"] = json!({"code": code, "message": message});
}

fn resource_name(call: &Call<'_>) -> String {
    format!("projects/{}/zones/{}/{}", call.project, call.zone, call.resource)
}

fn request_type(call: &Call<'_>) -> String {
    let bare = call.method.find("compute.").map_or(call.method, |at| &call.method[at..]);
    format!("type.googleapis.com/{bare}")
}

fn entry(random: &mut Random, caller: &Caller, call: &Call<'_>, time: Timestamp, instance: &str) -> Value {
    let name = resource_name(call);
    let mut request = json!({"@type": request_type(call)});
    if let (Some(into), Some(members)) = (request.as_object_mut(), call.request.as_object()) {
        into.extend(members.clone());
    }
    let region = call.zone.get(..call.zone.len().saturating_sub(2)).unwrap_or_default();
    json!({
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "authenticationInfo": {
                "principalEmail": caller.email,
                "principalSubject": subject(&caller.email)
            },
            "requestMetadata": {
                "callerIp": caller.address,
                "callerSuppliedUserAgent": caller.agent,
                "requestAttributes": {"time": rfc3339(after(time, 400), 6), "auth": {}},
                "destinationAttributes": {}
            },
            "serviceName": "compute.googleapis.com",
            "methodName": call.method,
            "authorizationInfo": [{
                "permission": call.permission,
                "granted": true,
                "resource": name,
                "resourceAttributes": {"service": "compute", "name": name, "type": "compute.instances"}
            }],
            "resourceName": name,
            "request": request,
            "resourceLocation": {"currentLocations": [region]}
        },
        "insertId": random.word("-", 11),
        "resource": {
            "type": call.kind,
            "labels": {"project_id": call.project, "zone": call.zone, "instance_id": instance}
        },
        "timestamp": rfc3339(time, 6),
        "severity": "NOTICE",
        "logName": format!("projects/{}/logs/cloudaudit.googleapis.com%2Factivity", call.project),
        "receiveTimestamp": rfc3339(after(time, 800 + i64::try_from(random.below(900)).unwrap_or(0)), 9)
    })
}

fn subject(email: &str) -> String {
    let kind = if email.ends_with("gserviceaccount.com") { "serviceAccount" } else { "user" };
    format!("{kind}:{email}")
}
