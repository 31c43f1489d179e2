//! Lookup definitions and their tables.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use quarry_language_definition::csv;
use quarry_plan::{KeyMatch, LookupTable};
use serde::Deserialize;

use super::conf::Stanza;

/// Matching rows used where a definition says nothing, and the most that it can ask for (Splunk Admin Manual,
/// transforms.conf.spec, max_matches).
const USUAL_MATCHES: usize = 100;
const MOST_MATCHES: usize = 1000;

/// A lookup: where its rows are and how they are matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupDefinition {
    /// Its name.
    pub name: String,
    /// Where its rows are.
    pub source: LookupSource,
    /// Columns that are matched in another way than exactly.
    pub how: Vec<(String, KeyMatch)>,
    /// Whether case is ignored.
    pub ignore_case: bool,
    /// Matching rows used.
    pub most: usize,
    /// Fewer matches than this are filled with the default.
    pub least: usize,
    /// What stands where nothing matches, if `least` is not zero.
    pub default: Option<String>,
    /// Column names, where the definition lists them.
    pub columns: Vec<String>,
}

/// Where the rows of a lookup are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupSource {
    /// A CSV file.
    File(String),
    /// A collection of the key value store; here a CSV file of its name, empty where there is none.
    Collection(String),
    /// What cannot be read here; the reason.
    Elsewhere(String),
}

/// All lookups.
#[derive(Debug, Default)]
pub(crate) struct Lookups {
    definitions: BTreeMap<String, LookupDefinition>,
    files: BTreeMap<String, PathBuf>,
    tables: Mutex<HashMap<PathBuf, Arc<LookupTable>>>,
}

/// A lookup as security_content keeps it.
#[derive(Deserialize)]
pub(super) struct LookupFile {
    filename: Option<String>,
    collection: Option<String>,
    fields_list: Option<String>,
    match_type: Option<String>,
    min_matches: Option<Scalar>,
    max_matches: Option<Scalar>,
    default_match: Option<Scalar>,
    case_sensitive_match: Option<Scalar>,
}

/// A scalar whatever its type.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Flag(bool),
    Count(u64),
    Text(String),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Count(count) => count.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl LookupFile {
    /// As a stanza of transforms.conf.
    pub(super) fn into_stanza(self, name: String) -> Stanza {
        let scalar = |value: &Option<Scalar>| value.as_ref().map(Scalar::text);
        let settings = [
            ("filename", self.filename),
            ("collection", self.collection),
            ("fields_list", self.fields_list),
            ("match_type", self.match_type),
            ("min_matches", scalar(&self.min_matches)),
            ("max_matches", scalar(&self.max_matches)),
            ("default_match", scalar(&self.default_match)),
            ("case_sensitive_match", scalar(&self.case_sensitive_match)),
        ];
        let settings = settings.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Stanza { name, settings: settings.collect() }
    }
}

impl LookupDefinition {
    /// A definition from a stanza of transforms.conf; none if the stanza is no lookup.
    fn of(stanza: &Stanza) -> Option<Self> {
        let elsewhere = || ELSEWHERE.iter().find(|(key, _)| stanza.get(key).is_some());
        let is_store = stanza.get("external_type").is_some_and(|kind| kind.trim() == "kvstore");
        let source = if stanza.get("time_field").is_some_and(|field| !field.is_empty()) {
            LookupSource::Elsewhere("its rows hold for a time only (`time_field`)".to_owned())
        } else if let Some(file) = stanza.get("filename") {
            // The platform takes what follows the last separator for the name.
            LookupSource::File(file.rsplit(['/', '\\']).next().unwrap_or(file).to_owned())
        } else if is_store || stanza.get("collection").is_some() {
            LookupSource::Collection(stanza.get("collection").unwrap_or(&stanza.name).to_owned())
        } else {
            LookupSource::Elsewhere(elsewhere()?.1.to_owned())
        };
        let count = |key: &str| stanza.get(key).and_then(|value| value.trim().parse::<usize>().ok());
        let columns = stanza.get("fields_list").unwrap_or_default().split(',');
        Some(Self {
            name: stanza.name.clone(),
            source,
            how: match_types(stanza.get("match_type").unwrap_or_default()),
            ignore_case: stanza.flag("case_sensitive_match") == Some(false),
            most: count("max_matches")
                .filter(|most| *most > 0)
                .map_or(USUAL_MATCHES, |most| most.min(MOST_MATCHES)),
            least: count("min_matches").unwrap_or(0),
            default: stanza.get("default_match").map(str::to_owned),
            columns: columns.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
        })
    }

