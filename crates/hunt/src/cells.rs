//! Values as text.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Float64Type, TimeUnit, TimestampMicrosecondType},
};

use crate::moment;

/// What separates the values of a multivalue field in one cell.
const SEPARATOR: &str = "\n";

/// The text of one value; empty for null.
#[must_use]
pub fn cell_text(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::Float64 => {
            let number = column.as_primitive::<Float64Type>().value(row);
            if number.is_nan() { String::new() } else { number.to_string() }
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            moment::show(column.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            let texts: Vec<String> = (0..items.len()).map(|item| cell_text(&items, item)).collect();
            texts.join(SEPARATOR)
        }
        _ => quarry_types::text_at(column, row).unwrap_or_default(),
    }
}
