//! What pages must know of a query language: names, and the shape of its text for highlighting. Data, not code.

use std::collections::BTreeMap;

use quarry_pack::Language;
use serde::Deserialize;

use crate::SiteError;

const DATA: &str = include_str!("../data/languages.json");

/// Names of a language and the shape of its text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Such as `Splunk SPL`.
    pub label: String,
    /// The product as manifests name it, such as `splunk`.
    pub platform: String,
    /// Such as `Splunk`.
    pub platform_label: String,
    /// What the product calls the kind of a log.
    pub log_label: String,
    /// What a comment to the end of the line begins with.
    pub line_comments: Vec<String>,
    /// What other comments begin and end with.
    pub block_comments: Vec<(String, String)>,
    /// Marks around strings.
    pub strings: Vec<char>,
    /// Marks around names.
    pub names: Vec<char>,
    /// Whether a backslash in a string escapes; a doubled mark does otherwise.
    pub backslash: bool,
    /// Marks after which a command's name stands, as at the start of the text; none if there are no commands.
    pub commands_after: Vec<String>,
    /// Reserved words in lower case.
    pub keywords: Vec<String>,
}

/// The languages.
#[derive(Debug, Clone)]
pub struct Languages(BTreeMap<Language, Shape>);

impl Languages {
    /// Reads the data in the binary.
    pub fn embedded() -> Result<Self, SiteError> {
        serde_json::from_str(DATA)
            .map(Self)
            .map_err(|error| SiteError::new(format!("languages.json: {error}")))
    }

    /// The language's shape.
    pub fn shape(&self, language: Language) -> Option<&Shape> {
        self.0.get(&language)
    }

    /// The language's name.
    pub fn label(&self, language: Language) -> &str {
        self.shape(language).map_or(language.word(), |shape| shape.label.as_str())
    }

    /// The products as manifests name them, and how pages do.
    pub fn platforms(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.values().map(|shape| (shape.platform.as_str(), shape.platform_label.as_str()))
    }
}
