//! How rows come out, and what the command line means.

use std::io::{BufRead, BufReader, Read};

use arrow::array::{Array, AsArray};
use serde_json::Value;

use crate::{
    common::{Folder, Quarry, quarry, sorted},
    events::{activity, cloud_audit, cloudtrail},
};

const QUERY: &str =
    "index=* | table eventName, userIdentity.userName, sourceIPAddress | sort eventName sourceIPAddress";

/// Ten launches and ten deletions an hour after the epoch of the generator, one object.
fn logs(folder: &Folder) -> String {
    let lines: Vec<String> = (0..20)
        .map(|number| {
            let name = if number % 2 == 0 { "RunInstances" } else { "Delete, \"quoted\"" };
            cloudtrail(number, name, &format!("user{number}")).to_string()
        })
        .collect();
    folder.write("logs.jsonl", lines.join("\n"))
}

fn spl(query: &str, logs: &str) -> Quarry {
    quarry(["query", "--lang", "spl", "--splunk-fields", "json", "-e", query, "--logs", logs])
}

fn cells(row: &Value) -> Vec<String> {
    let row = row.as_object().expect("a row");
    row.values().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect()
}

/// A reader of CSV as RFC 4180 has it.
fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    rows
}

fn parquet(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let folder = Folder::new();
    let file = std::fs::File::open(folder.write("rows.parquet", bytes)).expect("the file is there");
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::build)
        .expect("the bytes are Parquet");
    let mut rows = Vec::new();
    for batch in reader.map(|batch| batch.expect("a batch is readable")) {
        for index in 0..batch.num_rows() {
            let text = |column: &arrow::array::ArrayRef| column.as_string::<i32>().value(index).to_owned();
            assert!(batch.columns().iter().all(|column| column.is_valid(index)));
            rows.push(batch.columns().iter().map(text).collect());
        }
    }
    rows
}

#[test]
fn every_format_has_the_same_rows() {
    let folder = Folder::new();
    let logs = logs(&folder);
    let run = |format: &str| spl(QUERY, &logs).with(["--output", format]).run().exits(0);
    let lines: Vec<Vec<String>> = run("jsonl").rows().iter().map(cells).collect();
    assert_eq!(lines.len(), 20);
    assert_eq!(lines[0], ["Delete, \"quoted\"", "user1", "198.51.100.1"]);
    let array: Vec<Value> = serde_json::from_slice(&run("json").stdout).expect("one array");
    assert_eq!(array.iter().map(cells).collect::<Vec<_>>(), lines);
    let table = csv(run("csv").text());
    assert_eq!(table[0], ["eventName", "userIdentity.userName", "sourceIPAddress"]);
    assert_eq!(table[1..], lines);
    assert_eq!(parquet(run("parquet").stdout), lines);
    let shown = run("table");
    for row in &lines {
        let line = shown.text().lines().find(|line| line.contains(&format!(" {} ", row[1])));
        assert!(line.is_some_and(|line| row.iter().all(|cell| line.contains(cell))), "{row:?}");
    }
}

#[test]
fn no_rows_are_no_rows_in_every_format() {
    let folder = Folder::new();
    let logs = logs(&folder);
    let run = |format: &str| {
        spl("index=* eventName=Nothing | table eventName", &logs).with(["--output", format]).run().exits(0)
    };
    assert_eq!(run("jsonl").text(), "");
    assert_eq!(run("json").text().trim(), "[]");
    assert_eq!(run("csv").text(), "eventName\n");
    assert!(parquet(run("parquet").stdout).is_empty());
}

#[test]
fn limit_cuts() {
    let folder = Folder::new();
    let logs = logs(&folder);
    let rows = |limit: &str| spl(QUERY, &logs).with(["--limit", limit]).run().exits(0).rows();
    assert_eq!(rows("3").len(), 3);
    assert_eq!(rows("3")[2], rows("100")[2]);
    assert_eq!(rows("100").len(), 20);
}

