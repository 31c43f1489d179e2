//! What is read of files in other products' formats: each file below `import/` with its expected reading in
//! `import/expected/` (`UPDATE=1` writes them), and the real files of the shared inputs.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use quarry_diagnostic::line_column;
use quarry_languages::Language;
use quarry_pack::{
    Pack,
    emulate::{Emulator, Options},
    import::{self, FORMATS, Imported, Item},
};

use crate::shared;

/// A reading as text: the format, the items as YAML, the findings by place.
fn shown(imported: &Imported) -> String {
    let format = imported.format.map_or("unknown", |format| format.name);
    let mut text = format!("format: {format}\n");
    for item in &imported.items {
        let value = serde_json::to_value(item).unwrap();
        write!(text, "--- {}", quarry_pack::to_yaml(&value).unwrap()).unwrap();
        text.push('\n');
    }
    for finding in &imported.findings {
        let (line, column) = line_column(&imported.text, finding.span.start);
        let severity = format!("{:?}", finding.severity).to_lowercase();
        writeln!(text, "{line}:{column}: {severity} {}: {}", finding.code, finding.message).unwrap();
        for help in &finding.help {
            writeln!(text, "    {help}").unwrap();
        }
    }
    text
}

#[test]
fn each_format_is_read_with_all_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    let mut seen = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let found = shown(&import::read(&name, &fs::read_to_string(&path).unwrap()));
        let expected = folder.join("expected").join(format!("{name}.txt"));
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(folder.join("expected")).unwrap();
            fs::write(&expected, &found).unwrap();
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(found, wanted, "{name}: if this is right, UPDATE=1 writes it");
        seen += 1;
    }
    assert!(seen >= 20, "{seen} files");
}

#[test]
fn a_folder_is_read_whole_and_says_what_it_left() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    let read = import::read_folder(&folder).unwrap();
    let formats: BTreeMap<&str, usize> = read.files.iter().fold(BTreeMap::new(), |mut counts, file| {
        *counts.entry(file.format.unwrap().name).or_default() += 1;
        counts
    });
    assert_eq!(formats.len(), FORMATS.len(), "{formats:?}");
    let others: Vec<String> = read
        .others
        .iter()
        .map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(others, ["broken.yml", "unknown.yml"]);
    let pack = read.pack("all").unwrap();
    let ids: std::collections::BTreeSet<&str> =
        pack.detections.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids.len(), pack.detections.len(), "ids tell detections apart");
}

#[test]
fn nothing_makes_an_importer_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (cut, _) in text.char_indices().step_by(7) {
            let head = import::read("head", &text[..cut]);
            let tail = import::read("tail", &text[cut..]);
            for finding in head.findings.iter().chain(&tail.findings) {
                assert!(finding.span.start <= finding.span.end, "{finding:?}");
            }
        }
    }
}

/// The files below a shared folder.
fn shared_folder(name: &str) -> Option<import::Folder> {
    Some(import::read_folder(&shared(name)?).unwrap())
}

fn errors(files: &[Imported]) -> Vec<String> {
    let wrong = |file: &Imported| file.first_error().map(|error| error.to_string());
    files.iter().filter_map(wrong).collect()
}

#[test]
fn published_security_content_is_read() {
    let Some(read) = shared_folder("data/splunk_security_content_2024") else { return };
    assert_eq!(errors(&read.files), [""; 0]);
    assert!(read.others.is_empty(), "{:?}", read.others);
    let detections: Vec<_> = read.files.iter().flat_map(Imported::detections).collect();
    assert_eq!((read.files.len(), detections.len()), (114, 40));
    assert!(detections.iter().all(|found| found.language == Language::SPL && !found.text.is_empty()));
    let count = |is: &dyn Fn(&&&quarry_pack::Detection) -> bool| detections.iter().filter(is).count();
    assert_eq!(count(&|found| found.metadata.risk_score.is_some()), 40);
    assert_eq!(count(&|found| !found.metadata.data.is_empty()), 24);
    assert!(count(&|found| !found.metadata.techniques.is_empty()) >= 24);
    assert_eq!(count(&|found| found.metadata.description.is_some()), 40);
    let unknown =
        read.files.iter().flat_map(|file| &file.findings).filter(|found| found.code == "IMP005").count();
    assert_eq!(unknown, 0, "keys of the published files are known");
}

#[test]
fn published_macros_are_recognised() {
    let Some(read) = shared_folder("corpora/security_content") else { return };
    let macros = read.files.iter().flat_map(|file| &file.items);
    let macros = macros.filter(|item| matches!(item, Item::Other { kind: "macro", .. })).count();
    assert!(read.others.is_empty(), "{:?}", read.others);
    assert_eq!(macros, 189);
}

