//! docs/views.md, which says how a field of a view is written: every row of its table of forms runs.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use crate::common::{Folder, quarry, root};

fn page() -> String {
    fs::read_to_string(root().join("docs/views.md")).expect("the page is there")
}

/// Form, record and value of every row, `none` where there is no value.
fn rows(page: &str) -> Vec<(String, String, String)> {
    let table = page.split("| form | record | value |").nth(1).expect("the table of forms");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cell = |cell: &str| cell.trim().trim_matches('`').to_owned();
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [form, record, value] = cells[..] else { panic!("three cells: {row}") };
        (cell(form), cell(record), cell(value))
    })
    .collect()
}

#[test]
fn every_form_gives_the_value_beside_it() {
    let page = page();
    let rows = rows(&page);
    assert!(rows.len() > 20, "{} rows", rows.len());
    let folder = Folder::new();
    let mut config =
        page.split("```toml\n").find(|block| block.starts_with("[table.verbs]")).expect("a table").to_owned();
    config.truncate(config.find("```").expect("the block ends"));
    config.push_str("[[view.splunk.source]]\nlog_type = \"aws.cloudtrail\"\n[view.splunk.source.fields]\n");
    let mut logs = String::new();
    for (number, (form, record, _)) in rows.iter().enumerate() {
        config.push_str(&format!("form_{number:02} = {form}\n"));
        let mut record: Value =
            serde_json::from_str(record).unwrap_or_else(|error| panic!("{error}: {record}"));
        let members = record.as_object_mut().expect("a record is an object");
        for (name, value) in [("eventSource", "s"), ("eventName", "E"), ("eventTime", "2024-01-01T00:00:00Z")]
        {
            members.entry(name).or_insert(value.into());
        }
        members.insert("row".to_owned(), number.to_string().into());
        logs.push_str(&format!("{record}\n"));
    }
    let (config, logs) = (folder.write("quarry.toml", config), folder.write("logs.jsonl", logs));
    let query = "index=* | table row form_*";
    let found = quarry([
        "query", "--lang", "spl", "-e", query, "--logs", &logs, "--config", &config, "--output", "jsonl",
    ])
    .run()
    .exits(0)
    .rows();
    assert_eq!(found.len(), rows.len());
    for row in found {
        let number: usize = row["row"].as_str().and_then(|row| row.parse().ok()).expect("a number");
        let (form, record, value) = &rows[number];
        let found = row.get(format!("form_{number:02}")).map_or("none".to_owned(), Value::to_string);
        assert_eq!(found, *value, "{form} of {record}");
    }
}

#[test]
fn every_form_has_a_row() {
    let folder = Folder::new();
    let wrong = "[[view.splunk.source]]\nlog_type = \"aws.cloudtrail\"\nfields.a = { nonsensical = 1 }\n";
    let config = folder.write("quarry.toml", wrong);
    let told = quarry(["fields", "--logs", "examples/logs", "--config", &config]).run().exits(2).stderr;
    let known: BTreeSet<&str> =
        told.split("accepted are ").nth(1).expect("what is accepted").split('`').skip(1).step_by(2).collect();
    assert!(known.len() > 15, "{known:?}");
    let rows = rows(&page());
    let missing: Vec<_> = known
        .iter()
        .filter(|form| !rows.iter().any(|(row, _, _)| row.starts_with(&format!("{{ {form} = "))))
        .collect();
    assert_eq!(missing, Vec::<&&str>::new());
}