#[test]
fn the_command_line_replaces_the_range_of_the_query() {
    let folder = Folder::new();
    let logs = logs(&folder);
    let count = |query: &str, more: &[&str]| spl(query, &logs).with(more).run().exits(0).rows().len();
    let early = "index=* earliest=-5s | table eventName";
    // The newest event is at 10:00:19; what is five seconds older is inside.
    assert_eq!(count(early, &[]), 6);
    assert_eq!(count(early, &["--now", "2024-05-01T10:00:10.5Z"]), 5);
    assert_eq!(count(early, &["--earliest", "2024-05-01T10:00:02Z"]), 18);
    assert_eq!(count(early, &["--latest", "2024-05-01T10:00:02Z"]), 2);
    let both = ["--earliest", "2024-05-01 10:00:02", "--latest", "2024-05-01T12:00:04+02:00"];
    assert_eq!(count(early, &both), 2);
    let aql = |more: &[&str]| {
        let query = "SELECT username FROM events LAST 1 MINUTES";
        quarry(["query", "--lang", "aql", "-e", query, "--logs", &logs])
            .with(more)
            .run()
            .exits(0)
            .rows()
            .len()
    };
    assert_eq!(aql(&[]), 20);
    assert_eq!(aql(&["--now", "wall"]), 0);
    assert_eq!(aql(&["--now", "wall", "--earliest", "2024-05-01T10:00:10Z"]), 10);
}

#[test]
fn a_range_outside_the_data_says_what_the_data_covers() {
    let folder = Folder::new();
    let logs = logs(&folder);
    let run = spl("index=* | table eventName", &logs).with(["--earliest", "2030-01-01"]).run().exits(0);
    assert!(run.rows().is_empty());
    for part in ["2030-01-01T00:00:00Z", "2024-05-01T10:00:00Z to 2024-05-01T10:00:19Z"] {
        assert!(run.stderr.contains(part), "{part}:\n{}", run.stderr);
    }
}

#[test]
fn relative_times_say_what_they_count_from() {
    let folder = Folder::new();
    let run = spl("index=* earliest=-5s", &logs(&folder)).run().exits(0);
    assert!(run.stderr.contains("2024-05-01T10:00:19Z"), "{}", run.stderr);
    let quiet = spl("index=* earliest=-5s", &logs(&folder)).with(["--quiet"]).run().exits(0);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = Folder::new();
    let lines: Vec<String> =
        (0..30_000).map(|number| cloudtrail(number, "RunInstances", "user").to_string()).collect();
    let logs = folder.write("many.jsonl", lines.join("\n"));
    let mut child = spl("index=* | table _raw", &logs).command().spawn().expect("the binary starts");
    let mut first = String::new();
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    output.read_line(&mut first).expect("a line comes");
    drop(output);
    assert!(first.contains("RunInstances"));
    let mut told = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut told).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(0), "{told}");
    for word in ["panic", "Broken pipe", "error"] {
        assert!(!told.contains(word), "{told}");
    }
}

#[test]
fn a_dash_is_standard_input() {
    let folder = Folder::new();
    let logs = logs(&folder);
    let expected = spl(QUERY, &logs).run().exits(0).sorted();
    let query_in =
        quarry(["query", "--lang", "spl", "--splunk-fields", "json", "-", "--logs", &logs]).input(QUERY);
    assert_eq!(query_in.run().exits(0).sorted(), expected);
    let bytes = std::fs::read(&logs).expect("readable");
    assert_eq!(spl(QUERY, "-").input(bytes.clone()).run().exits(0).sorted(), expected);
    assert_eq!(spl(QUERY, "-").input(crate::common::gzip(&bytes)).run().exits(0).sorted(), expected);
}

#[test]
fn the_language_comes_from_the_ending_or_the_option() {
    let folder = Folder::new();
    let logs = logs(&folder);
    let aql = folder.write("q.aql", "SELECT username FROM events");
    assert_eq!(quarry(["query", &aql, "--logs", &logs]).run().exits(0).rows().len(), 20);
    let plain = folder.write("q.txt", "SELECT username FROM events");
    let run = quarry(["query", &plain, "--logs", &logs]).run().exits(2);
    assert!(run.stderr.contains("--lang"), "{}", run.stderr);
    quarry(["query", &plain, "--lang", "aql", "--logs", &logs]).run().exits(0);
}

