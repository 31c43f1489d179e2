//! `quarry lint` from outside.

use std::fs;

use serde_json::{Value, json};

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
fn the_detections_of_all_packs_have_none() {
    let mut checked = 0;
    for pack in quarry_pack::Packs::embedded().expect("packs").packs {
        let technique = pack.technique.as_deref().expect("a technique");
        let run = quarry(["lint", technique]).run();
        let queries = pack.detections.len();
        assert_eq!(run.text(), format!("{queries} queries: no findings\n"), "{technique}: {}", run.text());
        run.exits(0);
        checked += queries;
    }
    assert!(checked >= 38, "{checked}");
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

/// What SARIF 2.1.0 requires of a log, of sections 3.13 (log), 3.14 (run), 3.19 (tool component), 3.27 (result),
/// 3.30 (region) and 3.49 (reporting descriptor).
#[test]
fn sarif_has_what_its_specification_requires() {
    let folder = Folder::new();
    folder.write("open.aql", OPEN);
    folder.write("a folder/ä.aql", OPEN);
    let files = ["open.aql", "a folder/ä.aql"];
    let run = quarry(["lint", "--output", "sarif"]).with(files).in_folder(folder.path()).run().exits(1);
    let log: Value = serde_json::from_str(run.text()).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let list = |value: &Value| value.as_array().expect("an array").clone();
    assert_eq!(log["version"], "2.1.0");
    let only = ["$schema", "version", "runs"];
    assert!(log.as_object().expect("an object").keys().all(|key| only.contains(&key.as_str())), "{log:#}");
    let runs = list(&log["runs"]);
    assert_eq!(runs.len(), 1);
    let driver = &runs[0]["tool"]["driver"];
    assert_eq!(driver["name"], "quarry");
    assert!(text(&driver["semanticVersion"]).split('.').count() >= 3, "{driver:#}");
    let rules = list(&driver["rules"]);
    let mut ids: Vec<String> = rules.iter().map(|rule| text(&rule["id"])).collect();
    for rule in &rules {
        assert!(
            !text(&rule["shortDescription"]["text"]).is_empty() && !text(&rule["help"]["text"]).is_empty()
        );
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), rules.len(), "each rule once");
    assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&text(&runs[0]["columnKind"]).as_str()));
    let mut uris = Vec::new();
    for result in list(&runs[0]["results"]) {
        assert!(!text(&result["message"]["text"]).is_empty());
        assert!(
            ["none", "note", "warning", "error"].contains(&text(&result["level"]).as_str()),
            "{result:#}"
        );
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a small one");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &list(&result["locations"])[0]["physicalLocation"];
        uris.push(text(&place["artifactLocation"]["uri"]));
        let at = |name: &str| place["region"][name].as_u64().expect("a number");
        assert!(at("startLine") >= 1 && at("startColumn") >= 1, "{result:#}");
        assert!((at("endLine"), at("endColumn")) >= (at("startLine"), at("startColumn")), "{result:#}");
    }
    uris.dedup();
    assert_eq!(uris, ["open.aql", "a%20folder/%C3%A4.aql"]);
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
fn a_fixed_query_gives_the_same_rows() {
    let queries = [
        (
            "spl",
            "sourcetype=\"aws:cloudtrail\" (eventName=*Run* OR eventName=*RunInst* OR eventName=*RunInst*)\n| stats count by eventName",
            "sourcetype=\"aws:cloudtrail\" (eventName=*Run*)\n| stats count by eventName",
        ),
        (
            "spl",
            "sourcetype=\"aws:cloudtrail\" eventName=*DescribeInst* OR eventName=*Describe* NOT awsRegion=eu*\n| stats count by eventName",
            "sourcetype=\"aws:cloudtrail\" eventName=*Describe* NOT awsRegion=eu*\n| stats count by eventName",
        ),
        (
            "aql",
            "SELECT QIDNAME(qid) AS what, COUNT(*) AS n FROM events WHERE QIDNAME(qid) ILIKE '%runinst%' OR QIDNAME(qid) ILIKE '%run%' GROUP BY what ORDER BY what LAST 900 DAYS",
            "SELECT QIDNAME(qid) AS what, COUNT(*) AS n FROM events WHERE QIDNAME(qid) ILIKE '%run%' GROUP BY what ORDER BY what LAST 900 DAYS",
        ),
    ];
    for (language, before, after) in queries {
        let folder = Folder::new();
        let name = format!("query.{language}");
        folder.write(&name, before);
        let file = shown(&folder.path().join(&name));
        let rows = || {
            let run =
                quarry(["query", &file, "--quiet", "--output", "csv", "--logs", &examples()]).run().exits(0);
            run.text().to_owned()
        };
        let as_written = rows();
        quarry(["lint", &file, "--fix"]).run();
        assert_eq!(fs::read_to_string(&file).unwrap(), after);
        assert_eq!(rows(), as_written);
        assert!(as_written.lines().count() > 1, "{before}: {as_written}");
    }
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
    assert!(
        found["message"].as_str().unwrap().starts_with("the query matches nothing in these logs: "),
        "{found}"
    );
    assert_eq!(found["line"], 2);
    assert!(found["help"].to_string().contains("`errorCode`"), "{found}");
}

