//! Views: a platform's names for the fields of each log type.

use std::{collections::BTreeMap, sync::Arc};

use quarry_plan::{Type, Value};
use regex::Regex;

use crate::{Derivation, Field, Path};

/// One platform's names.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Name such as `splunk`, `splunk-json`, `qradar`, `alert`.
    pub name: String,
    /// Whether any JSON path is a field.
    pub open: bool,
    /// Whether field names ignore case.
    pub ignore_case: bool,
    /// The source types, at least one for each log type.
    pub sources: Vec<ViewSource>,
}

/// A platform's view of one log type under one source type.
#[derive(Debug, Clone, Default)]
pub struct ViewSource {
    /// Which log type.
    pub log_type: String,
    /// The platform's name for it: a sourcetype, a log source type name.
    pub source_type: String,
    /// Whether it is the one used when the query names none of the log type's source types.
    pub is_default: bool,
    /// Put before the record's own paths to make a field name (`data.` for Pub/Sub messages in Splunk).
    pub prefix: String,
    /// Whether a JSON null is the text `null` rather than no value, for a field that is a plain path;
    /// inside any other derivation a JSON null is no value.
    pub null_is_text: bool,
    /// Lists of names and the lists of their values, beside each other in the record: each name is a field.
    pub pairs: Vec<Pairs>,
    /// Declared fields by name (lower case where the view ignores case).
    pub fields: BTreeMap<String, Field>,
}

/// A list of names, and of the values at the same places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs {
    /// The names, such as `Parameters{}.Name`.
    pub names: Path,
    /// The values, such as `Parameters{}.Value`.
    pub values: Path,
}

/// What a name means across the log types of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Type of the field, the same for all log types.
    pub data_type: Type,
    /// Whether a view file declares it (else it is a JSON path of an open view).
    pub declared: bool,
}

impl ViewSource {
    /// A member of the record, or else what the pairs of the source have under its name.
    fn paired(&self, name: &str, path: Path) -> Derivation {
        let pattern = Regex::new(&format!("^{}$", regex::escape(name)));
        let (false, false, Ok(pattern)) = (self.pairs.is_empty(), name.contains(['.', '{']), pattern) else {
            return Derivation::Path(path);
        };
        let pattern = Arc::new(pattern);
        let paired = self.pairs.iter().map(|pairs| Derivation::At {
            names: Box::new(Derivation::Path(pairs.names.clone())),
            pattern: Arc::clone(&pattern),
            from: Box::new(Derivation::Path(pairs.values.clone())),
        });
        Derivation::First(std::iter::once(Derivation::Path(path)).chain(paired).collect())
    }
}

impl View {
    /// The type of a field, or none if the view is closed and no source declares the name.
    #[must_use]
    pub fn resolve(&self, name: &str) -> Option<Resolved> {
        let key = self.key(name);
        let declared = self.sources.iter().find_map(|source| source.fields.get(&key));
        if let Some(field) = declared {
            return Some(Resolved { data_type: field.data_type, declared: true });
        }
        let data_type = if Path::new(name).is_multiple() { Type::TextList } else { Type::Text };
        self.open.then_some(Resolved { data_type, declared: false })
    }

    /// How a field's value comes about for one source; a field this source lacks is a constant null
    /// in a closed view and a JSON path in an open one.
    #[must_use]
    pub fn derivation(&self, source: &ViewSource, name: &str) -> Derivation {
        if let Some(field) = source.fields.get(&self.key(name)) {
            return field.derivation.clone();
        }
        if !self.open {
            return Derivation::Constant(Value::Null);
        }
        match name.strip_prefix(source.prefix.as_str()) {
            Some(path) => source.paired(path, Path { text: path.to_owned(), ignore_case: self.ignore_case }),
            None => Derivation::Constant(Value::Null),
        }
    }