#[test]
fn logs_that_are_not_there_are_an_error() {
    let run = spl("index=*", "/nowhere/at/all").run().exits(2);
    assert!(run.stderr.contains("/nowhere/at/all"), "{}", run.stderr);
}

#[test]
fn globs_and_folders_and_files_are_the_same_logs() {
    let folder = Folder::new();
    let one = logs(&folder);
    let count = |logs: &str| spl("index=* | stats count", logs).run().exits(0).rows()[0]["count"].to_string();
    folder.write("deep/er/more.json", cloud_audit(40, "v1.compute.instances.insert", "a").to_string());
    folder.write("deep/third.log", activity(41, "MICROSOFT.COMPUTE/DISKS/WRITE", "Success", "b").to_string());
    let root = crate::common::shown(folder.path());
    let counts = [one.as_str(), &root, &format!("{root}/**/*.json"), &format!("{root}/deep")].map(count);
    assert_eq!(counts.map(|count| count.trim_matches('"').to_owned()), ["20", "22", "1", "2"]);
}

#[test]
fn fields_of_the_users_own_show_in_queries_and_in_fields() {
    let folder = Folder::new();
    let logs = logs(&folder);
    folder.write(
        "quarry.toml",
        r#"[[view.splunk.source]]
log_type = "aws.cloudtrail"
[view.splunk.source.fields]
team = { concat = ["userIdentity.userName", { value = "-team" }] }
errorCode = "errorCode"
"#,
    );
    let query = "index=* team=user7-team NOT errorCode=* | table team";
    let run = |quarry: Quarry| quarry.in_folder(folder.path()).run().exits(0).rows();
    let rows = run(quarry(["query", "--lang", "spl", "-e", query, "--logs", &logs]));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["team"], "user7-team");
    let fields = run(quarry(["fields", "--logs", &logs, "--view", "splunk", "--output", "jsonl"]));
    let text = |name: &str| fields.iter().map(Value::to_string).filter(|row| row.contains(name)).count();
    assert_eq!(text("\"team\""), 1);
    assert_eq!(text("\"errorCode\""), 0);
    let config = folder.path().join("quarry.toml");
    let elsewhere =
        ["query", "--lang", "spl", "-e", query, "--logs", &logs, "--config", &crate::common::shown(&config)];
    assert_eq!(quarry(elsewhere).run().exits(0).rows().len(), 1);
    assert!(quarry(&elsewhere[..7]).run().exits(0).rows().is_empty());
}

#[test]
fn fields_counts_the_events_that_have_each() {
    let folder = Folder::new();
    let run = quarry(["fields", "--logs", &logs(&folder), "--output", "csv"]).run().exits(0);
    let rows = csv(run.text());
    let named = |name: &str| rows.iter().find(|row| row.iter().any(|cell| cell == name)).cloned();
    let found = named("userIdentity.userName").expect("the field is listed");
    assert!(found.contains(&"20".to_owned()), "{found:?}");
    assert!(sorted(rows.iter().map(|row| row.join("|"))).len() > 10);
    let wrong = quarry(["fields", "--logs", &logs(&folder), "--view", "splunkk"]).run().exits(2);
    assert!(wrong.stderr.contains("did you mean `splunk`"), "{}", wrong.stderr);
}

#[test]
fn standard_input_is_read_again_to_find_the_newest_event() {
    let event = |time: &str, name: &str| {
        format!(
            r#"{{"eventVersion":"1.08","eventTime":"{time}","eventSource":"s.amazonaws.com","eventName":"{name}"}}"#
        )
    };
    let logs = [event("2024-05-01T08:00:00Z", "Old"), event("2024-05-01T10:00:00Z", "New")].join("\n");
    let query = "sourcetype=aws:cloudtrail earliest=-1h | table eventName";
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_quarry"))
        .args(["query", "--lang", "spl", "-e", query, "--logs", "-", "--output", "csv"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), logs.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "eventName\nNew\n");
}
