//! From the raw values of a record to the values of columns.

use std::{borrow::Cow, sync::Arc};

use quarry_plan::{
    Type, Value, name_number,
    text::{json_of_text, parse_datetime, parse_guid, parse_timespan, ticks_of_micros},
};
use quarry_views::{Derivation, LookupTable};
use regex::Regex;

use crate::{
    json::{Extractor, Kind, PathSet},
    measure, object,
    time::{format_time, parse_time},
};

/// A value on its way into a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Derived<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    Double(f64),
    Timestamp(i64),
    Text(Cow<'a, str>),
    /// A number as it is written.
    Number(&'a str),
    /// An object or array as it is written.
    Json(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
}

/// What a derivation may ask of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub record: &'a str,
    pub object: &'a str,
    /// Offset of the record, and its index inside a wrapping value.
    pub place: (usize, Option<usize>),
    pub time: Option<i64>,
    pub log_type: &'a str,
    pub found: &'a Extractor,
    pub null_is_text: bool,
}

/// A derivation whose paths are resolved to indexes of a path set.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Constant(Value),
    /// A path of one value.
    One(usize),
    /// A path of any number of values.
    Every(usize),
    First(Vec<Node>),
    Capture(Box<Node>, Arc<Regex>),
    Lookup(Box<Node>, Arc<LookupTable>),
    /// Names, the expression for one, and values.
    At(Box<Node>, Arc<Regex>, Box<Node>),
    Present(Box<Node>, Box<Node>),
    If(Box<Choice>),
    Concat(Vec<Node>),
    Compact(Box<Node>),
    /// An object, and the members it has where it lacks them.
    Members(Box<Node>, Vec<(String, Node)>),
    Upper(Box<Node>),
    Lower(Box<Node>),
    Number(Box<Node>),
    Weekday(Box<Node>),
    Punctuation(Box<Node>),
    /// What is looked for, in what, and whether its end counts.
    Offset(Box<Node>, Box<Node>, bool),
    EventTime,
    Raw,
    Object,
    Record,
    LogType,
}

#[derive(Debug, Clone)]
pub(crate) struct Choice {
    when: Node,
    pattern: Arc<Regex>,
    then: Node,
    otherwise: Node,
}

impl Node {
    /// Compiles a derivation; its paths are added to `set`.
    pub(crate) fn new(derivation: &Derivation, set: &mut PathSet) -> Self {
        let mut inner = |derivation: &Derivation| Box::new(Self::new(derivation, set));
        match derivation {
            Derivation::Constant(value) => Self::Constant(value.clone()),
            Derivation::Path(path) if path.is_multiple() => Self::Every(set.add(path)),
            Derivation::Path(path) => Self::One(set.add(path)),
            Derivation::First(items) => Self::First(items.iter().map(|item| Self::new(item, set)).collect()),
            Derivation::Concat(items) => {
                Self::Concat(items.iter().map(|item| Self::new(item, set)).collect())
            }
            Derivation::Capture { from, pattern } => Self::Capture(inner(from), Arc::clone(pattern)),
            Derivation::Lookup { from, table } => Self::Lookup(inner(from), Arc::clone(table)),
            Derivation::At { names, pattern, from } => {
                Self::At(inner(names), Arc::clone(pattern), inner(from))
            }
            Derivation::Present { when, then } => Self::Present(inner(when), inner(then)),
            Derivation::If { when, pattern, then, otherwise } => Self::If(Box::new(Choice {
                when: Self::new(when, set),
                pattern: Arc::clone(pattern),
                then: Self::new(then, set),
                otherwise: Self::new(otherwise, set),
            })),
            Derivation::Compact(from) => Self::Compact(inner(from)),
            Derivation::Members { from, with } => {
                let from = inner(from);
                let member = |(name, value): &(String, Derivation)| (name.clone(), Self::new(value, set));
                Self::Members(from, with.iter().map(member).collect())
            }
            Derivation::Upper(from) => Self::Upper(inner(from)),
            Derivation::Lower(from) => Self::Lower(inner(from)),
            Derivation::Number(from) => Self::Number(inner(from)),
            Derivation::Weekday(from) => Self::Weekday(inner(from)),
            Derivation::Punctuation(from) => Self::Punctuation(inner(from)),
            Derivation::Offset { of, within, end } => Self::Offset(inner(of), inner(within), *end),
            Derivation::EventTime => Self::EventTime,
            Derivation::Raw => Self::Raw,
            Derivation::Object => Self::Object,
            Derivation::Record => Self::Record,
            Derivation::LogType => Self::LogType,
        }
    }

