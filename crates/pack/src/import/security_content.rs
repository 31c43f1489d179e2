//! Splunk's security_content: a detection with its story in YAML, in every generation there was.
//!
//! * 2018: the search and its schedule lie below `detect.splunk`, what it maps to below `mappings`.
//! * 2022: `search` at the top, `tags` with `dataset` and a `risk_score`; tests in files of their own.
//! * contentctl 4: `tags` with `observable` and `message`; `tests` with `attack_data` in the same file.
//! * contentctl 5: `rba` with `message`, `risk_objects`, `threat_objects`.
//!
//! <https://github.com/splunk/contentctl>

use quarry_languages::Language;
use std::collections::BTreeMap;

use super::{
    Format, Item, Reading, Source,
    fields::{Findings, techniques},
    node::Node,
    schedule,
};
use crate::{
    Detection, Metadata, Schedule, Severity,
    metadata::{DataSet, Entity},
};

/// The format.
pub static FORMAT: Format = Format {
    name: "security-content",
    title: "security_content detection",
    reads: &[
        "name",
        "id",
        "type",
        "status",
        "description",
        "search",
        "data_source",
        "how_to_implement",
        "known_false_positives",
        "references",
        "tags",
        "rba",
        "tests",
        "confidence",
        "detect",
        "mappings",
        "deployment",
        "scheduling",
        "eli5",
        "datamodel",
        "data_models",
    ],
    ignores: &[
        ("version", "of the file"),
        ("date", "of the file"),
        ("author", "of the file"),
        ("modified", "of the file"),
        ("creation_date", "of the file"),
        ("modification_date", "of the file"),
        ("drilldown_searches", "searches for a person to open from an alert"),
        ("security_domain", "a place in Splunk's pages"),
        ("asset_type", "told by the alert"),
        ("analytic_story", "a collection of detections"),
        ("narrative", "of a story"),
        ("maintainers", "of the file"),
        ("original_authors", "of the file"),
        ("spec_version", "of the file"),
        ("product_type", "where it can be installed"),
        ("providing_technologies", "where it can be installed"),
        ("modification_notes", "of the file"),
        ("channel", "of the file"),
        ("creationdate", "of the file"),
        ("entities", "of a notable event"),
        ("responses", "of a notable event"),
        ("investigations", "of a notable event"),
        ("baselines", "searches that fill its lookups"),
        ("risk", "of a notable event"),
        ("notable", "of a notable event"),
        ("manual_test", "why it has no test"),
        ("validation", "of the file"),
        ("deprecated", "told by `status`"),
        ("deprecation_info", "what takes its place"),
        ("replacement_content", "what takes its place"),
        ("throttling", "alerts are not suppressed"),
        ("source", "of the file"),
        ("experiment", "of the file"),
    ],
    recognise: |source| source.roots().any(|root| is_detection(root) || other_kind(root).is_some()),
    read,
};

fn is_detection(root: &Node) -> bool {
    root.outermost("search").is_some()
}

/// What else lies in a folder of security_content.
fn other_kind(root: &Node) -> Option<&'static str> {
    let has = |key: &str| root.has(key);
    if !has("name") {
        return None;
    }
    [
        ("macro", has("definition")),
        ("lookup", has("default_match") || has("lookup_type") || has("filename") || has("collection")),
        ("story", has("narrative")),
        ("data source", has("sourcetype") && has("source")),
        ("test data", root.get("tests").is_some_and(|tests| !tests.items().is_empty())),
    ]
    .into_iter()
    .find_map(|(kind, is)| is.then_some(kind))
}

fn read(source: &Source<'_>, reading: &mut Reading) {
    for root in source.roots() {
        let findings = &reading.findings;
        let name = findings.text(root, "name");
        if !is_detection(root) {
            if let Some(kind) = other_kind(root) {
                reading
                    .items
                    .push(Item::Other { kind, name: name.unwrap_or_else(|| source.file.to_owned()) });
            }
            continue;
        }
        findings.unknown_keys(&FORMAT, root);
        if name.is_none() {
            findings.missing(root, "name", "the file's name stands for it");
        }
        let file_name = source.file.rsplit(['/', '\\']).next().unwrap_or(source.file);
        let name = name.unwrap_or_else(|| file_name.to_owned());
        let search = root.outermost("search").and_then(Node::as_text).unwrap_or_default();
        let metadata = metadata(findings, root);
        reading.items.push(Item::Detection(Box::new(Detection {
            id: name.clone(),
            title: name,
            file: source.file.to_owned(),
            language: Language::SPL,
            severity: metadata.severity.unwrap_or(Severity::Medium),
            severity_by_risk_score: BTreeMap::new(),
            text: search.to_owned(),
            metadata,
        })));
    }
}

fn metadata(findings: &Findings, root: &Node) -> Metadata {
    let tags = root.get("tags").filter(|tags| !tags.entries().is_empty());
    let risk_score = risk_score(findings, root);
    let stated = root.outermost("severity").and_then(Node::as_text).and_then(|word| word.parse().ok());
    let rule = root.at(&["detect", "splunk", "correlation_rule"]);
    Metadata {
        rule: findings.text(root, "id"),
        kind: findings.text(root, "type"),
        status: findings.text(root, "status"),
        description: findings.text(root, "description"),
        severity: risk_score.map(of_risk).or(stated),
        risk_score,
        message: message(root),
        techniques: techniques(words(root, tags).iter().map(String::as_str)),
        tactics: tags.map(|tags| findings.texts(tags, "mitre_attack_tactics")).unwrap_or_default(),
        data_sources: data_sources(findings, root),
        how_to: findings.text(root, "how_to_implement"),
        false_positives: findings.text(root, "known_false_positives").into_iter().collect(),
        references: findings.texts(root, "references"),
        entities: entities(root),
        schedule: schedule(
            root.at(&["deployment", "scheduling"]).or(root.get("scheduling")).or(rule).unwrap_or(root),
        ),
        trigger: None,
        mappings: Vec::new(),
        details: Vec::new(),
        formats: None,
        severity_column: None,
        grouping: None,
        data: data(root, tags),
        related: tags.map(|tags| findings.texts(tags, "analytic_story")).unwrap_or_default(),
    }
}

