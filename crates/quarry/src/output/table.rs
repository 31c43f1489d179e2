//! Tables that fit the terminal.

use std::io::{self, Write};

use arrow::record_batch::RecordBatch;
use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Table, TableComponent, presets};

use quarry_hunt::cell_text;

use super::Sink;

/// Rows are gathered to so many before widths are settled and a table is printed.
const ROWS_A_TABLE: usize = 2_000;
/// A column whose cells are no longer than this is never broken.
const UNBROKEN: usize = 30;
/// Width of a table where standard output is no terminal.
const PIPE_WIDTH: u16 = 160;

/// A column heading.
pub type Column = String;

/// Prints rows as tables of at most [`ROWS_A_TABLE`] rows, so that memory stays bounded.
pub struct TableSink {
    labels: Vec<Column>,
    rows: Vec<Vec<String>>,
    printed: bool,
}

impl TableSink {
    pub fn new(labels: Vec<Column>) -> Self {
        Self { labels, rows: Vec::new(), printed: false }
    }
}

impl Sink for TableSink {
    fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            self.rows.push(batch.columns().iter().map(|column| cell_text(column, row)).collect());
            if self.rows.len() >= ROWS_A_TABLE {
                print_table(&self.labels, std::mem::take(&mut self.rows))?;
                self.printed = true;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.rows.is_empty() && self.printed {
            return Ok(());
        }
        print_table(&self.labels, std::mem::take(&mut self.rows))
    }
}

/// Prints one table to standard output; nothing if there are no rows.
pub fn print_table(labels: &[Column], rows: Vec<Vec<String>>) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, ' ');
    if table.width().is_none() {
        table.set_width(PIPE_WIDTH);
    }
    table.set_header(labels);
    let short: Vec<usize> = (0..labels.len())
        .filter(|column| {
            let cells = rows.iter().filter_map(|row| row.get(*column));
            cells.flat_map(|cell| cell.lines()).all(|line| line.chars().count() <= UNBROKEN)
        })
        .collect();
    for row in rows {
        table.add_row(row.into_iter().map(|text| Cell::new(printable(&text))));
    }
    // Long columns give way: times, names and numbers stay on one line.
    for column in short {
        if let Some(column) = table.column_mut(column) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    writeln!(io::stdout().lock(), "{table}")
}

/// Control characters (terminal escapes in a user agent, for instance) made visible.
fn printable(text: &str) -> String {
    let visible = |letter: char| if letter.is_control() && letter != '\n' { '\u{fffd}' } else { letter };
    text.chars().map(visible).collect()
}
