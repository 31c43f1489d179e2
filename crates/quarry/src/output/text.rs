//! Values as text, and CSV.

use std::io::{self, Write};

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Float64Type, TimestampMicrosecondType},
    record_batch::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};

use super::Sink;
use crate::moment;

/// What separates the values of a multivalue field in one cell.
const SEPARATOR: &str = "\n";

/// The text of one value; empty for null.
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
        DataType::Timestamp(_, _) => {
            moment::show(column.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            let texts: Vec<String> = (0..items.len()).map(|item| cell_text(&items, item)).collect();
            texts.join(SEPARATOR)
        }
        _ => match ArrayFormatter::try_new(column.as_ref(), &FormatOptions::default()) {
            Ok(formatter) => formatter.value(row).to_string(),
            Err(_) => String::new(),
        },
    }
}

/// Comma-separated values (RFC 4180) with a header.
pub struct CsvSink<W: Write> {
    output: W,
    labels: Option<Vec<String>>,
}

impl<W: Write> CsvSink<W> {
    pub fn new(output: W, labels: Vec<String>) -> Self {
        Self { output, labels: Some(labels) }
    }

    fn header(&mut self) -> io::Result<()> {
        match self.labels.take() {
            Some(labels) => self.line(&labels),
            None => Ok(()),
        }
    }

    fn line(&mut self, cells: &[String]) -> io::Result<()> {
        let quoted: Vec<String> = cells.iter().map(|cell| quote(cell)).collect();
        writeln!(self.output, "{}", quoted.join(","))
    }
}

fn quote(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

impl<W: Write> Sink for CsvSink<W> {
    fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        self.header()?;
        for row in 0..batch.num_rows() {
            let cells: Vec<String> = batch.columns().iter().map(|column| cell_text(column, row)).collect();
            self.line(&cells)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.header()?;
        self.output.flush()
    }
}
