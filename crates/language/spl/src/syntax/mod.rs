//! From text to tree. Never fails: what cannot be read becomes a diagnostic, and the rest is read.
//!
//! | file | grammar |
//! |---|---|
//! | `cursor` | a place in the text; words and quotes |
//! | `pipeline` | commands, bars, subsearches |
//! | `search`, `eval` | the two expression languages |
//! | `stats`, `arguments` | arguments by family |
//! | `dump` | the tree as text |

mod arguments;
mod cursor;
mod dump;
mod eval;
mod pipeline;
mod search;
mod stats;
pub mod tree;

use quarry_diagnostic::{Diagnostic, Span};

use crate::SourceMap;
pub(crate) use cursor::Cursor;

/// Reads a pipeline that stands as text at a place; everything found there has that place.
pub(crate) fn parse_at(text: &str, place: Span) -> (tree::Pipeline, Vec<Diagnostic>) {
    let map = SourceMap::of_place(place);
    let mut cursor = Cursor::new(text, &map);
    let pipeline = cursor.whole();
    (pipeline, cursor.into_diagnostics())
}
