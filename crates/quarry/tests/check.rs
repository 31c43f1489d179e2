//! `quarry check`: which queries of two public corpora parse and plan, and what errors look like.

use serde_json::Value;

use crate::common::{Folder, Run, quarry, shared, shown};

fn corpus(language: &str, more: &[String]) -> Option<Run> {
    let file = shared(&format!("corpora/{language}.jsonl"))?;
    Some(quarry(["check", "--lang", language, "--corpus", &shown(&file)]).with(more).run().exits(1))
}

fn share(rows: &[&Value], what: &str) -> f64 {
    let count = rows.iter().filter(|row| row[what] == true).count();
    100.0 * count as f64 / rows.len() as f64
}

/// Every query that does not plan has an error with a place and a message.
fn explained(rows: &[Value]) {
    for row in rows.iter().filter(|row| row["plan"] == false) {
        let diagnostics = row["diagnostics"].as_array().expect("a list");
        let errors: Vec<&Value> = diagnostics.iter().filter(|found| found["severity"] == "error").collect();
        assert!(!errors.is_empty(), "no error explains {}", row["name"]);
        for error in errors {
            assert!(error["line"].as_u64().is_some_and(|line| line > 0), "{error}");
            assert!(error["column"].as_u64().is_some_and(|column| column > 0), "{error}");
            assert!(error["message"].as_str().is_some_and(|text| text.len() > 5), "{error}");
            assert!(error["code"].as_str().is_some_and(|code| code.len() > 3), "{error}");
        }
    }
}

/// No query both has an error and is said to plan, and none plans without parsing.
fn consistent(rows: &[Value]) {
    for row in rows {
        let diagnostics = row["diagnostics"].as_array().expect("a list");
        let broken = diagnostics.iter().any(|found| found["severity"] == "error");
        assert!(!(broken && row["plan"] == true), "{}", row["name"]);
        assert!(!(row["plan"] == true && row["parse"] == false), "{}", row["name"]);
    }
}

fn spl_corpus() -> Option<Run> {
    let macros = shared("corpora/security_content/macros")?;
    corpus("spl", &["--macros".to_owned(), shown(&macros)])
}

#[test]
fn spl_corpus_parses() {
    let Some(run) = spl_corpus() else { return };
    let rows = run.rows();
    assert!(rows.len() > 1000);
    let parsed = share(&rows.iter().collect::<Vec<_>>(), "parse");
    assert!(parsed >= 97.0, "{parsed:.1} % parse");
    consistent(&rows);
    explained(&rows);
    assert!(run.stderr.contains("1120 queries"), "{}", run.stderr);
}

#[test]
fn spl_corpus_plans() {
    let Some(run) = spl_corpus() else { return };
    let planned = share(&run.rows().iter().collect::<Vec<_>>(), "plan");
    assert!(planned >= 45.0, "{planned:.1} % plan");
}

#[test]
fn documented_aql_corpus_parses_and_plans() {
    let Some(run) = corpus("aql", &[]) else { return };
    let rows = run.rows();
    let text = std::fs::read_to_string(shared("corpora/aql.jsonl").expect("it was there")).expect("text");
    let classes: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len(), classes.len());
    let documented: Vec<&Value> = rows
        .iter()
        .zip(&classes)
        .filter(|(_, class)| class["class"] == "documented")
        .map(|(row, _)| row)
        .collect();
    assert!(documented.len() > 300);
    for what in ["parse", "plan"] {
        let percent = share(&documented, what);
        assert!(percent >= 90.0, "{percent:.1} % of the documented {what}");
    }
    consistent(&rows);
    explained(&rows);
}

#[test]
fn exit_status_says_whether_all_plan() {
    let folder = Folder::new();
    let good = folder.write("good.spl", "index=* eventName=A | stats count by user");
    let bad = folder.write("bad.aql", "SELECT usernam FROM events");
    let run = quarry(["check", &good]).run().exits(0);
    assert_eq!(run.rows()[0]["plan"], true);
    let run = quarry(["check", &good, &bad]).run().exits(1);
    assert_eq!(run.rows().iter().map(|row| row["plan"] == true).collect::<Vec<_>>(), [true, false]);
    assert!(run.stderr.contains("2 queries: 2 parse (100.0 %), 1 plan (50.0 %)"), "{}", run.stderr);
    quarry(["check", "/nowhere/at/all.spl"]).run().exits(2);
    let broken = folder.write("broken.jsonl", "{\"name\":\"a\",\"query\":\"index=*\"}\nnot json\n");
    let run = quarry(["check", "--lang", "spl", "--corpus", &broken]).run().exits(2);
    assert!(run.stderr.contains("line 2"), "{}", run.stderr);
}

#[test]
fn an_error_shows_file_line_caret_and_code() {
    let folder = Folder::new();
    let logs = folder.write("empty.jsonl", "");
    for (name, text, line, wrong) in [
        ("a.spl", "index=* eventName=A\n| stats count by user\n| evall x=1\n", 3, "evall"),
        ("b.aql", "SELECT username\nFROM events\nWHERE usernam = 'a'\n", 3, "usernam"),
    ] {
        let file = folder.write(name, text);
        let run = quarry(["query", &file, "--logs", &logs]).run().exits(2);
        assert!(run.stdout.is_empty());
        for part in [format!("{name}:{line}:"), "^".to_owned(), wrong.to_owned()] {
            assert!(run.stderr.contains(&part), "no {part:?} in\n{}", run.stderr);
        }
        let code = run.stderr.split('[').nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
        assert!(code.starts_with("SPL") || code.starts_with("AQL"), "{}", run.stderr);
        let checked = quarry(["check", &file]).run().exits(1).rows();
        assert_eq!(checked[0]["diagnostics"][0]["line"], line, "{}", checked[0]);
    }
}

#[test]
fn event_types_and_tags_that_no_event_has_are_told() {
    for (search, told) in [
        ("NOT eventtype=nosuch", Some("no `eventtype` is named `nosuch`")),
        ("tag=chnge", Some("did you mean `change`?")),
        ("tag=change", None),
        ("eventtype=aws*", None),
    ] {
        let query = format!("index=* {search} | stats count");
        let logs = "examples/logs";
        let run = quarry(["query", "--lang", "spl", "-e", &query, "--logs", logs]).run().exits(0);
        match told {
            Some(told) => assert!(run.stderr.contains(told), "{search}: {}", run.stderr),
            None => assert!(!run.stderr.contains("warning["), "{search}: {}", run.stderr),
        }
    }
}

#[test]
fn event_types_of_an_app_stand_beside_those_of_the_view() {
    let folder = Folder::new();
    folder.write("app/default/app.conf", "[ui]\nlabel = a\n");
    folder.write("app/default/eventtypes.conf", "[mine]\nsearch = index=*\n");
    let app = shown(&folder.path().join("app"));
    for (name, is_told) in [("mine", false), ("aws_cloudtrail_change", false), ("other_one", true)] {
        let query = format!("index=* eventtype={name} | stats count");
        let arguments =
            ["query", "--lang", "spl", "-e", &query, "--logs", "examples/logs", "--splunk-app", &app];
        let run = quarry(arguments).run().exits(0);
        assert_eq!(run.stderr.contains("is named"), is_told, "{name}: {}", run.stderr);
    }
}
