//! The account adds up: whatever lies in whatever container, each object and record is read, named as another kind,
//! or named as not understood; and no good event beside it is lost.

use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use quarry_logs::{ObjectInput, ScanPlan, Snapshot, Unread};
use quarry_plan::Need;
use serde_json::{Value, json};

use crate::{
    common::{Rows, Scan, names},
    containers::{COMPRESSIONS, tar, wide, zip},
};

/// Something that lies in a container, and what it counts as.
#[derive(Debug, Clone)]
enum Item {
    /// A good event, by its name.
    Good(String),
    /// Known, but no event.
    Foreign,
    /// An object that nobody knows.
    Unknown(Value),
}

impl Item {
    fn value(&self) -> Value {
        match self {
            Self::Good(name) => json!({"eventVersion": "1.08", "eventTime": "2024-01-01T00:00:00Z",
                "eventSource": "ec2.amazonaws.com", "eventName": name, "requestParameters": {"x": [{"y": "}{"}]}}),
            Self::Foreign => json!({"digestStartTime": "x", "digestS3Bucket": "b", "logFiles": []}),
            Self::Unknown(value) => value.clone(),
        }
    }
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<String>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!("{\"a\":")),
        Just(json!("[{")),
    ]
}

fn unknown() -> impl Strategy<Value = Value> {
    let value = scalar().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map("[a-z]{1,4}", inner, 0..3)
                .prop_map(|members| members.into_iter().collect()),
        ]
    });
    prop::collection::hash_map("[a-z]{1,4}", value, 1..4).prop_map(|members| members.into_iter().collect())
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let good = "[A-Z][a-z]{3,6}".prop_map(Item::Good);
    let item = prop_oneof![3 => good, 1 => Just(Item::Foreign), 2 => unknown().prop_map(Item::Unknown)];
    prop::collection::vec(item, 1..8)
}

type Shape = fn(&[Value]) -> Vec<u8>;

fn lines(values: &[Value]) -> Vec<u8> {
    values.iter().map(|value| format!("{value}\n")).collect::<String>().into_bytes()
}

fn written<T: serde::Serialize + ?Sized>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

/// Containers of records.
const SHAPES: [(&str, Shape); 8] = [
    ("lines", lines),
    ("array", |values| written(values)),
    ("pretty array", |values| serde_json::to_vec_pretty(values).unwrap()),
    ("Records", |values| written(&json!({"Records": values}))),
    ("array of arrays", |values| written(&json!([values, []]))),
    ("JSON texts", |values| written(&values.iter().map(Value::to_string).collect::<Vec<_>>())),
    ("CSV with raw events", |values| {
        let cell = |value: &Value| format!("x,\"{}\"\n", value.to_string().replace('"', "\"\""));
        format!("host,_raw\n{}", values.iter().map(cell).collect::<String>()).into_bytes()
    }),
    ("wide lines", |values| wide(&lines(values))),
];

/// Containers of objects.
const WRAPS: [(&str, Shape2); 4] = [
    ("alone", |bytes, _| bytes.to_vec()),
    ("zip", |bytes, other| zip(&[("other", other), ("a.json", bytes), ("b", other)], true)),
    ("tar", |bytes, other| tar(&[("other", other), ("a.json", bytes), ("b", other)])),
    ("zip in tar", |bytes, other| {
        tar(&[("other", other), ("a.zip", &zip(&[("a", bytes), ("o", other)], false))])
    }),
];
type Shape2 = fn(&[u8], &[u8]) -> Vec<u8>;

