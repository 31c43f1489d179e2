//! From the compact form of a field to its [`Derivation`].

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use quarry_plan::{Type, Value};
use regex::Regex;
use toml::de::DeValue;

use super::{
    LoadError,
    document::{Node, Table, accepted},
    formats::path,
};
use crate::{Derivation, Field, LogType, LookupTable};

/// A way to write a derivation: the key that tells it, the keys that go with it, and what it builds.
struct Form {
    key: &'static str,
    with: &'static [&'static str],
    build: for<'d> fn(&mut Fields<'_, 'd>, Table<'d>, Node<'d>) -> Result<Derivation, LoadError>,
}

const FORMS: [Form; 21] = [
    Form { key: "path", with: &[], build: |_, _, node| path(node).map(Derivation::Path) },
    Form { key: "value", with: &[], build: |_, _, node| constant(node).map(Derivation::Constant) },
    Form { key: "null", with: &[], build: |_, _, _| Ok(Derivation::Constant(Value::Null)) },
    Form { key: "first", with: &[], build: |fields, _, node| fields.all(node).map(Derivation::First) },
    Form { key: "concat", with: &[], build: |fields, _, node| fields.all(node).map(Derivation::Concat) },
    Form { key: "upper", with: &[], build: |fields, _, node| fields.boxed(node).map(Derivation::Upper) },
    Form { key: "lower", with: &[], build: |fields, _, node| fields.boxed(node).map(Derivation::Lower) },
    Form { key: "compact", with: &[], build: |fields, _, node| fields.boxed(node).map(Derivation::Compact) },
    Form { key: "members", with: &["of"], build: members },
    Form { key: "capture", with: &["from"], build: capture },
    Form { key: "lookup", with: &["from"], build: lookup },
    Form { key: "present", with: &["then"], build: present },
    Form { key: "if", with: &["matches", "then", "else"], build: condition },
    Form { key: "at", with: &["matches", "from"], build: at },
    Form { key: "number_of", with: &[], build: |fields, _, node| fields.boxed(node).map(Derivation::Number) },
    Form { key: "weekday", with: &[], build: |fields, _, node| fields.boxed(node).map(Derivation::Weekday) },
    Form {
        key: "punctuation",
        with: &[],
        build: |fields, _, node| fields.boxed(node).map(Derivation::Punctuation),
    },
    Form { key: "start_of", with: &["in"], build: |fields, table, node| offset(fields, table, node, false) },
    Form { key: "end_of", with: &["in"], build: |fields, table, node| offset(fields, table, node, true) },
    Form { key: "meta", with: &[], build: meta },
    Form { key: "field", with: &[], build: |fields, _, node| fields.reference(node) },
];

const TYPES: [(&str, Type); 11] = [
    ("text", Type::Text),
    ("text_list", Type::TextList),
    ("integer", Type::Integer),
    ("double", Type::Double),
    ("boolean", Type::Boolean),
    ("timestamp", Type::Timestamp),
    ("dynamic", Type::Dynamic),
    ("decimal", Type::Decimal),
    ("datetime", Type::Datetime),
    ("timespan", Type::Timespan),
    ("guid", Type::Guid),
];

const METAS: [&str; 8] = ["time", "raw", "object", "record", "log_type", "source_type", "provider", "title"];

/// What all fields of all views share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) tables: HashMap<String, Arc<LookupTable>>,
    patterns: HashMap<String, Arc<Regex>>,
}

/// The fields of one source while they are built.
pub(super) struct Fields<'s, 'd> {
    pub(super) shared: &'s mut Shared,
    /// Lookup key of the field, its name as written, and its value.
    pub(super) drafts: &'s BTreeMap<String, (String, Node<'d>)>,
    pub(super) log_type: &'s LogType,
    pub(super) source_type: &'s str,
    pub(super) ignore_case: bool,
    pub(super) open: Vec<String>,
}

