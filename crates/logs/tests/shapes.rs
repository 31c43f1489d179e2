//! The same events give the same rows, whatever they lie in.

use crate::common::{Scan, gzip};
use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use quarry_logs::{Limits, ObjectInput};
use serde_json::{Value, json};

type Shape = fn(&[Value], bool) -> Vec<u8>;

/// Ways to hold events: each gives the bytes of an object.
const SHAPES: [(&str, Shape); 19] = [
    ("lines", |events, _| joined(events, "\n")),
    ("concatenated", |events, _| joined(events, "")),
    ("commas", |events, _| joined(events, ",\n")),
    ("array", |events, pretty| text(&json!(events), pretty)),
    ("Records", |events, pretty| text(&json!({"Records": events}), pretty)),
    ("Records behind other members", |events, pretty| {
        text(&json!({"a": [{"b": 1}], "Records": events, "z": {"y": []}}), pretty)
    }),
    ("Records lines", |events, _| {
        joined(&events.iter().map(|event| json!({"Records": [event]})).collect::<Vec<_>>(), "\n")
    }),
    ("array of Records", |events, pretty| text(&json!([{"Records": events}]), pretty)),
    ("event hub", |events, pretty| text(&json!({"records": events}), pretty)),
    ("REST", |events, pretty| text(&json!({"value": events, "nextLink": "x"}), pretty)),
    ("pretty values", |events, _| {
        events.iter().flat_map(|event| [text(event, true), b"\n".to_vec()].concat()).collect()
    }),
    ("lookup-events", |events, pretty| {
        let wrap = |event: &Value| json!({"EventId": "1", "ReadOnly": "false", "CloudTrailEvent": event.to_string()});
        text(&json!({"Events": events.iter().map(wrap).collect::<Vec<_>>(), "NextToken": "t"}), pretty)
    }),
    ("EventBridge", |events, _| {
        joined(
            &events.iter().map(|event| json!({"detail-type": "x", "detail": event})).collect::<Vec<_>>(),
            "\n",
        )
    }),
    ("CloudWatch Logs", |events, pretty| {
        let wrap = |event: &Value| json!({"id": "1", "timestamp": 1, "message": event.to_string()});
        text(
            &json!({"messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": events.iter().map(wrap).collect::<Vec<_>>()}),
            pretty,
        )
    }),
    ("Kinesis with gzip in base64", |events, pretty| {
        let wrap = |event: &Value| json!({"id": "1", "timestamp": 1, "message": event.to_string()});
        let inner =
            json!({"messageType": "DATA_MESSAGE", "logEvents": events.iter().map(wrap).collect::<Vec<_>>()});
        let data = STANDARD.encode(gzip(inner.to_string().as_bytes()));
        text(&json!({"awslogs": {"data": data}}), pretty)
    }),
    ("Pub/Sub push", |events, _| {
        joined(&events.iter().map(|event| json!({"message": {"data": STANDARD.encode(event.to_string()), "messageId": "1"}})).collect::<Vec<_>>(), "\n")
    }),
    ("Pub/Sub pull", |events, pretty| {
        let wrap = |event: &Value| json!({"ackId": "a", "message": {"data": STANDARD.encode(event.to_string()), "messageId": "1"}});
        text(&json!({"receivedMessages": events.iter().map(wrap).collect::<Vec<_>>()}), pretty)
    }),
    ("HEC", |events, _| {
        joined(&events.iter().map(|event| json!({"event": event, "sourcetype": "s"})).collect::<Vec<_>>(), "")
    }),
    ("SNS", |events, _| {
        joined(
            &events
                .iter()
                .map(|event| json!({"TopicArn": "t", "Message": json!({"Records": [event]}).to_string()}))
                .collect::<Vec<_>>(),
            "\n",
        )
    }),
];

fn text(value: &Value, pretty: bool) -> Vec<u8> {
    if pretty { serde_json::to_vec_pretty(value).unwrap() } else { serde_json::to_vec(value).unwrap() }
}

fn joined(values: &[Value], gap: &str) -> Vec<u8> {
    values.iter().map(Value::to_string).collect::<Vec<_>>().join(gap).into_bytes()
}

fn compressed(bytes: &[u8], method: u8) -> Vec<u8> {
    match method {
        1 => gzip(bytes),
        2 => {
            let (first, second) = bytes.split_at(bytes.len() / 2);
            [gzip(first), gzip(second)].concat()
        }
        3 => zstd::encode_all(bytes, 1).unwrap(),
        _ => bytes.to_vec(),
    }
}

fn event() -> impl Strategy<Value = Value> {
    let name =
        prop_oneof![Just("RunInstances".to_owned()), Just("DescribeInstances".to_owned()), any::<String>()];
    let ids = prop::collection::vec(any::<String>(), 0..3);
    (name, any::<String>(), ids, 0_i64..2_000_000_000, any::<bool>()).prop_map(
        |(name, arn, ids, second, first)| {
            let time = jiff_time(second);
            let items: Vec<Value> = ids.into_iter().map(|id| json!({"id": id, "n": [{"x": "}{"}]})).collect();
            let mut event = json!({"eventVersion": "1.08", "userIdentity": {"arn": arn}, "eventTime": time,
            "eventSource": "ec2.amazonaws.com", "eventName": name, "items": items, "errorCode": null});
            if first {
                let moved = event.as_object_mut().unwrap().shift_remove("eventVersion").unwrap();
                event.as_object_mut().unwrap().insert("eventVersion".to_owned(), moved);
            }
            event
        },
    )
}