    /// The field that a source declares by this name.
    #[must_use]
    pub fn source_field<'s>(&self, source: &'s ViewSource, name: &str) -> Option<&'s Field> {
        source.fields.get(&self.key(name))
    }

    /// How the view spells a path of a record as it lies, where its source puts something before every path; none of
    /// other names. The sources are those of [`View::chosen`].
    #[must_use]
    pub fn prefixed(&self, name: &str, choices: &[(String, String)]) -> Option<String> {
        let first = |text: &str| text.split(['.', '{']).next().unwrap_or_default().to_owned();
        let has = |source: &ViewSource| {
            let mut found = false;
            for field in source.fields.values() {
                field.derivation.visit_paths(&mut |path| {
                    found |= path.text.contains('.') && first(&path.text) == first(name);
                });
            }
            found
        };
        if !name.contains('.') || self.sources.iter().any(|source| source.fields.contains_key(name)) {
            return None;
        }
        let chosen = self.chosen(choices);
        let mut with = chosen.into_iter().filter(|source| has(source));
        let source = with.next().filter(|source| !source.prefix.is_empty())?;
        let alike = with.all(|other| other.prefix == source.prefix);
        (alike && !name.starts_with(&source.prefix)).then(|| format!("{}{name}", source.prefix))
    }

    /// All declared names, sorted, each once.
    #[must_use]
    pub fn field_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .sources
            .iter()
            .flat_map(|source| source.fields.values().map(|field| field.name.as_str()))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The source of each log type: the one `choices` names by source type, else the default.
    #[must_use]
    pub fn chosen(&self, choices: &[(String, String)]) -> Vec<&ViewSource> {
        let mut chosen: Vec<&ViewSource> = Vec::new();
        for source in &self.sources {
            let wanted = choices.iter().find(|(log_type, _)| *log_type == source.log_type);
            let takes =
                wanted.map_or(source.is_default, |(_, source_type)| *source_type == source.source_type);
            if takes && !chosen.iter().any(|have| have.log_type == source.log_type) {
                chosen.push(source);
            }
        }
        chosen
    }

    /// The source types a query asks for, for [`View::chosen`]: given the texts it compares the source
    /// type with (`*` and `%` stand for any run of characters, case is ignored), the pair (log type,
    /// source type) of each log type whose default is not meant but another source type is.
    ///
    /// ```
    /// use quarry_views::Catalog;
    /// let catalog = Catalog::load(None)?;
    /// let view = catalog.view("splunk").cloned().unwrap_or_default();
    /// let choices = view.choices(&["mscs:azure:audit"]);
    /// assert_eq!(choices, [("azure.activity.rest".to_owned(), "mscs:azure:audit".to_owned())]);
    /// assert!(view.choices(&["azure:monitor:*"]).is_empty());
    /// # Ok::<(), quarry_views::LoadError>(())
    /// ```
    #[must_use]
    pub fn choices(&self, asked: &[&str]) -> Vec<(String, String)> {
        let is_asked = |source: &ViewSource| asked.iter().any(|pattern| fits(pattern, &source.source_type));
        let mut found: Vec<(String, String)> = Vec::new();
        for source in self.sources.iter().filter(|source| !source.is_default && is_asked(source)) {
            let default =
                self.sources.iter().find(|other| other.is_default && other.log_type == source.log_type);
            let settled = default.is_some_and(is_asked)
                || found.iter().any(|(log_type, _)| *log_type == source.log_type);
            if !settled {
                found.push((source.log_type.clone(), source.source_type.clone()));
            }
        }
        found
    }

    /// All texts that the view ever gives a field, where it gives only texts of its own; none if the log has a say.
    ///
    /// ```
    /// let catalog = quarry_views::Catalog::load(None)?;
    /// let view = catalog.view("splunk").cloned().unwrap_or_default();
    /// assert!(view.words("tag").is_some_and(|words| words.contains(&"change".to_owned())));
    /// assert_eq!(view.words("eventName"), None);
    /// # Ok::<(), quarry_views::LoadError>(())
    /// ```
    #[must_use]
    pub fn words(&self, field: &str) -> Option<Vec<String>> {
        let mut words = Vec::new();
        for source in self.sources.iter().filter(|source| source.fields.contains_key(&self.key(field))) {
            own_words(&self.derivation(source, field), &mut words)?;
        }
        (!words.is_empty()).then_some(words)
    }

    /// The source types, sorted, each once.
    #[must_use]
    pub fn source_types(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.sources.iter().map(|source| source.source_type.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The declared name nearest to `name`, if near enough to be a likely slip of the pen.
    ///
    /// ```
    /// use quarry_views::Catalog;
    /// let catalog = Catalog::load(None)?;
    /// assert_eq!(catalog.view("qradar").and_then(|view| view.closest("usernam")), Some("username"));
    /// # Ok::<(), quarry_views::LoadError>(())
    /// ```
    #[must_use]
    pub fn closest(&self, name: &str) -> Option<&str> {
        let shown =
            self.field_names().into_iter().filter(|known| !known.starts_with('_') || name.starts_with('_'));
        quarry_diagnostic::did_you_mean(name, shown)
    }

    fn key(&self, name: &str) -> String {
        if self.ignore_case { name.to_lowercase() } else { name.to_owned() }
    }
}

/// Whether a pattern with `*` or `%` for any run of characters fits the whole text; case is ignored.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let parts: Vec<&str> = pattern.split(['*', '%']).collect();
    let [first, middle @ .., last] = parts.as_slice() else { return pattern == text };
    let Some(rest) = text.strip_prefix(first) else { return false };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

/// Adds the texts that a derivation gives; none if it gives others than its own.
fn own_words(derivation: &Derivation, words: &mut Vec<String>) -> Option<()> {
    match derivation {
        Derivation::Constant(Value::Null) => Some(()),
        Derivation::Constant(Value::Text(text)) => {
            words.push(text.clone());
            Some(())
        }
        Derivation::Constant(Value::TextList(texts)) => {
            words.extend(texts.iter().cloned());
            Some(())
        }
        Derivation::First(items) => items.iter().try_for_each(|item| own_words(item, words)),
        Derivation::Present { then, .. } => own_words(then, words),
        Derivation::If { then, otherwise, .. } => {
            own_words(then, words)?;
            own_words(otherwise, words)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_fit_whole_texts() {
        assert!(fits("*", "aws:cloudtrail"));
        assert!(fits("AWS:*", "aws:cloudtrail"));
        assert!(fits("%cloud%trail%", "Amazon AWS CloudTrail"));
        assert!(fits("aws:cloudtrail", "aws:cloudtrail"));
        assert!(!fits("aws", "aws:cloudtrail"));
        assert!(!fits("aws*:azure", "aws:cloudtrail"));
        assert!(!fits("ab*ba", "aba"));
    }

    fn source(log_type: &str, source_type: &str, is_default: bool) -> ViewSource {
        ViewSource {
            log_type: log_type.to_owned(),
            source_type: source_type.to_owned(),
            is_default,
            ..ViewSource::default()
        }
    }

    #[test]
    fn a_choice_is_made_only_where_the_default_is_not_asked_for() {
        let sources =
            vec![source("log", "old", true), source("log", "new:a", false), source("log", "new:b", false)];
        let view = View { sources, ..View::default() };
        let chosen = |asked: &[&str]| {
            view.chosen(&view.choices(asked))
                .into_iter()
                .map(|source| source.source_type.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(chosen(&[]), ["old"]);
        assert_eq!(chosen(&["new:b"]), ["new:b"]);
        assert_eq!(chosen(&["new:*"]), ["new:a"]);
        assert_eq!(chosen(&["new:b", "old"]), ["old"]);
        assert_eq!(chosen(&["*"]), ["old"]);
        assert_eq!(chosen(&["nothing"]), ["old"]);
    }
}
