//! The founding AQL gives for 36 operations what three-valued logic gives by hand.

use serde_json::Value;

use crate::{
    common::{Folder, quarry, shared, shown},
    events,
};

/// One line of the table.
struct Fact<'a> {
    log_source: &'a str,
    operation: &'a str,
    result: &'a str,
    verbatim: &'a str,
    parenthesised: &'a str,
}

fn facts() -> Vec<Fact<'static>> {
    include_str!("truth_table.txt")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [log_source, operation, result, verbatim, parenthesised] = cells[..] else {
                panic!("five cells a line: {line}")
            };
            Fact { log_source, operation, result, verbatim, parenthesised }
        })
        .collect()
}

fn user(index: usize) -> String {
    format!("user-{index:02}@example.com")
}

fn event(index: usize, fact: &Fact<'_>) -> Value {
    let user = user(index);
    match fact.log_source {
        "Amazon AWS CloudTrail" => events::cloudtrail(index, fact.operation, &user),
        "Microsoft Azure Platform" => events::activity(index, fact.operation, fact.result, &user),
        "Microsoft Azure Active Directory" => events::sign_in(index, fact.operation, fact.result, &user),
        "Google Cloud Audit Logs" => events::cloud_audit(index, fact.operation, &user),
        other => panic!("no such log source type: {other}"),
    }
}

/// What the query says of each fact, by its user name.
fn verdicts(query: &str, logs: &str) -> Vec<String> {
    let run =
        quarry(["query", "--lang", "aql", "-e", query, "--logs", logs, "--output", "jsonl"]).run().exits(0);
    let rows = run.rows();
    (0..facts().len())
        .map(|index| {
            let user = user(index);
            let mut found = rows.iter().filter(|row| row["username"] == user.as_str());
            let verdict = found.next().map_or_else(
                || "no row".to_owned(),
                |row| format!("{} / {}", row["RiskScore"], row["AlertType"].as_str().unwrap_or("?")),
            );
            assert!(found.next().is_none(), "two rows for {user}");
            verdict
        })
        .collect()
}

fn compare(query: &str, expected: impl Fn(&Fact<'static>) -> &'static str) {
    let facts = facts();
    assert_eq!(facts.len(), 36);
    let folder = Folder::new();
    let lines: Vec<String> =
        facts.iter().enumerate().map(|(index, fact)| event(index, fact).to_string()).collect();
    let logs = folder.write("events.jsonl", lines.join("\n"));
    for (fact, verdict) in facts.iter().zip(verdicts(query, &logs)) {
        assert_eq!(verdict, expected(fact), "{} / {} / {}", fact.log_source, fact.operation, fact.result);
    }
}

fn founding_query() -> Option<String> {
    let path = shared("seed/T1578.002.aql")?;
    Some(std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", shown(&path))))
}

#[test]
fn verbatim_query_gives_the_table() {
    let Some(query) = founding_query() else { return };
    compare(&query, |fact| fact.verbatim);
}

#[test]
fn parenthesised_query_gives_the_table() {
    let Some(query) = founding_query() else { return };
    let first = "LOGSOURCETYPENAME(devicetype) ILIKE '%azure%'";
    let second = "LOGSOURCETYPENAME(devicetype) ILIKE '%cloudtrail%'";
    let changed = query.replace(&format!("{first} OR {second}"), &format!("({first} OR {second})"));
    assert_ne!(changed, query);
    compare(&changed, |fact| fact.parenthesised);
}