    /// The value for a column: a JSON null read directly may be the text `null`.
    pub(crate) fn column<'a>(&'a self, row: &Row<'a>) -> Derived<'a> {
        if row.null_is_text
            && let Self::One(path) = self
            && row.found.one(*path).is_some_and(|raw| raw.kind == Kind::Null)
        {
            return Derived::Text(Cow::Borrowed("null"));
        }
        self.derive(row)
    }

    /// The value; a JSON null is none.
    pub(crate) fn derive<'a>(&'a self, row: &Row<'a>) -> Derived<'a> {
        match self {
            Self::Constant(value) => constant(value),
            Self::One(path) => one(row, *path),
            Self::Every(path) => every(row, *path),
            Self::First(items) => items
                .iter()
                .map(|item| item.derive(row))
                .find(|value| *value != Derived::Null)
                .unwrap_or(Derived::Null),
            Self::Capture(from, pattern) => captured(&from.derive(row), pattern),
            Self::Lookup(from, table) => match from.derive(row).into_text() {
                Some(key) => {
                    table.get(&key).map_or(Derived::Null, |value| Derived::Text(Cow::Borrowed(value)))
                }
                None => Derived::Null,
            },
            Self::At(names, pattern, from) => at(&names.derive(row), pattern, from.derive(row)),
            Self::Present(when, then) => match when.derive(row) {
                Derived::Null => Derived::Null,
                _ => then.derive(row),
            },
            Self::If(choice) => {
                let is_match =
                    choice.when.derive(row).texts().iter().any(|text| choice.pattern.is_match(text));
                if is_match { choice.then.derive(row) } else { choice.otherwise.derive(row) }
            }
            Self::Concat(items) => concatenated(items, row),
            Self::Compact(from) => match from.derive(row) {
                Derived::Json(json) => Derived::Text(object::compact(json)),
                other => other,
            },
            Self::Members(from, with) => {
                let members = with.iter().filter_map(|(name, value)| {
                    value.derive(row).into_json().map(|json| (name.as_str(), json))
                });
                object::with_members(from.derive(row), members)
            }
            Self::Upper(from) => from.derive(row).map_text(str::to_uppercase),
            Self::Lower(from) => from.derive(row).map_text(str::to_lowercase),
            Self::Number(from) => {
                let text = from.derive(row).into_text();
                text.map_or(Derived::Null, |text| Derived::Integer(name_number(&text)))
            }
            Self::Weekday(from) => measured(from, row, |text| measure::weekday(text).map(Cow::Borrowed)),
            Self::Punctuation(from) => {
                measured(from, row, |text| Some(Cow::Owned(measure::punctuation(text))))
            }
            Self::Offset(of, within, end) => measured(within, row, |text| {
                let offset = measure::offset(text, &of.derive(row).into_text()?, *end)?;
                Some(Cow::Owned(offset.to_string()))
            }),
            Self::EventTime => row.time.map_or(Derived::Null, Derived::Timestamp),
            Self::Raw => Derived::Text(Cow::Borrowed(row.record)),
            Self::Object => Derived::Text(Cow::Borrowed(row.object)),
            Self::Record => Derived::Text(Cow::Owned(match row.place {
                (offset, Some(index)) => format!("{offset}+{index}"),
                (offset, None) => offset.to_string(),
            })),
            Self::LogType => Derived::Text(Cow::Borrowed(row.log_type)),
        }
    }
}

fn constant(value: &Value) -> Derived<'_> {
    match value {
        Value::Null => Derived::Null,
        Value::Boolean(value) => Derived::Boolean(*value),
        Value::Integer(value) => Derived::Integer(*value),
        Value::Double(value) => Derived::Double(*value),
        Value::Timestamp(value) => Derived::Timestamp(*value),
        Value::Text(value) => Derived::Text(Cow::Borrowed(value)),
        Value::TextList(values) => {
            Derived::List(values.iter().map(|value| Cow::Borrowed(value.as_str())).collect())
        }
        other => other.text().map_or(Derived::Null, |text| Derived::Text(Cow::Owned(text))),
    }
}

