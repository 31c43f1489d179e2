//! The cases in `cases/*.txt`, run.
//!
//! `CASE=regex` runs those with that in their file's name; `UPDATE=1` rewrites the expected rows of the cases that
//! fail. A case with a line `known-difference:` is reported when it differs, and fails when it no longer does.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::{
    case::Case,
    common::{Folder, in_parallel, quarry, shared, shown},
};

/// The rows a case gives, as CSV, or how it fails.
fn found(case: &Case) -> Result<String, String> {
    let folder = Folder::new();
    let logs = folder.write("events.jsonl", case.records());
    let query = format!("--expression={}", case.query);
    let language = case.setting("language").expect("a case names its language");
    let arguments = ["query", "--lang", language, &query, "--logs", &logs, "--output", "csv"];
    let options = case.setting("options").unwrap_or("--splunk-fields json").split_whitespace();
    let mut run = quarry(arguments).with(options);
    let macros = case.macros();
    if !macros.is_empty() {
        run = run.with(["--macros", &folder.write("macros.conf", macros)]);
    }
    for (name, text) in &case.files {
        folder.write(&format!("app/{name}"), text);
    }
    if !case.files.is_empty() {
        run = run.with(["--splunk-app", &shown(&folder.path().join("app"))]);
    }
    let run = run.run();
    if run.code == 0 {
        Ok(run.text().to_owned())
    } else {
        Err(format!("exit status {}\n{}", run.code, run.stderr))
    }
}

/// What is wrong with a case, if anything.
fn verdict(path: &Path) -> Option<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut case = match Case::read(path) {
        Ok(case) => case,
        Err(fault) => return Some(fault),
    };
    let found = found(&case);
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
            let told =
                format!("{name}\n  query: {}  expected:\n{}  found:\n{shown}", case.query, case.expected);
            if let (Ok(found), Some(_)) = (found, std::env::var_os("UPDATE")) {
                case.expected = found;
                fs::write(path, case.text()).expect("the case can be written");
            }
            Some(told)
        }
    }
}

#[test]
fn every_case_gives_the_rows_of_the_reference() {
    let mut paths = paths();
    assert!(paths.len() >= 300, "{} cases", paths.len());
    if let Ok(wanted) = std::env::var("CASE") {
        paths.retain(|path| path.to_string_lossy().contains(&wanted));
        assert!(!paths.is_empty(), "no case has `{wanted}` in its name");
    }
    let wrong: Vec<String> = in_parallel(&paths, |path| verdict(path)).into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} of {} cases differ\n\n{}", wrong.len(), paths.len(), wrong.join("\n"));
}

/// The cases.
pub fn all() -> Vec<Case> {
    paths().iter().map(|path| Case::read(path).unwrap_or_else(|fault| panic!("{fault}"))).collect()
}

/// Their files, sorted.
fn paths() -> Vec<PathBuf> {
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
    let cases = all();
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
