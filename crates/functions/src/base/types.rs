//! The waist's types as Arrow types.

use std::sync::Arc;

use arrow::array::{ListBuilder, StringBuilder};
use arrow::datatypes::{DataType, Field, TimeUnit};
use datafusion_common::ScalarValue;
use quarry_plan::Type;

/// The Arrow type of a waist type: `Text` and `Dynamic` are `Utf8`, `TextList` is `List<Utf8>`,
/// `Timestamp` is microseconds in UTC.
#[must_use]
pub fn data_type(of: Type) -> DataType {
    match of {
        Type::Null => DataType::Null,
        Type::Boolean => DataType::Boolean,
        Type::Integer => DataType::Int64,
        Type::Double => DataType::Float64,
        Type::Text | Type::Dynamic => DataType::Utf8,
        Type::TextList => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
        Type::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC"))),
    }
}

/// The waist type nearest to an Arrow type; what has no counterpart is `Text`.
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
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => Type::Double,
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => Type::Timestamp,
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::ListView(_)
        | DataType::LargeListView(_) => Type::TextList,
        DataType::Dictionary(_, value) => waist_type(value),
        _ => Type::Text,
    }
}

/// A constant list of texts.
pub(crate) fn list_scalar<'t>(values: impl Iterator<Item = &'t str>) -> ScalarValue {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for value in values {
        builder.values().append_value(value);
    }
    builder.append(true);
    ScalarValue::List(Arc::new(builder.finish()))
}
