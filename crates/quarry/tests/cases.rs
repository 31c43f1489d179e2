//! Cases a person can read: `cases/*.txt`, each a query, its events and the rows a reference demands.
//!
//! `UPDATE=1` rewrites the expected rows of the cases that fail. A case with a line `known-difference:`
//! is reported when it differs, and fails when it no longer does.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::common::{Folder, quarry, shared, shown};

const NAMES: [&str; 3] = ["query", "events", "expected"];

pub struct Case {
    pub header: String,
    /// Files of an app of the case's own, by path, as `=== default/props.conf` begins them.
    pub files: Vec<(String, String)>,
    pub query: String,
    pub events: String,
    pub expected: String,
}

impl Case {
    pub fn parse(text: &str) -> Self {
        let mut parts = vec![(String::new(), String::new())];
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("=== ") {
                parts.push((name.to_owned(), String::new()));
            } else if let Some((_, part)) = parts.last_mut() {
                part.push_str(line);
                part.push('\n');
            }
        }
        let (files, parts): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(name, _)| name.contains('/'));
        let names: Vec<&str> = parts.iter().skip(1).map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, NAMES, "sections are files of an app and these, in this order");
        let parts: Vec<String> = parts.into_iter().map(|(_, part)| part).collect();
        let [header, query, events, expected] = parts.try_into().expect("four parts");
        Self { header, files, query, events, expected }
    }

    /// Every value of a setting that may stand several times.
    pub fn settings(&self, name: &str) -> impl Iterator<Item = &str> {
        let lines = self.header.lines();
        lines.filter_map(move |line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The macros of the header, `macro: name(argument) = definition`, as macros.conf has them.
    fn macros(&self) -> String {
        let stanza = |line: &str| {
            let (call, definition) = line.split_once(" = ").expect("a macro has a definition");
            let (name, arguments) = call.trim_end_matches(')').split_once('(').unwrap_or((call, ""));
            let count = arguments.split(", ").filter(|argument| !argument.is_empty()).count();
            let head = if count == 0 { name.to_owned() } else { format!("{name}({count})") };
            format!("[{head}]\nargs = {arguments}\ndefinition = {definition}\n\n")
        };
        self.settings("macro").map(stanza).collect()
    }

    pub fn setting(&self, name: &str) -> Option<&str> {
        let lines = self.header.lines();
        lines.filter_map(|line| line.strip_prefix(name)).find_map(|rest| rest.strip_prefix(": "))
    }

    pub fn text(&self) -> String {
        let Self { header, files, query, events, expected } = self;
        let files: String = files.iter().map(|(name, text)| format!("=== {name}\n{text}")).collect();
        format!("{header}{files}=== query\n{query}=== events\n{events}=== expected\n{expected}")
    }

    /// The events as CloudTrail records: what a line leaves out is filled in, the first line is newest; or
    /// records of whatever log as they are.
    fn records(&self) -> String {
        let fill = |(number, line): (usize, &str)| {
            let mut event: Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if self.setting("events") == Some("as they are") {
                return format!("{event}\n");
            }
            let object = event.as_object_mut().expect("an event is an object");
            let second = 59 - number;
            let defaults = [
                ("eventSource", json!("test.amazonaws.com")),
                ("eventName", json!(format!("Event{number}"))),
                ("eventTime", json!(format!("2024-01-01T00:00:{second:02}Z"))),
            ];
            for (name, value) in defaults {
                object.entry(name).or_insert(value);
            }
            format!("{event}\n")
        };
        self.events.lines().filter(|line| !line.trim().is_empty()).enumerate().map(fill).collect()
    }

    /// The rows the binary gives, as CSV, or how it fails.
    fn found(&self) -> Result<String, String> {
        let folder = Folder::new();
        let logs = folder.write("events.jsonl", self.records());
        let query = format!("--expression={}", self.query);
        let language = self.setting("language").expect("a case names its language");
        let arguments = ["query", "--lang", language, &query, "--logs", &logs, "--output", "csv"];
        let options = self.setting("options").unwrap_or("--splunk-fields json").split_whitespace();
        let mut run = quarry(arguments).with(options);
        let macros = self.macros();
        if !macros.is_empty() {
            run = run.with(["--macros", &folder.write("macros.conf", macros)]);
        }
        for (name, text) in &self.files {
            folder.write(&format!("app/{name}"), text);
        }
        if !self.files.is_empty() {
            run = run.with(["--splunk-app", &shown(&folder.path().join("app"))]);
        }
        let run = run.run();
        if run.code == 0 {
            Ok(run.text().to_owned())
        } else {
            Err(format!("exit status {}\n{}", run.code, run.stderr))
        }
    }

    fn agrees(&self, found: &str) -> bool {
        let lines = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            if self.setting("order") == Some("any") {
                lines[1..].sort();
            }
            lines
        };
        !found.is_empty() && !self.expected.is_empty() && lines(found) == lines(&self.expected)
    }
}

