//! Record batches as rows of the waist.

use arrow::{datatypes::Schema, record_batch::RecordBatch};
use quarry_plan::Rows;
use quarry_types::{value_at, waist_type};

use crate::column_name;

/// The rows of some batches of one schema.
#[must_use]
pub fn rows_of(schema: &Schema, batches: &[RecordBatch]) -> Rows {
    let columns = schema
        .fields()
        .iter()
        .map(|field| (column_name(field.name()), waist_type(field.data_type())))
        .collect();
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            rows.push(batch.columns().iter().map(|column| value_at(column, row)).collect());
        }
    }
    Rows { columns, rows }
}
