//! Rows for people and machines.

mod json;
mod layout;
mod table;
mod text;

use std::{
    io::{self, Write},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
    record_batch::RecordBatch,
};

use crate::{
    Streams,
    arguments::{CsvArguments, Format},
    failure::{Failure, Outcome},
};

pub use table::{print_fitting, print_table};

/// Takes rows as they come.
pub trait Sink {
    /// Writes some rows.
    fn write(&mut self, batch: &RecordBatch) -> io::Result<()>;
    /// Writes what is left.
    fn finish(&mut self) -> io::Result<()>;
}

/// The format asked for, or a table on a terminal and JSON lines in a pipe.
pub fn chosen(format: Option<Format>, streams: &Streams<'_>) -> Format {
    format.unwrap_or(if streams.terminal.output { Format::Table } else { Format::Jsonl })
}

/// A sink for rows of `schema`, whose columns are shown as `labels`; `nulls` says whether JSON shows what has no value.
pub fn sink<'s>(
    streams: &'s Streams<'_>,
    format: Format,
    csv: &CsvArguments,
    schema: &SchemaRef,
    labels: &[String],
    nulls: bool,
) -> Outcome<Box<dyn Sink + 's>> {
    let output = io::BufWriter::new(streams.output());
    let data = io::BufWriter::new(streams.data());
    Ok(match format {
        Format::Table => Box::new(table::TableSink::new(streams, labels.to_vec())),
        Format::Json => Box::new(json::JsonSink::array(output, unique(schema, labels), nulls)),
        Format::Jsonl => Box::new(json::JsonSink::lines(output, unique(schema, labels), nulls)),
        Format::Csv => Box::new(text::CsvSink::new(data, labels.to_vec(), csv.is_safe)),
        Format::Parquet => {
            if streams.terminal.output {
                return Err(Failure::Usage(
                    "Parquet is not written to a terminal: redirect it to a file".to_owned(),
                ));
            }
            Box::new(ParquetSink::new(data, unique(schema, labels))?)
        }
    })
}

/// Rows of text as a batch; an empty cell is null.
pub fn text_batch(labels: &[String], rows: &[Vec<String>]) -> Outcome<RecordBatch> {
    let fields: Vec<Field> = labels.iter().map(|label| Field::new(label, DataType::Utf8, true)).collect();
    let columns = (0..labels.len()).map(|column| {
        let cells = rows.iter().map(|row| row.get(column).filter(|cell| !cell.is_empty()));
        Arc::new(cells.collect::<StringArray>()) as ArrayRef
    });
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.collect())
        .map_err(|error| Failure::inner("make rows", error))
}

/// The schema with labels as names; a label that occurs again gets `_2`, `_3` and so on, since
/// machine formats need distinct names.
fn unique(schema: &SchemaRef, labels: &[String]) -> SchemaRef {
    let mut used: Vec<String> = Vec::with_capacity(labels.len());
    for label in labels {
        let mut name = label.clone();
        let mut copy = 2;
        while used.contains(&name) {
            name = format!("{label}_{copy}");
            copy += 1;
        }
        used.push(name);
    }
    let schema = quarry_types::presented_schema(schema);
    let fields = schema.fields().iter().zip(used);
    let fields: Vec<Field> =
        fields.map(|(field, name)| field.as_ref().clone().with_name(name).with_nullable(true)).collect();
    Arc::new(Schema::new(fields))
}

/// The batch as it leaves, under other names.
fn renamed(batch: &RecordBatch, schema: &SchemaRef) -> io::Result<RecordBatch> {
    let batch = quarry_types::presented(batch).map_err(io::Error::other)?;
    let options = arrow::record_batch::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), batch.columns().to_vec(), &options)
        .map_err(io::Error::other)
}

struct ParquetSink<W: Write + Send> {
    writer: Option<parquet::arrow::ArrowWriter<W>>,
    schema: SchemaRef,
}

impl<W: Write + Send> ParquetSink<W> {
    fn new(output: W, schema: SchemaRef) -> Outcome<Self> {
        let level = parquet::basic::ZstdLevel::default();
        let properties = parquet::file::properties::WriterProperties::builder()
            .set_compression(parquet::basic::Compression::ZSTD(level))
            .build();
        let writer = parquet::arrow::ArrowWriter::try_new(output, Arc::clone(&schema), Some(properties))
            .map_err(|error| Failure::inner("write Parquet", error))?;
        Ok(Self { writer: Some(writer), schema })
    }
}

impl<W: Write + Send> Sink for ParquetSink<W> {
    fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        match &mut self.writer {
            Some(writer) => writer.write(&renamed(batch, &self.schema)?).map_err(io::Error::other),
            None => Ok(()),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self.writer.take() {
            Some(writer) => writer.close().map(|_| ()).map_err(io::Error::other),
            None => Ok(()),
        }
    }
}