/// What is wrong with a case, if anything.
fn verdict(path: &Path) -> Option<String> {
    let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
    let mut case = Case::parse(&fs::read_to_string(path).expect("the case is readable"));
    let found = case.found();
    let agrees = match &found {
        Ok(found) => case.agrees(found),
        Err(error) => case
            .expected
            .trim()
            .strip_prefix("error ")
            .is_some_and(|code| error.contains(&format!("[{code}"))),
    };
    match (agrees, case.setting("known-difference")) {
        (true, None) => None,
        (true, Some(_)) => Some(format!("{name}: agrees now: take its line `known-difference` out")),
        (false, Some(why)) => {
            eprintln!("known difference: {name}: {why}");
            None
        }
        (false, None) => {
            let shown = found.clone().unwrap_or_else(|error| error);
            if let (Ok(found), Some(_)) = (found, std::env::var_os("UPDATE")) {
                case.expected = found;
                fs::write(path, case.text()).expect("the case can be written");
            }
            let expected = Case::parse(&fs::read_to_string(path).expect("readable")).expected;
            Some(format!("{name}\n  query: {}  expected:\n{expected}  found:\n{shown}", case.query))
        }
    }
}

#[test]
fn every_case_gives_the_rows_of_the_reference() {
    let paths = paths();
    assert!(paths.len() >= 40, "{} cases", paths.len());
    let wrong: Vec<String> = paths.iter().filter_map(|path| verdict(path)).collect();
    assert!(wrong.is_empty(), "{} of {} cases differ\n\n{}", wrong.len(), paths.len(), wrong.join("\n"));
}

/// The cases, by path.
pub fn paths() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("the folder is readable").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    paths.sort();
    paths
}

#[test]
fn every_rule_has_a_case_that_names_it() {
    let rules = include_str!("cases/RULES.md");
    let rules: BTreeSet<&str> =
        rules.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let texts: Vec<String> = paths().iter().map(|path| fs::read_to_string(path).expect("readable")).collect();
    let cases: Vec<Case> = texts.iter().map(|text| Case::parse(text)).collect();
    let named: BTreeSet<&str> = cases.iter().flat_map(|case| case.settings("rule")).collect();
    assert_eq!(rules.difference(&named).collect::<Vec<_>>(), Vec::<&&str>::new(), "rules without a case");
    assert_eq!(named.difference(&rules).collect::<Vec<_>>(), Vec::<&&str>::new(), "rules not in RULES.md");
}

/// The rules that an entry of the reference is held by, by section and first word.
fn places() -> BTreeMap<String, Vec<&'static str>> {
    let rows = include_str!("cases/RULES.md").split("| entry | rules |").nth(1).expect("the second table");
    let row = |line: &'static str| {
        let (entry, rules) = line.strip_prefix("| ")?.trim_end_matches(" |").split_once(" | ")?;
        Some((entry.to_owned(), rules.split(", ").collect()))
    };
    rows.lines().filter_map(row).collect()
}

#[test]
fn documented_and_measured_rules_of_the_reference_have_cases() {
    let Some(file) = shared("reference/spl/semantics.md") else { return };
    let text = fs::read_to_string(file).expect("the reference is readable");
    let known = include_str!("cases/RULES.md");
    let (mut places, mut section, mut seen) = (places(), String::new(), 0);
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("## ") {
            section = rest.split(' ').next().unwrap_or_default().to_owned();
            continue;
        }
        let marks =
            ["[D]", "[M]", "[D/", "[D ", "[M:"].map(|mark| line.matches(mark).count()).iter().sum::<usize>();
        if section.is_empty() || marks == 0 {
            continue;
        }
        let letters = line.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let word: String = letters.chars().take_while(|letter| letter.is_alphanumeric()).collect();
        let entry = format!("{section} {word}");
        let rules = places.remove(&entry).unwrap_or_else(|| panic!("no rule holds `{entry}`: {line}"));
        assert!(rules.len() >= marks, "{marks} marks, {} rules: {line}", rules.len());
        assert!(rules.iter().all(|rule| known.contains(&format!("| `{rule}` |"))), "{rules:?}");
        seen += 1;
    }
    assert!(seen > 20, "only {seen} entries");
    assert_eq!(
        places.keys().collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "entries that the reference has not"
    );
}

#[test]
fn sort_keeps_ten_thousand_rows_unless_told_otherwise() {
    let folder = Folder::new();
    let lines: String = (0..10_050)
        .map(|number| format!("{{\"eventSource\":\"t\",\"eventName\":\"E\",\"eventTime\":\"2024-01-01T00:00:00Z\",\"n\":{number}}}\n"))
        .collect();
    let logs = folder.write("many.jsonl", lines);
    for (sort, count) in [("sort - n", 10_000), ("sort 0 - n", 10_050), ("sort 25 n", 25)] {
        let query = format!("index=* | {sort} | stats count max(n) as top");
        let rows = quarry(["query", "--lang", "spl", "-e", &query, "--logs", &logs, "--output", "csv"])
            .run()
            .exits(0);
        let top = if sort == "sort 25 n" { 24 } else { 10_049 };
        assert_eq!(rows.text(), format!("count,top\n{count},{top}\n"), "{sort}");
    }
}
