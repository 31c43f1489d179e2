//! Made-up audit records of three clouds.

use serde_json::{Value, json};

/// A CloudTrail record; `number` makes it its own.
pub fn cloudtrail(number: usize, name: &str, user: &str) -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "userName": user, "accountId": "111122223333",
            "arn": format!("arn:aws:iam::111122223333:user/{user}")},
        "eventTime": time(number),
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": format!("198.51.100.{}", number % 250),
        "requestParameters": null,
        "responseElements": {"instancesSet": {"items": [{"instanceId": format!("i-{number}")}]}},
        "eventID": format!("00000000-0000-4000-8000-{number:012}"),
        "recipientAccountId": "111122223333",
    })
}

/// An Activity Log record as storage and Event Hub exports write it.
pub fn activity(number: usize, operation: &str, result: &str, user: &str) -> Value {
    json!({
        "time": time(number),
        "resourceId": format!("/SUBSCRIPTIONS/5AB1E000/RESOURCEGROUPS/GROUP-{number}/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM"),
        "operationName": operation,
        "category": "Administrative",
        "resultType": result,
        "callerIpAddress": format!("203.0.113.{}", number % 250),
        "correlationId": format!("11111111-0000-4000-8000-{number:012}"),
        "identity": {"claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": user}},
        "location": "global",
    })
}

/// An Activity Log record as REST and the command line write it.
pub fn activity_rest(number: usize, operation: &str, status: &str, user: &str) -> Value {
    let text = |value: &str| json!({"value": value, "localizedValue": value});
    json!({
        "caller": user,
        "correlationId": format!("22222222-0000-4000-8000-{number:012}"),
        "eventDataId": format!("33333333-0000-4000-8000-{number:012}"),
        "eventTimestamp": time(number),
        "httpRequest": {"clientIpAddress": format!("203.0.113.{}", number % 250), "method": "PUT"},
        "operationName": text(operation),
        "resourceId": format!("/subscriptions/5ab1e000/resourceGroups/group-{number}/providers/Microsoft.Compute/virtualMachines/vm"),
        "status": text(status),
        "subStatus": text(""),
        "category": text("Administrative"),
    })
}

/// An Entra sign-in record.
pub fn sign_in(number: usize, operation: &str, result: &str, user: &str) -> Value {
    json!({
        "time": time(number),
        "resourceId": "/tenants/44444444/providers/Microsoft.aadiam",
        "operationName": operation,
        "category": "SignInLogs",
        "resultType": result,
        "callerIpAddress": "192.0.2.7",
        "correlationId": format!("55555555-0000-4000-8000-{number:012}"),
        "identity": "someone",
        "properties": {"userPrincipalName": user, "appDisplayName": "Portal", "createdDateTime": time(number),
            "status": {"errorCode": 0}},
    })
}

/// A Cloud Audit Logs entry.
pub fn cloud_audit(number: usize, method: &str, user: &str) -> Value {
    json!({
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "authenticationInfo": {"principalEmail": user},
            "requestMetadata": {"callerIp": "192.0.2.9"},
            "serviceName": "compute.googleapis.com",
            "methodName": method,
            "resourceName": format!("projects/p/zones/z/instances/i-{number}"),
        },
        "insertId": format!("insert-{number}"),
        "resource": {"type": "gce_instance", "labels": {"project_id": "p", "zone": "z"}},
        "timestamp": time(number),
        "severity": "NOTICE",
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
    })
}

/// Times within one hour of each other, distinct for numbers below 3600.
fn time(number: usize) -> String {
    format!("2024-05-01T10:{:02}:{:02}Z", number / 60 % 60, number % 60)
}

/// Records of all three clouds: (CloudTrail, Azure exports, Google Cloud).
pub fn three_clouds() -> [Vec<Value>; 3] {
    const NAMES: [&str; 4] = ["RunInstances", "DescribeInstances", "DeleteSnapshot", "CreateVolume"];
    const OPERATIONS: [&str; 2] =
        ["MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE", "MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE"];
    const METHODS: [&str; 2] = ["v1.compute.instances.insert", "v1.compute.disks.insert"];
    let aws = (0..16).map(|number| {
        let mut event = cloudtrail(number, NAMES[number % 4], &format!("us\"er\\{number}é"));
        if number % 5 == 0 {
            event["errorCode"] = json!("Client.UnauthorizedOperation");
        }
        event
    });
    let azure = (100..112).map(|number| {
        activity(number, OPERATIONS[number % 2], "Success", &format!("user{number}@example.com"))
    });
    let gcp =
        (200..212).map(|number| cloud_audit(number, METHODS[number % 2], &format!("u{number}@example.com")));
    [aws.collect(), azure.collect(), gcp.collect()]
}