impl<'d> Fields<'_, 'd> {
    /// Builds a field, with whether its type was given explicitly.
    pub(super) fn field(
        &mut self,
        key: &str,
        name: &str,
        node: Node<'d>,
    ) -> Result<(Field, bool), LoadError> {
        self.open = vec![key.to_owned()];
        let derivation = self.derivation(node, true)?;
        let mut explicit = None;
        let mut origin = String::new();
        if let Ok(table) = node.table() {
            explicit = table.get("type").map(data_type).transpose()?;
            origin = table.optional_text("origin")?.unwrap_or_default();
        }
        let data_type = explicit.unwrap_or_else(|| infer(&derivation));
        Ok((Field { name: name.to_owned(), data_type, derivation, origin }, explicit.is_some()))
    }

    fn derivation(&mut self, node: Node<'d>, top: bool) -> Result<Derivation, LoadError> {
        match node.value {
            DeValue::String(_) => path(node).map(Derivation::Path),
            DeValue::Table(_) => self.form(node.table()?, top),
            other => {
                let help = "write a path in quotes, or a table such as `{ value = 1 }`".to_owned();
                Err(node.fault(format!("expected a derivation, found {}", other.type_str()), help))
            }
        }
    }

    fn form(&mut self, table: Table<'d>, top: bool) -> Result<Derivation, LoadError> {
        let Some((form, node)) = FORMS.iter().find_map(|form| Some((form, table.get(form.key)?))) else {
            let keys: Vec<&str> = FORMS.iter().map(|form| form.key).collect();
            return Err(match table.entries().find(|entry| !["type", "origin"].contains(&entry.key)) {
                Some(entry) => table.unknown(&entry, &keys),
                None => table.fault("a derivation is missing", accepted("", keys)),
            });
        };
        let mut known = vec![form.key];
        known.extend(form.with);
        if top {
            known.extend(["type", "origin"]);
        }
        table.only(&known)?;
        (form.build)(self, table, node)
    }

    fn all(&mut self, node: Node<'d>) -> Result<Vec<Derivation>, LoadError> {
        node.items()?.into_iter().map(|item| self.derivation(item, false)).collect()
    }

    fn boxed(&mut self, node: Node<'d>) -> Result<Box<Derivation>, LoadError> {
        self.derivation(node, false).map(Box::new)
    }

    /// The derivation of another field of the same source.
    fn reference(&mut self, node: Node<'d>) -> Result<Derivation, LoadError> {
        let name = node.text()?;
        let key = if self.ignore_case { name.to_lowercase() } else { name.to_owned() };
        let Some((_, target)) = self.drafts.get(&key) else {
            let help = accepted_field(name, self.drafts.values().map(|(name, _)| name.as_str()));
            return Err(node.fault(format!("this source has no field `{name}`"), help));
        };
        if self.open.contains(&key) {
            return Err(node.fault(format!("field `{name}` refers to itself"), None));
        }
        self.open.push(key);
        let found = self.derivation(*target, true);
        self.open.pop();
        found
    }

    fn pattern(&mut self, node: Node<'d>) -> Result<Arc<Regex>, LoadError> {
        let text = node.text()?;
        if let Some(known) = self.shared.patterns.get(text) {
            return Ok(Arc::clone(known));
        }
        let pattern = Arc::new(regex(node)?);
        self.shared.patterns.insert(text.to_owned(), Arc::clone(&pattern));
        Ok(pattern)
    }
}

fn capture<'d>(
    fields: &mut Fields<'_, 'd>,
    table: Table<'d>,
    node: Node<'d>,
) -> Result<Derivation, LoadError> {
    Ok(Derivation::Capture { from: fields.boxed(table.require("from")?)?, pattern: fields.pattern(node)? })
}

fn at<'d>(fields: &mut Fields<'_, 'd>, table: Table<'d>, node: Node<'d>) -> Result<Derivation, LoadError> {
    Ok(Derivation::At {
        names: fields.boxed(node)?,
        pattern: fields.pattern(table.require("matches")?)?,
        from: fields.boxed(table.require("from")?)?,
    })
}

fn offset<'d>(
    fields: &mut Fields<'_, 'd>,
    table: Table<'d>,
    node: Node<'d>,
    end: bool,
) -> Result<Derivation, LoadError> {
    Ok(Derivation::Offset { of: fields.boxed(node)?, within: fields.boxed(table.require("in")?)?, end })
}

fn lookup<'d>(
    fields: &mut Fields<'_, 'd>,
    table: Table<'d>,
    node: Node<'d>,
) -> Result<Derivation, LoadError> {
    let name = node.text()?;
    let Some(found) = fields.shared.tables.get(name).map(Arc::clone) else {
        let help = accepted(name, fields.shared.tables.keys().map(String::as_str));
        return Err(node.fault(format!("unknown table `{name}`"), help));
    };
    Ok(Derivation::Lookup { from: fields.boxed(table.require("from")?)?, table: found })
}

fn members<'d>(
    fields: &mut Fields<'_, 'd>,
    table: Table<'d>,
    node: Node<'d>,
) -> Result<Derivation, LoadError> {
    let from = fields.boxed(table.require("of")?)?;
    let members = node.table()?.entries();
    let with = members.map(|entry| Ok((entry.key.to_owned(), fields.derivation(entry.node, false)?)));
    Ok(Derivation::Members { from, with: with.collect::<Result<_, LoadError>>()? })
}

fn present<'d>(
    fields: &mut Fields<'_, 'd>,
    table: Table<'d>,
    node: Node<'d>,
) -> Result<Derivation, LoadError> {
    Ok(Derivation::Present { when: fields.boxed(node)?, then: fields.boxed(table.require("then")?)? })
}