fn jiff_time(second: i64) -> String {
    let micros = second * 1_000_000;
    // Any UTC text of the right form will do: built by hand to keep the test independent.
    let (days, rest) = (second / 86_400, second % 86_400);
    let _ = micros;
    let mut year = 1970;
    let mut left = days;
    loop {
        let length = if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) { 366 } else { 365 };
        if left < length {
            break;
        }
        left -= length;
        year += 1;
    }
    let (month, day) = (left / 28 % 12 + 1, left % 28 + 1);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

fn expected(events: &[Value]) -> crate::common::Rows {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let row = |event: &Value| {
        let ids: Vec<&str> =
            event["items"].as_array().unwrap().iter().filter_map(|item| item["id"].as_str()).collect();
        let joined = if ids.is_empty() { None } else { Some(ids.join("\n")) };
        vec![
            text(&event["eventName"]),
            text(&event["eventTime"]),
            text(&event["userIdentity"]["arn"]),
            joined,
            Some("aws.cloudtrail".to_owned()),
        ]
    };
    events.iter().map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_shape_gives_the_same_rows(events in prop::collection::vec(event(), 0..8), pretty: bool, method in 0_u8..4, chunk in 64_usize..2000) {
        let limits = Limits { chunk_bytes: chunk, ..Limits::default() };
        let all = Scan { limits, ..Scan::default() };
        let some = Scan { limits, ..Scan::needing("RunInstances", false) };
        let wanted: Vec<Value> = events.iter().filter(|event| event["eventName"] == "RunInstances").cloned().collect();
        let mut times: Vec<i64> = events.iter().filter_map(|event| quarry_logs::parse_time(event["eventTime"].as_str()?)).collect();
        times.sort_unstable();
        for (name, shape) in SHAPES {
            let plain = shape(&events, pretty);
            let bytes = compressed(&plain, method);
            let (rows, report) = all.bytes(&bytes);
            prop_assert_eq!(&rows, &expected(&events), "{}", name);
            prop_assert_eq!(report.bad, 0, "{} {:?}", name, report.bad_records);
            prop_assert_eq!(report.events_read(), events.len() as u64, "{}", name);
            let (rows, report) = some.bytes(&bytes);
            let found: crate::common::Rows = rows.into_iter().filter(|row| row[0].as_deref() == Some("RunInstances")).collect();
            prop_assert_eq!(&found, &expected(&wanted), "{}", name);
            prop_assert_eq!(report.events_read(), events.len() as u64, "{}", name);
            prop_assert_eq!((report.oldest, report.newest), (times.first().copied(), times.last().copied()), "{}", name);
        }
    }

    #[test]
    fn chunks_do_not_matter_even_for_rubbish(text in r#"([\[\]{}",:\\a1 \n]|\{"eventSource":"s","eventName":"n"\}|\{"Records":\[){0,80}"#, chunk in 64_usize..200) {
        let whole = Scan::default().bytes(text.as_bytes());
        let limits = Limits { chunk_bytes: chunk, ..Limits::default() };
        let parts = Scan { limits, ..Scan::default() }.bytes(text.as_bytes());
        prop_assert_eq!(whole.0, parts.0);
        prop_assert_eq!(whole.1.bad_records, parts.1.bad_records);
    }
}

#[test]
fn streams_and_files_read_like_bytes() {
    let events: Vec<Value> = (0..3000).map(|number| json!({"eventSource": "s", "eventName": format!("Name{number}"), "eventTime": "2024-01-01T00:00:00Z"})).collect();
    let plain = text(&json!({"Records": events}), false);
    let bytes = gzip(&plain);
    let (rows, _) = Scan::default().bytes(&bytes);
    assert_eq!(rows.len(), 3000);
    let stream = ObjectInput::Stream(Box::new(std::io::Cursor::new(bytes.clone())));
    assert_eq!(Scan::default().run(stream).0, rows);
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a.gz", &bytes), ("misnamed.json", &plain)] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let (found, report) = Scan::default().run(ObjectInput::File(path));
        assert_eq!(found, rows);
        assert_eq!(
            (report.bytes_compressed, report.bytes_uncompressed),
            (bytes.len() as u64, plain.len() as u64)
        );
    }
}

#[test]
fn a_time_range_keeps_exactly_its_events() {
    let times = [
        "2024-01-01T00:00:00Z",
        "2024-01-01T11:00:01+11:00",
        "2024-01-01T00:00:02.1234567Z",
        "2024-01-01T00:00:03Z",
    ];
    let events: Vec<Value> =
        times.iter().map(|time| json!({"eventSource": "s", "eventName": "n", "eventTime": time})).collect();
    let start = quarry_logs::parse_time("2024-01-01T00:00:01Z");
    let end = quarry_logs::parse_time("2024-01-01T00:00:03Z");
    let (rows, report) = Scan { time_range: (start, end), ..Scan::default() }.bytes(&joined(&events, "\n"));
    let found: Vec<&str> = rows.iter().filter_map(|row| row[1].as_deref()).collect();
    assert_eq!(found, times[1..3]);
    assert_eq!(report.events_read(), 4);
}
