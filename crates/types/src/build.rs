//! Columns of values.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BooleanArray, Decimal256Builder, DurationSecondArray, FixedSizeBinaryBuilder, Float64Array,
        Int64Array, LargeStringArray, ListArray, ListBuilder, NullArray, StringArray, StringBuilder,
        TimestampMicrosecondArray, TimestampSecondArray,
    },
    buffer::{NullBuffer, OffsetBuffer},
    datatypes::{Field, i256},
    error::ArrowError,
};
use quarry_plan::{Decimal, Element, Type, Value};

use crate::{DECIMAL_PRECISION, DECIMAL_SCALE, TICKS, arrow_type};

/// The column of some values; a value of another type than the column's is null.
///
/// # Errors
/// If Arrow refuses them: lists too long for its offsets.
pub fn array_of<'v>(of: Type, values: impl IntoIterator<Item = &'v Value>) -> Result<ArrayRef, ArrowError> {
    let values = values.into_iter();
    Ok(match of {
        Type::Null => Arc::new(NullArray::new(values.count())),
        Type::Text => Arc::new(
            values
                .map(|value| if let Value::Text(text) = value { Some(text.as_str()) } else { None })
                .collect::<StringArray>(),
        ),
        Type::TextList => Arc::new(text_lists(values)),
        Type::List(element) => Arc::new(lists(element, values)?),
        Type::Boolean => Arc::new(
            values
                .map(|value| if let Value::Boolean(value) = value { Some(*value) } else { None })
                .collect::<BooleanArray>(),
        ),
        Type::Integer => Arc::new(
            values
                .map(|value| if let Value::Integer(value) = value { Some(*value) } else { None })
                .collect::<Int64Array>(),
        ),
        Type::Double => Arc::new(
            values
                .map(|value| if let Value::Double(value) = value { Some(*value) } else { None })
                .collect::<Float64Array>(),
        ),
        Type::Decimal => decimals(values)?,
        Type::Timestamp => Arc::new(
            values
                .map(|value| if let Value::Timestamp(value) = value { Some(*value) } else { None })
                .collect::<TimestampMicrosecondArray>()
                .with_timezone("UTC"),
        ),
        Type::Datetime => Arc::new(
            values
                .map(|value| if let Value::Datetime(value) = value { Some(*value) } else { None })
                .collect::<TimestampSecondArray>()
                .with_timezone(TICKS),
        ),
        Type::Timespan => Arc::new(
            values
                .map(|value| if let Value::Timespan(value) = value { Some(*value) } else { None })
                .collect::<DurationSecondArray>(),
        ),
        Type::Guid => guids(values)?,
        Type::Dynamic => Arc::new(
            values
                .map(|value| if let Value::Dynamic(json) = value { Some(json.as_str()) } else { None })
                .collect::<LargeStringArray>(),
        ),
    })
}

fn text_lists<'v>(values: impl Iterator<Item = &'v Value>) -> ListArray {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for value in values {
        if let Value::TextList(texts) = value {
            texts.iter().for_each(|text| builder.values().append_value(text));
            builder.append(true);
        } else {
            builder.append(false);
        }
    }
    builder.finish()
}

fn lists<'v>(element: Element, values: impl Iterator<Item = &'v Value>) -> Result<ListArray, ArrowError> {
    let (mut all, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    for value in values {
        let items = match value {
            Value::List(known, items) if *known == element => Some(items),
            _ => None,
        };
        lengths.push(items.map_or(0, Vec::len));
        valid.push(items.is_some());
        all.extend(items.into_iter().flatten());
    }
    let data_type = element.type_of();
    let field = Arc::new(Field::new_list_field(arrow_type(data_type), true));
    let offsets = OffsetBuffer::from_lengths(lengths);
    ListArray::try_new(field, offsets, array_of(data_type, all)?, Some(NullBuffer::from(valid)))
}

fn decimals<'v>(values: impl Iterator<Item = &'v Value>) -> Result<ArrayRef, ArrowError> {
    let mut builder = Decimal256Builder::new();
    for value in values {
        builder.append_option(if let Value::Decimal(value) = value { Some(carried(*value)) } else { None });
    }
    Ok(Arc::new(builder.finish().with_precision_and_scale(DECIMAL_PRECISION, DECIMAL_SCALE)?))
}

/// A decimal at the scale of its column: no more than 76 digits, so nothing wraps.
fn carried(value: Decimal) -> i256 {
    let missing = DECIMAL_SCALE.unsigned_abs().saturating_sub(value.scale());
    i256::from_i128(value.digits()).wrapping_mul(i256::from_i128(10).wrapping_pow(u32::from(missing)))
}

fn guids<'v>(values: impl Iterator<Item = &'v Value>) -> Result<ArrayRef, ArrowError> {
    let mut builder = FixedSizeBinaryBuilder::new(16);
    for value in values {
        match value {
            Value::Guid(bits) => builder.append_value(bits.to_be_bytes())?,
            _ => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}
