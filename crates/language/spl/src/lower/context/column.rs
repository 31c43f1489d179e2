//! A field that is known, and its type.

use quarry_plan::{ColumnName, Expression, Type};

/// A field that is known to exist at this point.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: ColumnName,
    pub(crate) data_type: Type,
    /// Whether the field is only a name: no row has a value (a missing field that `table` shows).
    pub(crate) empty: bool,
}

/// Why a field that once existed is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gone {
    /// Renamed to this.
    Renamed(ColumnName),
    /// Taken away by `fields -`.
    Removed,
    /// Set to null.
    Nulled,
}

impl Column {
    /// Whether it is a helper that no query can name.
    pub(crate) fn is_hidden(&self) -> bool {
        !self.name.is_user()
    }
}

/// Whether a field is the platform's own (`_time`) or a helper: patterns leave these out.
pub(crate) fn is_internal(name: &ColumnName) -> bool {
    name.user().is_none_or(|text| text.starts_with('_'))
}

/// The type that holds the values of both.
pub(crate) fn wider(left: Type, right: Type) -> Type {
    match (left, right) {
        (Type::Null, other) | (other, Type::Null) => other,
        (Type::TextList, _) | (_, Type::TextList) => Type::TextList,
        (Type::Integer, Type::Double) | (Type::Double, Type::Integer) => Type::Double,
        (left, right) if left == right => left,
        _ => Type::Text,
    }
}

/// A value of type `have` as one of type `wanted`.
pub(crate) fn convert(value: Expression, have: Type, wanted: Type) -> Expression {
    match (have, wanted) {
        _ if have == wanted => value,
        // The language writes an instant as seconds, not as a calendar date.
        (Type::Timestamp, Type::Text | Type::TextList) => value.cast(Type::Double).cast(wanted),
        _ => value.cast(wanted),
    }
}
