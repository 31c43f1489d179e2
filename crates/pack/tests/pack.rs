//! Packs and alerts as the binary uses them.

use std::{collections::HashMap, fs, path::Path};

use quarry_languages::Language;
use quarry_pack::{Alert, Detection, Manifest, Pack, Packs, Severity};

const SMALL: &str = "\
technique: T1535
name: Unused Cloud Regions
tactic: stealth
attack: {version: \"19\"}
severity: low
confidence: low
description: A region that nobody uses.
schedule: {every: 5m, look_back: 1h}
detections:
  - {id: one, title: One, file: one.spl, language: spl, severity: high}
  - {id: two, title: Two, file: two.aql, language: aql, severity: low}
equivalent:
  - [one, two]
";

fn folder(manifest: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("regions");
    fs::create_dir(&pack).unwrap();
    fs::write(pack.join("pack.yml"), manifest).unwrap();
    fs::write(pack.join("one.spl"), "index=* \r\n| table a\n").unwrap();
    fs::write(pack.join("two.aql"), "SELECT a FROM events").unwrap();
    folder
}

/// The message for a manifest in which `from` is replaced by `to`.
fn complaint(from: &str, to: &str) -> (Option<(usize, usize)>, String) {
    assert!(SMALL.contains(from), "{from}");
    let error = Manifest::parse("x/pack.yml", &SMALL.replacen(from, to, 1)).unwrap_err();
    assert_eq!(error.file, "x/pack.yml");
    (error.place, error.to_string())
}

fn detection() -> Detection {
    Pack::load(&folder(SMALL).path().join("regions")).unwrap().detections.swap_remove(0)
}

fn alert(detection: &Detection, row: &[(&str, Option<&str>)]) -> Alert {
    Alert::from_row(Some("T1535"), detection, [], row.iter().copied())
}

#[test]
fn embedded_packs_hold_their_files_byte_for_byte() {
    let packs = Packs::embedded().unwrap();
    let pack = packs.find("t1578.002").unwrap().remove(0);
    assert_eq!(pack.technique.as_deref(), Some("T1578.002"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/T1578.002");
    let manifest = pack.manifest.as_ref().unwrap();
    assert_eq!(manifest.attack.tactics["18"], "defense-evasion");
    assert_eq!(manifest.attack.tactics["19"], manifest.tactic);
    for (entry, detection) in manifest.detections.iter().zip(&pack.detections) {
        let file = fs::read_to_string(source.join(&entry.file)).unwrap();
        if entry.file.ends_with(".yaml") {
            let first = detection.text.lines().next().unwrap();
            assert!(file.contains(first), "{}: the query stands in its rule", entry.id);
        } else {
            assert_eq!(file, detection.text, "{}", entry.id);
        }
    }
    for language in [Language::SPL, Language::AQL] {
        let of_language = pack.detections.iter().filter(|detection| detection.language == language);
        assert_eq!(of_language.count(), 3, "a launch, a staging sequence and a refusal");
    }
    assert_eq!(manifest.equivalent.concat().len(), pack.detections.len(), "each detection has its twin");
}

#[test]
fn a_folder_of_packs_adds_to_and_overrides_the_embedded_ones() {
    let mut packs = Packs::embedded().unwrap();
    let before = packs.packs.len();
    let user = folder(&SMALL.replace("T1535", "T1578.002"));
    packs.extend(Packs::load_dir(user.path()).unwrap());
    assert_eq!(packs.packs.len(), before);
    assert_eq!(packs.find("T1578.002").unwrap()[0].name, "Unused Cloud Regions");
    packs.extend(Packs::load_dir(folder(&SMALL.replace("T1535", "T9999")).path()).unwrap());
    assert_eq!(packs.packs.len(), before + 1);
}

#[test]
fn names_may_be_folders_and_query_files() {
    let folder = folder(SMALL);
    let pack = folder.path().join("regions");
    let none = Packs::default();
    let found = none.find(pack.to_str().unwrap()).unwrap();
    assert_eq!(found[0].detections[0].text, "index=* \r\n| table a\n");
    let names = ["one.spl", "two.aql"].map(|name| pack.join(name).display().to_string());
    let found = none.find_all(&names).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].technique.as_deref(), Some("T1535"), "the files are of a pack");
    assert_eq!(found[0].detections.len(), 2);
    let loose = tempfile::tempdir().unwrap();
    let names = ["one.spl", "two.aql"].map(|name| {
        let copy = loose.path().join(name);
        fs::copy(pack.join(name), &copy).unwrap();
        copy.display().to_string()
    });
    let found = none.find_all(&names).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].technique, None);
    let ids: Vec<&str> = found[0].detections.iter().map(|detection| detection.id.as_str()).collect();
    assert_eq!(ids, ["one.spl", "two.aql"]);
}

