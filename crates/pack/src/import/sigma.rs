//! Sigma: rules, correlations and filters, one or several documents a file.
//!
//! <https://github.com/SigmaHQ/sigma-specification>

use quarry_languages::Language;
use std::collections::BTreeMap;

use super::{
    Format, Item, Reading, Source,
    fields::{Findings, techniques},
    node::{Document, Node},
};
use crate::{Detection, Interval, Metadata, Schedule, Severity};

/// The format.
pub static FORMAT: Format = Format {
    name: "sigma",
    title: "Sigma rule",
    reads: &[
        "title",
        "id",
        "status",
        "description",
        "references",
        "tags",
        "logsource",
        "detection",
        "correlation",
        "filter",
        "falsepositives",
        "level",
        "related",
        "action",
    ],
    ignores: &[
        ("name", "correlations refer to it; kept in the text"),
        ("taxonomy", "of field names; kept in the text"),
        ("author", "of the file"),
        ("date", "of the file"),
        ("modified", "of the file"),
        ("license", "of the file"),
        ("scope", "whom it concerns"),
        ("fields", "fields to look at"),
        ("generate", "of a correlation; kept in the text"),
        ("simulation", "tests elsewhere"),
        ("regression_tests_path", "tests elsewhere"),
        ("sigma-version", "of the file"),
        ("custom", "of the author"),
        ("version", "of the file"),
    ],
    recognise: |source| source.roots().any(is_sigma),
    read,
};

fn is_sigma(root: &Node) -> bool {
    let has = |key: &str| root.has(key);
    let body = root.get("detection").is_some_and(|body| !body.entries().is_empty());
    (has("logsource") && (has("detection") || has("title") || has("filter")))
        || (has("title") && body)
        || root.get("correlation").is_some_and(|correlation| correlation.has("type"))
        || root.at(&["filter", "rules"]).is_some()
}

fn read(source: &Source<'_>, reading: &mut Reading) {
    let documents = &source.documents;
    let known: Vec<&str> = documents.iter().flat_map(|document| names(&document.root)).collect();
    for document in documents {
        let root = &document.root;
        reading.findings.unknown_keys(&FORMAT, root);
        match () {
            () if root.has("filter") => filter(source, root, reading),
            () if root.has("correlation") => correlation(source, document, &known, reading),
            () if root.has("action") && !complete(root) => shared_part(root, reading),
            () => rule(source, document, reading),
        }
    }
}

/// What a rule can be referred to by.
fn names(root: &Node) -> impl Iterator<Item = &str> {
    ["id", "name", "title"].into_iter().filter_map(|key| root.get(key).and_then(Node::as_text))
}

fn complete(root: &Node) -> bool {
    root.has("title") && root.has("logsource") && root.has("detection")
}

/// The documents of old collections have parts in common; what one has is taken over by those after it.
fn shared_part(root: &Node, reading: &mut Reading) {
    let action = root.get("action").and_then(Node::as_text).unwrap_or_default().to_owned();
    let name = root.get("title").and_then(Node::as_text).unwrap_or(&action).to_owned();
    let message =
        format!("`action: {action}` is of rules before Sigma 2.0: the rules of this file are read apart");
    reading.findings.no_effect(root.span, message);
    reading.items.push(Item::Other { kind: "shared part", name });
}

fn rule(source: &Source<'_>, document: &Document, reading: &mut Reading) {
    let root = &document.root;
    let findings = &reading.findings;
    if !root.has("logsource") {
        findings.missing(root, "logsource", "write which log it is for: `category`, `product`, `service`");
    }
    match root.get("detection") {
        None => {
            findings.missing(root, "detection", "write searches and a `condition` over them");
            return;
        }
        Some(body) if !body.has("condition") => {
            findings.missing(
                body,
                "condition",
                "write which searches must match, such as `condition: selection`",
            );
        }
        Some(body) => conditions(findings, body),
    }
    let metadata = metadata(findings, root, "rule");
    push(source, document, metadata, reading);
}

/// Names in a condition that no search has.
fn conditions(findings: &Findings, body: &Node) {
    const WORDS: [&str; 7] = ["and", "or", "not", "of", "them", "all", "any"];
    let Some(condition) = body.get("condition") else { return };
    for text in condition.as_text().into_iter().chain(condition.items().iter().filter_map(Node::as_text)) {
        let text = text.split('|').next().unwrap_or(text);
        for word in text.split(|one: char| one.is_whitespace() || matches!(one, '(' | ')')) {
            let is_word = word.is_empty() || WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
            let number = word.parse::<u32>().is_ok();
            if is_word || number || word.contains('*') || body.has(word) {
                continue;
            }
            let searches =
                body.entries().iter().filter_map(|(key, _)| key.as_text()).filter(|key| *key != "condition");
            let message = format!("the condition names `{word}`, which is no search of the rule");
            let help = format!("searches are {}", searches.collect::<Vec<_>>().join(", "));
            findings.malformed(condition.span, message, &help);
        }
    }
}

