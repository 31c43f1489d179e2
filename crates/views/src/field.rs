//! A field and how its value comes about.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use quarry_plan::{Type, Value};
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::Path;

/// A named field of a view for one log type.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name as the platform's users write it.
    pub name: String,
    /// Type of its value.
    pub data_type: Type,
    /// How the value comes about.
    pub derivation: Derivation,
    /// Where the rule is from: a vendor page, a published sample, or an assumption.
    pub origin: String,
}

/// How a value comes about from a record. Null where a part is missing, unless said otherwise.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Derivation {
    /// Always this value.
    Constant(Value),
    /// A JSON path of the record.
    Path(Path),
    /// The first that is not null.
    First(Vec<Derivation>),
    /// What the first group of a regular expression captures in another value (the first list
    /// element that matches); the whole match where there is no group.
    Capture {
        /// The value searched.
        from: Box<Derivation>,
        /// The expression.
        #[serde(with = "expression")]
        pattern: Arc<Regex>,
    },
    /// A value looked up by another value.
    Lookup {
        /// The key.
        from: Box<Derivation>,
        /// The table.
        #[serde(with = "table")]
        table: Arc<LookupTable>,
    },
    /// The element of one list at the place of the first element of another that fits an expression;
    /// null where none fits or the place is past the end.
    At {
        /// The list searched.
        names: Box<Derivation>,
        /// The expression, found anywhere.
        #[serde(with = "expression")]
        pattern: Arc<Regex>,
        /// The list the value is taken from.
        from: Box<Derivation>,
    },
    /// `then` where `when` is not null, else null.
    Present {
        /// The value that must exist.
        when: Box<Derivation>,
        /// The value given.
        then: Box<Derivation>,
    },
    /// `then` where `when`, as text, matches the expression, else `otherwise`.
    If {
        /// The value tested; null does not match.
        when: Box<Derivation>,
        /// The expression, found anywhere.
        #[serde(with = "expression")]
        pattern: Arc<Regex>,
        /// The value where it matches.
        then: Box<Derivation>,
        /// The value where it does not.
        otherwise: Box<Derivation>,
    },
    /// Texts joined; null if any part is null.
    Concat(Vec<Derivation>),
    /// JSON objects and arrays as text, without white space between their parts; any other value as it is.
    Compact(Box<Derivation>),
    /// A JSON object with these members where it lacks them; where it is missing, an object of them alone.
    Members {
        /// The object, or a text that is one; any other value is given as it is.
        from: Box<Derivation>,
        /// Names and values, in order; a null value is no member.
        with: Vec<(String, Derivation)>,
    },
    /// Upper case.
    Upper(Box<Derivation>),
    /// Lower case.
    Lower(Box<Derivation>),
    /// A whole number that stands for a text, always the same one: [`quarry_plan::name_number`].
    Number(Box<Derivation>),
    /// The day of the week of a text that begins with a date as in `2024-02-29`: `thursday`.
    Weekday(Box<Derivation>),
    /// The punctuation of a text's first line, as Splunk writes it.
    Punctuation(Box<Derivation>),
    /// Where in a text another begins or ends, in characters from its beginning; null if it is not there.
    Offset {
        /// The text looked for.
        of: Box<Derivation>,
        /// The text searched.
        within: Box<Derivation>,
        /// Whether the end of what is found counts instead of its beginning.
        end: bool,
    },
    /// The event's time.
    EventTime,
    /// The record as text, its original bytes.
    Raw,
    /// Location (path or URL) of the object the record lies in.
    Object,
    /// Place of the record in its object: byte offset after decompression, a `+`, then the index of
    /// the record inside a wrapping value where there is one.
    Record,
    /// Identifier of the log type.
    LogType,
}

/// A table of texts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(into = "WrittenTable", try_from = "WrittenTable")]
pub struct LookupTable {
    /// Values by key, compared exactly.
    pub exact: HashMap<String, String>,
    /// Tried in order where no exact key fits: (expression, value).
    pub patterns: Vec<(Regex, String)>,
    /// Value for a key that nothing fits.
    pub default: Option<String>,
}

