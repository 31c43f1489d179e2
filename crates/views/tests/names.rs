//! What well-known names of each platform mean on small events of each log.

use std::sync::LazyLock;

use quarry_views::Catalog;
use serde_json::{Value, json};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(None).unwrap());

/// A field of an event under the default source type; several values joined by a comma.
fn read(view: &str, event: &Value, field: &str) -> Option<String> {
    let catalog = &*CATALOG;
    let log_type = crate::evaluate::classify(&catalog.formats, event).unwrap().to_owned();
    let view = catalog.view(view).unwrap();
    let source = view.sources.iter().find(|source| source.log_type == log_type && source.is_default).unwrap();
    let found = crate::evaluate::derive(&view.derivation(source, field), event);
    (!found.is_empty()).then(|| found.join(","))
}

fn reads(view: &str, event: &Value, expected: &[(&str, Option<&str>)]) {
    for (field, value) in expected {
        assert_eq!(read(view, event, field).as_deref(), *value, "{view} {field}");
    }
}

fn run_instances() -> Value {
    json!({
        "eventVersion": "1.08", "eventTime": "2024-05-06T07:08:09Z", "eventID": "e-1",
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROA:ann", "accountId": "111122223333", "accessKeyId": "ASIA",
            "arn": "arn:aws:sts::111122223333:assumed-role/Builder/ann",
            "sessionContext": {"sessionIssuer": {"userName": "Builder"}}
        },
        "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "awsRegion": "eu-west-1",
        "sourceIPAddress": "autoscaling.amazonaws.com", "userAgent": "x", "recipientAccountId": "111122223333",
        "requestParameters": {"instanceType": "t3.micro", "instancesSet": {"items": [{"imageId": "ami-1"}]}},
        "responseElements": {"instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]}}
    })
}

fn rest_write() -> Value {
    json!({
        "caller": "ann@example.org", "eventTimestamp": "2024-05-06T07:08:09.1234567Z", "eventDataId": "d-1",
        "operationName": {"value": "Microsoft.Compute/virtualMachines/write", "localizedValue": "Create VM"},
        "status": {"value": "Succeeded", "localizedValue": "Succeeded"},
        "httpRequest": {"clientIpAddress": "192.0.2.7"}, "resourceGroupName": "rg1", "subscriptionId": "s-1",
        "resourceId": "/subscriptions/s-1/resourceGroups/rg1/providers/Microsoft.Compute/virtualMachines/vm1"
    })
}

fn sdk_write() -> Value {
    json!({
        "caller": "ann@example.org", "event_timestamp": "2024-05-06T07:08:09Z",
        "operation_name": {"value": "Microsoft.Compute/virtualMachines/write"}, "status": {"value": "Started"},
        "http_request": {"client_ip_address": "192.0.2.7"},
        "resource_id": "/subscriptions/s-1/resourcegroups/rg1/providers/Microsoft.Compute/virtualMachines/vm1"
    })
}

