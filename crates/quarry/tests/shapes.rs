//! The same events give the same rows, whatever they lie in.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    common::{Folder, gzip, quarry, shown, sorted},
    events::{activity_rest, three_clouds},
};

/// A container: its name, which clouds write it (0 CloudTrail, 1 Azure, 2 Google), how it holds events.
struct Shape {
    name: &'static str,
    clouds: &'static [usize],
    wrap: fn(&[Value]) -> Vec<u8>,
}

const ALL: &[usize] = &[0, 1, 2];

const SHAPES: [Shape; 29] = [
    Shape { name: "Records", clouds: &[0], wrap: |events| bytes(&json!({"Records": events})) },
    Shape { name: "array", clouds: ALL, wrap: |events| bytes(&json!(events)) },
    Shape { name: "lines", clouds: ALL, wrap: |events| joined(events, "\n") },
    Shape { name: "CRLF lines", clouds: ALL, wrap: |events| joined(events, "\r\n") },
    Shape { name: "concatenated", clouds: ALL, wrap: |events| joined(events, "") },
    Shape {
        name: "pretty-printed",
        clouds: ALL,
        wrap: |events| serde_json::to_vec_pretty(events).expect("values are JSON"),
    },
    Shape { name: "lookup-events", clouds: &[0], wrap: lookup_events },
    Shape {
        name: "EventBridge",
        clouds: &[0],
        wrap: |events| {
            each(
                events,
                |event| json!({"detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2", "detail": event}),
            )
        },
    },
    Shape { name: "CloudWatch Logs", clouds: &[0], wrap: cloudwatch },
    Shape { name: "Azure records", clouds: &[1], wrap: |events| bytes(&json!({"records": events})) },
    Shape {
        name: "Pub/Sub push",
        clouds: &[2],
        wrap: |events| {
            each(
                events,
                |event| json!({"message": {"data": encoded(event), "messageId": "1"}, "subscription": "s"}),
            )
        },
    },
    Shape { name: "Pub/Sub pull", clouds: &[2], wrap: pubsub_pull },
    Shape {
        name: "HEC object",
        clouds: ALL,
        wrap: |events| each(events, |event| json!({"time": 1, "sourcetype": "s", "event": event})),
    },
    Shape {
        name: "HEC string",
        clouds: ALL,
        wrap: |events| {
            each(events, |event| json!({"time": 1, "sourcetype": "s", "event": event.to_string()}))
        },
    },
    Shape {
        name: "SNS",
        clouds: ALL,
        wrap: |events| {
            each(
                events,
                |event| json!({"Type": "Notification", "TopicArn": "t", "Message": event.to_string()}),
            )
        },
    },
    Shape {
        name: "SNS of Records",
        clouds: &[0],
        wrap: |events| {
            bytes(
                &json!({"Type": "Notification", "TopicArn": "t", "Message": json!({"Records": events}).to_string()}),
            )
        },
    },
    Shape { name: "array of arrays", clouds: ALL, wrap: |events| bytes(&json!([events, []])) },
    Shape { name: "array of texts", clouds: ALL, wrap: |events| bytes(&json!(texts(events))) },
    Shape { name: "lines of texts", clouds: ALL, wrap: |events| joined(&texts(events), "\n") },
    Shape { name: "items", clouds: ALL, wrap: |events| bytes(&json!({"items": events})) },
    Shape {
        name: "member of an unknown object",
        clouds: ALL,
        wrap: |events| bytes(&json!({"x": {"y": events}})),
    },
    Shape {
        name: "Splunk search response",
        clouds: ALL,
        wrap: |events| {
            let rows: Vec<Value> = texts(events).into_iter().map(|text| json!({"_raw": text})).collect();
            bytes(&json!({"preview": false, "results": rows}))
        },
    },
    Shape {
        name: "Elasticsearch response",
        clouds: ALL,
        wrap: |events| {
            let hit = |text| json!({"_id": "1", "_source": {"event": {"original": text}}});
            bytes(&json!({"hits": {"hits": texts(events).into_iter().map(hit).collect::<Vec<_>>()}}))
        },
    },
    Shape { name: "CSV", clouds: ALL, wrap: |events| table(events, b',', "\n") },
    Shape { name: "TSV with CRLF", clouds: ALL, wrap: |events| table(events, b'\t', "\r\n") },
    Shape {
        name: "UTF-16",
        clouds: ALL,
        wrap: |events| {
            let text = format!("\u{feff}{}", json!(events));
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        },
    },
    Shape { name: "gzip in gzip", clouds: ALL, wrap: |events| gzip(&gzip(&bytes(&json!(events)))) },
    Shape { name: "tar in gzip", clouds: ALL, wrap: |events| gzip(&tar(&gzip(&bytes(&json!(events))))) },
    Shape {
        name: "Records, many objects",
        clouds: &[0],
        wrap: |events| each(events, |event| json!({"Records": [event]})),
    },
];

