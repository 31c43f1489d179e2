//! What packs cover of ATT&CK.

use std::collections::BTreeSet;

use quarry_pack::{
    Packs, TestResults,
    attack::{Knowledge, PLATFORMS},
    coverage::Coverage,
    layer::layer,
};
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("data/navigator-layer-4.5.schema.json");

fn knowledge() -> Knowledge {
    Knowledge::embedded().unwrap()
}

/// Results of T1578.002: what each detection said to an attack, an evasion and a benign twin.
fn results(verdicts: &[(&str, &str, &str, usize, &str)]) -> TestResults {
    let case = |(id, kind, detection, expected, verdict): &(&str, &str, &str, usize, &str)| {
        json!({"id": id, "title": id, "kind": kind, "provider": "aws", "results": [{
            "detection": detection, "language": detection.rsplit('.').next().unwrap(),
            "expected": expected, "alerts": expected, "verdict": verdict,
        }]})
    };
    let cases: Vec<Value> = verdicts.iter().map(case).collect();
    let results =
        json!({"packs": [{"technique": "T1578.002", "name": "x", "cases": cases}], "summary": {"pass": 1}});
    serde_json::from_value(results).unwrap()
}

fn coverage(version: &str, results: Option<&TestResults>) -> Coverage {
    let knowledge = knowledge();
    let packs = Packs::embedded().unwrap().packs;
    Coverage::of(&knowledge, knowledge.release(version).unwrap(), &packs, results)
}

#[test]
fn every_technique_has_a_known_tactic_and_platform() {
    for release in knowledge().releases {
        let mut ids = BTreeSet::new();
        for technique in &release.techniques {
            assert!(ids.insert(&technique.id), "{} twice in {}", technique.id, release.version);
            assert!(!technique.tactics.is_empty() && !technique.platforms.is_empty(), "{}", technique.id);
            for tactic in &technique.tactics {
                assert!(
                    release.tactic(tactic).is_some(),
                    "{}: {tactic} in {}",
                    technique.id,
                    release.version
                );
            }
            assert!(technique.platforms.iter().all(|name| PLATFORMS.contains(&name.as_str())));
        }
        for successor in release.replaced.values() {
            assert!(release.techniques.iter().any(|technique| technique.id == *successor), "{successor}");
        }
    }
}

#[test]
fn modify_cloud_compute_infrastructure_moved_between_the_releases() {
    let knowledge = knowledge();
    for id in ["T1578", "T1578.001", "T1578.002", "T1578.003", "T1578.004", "T1578.005"] {
        let tactics = |version: &str| &knowledge.release(version).unwrap().technique(id).unwrap().tactics;
        assert_eq!(*tactics("18"), ["defense-evasion"], "{id}");
        assert_eq!(*tactics("19"), ["defense-impairment"], "{id}");
    }
    let new = knowledge.release("19").unwrap();
    assert_eq!(new.technique("T1562.008").unwrap().id, "T1685.002");
    assert!(new.tactic("defense-evasion").is_none());
    assert!(knowledge.release("18").unwrap().technique("T1685").is_none());
}

#[test]
fn every_log_source_names_a_known_data_component() {
    let knowledge = knowledge();
    for strategy in &knowledge.strategies {
        assert!(knowledge.release("18").unwrap().technique(&strategy.technique).is_some());
        for source in &strategy.sources {
            assert!(knowledge.components.contains_key(&source.component), "{}", source.component);
        }
    }
}

#[test]
fn the_score_is_what_the_tests_show() {
    let of = |verdicts: &[(&str, &str, &str, usize, &str)]| {
        let results = results(verdicts);
        let coverage = coverage("19", Some(&results));
        coverage.techniques.iter().find(|covered| covered.technique == "T1578.002").unwrap().score
    };
    let caught = ("a", "attack", "launch.spl", 1, "pass");
    assert_eq!(of(&[caught, ("b", "benign", "launch.spl", 0, "pass")]), Some(100.0));
    assert_eq!(of(&[caught, ("b", "benign", "launch.spl", 0, "false-alarm")]), Some(50.0));
    assert_eq!(of(&[caught, ("c", "evasion", "launch.aql", 1, "miss")]), Some(50.0));
    // A detection that is not even meant to alert on an attack does not cover it.
    assert_eq!(of(&[caught, ("c", "evasion", "launch.aql", 0, "pass")]), Some(50.0));
    // Schedules are another question.
    assert_eq!(of(&[caught, ("d", "late", "launch.spl", 1, "miss")]), Some(100.0));
    assert_eq!(of(&[("d", "late", "launch.spl", 1, "pass")]), None);
}

#[test]
fn without_results_there_is_no_score() {
    let coverage = coverage("19", None);
    let covered = coverage.techniques.iter().find(|covered| covered.technique == "T1578.002").unwrap();
    assert_eq!((covered.score, covered.tactics.join(" ")), (None, "defense-impairment".to_owned()));
    let components: Vec<&str> = covered.data_components.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(components, ["DC0076", "DC0080", "DC0086"]);
}

#[test]
fn gaps_are_techniques_without_a_pack() {
    let coverage = coverage("19", None);
    let gaps: BTreeSet<&str> = coverage.gaps.iter().map(|gap| gap.technique.as_str()).collect();
    assert!(gaps.contains("T1537") && gaps.contains("T1685.002"));
    assert!(!gaps.contains("T1578.002"), "it has a pack");
    assert!(!gaps.contains("T1578"), "a sub-technique has a pack");
}

#[test]
fn layers_are_what_the_navigator_reads() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let results =
        results(&[("a", "attack", "launch.spl", 1, "pass"), ("c", "evasion", "launch.aql", 1, "miss")]);
    for version in ["18", "19"] {
        for results in [None, Some(&results)] {
            let coverage = coverage(version, results);
            let layer = layer(&coverage);
            let errors: Vec<String> = validator.iter_errors(&layer).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
            assert_eq!(layer["versions"]["attack"], version);
            let entries = layer["techniques"].as_array().unwrap();
            let entry = entries.iter().find(|entry| entry["techniqueID"] == "T1578.002").unwrap();
            let tactic = if version == "18" { "defense-evasion" } else { "defense-impairment" };
            assert_eq!(entry["tactic"], tactic);
            assert_eq!(entry["score"], results.map_or(Value::Null, |_| json!(50.0)));
        }
    }
    // The schema refuses what the format does not have.
    let broken = json!({"name": "x", "domain": "enterprise-attack", "versions": {"navigator": "4.8.0", "layer": "4.5"}});
    assert!(!validator.is_valid(&broken));
}
