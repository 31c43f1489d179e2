//! `quarry lint` from outside.

use std::fs;

use serde_json::Value;

use crate::common::{Folder, quarry, root, shown};

const OPEN: &str = "SELECT username FROM events WHERE username NOT ILIKE 'svc-%' LAST 1 HOURS\n";

/// The logs to try things on.
fn examples() -> String {
    shown(&root().join("examples/logs"))
}

#[test]
fn findings_exit_with_one_and_say_where() {
    let folder = Folder::new();
    folder.write("open.aql", OPEN);
    let run = quarry(["lint", "open.aql"]).in_folder(folder.path()).run().exits(1);
    assert!(run.text().contains("warning[LNT005]"), "{}", run.text());
    assert!(run.text().contains("open.aql:1:35"), "{}", run.text());
    folder.write("fine.aql", "SELECT username FROM events LAST 1 HOURS");
    let run = quarry(["lint", "fine.aql"]).in_folder(folder.path()).run().exits(0);
    assert_eq!(run.text(), "1 query: no findings\n");
    quarry(["lint", "--lang", "spl", "-"]).input("search a=1 | nosuchcommand").run().exits(2);
}

#[test]
fn json_and_sarif_are_machine_readable() {
    let folder = Folder::new();
    folder.write("open.aql", OPEN);
    let json = |output: &str| -> Value {
        let run = quarry(["lint", "open.aql", "--output", output]).in_folder(folder.path()).run().exits(1);
        serde_json::from_str(run.text()).unwrap()
    };
    let found = json("json");
    assert_eq!(found[0]["code"], "LNT005");
    assert_eq!(found[0]["file"], "open.aql");
    assert_eq!((&found[0]["line"], &found[0]["column"]), (&Value::from(1), &Value::from(35)));
    let found = json("sarif");
    assert_eq!(found["runs"][0]["results"][0]["ruleId"], "LNT005");
}

#[test]
fn fixes_are_written_back() {
    let folder = Folder::new();
    let file = folder.path().join("twice.aql");
    folder.write(
        "twice.aql",
        "SELECT username FROM events WHERE username = 'a' OR username = 'a' LAST 1 HOURS\n",
    );
    let run = quarry(["lint", "twice.aql", "--fix"]).in_folder(folder.path()).run().exits(0);
    assert!(run.text().starts_with("fixed 1 finding\n"), "{}", run.text());
    let fixed = fs::read_to_string(&file).unwrap();
    assert_eq!(fixed, "SELECT username FROM events WHERE username = 'a' LAST 1 HOURS\n");
}

#[test]
fn a_code_is_explained() {
    let run = quarry(["lint", "--explain", "lnt001"]).run().exits(0);
    assert!(run.text().starts_with("# LNT001: mixed-precedence\n"));
    let run = quarry(["lint", "--explain", "LNT999"]).run().exits(2);
    assert!(run.stderr.contains("no lint has the code `LNT999`"));
}

#[test]
fn logs_tell_which_condition_leaves_nothing() {
    let folder = Folder::new();
    let query = "sourcetype=\"aws:cloudtrail\" eventName=RunInstances\n| where isnull(errorCode)\n";
    folder.write("none.spl", query);
    let arguments = ["lint", "none.spl", "--output", "json", "--logs", &examples()];
    let run = quarry(arguments).in_folder(folder.path()).run().exits(1);
    let found: Value = serde_json::from_str(run.text()).unwrap();
    let found = found.as_array().unwrap().iter().find(|found| found["code"] == "LNT019").unwrap();
    assert!(found["message"].as_str().unwrap().starts_with("the query matches 0 of "), "{found}");
    assert_eq!(found["line"], 2);
    assert!(found["help"].to_string().contains("`errorCode`"), "{found}");
}