    /// The definition of a bare CSV file.
    fn of_file(name: &str) -> Self {
        let stanza =
            Stanza { name: name.to_owned(), settings: vec![("filename".to_owned(), name.to_owned())] };
        let source = LookupSource::File(name.to_owned());
        Self::of(&stanza).unwrap_or(Self {
            name: name.to_owned(),
            source,
            how: Vec::new(),
            ignore_case: false,
            most: USUAL_MATCHES,
            least: 0,
            default: None,
            columns: Vec::new(),
        })
    }
}

/// Settings of lookups whose rows cannot be read.
const ELSEWHERE: &[(&str, &str)] = &[
    ("external_cmd", "it runs a program of the search head"),
    ("external_type", "it is no table"),
    ("feature_id_element", "it is a map of shapes"),
];

/// `WILDCARD(a), CIDR(b)`.
fn match_types(text: &str) -> Vec<(String, KeyMatch)> {
    let mut found = Vec::new();
    for part in text.split(')') {
        let Some((kind, column)) = part.split_once('(') else { continue };
        let how = match kind.trim_matches([',', ' ', '\t']).to_uppercase().as_str() {
            "WILDCARD" => KeyMatch::Wildcard,
            "CIDR" => KeyMatch::Network,
            _ => KeyMatch::Exact,
        };
        found.push((column.trim().to_owned(), how));
    }
    found
}

impl Lookups {
    pub(super) fn define(&mut self, stanza: &Stanza) {
        if let Some(definition) = LookupDefinition::of(stanza) {
            self.definitions.insert(definition.name.clone(), definition);
        }
    }

    pub(super) fn add_file(&mut self, path: &Path) {
        if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            self.files.insert(name.to_owned(), path.to_owned());
        }
    }

    /// The lookup of a name: a definition, or a CSV file.
    pub(crate) fn find(&self, name: &str) -> Option<LookupDefinition> {
        if let Some(found) = self.definitions.get(name) {
            return Some(found.clone());
        }
        let file = self.files.contains_key(name).then(|| name.to_owned());
        let with_ending = format!("{name}.csv");
        let file = file.or_else(|| self.files.contains_key(&with_ending).then_some(with_ending));
        file.map(|file| LookupDefinition { name: name.to_owned(), ..LookupDefinition::of_file(&file) })
    }

    /// All names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.definitions.keys().chain(self.files.keys()).map(String::as_str)
    }

    /// The rows of a lookup.
    ///
    /// # Errors
    /// If its file is not there or cannot be read.
    pub(crate) fn table(&self, definition: &LookupDefinition) -> Result<Arc<LookupTable>, String> {
        let path = match &definition.source {
            LookupSource::File(file) => {
                let found = self.files.get(file);
                Some(found.ok_or_else(|| format!("its file `{file}` is in none of the folders given"))?)
            }
            LookupSource::Collection(collection) => [&definition.name, collection]
                .into_iter()
                .find_map(|name| self.files.get(&format!("{name}.csv"))),
            LookupSource::Elsewhere(why) => return Err(why.clone()),
        };
        let Some(path) = path else {
            return Ok(Arc::new(LookupTable {
                name: definition.name.clone(),
                columns: definition.columns.clone(),
                rows: Vec::new(),
            }));
        };
        let mut tables = self.tables.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = tables.get(path) {
            return Ok(Arc::clone(known));
        }
        let bytes =
            std::fs::read(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        let (mut columns, rows) = csv::read(&String::from_utf8_lossy(&bytes));
        if matches!(definition.source, LookupSource::Collection(_)) {
            columns.extend(
                definition.columns.iter().filter(|name| !columns.contains(name)).cloned().collect::<Vec<_>>(),
            );
        }
        let table = Arc::new(LookupTable { name: definition.name.clone(), columns, rows });
        tables.insert(path.clone(), Arc::clone(&table));
        Ok(table)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use quarry_plan::KeyMatch;

    use super::match_types;

    #[test]
    fn match_types_name_columns() {
        let wild = |name: &str| (name.to_owned(), KeyMatch::Wildcard);
        assert_eq!(match_types("WILDCARD(a),WILDCARD(b)"), [wild("a"), wild("b")]);
        assert_eq!(
            match_types("CIDR(net), wildcard( x )"),
            [("net".to_owned(), KeyMatch::Network), wild("x")]
        );
        assert_eq!(match_types(""), []);
    }
}
