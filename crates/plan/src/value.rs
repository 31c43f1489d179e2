//! The one type lattice of all languages.

use serde::{Deserialize, Serialize};

use crate::{Decimal, Operand, text};

/// The type of a column or expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Type {
    /// Only the null value.
    Null,
    /// True or false.
    Boolean,
    /// 64-bit signed integer.
    Integer,
    /// 64-bit floating point.
    Double,
    /// Decimal number, exact, of up to 38 digits before and behind the point.
    Decimal,
    /// UTF-8 text.
    Text,
    /// A list of texts (a Splunk multivalue field).
    TextList,
    /// A list of anything else that is no list.
    List(Element),
    /// Microseconds since 1970-01-01 UTC.
    Timestamp,
    /// Ticks of 100 nanoseconds since 0001-01-01 UTC, up to the end of the year 9999.
    Datetime,
    /// Ticks of 100 nanoseconds, of either sign.
    Timespan,
    /// 128 bits, shown in groups of hexadecimal digits.
    Guid,
    /// A JSON value, which keeps whether it is a number, a text, an object and so on, as JSON text.
    Dynamic,
}

/// What a list holds that is no list of texts: that is [`Type::TextList`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Element {
    /// [`Type::Boolean`].
    Boolean,
    /// [`Type::Integer`].
    Integer,
    /// [`Type::Double`].
    Double,
    /// [`Type::Decimal`].
    Decimal,
    /// [`Type::Timestamp`].
    Timestamp,
    /// [`Type::Datetime`].
    Datetime,
    /// [`Type::Timespan`].
    Timespan,
    /// [`Type::Guid`].
    Guid,
    /// [`Type::Dynamic`].
    Dynamic,
}

impl Element {
    /// All, each once.
    pub const ALL: [Self; 9] = [
        Self::Boolean,
        Self::Integer,
        Self::Double,
        Self::Decimal,
        Self::Timestamp,
        Self::Datetime,
        Self::Timespan,
        Self::Guid,
        Self::Dynamic,
    ];

    /// The type of one value.
    #[must_use]
    pub fn type_of(self) -> Type {
        match self {
            Self::Boolean => Type::Boolean,
            Self::Integer => Type::Integer,
            Self::Double => Type::Double,
            Self::Decimal => Type::Decimal,
            Self::Timestamp => Type::Timestamp,
            Self::Datetime => Type::Datetime,
            Self::Timespan => Type::Timespan,
            Self::Guid => Type::Guid,
            Self::Dynamic => Type::Dynamic,
        }
    }
}

impl Type {
    /// All types, each once.
    pub fn all() -> impl Iterator<Item = Self> {
        let scalars = [Self::Null, Self::Text, Self::TextList].into_iter();
        scalars
            .chain(Element::ALL.into_iter().map(Element::type_of))
            .chain(Element::ALL.into_iter().map(Self::List))
    }

    /// The type of a list of values of this type; none of lists and of nothing but null.
    #[must_use]
    pub fn list(self) -> Option<Self> {
        if self == Self::Text {
            return Some(Self::TextList);
        }
        Element::ALL.into_iter().find(|element| element.type_of() == self).map(Self::List)
    }

    /// The type of the values of a list; none of what is no list.
    #[must_use]
    pub fn element(self) -> Option<Self> {
        match self {
            Self::TextList => Some(Self::Text),
            Self::List(element) => Some(element.type_of()),
            _ => None,
        }
    }

    /// Its name in plans that are written down: `integer`, `list of integer`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Double => "double",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::TextList => "list of text",
            Self::Timestamp => "timestamp",
            Self::Datetime => "datetime",
            Self::Timespan => "timespan",
            Self::Guid => "guid",
            Self::Dynamic => "dynamic",
            Self::List(Element::Boolean) => "list of boolean",
            Self::List(Element::Integer) => "list of integer",
            Self::List(Element::Double) => "list of double",
            Self::List(Element::Decimal) => "list of decimal",
            Self::List(Element::Timestamp) => "list of timestamp",
            Self::List(Element::Datetime) => "list of datetime",
            Self::List(Element::Timespan) => "list of timespan",
            Self::List(Element::Guid) => "list of guid",
            Self::List(Element::Dynamic) => "list of dynamic",
        }
    }

    /// The type of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|known| known.name() == name)
    }
}