#[test]
fn a_text_in_another_language_is_told_to_be() {
    let folder = Folder::new();
    let cases = [
        ("a.aql", "index=* eventName=RunInstances | stats count by user", 2, "this looks like Splunk SPL"),
        ("a.spl", "SELECT username FROM events LAST 1 HOURS", 1, "this looks like QRadar AQL"),
        (
            "b.spl",
            "AWSCloudTrail | where EventName == 'x' | summarize count() by UserIdentityArn",
            2,
            "this looks like Microsoft Sentinel KQL",
        ),
        (
            "c.spl",
            "title: x\nlogsource:\n  product: aws\ndetection:\n  a:\n    eventName: x\n  condition: a",
            1,
            "this looks like Sigma",
        ),
    ];
    for (name, text, code, told) in cases {
        folder.write(name, text);
        let run = quarry(["lint", name]).in_folder(folder.path()).run().exits(code);
        assert!(run.text().contains(told), "{name}: {}{}", run.text(), run.stderr);
    }
    for (name, text) in [
        ("d.spl", "index=* | eval x=1 | where x=1"),
        ("e.spl", "RunInstances mallory"),
        ("e.aql", "SELECT username FROM events LAST 1 HOURS"),
    ] {
        folder.write(name, text);
        let run = quarry(["check", name]).in_folder(folder.path()).run();
        assert!(!run.text().contains("looks like"), "{name}: {}", run.text());
    }
}

#[test]
fn what_a_language_warns_of_is_a_finding() {
    let folder = Folder::new();
    folder.write(
        "a.aql",
        "SELECT username FROM events WHERE \"requestParameters.instanceType\" = 'a' LAST 1 HOURS",
    );
    let run = quarry(["lint", "a.aql"]).in_folder(folder.path()).run().exits(1);
    assert!(run.text().contains("AQL102") && run.text().contains("a.aql:1:35"), "{}", run.text());
}

#[test]
fn findings_in_rules_have_the_places_of_the_file_and_macros_beside_them_are_known() {
    let folder = Folder::new();
    folder.write(
        "content/macros/trail.yml",
        "name: trail\ndescription: d\ndefinition: sourcetype=aws:cloudtrail\n",
    );
    let rule = "name: A rule\nid: 5d1f0b0c-0000-4000-8000-000000000001\nversion: 1\ndate: '2026-01-01'\nauthor: a\ntype: TTP\n\
                description: d\nsearch: >-\n  `trail` eventName=RunInstances\n  | where lower(eventName)=\"RunInstances\"\n  | table eventName\n\
                tags:\n  mitre_attack_id: [T1578.002]\n";
    let file = folder.write("content/detections/rule.yml", rule);
    let run = quarry(["lint", &file]).run().exits(1);
    assert!(run.text().contains("rule.yml:10:11"), "{}", run.text());
    assert!(run.text().contains("  | where lower(eventName)=\"RunInstances\""), "{}", run.text());
    let found: Value =
        serde_json::from_str(quarry(["lint", &file, "--output", "json"]).run().text()).expect("JSON");
    assert_eq!(
        (&found[0]["line"], &found[0]["column"], &found[0]["end_line"]),
        (&json!(10), &json!(11), &json!(10))
    );
    let sarif: Value =
        serde_json::from_str(quarry(["lint", &file, "--output", "sarif"]).run().text()).expect("JSON");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startLine"], 10, "{place}");
    assert!(
        place["artifactLocation"]["uri"].as_str().is_some_and(|uri| uri.ends_with("rule.yml")),
        "{place}"
    );
    let conf = folder.write(
        "app/default/savedsearches.conf",
        "[One]\nsearch = index=* \\\n| where lower(eventName)=\"X\"\n",
    );
    let run = quarry(["lint", &conf]).run().exits(1);
    assert!(run.text().contains("savedsearches.conf:3:9"), "{}", run.text());
    let logs =
        folder.write("logs/one.json", crate::events::cloudtrail(1, "RunInstances", "mallory").to_string());
    let run = quarry(["query", &file, "--logs", &logs, "--output", "csv"]).run().exits(0);
    assert_eq!(run.text(), "eventName\n", "the macro is known, and no row passes: {}", run.stderr);
}
