//! JSON arrays and JSON lines. Nulls are left out unless all are wanted; times are RFC 3339 in UTC.

use std::{
    io::{self, Write},
    sync::Arc,
};

use arrow::{
    array::{Array, AsArray, Float64Array, LargeStringArray},
    datatypes::{FieldRef, Float64Type, SchemaRef},
    error::ArrowError,
    json::{
        Encoder, EncoderFactory, EncoderOptions, LineDelimitedWriter, WriterBuilder,
        writer::{JsonArray, JsonFormat, LineDelimited, NullableEncoder, Writer},
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
    pub fn array(output: W, schema: SchemaRef, nulls: bool) -> Self {
        Self { writer: builder(nulls).build(output), schema }
    }
}

impl<W: Write> JsonSink<W, LineDelimited> {
    /// One object per line.
    pub fn lines(output: W, schema: SchemaRef, nulls: bool) -> Self {
        let writer: LineDelimitedWriter<W> = builder(nulls).build(output);
        Self { writer, schema }
    }
}

fn builder(nulls: bool) -> WriterBuilder {
    WriterBuilder::new().with_explicit_nulls(nulls).with_encoder_factory(Arc::new(Embedding))
}

/// Writes dynamic values as the JSON that they are, not as text.
#[derive(Debug)]
struct Embedding;

struct Embedded<'a>(&'a LargeStringArray);

impl EncoderFactory for Embedding {
    fn make_default_encoder<'a>(
        &self,
        _: &'a FieldRef,
        array: &'a dyn Array,
        _: &'a EncoderOptions,
    ) -> Result<Option<NullableEncoder<'a>>, ArrowError> {
        if let Some(numbers) = array.as_primitive_opt::<Float64Type>() {
            return Ok(Some(NullableEncoder::new(Box::new(Numbers(numbers)), numbers.nulls().cloned())));
        }
        let embedded = array
            .as_string_opt::<i64>()
            .map(|texts| NullableEncoder::new(Box::new(Embedded(texts)), texts.nulls().cloned()));
        Ok(embedded)
    }
}

/// Numbers, what JSON has no number for as a text.
struct Numbers<'a>(&'a Float64Array);

impl Encoder for Numbers<'_> {
    fn encode(&mut self, row: usize, output: &mut Vec<u8>) {
        let number = self.0.value(row);
        if number.is_finite() {
            output.extend(
                serde_json::Number::from_f64(number)
                    .map_or_else(String::new, |number| number.to_string())
                    .bytes(),
            );
            return;
        }
        let name = if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        output.extend(format!("\"{name}\"").bytes());
    }
}

impl Encoder for Embedded<'_> {
    fn encode(&mut self, row: usize, output: &mut Vec<u8>) {
        // Between values JSON may hold line feeds, lines of JSON may not.
        let json =
            self.0.value(row).bytes().map(|byte| if byte == b'\n' || byte == b'\r' { b' ' } else { byte });
        output.extend(json);
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
