//! Splunk apps as they lie on disk: `default` below `local`, several in one folder, files with mistakes.

use crate::common::{Folder, quarry};

const EVENT: &str = "{\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"RunInstances\",\"eventTime\":\"2024-01-01T00:00:00Z\",\"awsRegion\":\"us-east-1\"}\n";

/// An app with searches of its own, and one event.
fn app() -> (Folder, String, String) {
    let folder = Folder::new();
    let logs = folder.write("logs/event.jsonl", EVENT);
    folder.write("app/default/app.conf", "[launcher]\nversion = 1\n");
    folder.write("app/default/macros.conf", "[launches]\ndefinition = eventName=Nothing\n");
    folder.write("app/local/macros.conf", "[launches]\ndefinition = eventName=RunInstances\n");
    folder.write("app/default/props.conf", "[aws:cloudtrail]\nEVAL-place = upper(awsRegion)\n");
    let searches = folder.write(
        "app/default/savedsearches.conf",
        "disabled = 1\n[Launched]\nsearch = `launches` | table place\nrelation = greater than\nquantity = 5\n\
         [Changed]\nsearch = eventName=Nothing\n",
    );
    folder.write(
        "app/local/savedsearches.conf",
        "[Launched]\nenableSched = 1\ndisabled = 0\n[Changed]\nsearch = `launches` \\\n| table eventName\n[Own]\nsearch = `launches`\n",
    );
    (folder, logs, searches)
}

#[test]
fn an_app_is_hunted_with_what_it_knows() {
    let (folder, logs, searches) = app();
    let rules = |run: crate::common::Run| -> Vec<String> {
        let rows = run.exits(0).rows();
        rows.iter().map(|alert| alert["detection"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let whole = crate::common::shown(&folder.path().join("app"));
    let hunt = |target: &str| quarry(["hunt", target, "--logs", &logs, "--output", "jsonl", "-q"]).run();
    let run = hunt(&whole);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
    let mut found = rules(run);
    found.sort();
    assert_eq!(found, ["Changed", "Own"], "one launch is not more than five");
    assert_eq!(rules(hunt(&searches)), ["Changed"]);
    let told = quarry(["hunt", &searches, "--logs", &logs, "--output", "jsonl"]).run().stderr;
    assert!(told.contains("RUN014") && told.contains("1 row is no alert: the rule asks for `> 5`"), "{told}");
    let text = std::fs::read_to_string(&searches)
        .expect("the file is there")
        .replace("quantity = 5", "quantity = 0");
    folder.write("app/default/savedsearches.conf", text);
    let mut found = rules(hunt(&searches));
    found.sort();
    assert_eq!(found, ["Changed", "Launched"]);
}

#[test]
fn the_layers_of_saved_searches_are_one() {
    let (folder, _, _) = app();
    let whole = crate::common::shown(&folder.path().join("app"));
    let run = quarry(["pack", "read", &whole, "--output", "json"]).run().exits(0);
    let text = run.text();
    let found: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let shown = found.to_string();
    assert!(shown.contains("\"threshold\":5"), "{text}");
    assert!(!shown.contains("has no `search`"), "{text}");
    assert_eq!(shown.matches("\"status\":\"disabled\"").count(), 2, "{text}");
}

#[test]
fn lines_that_are_no_settings_are_passed_over() {
    let folder = Folder::new();
    let logs = folder.write("event.jsonl", EVENT);
    let macros = folder.write("app/default/macros.conf", "[a]\nno setting\ndefinition = eventName=Run*\n");
    folder.write("app/README/macros.conf", "[a]\ndefinition = eventName=Nothing\n");
    let app = crate::common::shown(&folder.path().join("app"));
    for (option, path) in [("--splunk-app", &app), ("--macros", &macros)] {
        let query =
            ["query", "--lang", "spl", "-e", "`a` | table eventName", "--output", "csv", "--logs", &logs];
        let run = quarry(query).with([option, path]).run().exits(0);
        assert_eq!(run.text(), "eventName\nRunInstances\n");
        assert!(run.stderr.contains("macros.conf: line 2 is passed over"), "{}", run.stderr);
    }
}

#[test]
fn a_query_file_may_follow_an_option_of_several_values() {
    let folder = Folder::new();
    let logs = folder.write("event.jsonl", EVENT);
    let query = folder.write("q.spl", "`a` | table eventName");
    let macros = folder.write("knowledge/macros.conf", "[a]\ndefinition = eventName=Run*\n");
    let more = folder.write("more/macros.conf", "[b]\ndefinition = eventName=Stop*\n");
    let common = ["--output", "csv", "-q"];
    for arguments in [
        vec!["query", "--logs", &logs, "--macros", &macros, &query],
        vec!["query", "--macros", &macros, &more, &query, "--logs", &logs],
        vec!["query", "--macros", &macros, "--macros", &more, "--logs", &logs, &query],
        vec!["query", &query, "--macros", &macros, &more, "--logs", &logs],
    ] {
        let run = quarry(&arguments).with(common).run().exits(0);
        assert_eq!(run.text(), "eventName\nRunInstances\n", "{arguments:?}");
    }
    let rules = folder.write("rules/savedsearches.conf", "[x]\nsearch = `a`\n");
    let rules = rules.trim_end_matches("/savedsearches.conf").to_owned();
    let hunt = ["hunt", "--logs", &logs, "--output", "jsonl", "-q", "--macros", &macros, &rules];
    assert_eq!(quarry(hunt).run().exits(0).rows().len(), 1);
}
