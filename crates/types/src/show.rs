//! What values look like outside: in tables, JSON, CSV and Parquet.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, ListBuilder, StringArray, StringBuilder},
    datatypes::{DataType, Field, Schema},
    error::ArrowError,
    record_batch::{RecordBatch, RecordBatchOptions},
};
use quarry_plan::{Element, Type};

use crate::{arrow_type, value_at, waist_type};

/// The text of the value in a row; none for null.
#[must_use]
pub fn text_at(column: &dyn Array, row: usize) -> Option<String> {
    value_at(column, row).text()
}

/// The type a column has outside: that of its carrier, or text where the carrier holds something that only
/// the waist knows (decimals, datetimes, timespans, GUIDs).
fn shown_type(of: &DataType) -> Option<Type> {
    match waist_type(of) {
        Type::Decimal | Type::Datetime | Type::Timespan | Type::Guid => Some(Type::Text),
        Type::List(Element::Decimal | Element::Datetime | Element::Timespan | Element::Guid) => {
            Some(Type::TextList)
        }
        _ => None,
    }
}

/// Rows as they leave: what a carrier holds for the waist only is text, each value as
/// [`quarry_plan::Value::text`] writes it. JSON stays JSON text.
///
/// # Errors
/// If the columns do not make a batch.
pub fn presented(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().map(|column| match shown_type(column.data_type()) {
        Some(Type::Text) => texts(column),
        Some(_) => text_lists(column),
        None => Arc::clone(column),
    });
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let schema = Arc::new(presented_schema(&batch.schema()));
    RecordBatch::try_new_with_options(schema, columns.collect(), &options)
}

/// The schema of [`presented`] rows.
#[must_use]
pub fn presented_schema(schema: &Schema) -> Schema {
    let fields = schema.fields().iter().map(|field| match shown_type(field.data_type()) {
        Some(to) => Arc::new(Field::new(field.name(), arrow_type(to), true)),
        None => Arc::clone(field),
    });
    Schema::new(fields.collect::<Vec<_>>())
}

fn texts(column: &ArrayRef) -> ArrayRef {
    Arc::new((0..column.len()).map(|row| text_at(&**column, row)).collect::<StringArray>())
}

fn text_lists(column: &ArrayRef) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for row in 0..column.len() {
        let items =
            column.as_list_opt::<i32>().filter(|lists| lists.is_valid(row)).map(|lists| lists.value(row));
        if let Some(items) = &items {
            (0..items.len()).for_each(|item| builder.values().append_option(text_at(&**items, item)));
        }
        builder.append(items.is_some());
    }
    Arc::new(builder.finish())
}
