//! How many published detections are read without an error.

use std::{collections::BTreeMap, fs, path::Path};

use quarry_diagnostic::Diagnostic;
use quarry_spl::{Macros, parse};

use super::line;

/// Share of the corpus that must be read without an error, in percent.
const WANTED: usize = 99;

#[test]
fn published_detections_are_read() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/corpora");
    let Ok(corpus) = fs::read_to_string(shared.join("spl.jsonl")) else {
        eprintln!("skipped: {} is absent", shared.join("spl.jsonl").display());
        return;
    };
    let macros = Macros::load(&[shared.join("security_content/macros")]).unwrap();
    let (mut all, mut whole) = (0, 0);
    let mut commands: BTreeMap<String, usize> = BTreeMap::new();
    for text in corpus.lines() {
        let entry: serde_json::Value = serde_json::from_str(text).unwrap();
        let query = entry["query"].as_str().unwrap();
        let parsed = parse(query, &macros);
        all += 1;
        let mut errors = parsed.diagnostics.iter().filter(|found| found.is_error());
        match errors.next() {
            None => whole += 1,
            Some(found) => eprintln!("{}: {}", entry["name"], line(found, query)),
        }
        for command in &parsed.pipeline.commands {
            *commands.entry(command.name.clone()).or_default() += 1;
        }
        check_places(query, &parsed.diagnostics);
    }
    eprintln!("{whole} of {all} are read without an error");
    eprintln!("{commands:?}");
    assert!(whole * 100 >= all * WANTED, "{whole} of {all}");
}

fn check_places(query: &str, diagnostics: &[Diagnostic]) {
    for found in diagnostics {
        assert!(found.span.start <= found.span.end && found.span.end <= query.len(), "{found:?}");
    }
}

#[test]
fn the_founding_search_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/seed/T1578.002.spl");
    let Ok(query) = fs::read_to_string(&path) else {
        eprintln!("skipped: {} is absent", path.display());
        return;
    };
    let parsed = parse(&query, &Macros::default());
    assert_eq!(parsed.diagnostics, []);
    let names: Vec<&str> = parsed.pipeline.commands.iter().map(|command| command.name.as_str()).collect();
    let evals = names.iter().filter(|name| **name == "eval").count();
    assert_eq!((names.first(), names.last(), evals), (Some(&"search"), Some(&"sort"), 7));
    let text = parsed.pipeline.to_string();
    assert!(
        text.contains(r#"(match (lower operationName) "microsoft\\.compute/"#),
        "an unknown escape stays: {text}"
    );
}
