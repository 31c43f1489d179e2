//! The two founding queries, read by hand: the row of a record, if it has one.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::reading::{Kind, kind};

/// The first text that a list of pointers leads to.
fn first(record: &Value, pointers: &[&str]) -> Option<String> {
    pointers.iter().find_map(|pointer| match record.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        number @ Value::Number(_) => Some(number.to_string()),
        _ => None,
    })
}

/// The same where a JSON null is the text `null`, as Splunk extracts it.
fn extracted(record: &Value, pointers: &[&str]) -> Option<String> {
    pointers.iter().find_map(|pointer| match record.pointer(pointer)? {
        Value::Null => Some("null".to_owned()),
        _ => first(record, &[pointer]),
    })
}

fn instant(record: &Value, pointers: &[&str]) -> Option<Timestamp> {
    let text = first(record, pointers)?;
    let civil = || text.parse::<DateTime>().ok().and_then(|civil| civil.to_zoned(TimeZone::UTC).ok());
    let found = text.parse::<Timestamp>().ok().or_else(|| civil().map(|zoned| zoned.timestamp()))?;
    Timestamp::from_microsecond(found.as_microsecond()).ok()
}

fn event_time(record: &Value, kind: Kind) -> Option<Timestamp> {
    let pointers: &[&str] = match kind {
        Kind::CloudTrail => &["/eventTime", "/@timestamp"],
        Kind::Activity | Kind::Entra => &["/time", "/eventTimestamp"],
        Kind::ActivityRest => &["/eventTimestamp", "/submissionTimestamp", "/time"],
        Kind::ActivitySdk => &["/event_timestamp", "/submission_timestamp"],
    };
    instant(record, pointers)
}

fn row(cells: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let cells = cells.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(cells.collect::<Map<_, _>>())
}

/// The row of the SPL on plain JSON fields; a record without a time lies in no time range.
pub fn spl(record: &Value) -> Option<Value> {
    let kind = kind(record)?;
    let time = event_time(record, kind)?;
    let aws = kind == Kind::CloudTrail;
    let get = |pointers: &[&str]| extracted(record, pointers);
    let (actor, source, scope, account) = if aws {
        if get(&["/eventName"])? != "RunInstances"
            || get(&["/errorCode"]).is_some_and(|code| !code.is_empty())
        {
            return None;
        }
        let actor = get(&["/userIdentity/arn", "/userIdentity/userName"]);
        (actor, get(&["/sourceIPAddress"]), get(&["/awsRegion"]), get(&["/recipientAccountId"]))
    } else if kind == Kind::Entra {
        return None;
    } else {
        let operation = get(&["/operationName"])?.to_lowercase();
        let status = get(&["/status"])?.to_lowercase();
        if !operation.contains("microsoft.compute/virtualmachines/write") || !status.contains("succeeded") {
            return None;
        }
        (get(&["/caller"]), get(&["/callerIpAddress"]), get(&["/resourceGroup"]), get(&["/subscriptionId"]))
    };
    let provider = if aws { "AWS" } else { "Azure" };
    Some(row([
        ("_time", Some(json!(time.to_string()))),
        ("CloudProvider", Some(json!(provider))),
        ("Actor", Some(json!(actor.unwrap_or_else(|| "unknown".to_owned())))),
        ("SourceIP", source.map(Value::from)),
        ("SuccessStatus", Some(json!("Succeeded"))),
        ("Scope", scope.map(Value::from)),
        ("AccountScope", account.map(Value::from)),
    ]))
}

const CLAIMS: &str = "/identity/claims/http:~1~1schemas.xmlsoap.org~1ws~12005~105~1identity~1claims~1";

fn cloudtrail_user(record: &Value) -> Option<String> {
    if first(record, &["/userIdentity/type"]).as_deref() == Some("Root") {
        return Some("Root".to_owned());
    }
    let from_arn = || {
        let arn = first(record, &["/userIdentity/arn"])?;
        let (_, resource) = arn.rsplit_once(':')?;
        let (what, rest) = resource.split_once('/')?;
        match what {
            "assumed-role" => rest.split_once('/').map(|(_, session)| session.to_owned()),
            "user" | "federated-user" => Some(rest.to_owned()),
            _ => None,
        }
    };
    first(record, &["/userIdentity/userName", "/userIdentity/sessionContext/sessionIssuer/userName"])
        .or_else(from_arn)
        .or_else(|| first(record, &["/userIdentity/invokedBy", "/userIdentity/principalId"]))
}