fn texts(events: &[Value]) -> Vec<Value> {
    events.iter().map(|event| Value::String(event.to_string())).collect()
}

/// A table with the event in a cell.
fn table(events: &[Value], separator: u8, end: &str) -> Vec<u8> {
    let separator = char::from(separator);
    let row = |event: &Value| format!("1{separator}\"{}\"", event.to_string().replace('"', "\"\""));
    let rows = std::iter::once(format!("id{separator}record")).chain(events.iter().map(row));
    rows.map(|row| row + end).collect::<String>().into_bytes()
}

/// A tar archive of one file.
fn tar(bytes: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    header[..11].copy_from_slice(b"logs/a.json");
    header[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
    header[156] = b'0';
    header[257..263].copy_from_slice(b"ustar\0");
    let padding = bytes.len().next_multiple_of(512) - bytes.len() + 1024;
    [&header, bytes, &vec![0; padding]].concat()
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn joined(events: &[Value], gap: &str) -> Vec<u8> {
    events.iter().map(Value::to_string).collect::<Vec<_>>().join(gap).into_bytes()
}

fn each(events: &[Value], wrap: impl Fn(&Value) -> Value) -> Vec<u8> {
    joined(&events.iter().map(wrap).collect::<Vec<_>>(), "\n")
}

fn encoded(event: &Value) -> String {
    STANDARD.encode(event.to_string())
}

fn lookup_events(events: &[Value]) -> Vec<u8> {
    let wrap = |event: &Value| json!({"EventId": event["eventID"], "ReadOnly": "false", "EventName": event["eventName"], "Username": "short", "CloudTrailEvent": event.to_string()});
    bytes(&json!({"Events": events.iter().map(wrap).collect::<Vec<_>>()}))
}

fn cloudwatch(events: &[Value]) -> Vec<u8> {
    let wrap = |event: &Value| json!({"id": "1", "timestamp": 1, "message": event.to_string()});
    let events: Vec<Value> = events.iter().map(wrap).collect();
    bytes(
        &json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s", "logEvents": events}),
    )
}

fn pubsub_pull(events: &[Value]) -> Vec<u8> {
    let wrap = |event: &Value| json!({"ackId": "a", "message": {"data": encoded(event), "messageId": "1"}});
    bytes(&json!({"receivedMessages": events.iter().map(wrap).collect::<Vec<_>>()}))
}

/// The ways an object may be compressed.
fn compressions(plain: &[u8]) -> [(&'static str, Vec<u8>); 4] {
    let (first, second) = plain.split_at(plain.len() / 2);
    [
        ("plain", plain.to_vec()),
        ("gzip", gzip(plain)),
        ("gzip of two members", [gzip(first), gzip(second)].concat()),
        ("zstd", zstd::encode_all(plain, 1).expect("memory takes bytes")),
    ]
}

const SPL: &str = r#"index=*
| eval who=coalesce('userIdentity.userName', 'identity.claims.http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn', caller, 'data.protoPayload.authenticationInfo.principalEmail')
| eval what=coalesce(eventName, 'operationName.value', operationName, 'data.protoPayload.methodName')
| where NOT match(what, "^Describe")
| table _time, sourcetype, who, what, responseElements.instancesSet.items{}.instanceId, errorCode, resourceGroup"#;

const AQL: &str = r#"SELECT LOGSOURCETYPENAME(devicetype) AS kind, username, "Operation", "ResultType", "Error Code", sourceip, "ResourceGroup"
FROM events WHERE "Operation" NOT ILIKE 'describe%'"#;

/// Sorted rows of both queries.
fn rows(logs: &str) -> [Vec<String>; 2] {
    [("spl", SPL), ("aql", AQL)].map(|(language, query)| {
        let run = quarry(["query", "--lang", language, "-e", query, "--logs", logs, "--output", "jsonl"]);
        let run = run.with(["--splunk-fields", "json"]).run().exits(0);
        assert!(run.stderr.contains(" 0 bad records"), "{}", run.stderr);
        run.sorted()
    })
}

#[test]
fn same_rows_in_every_container_and_compression() {
    let clouds = three_clouds();
    let folder = Folder::new();
    let expected: Vec<[Vec<String>; 2]> = clouds
        .iter()
        .enumerate()
        .map(|(cloud, events)| rows(&folder.write(&format!("{cloud}.expected"), joined(events, "\n"))))
        .collect();
    assert_eq!(expected.iter().map(|rows| rows[0].len()).collect::<Vec<_>>(), [12, 12, 12]);
    assert_eq!(expected.iter().map(|rows| rows[1].len()).collect::<Vec<_>>(), [12, 12, 12]);
    for shape in &SHAPES {
        let objects = Folder::new();
        let mut wanted: [Vec<String>; 2] = [Vec::new(), Vec::new()];
        for &cloud in shape.clouds {
            for (method, bytes) in compressions(&(shape.wrap)(&clouds[cloud])) {
                objects.write(&format!("{cloud} {method}"), bytes);
                for (all, rows) in wanted.iter_mut().zip(&expected[cloud]) {
                    all.extend(rows.iter().cloned());
                }
            }
        }
        let found = rows(&shown(objects.path()));
        for (found, wanted) in found.into_iter().zip(wanted) {
            assert_eq!(found, sorted(wanted), "{}", shape.name);
        }
    }
}

#[test]
fn a_rest_list_gives_the_rows_of_its_lines() {
    let events: Vec<Value> = (300..310)
        .map(|number| {
            activity_rest(number, "Microsoft.Compute/virtualMachines/write", "Succeeded", "a@example.com")
        })
        .collect();
    let folder = Folder::new();
    let expected = rows(&folder.write("lines", joined(&events, "\n")));
    assert_eq!(expected.clone().map(|rows| rows.len()), [10, 10]);
    let list = bytes(&json!({"value": events, "nextLink": "https://management.example/next"}));
    for (name, bytes) in compressions(&list) {
        assert_eq!(rows(&folder.write(name, bytes)), expected, "{name}");
    }
    let array = serde_json::to_vec_pretty(&events).expect("values are JSON");
    assert_eq!(rows(&folder.write("array", array)), expected);
}

#[test]
fn clouds_mixed_in_one_object_keep_their_rows() {
    let clouds = three_clouds();
    let folder = Folder::new();
    let separate: Vec<[Vec<String>; 2]> = clouds
        .iter()
        .enumerate()
        .map(|(cloud, events)| rows(&folder.write(&format!("{cloud}"), joined(events, "\n"))))
        .collect();
    let mixed: Vec<Value> = clouds.concat();
    let all = rows(&folder.write("mixed", joined(&mixed, "\n")));
    for (language, found) in all.iter().enumerate() {
        let wanted = separate.iter().flat_map(|rows| rows[language].iter().cloned());
        assert_eq!(*found, sorted(wanted));
    }
}

#[test]
fn the_dates_of_paths_leave_out_only_what_came_before_and_are_counted() {
    let place = Folder::new();
    let event = |day: u32| json!({"Records": [{"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "eventTime": format!("2024-03-{day:02}T10:00:00Z")}]});
    for (folder, day) in [
        ("cases/2024/06/01/AWSLogs/1/CloudTrail/eu-west-1/2024/03/08", 5),
        ("AWSLogs/1/CloudTrail/eu-west-1/2024/03/01", 5),
        ("AWSLogs/export/2024/01/01", 5),
    ] {
        place.write(&format!("{folder}/{day}.json"), bytes(&event(day)));
    }
    let logs = shown(place.path());
    let arguments = ["query", "--lang", "spl", "-e", "* | table _time", "--output", "jsonl", "--logs", &logs];
    let range = ["--earliest", "2024-03-05T00:00:00Z", "--latest", "2024-03-06T00:00:00Z"];
    let run = quarry(arguments).with(range).run().exits(0);
    assert_eq!(run.rows().len(), 2, "{}", run.stderr);
    assert!(run.stderr.contains("1 object was left out"), "{}", run.stderr);
    let account = shown(&place.path().join("account.jsonl"));
    quarry(arguments).with(range).with(["--report", &account]).run().exits(0);
    let account = std::fs::read_to_string(account).expect("the account is written");
    let total: Value = serde_json::from_str(account.lines().next().expect("a line")).expect("it is JSON");
    assert_eq!((&total["events"], &total["left_out_by_path_date"]), (&json!(2), &json!(1)), "{account}");
    std::fs::remove_file(place.path().join("account.jsonl")).expect("it can be removed");
    let all = quarry(arguments).with(range).with(["--no-prune"]).run().exits(0);
    assert_eq!(all.rows().len(), 3, "{}", all.stderr);
}
