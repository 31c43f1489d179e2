//! Kinds of objects that people have, small and in text: what their events say in both languages, or how they are named.
//!
//! A block of `kinds.txt` is a file: its name, the fields that are asked for, the rows as CSV, what must be said, and
//! behind `---` its text. Rows of AQL must be as many, of the operation that the first field says.

use crate::common::{Folder, Run, quarry};

struct Kind<'a> {
    name: &'a str,
    settings: &'a str,
    text: &'a str,
}

impl Kind<'_> {
    fn setting(&self, name: &str) -> impl Iterator<Item = &str> {
        self.settings.lines().filter_map(move |line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

fn kinds() -> Vec<Kind<'static>> {
    let blocks = include_str!("kinds.txt").split("=== ").skip(1);
    blocks
        .map(|block| {
            let (name, rest) = block.split_once('\n').expect("a block has a name");
            let (settings, text) = rest.split_once("---\n").expect("a block has a text");
            Kind { name, settings, text }
        })
        .collect()
}

fn run(language: &str, query: &str, logs: &str) -> Run {
    let arguments = ["query", "--lang", language, "-e", query, "--logs", logs, "--output", "csv"];
    quarry(arguments).with(["--splunk-fields", "json"]).run()
}

#[test]
fn each_kind_gives_its_rows_or_is_named() {
    let folder = Folder::new();
    let mut faults = String::new();
    for kind in kinds() {
        let logs = folder.write(kind.name, kind.text);
        let fields = kind.setting("fields").next().unwrap_or("eventName");
        let expected: Vec<&str> = kind.setting("row").collect();
        let spl = run("spl", &format!("* | table {fields}"), &logs);
        let found: Vec<&str> = spl.text().lines().skip(1).collect();
        if found != expected {
            faults += &format!("{}: {found:?} instead of {expected:?}\n{}\n", kind.name, spl.stderr);
        }
        let aql = run("aql", "SELECT \"Operation\" FROM events", &logs);
        let first = |row: &&str| row.split(',').next().unwrap_or_default().to_ascii_lowercase();
        let operations: Vec<String> = aql.text().lines().skip(1).map(str::to_ascii_lowercase).collect();
        if operations != expected.iter().map(first).collect::<Vec<_>>() {
            faults += &format!("{} in AQL: {operations:?}\n", kind.name);
        }
        for said in kind.setting("said").filter(|said| !spl.stderr.contains(said)) {
            faults += &format!("{}: does not say `{said}`\n{}\n", kind.name, spl.stderr);
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