fn export_write() -> Value {
    json!({
        "time": "2024-05-06T07:08:09.1234567Z", "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE",
        "resultType": "Start", "correlationId": "c-1", "callerIpAddress": "2001:db8::1", "location": "global",
        "identity": {"claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "ann@example.org"}},
        "resourceId": "/SUBSCRIPTIONS/S-1/RESOURCEGROUPS/RG1/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM1"
    })
}

fn audit_entry() -> Value {
    json!({
        "insertId": "i-1", "timestamp": "2024-05-06T07:08:09Z", "severity": "NOTICE",
        "logName": "projects/p-1/logs/cloudaudit.googleapis.com%2Factivity", "operation": {"first": true, "id": "o"},
        "resource": {"type": "gce_instance", "labels": {"project_id": "p-1", "zone": "europe-west1-b", "instance_id": "42"}},
        "protoPayload": {
            "methodName": "v1.compute.instances.insert", "serviceName": "compute.googleapis.com",
            "resourceName": "projects/p-1/zones/europe-west1-b/instances/vm1",
            "authenticationInfo": {"principalEmail": "ann@example.org"}, "requestMetadata": {"callerIp": "192.0.2.7"}
        }
    })
}

#[test]
fn splunk_cloudtrail() {
    let event = run_instances();
    let success = [("errorCode", Some("success")), ("status", Some("success")), ("result", None)];
    reads("splunk", &event, &success);
    reads(
        "splunk-json",
        &event,
        &[("errorCode", None), ("src_ip", None), ("sourcetype", Some("aws:cloudtrail"))],
    );
    let expected = [
        ("src_ip", "autoscaling.amazonaws.com"),
        ("user", "ann"),
        ("userName", "ann"),
        ("action", "created"),
        ("user_arn", "arn:aws:sts::111122223333:assumed-role/Builder/ann"),
        ("object_category", "instance"),
        ("object", "i-1"),
        ("image_id", "ami-1"),
        ("instance_type", "t3.micro"),
        ("change_type", "EC2"),
        ("tag", "change,instance"),
        ("responseElements.instancesSet.items{}.instanceId", "i-1,i-2"),
        ("userIdentity.sessionContext.sessionIssuer.userName", "Builder"),
        ("date_hour", "7"),
        ("date_month", "may"),
    ];
    reads("splunk", &event, &expected.map(|(field, value)| (field, Some(value))));
    let mut refused = event;
    refused["errorCode"] = json!("Client.UnauthorizedOperation");
    reads(
        "splunk",
        &refused,
        &[("errorCode", Some("Client.UnauthorizedOperation")), ("status", Some("failure"))],
    );
    reads("alert", &refused, &[("outcome", Some("failure"))]);
}

#[test]
fn a_console_sign_in_fails_without_an_error_code() {
    let mut event = run_instances();
    event["eventName"] = json!("ConsoleLogin");
    event["responseElements"] = json!({"ConsoleLogin": "Failure"});
    let expected =
        [("action", Some("failure")), ("tag", Some("authentication")), ("errorCode", Some("success"))];
    reads("splunk", &event, &expected);
    reads("alert", &event, &[("outcome", Some("failure"))]);
}

/// The names of the founding SPL, whichever shape the Activity Log comes in.
#[test]
fn splunk_azure_shapes() {
    let names = [
        "operationName",
        "caller",
        "status",
        "callerIpAddress",
        "resourceGroup",
        "subscriptionId",
        "sourcetype",
    ];
    let values = |event: &Value| names.map(|name| read("splunk", event, name));
    let some = |values: [&str; 7]| values.map(|value| (!value.is_empty()).then(|| value.to_owned()));
    let write = "Microsoft.Compute/virtualMachines/write";
    let source_type = "azure:monitor:activity";
    assert_eq!(
        values(&rest_write()),
        some([write, "ann@example.org", "Succeeded", "192.0.2.7", "rg1", "s-1", source_type])
    );
    assert_eq!(
        values(&sdk_write()),
        some([write, "ann@example.org", "Started", "192.0.2.7", "rg1", "s-1", source_type])
    );
    let upper = "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE";
    assert_eq!(values(&export_write()), some([upper, "", "", "2001:db8::1", "RG1", "S-1", source_type]));
    reads("splunk", &export_write(), &[("user", Some("ann@example.org")), ("action", Some("modified"))]);
    reads("splunk-json", &rest_write(), &[("status.value", Some("Succeeded")), ("resourceGroup", None)]);
}

#[test]
fn splunk_google_cloud_source_types() {
    let event = audit_entry();
    let expected = [
        ("data.protoPayload.methodName", Some("v1.compute.instances.insert")),
        ("protoPayload.methodName", None),
        ("sourcetype", Some("google:gcp:pubsub:message")),
        ("user", Some("ann@example.org")),
        ("action", Some("created")),
    ];
    reads("splunk", &event, &expected);
    let catalog = &*CATALOG;
    let view = catalog.view("splunk").unwrap();
    let choices = view.choices(&["google:gcp:pubsub:audit:*"]);
    let chosen = view.chosen(&choices);
    let source = chosen.iter().find(|source| source.log_type == "gcp.audit").unwrap();
    let derive = |name: &str| crate::evaluate::derive(&view.derivation(source, name), &event);
    assert_eq!(derive("protoPayload.methodName"), ["v1.compute.instances.insert"]);
    assert_eq!(derive("sourcetype"), ["google:gcp:pubsub:audit:admin_activity"]);
}

#[test]
fn qradar_columns_and_properties() {
    let aws = [
        ("Operation", Some("RunInstances")),
        ("QIDNAME", Some("RunInstances")),
        ("sourceip", Some("0.0.0.0")),
        ("sourceport", Some("0")),
        ("UserName", Some("Builder")),
        ("devicetype", Some("347")),
        ("ResultType", None),
        ("logsourcetypename", Some("Amazon AWS CloudTrail")),
        ("ResourceType", Some("ec2")),
        ("ResourceGroup", None),
    ];
    reads("qradar", &run_instances(), &aws);
    let azure = [
        ("operation", Some("MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE")),
        ("resulttype", Some("Start")),
        ("ResourceType", Some("MICROSOFT.COMPUTE/VIRTUALMACHINES")),
        ("ResourceGroup", Some("RG1")),
        ("SubscriptionId", Some("S-1")),
        ("username", Some("ann@example.org")),
        ("sourceip", Some("0.0.0.0")),
        ("sourcev6", Some("2001:db8::1")),
        ("qideventcategory", Some("MICROSOFT.COMPUTE")),
        ("logsourcetypename", Some("Microsoft Azure Platform")),
    ];
    reads("qradar", &export_write(), &azure);
    let shape =
        [("sourceip", Some("192.0.2.7")), ("qidname", Some("MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE"))];
    reads("qradar", &rest_write(), &shape);
    reads("qradar", &sdk_write(), &shape);
    let google = [
        ("devicetype", Some("449")),
        ("Method Name", Some("v1.compute.instances.insert")),
        ("ResultType", None),
        ("sourceaddress", Some("192.0.2.7")),
        ("Region", Some("europe-west1-b")),
        ("no such property", None),
    ];
    reads("qradar", &audit_entry(), &google);
}

#[test]
fn entra_sign_ins() {
    let event = json!({
        "time": "2024-05-06T07:08:09Z", "resourceId": "/tenants/t-1/providers/Microsoft.aadiam", "category": "SignInLogs",
        "operationName": "Sign-in activity", "tenantId": "t-1", "resultType": "50126", "callerIpAddress": "192.0.2.7",
        "properties": {"id": "p-1", "userPrincipalName": "ann@example.org", "appDisplayName": "Portal",
            "status": {"errorCode": 50126, "failureReason": "Invalid password"}}
    });
    let splunk = [
        ("sourcetype", "azure:monitor:aad"),
        ("user", "ann@example.org"),
        ("src_ip", "192.0.2.7"),
        ("action", "failure"),
        ("tag", "authentication"),
        ("properties.status.errorCode", "50126"),
        ("app", "Portal"),
    ];
    reads("splunk", &event, &splunk.map(|(field, value)| (field, Some(value))));
    let qradar = [
        ("devicetype", "445"),
        ("Status", "Failure"),
        ("Error Message", "Invalid password"),
        ("AccountId", "t-1"),
    ];
    reads("qradar", &event, &qradar.map(|(field, value)| (field, Some(value))));
    reads(
        "alert",
        &event,
        &[("outcome", Some("failure")), ("event_id", Some("p-1")), ("target", Some("Portal"))],
    );
}

#[test]
fn alerts_of_all_clouds() {
    let aws = [
        ("actor", "arn:aws:sts::111122223333:assumed-role/Builder/ann"),
        ("target", "i-1"),
        ("account", "111122223333"),
        ("region", "eu-west-1"),
        ("outcome", "success"),
        ("event_id", "e-1"),
        ("provider", "aws"),
    ];
    reads("alert", &run_instances(), &aws.map(|(field, value)| (field, Some(value))));
    let rest =
        [("actor", "ann@example.org"), ("account", "s-1"), ("outcome", "success"), ("event_id", "d-1")];
    reads("alert", &rest_write(), &rest.map(|(field, value)| (field, Some(value))));
    reads("alert", &sdk_write(), &[("outcome", Some("started")), ("source_ip", Some("192.0.2.7"))]);
    reads("alert", &export_write(), &[("outcome", Some("started")), ("actor", Some("ann@example.org"))]);
    let google = [
        ("target", "projects/p-1/zones/europe-west1-b/instances/vm1"),
        ("account", "p-1"),
        ("outcome", "started"),
        ("region", "europe-west1-b"),
        ("action", "v1.compute.instances.insert"),
        ("event_id", "i-1"),
    ];
    reads("alert", &audit_entry(), &google.map(|(field, value)| (field, Some(value))));
    let mut refused = audit_entry();
    refused["protoPayload"]["status"] = json!({"code": 7});
    reads("alert", &refused, &[("outcome", Some("failure"))]);
}

/// Objects that look like audit records at a glance.
#[test]
fn lookalikes_are_foreign() {
    let catalog = &*CATALOG;
    let is = |value: Value| crate::evaluate::classify(&catalog.formats, &value).map(str::to_owned);
    let notification = json!({
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-west-1", "eventTime": "t",
        "eventName": "ObjectCreated:Put", "userIdentity": {"principalId": "x"}, "s3": {"bucket": {"name": "b"}}
    });
    assert_eq!(is(notification).as_deref(), Some("S3 event notification"));
    let insight = json!({
        "eventVersion": "1.07", "eventTime": "t", "eventType": "AwsCloudTrailInsight",
        "insightDetails": {"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"}
    });
    assert_eq!(is(insight).as_deref(), Some("CloudTrail Insights event"));
    let digest = json!({"digestStartTime": "t", "digestS3Bucket": "b", "awsAccountId": "1"});
    assert_eq!(is(digest).as_deref(), Some("CloudTrail digest"));
    let control =
        json!({"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "CWL CONTROL MESSAGE: x"}]});
    assert_eq!(is(control).as_deref(), Some("CloudWatch Logs control message"));
    let vault = json!({
        "time": "t", "resourceId": "/SUBSCRIPTIONS/S", "operationName": "SecretGet", "category": "AuditEvent",
        "resultType": "Success", "callerIpAddress": "192.0.2.7", "identity": {"claim": {"oid": "x"}}
    });
    assert_eq!(is(vault).as_deref(), Some("Azure resource log"));
    let traffic = json!({"logName": "projects/p/logs/requests", "httpRequest": {}, "jsonPayload": {}});
    assert_eq!(is(traffic).as_deref(), Some("Cloud Logging entry of another log"));
    assert_eq!(is(json!({"hello": 1})), None);
}

fn consent() -> Value {
    json!({
        "CreationTime": "2024-05-06T07:08:09", "Id": "r-1", "Operation": "Consent to application.", "RecordType": 8,
        "OrganizationId": "t-1", "ResultStatus": "Failure", "UserType": 0, "Workload": "AzureActiveDirectory",
        "UserId": "ann@example.org", "ClientIP": "[2001:db8::1]:443", "ObjectId": "app-1",
        "Actor": [{"ID": "k-1", "Type": 3}, {"ID": "ann@example.org", "Type": 5}],
        "Target": [{"ID": "ServicePrincipal_1", "Type": 2}, {"ID": "Mail reader", "Type": 1}],
        "ExtendedProperties": [{"Name": "UserAgent", "Value": "curl"}, {"Name": "a.b", "Value": "dotted"}]
    })
}

#[test]
fn microsoft_365_records() {
    let splunk = [
        ("sourcetype", Some("o365:management:activity")),
        ("user", Some("ann@example.org")),
        ("object", Some("Mail reader")),
        ("src", Some("[2001:db8::1]:443")),
        ("status", Some("failure")),
        ("record_type", Some("AzureActiveDirectory")),
        // A name beside its value is a field; one with a dot is a path, and a member comes first.
        ("UserAgent", Some("curl")),
        ("a.b", None),
        ("ObjectId", Some("app-1")),
        ("NoSuchName", None),
    ];
    reads("splunk", &consent(), &splunk);
    reads("splunk-json", &consent(), &[("UserAgent", None), ("Actor{}.ID", Some("k-1,ann@example.org"))]);
    let alert = [
        ("actor", Some("ann@example.org")),
        ("source_ip", Some("2001:db8::1")),
        ("user_agent", Some("curl")),
        ("target", Some("Mail reader")),
        ("outcome", Some("failure")),
        ("event_id", Some("r-1")),
    ];
    reads("alert", &consent(), &alert);
    let qradar = [
        ("devicetype", Some("397")),
        ("sourcev6", Some("2001:db8::1")),
        ("Operation", Some("Consent to application.")),
    ];
    reads("qradar", &consent(), &qradar);
}

#[test]
fn security_lake_events() {
    let event = json!({
        "metadata": {"product": {"name": "CloudTrail", "vendor_name": "AWS"}, "uid": "m-1", "version": "1.1.0"},
        "time": 1_714_979_289_000_i64, "class_uid": 6003, "status": "Failure", "status_id": 2,
        "cloud": {"region": "eu-west-1", "account": {"uid": "111122223333"}},
        "api": {"operation": "DeleteTrail", "response": {"error": "AccessDenied"}, "service": {"name": "cloudtrail.amazonaws.com"}},
        "actor": {"user": {"uid": "AROA:ann", "uid_alt": "arn:aws:sts::111122223333:assumed-role/B/ann"}},
        "src_endpoint": {"ip": "192.0.2.7"}
    });
    let splunk = [
        ("sourcetype", Some("aws:cloudtrail:lake")),
        ("api.operation", Some("DeleteTrail")),
        ("user", Some("AROA:ann")),
        ("src_ip", Some("192.0.2.7")),
        ("vendor_account", Some("111122223333")),
        ("errorCode", Some("AccessDenied")),
        ("action", Some("deleted")),
        ("tag", Some("change")),
    ];
    reads("splunk", &event, &splunk);
    let alert = [
        ("actor", Some("arn:aws:sts::111122223333:assumed-role/B/ann")),
        ("action", Some("DeleteTrail")),
        ("outcome", Some("failure")),
    ];
    reads("alert", &event, &alert);
    let mut flow = event;
    flow["metadata"]["product"]["name"] = json!("Amazon VPC");
    let known = crate::evaluate::classify(&CATALOG.formats, &flow).map(str::to_owned);
    assert_eq!(known.as_deref(), Some("OCSF event (Security Lake)"));
}

/// Each wrapper is recognised by one entry and leads to the record.
#[test]
fn wrappers_lead_to_the_record() {
    let catalog = &*CATALOG;
    let record = run_instances();
    let text = record.to_string();
    let encoded = "eyJ9";
    let cases = [
        (json!({"EventName": "RunInstances", "CloudTrailEvent": text}), "CloudTrail lookup-events entry"),
        (
            json!({"detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2", "detail": record}),
            "EventBridge event",
        ),
        (json!({"id": "1", "timestamp": 1, "message": text}), "log line with a JSON message"),
        (json!({"awslogs": {"data": encoded}}), "CloudWatch Logs subscription payload"),
        (
            json!({"kinesis": {"data": encoded, "partitionKey": "k"}, "eventSource": "aws:kinesis"}),
            "Kinesis record",
        ),
        (json!({"recordId": "1", "data": encoded}), "Firehose transformation record"),
        (json!({"EventSource": "aws:sns", "Sns": {"Message": text}}), "SNS record"),
        (
            json!({"Type": "Notification", "MessageId": "1", "TopicArn": "t", "Message": text}),
            "SNS notification",
        ),
        (
            json!({"messageId": "1", "receiptHandle": "h", "body": text, "eventSource": "aws:sqs"}),
            "SQS record",
        ),
        (json!({"ackId": "1", "message": {"data": encoded}}), "Pub/Sub push or pull message"),
        (json!({"message": {"data": encoded}, "subscription": "s"}), "Pub/Sub push or pull message"),
        (json!({"data": encoded, "messageId": "1", "attributes": {}}), "Pub/Sub message"),
        (json!({"data": audit_entry(), "publish_time": 1}), "Pub/Sub message with decoded data"),
        (
            json!({"specversion": "1.0", "type": "t", "data": audit_entry()}),
            "Pub/Sub message with decoded data",
        ),
        (json!({"specversion": "1.0", "type": "t", "data": {"message": {"data": encoded}}}), "CloudEvent"),
        (
            json!({"CreationDate": "t", "UserIds": "u", "AuditData": consent().to_string()}),
            "unified audit log search result",
        ),
        (json!({"sourcetype": "aws:cloudtrail", "event": record}), "Splunk HTTP event collector event"),
        (json!({"event": text}), "Splunk HTTP event collector event as text"),
        (json!({"preview": false, "result": {"_raw": text}}), "Splunk search result"),
        (
            json!({"event": {"original": text, "kind": "event"}, "ecs": {"version": "8"}}),
            "Elastic document with the original event",
        ),
    ];
    for (value, expected) in cases {
        let found =
            catalog.formats.unwraps.iter().find(|unwrap| crate::evaluate::fits(&unwrap.signature, &value));
        assert_eq!(found.map(|unwrap| unwrap.name.as_str()), Some(expected), "{value}");
        assert_eq!(crate::evaluate::values(&found.unwrap().inner, &value).len(), 1, "{expected}");
    }
    for value in [run_instances(), rest_write(), sdk_write(), export_write(), audit_entry()] {
        assert!(
            !catalog.formats.unwraps.iter().any(|unwrap| crate::evaluate::fits(&unwrap.signature, &value)),
            "{value}"
        );
    }
}

#[test]
fn a_path_as_it_lies_is_spelled_as_the_chosen_source_does() {
    let catalog = quarry_views::Catalog::load(None).unwrap();
    let view = catalog.view("splunk").unwrap();
    let spelled = |named: &[&str]| view.prefixed("protoPayload.methodName", &view.choices(named));
    assert_eq!(spelled(&[]).as_deref(), Some("data.protoPayload.methodName"));
    assert_eq!(spelled(&["google*"]).as_deref(), Some("data.protoPayload.methodName"));
    assert_eq!(spelled(&["google:gcp:pubsub:audit:admin_activity"]), None);
    assert_eq!(view.prefixed("userIdentity.arn", &[]), None);
}
