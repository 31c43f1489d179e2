//! Facts about logs, products and techniques: data files, read once.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::Regex;
use serde::Deserialize;

/// All facts.
pub struct Knowledge {
    /// Kinds of records.
    pub logs: Vec<LogFacts>,
    /// Names that mean the same in every view.
    pub names: Names,
    /// Techniques whose operations are known.
    pub techniques: Vec<Technique>,
    /// Operation names by event source.
    pub operations: BTreeMap<String, Vec<String>>,
}

/// What is known of one kind of record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogFacts {
    /// Identifier of the log type.
    pub id: String,
    /// What messages call it.
    pub title: String,
    /// Shapes of the same log share it.
    pub family: String,
    /// Whether this is the shape that SIEMs take in.
    #[serde(default)]
    pub main: bool,
    /// Top-level members; empty: not known.
    #[serde(default)]
    pub members: Vec<String>,
    /// Expression that the names of operations match which only read.
    #[serde(default, deserialize_with = "expression")]
    pub reads: Option<Regex>,
    /// Why one action is several records.
    #[serde(default)]
    pub several: Option<String>,
    /// Only queries whose text matches are told so.
    #[serde(default, deserialize_with = "expression")]
    pub several_in: Option<Regex>,
    /// Paths whose value the records of one action share.
    #[serde(default)]
    pub several_key: Vec<String>,
    /// Paths that tell how an operation ended.
    #[serde(default)]
    pub outcome: Vec<String>,
    /// Path of the service that an operation belongs to.
    #[serde(default)]
    pub service: Option<String>,
    /// Whether this shape writes the names of operations in upper case.
    #[serde(default)]
    pub upper_operations: bool,
    /// Services that people know best, to name operations of them first.
    #[serde(default)]
    pub known_services: Vec<String>,
    /// Facts about values by path.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldFacts>,
    /// What this shape has instead of another shape's field.
    #[serde(default)]
    pub instead: BTreeMap<String, String>,
}

/// What is known of a field's values.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldFacts {
    /// All values there are; empty: not known.
    #[serde(default)]
    pub words: Vec<String>,
    /// Whether most records have none.
    #[serde(default)]
    pub sparse: bool,
    /// Whether the empty text occurs.
    #[serde(default = "yes")]
    pub empty: bool,
    /// Expression that every value matches.
    #[serde(default, deserialize_with = "expression")]
    pub shape: Option<Regex>,
}

/// Names that mean the same in every view.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Fields whose value the actor picks.
    pub chosen: Chosen,
    /// Fields a view has without an administrator's work, by view.
    pub stock: BTreeMap<String, Vec<String>>,
    /// Fields that the platform's content extensions define, by view.
    pub extension: BTreeMap<String, Vec<String>>,
    /// What a view's platform does with a query without a time range.
    pub default_range: BTreeMap<String, String>,
    /// Numbers of products.
    pub device: Vec<Device>,
}

/// Fields whose value the actor picks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// What a client says of itself.
    pub client: Vec<String>,
    /// Names of things that can be made.
    pub name: Vec<String>,
}

/// A product's number.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Words by which queries speak of it.
    pub words: Vec<String>,
}

/// A technique.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Technique {
    /// Identifier, such as `T1578.002`.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its operations.
    pub operation: Vec<Operations>,
}

/// Operations of one service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    /// Log type that records them.
    pub log: String,
    /// Event source, where the log names one.
    #[serde(default)]
    pub event_source: Option<String>,
    /// Which of the technique's ways they belong to; a detection may be about one of them.
    #[serde(default)]
    pub way: String,
    /// A detection of the technique, or of the way, needs them.
    pub needed: Vec<String>,
    /// Steps around the technique.
    #[serde(default)]
    pub staging: Vec<String>,
}

fn yes() -> bool {
    true
}

fn expression<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Regex>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Regex::new(&text).map(Some).map_err(serde::de::Error::custom)
}

#[derive(Deserialize)]
struct Logs {
    log: Vec<LogFacts>,
}

#[derive(Deserialize)]
struct Techniques {
    technique: Vec<Technique>,
}

#[derive(Deserialize)]
struct OperationNames {
    aws: BTreeMap<String, String>,
}

/// The embedded facts. A test reads them, so that a broken file does not go unnoticed; should one be
/// broken all the same, nothing is known.
pub fn knowledge() -> &'static Knowledge {
    static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| load().unwrap_or_else(|_| nothing()));
    &KNOWLEDGE
}

fn load() -> Result<Knowledge, toml::de::Error> {
    let logs: Logs = toml::from_str(include_str!("../data/logs.toml"))?;
    let techniques: Techniques = toml::from_str(include_str!("../data/techniques.toml"))?;
    let names: OperationNames = toml::from_str(include_str!("../data/operations.toml"))?;
    let operations = names
        .aws
        .into_iter()
        .map(|(service, names)| (service, names.split_whitespace().map(str::to_owned).collect()));
    Ok(Knowledge {
        logs: logs.log,
        names: toml::from_str(include_str!("../data/names.toml"))?,
        techniques: techniques.technique,
        operations: operations.collect(),
    })
}

fn nothing() -> Knowledge {
    let chosen = Chosen { client: Vec::new(), name: Vec::new() };
    let names = Names {
        chosen,
        stock: BTreeMap::new(),
        extension: BTreeMap::new(),
        default_range: BTreeMap::new(),
        device: Vec::new(),
    };
    Knowledge { logs: Vec::new(), names, techniques: Vec::new(), operations: BTreeMap::new() }
}

impl Knowledge {
    /// The facts of a log type.
    pub fn log(&self, id: &str) -> Option<&LogFacts> {
        self.logs.iter().find(|log| log.id == id)
    }

    /// Whether some log has this top-level member.
    pub fn is_member(&self, name: &str, ignore_case: bool) -> bool {
        self.logs.iter().any(|log| log.has_member(name, ignore_case))
    }
}

impl LogFacts {
    /// Whether records have this top-level member.
    pub fn has_member(&self, name: &str, ignore_case: bool) -> bool {
        self.members.iter().any(
            |member| {
                if ignore_case { member.eq_ignore_ascii_case(name) } else { member == name }
            },
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    #[test]
    fn the_embedded_facts_are_well_formed() {
        let known = super::load().unwrap();
        assert!(known.logs.iter().any(|log| log.main && !log.members.is_empty()));
        assert!(known.operations.values().flatten().count() > 1_000);
    }
}
