//! Values as text, and CSV.

use std::io::{self, Write};

use arrow::record_batch::RecordBatch;

use quarry_hunt::cell_text;

use super::Sink;

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
