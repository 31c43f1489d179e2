//! The waist's types as Arrow columns: which Arrow type carries which, and values in and out of columns.
//!
//! This is the only table of that kind. Where Arrow has no type of its own for one of the waist's, the carrier is one
//! that nothing else here uses, so that the type can be told from the column, and whose own order, equality and
//! hash are those of the waist's type, so that sorts, groups, joins, `min` and `max` need no rule of theirs.

mod build;
mod read;
mod show;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, TimeUnit};
use quarry_plan::Type;

pub use build::array_of;
pub use read::value_at;
pub use show::{presented, presented_schema, text_at};

/// Digits behind the point of a decimal column, of 76 in all: as many before and behind as a
/// [`quarry_plan::Decimal`] may have.
const DECIMAL_SCALE: i8 = 38;
const DECIMAL_PRECISION: u8 = 76;
/// The zone of datetimes. There is none of this name: what takes the ticks for seconds fails and does not
/// show another instant.
const TICKS: &str = "ticks";

/// The Arrow type that carries a type of the waist.
#[must_use]
pub fn arrow_type(of: Type) -> DataType {
    match of {
        Type::Null => DataType::Null,
        Type::Boolean => DataType::Boolean,
        Type::Integer => DataType::Int64,
        Type::Double => DataType::Float64,
        Type::Decimal => DataType::Decimal256(DECIMAL_PRECISION, DECIMAL_SCALE),
        Type::Text => DataType::Utf8,
        Type::TextList => list(DataType::Utf8),
        Type::List(element) => list(arrow_type(element.type_of())),
        Type::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC"))),
        Type::Datetime => DataType::Timestamp(TimeUnit::Second, Some(Arc::from(TICKS))),
        Type::Timespan => DataType::Duration(TimeUnit::Second),
        Type::Guid => DataType::FixedSizeBinary(16),
        Type::Dynamic => DataType::LargeUtf8,
    }
}

fn list(element: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(element, true)))
}

/// The type of the waist nearest to an Arrow type; what has no counterpart is `Text`.
#[must_use]
pub fn waist_type(of: &DataType) -> Type {
    match of {
        DataType::Null => Type::Null,
        DataType::Boolean => Type::Boolean,
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => Type::Integer,
        DataType::UInt64
        | DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..) => Type::Double,
        DataType::Decimal256(..) => Type::Decimal,
        DataType::Timestamp(TimeUnit::Second, Some(zone)) if &**zone == TICKS => Type::Datetime,
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => Type::Timestamp,
        DataType::Duration(TimeUnit::Second) => Type::Timespan,
        DataType::FixedSizeBinary(16) => Type::Guid,
        DataType::LargeUtf8 => Type::Dynamic,
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::ListView(field)
        | DataType::LargeListView(field) => waist_type(field.data_type()).list().unwrap_or(Type::TextList),
        DataType::Dictionary(_, value) => waist_type(value),
        _ => Type::Text,
    }
}