fn correlation(source: &Source<'_>, document: &Document, known: &[&str], reading: &mut Reading) {
    let root = &document.root;
    let findings = &reading.findings;
    let Some(body) = root.get("correlation") else { return };
    let kind = findings.text(body, "type").unwrap_or_else(|| {
        findings.missing(
            body,
            "type",
            "types are event_count, value_count, temporal, temporal_ordered and others",
        );
        "correlation".to_owned()
    });
    let rules = findings.texts(body, "rules");
    if rules.is_empty() && !body.has("condition") {
        findings.missing(body, "rules", "write the rules whose matches are correlated");
    }
    for rule in rules.iter().filter(|rule| !known.contains(&rule.as_str())) {
        let message = format!("the rule `{rule}` is not in this file");
        let span = body.get("rules").map_or(body.span, |rules| rules.span);
        findings.add(quarry_diagnostic::Diagnostic::note(super::codes::UNRESOLVED, message, span));
    }
    let look_back = findings.text(body, "timespan").and_then(|text| timespan(&text));
    let mut metadata = metadata(findings, root, &format!("{kind} correlation"));
    metadata.related.extend(rules);
    metadata.schedule = look_back.map(|look_back| Schedule { every: look_back, look_back });
    push(source, document, metadata, reading);
}

/// A number with one of `s`, `m`, `h`, `d`; `M` and `y` are no fixed length.
fn timespan(text: &str) -> Option<Interval> {
    text.parse().ok()
}

fn filter(source: &Source<'_>, root: &Node, reading: &mut Reading) {
    let name = reading.findings.text(root, "title").unwrap_or_else(|| source.file.to_owned());
    let rules = root.at(&["filter", "rules"]);
    if rules.is_none() {
        reading.findings.missing(root, "rules", "write which rules the filter is for, or `any`");
    }
    reading.findings.no_effect(root.span, "filters of Sigma rules are not applied yet");
    reading.items.push(Item::Other { kind: "filter", name });
}

fn push(source: &Source<'_>, document: &Document, metadata: Metadata, reading: &mut Reading) {
    let root = &document.root;
    let name = reading.findings.text(root, "title").unwrap_or_else(|| {
        reading.findings.missing(root, "title", "the file's name stands for it");
        source.file.rsplit(['/', '\\']).next().unwrap_or(source.file).to_owned()
    });
    let alone = source.documents.len() == 1;
    let text = if alone { source.text } else { &source.text[document.span.start..document.span.end] };
    reading.items.push(Item::Detection(Box::new(Detection {
        id: name.clone(),
        title: name,
        file: source.file.to_owned(),
        language: Language::SIGMA,
        severity: metadata.severity.unwrap_or(Severity::Medium),
        severity_by_risk_score: BTreeMap::new(),
        text: text.to_owned(),
        metadata,
    })));
}

fn metadata(findings: &Findings, root: &Node, kind: &str) -> Metadata {
    let tags = findings.texts(root, "tags");
    let words: Vec<&str> = tags.iter().map(String::as_str).collect();
    let techniques = techniques(words.iter().copied());
    let attack = words.iter().filter_map(|word| word.strip_prefix("attack."));
    let is_tactic = |word: &&str| {
        word.starts_with(|first: char| first.is_ascii_alphabetic())
            && !word[1..].starts_with(|second: char| second.is_ascii_digit())
    };
    let log = |key: &str| root.get("logsource").and_then(|log| findings.text(log, key));
    let log: Vec<String> = ["product", "category", "service"].into_iter().filter_map(log).collect();
    let related = root.get("related").map(Node::items).unwrap_or_default();
    Metadata {
        rule: findings.text(root, "id"),
        kind: Some(kind.to_owned()),
        status: findings.text(root, "status"),
        description: findings.text(root, "description"),
        severity: findings.severity(root, "level"),
        tactics: attack.filter(is_tactic).map(str::to_owned).collect(),
        techniques,
        data_sources: if log.is_empty() { Vec::new() } else { vec![log.join("/")] },
        false_positives: findings.texts(root, "falsepositives"),
        references: findings.texts(root, "references"),
        related: related.iter().filter_map(|one| one.get("id")?.as_text()).map(str::to_owned).collect(),
        ..Metadata::default()
    }
}