fn condition<'d>(
    fields: &mut Fields<'_, 'd>,
    table: Table<'d>,
    node: Node<'d>,
) -> Result<Derivation, LoadError> {
    let otherwise = match table.get("else") {
        Some(node) => fields.boxed(node)?,
        None => Box::new(Derivation::Constant(Value::Null)),
    };
    Ok(Derivation::If {
        when: fields.boxed(node)?,
        pattern: fields.pattern(table.require("matches")?)?,
        then: fields.boxed(table.require("then")?)?,
        otherwise,
    })
}

fn meta<'d>(fields: &mut Fields<'_, 'd>, _: Table<'d>, node: Node<'d>) -> Result<Derivation, LoadError> {
    let text = |value: &str| Ok(Derivation::Constant(Value::Text(value.to_owned())));
    match node.text()? {
        "time" => Ok(Derivation::EventTime),
        "raw" => Ok(Derivation::Raw),
        "object" => Ok(Derivation::Object),
        "record" => Ok(Derivation::Record),
        "log_type" => Ok(Derivation::LogType),
        "source_type" => text(fields.source_type),
        "provider" => text(&fields.log_type.provider),
        "title" => text(&fields.log_type.title),
        other => Err(node.fault(format!("unknown `meta` value `{other}`"), accepted(other, METAS))),
    }
}

fn accepted_field<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    quarry_diagnostic::did_you_mean(word, known).map(|near| format!("did you mean `{near}`"))
}

fn constant(node: Node<'_>) -> Result<Value, LoadError> {
    let number = |text: &str| text.replace('_', "");
    let found = match node.value {
        DeValue::String(text) => Some(Value::Text(text.clone().into_owned())),
        DeValue::Integer(integer) => {
            i64::from_str_radix(&number(integer.as_str()), integer.radix()).ok().map(Value::Integer)
        }
        DeValue::Float(float) => number(float.as_str()).parse().ok().map(Value::Double),
        DeValue::Boolean(boolean) => Some(Value::Boolean(*boolean)),
        DeValue::Array(_) => Some(Value::TextList(node.texts()?)),
        DeValue::Datetime(_) | DeValue::Table(_) => None,
    };
    found.ok_or_else(|| {
        let message = format!("a constant cannot be {}", node.value.type_str());
        node.fault(message, "write a string, number, boolean or array of strings".to_owned())
    })
}

fn data_type(node: Node<'_>) -> Result<Type, LoadError> {
    let name = node.text()?;
    TYPES.iter().find(|(known, _)| *known == name).map(|(_, found)| *found).ok_or_else(|| {
        node.fault(format!("unknown type `{name}`"), accepted(name, TYPES.iter().map(|(known, _)| *known)))
    })
}

/// Name of a type as written in a view file.
pub(super) fn type_name(data_type: Type) -> &'static str {
    TYPES.iter().find(|(_, known)| *known == data_type).map_or("null", |(name, _)| name)
}

fn regex(node: Node<'_>) -> Result<Regex, LoadError> {
    Regex::new(node.text()?).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        node.fault("the regular expression is not valid", reason)
    })
}

/// The type of a derivation that states none.
fn infer(derivation: &Derivation) -> Type {
    match derivation {
        Derivation::Constant(value) => value.type_of(),
        Derivation::Path(path) if path.is_multiple() => Type::TextList,
        Derivation::First(items) => items.iter().map(infer).fold(Type::Null, wider),
        Derivation::Upper(from) | Derivation::Lower(from) => infer(from),
        Derivation::Members { .. } => Type::Dynamic,
        Derivation::Present { then, .. } => infer(then),
        Derivation::If { then, otherwise, .. } => wider(infer(then), infer(otherwise)),
        Derivation::EventTime => Type::Timestamp,
        Derivation::Number(_) => Type::Integer,
        _ => Type::Text,
    }
}

/// The type that holds values of both; text where nothing else does.
pub(super) fn wider(left: Type, right: Type) -> Type {
    match (left, right) {
        (Type::Null, other) | (other, Type::Null) => other,
        (left, right) if left == right => left,
        (Type::TextList, _) | (_, Type::TextList) => Type::TextList,
        _ => Type::Text,
    }
}

/// Reads `[table.NAME]`.
pub(super) fn lookup_table(table: Table<'_>) -> Result<LookupTable, LoadError> {
    table.only(&["exact", "patterns", "default"])?;
    let mut found = LookupTable { default: table.optional_text("default")?, ..LookupTable::default() };
    if let Some(exact) = table.get("exact") {
        for entry in exact.table()?.entries() {
            found.exact.insert(entry.key.to_owned(), entry.node.text()?.to_owned());
        }
    }
    let patterns = table.get("patterns").map_or(Ok(Vec::new()), Node::items)?;
    for pattern in patterns {
        match pattern.items()?.as_slice() {
            [expression, value] => found.patterns.push((regex(*expression)?, value.text()?.to_owned())),
            _ => return Err(pattern.fault("a pattern is a pair: expression and value", None)),
        }
    }
    Ok(found)
}
