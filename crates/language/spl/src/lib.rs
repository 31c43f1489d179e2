//! Splunk's Search Processing Language: text to tree to plan.
//!
//! ```
//! use quarry_spl::{Macros, parse};
//! let parsed = parse("index=main eventName=RunInstances | stats count by user", &Macros::default());
//! assert!(parsed.diagnostics.is_empty());
//! assert_eq!(parsed.pipeline.commands.len(), 2);
//! ```

mod codes;
mod front_end;
mod knowledge;
pub mod lower;
mod macros;
pub mod registry;
mod syntax;

pub use front_end::{FRONT_END, LEXIS};
pub use knowledge::{Knowledge, KnowledgeError, LookupDefinition, LookupSource};
pub use macros::{Macro, Macros, SourceMap};
use quarry_diagnostic::Diagnostic;
pub use syntax::tree;

/// A search that was read.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The user's text, to which all places refer.
    pub text: String,
    /// The text after macros were expanded.
    pub expanded: String,
    /// The tree.
    pub pipeline: tree::Pipeline,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Whether the whole text was read; a macro that is not known is what is missing, not what is wrong.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        !self.diagnostics.iter().any(|found| found.is_error() && found.code != codes::UNKNOWN_MACRO)
    }
}

/// Expands macros and reads a search. Never fails: what is wrong stands in `diagnostics`.
#[must_use]
pub fn parse(text: &str, macros: &Macros) -> Parsed {
    let expanded = macros::expand(text, macros);
    let mut cursor = syntax::Cursor::new(&expanded.text, &expanded.map);
    let pipeline = cursor.whole();
    let mut diagnostics = expanded.diagnostics;
    diagnostics.extend(cursor.into_diagnostics());
    Parsed { text: text.to_owned(), expanded: expanded.text, pipeline, diagnostics }
}
