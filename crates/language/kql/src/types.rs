//! Kusto's static types.

use std::fmt;

use quarry_plan::Type;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// True or false.
    Bool,
    /// 32-bit integer.
    Int,
    /// 64-bit integer.
    Long,
    /// 64-bit floating point.
    Real,
    /// Exact decimal.
    Decimal,
    /// Text, which is never null.
    String,
    /// An instant of 100 ns.
    Datetime,
    /// A duration of 100 ns.
    Timespan,
    /// 128 bits.
    Guid,
    /// JSON.
    Dynamic,
    /// What could not be told, since something else is wrong.
    Unknown,
}

impl Kind {
    /// The type of a name, old names too.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "bool" | "boolean" => Self::Bool,
            "int" | "int8" | "int16" | "int32" | "uint8" | "uint16" | "uint32" | "uint" | "ushort"
            | "short" => Self::Int,
            "long" | "int64" | "uint64" | "ulong" => Self::Long,
            "real" | "double" | "float" => Self::Real,
            "decimal" => Self::Decimal,
            "string" => Self::String,
            "datetime" | "date" => Self::Datetime,
            "timespan" | "time" => Self::Timespan,
            "guid" | "uuid" | "uniqueid" => Self::Guid,
            "dynamic" | "object" => Self::Dynamic,
            _ => return None,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Long => "long",
            Self::Real => "real",
            Self::Decimal => "decimal",
            Self::String => "string",
            Self::Datetime => "datetime",
            Self::Timespan => "timespan",
            Self::Guid => "guid",
            Self::Dynamic => "dynamic",
            Self::Unknown => "unknown",
        }
    }

    /// The type that carries it in plans.
    #[must_use]
    pub fn carrier(self) -> Type {
        match self {
            Self::Bool => Type::Boolean,
            Self::Int | Self::Long => Type::Integer,
            Self::Real => Type::Double,
            Self::Decimal => Type::Decimal,
            Self::String => Type::Text,
            Self::Datetime => Type::Datetime,
            Self::Timespan => Type::Timespan,
            Self::Guid => Type::Guid,
            Self::Dynamic | Self::Unknown => Type::Dynamic,
        }
    }

    /// Whether it is an integer.
    #[must_use]
    pub fn is_integer(self) -> bool {
        matches!(self, Self::Int | Self::Long)
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Long | Self::Real | Self::Decimal)
    }

    /// Whether sums of it make sense.
    #[must_use]
    pub fn is_summable(self) -> bool {
        self.is_number() || matches!(self, Self::Datetime | Self::Timespan)
    }

    /// The wider of two numbers.
    #[must_use]
    pub fn widest(self, other: Self) -> Self {
        let rank = |kind: Self| match kind {
            Self::Int => 0,
            Self::Long => 1,
            Self::Real => 2,
            Self::Decimal => 3,
            _ => -1,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
