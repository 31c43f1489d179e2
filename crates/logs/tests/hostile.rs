//! Broken and hostile objects: no crash, no good event lost, each bad one reported.

use crate::common::{Scan, gzip, names};
use quarry_logs::{Limits, Note, ObjectInput};

fn event(name: &str) -> String {
    format!(
        r#"{{"eventVersion":"1","eventTime":"2024-01-01T00:00:00Z","eventSource":"s","eventName":"{name}","x":[{{"a":1}},{{"b":"}}"}}]}}"#
    )
}

fn small_chunks() -> Scan {
    Scan { limits: Limits { chunk_bytes: 128, ..Limits::default() }, ..Scan::default() }
}

/// Reads text both ways, expects these event names and that many bad records.
fn expect(text: &str, expected: &[&str], bad: u64) {
    for scan in [Scan::default(), small_chunks()] {
        let (rows, report) = scan.bytes(text.as_bytes());
        assert_eq!(names(&rows), expected, "{text} {report:?}");
        assert_eq!(report.bad, bad, "{text} {:?}", report.bad_records);
    }
}

#[test]
fn half_a_record_loses_no_other() {
    let (a, b, c) = (event("A"), event("B"), event("C"));
    let cut = &b[..b.len() - 20];
    let cut_in_string = &b[..60];
    for half in [cut, cut_in_string, &b[..b.len() - 1], &b[..30]] {
        expect(&format!("{a}\n{half}\n{c}\n"), &["A", "C"], 1);
        expect(&format!("{a}\n{c}\n{half}"), &["A", "C"], 1);
        expect(&format!("{a}\n{half}\n{c}\n{half}\n{a}"), &["A", "C", "A"], 2);
    }
    for half in [cut_in_string, &b[..b.len() - 1]] {
        let (rows, report) =
            Scan::default().bytes(format!(r#"{{"Records":[{a},{half},{c},{a}]}}"#).as_bytes());
        assert_eq!(names(&rows), ["A", "C", "A"], "{:?}", report.bad_records);
        assert!(report.bad >= 1);
    }
    let (rows, report) = Scan::default().bytes(format!(r#"{{"Records":[{a},{c},{cut}"#).as_bytes());
    assert_eq!(names(&rows), ["A", "C"]);
    assert!(report.bad >= 1);
}

#[test]
fn wrong_json_with_right_brackets_loses_no_other() {
    let (a, c) = (event("A"), event("C"));
    let wrong = event("B").replace("\"1\"", "tru");
    expect(&format!("{a}\n{wrong}\n{c}\n"), &["A", "C"], 1);
    expect(&format!("[{a},{wrong},{c}]"), &["A", "C"], 1);
    expect(&format!("{a}\n{{\"eventName\" \"x\"}}\n{c}\n"), &["A", "C"], 1);
}

#[test]
fn a_cut_gzip_gives_what_is_before_the_cut() {
    let lines: String =
        (0..5000).map(|number| event(&format!("Name{}", number * 7919 % 5003)) + "\n").collect();
    let bytes = gzip(lines.as_bytes());
    let (rows, report) = Scan::default().bytes(&bytes[..bytes.len() * 3 / 4]);
    assert!(rows.len() > 2500 && rows.len() < 5000, "{}", rows.len());
    assert!(
        report.bad_records.iter().any(|bad| bad.reason.contains("damaged or cut off")),
        "{:?}",
        report.bad_records
    );
    let mut lying = bytes.clone();
    let end = lying.len();
    lying[end - 4..].copy_from_slice(&17_u32.to_le_bytes());
    assert_eq!(Scan::default().bytes(&lying).0.len(), 5000);
    let twice = [bytes.clone(), bytes].concat();
    assert_eq!(Scan::default().bytes(&twice).0.len(), 10_000);
}

#[test]
fn deep_nesting_is_one_bad_record() {
    let deep = format!(
        r#"{{"eventSource":"s","eventName":"Deep","x":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let deep_objects = format!(r#"{}1{}"#, r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
    let (a, c) = (event("A"), event("C"));
    for deep in [deep, deep_objects] {
        expect(&format!("{a}\n{deep}\n{c}"), &["A", "C"], 1);
        expect(&format!("{{\"Records\":[{a},{deep},{c}]}}"), &["A", "C"], 1);
    }
    expect(&format!("{a}\n{}\n{c}", "[".repeat(100_000)), &["A", "C"], 1);
}

#[test]
fn a_very_large_record_is_skipped_in_little_memory() {
    let large = event("Large").replace("\"1\"", &format!("\"{}\"", "x".repeat(5 << 20)));
    let text = format!("{}\n{large}\n{}", event("A"), event("C"));
    let limits = Limits { record_bytes: 1 << 20, chunk_bytes: 64 << 10, ..Limits::default() };
    let scan = Scan { limits, ..Scan::default() };
    for bytes in [text.clone().into_bytes(), gzip(text.as_bytes())] {
        let (rows, report) = scan.bytes(&bytes);
        assert_eq!(names(&rows), ["A", "C"]);
        assert_eq!(report.bad_records[0].reason, "larger than the limit for a record");
        assert_eq!(report.bad_records[0].offset, event("A").len() as u64 + 1);
        assert_eq!(report.bad, 1);
    }
    assert_eq!(Scan::default().bytes(text.as_bytes()).0.len(), 3);
}

#[test]
fn bytes_that_are_no_text_cost_the_value_and_not_the_event() {
    let mut bytes = format!("{}\n", event("A")).into_bytes();
    bytes.extend(
        event("B").replace("\"1\"", "\"caf#\"").bytes().map(|byte| if byte == b'#' { 0xe9 } else { byte }),
    );
    bytes.extend(format!("\n{}", event("C")).bytes());
    for need in [Scan::default(), Scan::needing("C", false)] {
        let (rows, report) = need.bytes(&bytes);
        assert!(names(&rows).contains(&"C"));
        assert_eq!(report.bad, 0);
        assert_eq!(report.notes[&Note::Mended].count, 1);
    }
}

#[test]
fn objects_of_other_kinds_are_named() {
    let digest = r#"{"awsAccountId":"1","digestStartTime":"x","digestS3Bucket":"b","logFiles":[]}"#;
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR{[\"}";
    for (bytes, kind) in [
        (digest.as_bytes(), "CloudTrail digest"),
        (png, "binary file"),
        (b"", "empty"),
        (&gzip(png), "binary file"),
    ] {
        let (rows, report) = Scan::default().bytes(bytes);
        assert!(rows.is_empty());
        assert_eq!(report.foreign.keys().collect::<Vec<_>>(), [kind], "{report:?}");
        assert_eq!(report.foreign[kind].objects, ["object"]);
        assert_eq!(report.bad, 0);
    }
}

#[test]
fn escaped_names_and_values_are_found() {
    let escaped = r#"{"eventVersion":"1","eventSource":"s","eventName":"\u0052unInstances"}"#;
    let escaped_member = r#"{"eventVersion":"1","eventSource":"s","event\u004eame":"RunInstances"}"#;
    let text = format!(
        "{}\n{escaped}\n{escaped_member}\n{{\"\\u0052ecords\":[{}]}}",
        event("Other"),
        event("RunInstances")
    );
    let (rows, _) = Scan::needing("RunInstances", false).bytes(text.as_bytes());
    assert_eq!(names(&rows), ["RunInstances"; 3]);
}

#[test]
fn duplicates_and_large_numbers_are_read() {
    let text = r#"{"eventSource":"s","eventName":"A","x":1,"x":123456789012345678901234567890}"#;
    let scan = Scan { columns: vec![crate::common::path("x")], ..Scan::default() };
    assert_eq!(names(&scan.bytes(text.as_bytes()).0), ["123456789012345678901234567890"]);
    expect(r#"{"eventSource":"s","eventName":"A","eventName":"B"}"#, &["B"], 0);
}

#[test]
fn a_truncated_stream_is_no_panic_wherever_it_ends() {
    let text = format!(r#"{{"Records":[{},{}]}}"#, event("A\\u0041"), event("B"));
    for end in 0..text.len() {
        let (rows, report) = Scan::default().bytes(&text.as_bytes()[..end]);
        assert!(rows.len() <= 2);
        assert!(end == 0 || report.bad > 0, "{end}");
    }
}

#[test]
fn reading_stops_when_told() {
    let lines: String = (0..100).map(|number| event(&number.to_string()) + "\n").collect();
    let formats = crate::common::formats();
    let limits = Limits { batch_rows: 10, ..Limits::default() };
    let spec = quarry_logs::ScanSpec { limits, ..quarry_logs::ScanSpec::new(formats.clone(), Vec::new()) };
    let plan = std::sync::Arc::new(quarry_logs::ScanPlan::new(spec));
    let report = quarry_logs::ScanReport::new(&formats);
    let mut batches = 0;
    let mut emit = |_| {
        batches += 1;
        if batches == 2 { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) }
    };
    quarry_logs::read_object(&plan, "o", ObjectInput::Bytes(lines.into()), &report, &mut emit).unwrap();
    assert_eq!((batches, report.snapshot().rows), (2, 20));
}

/// An event of a length that audit records have, so that cuts fall into its middle.
fn long_event(name: &str) -> String {
    let user = r#""user":{"name":"n","list":[{"key":"k"},{"key":"l"}]},"#;
    event(name).replacen('{', &format!("{{{user}\"filler\":\"{}\",", "f".repeat(500)), 1)
}

#[test]
fn however_much_is_cut_the_good_rest_is_read() {
    let good: String = (0..2_000).map(|_| event("Good") + "\n").collect();
    // In a string, behind one, between members: wherever syslog cuts.
    for (cut, count) in [(600, 25_000), (575, 1_000), (30, 1_000), (53, 1_000), (70, 1_000)] {
        let line = &long_event("Cut")[..cut];
        let text = format!("{}{good}", format!("{line}\n").repeat(count));
        for bytes in [text.clone().into_bytes(), gzip(text.as_bytes())] {
            for scan in [Scan::default(), Scan::needing("Good", false)] {
                let (rows, report) = scan.bytes(&bytes);
                assert_eq!(rows.len(), 2_000, "{cut}");
                assert_eq!((report.bad, report.skipped), (count as u64, (count * (cut + 1)) as u64), "{cut}");
            }
        }
    }
}

#[test]
fn a_run_of_zeros_costs_itself() {
    let (a, b, c) = (event("A"), event("B"), event("C"));
    for zeros in [1, 100, 5_000, 600_000] {
        let zeros = "\0".repeat(zeros);
        for (text, expected, bad) in [
            (format!("{zeros}{a}\n{c}\n"), vec!["A", "C"], 1),
            (format!("{a}\n{zeros}{c}\n"), vec!["A", "C"], 1),
            (format!("{a}\n{c}\n{zeros}"), vec!["A", "C"], 1),
            (format!("{a}\n{}{zeros}{c}\n{a}\n", &b[..40]), vec!["A", "C", "A"], 1),
            (format!("{a}\n{}{zeros}\n{c}\n{a}\n", &b[..70]), vec!["A", "C", "A"], 1),
            (format!("{a}\n{zeros}{}\n{c}\n", &b[40..]), vec!["A", "C"], 1),
            (format!("{}\n{zeros}{c}\n", &b[40..]), vec!["C"], 1),
        ] {
            for scan in [Scan::default(), small_chunks()] {
                let (rows, report) = scan.bytes(text.as_bytes());
                assert_eq!(names(&rows), expected, "{} {report:?}", zeros.len());
                let around = report.notes.get(&Note::AroundJson).map_or(0, |noted| noted.count);
                assert!((1..=bad + 1).contains(&(report.bad + around)), "{report:?}");
            }
        }
    }
}

#[test]
fn a_search_waits_for_no_more_than_a_record() {
    // What opens here never ends, and each of the places in it might be a record.
    let open = r#"{"a":[{"b":["#.repeat(200);
    let text = format!("{}\n{{\"x\" {open}{}\n{}\n", event("A"), "1,".repeat(2 << 20), event("C"));
    let limits = Limits { record_bytes: 1 << 20, chunk_bytes: 64 << 10, ..Limits::default() };
    let (rows, report) = Scan { limits, ..Scan::default() }.bytes(text.as_bytes());
    assert_eq!(names(&rows), ["A", "C"]);
    assert!(report.skipped > 4 << 20, "{report:?}");
}
