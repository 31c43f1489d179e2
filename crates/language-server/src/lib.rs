//! The language server: what editors show of query files.
//!
//! Diagnostics are those of parsing, planning and whatever [`Check`] adds; completion and hover come
//! from the registries of the languages and from the views. Documents are kept as the editor sends
//! them; nothing is read from disk.
//!
//! ```text
//! editor ── JSON-RPC ──> session ──> document ──> diagnostics, completion, hover
//! ```

mod completion;
mod diagnostics;
mod document;
mod entry;
mod hover;
mod scanner;
mod session;
mod transport;

use quarry_diagnostic::Diagnostic;
use quarry_hunt::{Compiled, Compiler, QueryText};
use quarry_languages::Language;
use quarry_views::Catalog;

pub use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
pub use session::{ServeError, serve};
pub use transport::{Threads, stdio};

/// Further checks of a query that was compiled: lints, for instance.
pub type Check<'a> = dyn Fn(&QueryText, &Compiled) -> Vec<Diagnostic> + 'a;

/// What the server knows.
pub struct Knowledge<'a> {
    /// The views.
    pub catalog: &'a Catalog,
    /// The languages of documents.
    pub languages: Vec<Language>,
    /// Compiles queries, as the command line does.
    pub compiler: Compiler<'a>,
    /// Further checks.
    pub check: Box<Check<'a>>,
}
