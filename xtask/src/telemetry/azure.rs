//! Azure Activity Log records, as exported (storage account, Event Hub) and as the REST API gives them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Record, after, rfc3339};
use crate::random::Random;

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// User principal name, or the application id of a service principal.
    pub name: String,
    /// Object id.
    pub object: String,
    /// Whether it is a person.
    pub is_user: bool,
    /// Source address.
    pub address: String,
    /// Directory.
    pub tenant: String,
}

/// One operation on one resource, which gives several records.
#[derive(Debug, Clone)]
pub struct Operation<'a> {
    /// Name in the provider's own case, such as `Microsoft.Compute/virtualMachines/write`.
    pub name: &'a str,
    /// Resource in mixed case.
    pub resource: String,
    /// Where the resource is.
    pub location: &'a str,
    /// Identifier shared by the records of one request.
    pub correlation: String,
    /// Body of the request, as text in the records; empty for none.
    pub request_body: String,
}

/// How far an operation gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Start only.
    Started,
    /// Start, Accept, Success.
    Succeeded,
    /// Start and Success.
    Immediate,
    /// Start and Failure with a status code.
    Failed(&'static str),
}

struct Step {
    delay: i64,
    /// Words of the export: result type, result signature.
    export: (&'static str, String),
    /// Words of the REST API: status, substatus.
    rest: (&'static str, &'static str),
    code: &'static str,
}

fn steps(end: End) -> Vec<Step> {
    let start = Step { delay: 0, export: ("Start", "Started.".to_owned()), rest: ("Started", ""), code: "" };
    let accept = Step {
        delay: 2_300,
        export: ("Accept", "Accepted.Created".to_owned()),
        rest: ("Accepted", "Created"),
        code: "Created",
    };
    let success = |delay| Step {
        delay,
        export: ("Success", "Succeeded.".to_owned()),
        rest: ("Succeeded", ""),
        code: "OK",
    };
    match end {
        End::Started => vec![start],
        End::Immediate => vec![start, success(900)],
        End::Succeeded => vec![start, accept, success(41_000)],
        End::Failed(code) => {
            let failure = Step {
                delay: 1_100,
                export: ("Failure", format!("Failed.{code}")),
                rest: ("Failed", code),
                code,
            };
            vec![start, failure]
        }
    }
}

fn claims(caller: &Caller, time: Timestamp) -> Value {
    const SOAP: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";
    const MICROSOFT: &str = "http://schemas.microsoft.com/";
    let issued = time.as_second() - 600;
    let mut claims = json!({
        "aud": "https://management.core.windows.net/",
        "iss": format!("https://sts.windows.net/{}/", caller.tenant),
        "iat": issued.to_string(),
        "nbf": issued.to_string(),
        "exp": (issued + 5_000).to_string(),
        "ver": "1.0"
    });
    claims[format!("{MICROSOFT}identity/claims/tenantid")] = json!(caller.tenant);
    claims[format!("{MICROSOFT}identity/claims/objectidentifier")] = json!(caller.object);
    claims[format!("{SOAP}nameidentifier")] = json!(caller.object);
    if caller.is_user {
        claims["appid"] = json!("04b07795-8ddb-461a-bbee-02f9e1bf7b46");
        claims["appidacr"] = json!("0");
        claims["ipaddr"] = json!(caller.address);
        claims["name"] = json!(caller.name.split('@').next().unwrap_or_default());
        claims[format!("{MICROSOFT}claims/authnmethodsreferences")] = json!("pwd,mfa");
        claims[format!("{SOAP}upn")] = json!(caller.name);
        claims[format!("{SOAP}name")] = json!(caller.name);
    } else {
        claims["appid"] = json!(caller.name);
        claims["appidacr"] = json!("1");
    }
    claims
}

fn authorization(caller: &Caller, operation: &Operation<'_>) -> Value {
    let kind = if caller.is_user { "User" } else { "ServicePrincipal" };
    json!({
        "scope": operation.resource,
        "action": operation.name,
        "evidence": {
            "role": "Contributor",
            "roleAssignmentScope": operation.resource.split("/resourceGroups/").next().unwrap_or_default(),
            "roleAssignmentId": "5d1c6d5f0f7b4c7e9a52c5e7f0a1b2c3",
            "roleDefinitionId": "b24988ac618042a0ab8820f7382dd24c",
            "principalId": caller.object.replace('-', ""),
            "principalType": kind
        }
    })
}

/// The records of an operation as diagnostic settings export them.
pub fn exported(
    random: &mut Random,
    caller: &Caller,
    operation: &Operation<'_>,
    time: Timestamp,
    end: End,
) -> Vec<Record> {
    let record = |step: Step| {
        let at = after(time, step.delay);
        let mut properties = json!({
            "eventCategory": "Administrative",
            "entity": operation.resource,
            "message": operation.name,
            "hierarchy": format!("{}/{}", caller.tenant, subscription(&operation.resource))
        });
        if !step.code.is_empty() {
            properties["statusCode"] = json!(step.code);
            properties["serviceRequestId"] = json!(random.uuid());
        }
        if step.export.0 == "Start" && !operation.request_body.is_empty() {
            properties["requestbody"] = json!(operation.request_body);
        }
        let body = json!({
            "RoleLocation": "West Europe",
            "time": format!("{}{}Z", rfc3339(at, 6).trim_end_matches('Z'), random.below(10)),
            "resourceId": operation.resource.to_uppercase(),
            "operationName": operation.name.to_uppercase(),
            "category": "Administrative",
            "resultType": step.export.0,
            "resultSignature": step.export.1,
            "durationMs": step.delay.to_string(),
            "callerIpAddress": caller.address,
            "correlationId": operation.correlation,
            "identity": {"authorization": authorization(caller, operation), "claims": claims(caller, time)},
            "level": if step.export.0 == "Failure" { "Error" } else { "Information" },
            "location": operation.location,
            "tenantId": caller.tenant,
            "properties": properties
        });
        Record { time: at, body }
    };
    steps(end).into_iter().map(record).collect()
}

/// The records of an operation as `az monitor activity-log list` prints them.
pub fn listed(
    random: &mut Random,
    caller: &Caller,
    operation: &Operation<'_>,
    time: Timestamp,
    end: End,
) -> Vec<Record> {
    let both = |value: &str| json!({"value": value, "localizedValue": value});
    let request = random.uuid();
    let record = |step: Step| {
        let at = after(time, step.delay);
        let event = random.uuid();
        let subscription = subscription(&operation.resource);
        let ticks = random.digits("6390", 14);
        let group = operation.resource.split('/').nth(4).unwrap_or_default();
        let provider = operation.name.split('/').next().unwrap_or_default();
        let kind = operation.name.rsplit_once('/').map_or("", |(kind, _)| kind);
        let id = format!("{}/events/{event}/ticks/{ticks}", operation.resource);
        let begins = step.rest.0 == "Started";
        let body = json!({
            "authorization": authorization(caller, operation),
            "caller": caller.name,
            "channels": "Operation",
            "claims": claims(caller, time),
            "correlationId": operation.correlation,
            "description": "",
            "eventDataId": event,
            "eventName": {
                "value": if begins { "BeginRequest" } else { "EndRequest" },
                "localizedValue": if begins { "Begin request" } else { "End request" }
            },
            "category": both("Administrative"),
            "eventTimestamp": rfc3339(at, 6),
            "httpRequest": {
                "clientRequestId": request,
                "clientIpAddress": caller.address,
                "method": "PUT"
            },
            "id": id,
            "level": if step.rest.0 == "Failed" { "Error" } else { "Informational" },
            "operationId": operation.correlation,
            "operationName": both(operation.name),
            "properties": {
                "statusCode": step.code,
                "requestbody": if begins { operation.request_body.as_str() } else { "" },
                "eventCategory": "Administrative",
                "entity": operation.resource
            },
            "resourceGroupName": group,
            "resourceId": operation.resource,
            "resourceProviderName": both(provider),
            "resourceType": both(kind),
            "status": both(step.rest.0),
            "subStatus": both(step.rest.1),
            "submissionTimestamp": rfc3339(after(at, 95_000), 6),
            "subscriptionId": subscription,
            "tenantId": caller.tenant
        });
        Record { time: at, body }
    };
    steps(end).into_iter().map(record).collect()
}

fn subscription(resource: &str) -> &str {
    resource.split('/').nth(2).unwrap_or_default()
}
