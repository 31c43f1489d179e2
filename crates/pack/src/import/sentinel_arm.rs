//! Microsoft Sentinel: analytic rules as they are exported, in a template of the Azure Resource Manager.
//!
//! <https://learn.microsoft.com/azure/sentinel/import-export-analytics-rules>

use super::{Format, Item, Reading, Source, node::Node, sentinel};

/// The format; the properties of a rule are those of [`sentinel::FORMAT`].
pub static FORMAT: Format = Format {
    name: "sentinel-arm",
    title: "Sentinel rule export",
    reads: &["resources"],
    ignores: &[
        ("$schema", "of the file"),
        ("contentVersion", "of the file"),
        ("parameters", "stand in names only"),
        ("variables", "stand in names only"),
    ],
    recognise: |source| source.roots().any(|root| rules(root).next().is_some()),
    read,
};

/// The resources that are analytic rules.
fn rules(root: &Node) -> impl Iterator<Item = &Node> {
    let resources = root.get("resources").map(Node::items).unwrap_or_default();
    resources.iter().filter(|resource| {
        let kind = resource.get("type").and_then(Node::as_text).unwrap_or_default().to_lowercase();
        kind.ends_with("/alertrules") || kind.ends_with("/alertruletemplates")
    })
}

fn read(source: &Source<'_>, reading: &mut Reading) {
    for root in source.roots() {
        reading.findings.unknown_keys(&FORMAT, root);
        for rule in rules(root) {
            let Some(properties) = rule.get("properties") else {
                reading.findings.missing(rule, "properties", "a rule has its query there");
                continue;
            };
            let kind = rule.get("kind").and_then(Node::as_text).unwrap_or("Scheduled");
            if !properties.has("query") {
                let name = properties.get("displayName").and_then(Node::as_text).unwrap_or("a rule");
                reading
                    .findings
                    .no_effect(rule.span, format!("`{name}` is of the kind {kind}, which has no query"));
                reading.items.push(Item::Other { kind: "rule without a query", name: name.to_owned() });
                continue;
            }
            let Some(mut detection) = sentinel::detection(source, &reading.findings, properties) else {
                continue;
            };
            detection.metadata.kind = Some(kind.to_owned());
            let name = rule.get("name").or_else(|| rule.get("id")).and_then(Node::as_text);
            detection.metadata.rule = detection.metadata.rule.or_else(|| name.map(identifier));
            reading.items.push(Item::Detection(Box::new(detection)));
        }
    }
}

/// The last part of a resource's name, which exports write as a concatenation.
fn identifier(name: &str) -> String {
    let parts = name.split(['/', '\'', '"', ')', ']']);
    parts.map(str::trim).rfind(|part| !part.is_empty()).unwrap_or(name).to_owned()
}
