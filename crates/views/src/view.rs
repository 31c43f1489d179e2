//! Views: a platform's names for the fields of each log type.

use std::collections::BTreeMap;

use quarry_plan::{Type, Value};

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
    /// The source types, at least one a log type.
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
    /// Whether a JSON null is the text `null` rather than no value.
    pub null_is_text: bool,
    /// Declared fields by name (lower case where the view ignores case).
    pub fields: BTreeMap<String, Field>,
}

/// What a name means across the log types of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Type of the field, the same for all log types.
    pub data_type: Type,
    /// Whether a view file declares it (else it is a JSON path of an open view).
    pub declared: bool,
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
            Some(path) => Derivation::Path(Path { text: path.to_owned(), ignore_case: self.ignore_case }),
            None => Derivation::Constant(Value::Null),
        }
    }

    /// All declared names, sorted, each once.
    #[must_use]
    pub fn field_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.sources.iter().flat_map(|source| source.fields.values().map(|field| field.name.as_str())).collect();
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
            let takes = wanted.map_or(source.is_default, |(_, source_type)| *source_type == source.source_type);
            if takes && !chosen.iter().any(|have| have.log_type == source.log_type) {
                chosen.push(source);
            }
        }
        chosen
    }

    fn key(&self, name: &str) -> String {
        if self.ignore_case { name.to_lowercase() } else { name.to_owned() }
    }
}
