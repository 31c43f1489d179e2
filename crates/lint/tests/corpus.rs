//! Public queries: linting them ends, and a sample can be written down to be read by hand.

use std::collections::BTreeMap;

use quarry_lint::Context;
use serde_json::Value;

use crate::common::{Linter, lines, shared};

/// (file, language, queries planned at least)
const CORPORA: [(&str, &str, usize); 2] =
    [("corpora/spl.jsonl", "spl", 100), ("corpora/aql.jsonl", "aql", 300)];

#[test]
fn linting_public_queries_ends() {
    let Some(macros) = shared("corpora/security_content") else { return };
    let linter = Linter::with_macros(&[macros]);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = Vec::new();
    for (file, language, least) in CORPORA {
        let Some(path) = shared(file) else { return };
        let mut planned = 0;
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let entry: Value = serde_json::from_str(line).unwrap();
            let (name, text) = (entry["name"].as_str().unwrap(), entry["query"].as_str().unwrap());
            let Some(found) = linter.lint(language, text, Context::default()) else { continue };
            planned += 1;
            for finding in found {
                *counts.entry(finding.diagnostic.code.to_string()).or_default() += 1;
                all.push(format!("{language} {name}: {}", lines(text, &[finding])));
            }
        }
        assert!(planned >= least, "{file}: {planned} planned");
    }
    eprintln!("{} findings: {counts:?}", all.len());
    // A sample to be read by hand: of the two commonest kinds every n-th, of the others all.
    if let Some(path) = std::env::var_os("LINT_SAMPLE") {
        let (common, rare): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|found| found.contains(": LNT009 ") || found.contains(": LNT017 "));
        let every = |found: Vec<String>, wanted: usize| -> Vec<String> {
            let step = (found.len() / wanted.max(1)).max(1);
            found.into_iter().step_by(step).take(wanted).collect()
        };
        let rare = every(rare, 42);
        let common = every(common, 50 - rare.len());
        std::fs::write(path, [rare, common].concat().join("")).unwrap();
    }
}