fn one<'a>(row: &Row<'a>, path: usize) -> Derived<'a> {
    let Some(raw) = row.found.one(path) else { return Derived::Null };
    match raw.kind {
        Kind::Null => Derived::Null,
        Kind::True => Derived::Boolean(true),
        Kind::False => Derived::Boolean(false),
        Kind::Number => Derived::Number(raw.written(row.record)),
        Kind::Object | Kind::Array => Derived::Json(Cow::Borrowed(raw.written(row.record))),
        Kind::Text | Kind::EscapedText => raw.text(row.record).map_or(Derived::Null, Derived::Text),
    }
}

fn every<'a>(row: &Row<'a>, path: usize) -> Derived<'a> {
    let null = || row.null_is_text.then_some(Cow::Borrowed("null"));
    let texts: Vec<Cow<'a, str>> = row
        .found
        .all(path)
        .iter()
        .filter_map(|raw| if raw.kind == Kind::Null { null() } else { raw.text(row.record) })
        .collect();
    if texts.is_empty() { Derived::Null } else { Derived::List(texts) }
}

fn captured<'a>(from: &Derived<'_>, pattern: &Regex) -> Derived<'a> {
    let found = from.texts().iter().find_map(|text| {
        let captures = pattern.captures(text)?;
        captures
            .get(1)
            .or_else(|| captures.get(0).filter(|_| captures.len() == 1))
            .map(|found| found.as_str().to_owned())
    });
    found.map_or(Derived::Null, |text| Derived::Text(Cow::Owned(text)))
}

fn at<'a>(names: &Derived<'_>, pattern: &Regex, from: Derived<'a>) -> Derived<'a> {
    let Some(place) = names.texts().iter().position(|name| pattern.is_match(name)) else {
        return Derived::Null;
    };
    match from {
        Derived::List(mut values) if place < values.len() => Derived::Text(values.swap_remove(place)),
        Derived::List(_) => Derived::Null,
        one if place == 0 => one,
        _ => Derived::Null,
    }
}

fn measured<'a>(
    from: &'a Node,
    row: &Row<'a>,
    measure: impl Fn(&str) -> Option<Cow<'static, str>>,
) -> Derived<'a> {
    from.derive(row).into_text().and_then(|text| measure(&text)).map_or(Derived::Null, Derived::Text)
}

fn concatenated<'a>(items: &'a [Node], row: &Row<'a>) -> Derived<'a> {
    let mut joined = String::new();
    for item in items {
        match item.derive(row).into_text() {
            Some(text) => joined.push_str(&text),
            None => return Derived::Null,
        }
    }
    Derived::Text(Cow::Owned(joined))
}

