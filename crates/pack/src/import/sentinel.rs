//! Microsoft Sentinel: analytic rules (scheduled and near real time) and hunting queries as YAML.
//!
//! <https://github.com/Azure/Azure-Sentinel/wiki/Query-Style-Guide>

use quarry_languages::Language;
use std::collections::BTreeMap;

use super::{
    Format, Item, Reading, Source,
    fields::{Findings, techniques},
    node::Node,
    sentinel_entities,
};
use crate::{Detection, Interval, Metadata, Schedule, Severity, metadata::Trigger};

/// The format.
pub static FORMAT: Format = Format {
    name: "sentinel",
    title: "Sentinel rule",
    reads: &[
        "id",
        "name",
        "kind",
        "status",
        "description",
        "description-detailed",
        "severity",
        "requiredDataConnectors",
        "queryFrequency",
        "queryPeriod",
        "triggerOperator",
        "triggerThreshold",
        "tactics",
        "techniques",
        "relevantTechniques",
        "subTechniques",
        "query",
        "entityMappings",
        "alertDetailsOverride",
        "customDetails",
        "eventGroupingSettings",
        "references",
        "enabled",
        "displayName",
    ],
    ignores: &[
        ("version", "of the file"),
        ("metadata", "of the file"),
        ("tags", "of the file"),
        ("schema", "of the file"),
        ("suppressionDuration", "alerts are not suppressed"),
        ("suppressionEnabled", "alerts are not suppressed"),
        ("incidentConfiguration", "there are no incidents"),
        ("sentinelEntitiesMappings", "entities of a hunting bookmark"),
        ("alertRuleTemplateName", "where the rule is from"),
        ("templateVersion", "where the rule is from"),
        ("startTimeUtc", "when its first run was"),
        ("lastModifiedUtc", "of the file"),
        ("etag", "of the file"),
    ],
    recognise: |source| source.roots().any(is_rule),
    read,
};

const MARKS: [&str; 7] = [
    "requiredDataConnectors",
    "queryFrequency",
    "queryPeriod",
    "relevantTechniques",
    "entityMappings",
    "triggerOperator",
    "triggerThreshold",
];

/// Whether it has keys that only these rules have; a query with tactics will do.
fn is_rule(root: &Node) -> bool {
    let marks = MARKS.iter().filter(|mark| root.has(mark)).count();
    marks >= 2 || (root.has("query") && (marks > 0 || root.has("tactics")) && !root.has("rule"))
}

fn read(source: &Source<'_>, reading: &mut Reading) {
    for root in source.roots() {
        reading.findings.unknown_keys(&FORMAT, root);
        if let Some(detection) = detection(source, &reading.findings, root) {
            reading.items.push(Item::Detection(Box::new(detection)));
        }
    }
}

/// A rule of the members of a YAML file, or of the properties of a resource.
pub fn detection(source: &Source<'_>, findings: &Findings, root: &Node) -> Option<Detection> {
    let query = root.get("query").and_then(Node::as_text).filter(|query| !query.trim().is_empty());
    let Some(query) = query else {
        findings.missing(root, "query", "write the KQL of the rule");
        return None;
    };
    let name = ["name", "displayName"].into_iter().find_map(|key| findings.text(root, key));
    let name = name.unwrap_or_else(|| {
        findings.missing(root, "name", "the file's name stands for it");
        source.file.rsplit(['/', '\\']).next().unwrap_or(source.file).to_owned()
    });
    let metadata = metadata(findings, root);
    Some(Detection {
        id: name.clone(),
        title: name,
        file: source.file.to_owned(),
        language: Language::KQL,
        severity: metadata.severity.unwrap_or(Severity::Medium),
        severity_by_risk_score: BTreeMap::new(),
        text: query.to_owned(),
        metadata,
    })
}

