//! Containers that people have, from public reports: every input of the reference gives its rows, or says what it is.
//!
//! `containers.txt` has a line for each: its name, the rows, and what must be said if they are not all. A `?` marks
//! what does not hold yet.

use std::fmt::Write;

use serde_json::Value;

use crate::common::{Run, quarry, root};

struct Case {
    id: String,
    arguments: Vec<String>,
    query: String,
    shape: String,
}

fn cases() -> Vec<Case> {
    let Ok(text) = std::fs::read_to_string(root().join("../shared/oracles/containers/cases.jsonl")) else {
        eprintln!("skipped: ../shared is not here");
        return Vec::new();
    };
    let text_of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a case is JSON"));
    lines
        .map(|case| Case {
            id: text_of(&case["id"]),
            arguments: case["args"].as_array().into_iter().flatten().map(text_of).collect(),
            query: text_of(&case["query"]),
            shape: format!("{}: expected {}", text_of(&case["shape"]), text_of(&case["expected"])),
        })
        .collect()
}

fn run(case: &Case) -> Run {
    let folder = format!("../shared/oracles/containers/{}", case.id);
    let fixed = ["query", "--lang", "spl", "--splunk-fields", "json", "--output", "jsonl", "--logs", &folder];
    quarry(fixed.map(str::to_owned)).with(&case.arguments).with(["-e", &case.query]).run()
}

/// What is wrong with a run: rows and words that are expected, as `3` or `0 | VPC flow log`.
fn fault(expected: &str, run: &Run) -> Option<String> {
    let mut parts = expected.split('|').map(str::trim);
    let rows: usize = parts.next().and_then(|rows| rows.parse().ok()).expect("rows are a number");
    let found = run.text().lines().count();
    if found != rows {
        return Some(format!("{found} rows instead of {rows}"));
    }
    let missing = parts.find(|part| !run.stderr.contains(part) && !run.text().contains(part));
    missing.map(|part| format!("does not say `{part}`"))
}

#[test]
fn containers_give_rows_or_say_what_they_are() {
    let expected: Vec<(&str, &str)> =
        include_str!("containers.txt").lines().filter_map(|line| line.split_once("= ")).collect();
    let mut faults = String::new();
    let (mut held, mut total) = (0, 0);
    for case in cases() {
        let Some((id, expected)) = expected.iter().find(|(id, _)| id.split(' ').next() == Some(&case.id))
        else {
            panic!("containers.txt says nothing of {}", case.id);
        };
        let is_known = id.contains('?');
        total += 1;
        let done = run(&case);
        match fault(expected, &done) {
            None if is_known => {
                let _ = writeln!(faults, "{} holds now: take the `?` out of containers.txt", case.id);
            }
            None => held += 1,
            Some(_) if is_known => {}
            Some(fault) => {
                let _ = writeln!(faults, "{} ({}): {fault}\n{}", case.id, case.shape, done.stderr);
            }
        }
    }
    eprintln!("{held} of {total} containers as expected");
    assert!(faults.is_empty(), "{held} of {total}\n{faults}");
}
