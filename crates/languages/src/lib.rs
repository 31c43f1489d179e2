//! The query languages: one table, one row each. A new language is its crate and a row here.
//!
//! ```
//! use quarry_languages::Language;
//! let language = Language::of_file("a.aql".as_ref()).unwrap();
//! assert_eq!(language.full_title, "QRadar AQL");
//! assert!(language.runs());
//! ```

mod table;

use std::{cmp::Ordering, fmt, hash, ops::Deref, path::Path, sync::LazyLock};

use quarry_language_definition::Definition;
use regex::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A query language: its row. Nothing above this crate asks which one it is.
#[derive(Clone, Copy)]
pub struct Language(&'static Definition);

/// The ids of all languages.
static IDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| table::TABLE.iter().map(|definition| definition.id).collect());

/// What texts are recognised by, with the language's id.
static SIGNS: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    let all = table::TABLE.iter().flat_map(|row| row.signs.iter().map(|sign| (row.id, Regex::new(sign))));
    all.filter_map(|(id, sign)| Some((id, sign.ok()?))).collect()
});

impl Language {
    /// Splunk's, for readers of formats that hold it.
    pub const SPL: Self = Self(&table::SPL);
    /// QRadar's, for readers of formats that hold it.
    pub const AQL: Self = Self(&table::AQL);
    /// Microsoft's, for readers of formats that hold it.
    pub const KQL: Self = Self(&table::KQL);
    /// Sigma, for readers of formats that hold it.
    pub const SIGMA: Self = Self(&table::SIGMA);

    /// A language that is not in the table.
    #[must_use]
    pub const fn new(definition: &'static Definition) -> Self {
        Self(definition)
    }

    /// All languages, in the order of the table.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        table::TABLE.iter().copied().map(Self)
    }

    /// Those that run.
    pub fn running() -> impl DoubleEndedIterator<Item = Self> {
        Self::all().filter(|language| language.runs())
    }

    /// The row.
    #[must_use]
    pub const fn definition(self) -> &'static Definition {
        self.0
    }

    /// The language of an id.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::all().find(|language| language.id == id)
    }

    /// The language that editors or Markdown call so.
    #[must_use]
    pub fn called(word: &str) -> Option<Self> {
        Self::all().find(|language| language.is_called(word))
    }

    /// The language of a plain query file by its ending.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        Self::all().find(|language| language.ending == Some(ending.as_str()))
    }

    /// The language that a text looks like, where it does not look like this one.
    ///
    /// ```
    /// use quarry_languages::Language;
    /// let text = "SELECT username FROM events LAST 1 HOURS";
    /// assert_eq!(Language::SPL.mistaken_for(text), Some(Language::AQL));
    /// assert_eq!(Language::AQL.mistaken_for(text), None);
    /// ```
    #[must_use]
    pub fn mistaken_for(self, text: &str) -> Option<Self> {
        if self.signs.is_empty() || self.shows_in(text) {
            return None;
        }
        Self::all().filter(|other| *other != self).find(|other| other.shows_in(text))
    }

    fn shows_in(self, text: &str) -> bool {
        let signs = SIGNS.iter().filter(|(id, _)| *id == self.id);
        signs.into_iter().any(|(_, sign)| sign.is_match(text))
    }

    /// What is said of a language that is known and shown only.
    #[must_use]
    pub fn not_yet(self) -> String {
        format!("quarry does not run {} yet", self.title)
    }

    /// The place in the table; languages outside of it come last.
    fn place(self) -> usize {
        Self::all().position(|language| language.id == self.id).unwrap_or(usize::MAX)
    }
}

impl Deref for Language {
    type Target = Definition;

    fn deref(&self) -> &Definition {
        self.0
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Language {}

impl PartialOrd for Language {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Language {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place()).then(self.id.cmp(other.id))
    }
}

impl hash::Hash for Language {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id)
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::of_id(&id).ok_or_else(|| D::Error::unknown_variant(&id, &IDS))
    }
}

impl JsonSchema for Language {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Language".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = |language: Self| json_schema!({ "type": "string", "const": language.id, "description": language.meaning });
        let all: Vec<Schema> = Self::all().map(one).collect();
        json_schema!({ "oneOf": all, "description": "Language of a detection." })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Language, SIGNS};

    #[test]
    fn rows_are_told_apart() {
        let unique = |names: Vec<&str>| {
            let different: BTreeSet<&str> = names.iter().copied().collect();
            assert_eq!(different.len(), names.len(), "{names:?}");
        };
        unique(Language::all().map(|language| language.id).collect());
        unique(Language::all().filter_map(|language| language.ending).collect());
        unique(Language::all().flat_map(|language| language.editor_ids.iter().copied()).collect());
    }

    #[test]
    fn ids_are_what_is_written() {
        for language in Language::all() {
            let text = serde_json::to_string(&language).unwrap();
            assert_eq!(text, format!("\"{}\"", language.id));
            assert_eq!(serde_json::from_str::<Language>(&text).unwrap(), language);
        }
        let error = serde_json::from_str::<Language>("\"cobol\"").unwrap_err().to_string();
        assert!(error.contains("expected one of `spl`, `aql`, `kql`, `sigma`"), "{error}");
    }

    #[test]
    fn a_language_that_runs_says_all_that_is_needed() {
        for language in Language::running() {
            let front_end = language.front_end.unwrap();
            assert!(!language.views.is_empty() && language.ending.is_some());
            assert!((front_end.words)().len() > 50);
            assert!(!front_end.starters.detections.is_empty());
            assert_eq!(Language::called(&language.id.to_uppercase()), Some(language));
        }
        assert_eq!(Language::running().count(), 3);
    }

    #[test]
    fn every_sign_is_a_regular_expression() {
        let all: usize = Language::all().map(|language| language.signs.len()).sum();
        assert_eq!(SIGNS.len(), all);
    }

    #[test]
    fn searches_for_words_are_no_other_language() {
        for text in
            ["RunInstances | where status=500", "error", "select from | head 3", "mallory | where a==\"x\""]
        {
            assert_eq!(Language::SPL.mistaken_for(text), None, "{text}");
        }
        let kql = "AWSCloudTrail | where TimeGenerated > ago(1h)";
        assert_eq!(Language::SPL.mistaken_for(kql), Some(Language::KQL));
    }
}
