//! What logs, names and queries say stays text: nothing steers a terminal, nothing turns text around, no cell of a
//! guarded CSV is a formula.

use std::fs;

use serde_json::{Value, json};

use crate::{
    common::{Folder, Run, quarry, shown},
    events::cloudtrail,
};

/// A title for the window, a cleared screen, a character of eight bits that begins a sequence, a line written over,
/// a hidden text, and text that is turned around.
const EVIL: &str = "a\u{1b}]0;t\u{7}\u{1b}[2J\u{9b}1m\rb\u{1b}[8mhidden\u{202e}cba\u{2066}d\u{200f}";

fn event() -> Value {
    let mut event = cloudtrail(1, "RunInstances", "mallory");
    event["userAgent"] = json!(EVIL);
    event["userIdentity"]["arn"] = json!(format!("arn:aws:iam::1:user/{EVIL}"));
    event["awsRegion"] = json!(EVIL);
    event["errorCode"] = json!("Client.UnauthorizedOperation");
    event["eventID"] = json!("e1");
    event
}

fn assert_plain(run: &Run, what: &str) {
    for (stream, text) in
        [("output", String::from_utf8_lossy(&run.stdout).into_owned()), ("messages", run.stderr.clone())]
    {
        let steers = |letter: char| {
            (letter.is_control() && !matches!(letter, '\n' | '\t'))
                || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert_eq!(text.find(steers), None, "{what}: {stream}: {text:?}");
    }
}

#[test]
fn no_text_of_a_log_steers_a_terminal() {
    let folder = Folder::new();
    let name = format!("{}.json", EVIL.replace('/', ""));
    let logs = folder.write(&name, format!("{}\nnot json {EVIL}\n{{\"broken\": {EVIL}\n", event()));
    let query = format!("index=* | eval x=\"{EVIL}\" | table userAgent, awsRegion, x");
    let wrong = format!("index=* | eval x=nosuch(\"{EVIL}\")");
    let aql = format!("SELECT \"userAgent\" AS '{}' FROM events", EVIL.replace('\n', ""));
    let wrong_file = folder.write("wrong.spl", &wrong);
    let logs_of = ["--logs", logs.as_str()];
    for output in ["table", "csv", "json", "jsonl"] {
        for (language, query) in [("spl", &query), ("spl", &wrong), ("aql", &aql)] {
            let arguments = ["query", "--lang", language, "-e", query, "--output", output];
            let run = quarry(arguments).with(logs_of).on_terminal().run();
            assert_plain(&run, &format!("{output}: {query}"));
        }
        let run =
            quarry(["hunt", "T1578.002", "--output", output]).with(logs_of).on_terminal().run().exits(0);
        assert!(!run.stdout.is_empty());
        assert_plain(&run, &format!("hunt {output}"));
        let run = quarry(["fields", "--output", output]).with(logs_of).on_terminal().run();
        assert_plain(&run, &format!("fields {output}"));
    }
    let detection = "packs/T1578.002/launch.spl";
    for arguments in [
        &["explain", detection, "--event", "e1"][..],
        &["explain", "--lang", "spl", "-e", &query, "--event", "e1"],
        &["tune", "tests/site/packs/T1580"],
        &["test", "tests/site/packs/T1580"],
        &["lint", &wrong_file],
        &["lint", &wrong_file, "--output", "sarif"],
        &["check", &format!("{EVIL}.spl")],
        &["hunt", EVIL],
    ] {
        let takes_logs = !matches!(arguments[0], "lint" | "check");
        let run = quarry(arguments).with(if takes_logs { &logs_of[..] } else { &[] }).on_terminal().run();
        assert_plain(&run, &format!("{arguments:?}"));
    }
}

#[test]
fn json_has_escapes_and_other_data_stays_as_it_is_where_no_terminal_is() {
    let folder = Folder::new();
    let logs = folder.write("one.json", event().to_string());
    let query = ["query", "--lang", "spl", "-e", "index=* | table userAgent", "--logs", &logs];
    for output in ["json", "jsonl"] {
        let run = quarry(query).with(["--output", output]).run().exits(0);
        assert_plain(&run, output);
        let found: Value =
            serde_json::from_str(run.text().trim().trim_start_matches('[').trim_end_matches(']')).unwrap();
        assert_eq!(found["userAgent"], EVIL, "escaped or not, the value is the same");
    }
    let run = quarry(query).with(["--output", "csv"]).run().exits(0);
    assert!(run.text().contains(EVIL), "{:?}", run.text());
}

#[test]
fn no_cell_of_guarded_csv_is_a_formula() {
    let query = "| makeresults | eval a=\"=1+1\", b=\"+x\", c=\"-2.5\", d=\"@x\", e=\"-cmd\", f=\"x=1\", g=\"=\\\"a\\\",b\" | table a b c d e f g";
    let folder = Folder::new();
    let logs = folder.write("one.json", event().to_string());
    let arguments = ["query", "--lang", "spl", "-e", query, "--logs", &logs, "--output", "csv"];
    let plain = quarry(arguments).run().exits(0);
    assert_eq!(plain.text(), "a,b,c,d,e,f,g\n=1+1,+x,-2.5,@x,-cmd,x=1,\"=\"\"a\"\",b\"\n");
    let safe = quarry(arguments).with(["--csv-safe"]).run().exits(0);
    assert_eq!(safe.text(), "a,b,c,d,e,f,g\n'=1+1,'+x,-2.5,'@x,'-cmd,x=1,\"'=\"\"a\"\",b\"\n");
}

#[test]
fn a_table_that_is_not_utf8_is_not_appended_to() {
    let (tables, folder) = (Folder::new(), Folder::new());
    let logs = folder.write("one.json", event().to_string());
    let old = b"name\nm\xf6ller\n";
    tables.write("known.csv", old);
    let out = shown(tables.path());
    let run = |query: &str| {
        quarry(["query", "--lang", "spl", "-e", query, "--logs", &logs, "--write-lookups", &out]).run()
    };
    let append = "| makeresults | eval name=\"new\" | table name | outputlookup append=true known.csv";
    let refused = run(append).exits(2);
    assert!(refused.stderr.contains("known.csv` is not UTF-8 (byte 6)"), "{}", refused.stderr);
    assert_eq!(fs::read(tables.path().join("known.csv")).unwrap(), old);
    run(&append.replace("append=true ", "")).exits(0);
    run(append).exits(0);
    assert_eq!(fs::read_to_string(tables.path().join("known.csv")).unwrap(), "name\nnew\nnew\n");
    assert_eq!(fs::read_dir(tables.path()).unwrap().count(), 1, "nothing is left beside it");
}
