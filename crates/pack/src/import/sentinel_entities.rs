//! Microsoft Sentinel: what the entities, details and texts of a rule say of its alerts.
//!
//! <https://learn.microsoft.com/azure/sentinel/entities-reference>

use super::{fields::Findings, node::Node};
use crate::{
    Formats, Mapping,
    metadata::{Entity, Metadata},
};

/// The member of an alert that a kind of entity fills: the first of the kind, and the later ones.
const MEMBERS: [(&str, &str, Option<&str>); 3] =
    [("account", "actor", Some("target")), ("ip", "source_ip", None), ("azureresource", "target", None)];
/// Kinds that are no target, whatever their identifiers.
const NO_TARGETS: [&str; 2] = ["malware", "submissionmail"];
/// Identifiers that name an entity, best first, each with what may follow it.
const IDENTIFIERS: [(&str, Option<(&str, &str)>); 22] = [
    ("fullname", None),
    ("address", None),
    ("resourceid", None),
    ("name", Some(("@", "upnsuffix"))),
    ("hostname", Some((".", "dnsdomain"))),
    ("netbiosname", None),
    ("displayname", None),
    ("aaduserid", None),
    ("aadtenantid", None),
    ("objectguid", None),
    ("sid", None),
    ("puid", None),
    ("azureid", None),
    ("omsagentid", None),
    ("appid", None),
    ("url", None),
    ("domainname", None),
    ("mailboxprimaryaddress", None),
    ("commandline", None),
    ("key", None),
    ("value", None),
    ("distinguishedname", None),
];

/// Adds what a rule maps to its metadata.
pub fn add(findings: &Findings, root: &Node, metadata: &mut Metadata) {
    let entities: Vec<Mapped> =
        root.get("entityMappings").map(Node::items).unwrap_or_default().iter().map(Mapped::new).collect();
    metadata.entities = entities.iter().flat_map(Mapped::entities).collect();
    metadata.mappings = mappings(&entities);
    metadata.details = details(root);
    if let Some(node) = root.get("alertDetailsOverride") {
        let formats = Formats {
            title: findings.text(node, "alertDisplayNameFormat"),
            description: findings.text(node, "alertDescriptionFormat"),
        };
        metadata.message = formats.title.clone();
        metadata.formats = (formats != Formats::default()).then_some(formats);
        metadata.severity_column = findings.text(node, "alertSeverityColumnName");
        if let Some(column) = findings.text(node, "alertTacticsColumnName") {
            metadata.details.push(("AlertTactics".to_owned(), column));
        }
        for property in node.get("alertDynamicProperties").map(Node::items).unwrap_or_default() {
            let text = |key: &str| findings.text(property, key);
            metadata.details.extend(text("alertProperty").zip(text("value")));
        }
    }
    let grouping = root.get("eventGroupingSettings");
    metadata.grouping = grouping.and_then(|node| findings.text(node, "aggregationKind"));
}

/// One entity: its kind, and its identifiers with their columns.
struct Mapped<'a> {
    kind: &'a str,
    columns: Vec<(&'a str, &'a str)>,
}

impl<'a> Mapped<'a> {
    fn new(node: &'a Node) -> Self {
        let fields = node.get("fieldMappings").map(Node::items).unwrap_or_default();
        let column = |field: &'a Node| {
            let text = |key: &str| field.get(key).and_then(Node::as_text);
            Some((text("identifier").unwrap_or_default(), text("columnName")?))
        };
        Self {
            kind: node.get("entityType").and_then(Node::as_text).unwrap_or_default(),
            columns: fields.iter().filter_map(column).collect(),
        }
    }

    fn entities(&self) -> impl Iterator<Item = Entity> {
        self.columns.iter().map(|(identifier, column)| {
            let dot = if identifier.is_empty() { "" } else { "." };
            Entity { kind: format!("{}{dot}{identifier}", self.kind), column: (*column).to_owned() }
        })
    }

    fn column(&self, identifier: &str) -> Option<&'a str> {
        self.columns
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(identifier))
            .map(|(_, column)| *column)
    }

    /// What names it, best first, as a member of an alert.
    fn mappings(&self, member: &'static str) -> impl Iterator<Item = Mapping> {
        IDENTIFIERS.iter().filter_map(move |(identifier, more)| {
            let column = self.column(identifier)?.to_owned();
            let more = more.and_then(|(between, other)| Some((between, self.column(other)?.to_owned())));
            Some(Mapping { member, column, more })
        })
    }
}

/// Who did it, from where, to what: resources before hosts and other things, a second account last.
fn mappings(entities: &[Mapped<'_>]) -> Vec<Mapping> {
    let (mut first, mut things, mut last) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen: Vec<&str> = Vec::new();
    for entity in entities {
        let kind = entity.kind.to_lowercase();
        let Some((known, member, later)) = MEMBERS.iter().find(|(known, ..)| *known == kind) else {
            if !NO_TARGETS.contains(&kind.as_str()) {
                things.extend(entity.mappings("target"));
            }
            continue;
        };
        let is_first = !seen.contains(known);
        seen.push(known);
        match (is_first, later) {
            (true, _) => first.extend(entity.mappings(member)),
            (false, Some(member)) => last.extend(entity.mappings(member)),
            (false, None) => {}
        }
    }
    first.into_iter().chain(things).chain(last).collect()
}

/// Columns that alerts show under names of their own.
fn details(root: &Node) -> Vec<(String, String)> {
    let entries = root.get("customDetails").map(Node::entries).unwrap_or_default();
    let texts = entries.iter().filter_map(|(name, column)| Some((name.as_text()?, column.as_text()?)));
    texts.map(|(name, column)| (name.to_owned(), column.to_owned())).collect()
}
