//! Findings as SARIF 2.1.0, the format that code hosts show beside the text.

use quarry_diagnostic::{Diagnostic, JsonDiagnostic, Severity};
use serde_json::{Value, json};

use crate::RULES;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run over files: (name, text, what was found).
#[must_use]
pub fn sarif(version: &str, files: &[(String, String, Vec<Diagnostic>)]) -> Value {
    let results: Vec<Value> = files
        .iter()
        .flat_map(|(name, text, found)| found.iter().map(move |found| result(name, text, found)))
        .collect();
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.code,
                "name": rule.name,
                "shortDescription": { "text": rule.summary },
                "help": { "text": rule.page.text(), "markdown": rule.page.text() },
            })
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "quarry", "semanticVersion": version, "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(name: &str, text: &str, found: &Diagnostic) -> Value {
    let place = JsonDiagnostic::new(found, text);
    let mut message = found.message.clone();
    for help in &found.help {
        message.push_str(". ");
        message.push_str(help);
    }
    let mut result = json!({
        "ruleId": found.code,
        "level": level(found.severity),
        "message": { "text": message },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(name) },
                "region": {
                    "startLine": place.line,
                    "startColumn": place.column,
                    "endLine": place.end_line,
                    "endColumn": place.end_column,
                },
            },
        }],
    });
    if let Some(index) = RULES.iter().position(|rule| rule.code == found.code)
        && let Some(fields) = result.as_object_mut()
    {
        fields.insert("ruleIndex".to_owned(), json!(index));
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// A path as a URI reference.
fn uri(name: &str) -> String {
    let mut uri = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' => {
                uri.push(char::from(byte))
            }
            b'\\' => uri.push('/'),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}
