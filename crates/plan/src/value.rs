//! The one type lattice of all languages.

use crate::Operand;

/// The type of a column or expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// Only the null value.
    Null,
    /// True or false.
    Boolean,
    /// 64-bit signed integer.
    Integer,
    /// 64-bit floating point.
    Double,
    /// UTF-8 text.
    Text,
    /// A list of texts (a Splunk multivalue field).
    TextList,
    /// Microseconds since 1970-01-01 UTC.
    Timestamp,
    /// Raw JSON text of an object, array or scalar.
    Dynamic,
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// 64-bit signed integer.
    Integer(i64),
    /// 64-bit floating point.
    Double(f64),
    /// UTF-8 text.
    Text(String),
    /// A list of texts.
    TextList(Vec<String>),
    /// Microseconds since 1970-01-01 UTC.
    Timestamp(i64),
}

impl Value {
    /// The value for a comparison; none for a list, of which each value compares.
    #[must_use]
    pub fn operand(&self) -> Option<Operand<'_>> {
        Some(match self {
            Self::Null => Operand::Null,
            Self::Boolean(value) => Operand::Boolean(*value),
            Self::Integer(value) => Operand::Integer(*value),
            Self::Double(value) => Operand::Number(*value),
            Self::Text(value) => Operand::Text(value),
            Self::Timestamp(micros) => Operand::Timestamp(*micros),
            Self::TextList(_) => return None,
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
            Self::Text(_) => Type::Text,
            Self::TextList(_) => Type::TextList,
            Self::Timestamp(_) => Type::Timestamp,
        }
    }
}
