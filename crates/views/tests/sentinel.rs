//! The tables of Microsoft Sentinel: their columns, and small events of each log in them.

use std::{collections::BTreeSet, fs, path::PathBuf};

use quarry_plan::Type;
use quarry_views::{Catalog, View, ViewSource};
use serde_json::{Value, json};

fn view() -> View {
    Catalog::load(None).unwrap().view("sentinel").unwrap().clone()
}

/// The source of a table, for each log type that becomes it.
fn sources<'v>(view: &'v View, table: &str) -> Vec<&'v ViewSource> {
    view.sources.iter().filter(|source| source.source_type == table).collect()
}

/// What a table has of an event in its columns; `Type` first.
fn row(table: &str, event: &Value, columns: &[&str]) -> Vec<Option<String>> {
    let catalog = Catalog::load(None).unwrap();
    let view = view();
    let log_type = crate::evaluate::classify(&catalog.formats, event).unwrap().to_owned();
    let source =
        sources(&view, table).into_iter().find(|source| source.log_type == log_type).expect("a source");
    let value = |column: &str| {
        let found = crate::evaluate::derive(&view.derivation(source, column), event);
        (!found.is_empty()).then(|| found.join(","))
    };
    std::iter::once("Type").chain(columns.iter().copied()).map(value).collect()
}

fn reads(table: &str, event: &Value, expected: &[(&str, Option<&str>)]) {
    let columns: Vec<&str> = expected.iter().map(|(column, _)| *column).collect();
    let found = row(table, event, &columns);
    assert_eq!(found[0].as_deref(), Some(table));
    for ((column, value), found) in expected.iter().zip(&found[1..]) {
        assert_eq!(found.as_deref(), *value, "{table} {column}");
    }
}

/// Tables of Entra ID in which a column of `SigninLogs` that is JSON there is text: the lowering asks for each table's own.
const TEXT_THERE: [&str; 8] = [
    "Status",
    "Agent",
    "ConditionalAccessPolicies",
    "DeviceDetail",
    "LocationDetails",
    "MfaDetail",
    "TokenProtectionStatusDetails",
    "DurationMs",
];

#[test]
fn every_column_of_a_table_is_declared_with_its_type() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../language/kql/data/tables.txt");
    let (text, view) = (fs::read_to_string(path).unwrap(), view());
    let mut tables = BTreeSet::new();
    for (table, columns) in text.lines().filter_map(|line| line.split_once('\t')) {
        for source in sources(&view, table) {
            tables.insert(table);
            for (column, letter) in columns.split(' ').filter_map(|column| column.split_once(':')) {
                let field = view.source_field(source, column);
                let field = field.unwrap_or_else(|| panic!("{table} of {} lacks {column}", source.log_type));
                let expected = match letter {
                    "s" => Type::Text,
                    "d" => Type::Datetime,
                    "y" => Type::Dynamic,
                    "b" => Type::Boolean,
                    "l" | "i" => Type::Integer,
                    "r" => Type::Double,
                    other => panic!("{other}"),
                };
                let is_text_there = expected == Type::Text && TEXT_THERE.contains(&column);
                assert!(
                    field.data_type == expected || is_text_there,
                    "{table} {column} {:?}",
                    field.data_type
                );
            }
        }
    }
    let expected = [
        "AADManagedIdentitySignInLogs",
        "AADNonInteractiveUserSignInLogs",
        "AADServicePrincipalSignInLogs",
        "AWSCloudTrail",
        "AuditLogs",
        "AzureActivity",
        "GCPAuditLogs",
        "OfficeActivity",
        "SigninLogs",
    ];
    assert_eq!(Vec::from_iter(tables), expected);
}