/// A constant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// 64-bit signed integer.
    Integer(i64),
    /// 64-bit floating point.
    Double(#[serde(with = "exact")] f64),
    /// Exact decimal number.
    Decimal(Decimal),
    /// UTF-8 text.
    Text(String),
    /// A list of texts.
    TextList(Vec<String>),
    /// A list of values of one type; what is of another counts as null.
    List(Element, Vec<Value>),
    /// Microseconds since 1970-01-01 UTC.
    Timestamp(i64),
    /// Ticks of 100 nanoseconds since 0001-01-01 UTC.
    Datetime(i64),
    /// Ticks of 100 nanoseconds.
    Timespan(i64),
    /// The 128 bits, the first digit shown the highest.
    Guid(u128),
    /// JSON text.
    Dynamic(String),
}

impl Value {
    /// The value for a comparison; none for a list, of which each value compares, and for JSON, which does not.
    #[must_use]
    pub fn operand(&self) -> Option<Operand<'_>> {
        Some(match self {
            Self::Null => Operand::Null,
            Self::Boolean(value) => Operand::Boolean(*value),
            Self::Integer(value) => Operand::Integer(*value),
            Self::Double(value) => Operand::Number(*value),
            Self::Text(value) => Operand::Text(value),
            Self::Timestamp(micros) => Operand::Timestamp(*micros),
            Self::Decimal(value) => Operand::Decimal(*value),
            Self::Datetime(ticks) => Operand::Datetime(*ticks),
            Self::Timespan(ticks) => Operand::Timespan(*ticks),
            Self::Guid(bits) => Operand::Guid(*bits),
            Self::TextList(_) | Self::List(..) | Self::Dynamic(_) => return None,
        })
    }

    /// The type of the constant.
    #[must_use]
    pub fn type_of(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Boolean(_) => Type::Boolean,
            Self::Integer(_) => Type::Integer,
            Self::Double(_) => Type::Double,
            Self::Decimal(_) => Type::Decimal,
            Self::Text(_) => Type::Text,
            Self::TextList(_) => Type::TextList,
            Self::List(element, _) => Type::List(*element),
            Self::Timestamp(_) => Type::Timestamp,
            Self::Datetime(_) => Type::Datetime,
            Self::Timespan(_) => Type::Timespan,
            Self::Guid(_) => Type::Guid,
            Self::Dynamic(_) => Type::Dynamic,
        }
    }

    /// The value as people read it: instants as ISO 8601 in UTC, timespans as `d.hh:mm:ss.fffffff`, a JSON
    /// text without its quotes, lists joined by line feeds; none for null, JSON's too.
    ///
    /// ```
    /// use quarry_plan::Value;
    /// assert_eq!(Value::Timespan(36_610_000_000).text().unwrap(), "01:01:01");
    /// assert_eq!(Value::Dynamic("\"1\"".to_owned()).text().unwrap(), "1");
    /// ```
    #[must_use]
    pub fn text(&self) -> Option<String> {
        Some(match self {
            Self::Null => return None,
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Double(value) => value.to_string(),
            Self::Decimal(value) => value.to_string(),
            Self::Text(value) => value.clone(),
            Self::TextList(items) => items.join("\n"),
            Self::List(_, items) => items.iter().filter_map(Self::text).collect::<Vec<_>>().join("\n"),
            Self::Timestamp(micros) => jiff::Timestamp::from_microsecond(*micros).ok()?.to_string(),
            Self::Datetime(ticks) => text::datetime_text(*ticks)?,
            Self::Timespan(ticks) => text::timespan_text(*ticks),
            Self::Guid(bits) => text::guid_text(*bits),
            Self::Dynamic(json) => return text::json_text(json).map(std::borrow::Cow::into_owned),
        })
    }
}

/// Numbers as text: JSON has neither infinities nor NaN.
mod exact {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[allow(clippy::trivially_copy_pass_by_ref)] // the signature is serde's
    pub(super) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{value:?}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom("a number is expected"))
    }
}