impl LookupTable {
    /// The value for a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.exact
            .get(key)
            .or_else(|| {
                self.patterns.iter().find(|(pattern, _)| pattern.is_match(key)).map(|(_, value)| value)
            })
            .or(self.default.as_ref())
            .map(String::as_str)
    }
}

impl Derivation {
    /// Whether the value is one that the view sets, whatever the record says: nothing of it stands in the log.
    #[must_use]
    pub fn is_made_up(&self) -> bool {
        match self {
            Self::Constant(value) => *value != Value::Null,
            Self::Number(_) => true,
            Self::First(items) => items.iter().all(Self::is_made_up),
            _ => false,
        }
    }

    /// Calls `visit` with every JSON path that is read.
    pub fn visit_paths<'a>(&'a self, visit: &mut dyn FnMut(&'a Path)) {
        match self {
            Self::Path(path) => visit(path),
            Self::First(items) | Self::Concat(items) => {
                for item in items {
                    item.visit_paths(visit);
                }
            }
            Self::Capture { from, .. }
            | Self::Lookup { from, .. }
            | Self::Compact(from)
            | Self::Upper(from)
            | Self::Lower(from)
            | Self::Number(from)
            | Self::Weekday(from)
            | Self::Punctuation(from) => {
                from.visit_paths(visit);
            }
            Self::At { names, from, .. } => {
                names.visit_paths(visit);
                from.visit_paths(visit);
            }
            Self::Members { from, with } => {
                from.visit_paths(visit);
                with.iter().for_each(|(_, value)| value.visit_paths(visit));
            }
            Self::Offset { of, within, .. } => {
                of.visit_paths(visit);
                within.visit_paths(visit);
            }
            Self::Present { when, then } => {
                when.visit_paths(visit);
                then.visit_paths(visit);
            }
            Self::If { when, then, otherwise, .. } => {
                when.visit_paths(visit);
                then.visit_paths(visit);
                otherwise.visit_paths(visit);
            }
            Self::Constant(_) | Self::EventTime | Self::Raw | Self::Object | Self::Record | Self::LogType => {
            }
        }
    }
}

/// A table whose expressions are texts.
#[derive(Serialize, Deserialize)]
struct WrittenTable {
    exact: BTreeMap<String, String>,
    patterns: Vec<(String, String)>,
    default: Option<String>,
}

impl From<LookupTable> for WrittenTable {
    fn from(table: LookupTable) -> Self {
        let patterns =
            table.patterns.into_iter().map(|(pattern, value)| (pattern.as_str().to_owned(), value));
        Self {
            exact: table.exact.into_iter().collect(),
            patterns: patterns.collect(),
            default: table.default,
        }
    }
}

impl TryFrom<WrittenTable> for LookupTable {
    type Error = regex::Error;

    fn try_from(table: WrittenTable) -> Result<Self, regex::Error> {
        let compiled = |(pattern, value): (String, String)| Ok((Regex::new(&pattern)?, value));
        let patterns = table.patterns.into_iter().map(compiled).collect::<Result<_, regex::Error>>()?;
        Ok(Self { exact: table.exact.into_iter().collect(), patterns, default: table.default })
    }
}

/// Regular expressions as text.
mod expression {
    use std::sync::Arc;

    use regex::Regex;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(pattern: &Arc<Regex>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(pattern.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Regex>, D::Error> {
        let text = String::deserialize(deserializer)?;
        Regex::new(&text).map(Arc::new).map_err(D::Error::custom)
    }
}

/// A shared table.
mod table {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::LookupTable;

    pub(super) fn serialize<S: Serializer>(
        table: &Arc<LookupTable>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        LookupTable::serialize(table, serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<LookupTable>, D::Error> {
        LookupTable::deserialize(deserializer).map(Arc::new)
    }
}