fn user(record: &Value, kind: Kind) -> Option<String> {
    match kind {
        Kind::CloudTrail => cloudtrail_user(record),
        Kind::Activity => {
            let named = ["upn", "emailaddress", "name"].map(|name| format!("{CLAIMS}{name}"));
            let pointers: Vec<&str> = named.iter().map(String::as_str).collect();
            first(record, &pointers)
                .or_else(|| first(record, &["/identity/claims/name", "/identity/claims/appid", "/caller"]))
        }
        Kind::ActivityRest | Kind::ActivitySdk => first(record, &["/caller", "/claims/name"]),
        Kind::Entra => first(
            record,
            &[
                "/properties/userPrincipalName",
                "/properties/initiatedBy/user/userPrincipalName",
                "/properties/servicePrincipalName",
                "/properties/initiatedBy/app/displayName",
                "/identity",
            ],
        ),
    }
}

/// What follows a marker in a path, ignoring case, up to the next slash.
fn after(path: &str, marker: &str) -> Option<String> {
    let start = path.to_ascii_lowercase().find(marker)? + marker.len();
    path[start..].split('/').next().filter(|part| !part.is_empty()).map(str::to_owned)
}

fn provider_type(path: &str) -> Option<String> {
    let start = path.to_ascii_lowercase().find("/providers/")? + "/providers/".len();
    let mut parts = path[start..].split('/');
    Some(format!("{}/{}", parts.next()?, parts.next()?).to_uppercase())
}

/// (operation, resource type, result, resource group, subscription)
fn properties(record: &Value, kind: Kind) -> [Option<String>; 5] {
    let get = |pointers: &[&str]| first(record, pointers);
    let azure = |operation: &str, resource: &[&str], result: &str| {
        let resource = get(resource).unwrap_or_default();
        let (group, subscription) =
            (after(&resource, "/resourcegroups/"), after(&resource, "/subscriptions/"));
        [get(&[operation]), provider_type(&resource), get(&[result]), group, subscription]
    };
    match kind {
        Kind::CloudTrail => {
            let service = get(&["/eventSource"]).and_then(|name| name.split('.').next().map(str::to_owned));
            [get(&["/eventName"]), get(&["/resources/0/type"]).or(service), None, None, None]
        }
        Kind::Activity => {
            azure("/operationName", &["/resourceId", "/identity/authorization/scope"], "/resultType")
        }
        Kind::ActivityRest => azure(
            "/operationName/value",
            &["/resourceId", "/resourceUri", "/authorization/scope"],
            "/status/value",
        ),
        Kind::ActivitySdk => {
            azure("/operation_name/value", &["/resource_id", "/authorization/scope"], "/status/value")
        }
        Kind::Entra => {
            let result = get(&["/resultType", "/properties/result"]);
            [get(&["/operationName"]), get(&["/properties/targetResources/0/type"]), result, None, None]
        }
    }
}

/// `text ILIKE '%one%two%...'`.
fn has(text: &str, parts: &[&str]) -> bool {
    let lower = text.to_lowercase();
    let mut rest = lower.as_str();
    parts.iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// The row of the AQL; a record without a time lies in no time range.
pub fn aql(record: &Value) -> Option<Value> {
    let kind = kind(record)?;
    let time = event_time(record, kind)?;
    let user = user(record, kind);
    let [operation, resource_type, result, group, subscription] = properties(record, kind);
    let named = operation.clone().unwrap_or_default();
    if kind == Kind::CloudTrail {
        let user = user.as_deref()?;
        let relevant =
            ["compute", "instance", "snapshot", "virtualmachine"].iter().any(|word| has(&named, &[word]));
        if !relevant || has(user, &["azure", "automation"]) || has(user, &["backup", "service"]) {
            return None;
        }
    }
    let score = match () {
        () if has(&named, &["delete"]) || has(&named, &["destroy"]) => 90,
        () if has(&named, &["snapshot"]) && result.as_deref() == Some("Success") => 70,
        () if has(&named, &["create", "instance"]) => 60,
        () => 40,
    };
    let alert = [
        ("delete", "Cloud Resource Deletion"),
        ("snapshot", "Snapshot Operation"),
        ("create", "Cloud Resource Creation"),
    ]
    .into_iter()
    .find(|(word, _)| has(&named, &[word]))
    .map_or("Cloud Modification", |(_, alert)| alert);
    let text = |value: Option<String>| value.map(Value::from);
    Some(row([
        ("EventTime", Some(json!(time.strftime("%Y-%m-%d %H:%M:%S").to_string()))),
        ("username", text(user)),
        ("CloudOperation", text(operation)),
        ("CloudResource", text(resource_type)),
        ("ResourceGroup", text(group)),
        ("SubscriptionId", text(subscription)),
        ("RiskScore", Some(json!(score))),
        ("AlertType", Some(json!(alert))),
    ]))
}
