//! Tables that fit the terminal.

use std::io::{self, Write};

use arrow::record_batch::RecordBatch;
use comfy_table::{ContentArrangement, Table, TableComponent, presets};

use quarry_hunt::cell_text;

use crate::{Streams, shown::escaped};

use super::{
    Sink,
    layout::{Layout, layout, shortened},
};

/// Rows are gathered to so many before widths are settled and a table is printed.
const ROWS_A_TABLE: usize = 2_000;
/// A column heading.
pub type Column = String;

/// Prints rows as tables of at most [`ROWS_A_TABLE`] rows, so that memory stays bounded.
pub struct TableSink<'s, 'a> {
    streams: &'s Streams<'a>,
    labels: Vec<Column>,
    rows: Vec<Vec<String>>,
    printed: bool,
}

impl<'s, 'a> TableSink<'s, 'a> {
    pub fn new(streams: &'s Streams<'a>, labels: Vec<Column>) -> Self {
        Self { streams, labels, rows: Vec::new(), printed: false }
    }
}

impl Sink for TableSink<'_, '_> {
    fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            self.rows.push(batch.columns().iter().map(|column| cell_text(column, row)).collect());
            if self.rows.len() >= ROWS_A_TABLE {
                print_table(self.streams, &self.labels, std::mem::take(&mut self.rows))?;
                self.printed = true;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.rows.is_empty() && self.printed {
            return Ok(());
        }
        print_table(self.streams, &self.labels, std::mem::take(&mut self.rows))
    }
}

/// Prints one table; nothing if there are no rows.
pub fn print_table(streams: &Streams<'_>, labels: &[Column], rows: Vec<Vec<String>>) -> io::Result<()> {
    print_fitting(streams, labels, rows, &[])
}

/// The same, but where the terminal is narrow the columns `spare` are left out in this order.
pub fn print_fitting(
    streams: &Streams<'_>,
    labels: &[Column],
    rows: Vec<Vec<String>>,
    spare: &[&str],
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.iter().map(|cell| escaped(cell)).collect()).collect();
    // Where there is no terminal, nothing is cut.
    let mut output = io::BufWriter::new(streams.output());
    match layout(labels, &rows, streams.terminal.width, spare) {
        Layout::Records => write!(output, "{}", records(labels, &rows))?,
        Layout::Table { columns, widths, is_cut } => {
            writeln!(output, "{}", table(labels, &rows, &columns, &widths))?;
            let hidden: Vec<&str> = (0..labels.len())
                .filter(|column| !columns.contains(column))
                .filter_map(|column| labels.get(column).map(String::as_str))
                .collect();
            if let Some(note) = note(&hidden, is_cut) {
                writeln!(output, "{note}")?;
            }
        }
    }
    output.flush()
}

/// What a table does not show.
fn note(hidden: &[&str], is_cut: bool) -> Option<String> {
    let all = "a wider terminal or `--output jsonl` shows all";
    match (hidden, is_cut) {
        ([], false) => None,
        ([], true) => Some(format!("Long values are cut to fit; {all}.")),
        (hidden, false) => Some(format!("Not shown: {}; {all}.", hidden.join(", "))),
        (hidden, true) => {
            Some(format!("Long values are cut to fit, not shown: {}; {all}.", hidden.join(", ")))
        }
    }
}

fn table(labels: &[Column], rows: &[Vec<String>], columns: &[usize], widths: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, ' ');
    let picked = |cells: &[String]| -> Vec<String> {
        let cells = columns.iter().zip(widths).map(|(column, width)| {
            let cell = cells.get(*column).map(String::as_str).unwrap_or_default();
            cell.lines().map(|line| shortened(line, *width)).collect::<Vec<_>>().join("\n")
        });
        cells.collect()
    };
    table.set_header(picked(labels));
    table.add_rows(rows.iter().map(|row| picked(row)));
    table
}

/// One line for each value, empty ones left out, and an empty line between two rows.
fn records(labels: &[Column], rows: &[Vec<String>]) -> String {
    let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for row in rows {
        for (label, cell) in labels.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
            let indented = cell.replace('\n', &format!("\n{:width$}  ", ""));
            text.push_str(&format!("{label:width$}  {indented}\n"));
        }
        text.push('\n');
    }
    text
}
