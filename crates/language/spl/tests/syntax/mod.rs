//! From text to tree.

mod cases;
mod corpus;
mod macros;
mod robust;
mod wrong;

use quarry_diagnostic::{Diagnostic, line_column};
use quarry_spl::{Macros, Parsed, parse};

/// Reads a search without macros but the built-in ones.
fn read(text: &str) -> Parsed {
    parse(text, &Macros::default())
}

/// A diagnostic on one line, with its place.
fn line(found: &Diagnostic, text: &str) -> String {
    let (line, column) = line_column(text, found.span.start);
    format!("{line}:{column} {:?} {} {}", found.severity, found.code, found.message)
}