/// The scans of commands: all events, those with a word, none, and a range of time.
fn scans() -> &'static [(&'static str, Arc<ScanPlan>)] {
    static SCANS: OnceLock<Vec<(&'static str, Arc<ScanPlan>)>> = OnceLock::new();
    SCANS.get_or_init(|| all_scans().into_iter().map(|(name, scan)| (name, scan.plan())).collect())
}

fn all_scans() -> Vec<(&'static str, Scan)> {
    let range = (quarry_logs::parse_time("2030-01-01T00:00:00Z"), None);
    vec![
        ("all", Scan::default()),
        ("filtered", Scan::needing("RunInstances", false)),
        ("counting", Scan { need: Need::Never, ..Scan::default() }),
        ("later", Scan { time_range: range, ..Scan::default() }),
    ]
}

fn foreign(report: &Snapshot) -> u64 {
    report.foreign.values().map(|foreign| foreign.count).sum()
}

fn read(scan: &Arc<ScanPlan>, bytes: &[u8]) -> (Rows, Snapshot, Unread) {
    crate::common::account(scan, ObjectInput::Bytes(bytes.to_vec().into()))
}

/// What all commands must agree on.
fn account(report: &Snapshot, unread: &Unread) -> String {
    let foreign: Vec<_> = report.foreign.iter().map(|(kind, found)| (kind, found.count)).collect();
    let strange = (unread.count(), unread.not_understood());
    format!("{:?} {foreign:?} {} {strange:?} {:?}", report.events, report.bad, report.objects_by_outcome)
}

/// How many are tried: `PROPTEST_CASES` or a few.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn records_add_up(items in items(), compression in 0..COMPRESSIONS.len(), wrap in 0..WRAPS.len()) {
        let values: Vec<Value> = items.iter().map(Item::value).collect();
        let good: Vec<&str> = items.iter().filter_map(|item| match item {
            Item::Good(name) => Some(name.as_str()),
            _ => None,
        }).collect();
        let (wrap_name, wrap) = WRAPS[wrap];
        let (compression_name, compress) = COMPRESSIONS[compression];
        for (shape_name, shape) in SHAPES {
            let what = format!("{shape_name}, {compression_name}, {wrap_name}");
            let bytes = wrap(&compress(&shape(&values)), b"");
            let mut accounts = Vec::new();
            for (scan_name, scan) in scans() {
                let (rows, report, unread) = read(scan, &bytes);
                if *scan_name == "all" {
                    prop_assert_eq!(names(&rows), good.clone(), "{} {:?}", &what, &report);
                }
                let empty = report.foreign.get("empty").map_or(0, |foreign| foreign.count);
                let counted = report.events_read() + foreign(&report) - empty;
                prop_assert_eq!(report.events_read(), good.len() as u64, "{} {:?}", &what, &report);
                // An object that holds nothing but unknown records is named once more, as what it looks like.
                prop_assert_eq!(counted, items.len() as u64, "{} {} {:?}", &what, scan_name, &report);
                prop_assert_eq!(report.bad, 0, "{} {:?}", &what, &report);
                prop_assert_eq!(unread.count(), 0);
                prop_assert_eq!(report.objects_by_outcome.iter().sum::<u64>(), report.objects);
                accounts.push(account(&report, &unread));
            }
            accounts.dedup();
            prop_assert_eq!(accounts.len(), 1, "{} {:?}", what, accounts);
        }
    }

    #[test]
    fn bad_lines_lose_no_good_event(
        items in items(),
        bad in prop::collection::vec((any::<prop::sample::Index>(), r#"[\[\]{}",:\\a0 \x00\x1f-]{1,24}|\{"[a-z]":[\[{"]|[a-z ]{1,9}"#), 1..5),
        compression in 0..COMPRESSIONS.len(),
    ) {
        let mut lines: Vec<String> = items.iter().map(|item| item.value().to_string()).collect();
        for (place, text) in &bad {
            lines.insert(place.index(lines.len() + 1), text.clone());
        }
        let good: Vec<&str> = items.iter().filter_map(|item| match item {
            Item::Good(name) => Some(name.as_str()),
            _ => None,
        }).collect();
        let text = lines.join("\n") + "\n";
        let bytes = COMPRESSIONS[compression].1(text.as_bytes());
        let mut accounts = Vec::new();
        for (scan_name, scan) in scans() {
            let (rows, report, unread) = read(scan, &bytes);
            if *scan_name == "all" {
                prop_assert_eq!(names(&rows), good.clone(), "{:?} {:?}", &lines, &report);
            }
            prop_assert_eq!(report.events_read(), good.len() as u64, "{} {:?}", scan_name, &lines);
            accounts.push(account(&report, &unread));
        }
        accounts.dedup();
        prop_assert_eq!(accounts.len(), 1, "{:?} {:?}", lines, accounts);
    }

    #[test]
    fn random_objects_are_named_and_lose_no_good_one(
        rubbish in prop_oneof![
            prop::collection::vec(any::<u8>(), 1..300),
            "[ -~\n\t]{1,200}".prop_map(String::into_bytes),
            r#"([\[\]{}",:\\a1 \n]|\{"eventSource":"s"|\{"Records":\[|"digestStartTime":|PK){1,60}"#.prop_map(String::into_bytes),
        ],
        compression in 0..COMPRESSIONS.len(),
        cut in 0..40_usize,
        wrap in 0..WRAPS.len(),
    ) {
        let good = written(&json!({"Records": [Item::Good("Planted".to_owned()).value()]}));
        let compressed = COMPRESSIONS[compression].1(&rubbish);
        let other = &compressed[..compressed.len().saturating_sub(cut)];
        let (name, wrap) = WRAPS[wrap];
        let mut accounts = Vec::new();
        for (scan_name, scan) in scans() {
            let (rows, report, unread) = read(scan, &wrap(&good, other));
            if *scan_name == "all" {
                prop_assert!(names(&rows).contains(&"Planted"), "{} {:?} {:?}", name, report, unread);
            }
            prop_assert_eq!(report.objects_by_outcome.iter().sum::<u64>(), report.objects);
            accounts.push(account(&report, &unread));
            let (_, report, unread) = read(scan, other);
            let is_list = other.trim_ascii_start().starts_with(b"[") || rubbish.trim_ascii_start().starts_with(b"[")
                || rubbish.windows(11).any(|bytes| bytes == br#"{"Records":"#);
            let said = report.events_read() + foreign(&report) + report.bad + unread.count() as u64
                + report.notes.values().map(|noted| noted.count).sum::<u64>();
            prop_assert!(said > 0 || is_list, "{:?} {:?}", report, String::from_utf8_lossy(other));
        }
        accounts.dedup();
        prop_assert_eq!(accounts.len(), 1, "{} {:?}", name, accounts);
    }
}
