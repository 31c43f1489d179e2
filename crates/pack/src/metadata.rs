//! What the author of a detection says about it, whatever the format.

use serde::Serialize;

use crate::{Schedule, Severity};

/// What a rule's file says beside the query.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Metadata {
    /// Identifier of the rule in its own product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What it is called there: `TTP`, `Scheduled`, `NRT`, `hunting query`, `correlation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it is experimental, in production, deprecated, disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Severity, if the file says one or a risk score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Risk score from 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk_score: Option<f64>,
    /// Message of an alert, in the product's own placeholders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// ATT&CK techniques such as `T1578.002`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    /// Tactics in the words of the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tactics: Vec<String>,
    /// Logs, tables or connectors it needs, in the words of the product.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_sources: Vec<String>,
    /// What must be done before it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how_to: Option<String>,
    /// Benign causes of alerts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub false_positives: Vec<String>,
    /// Pages to read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Which column names what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// Which columns fill which members of an alert; of several for one member the first that has a value counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mappings: Vec<Mapping>,
    /// Columns that an alert shows under names of its own: name, column.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<(String, String)>,
    /// What an alert is called and described as, with names of columns in double braces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formats: Option<Formats>,
    /// The column that says how grave an alert is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity_column: Option<String>,
    /// How rows are put into alerts, in the word of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grouping: Option<String>,
    /// How often it runs, and how far back it looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// How many rows make an alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// Recorded data that it was tested with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<DataSet>,
    /// Rules it refers to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
}

impl Trigger {
    /// Whether so many rows make an alert.
    #[must_use]
    pub fn holds(self, rows: usize) -> bool {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        match self.operator {
            "<" => rows < self.threshold,
            "=" => rows == self.threshold,
            "!=" => rows != self.threshold,
            _ => rows > self.threshold,
        }
    }
}

/// A column that names a user, a host, an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entity {
    /// What it is, in the word of the product.
    pub kind: String,
    /// The column.
    pub column: String,
}

/// Columns that fill a member of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mapping {
    /// The member of [`crate::Alert`]: `actor`, `source_ip`, `target`.
    pub member: &'static str,
    /// The column.
    pub column: String,
    /// What stands between it and another column, and that column, where it has a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<(&'static str, String)>,
}

/// What an alert is called and described as.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Formats {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// How many rows make an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// `>`, `<`, `=`, `!=`.
    pub operator: &'static str,
    /// The number of rows.
    pub threshold: i64,
}

/// Recorded data, somewhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataSet {
    /// The test it is of; empty where it has no name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub test: String,
    /// Where it is.
    pub url: String,
    /// What else is said of it: the source, the source type, the index, the host.
    pub properties: Vec<(String, String)>,
}