#[test]
fn unknown_names_are_answered_with_what_is_known() {
    let packs = Packs::embedded().unwrap();
    let near = packs.find("T1578.02").unwrap_err();
    assert_eq!(near.help.as_deref(), Some("did you mean `T1578.002`?"));
    let far = packs.find("nonsense").unwrap_err();
    assert!(far.help.unwrap().contains("T1578.002"));
    let file = packs.find("missing.spl").unwrap_err();
    assert_eq!(file.to_string(), "missing.spl: no such file or folder");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rule.txt"), "x").unwrap();
    let ending = Pack::ad_hoc(&[folder.path().join("rule.txt")]).unwrap_err();
    assert!(ending.help.unwrap().contains("*.aql"));
    assert!(Packs::load_dir(folder.path()).unwrap_err().message.contains("holds no pack"));
}

#[test]
fn what_is_wrong_in_a_manifest_is_named_with_its_place() {
    let (place, text) = complaint("severity: low", "severety: low");
    assert_eq!(place.unwrap().0, 5, "{text}");
    assert!(text.contains("severety"), "{text}");
    let (place, text) = complaint("confidence: low", "confidence: certain");
    assert_eq!(place.unwrap().0, 6, "{text}");
    assert!(text.contains("certain"), "{text}");
    let (place, text) = complaint("technique: T1535", "technique: T15");
    assert_eq!(place, Some((1, 12)), "{text}");
    let (place, text) = complaint("id: two", "id: one");
    assert!(place.is_some() && text.contains("`one` is used twice"), "{text}");
    let (place, text) = complaint("[one, two]", "[one, three]");
    assert_eq!(place, Some((13, 11)), "{text}");
    assert!(complaint("[one, two]", "[one]").1.contains("needs two"));
    assert!(complaint("5m", "5 minutes").1.contains("`5 minutes` is no length of time"));
    assert!(complaint("file: two.aql", "file: two.spl").1.contains("does not end in `.aql`"));
    assert!(complaint("detections:\n", "detections: []\nother:\n").1.contains("other"));
    let (place, text) = complaint("attack: {version", "attack: {version: [");
    assert!(place.is_some(), "{text}");
}

#[test]
fn a_missing_detection_file_is_an_error_of_the_manifest() {
    let folder = folder(SMALL);
    fs::remove_file(folder.path().join("regions/two.aql")).unwrap();
    let error = Packs::load_dir(folder.path()).unwrap_err();
    assert!(error.file.ends_with("pack.yml"), "{error}");
    assert_eq!(error.place, Some((11, 33)), "{error}");
}

#[test]
fn an_alert_takes_the_added_fields_and_lets_the_rows_own_override_them() {
    let added = [
        ("time", Some("2026-03-10T08:00:00Z")),
        ("actor", Some("base")),
        ("source_ip", Some("198.51.100.1")),
        ("event_id", Some("id-1")),
        ("object", Some("a.json.gz")),
        ("record", Some("17+0")),
        ("region", Some("us-east-1")),
    ];
    let row = [
        ("__record", Some("the user's")),
        ("_time", Some("1773129600")),
        ("actor", Some("own")),
        ("region", None),
        ("account", Some("")),
        ("source_ip", Some("0.0.0.0")),
        ("SomethingElse", Some("x")),
    ];
    let alert = Alert::from_row(Some("T1535"), &detection(), added, row);
    let json = serde_json::to_value(&alert).unwrap();
    let expected = [
        ("time", "2026-03-10T08:00:00Z"),
        ("detection", "one"),
        ("technique", "T1535"),
        ("severity", "high"),
        ("actor", "own"),
        ("source_ip", "198.51.100.1"),
        ("region", "us-east-1"),
        ("event_id", "id-1"),
        ("object", "a.json.gz"),
        ("record", "17+0"),
    ];
    for (name, value) in expected {
        assert_eq!(json[name], value, "{name}");
    }
    assert!(json["account"].is_null() && json["outcome"].is_null());
    let fields: HashMap<&str, Option<&str>> =
        alert.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields["SomethingElse"], Some("x"));
    assert_eq!(fields["region"], None);
    assert_eq!(fields["__record"], Some("the user's"));
}

#[test]
fn severity_is_the_rows_then_the_scores_then_the_detections() {
    let mut detection = detection();
    assert_eq!(alert(&detection, &[]).severity, Some(Severity::High));
    assert_eq!(alert(&detection, &[("severity", Some("Critical"))]).severity, Some(Severity::Critical));
    assert_eq!(
        alert(&detection, &[("severity", Some("3"))]).severity,
        Some(Severity::High),
        "no word of ours"
    );
    detection.severity_by_risk_score =
        [(Severity::High, 50.0), (Severity::Medium, 35.0), (Severity::Low, 0.0)].into();
    let by_score = |score| alert(&detection, &[("risk_score", Some(score))]).severity;
    assert_eq!(by_score("50"), Some(Severity::High));
    assert_eq!(by_score("49.5"), Some(Severity::Medium));
    assert_eq!(by_score("0"), Some(Severity::Low));
    assert_eq!(by_score("-1"), Some(Severity::High), "below all thresholds");
}

#[test]
fn added_fields_are_those_an_alert_reads() {
    let detection = detection();
    for name in Alert::added_fields() {
        let alert = Alert::from_row(None, &detection, [(name, Some("value"))], []);
        let json = serde_json::to_value(&alert).unwrap();
        assert_eq!(json[name], "value", "{name}");
    }
}