#[test]
fn cloudtrail() {
    let event = json!({
        "eventTime": "2024-05-06T07:08:09Z", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances",
        "eventID": "e-1", "requestID": "r-1", "sourceIPAddress": "192.0.2.7", "readOnly": false,
        "requestParameters": {"instanceType": "t3.micro"}, "responseElements": null,
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROA:ann", "arn": "arn:aws:sts::1:assumed-role/Builder/ann",
            "sessionContext": {
                "sessionIssuer": {"userName": "Builder"}, "attributes": {"mfaAuthenticated": "false"}
            }
        }
    });
    let expected = [
        ("EventName", Some("RunInstances")),
        ("TimeGenerated", Some("2024-05-06T07:08:09Z")),
        ("AwsRequestId_", Some("r-1")),
        ("AwsRequestId", None),
        ("RequestParameters", Some(r#"{"instanceType":"t3.micro"}"#)),
        ("ResponseElements", None),
        ("ErrorCode", None),
        ("ReadOnly", Some("false")),
        ("UserIdentityPrincipalid", Some("AROA:ann")),
        ("SessionIssuerUserName", Some("Builder")),
        ("SessionMfaAuthenticated", Some("false")),
    ];
    reads("AWSCloudTrail", &event, &expected);
}

#[test]
fn azure_activity_of_the_export() {
    let id = "/SUBSCRIPTIONS/S-1/RESOURCEGROUPS/Rg1/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/Vm1/EXTENSIONS/Run";
    let event = json!({
        "time": "2024-05-06T07:08:09.1234567Z", "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/EXTENSIONS/WRITE",
        "category": "Administrative", "resultType": "Accept", "resultSignature": "Accepted.Created",
        "callerIpAddress": "192.0.2.7", "resourceId": id, "level": "Information", "correlationId": "c-1",
        "identity": {
            "authorization": {"scope": "/subscriptions/s-1", "action": "Microsoft.Compute/virtualMachines/extensions/write"},
            "claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "ann@example.org", "name": "Ann"}
        },
        "properties": {"statusCode": "Created"}
    });
    let lower = id.to_lowercase();
    let expected = [
        ("TimeGenerated", Some("2024-05-06T07:08:09.1234567Z")),
        ("OperationNameValue", Some("MICROSOFT.COMPUTE/VIRTUALMACHINES/EXTENSIONS/WRITE")),
        ("ActivityStatusValue", Some("Accept")),
        ("ActivitySubstatusValue", Some("Created")),
        ("ActivityStatus", None),
        ("OperationName", None),
        ("Caller", Some("ann@example.org")),
        ("CategoryValue", Some("Administrative")),
        ("ResourceId", Some(id)),
        ("_ResourceId", Some(lower.as_str())),
        ("SubscriptionId", Some("S-1")),
        ("_SubscriptionId", Some("s-1")),
        ("ResourceGroup", Some("RG1")),
        ("ResourceProviderValue", Some("MICROSOFT.COMPUTE")),
        ("Resource", Some("Run")),
        ("Properties", Some(r#"{"statusCode":"Created"}"#)),
        (
            "Claims_d",
            Some(
                r#"{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn":"ann@example.org","name":"Ann"}"#,
            ),
        ),
        ("HTTPRequest", None),
    ];
    reads("AzureActivity", &event, &expected);
}

/// What the published sample rows of the table have for a resource below another provider's.
#[test]
fn the_first_provider_counts() {
    let id = "/subscriptions/s/resourceGroups/SentinelGroup/providers/Microsoft.OperationalInsights/workspaces/demo/\
              providers/Microsoft.SecurityInsights/alertRules/017c";
    let event = json!({
        "caller": "ann@example.org", "eventTimestamp": "2024-05-06T07:08:09Z", "eventDataId": "d-1",
        "operationName": {"value": "Microsoft.SecurityInsights/alertRules/write"}, "status": {"value": "Succeeded"},
        "httpRequest": {"clientIpAddress": "192.0.2.7"}, "resourceId": id
    });
    let expected = [
        ("ResourceProviderValue", Some("MICROSOFT.OPERATIONALINSIGHTS")),
        ("ResourceGroup", Some("SENTINELGROUP")),
        ("ActivityStatusValue", Some("Succeeded")),
        ("HTTPRequest", Some(r#"{"clientIpAddress":"192.0.2.7"}"#)),
        ("EventDataId", Some("d-1")),
    ];
    reads("AzureActivity", &event, &expected);
}

#[test]
fn google_cloud_audit() {
    let event = json!({
        "insertId": "i-1", "timestamp": "2024-05-06T07:08:09Z", "receiveTimestamp": "2024-05-06T07:08:10Z",
        "severity": "NOTICE", "logName": "projects/p-1/logs/cloudaudit.googleapis.com%2Factivity",
        "resource": {"type": "gce_instance", "labels": {"project_id": "p-1"}},
        "protoPayload": {
            "methodName": "v1.compute.instances.insert", "serviceName": "compute.googleapis.com",
            "authenticationInfo": {"principalEmail": "ann@example.org"}, "authorizationInfo": [{"granted": true}]
        }
    });
    let expected = [
        ("TimeGenerated", Some("2024-05-06T07:08:10Z")),
        ("Timestamp", Some("2024-05-06T07:08:09Z")),
        ("GCPResourceType", Some("gce_instance")),
        ("ProjectId", Some("p-1")),
        ("PrincipalEmail", Some("ann@example.org")),
        ("AuthorizationInfo", Some(r#"[{"granted":true}]"#)),
        ("StatusMessage", None),
    ];
    reads("GCPAuditLogs", &event, &expected);
}

#[test]
fn entra_by_category() {
    let sign_in = json!({
        "time": "2024-05-06T07:08:09Z", "resourceId": "/tenants/t/providers/Microsoft.aadiam",
        "operationName": "Sign-in activity", "category": "SignInLogs", "tenantId": "t", "resultType": "50126",
        "properties": {"appDisplayName": "App", "userPrincipalName": "ann@example.org", "ipAddress": "192.0.2.7",
            "status": {"errorCode": 50126}, "authenticationDetails": [{"succeeded": true}]}
    });
    let expected = [
        ("ResultType", Some("50126")),
        ("UserPrincipalName", Some("ann@example.org")),
        ("IPAddress", Some("192.0.2.7")),
        ("Status", Some(r#"{"errorCode":50126}"#)),
        ("AuthenticationDetails", Some(r#"[{"succeeded":true}]"#)),
        ("AADTenantId", Some("t")),
    ];
    reads("SigninLogs", &sign_in, &expected);
    for other in ["AuditLogs", "AADNonInteractiveUserSignInLogs"] {
        assert_eq!(row(other, &sign_in, &[]), [None], "{other}");
    }
    let mut audit = sign_in;
    audit["category"] = json!("AuditLogs");
    audit["properties"] = json!({"category": "RoleManagement", "operationType": "Assign", "result": "success",
        "activityDisplayName": "Add member to role", "targetResources": [{"id": "x"}]});
    let expected = [
        ("Category", Some("RoleManagement")),
        ("AADOperationType", Some("Assign")),
        ("Result", Some("success")),
        ("TargetResources", Some(r#"[{"id":"x"}]"#)),
    ];
    reads("AuditLogs", &audit, &expected);
    assert_eq!(row("SigninLogs", &audit, &[]), [None]);
    let choices = view().choices(&["AuditLogs"]);
    assert_eq!(choices, [("azure.entra".to_owned(), "AuditLogs".to_owned())]);
}

#[test]
fn office_activity() {
    let event = json!({
        "CreationTime": "2024-05-06T07:08:09", "Operation": "New-InboxRule", "Workload": "Exchange", "RecordType": 1,
        "UserType": 2, "UserId": "ann@example.org", "ClientIP": "192.0.2.7",
        "Parameters": [{"Name": "Name", "Value": "x"}], "LogonType": 1
    });
    let expected = [
        ("OfficeWorkload", Some("Exchange")),
        ("RecordType", Some("ExchangeAdmin")),
        ("UserType", Some("Admin")),
        ("Logon_Type", Some("Admin")),
        ("Parameters", Some(r#"[{"Name":"Name","Value":"x"}]"#)),
    ];
    reads("OfficeActivity", &event, &expected);
}