impl<'a> Derived<'a> {
    /// As one text: a list joins with line feeds; none for null, objects and arrays.
    pub(crate) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Null | Self::Json(_) => None,
            Self::Text(text) => Some(text),
            Self::Number(text) => Some(Cow::Borrowed(text)),
            Self::Boolean(value) => Some(Cow::Borrowed(if value { "true" } else { "false" })),
            Self::Integer(value) => Some(Cow::Owned(value.to_string())),
            Self::Double(value) => Some(Cow::Owned(value.to_string())),
            Self::Timestamp(value) => Some(Cow::Owned(format_time(value))),
            Self::List(texts) => Some(Cow::Owned(texts.join("\n"))),
        }
    }

    /// As texts: the elements of a list, or the one text.
    pub(crate) fn texts(&self) -> Vec<Cow<'_, str>> {
        match self {
            Self::List(texts) => texts.iter().map(|text| Cow::Borrowed(&**text)).collect(),
            Self::Text(text) => vec![Cow::Borrowed(&**text)],
            other => {
                other.clone().into_text().map(|text| Cow::Owned(text.into_owned())).into_iter().collect()
            }
        }
    }

    fn map_text(self, change: impl Fn(&str) -> String) -> Self {
        match self {
            Self::List(texts) => Self::List(texts.iter().map(|text| Cow::Owned(change(text))).collect()),
            other => other.into_text().map_or(Self::Null, |text| Self::Text(Cow::Owned(change(&text)))),
        }
    }

    /// As JSON: a text in quotes, numbers, objects and arrays as they are written.
    pub(crate) fn into_json(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Null => None,
            Self::Json(text) => Some(text),
            Self::Number(text) => Some(Cow::Borrowed(text)),
            Self::Boolean(_) | Self::Integer(_) => self.into_text(),
            Self::Double(value) if value.is_finite() => self.into_text(),
            Self::List(texts) => {
                let items: Vec<String> = texts.iter().map(|text| json_of_text(text)).collect();
                Some(Cow::Owned(format!("[{}]", items.join(","))))
            }
            other => other.into_text().map(|text| Cow::Owned(json_of_text(&text))),
        }
    }

    /// As a value of one of the types that have no builder of their own.
    pub(crate) fn value(&self, of: Type) -> Value {
        self.typed(of).unwrap_or(Value::Null)
    }

    fn typed(&self, of: Type) -> Option<Value> {
        Some(match (of, self) {
            (Type::Boolean, _) => Value::Boolean(self.boolean()?),
            (Type::Integer, _) => Value::Integer(self.integer()?),
            (Type::Double, _) => Value::Double(self.double()?),
            (Type::Timestamp, _) => Value::Timestamp(self.timestamp()?),
            (Type::Dynamic, _) => Value::Dynamic(self.clone().into_json()?.into_owned()),
            (Type::Decimal, Self::Number(text)) => Value::Decimal(text.parse().ok()?),
            (Type::Decimal, Self::Text(text)) => Value::Decimal(text.trim_ascii().parse().ok()?),
            (Type::Decimal, _) => Value::Decimal(self.integer()?.into()),
            (Type::Datetime, Self::Text(text)) if parse_datetime(text).is_some() => {
                Value::Datetime(parse_datetime(text)?)
            }
            (Type::Datetime, _) => Value::Datetime(ticks_of_micros(self.timestamp()?)?),
            (Type::Timespan, Self::Text(text)) => Value::Timespan(parse_timespan(text)?),
            (Type::Guid, Self::Text(text)) => Value::Guid(parse_guid(text)?),
            (Type::List(element), Self::List(texts)) => {
                let one = |text: &Cow<'_, str>| Derived::Text(Cow::Borrowed(text)).value(element.type_of());
                Value::List(element, texts.iter().map(one).collect())
            }
            _ => return None,
        })
    }

    pub(crate) fn boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            // Epoch milliseconds, as the plan converts times to integers.
            Self::Timestamp(value) => Some(value.div_euclid(1_000)),
            Self::Number(text) => integer(text),
            Self::Text(text) => integer(text.trim_ascii()),
            Self::Double(value) => whole(*value),
            _ => None,
        }
    }

    pub(crate) fn double(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "a double holds what it can")]
            Self::Integer(value) => Some(*value as f64),
            // Epoch seconds, as the plan converts times to doubles.
            #[expect(clippy::cast_precision_loss, reason = "microseconds of this age fit a double")]
            Self::Timestamp(value) => Some(*value as f64 / 1e6),
            Self::Double(value) => Some(*value),
            Self::Number(text) => text.parse().ok(),
            Self::Text(text) => decimal(text.trim_ascii()),
            _ => None,
        }
    }

    pub(crate) fn timestamp(&self) -> Option<i64> {
        match self {
            Self::Timestamp(value) => Some(*value),
            Self::Number(text) => parse_time(text),
            Self::Text(text) => parse_time(text),
            Self::Integer(value) => parse_time(&value.to_string()),
            Self::Double(value) => parse_time(&value.to_string()),
            _ => None,
        }
    }
}

fn integer(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| decimal(text).and_then(whole))
}

/// A number in decimal writing; Rust would also read `inf` and `nan`.
fn decimal(text: &str) -> Option<f64> {
    let looks_numeric =
        text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    text.parse().ok().filter(|_| looks_numeric)
}

fn whole(value: f64) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "within the range where doubles hold whole numbers exactly"
    )]
    (value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0).then_some(value as i64)
}
