//! JSON arrays and JSON lines. Nulls are left out; times are RFC 3339 in UTC.

use std::io::{self, Write};

use arrow::{
    datatypes::SchemaRef,
    json::{
        LineDelimitedWriter, WriterBuilder,
        writer::{JsonArray, JsonFormat, LineDelimited, Writer},
    },
    record_batch::RecordBatch,
};

use super::{Sink, renamed};

/// Writes rows as JSON objects.
pub struct JsonSink<W: Write, F: JsonFormat> {
    writer: Writer<W, F>,
    schema: SchemaRef,
}

impl<W: Write> JsonSink<W, JsonArray> {
    /// One array of all rows.
    pub fn array(output: W, schema: SchemaRef) -> Self {
        Self { writer: WriterBuilder::new().build(output), schema }
    }
}

impl<W: Write> JsonSink<W, LineDelimited> {
    /// One object a line.
    pub fn lines(output: W, schema: SchemaRef) -> Self {
        let writer: LineDelimitedWriter<W> = WriterBuilder::new().build(output);
        Self { writer, schema }
    }
}

impl<W: Write, F: JsonFormat> Sink for JsonSink<W, F> {
    fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        self.writer.write(&renamed(batch, &self.schema)?).map_err(io::Error::other)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.writer.finish().map_err(io::Error::other)?;
        self.writer.get_mut().flush()
    }
}
