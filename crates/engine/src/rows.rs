//! Record batches as rows of the waist.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{Float64Type, Int64Type, Schema, TimestampMicrosecondType},
    record_batch::RecordBatch,
};
use quarry_functions::waist_type;
use quarry_plan::{Rows, Type, Value};

/// The rows of some batches of one schema.
#[must_use]
pub fn rows_of(schema: &Schema, batches: &[RecordBatch]) -> Rows {
    let columns =
        schema.fields().iter().map(|field| (field.name().clone(), waist_type(field.data_type()))).collect();
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            rows.push(batch.columns().iter().map(|column| value(column, row)).collect());
        }
    }
    Rows { columns, rows }
}

fn value(column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match waist_type(column.data_type()) {
        Type::Boolean => {
            column.as_boolean_opt().map_or(Value::Null, |array| Value::Boolean(array.value(row)))
        }
        Type::Integer => column
            .as_primitive_opt::<Int64Type>()
            .map_or(Value::Null, |array| Value::Integer(array.value(row))),
        Type::Double => column
            .as_primitive_opt::<Float64Type>()
            .map_or(Value::Null, |array| Value::Double(array.value(row))),
        Type::Timestamp => column
            .as_primitive_opt::<TimestampMicrosecondType>()
            .map_or(Value::Null, |array| Value::Timestamp(array.value(row))),
        Type::TextList => column.as_list_opt::<i32>().map_or(Value::Null, |array| {
            let items = array.value(row);
            let texts = items.as_string_opt::<i32>().into_iter().flatten().flatten();
            Value::TextList(texts.map(str::to_owned).collect())
        }),
        Type::Text | Type::Dynamic => column
            .as_string_opt::<i32>()
            .map_or(Value::Null, |array| Value::Text(array.value(row).to_owned())),
        Type::Null => Value::Null,
    }
}