fn metadata(findings: &Findings, root: &Node) -> Metadata {
    let kind = findings.text(root, "kind");
    let schedule = schedule(findings, root, kind.as_deref());
    let hunting = kind.is_none() && schedule.is_none();
    let disabled = root.get("enabled").and_then(Node::as_text) == Some("false");
    let mut words = findings.texts(root, "relevantTechniques");
    words.extend(findings.texts(root, "techniques"));
    words.extend(findings.texts(root, "subTechniques"));
    let mut metadata = Metadata {
        rule: findings.text(root, "id"),
        kind: if hunting {
            Some("hunting query".to_owned())
        } else {
            kind.or_else(|| Some("Scheduled".to_owned()))
        },
        status: findings.text(root, "status").or_else(|| disabled.then(|| "disabled".to_owned())),
        description: description(findings, root),
        severity: findings.severity(root, "severity"),
        techniques: techniques(words.iter().map(String::as_str)),
        tactics: findings.texts(root, "tactics"),
        data_sources: connectors(root),
        references: findings.texts(root, "references"),
        trigger: trigger(findings, root),
        schedule,
        ..Metadata::default()
    };
    sentinel_entities::add(findings, root, &mut metadata);
    metadata
}

/// Authors put quotes of their own around descriptions.
fn description(findings: &Findings, root: &Node) -> Option<String> {
    let text =
        ["description", "description-detailed"].into_iter().find_map(|key| findings.text(root, key))?;
    let quoted = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    Some(quoted.unwrap_or(&text).trim().to_owned())
}

/// Near real time rules run every minute over the last one.
fn schedule(findings: &Findings, root: &Node, kind: Option<&str>) -> Option<Schedule> {
    if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("nrt")) {
        let minute = Interval::of_seconds(60);
        return Some(Schedule { every: minute, look_back: minute });
    }
    let every = findings.interval(root, "queryFrequency");
    let look_back = findings.interval(root, "queryPeriod");
    if every.is_none()
        && look_back.is_none()
        && kind.is_some_and(|kind| kind.eq_ignore_ascii_case("scheduled"))
    {
        findings.missing(
            root,
            "queryFrequency",
            "a scheduled rule says how often it runs and over which `queryPeriod`",
        );
    }
    Some(Schedule { every: every.or(look_back)?, look_back: look_back.or(every)? })
}

fn trigger(findings: &Findings, root: &Node) -> Option<Trigger> {
    const OPERATORS: [(&str, &str); 8] = [
        ("gt", ">"),
        ("greaterthan", ">"),
        ("lt", "<"),
        ("lessthan", "<"),
        ("eq", "="),
        ("equal", "="),
        ("ne", "!="),
        ("notequal", "!="),
    ];
    let node = root.get("triggerOperator")?;
    let word = node.as_text().unwrap_or_default().to_lowercase();
    let Some((_, operator)) = OPERATORS.iter().find(|(known, _)| *known == word) else {
        findings.malformed(node.span, format!("`{word}` is no comparison"), "write `gt`, `lt`, `eq` or `ne`");
        return None;
    };
    let threshold = findings.number(root, "triggerThreshold").unwrap_or_default();
    #[allow(clippy::cast_possible_truncation)] // a number of rows
    let trigger = Trigger { operator, threshold: threshold as i64 };
    if trigger.holds(0) {
        findings.no_effect(node.span, "where the query has no rows there is nothing to show as an alert");
    }
    Some(trigger)
}

/// The tables a rule needs, else the connectors.
fn connectors(root: &Node) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for connector in root.get("requiredDataConnectors").map(Node::items).unwrap_or_default() {
        let tables = connector.get("dataTypes").map(Node::items).unwrap_or_default();
        let mut names: Vec<&str> = tables.iter().filter_map(Node::as_text).collect();
        if names.is_empty() {
            names.extend(connector.get("connectorId").and_then(Node::as_text));
        }
        for name in names {
            if !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
            }
        }
    }
    found
}
