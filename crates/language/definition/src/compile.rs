//! From text to plan.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::{ColumnName, Node, Rows, TimeRange, Type};
use quarry_views::{NamedFile, View};

/// What queries may refer to beside the events. A language takes what it knows.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    /// Files and folders as the product keeps them: macros, lookups, apps.
    pub files: Vec<PathBuf>,
    /// Tables by name: reference data, watch lists.
    pub tables: Vec<NamedFile>,
    /// Saved queries by name.
    pub queries: Vec<NamedFile>,
    /// Whether undocumented extras of public queries are accepted, with a warning each.
    pub permissive: bool,
}

/// A resource that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong.
    pub message: String,
}

impl LoadError {
    /// What is wrong with a file.
    pub fn new(path: &Path, message: impl fmt::Display) -> Self {
        Self { path: path.to_owned(), message: message.to_string() }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cannot read `{}`: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for LoadError {}

/// One query to compile.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Its text.
    pub text: &'a str,
    /// The names and types of fields.
    pub view: &'a View,
    /// The fields found in the data, for wildcards; none where there is no data yet.
    pub discovered: Option<&'a [(String, Type)]>,
    /// The rows of the plans that were [`Compiled::pending`], in the order in which they were asked for.
    pub answers: &'a [Rows],
    /// The time range that replaces the query's own, where the user chose one.
    pub time: Option<&'a TimeRange>,
}

/// A language that is ready to compile.
pub trait Compile: Send + Sync {
    /// Compiles a query. Never fails: without a plan there is an error among the diagnostics.
    fn compile(&self, request: &Request<'_>) -> Compiled;

    /// What of the resources was not read, and why.
    fn complaints(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A column of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputColumn {
    /// Its name in the plan, unique.
    pub column: ColumnName,
    /// What to show above it; several columns may share it.
    pub label: String,
}

/// A table that a query writes.
#[derive(Debug, Clone)]
pub struct Store {
    /// Name of the file, such as `seen.csv`.
    pub file: String,
    /// The rows, with exactly the columns to write.
    pub plan: Node,
    /// Whether rows are added to those there.
    pub append: bool,
    /// Whether an empty result leaves the old rows.
    pub keep_if_empty: bool,
    /// Where the user wrote it.
    pub span: Span,
}

/// What compiling gave.
#[derive(Debug, Clone, Default)]
pub struct Compiled {
    /// The plan, if the query can run.
    pub plan: Option<Node>,
    /// A plan whose rows must be known before the rest can be compiled, since they decide which fields there are or
    /// which searches run. With its rows added to [`Request::answers`] compiling goes on; `plan` stands for the rest
    /// until then.
    pub pending: Option<Node>,
    /// Tables that the query writes.
    pub stores: Vec<Store>,
    /// The columns of the result, in order.
    pub output: Vec<OutputColumn>,
    /// Whether a wildcard ranges over fields that only the data can tell, so that the plan is exact only if all their
    /// names are given.
    pub needs_discovery: bool,
    /// Whether the text was understood, be it runnable or not.
    pub parsed: bool,
    /// Everything found.
    pub diagnostics: Vec<Diagnostic>,
}
