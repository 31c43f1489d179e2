//! Queries of a size that people do not write but programs do: they end in rows or in a diagnostic, never in
//! an overflow, and sets of values cost little more than one.

use std::fmt::Write;

use crate::common::{Folder, Run, quarry};

/// Values in the large lists.
const VALUES: usize = 100_000;

const EVENTS: &str = r#"{"eventSource":"s","eventName":"Run7","eventTime":"2024-01-01T00:00:03Z","num":"7"}
{"eventSource":"s","eventName":"run99999","eventTime":"2024-01-01T00:00:02Z","num":"7.0"}
{"eventSource":"s","eventName":"Run100000","eventTime":"2024-01-01T00:00:01Z","num":"x"}
"#;

fn folder(file: &str, query: &str) -> Folder {
    let folder = Folder::new();
    folder.write("events.jsonl", EVENTS);
    folder.write(file, query);
    folder
}

fn query(file: &str, text: &str) -> Run {
    let folder = folder(file, text);
    quarry(["query", file, "--output", "jsonl", "--logs", "events.jsonl"]).in_folder(folder.path()).run()
}

/// Neither rows nor a diagnostic is what a program that ran out of stack leaves behind.
fn ends_well(run: &Run, what: &str) {
    assert!([0, 1, 2].contains(&run.code), "{what}: exit status {}; stderr:\n{}", run.code, run.stderr);
}

fn listed(count: usize, one: impl Fn(usize) -> String, between: &str) -> String {
    (0..count).map(one).collect::<Vec<_>>().join(between)
}

