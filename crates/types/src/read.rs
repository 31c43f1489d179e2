//! Values out of columns.

use arrow::{
    array::{Array, AsArray, FixedSizeBinaryArray},
    compute::cast,
    datatypes::{
        DataType, Decimal256Type, DurationSecondType, Float64Type, Int64Type, TimestampMicrosecondType,
        TimestampSecondType, i256,
    },
};
use quarry_plan::{Decimal, Type, Value};

use crate::{arrow_type, waist_type};

/// The value in a row of a column; null where there is none, or no such row. A column of a type that carries
/// none of the waist's is read as the nearest.
#[must_use]
pub fn value_at(column: &dyn Array, row: usize) -> Value {
    if row >= column.len() || column.is_null(row) {
        return Value::Null;
    }
    let data_type = waist_type(column.data_type());
    if !is_carrier(column.data_type(), data_type) {
        return match cast(&column.slice(row, 1), &arrow_type(data_type)) {
            Ok(column) => carried(&*column, data_type, 0),
            Err(_) => None,
        }
        .unwrap_or(Value::Null);
    }
    carried(column, data_type, row).unwrap_or(Value::Null)
}

fn is_carrier(of: &DataType, data_type: Type) -> bool {
    match (of, arrow_type(data_type)) {
        // How a list names its elements is no difference.
        (DataType::List(have), DataType::List(wanted)) => have.data_type() == wanted.data_type(),
        // Averages have more digits behind the point.
        (DataType::Decimal256(..), _) => true,
        (of, wanted) => *of == wanted,
    }
}

fn carried(column: &dyn Array, data_type: Type, row: usize) -> Option<Value> {
    Some(match data_type {
        Type::Null => Value::Null,
        Type::Boolean => Value::Boolean(column.as_boolean_opt()?.value(row)),
        Type::Integer => Value::Integer(column.as_primitive_opt::<Int64Type>()?.value(row)),
        Type::Double => Value::Double(column.as_primitive_opt::<Float64Type>()?.value(row)),
        Type::Decimal => {
            let DataType::Decimal256(_, scale) = column.data_type() else { return None };
            Value::Decimal(decimal(column.as_primitive_opt::<Decimal256Type>()?.value(row), *scale)?)
        }
        Type::Text => Value::Text(column.as_string_opt::<i32>()?.value(row).to_owned()),
        Type::TextList => {
            let items = column.as_list_opt::<i32>()?.value(row);
            let texts = items.as_string_opt::<i32>().into_iter().flatten().flatten();
            Value::TextList(texts.map(str::to_owned).collect())
        }
        Type::List(element) => {
            let items = column.as_list_opt::<i32>()?.value(row);
            Value::List(element, (0..items.len()).map(|item| value_at(&*items, item)).collect())
        }
        Type::Timestamp => {
            Value::Timestamp(column.as_primitive_opt::<TimestampMicrosecondType>()?.value(row))
        }
        Type::Datetime => Value::Datetime(column.as_primitive_opt::<TimestampSecondType>()?.value(row)),
        Type::Timespan => Value::Timespan(column.as_primitive_opt::<DurationSecondType>()?.value(row)),
        Type::Guid => {
            let bytes = column.as_any().downcast_ref::<FixedSizeBinaryArray>()?.value(row);
            Value::Guid(u128::from_be_bytes(bytes.try_into().ok()?))
        }
        Type::Dynamic => Value::Dynamic(column.as_string_opt::<i64>()?.value(row).to_owned()),
    })
}

/// The decimal of a carrier; what has more than 38 digits loses the last of those behind the point, and is
/// null if they do not suffice.
fn decimal(mut digits: i256, scale: i8) -> Option<Decimal> {
    let mut scale = u8::try_from(scale).ok()?;
    let ten = i256::from_i128(10);
    let most = i256::from_i128(10_i128.pow(38));
    let is_short = |digits: i256| digits < most && digits > most.wrapping_neg();
    while scale > 0 && (scale > 38 || !is_short(digits) || digits.wrapping_rem(ten) == i256::ZERO) {
        digits = digits.wrapping_div(ten);
        scale -= 1;
    }
    Decimal::new(digits.to_i128()?, scale)
}