/// Where a generation names techniques.
fn words(root: &Node, tags: Option<&Node>) -> Vec<String> {
    let places = [
        tags.and_then(|tags| tags.get("mitre_attack_id")),
        tags.and_then(|tags| tags.get("mitre_technique_id")),
        root.get("mitre_attack_id"),
        root.at(&["mappings", "mitre_attack"]),
        root.at(&["mappings", "mitre_technique_id"]),
    ];
    let texts = |node: &Node| -> Vec<String> {
        node.as_text()
            .into_iter()
            .chain(node.items().iter().filter_map(Node::as_text))
            .map(str::to_owned)
            .collect()
    };
    places.into_iter().flatten().flat_map(texts).collect()
}

/// The risk score: of the riskiest object, or of the detection.
fn risk_score(findings: &Findings, root: &Node) -> Option<f64> {
    let objects = root.at(&["rba", "risk_objects"]).map(Node::items).unwrap_or_default();
    let of_objects = objects.iter().filter_map(|object| findings.number(object, "score"));
    let greatest =
        of_objects.fold(None, |most: Option<f64>, score| Some(most.map_or(score, |most| most.max(score))));
    greatest.or_else(|| root.get("tags").and_then(|tags| findings.number(tags, "risk_score"))).or_else(|| {
        root.at(&["detect", "splunk", "correlation_rule", "risk"])
            .and_then(|risk| findings.number(risk, "risk_score"))
    })
}

/// The bands that contentctl has.
fn of_risk(score: f64) -> Severity {
    let bands = [
        (20.0, Severity::Informational),
        (40.0, Severity::Low),
        (60.0, Severity::Medium),
        (80.0, Severity::High),
    ];
    bands.into_iter().find(|(most, _)| score <= *most).map_or(Severity::Critical, |(_, severity)| severity)
}

fn message(root: &Node) -> Option<String> {
    let message = root.at(&["rba", "message"]).or_else(|| root.at(&["tags", "message"]))?.as_text()?.trim();
    (!matches!(message, "" | "tbd")).then(|| message.to_owned())
}

fn data_sources(findings: &Findings, root: &Node) -> Vec<String> {
    let mut found = findings.texts(root, "data_source");
    for key in ["datamodel", "data_models"] {
        found.extend(findings.texts(root, key).into_iter().map(|name| format!("data model {name}")));
    }
    found
}

/// Columns that name someone or something: `observable` of one generation, the objects of `rba` of the next.
fn entities(root: &Node) -> Vec<Entity> {
    let lists = [
        (root.at(&["rba", "risk_objects"]), "field"),
        (root.at(&["rba", "threat_objects"]), "field"),
        (root.at(&["tags", "observable"]), "name"),
    ];
    let entity = |node: &Node, key: &str| {
        let text = |key: &str| node.get(key).and_then(Node::as_text).map(str::to_owned);
        Some(Entity { kind: text("type").unwrap_or_default(), column: text(key)? })
    };
    let all = lists.into_iter().flat_map(|(list, key)| {
        list.map(Node::items).unwrap_or_default().iter().filter_map(move |item| entity(item, key))
    });
    all.collect()
}

fn schedule(node: &Node) -> Option<Schedule> {
    let of = |node: &Node| {
        let text = |keys: [&str; 2]| keys.iter().find_map(|key| node.get(key)).and_then(Node::as_text);
        schedule::of_cron(text(["cron_schedule", "cron"])?, text(["earliest_time", "earliest"])?)
    };
    of(node).or_else(|| node.get("schedule").and_then(of))
}

/// Recorded data it was tested with: named, not fetched.
fn data(root: &Node, tags: Option<&Node>) -> Vec<DataSet> {
    let mut found = Vec::new();
    for test in root.get("tests").map(Node::items).unwrap_or_default() {
        let name = test.get("name").and_then(Node::as_text).unwrap_or_default();
        for data in test.get("attack_data").map(Node::items).unwrap_or_default() {
            let is_url = |key: &str| matches!(key, "data" | "file_name");
            let pair =
                |(key, value): &(Node, Node)| Some((key.as_text()?.to_owned(), value.as_text()?.to_owned()));
            let (urls, properties): (Vec<_>, Vec<_>) =
                data.entries().iter().filter_map(pair).partition(|(key, _)| is_url(key));
            let url = urls.iter().find(|(key, _)| key == "data").or(urls.first());
            if let Some((_, url)) = url {
                found.push(DataSet { test: name.to_owned(), url: url.clone(), properties });
            }
        }
    }
    let sets = tags.and_then(|tags| tags.get("dataset")).map(Node::items).unwrap_or_default();
    found.extend(sets.iter().filter_map(Node::as_text).map(|url| DataSet {
        test: String::new(),
        url: url.to_owned(),
        properties: Vec::new(),
    }));
    found
}
