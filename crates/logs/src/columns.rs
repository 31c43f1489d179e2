//! Arrow columns, built row by row.

use std::{borrow::Cow, sync::Arc};

use arrow::{
    array::{
        ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, LargeStringBuilder, ListBuilder,
        StringBuilder, TimestampMicrosecondBuilder,
    },
    datatypes::{Field, Schema, SchemaRef},
    error::ArrowError,
    record_batch::{RecordBatch, RecordBatchOptions},
};
use quarry_plan::{Type, Value};
use quarry_types::{array_of, arrow_type};

use crate::{
    derive::{Derived, Node, Row},
    plan::ScanColumn,
};

/// The schema of scan columns; every column may be null.
pub(crate) fn schema(columns: &[ScanColumn]) -> SchemaRef {
    let field = |column: &ScanColumn| Field::new(&column.name, arrow_type(column.data_type), true);
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

/// Rows under construction.
#[derive(Debug)]
pub(crate) struct Rows {
    schema: SchemaRef,
    columns: Vec<Builder>,
    count: usize,
    bytes: usize,
}

#[derive(Debug)]
enum Builder {
    Boolean(BooleanBuilder),
    Integer(Int64Builder),
    Double(Float64Builder),
    Text(StringBuilder),
    Dynamic(LargeStringBuilder),
    TextList(ListBuilder<StringBuilder>),
    Timestamp(TimestampMicrosecondBuilder),
    /// Any other type of the waist.
    Other(Type, Vec<Value>),
}

impl Rows {
    pub(crate) fn new(schema: SchemaRef, columns: &[ScanColumn]) -> Self {
        let columns = columns.iter().map(|column| Builder::new(column.data_type)).collect();
        Self { schema, columns, count: 0, bytes: 0 }
    }

    /// Adds a row: `nodes` are the derivations of the columns for the row's log type, none for null.
    pub(crate) fn push(&mut self, nodes: &[Option<Node>], row: &Row<'_>) {
        for (builder, node) in self.columns.iter_mut().zip(nodes) {
            let value = node.as_ref().map_or(Derived::Null, |node| match builder {
                // JSON knows null from the text.
                Builder::Dynamic(_) => node.derive(row),
                _ => node.column(row),
            });
            self.bytes += builder.append(value);
        }
        self.count += 1;
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Bytes of text held.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The rows so far; begins anew.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let arrays = self.columns.iter_mut().map(Builder::finish).collect::<Result<Vec<ArrayRef>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(self.count));
        self.count = 0;
        self.bytes = 0;
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
    }
}

impl Builder {
    fn new(data_type: Type) -> Self {
        match data_type {
            Type::Boolean => Self::Boolean(BooleanBuilder::new()),
            Type::Integer => Self::Integer(Int64Builder::new()),
            Type::Double => Self::Double(Float64Builder::new()),
            Type::Text => Self::Text(text_builder()),
            Type::Dynamic => Self::Dynamic(LargeStringBuilder::with_capacity(16, 256)),
            Type::TextList => Self::TextList(ListBuilder::new(text_builder())),
            Type::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
            Type::Null | Type::Decimal | Type::Datetime | Type::Timespan | Type::Guid | Type::List(_) => {
                Self::Other(data_type, Vec::new())
            }
        }
    }

    /// Appends a value as far as the column's type can hold it; gives the bytes of text added.
    fn append(&mut self, value: Derived<'_>) -> usize {
        match self {
            Self::Boolean(builder) => builder.append_option(value.boolean()),
            Self::Integer(builder) => builder.append_option(value.integer()),
            Self::Double(builder) => builder.append_option(value.double()),
            Self::Timestamp(builder) => builder.append_option(value.timestamp()),
            Self::Text(builder) => return append_text(builder, value.into_text()),
            Self::Other(data_type, values) => values.push(value.value(*data_type)),
            Self::Dynamic(builder) => {
                let json = value.into_json();
                let length = json.as_ref().map_or(0, |json| json.len());
                builder.append_option(json);
                return length;
            }
            Self::TextList(builder) => return append_list(builder, &value),
        }
        8
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Boolean(builder) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::Double(builder) => Arc::new(builder.finish()),
            Self::Timestamp(builder) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Dynamic(builder) => Arc::new(builder.finish()),
            Self::TextList(builder) => Arc::new(builder.finish()),
            Self::Other(data_type, values) => array_of(*data_type, &std::mem::take(values))?,
        })
    }
}

/// Most objects give few rows or none, so little is allocated at first.
fn text_builder() -> StringBuilder {
    StringBuilder::with_capacity(16, 256)
}

fn append_text(builder: &mut StringBuilder, text: Option<Cow<'_, str>>) -> usize {
    let length = text.as_ref().map_or(0, |text| text.len());
    builder.append_option(text);
    length
}

fn append_list(builder: &mut ListBuilder<StringBuilder>, value: &Derived<'_>) -> usize {
    let texts = value.texts();
    let length = texts.iter().map(|text| text.len()).sum();
    for text in &texts {
        builder.values().append_value(text);
    }
    builder.append(!texts.is_empty());
    length
}
