//! Values as text, and CSV.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use arrow::record_batch::RecordBatch;

use quarry_hunt::cell_text;

use super::Sink;

/// Comma-separated values (RFC 4180) with a header.
pub struct CsvSink<W: Write> {
    output: W,
    labels: Option<Vec<String>>,
    is_safe: bool,
}

impl<W: Write> CsvSink<W> {
    /// Rows under these labels; where it `is_safe`, no cell is a formula to a spreadsheet.
    pub fn new(output: W, labels: Vec<String>, is_safe: bool) -> Self {
        Self { output, labels: Some(labels), is_safe }
    }

    fn header(&mut self) -> io::Result<()> {
        match self.labels.take() {
            Some(labels) => self.line(&labels),
            None => Ok(()),
        }
    }

    fn line(&mut self, cells: &[String]) -> io::Result<()> {
        let quoted: Vec<String> =
            cells.iter().map(|cell| if self.is_safe { quote(&guarded(cell)) } else { quote(cell) }).collect();
        writeln!(self.output, "{}", quoted.join(","))
    }
}

/// A cell that a spreadsheet takes for text (OWASP, CSV Injection).
fn guarded(cell: &str) -> Cow<'_, str> {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && cell.parse::<f64>().is_err();
    if is_formula { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
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