#[test]
fn published_sigma_rules_are_read() {
    let Some(read) = shared_folder("corpora/sigma") else { return };
    assert_eq!(errors(&read.files), [""; 0]);
    assert!(read.others.is_empty(), "{:?}", read.others);
    let detections: Vec<_> = read.files.iter().flat_map(Imported::detections).collect();
    assert_eq!(detections.len(), 165);
    for found in &detections {
        let metadata = &found.metadata;
        assert_eq!(found.language, Language::SIGMA);
        assert!(metadata.severity.is_some() && metadata.rule.is_some(), "{}", found.file);
        assert!(!metadata.data_sources.is_empty() && !metadata.tactics.is_empty(), "{}", found.file);
        assert_eq!(found.text, fs::read_to_string(&found.file).unwrap(), "the text is the file");
    }
    let findings = read.files.iter().flat_map(|file| &file.findings).count();
    assert_eq!(findings, 0);
}

#[test]
fn published_sentinel_rules_are_read() {
    let Some(read) = shared_folder("data/sentinel") else { return };
    assert_eq!(errors(&read.files), [""; 0]);
    let detections: Vec<_> = read.files.iter().flat_map(Imported::detections).collect();
    assert_eq!(detections.len(), 42);
    let of =
        |kind: &str| detections.iter().filter(|found| found.metadata.kind.as_deref() == Some(kind)).count();
    assert_eq!(of("Scheduled") + of("NRT") + of("hunting query"), 42);
    assert!(of("Scheduled") >= 15 && of("NRT") >= 3 && of("hunting query") >= 15);
    for found in &detections {
        let metadata = &found.metadata;
        assert_eq!(
            metadata.schedule.is_some(),
            metadata.kind.as_deref() != Some("hunting query"),
            "{}",
            found.file
        );
        assert!(found.language == Language::KQL && !metadata.tactics.is_empty(), "{}", found.file);
    }
    let Some(corpus) = shared("corpora/kql.jsonl") else { return };
    let corpus = fs::read_to_string(corpus).unwrap();
    let queries: Vec<serde_json::Value> =
        corpus.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let known =
        |text: &str| queries.iter().any(|query| query["query"].as_str().map(str::trim) == Some(text.trim()));
    let same = detections.iter().filter(|found| known(&found.text)).count();
    assert!(same > 0, "queries are taken out as the corpus has them");
}

#[test]
fn detonation_logs_are_recorded_attacks() {
    let Some(read) = shared_folder("data/stratus") else { return };
    let tests: Vec<_> = read.files.iter().flat_map(Imported::tests).collect();
    assert_eq!(tests.len(), 35);
    let records: usize = tests.iter().map(|test| test.known_records().len()).sum();
    assert_eq!(records, 310);
    assert!(tests.iter().any(|test| test.name == "aws.defense-evasion.cloudtrail-stop"));
    assert!(tests.iter().flat_map(|test| test.known_records()).all(|record| record.time.is_some()));
}

#[test]
fn labelled_events_of_panther_become_cases() {
    let Some(file) = shared("oracles/panther_rule_tests.jsonl") else { return };
    let text = fs::read_to_string(file).unwrap();
    let mut rules: BTreeMap<String, Vec<serde_json::Value>> = BTreeMap::new();
    for line in text.lines() {
        let test: serde_json::Value = serde_json::from_str(line).unwrap();
        rules.entry(test["rule_id"].as_str().unwrap().to_owned()).or_default().push(test);
    }
    let (mut tests, mut cases) = (0, 0);
    for (rule, labelled) in rules.iter().filter(|(_, labelled)| labelled[0]["event"].is_object()) {
        let list: Vec<_> = labelled
            .iter()
            .map(|test| serde_json::json!({"Name": test["test"], "ExpectedResult": test["expected"], "Log": test["event"]}))
            .collect();
        let document = serde_json::json!({"AnalysisType": "rule", "RuleID": rule, "LogTypes": labelled[0]["log_types"], "Tests": list});
        // As the file of a rule would be written, and as JSON, which is YAML too.
        for text in [quarry_pack::to_yaml(&document).unwrap(), document.to_string()] {
            let read = import::read("rule.yml", &text);
            assert_eq!(read.format.unwrap().name, "panther", "{rule}");
            let found: Vec<_> = read.tests().collect();
            assert_eq!(found.len(), labelled.len(), "{rule}: {:?}", read.findings);
            for (found, test) in found.iter().zip(labelled) {
                assert_eq!(found.verdict, test["expected"].as_bool(), "{rule}");
                assert_eq!(found.records[0], test["event"], "{rule}: {}", found.name);
            }
            tests += found.len();
            cases += found.iter().filter(|test| test.case().is_ok()).count();
        }
    }
    assert_eq!(tests / 2, 614);
    assert!(cases / 2 > 400, "{cases}");
}

