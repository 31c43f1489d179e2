//! How many published detections become plans.

use std::{collections::BTreeMap, fs, path::Path};

use quarry_diagnostic::Diagnostic;
use quarry_plan::TimeRange;
use quarry_spl::lower::{Environment, LowerOptions, lower_with};
use quarry_spl::{Knowledge, parse};
use quarry_views::Catalog;

use super::check;

/// Share of the corpus that must become plans, in percent.
const WANTED: usize = 98;
/// Codes of what published detections may lack: an outside command or model, a macro, a lookup.
const MISSING: [&str; 3] = ["SPL200", "SPL011", "SPL222"];

#[test]
fn published_detections_become_plans() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/corpora");
    let Ok(corpus) = fs::read_to_string(shared.join("spl.jsonl")) else {
        eprintln!("skipped: {} is absent", shared.join("spl.jsonl").display());
        return;
    };
    let knowledge = Knowledge::load(&[shared.join("security_content")]).unwrap();
    let environment = Environment { knowledge: Some(&knowledge), answers: &[], time: None };
    let catalog = Catalog::load(None).unwrap();
    let view = catalog.view("splunk").unwrap();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let (mut all, mut parsed_whole, mut planned) = (0, 0, 0);
    for query in corpus.lines().filter_map(query) {
        all += 1;
        let parsed = parse(&query, &knowledge.macros);
        parsed_whole += usize::from(!parsed.diagnostics.iter().any(Diagnostic::is_error));
        let options = LowerOptions { view, discovered: None, default_time: TimeRange::default() };
        let lowered = lower_with(&parsed, &options, &environment);
        let faults = lowered.plan.as_ref().map(check::faults).unwrap_or_default();
        assert!(faults.is_empty(), "{faults:?}: {query}");
        planned += usize::from(lowered.plan.is_some());
        let found = parsed.diagnostics.iter().chain(&lowered.diagnostics).filter(|found| found.is_error());
        let mut messages: Vec<String> =
            found.map(|found| format!("{} {}", found.code, found.message)).collect();
        assert!(lowered.plan.is_some() || !messages.is_empty(), "no reason: {query}");
        messages.sort();
        messages.dedup();
        names_what_is_missing(&messages, &query);
        for message in messages {
            *reasons.entry(message).or_default() += 1;
        }
    }
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (reason, count) in &reasons {
        eprintln!("{count:5} {reason}");
    }
    eprintln!("{all} searches, {parsed_whole} parse, {planned} become plans");
    assert!(planned * 100 >= all * WANTED, "{planned} of {all}");
}

/// Whether each error names one thing that is missing, and no two the same.
fn names_what_is_missing(messages: &[String], query: &str) {
    let mut things: Vec<&str> = Vec::new();
    for message in messages {
        assert!(MISSING.iter().any(|code| message.starts_with(code)), "{message}: {query}");
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let named = quoted.first().copied().unwrap_or_default();
        assert!(!named.is_empty(), "nothing is named: {message}: {query}");
        assert!(!things.contains(&named), "`{named}` is reported twice: {query}");
        things.push(named);
    }
}

/// The `query` member of a line of JSON.
fn query(line: &str) -> Option<String> {
    let start = line.find("\"query\": \"")? + "\"query\": \"".len();
    let mut text = String::new();
    let mut letters = line[start..].chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return Some(text),
            '\\' => match letters.next()? {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'r' => text.push('\r'),
                'u' => {
                    let digits: String = letters.by_ref().take(4).collect();
                    text.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?).unwrap_or('?'));
                }
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}