fn names(run: Run) -> Vec<String> {
    run.exits(0).rows().iter().map(|row| row["eventName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn alternatives_of_one_field_are_a_set() {
    let of_search = listed(VALUES, |number| format!("eventName=Run{number}"), " OR ");
    let found = names(query("q.spl", &format!("index=* ({of_search}) | table eventName")));
    assert_eq!(found, ["Run7", "run99999"], "a search ignores case");
    let of_where = listed(VALUES, |number| format!("eventName=\"Run{number}\""), " OR ");
    let found = names(query("q.spl", &format!("index=* | where {of_where} | table eventName")));
    assert_eq!(found, ["Run7"], "where does not");
}

#[test]
fn long_lists_are_sets() {
    let words = listed(VALUES, |number| format!("Run{number}"), ", ");
    let found = names(query("q.spl", &format!("index=* eventName IN ({words}, zz*) | table eventName")));
    assert_eq!(found, ["Run7", "run99999"]);
    let numbers = listed(VALUES, |number| format!("\"{number}\""), ", ");
    let found = names(query("q.spl", &format!("index=* | where num IN ({numbers}) | table eventName")));
    assert_eq!(found, ["Run7", "run99999"], "7 and 7.0 are one number");
    let found = names(query("q.spl", &format!("index=* | where NOT num IN ({numbers}) | table eventName")));
    assert_eq!(found, ["Run100000"]);
}

#[test]
fn long_lists_of_the_other_language_are_sets() {
    let select = "SELECT QIDNAME(qid) AS eventName FROM events WHERE";
    let list = listed(VALUES, |number| format!("'Run{number}'"), ", ");
    assert_eq!(names(query("q.aql", &format!("{select} QIDNAME(qid) IN ({list})"))), ["Run7"]);
    // So many calls are refused; fewer are a set too.
    let alternatives = |count| listed(count, |number| format!("QIDNAME(qid) = 'Run{number}'"), " OR ");
    ends_well(&query("q.aql", &format!("{select} {}", alternatives(VALUES))), "alternatives");
    assert_eq!(names(query("q.aql", &format!("{select} {}", alternatives(10_000)))), ["Run7"]);
}

#[test]
fn other_alternatives_are_no_deep_tree() {
    let fields = listed(3_000, |number| format!("field{number}=Run{number}"), " OR ");
    let run = query("q.spl", &format!("index=* (eventName=Run7 OR {fields}) | table eventName"));
    assert_eq!(names(run), ["Run7"]);
}

#[test]
fn nested_parentheses_end_in_a_diagnostic() {
    let nested = |inner: &str| format!("{}{inner}{}", "(".repeat(5_000), ")".repeat(5_000));
    for (file, text) in [
        ("q.spl", format!("index=* {}", nested("eventName=Run7"))),
        ("q.spl", format!("index=* | where {}", nested("eventName=\"Run7\""))),
        ("q.aql", format!("SELECT username FROM events WHERE {}", nested("username = 'x'"))),
    ] {
        let run = query(file, &text);
        ends_well(&run, "nested parentheses");
        assert_ne!(run.code, 0);
        assert!(run.stderr.contains("deep"), "{}", run.stderr);
    }
}

#[test]
fn a_thousand_stages_run() {
    let mut text = "index=*".to_owned();
    for number in 0..500 {
        let _ = write!(text, " | eval f{number}=\"{number}\" | where f{number}=\"{number}\"");
    }
    ends_well(&query("q.spl", &format!("{text} | table eventName")), "stages");
}

#[test]
fn lint_explain_and_check_end_too() {
    let values = listed(VALUES, |number| format!("eventName=Run{number}"), " OR ");
    let stages = " | where isnotnull(eventName)".repeat(1_000);
    for text in
        [format!("index=* ({values}) | table eventName"), format!("index=*{stages} | table eventName")]
    {
        let folder = folder("q.spl", &text);
        let arguments: [&[&str]; 3] =
            [&["lint", "q.spl"], &["check", "q.spl"], &["explain", "q.spl", "--logs", "events.jsonl"]];
        for arguments in arguments {
            ends_well(&quarry(arguments).in_folder(folder.path()).run(), arguments[0]);
        }
    }
}

#[test]
fn lint_takes_no_longer_than_its_query_is_long() {
    let of = |one: &dyn Fn(usize) -> String, between| listed(5_000, one, between);
    let fields = of(&|number| format!("field{number}=Run{number}"), " OR ");
    let excluded = of(&|number| format!("NOT eventName=\"Run{number}\""), " ");
    let arms = of(&|number| format!("eventName=\"Run{number}\", \"n{number}\""), ", ");
    let texts = [
        format!("index=* ({fields}) | table eventName"),
        format!("index=* {excluded} | table eventName"),
        format!("index=* | eval x=case({arms}) | table x"),
    ];
    let begun = std::time::Instant::now();
    for text in texts {
        let folder = folder("q.spl", &text);
        ends_well(&quarry(["lint", "q.spl"]).in_folder(folder.path()).run(), "lint");
    }
    // Some seven seconds without optimisation; every condition against every other took minutes.
    assert!(begun.elapsed().as_secs() < 90, "{:?}", begun.elapsed());
}

/// Each way to write many values: file, query, and what gives the values.
fn ways(count: usize) -> Vec<(&'static str, String)> {
    let of = |one: &dyn Fn(usize) -> String, between| listed(count, one, between);
    let quoted = of(&|number| format!("\"Run{number}\""), ",");
    let equal = of(&|number| format!("eventName=\"Run{number}\""), " OR ");
    let single = of(&|number| format!("'Run{number}'"), ",");
    let spl = [
        format!("index=* eventName IN ({quoted})"),
        format!("index=* NOT (NOT ({equal}))"),
        format!("index=* {}", of(&|number| format!("eventName!=Other{number}"), " ")),
        format!("index=* ({})", of(&|number| format!("run{number}"), " OR ")),
        format!("index=* eventName IN ({})", of(&|number| format!("\"*un{number}\""), ",")),
        format!("index=* | where eventName IN ({quoted})"),
        format!("index=* | where NOT in(eventName,{})", of(&|number| format!("\"x{number}\""), ",")),
        format!("index=* | where {}", of(&|number| format!("eventName!=\"Other{number}\""), " AND ")),
        format!("index=* | eval in_list=if(in(eventName,{quoted}),1,0) | where in_list=1"),
        "index=* [| inputlookup list.csv | fields eventName]".to_owned(),
        "index=* NOT [| inputlookup list.csv | eval eventName=\"Other\".eventName | fields eventName]"
            .to_owned(),
        "index=* [| inputlookup list.csv | eval eventName=\"*\".eventName.\"*\" | fields eventName]"
            .to_owned(),
        "index=* | lookup list.csv eventName OUTPUT number | where isnotnull(number)".to_owned(),
        "index=* `listed`".to_owned(),
    ];
    let aql = [
        format!("QIDNAME(qid) IN ({single})"),
        format!("NOT (QIDNAME(qid) NOT IN ({single}))"),
        "REFERENCESETCONTAINS('list', QIDNAME(qid))".to_owned(),
    ];
    let spl = spl.into_iter().map(|text| ("q.spl", format!("{text} | table eventName")));
    let aql = aql.into_iter().map(|condition| {
        ("q.aql", format!("SELECT QIDNAME(qid) AS eventName FROM events WHERE {condition}"))
    });
    spl.chain(aql).collect()
}

#[test]
fn many_values_are_quick_however_they_are_written() {
    let count = 10_000;
    let begun = std::time::Instant::now();
    for (file, text) in ways(count) {
        let folder = folder(file, &text);
        folder.write(
            "list.csv",
            format!("eventName,number\n{}\n", listed(count, |number| format!("Run{number},{number}"), "\n")),
        );
        folder.write("list.txt", listed(count, |number| format!("Run{number}"), "\n"));
        let values = listed(count, |number| format!("Run{number}"), ",");
        folder.write("macros.conf", format!("[listed]\ndefinition = eventName IN ({values})\n"));
        let commands: [&[&str]; 4] = [
            &["query", file, "--output", "jsonl", "--logs", "events.jsonl"],
            &["hunt", file, "--logs", "events.jsonl"],
            &["explain", file, "--logs", "events.jsonl", "--where", "eventTime=2024-01-01T00:00:03Z"],
            &["lint", file],
        ];
        for arguments in commands {
            let resources: &[&str] = if file == "q.aql" {
                &["--reference", "list=list.txt"]
            } else {
                &["--lookups", "list.csv", "--macros", "macros.conf"]
            };
            let run = quarry([arguments, resources].concat()).in_folder(folder.path()).run();
            ends_well(&run, arguments[0]);
            if arguments[0] == "query" {
                let begin: String = text.chars().take(80).collect();
                assert!(names(run).contains(&"Run7".to_owned()), "{begin}");
            }
        }
    }
    // Half a minute without optimisation on a busy machine; what is quadratic takes many minutes.
    assert!(begun.elapsed().as_secs() < 300, "{:?}", begun.elapsed());
}