/// A pack whose cases name files of recorded events.
fn recorded_pack(cases: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("T1535");
    fs::create_dir_all(pack.join("tests/data")).unwrap();
    let manifest = "technique: T1535\nname: Regions\ntactic: stealth\nattack: {version: \"19\"}\nseverity: low\n\
        confidence: low\ndescription: A region.\ndetections:\n\
        - {id: launch.spl, title: A launch, file: launch.spl, language: spl, severity: low}\n\
        - {id: launch.kql, title: A launch, file: launch.yaml, language: kql, severity: low}\n";
    fs::write(pack.join("pack.yml"), manifest).unwrap();
    fs::write(pack.join("launch.spl"), "eventName=RunInstances").unwrap();
    let sentinel =
        "name: A launch\nkind: NRT\nrelevantTechniques: [T1535]\nquery: |\n  AWSCloudTrail\n  | take 1\n";
    fs::write(pack.join("launch.yaml"), sentinel).unwrap();
    let import = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    for name in ["panther.yml", "aws.execution.launch.json"] {
        fs::copy(import.join(name), pack.join("tests/data").join(name)).unwrap();
    }
    fs::write(pack.join("tests/cases.yml"), cases).unwrap();
    (folder, pack)
}

const RECORDED: &str = "\
cases:
  - id: detonated
    title: As it was recorded
    kind: attack
    provider: aws
    events: {file: tests/data/aws.execution.launch.json}
    expect: {launch: {alerts: 1, because: one launch}}
agree:
  - file: tests/data/panther.yml
    detections: [launch]
    except: {Of another log: not a cloud}
";

#[test]
fn cases_take_their_events_from_files_and_agree_with_rules() {
    let (_folder, pack) = recorded_pack(&RECORDED.replace("    except: {Of another log: not a cloud}\n", ""));
    // One of the rule's tests is about a log that is not read, which has to be said.
    let error = Pack::load(&pack).unwrap_err().to_string();
    assert!(error.contains("Example.Launch/Of another log") && error.contains("no record"), "{error}");
    fs::write(pack.join("tests/cases.yml"), RECORDED).unwrap();
    assert_eq!(Pack::load(&pack).unwrap().cases.cases.len(), 3, "unless an exception says so");
    let rule = fs::read_to_string(pack.join("tests/data/panther.yml")).unwrap();
    let rule = rule.replace("Log: {p_log_type: Okta.SystemLog, eventType", "Log: {eventSource: a, eventName");
    fs::write(pack.join("tests/data/panther.yml"), rule).unwrap();
    let loaded = Pack::load(&pack).unwrap();
    let cases: Vec<(&str, &str, usize)> = loaded
        .cases
        .cases
        .iter()
        .map(|case| (case.id.as_str(), case.kind.word(), case.expected("launch.spl").alerts()))
        .collect();
    assert_eq!(
        cases,
        [
            ("detonated", "attack", 1),
            ("Example.Launch/A launch", "attack", 1),
            ("Example.Launch/Nothing happened", "benign", 0),
            ("Example.Launch/Of another log", "benign", 0),
        ]
    );
    let emulation =
        Emulator::of_pack(&loaded).unwrap().case(&loaded.cases.cases[0], &Options::default()).unwrap();
    let names: Vec<&str> =
        emulation.records.iter().filter_map(|record| record.json["eventName"].as_str()).collect();
    assert_eq!(names, ["RunInstances", "TerminateInstances"]);
    assert_eq!(emulation.records[1].time - emulation.records[0].time, 300_000_000);
    let kql = &loaded.detections[1];
    assert_eq!((kql.text.as_str(), kql.technique()), ("AWSCloudTrail\n| take 1\n", Some("T1535")));
    let (runs, waits) = loaded.clone().runnable();
    assert_eq!((runs.detections.len(), waits.len()), (2, 0));
}

#[test]
fn what_is_wrong_with_recorded_events_has_a_place() {
    let complaint = |from: &str, to: &str| {
        let (_folder, pack) = recorded_pack(&RECORDED.replacen(from, to, 1));
        Pack::load(&pack).unwrap_err().to_string()
    };
    let missing = complaint("launch.json}", "lost.json}");
    assert!(
        missing.contains("tests/cases.yml:6:20") && missing.contains("cannot read the events"),
        "{missing}"
    );
    assert!(complaint("launch.json}", "launch.json, test: other}").contains("holds no test named `other`"));
    let several = complaint("tests/data/aws.execution.launch.json", "tests/data/panther.yml");
    assert!(several.contains("say which with `test:`") && several.contains("A launch"), "{several}");
    assert!(complaint("Of another log", "Never").contains("no test named `Never`"));
    assert!(complaint("kind: attack", "kind: late").contains("needs steps"));
    assert!(
        complaint("    events: {file", "    steps: [{action: a}]\n    events: {file")
            .contains("both steps and events")
    );
    assert!(complaint("    events: {file: tests/data/aws.execution.launch.json}\n", "").contains("neither"));
}

#[test]
fn the_page_names_every_format_and_every_key_that_is_not_used() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/importers.md");
    let page = fs::read_to_string(page).unwrap();
    for format in FORMATS {
        assert!(page.contains(format.title) || page.contains("ARM export"), "{}", format.title);
        for (key, _) in format.ignores {
            assert!(page.contains(&format!("`{key}`")), "{}: `{key}`", format.title);
        }
    }
}
