//! Both founding queries, unedited, on recorded logs: they run everywhere, and each row is what a slow
//! and plain reading of the raw JSON gives.

mod pack;
mod reading;
mod rows;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::common::{Quarry, Run, quarry, shared, shown, sorted, sorted_members};

/// What a founding query and a folder or files of logs are, beside the repository.
fn founding(language: &str, logs: &[String]) -> Option<Quarry> {
    let query = shared(&format!("seed/T1578.002.{language}"))?;
    let run = quarry(["query", &shown(&query), "--earliest", "2000-01-01", "--output", "jsonl", "--logs"]);
    Some(run.with(logs))
}

fn data() -> Option<PathBuf> {
    shared("data")
}

#[test]
fn both_run_on_every_folder_and_file() {
    let Some(data) = data() else { return };
    let mut seen = 0;
    for entry in fs::read_dir(&data).expect("the folder is readable") {
        let path = shown(&entry.expect("the folder is readable").path());
        for (language, more) in [("aql", "addon"), ("spl", "addon"), ("spl", "json")] {
            let query =
                founding(language, std::slice::from_ref(&path)).expect("the seed lies beside the data");
            let run = query.with(["--splunk-fields", more]).run();
            assert!(run.stderr.contains(" events in "), "{path}: {}", run.stderr);
            let is_strange = run.stderr.contains("error[RUN006]");
            assert_eq!(run.code, if is_strange { 2 } else { 0 }, "{path}: {}", run.stderr);
        }
        seen += 1;
    }
    assert!(seen > 5);
}

fn detonation_logs() -> Option<Vec<String>> {
    Some(vec![shown(&shared("data/stratus/docs/detonation-logs")?)])
}

#[test]
fn aql_gives_166_rows_of_310_detonation_records() {
    let Some(run) = detonation_logs().and_then(|logs| founding("aql", &logs)) else { return };
    let run = run.run().exits(0);
    assert_eq!(run.rows().len(), 166);
    assert!(run.stderr.contains("310 events"), "{}", run.stderr);
    assert!(run.rows().iter().all(|row| row["EventTime"].is_string()), "{}", run.rows()[0]);
}

/// Files that are JSON from end to end, plain or gzip: the ones a plain reader can judge.
fn judged(folder: &Path, found: &mut Vec<(String, Vec<Value>)>) {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            judged(&path, found);
        } else if let Some(values) = reading::values(&fs::read(&path).expect("readable")) {
            found.push((shown(&path), values));
        }
    }
}

/// The judged files and all audit records in them.
fn corpus() -> Option<(Vec<String>, Vec<Value>)> {
    let mut files = Vec::new();
    judged(&data()?, &mut files);
    assert!(files.len() > 100, "{} files", files.len());
    let records = files.iter().flat_map(|(_, values)| values.iter().flat_map(reading::records)).collect();
    Some((files.into_iter().map(|(path, _)| path).collect(), records))
}

fn compare(run: &Run, expected: &[Value]) {
    let found = run.sorted();
    let wanted = sorted(expected.iter().map(sorted_members));
    let missing: Vec<&String> = wanted.iter().filter(|row| !found.contains(row)).take(5).collect();
    let extra: Vec<&String> = found.iter().filter(|row| !wanted.contains(row)).take(5).collect();
    assert!(missing.is_empty() && extra.is_empty(), "missing {missing:#?}\nextra {extra:#?}");
    assert_eq!(found.len(), wanted.len());
}

#[test]
fn every_aql_row_is_that_of_the_raw_json() {
    let Some((files, records)) = corpus() else { return };
    let run = founding("aql", &files).expect("the seed lies beside the data").run().exits(0);
    compare(&run, &records.iter().filter_map(rows::aql).collect::<Vec<_>>());
    let scores: Vec<i64> = run.rows().iter().filter_map(|row| row["RiskScore"].as_i64()).collect();
    assert!(scores.len() > 500 && scores.is_sorted_by(|one, next| one >= next));
}

#[test]
fn every_spl_row_on_plain_json_is_that_of_the_raw_json() {
    let Some((files, records)) = corpus() else { return };
    let query = founding("spl", &files).expect("the seed lies beside the data");
    let run = query.with(["--splunk-fields", "json"]).run().exits(0);
    let expected: Vec<Value> = records.iter().filter_map(rows::spl).collect();
    assert!(!expected.is_empty());
    compare(&run, &expected);
    let times: Vec<String> = run.rows().iter().map(|row| row["_time"].to_string()).collect();
    assert!(times.is_sorted_by(|one, next| one >= next), "{times:?}");
}

#[test]
fn the_add_on_hides_every_launch_and_quarry_says_why() {
    let Some(data) = data() else { return };
    let logs = [shown(&data.join("cloud_custodian"))];
    let Some(query) = founding("spl", &logs) else { return };
    let run = query.run().exits(0);
    let aws: Vec<Value> = run.rows().into_iter().filter(|row| row["CloudProvider"] == "AWS").collect();
    assert!(aws.is_empty(), "{aws:?}");
    let closing = run.stderr.lines().skip_while(|line| !line.starts_with("no rows:"));
    assert!(
        closing.clone().any(|line| line.contains("`errorCode`") && line.contains("\"success\"")),
        "{}",
        run.stderr
    );
}
