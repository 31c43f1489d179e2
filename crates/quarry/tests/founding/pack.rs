//! The founding queries as a pack: which attacks they miss and what they alert on wrongly.

use std::fs;

use quarry_pack::{CaseFile, Packs};
use serde_json::Value;

use crate::common::{Folder, quarry, root, shared, shown};

/// The cases of the flagship technique that tell the founding queries' habits apart.
const CASES: [&str; 20] = [
    "aws-cli",
    "azure-cli",
    "gcp-gcloud",
    "aws-user-data",
    "aws-refused",
    "azure-refused",
    "aws-named-backup-service",
    "azure-named-automation",
    "azure-letter-case",
    "aws-fleet",
    "aws-spot",
    "aws-launch-template",
    "gcp-beta",
    "azure-deployment",
    "azure-scale-set",
    "aws-auto-scaling",
    "aws-failed",
    "aws-dry-run",
    "azure-started",
    "azure-start-stopped",
];

const MANIFEST: &str = "technique: T9999.002
name: Founding queries
tactic: defense-impairment
attack: {version: \"19\"}
severity: high
confidence: medium
description: The published queries, verbatim.
detections:
  - {id: founding.spl, title: Founding search, file: founding.spl, language: spl, severity: high}
  - {id: founding.aql, title: Founding query, file: founding.aql, language: aql, severity: high}
";

#[test]
fn the_founding_queries_have_their_known_misses_and_false_alarms() {
    let Some(seed) = shared("seed") else { return };
    let folder = Folder::new();
    folder.write("pack/pack.yml", MANIFEST);
    for language in ["spl", "aql"] {
        let text = fs::read(seed.join(format!("T1578.002.{language}"))).expect("the query is there");
        folder.write(&format!("pack/founding.{language}"), text);
    }
    folder.write("pack/tests/cases.yml", quarry_pack::to_yaml(&cases()).expect("cases are YAML"));
    let pack = shown(&folder.path().join("pack"));
    let mut found = String::new();
    for fields in ["addon", "json"] {
        let run =
            quarry(["test", &pack, "--quiet", "--output", "json", "--splunk-fields", fields]).run().exits(1);
        let results: Value = serde_json::from_str(run.text()).expect("results are JSON");
        found.push_str(&format!(
            "# --splunk-fields {fields}: case, alerts expected of a launch detection, spl, aql\n"
        ));
        for case in results["packs"][0]["cases"].as_array().expect("cases") {
            let results = case["results"].as_array().expect("results");
            let said = |index: usize| {
                let result = &results[index];
                format!("{} ({})", result["verdict"].as_str().unwrap_or("?"), result["alerts"])
            };
            let id = case["id"].as_str().expect("an id");
            found.push_str(&format!("{id:26} {} {:16} {}\n", results[0]["expected"], said(0), said(1)));
        }
    }
    let path = root().join("crates/quarry/tests/founding/pack.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &found).expect("the file can be written");
    }
    let expected = fs::read_to_string(&path).expect("the expected verdicts are there");
    assert_eq!(found, expected, "run with UPDATE=1 and read the difference");
}

/// The chosen cases, with what they expect of a detection of launches.
fn cases() -> CaseFile {
    let pack = Packs::embedded().expect("packs").find("T1578.002").expect("the pack is there").remove(0);
    let mut cases = pack.cases;
    cases.cases.retain(|case| CASES.contains(&case.id.as_str()));
    assert_eq!(cases.cases.len(), CASES.len(), "each chosen case is there");
    for case in &mut cases.cases {
        let launch = case.expect.remove("launch");
        case.expect.clear();
        case.expect.extend(launch.map(|launch| ("founding".to_owned(), launch)));
        if case.expect.is_empty() {
            case.kind = quarry_pack::CaseKind::Benign;
        }
    }
    cases
}
