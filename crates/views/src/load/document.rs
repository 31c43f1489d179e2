//! A parsed TOML file and access to it that says where and why something does not fit.

use std::ops::Range;

use quarry_diagnostic::{Diagnostic, Span, did_you_mean, line_column};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::LoadError;

/// A file and what it holds.
pub(super) struct Document<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    pub(super) table: DeTable<'a>,
}

/// A value and the file it stands in.
#[derive(Clone, Copy)]
pub(super) struct Node<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) value: &'d DeValue<'d>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A key with its place, and its value.
pub(super) struct Entry<'d> {
    pub(super) key: &'d str,
    pub(super) place: Range<usize>,
    pub(super) node: Node<'d>,
}

/// A table and the file it stands in.
#[derive(Clone, Copy)]
pub(super) struct Table<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) table: &'d DeTable<'d>,
    start: usize,
    end: usize,
}

impl<'a> Document<'a> {
    pub(super) fn parse(file: &'a str, text: &'a str) -> Result<Self, LoadError> {
        match DeTable::parse(text) {
            Ok(table) => Ok(Self { file, text, table: table.into_inner() }),
            Err(error) => {
                let place = error.span().unwrap_or(0..0);
                Err(fault(file, text, place, error.message().to_owned(), None))
            }
        }
    }

    pub(super) fn root<'d>(&'d self) -> Table<'d>
    where
        'a: 'd,
    {
        Table { document: self, table: &self.table, start: 0, end: 0 }
    }

    fn fault(&self, place: Range<usize>, message: String, help: Option<String>) -> LoadError {
        fault(self.file, self.text, place, message, help)
    }
}

fn fault(file: &str, text: &str, place: Range<usize>, message: String, help: Option<String>) -> LoadError {
    let (line, column) = line_column(text, place.start);
    let mut shown = format!("line {line}, column {column}: {message}");
    if let Some(help) = &help {
        shown = format!("{shown}: {help}");
    }
    let help = help.unwrap_or_else(|| "docs/views.md says how a view file is written".to_owned());
    let diagnostic = Diagnostic::error("VIEW001", message, Span::new(place.start, place.end)).with_help(help);
    LoadError { file: file.to_owned(), message: shown, diagnostic: diagnostic.into() }
}

/// What to say about a word that is not among `known`.
pub(super) fn accepted<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match did_you_mean(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`"),
        None if known.is_empty() => "none is defined".to_owned(),
        None => format!(
            "accepted are {}",
            known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
    }
}

impl<'d> Node<'d> {
    fn new(document: &'d Document<'d>, value: &'d Spanned<DeValue<'d>>) -> Self {
        let place = value.span();
        Self { document, value: value.get_ref(), start: place.start, end: place.end }
    }

    pub(super) fn fault(self, message: impl Into<String>, help: impl Into<Option<String>>) -> LoadError {
        self.document.fault(self.start..self.end, message.into(), help.into())
    }

    fn expected(self, what: &str) -> LoadError {
        self.fault(format!("expected {what}, found {}", self.value.type_str()), None)
    }

    pub(super) fn text(self) -> Result<&'d str, LoadError> {
        self.value.as_str().ok_or_else(|| self.expected("a string"))
    }

    pub(super) fn boolean(self) -> Result<bool, LoadError> {
        self.value.as_bool().ok_or_else(|| self.expected("`true` or `false`"))
    }

    pub(super) fn items(self) -> Result<Vec<Node<'d>>, LoadError> {
        let items = self.value.as_array().ok_or_else(|| self.expected("an array"))?;
        Ok(items.iter().map(|item| Node::new(self.document, item)).collect())
    }

    pub(super) fn texts(self) -> Result<Vec<String>, LoadError> {
        self.items()?.into_iter().map(|item| item.text().map(str::to_owned)).collect()
    }

    pub(super) fn table(self) -> Result<Table<'d>, LoadError> {
        let table = self.value.as_table().ok_or_else(|| self.expected("a table"))?;
        Ok(Table { document: self.document, table, start: self.start, end: self.end })
    }
}

impl<'d> Table<'d> {
    pub(super) fn entries(self) -> impl Iterator<Item = Entry<'d>> {
        let document = self.document;
        self.table.iter().map(move |(key, value)| Entry {
            key: key.get_ref().as_ref(),
            place: key.span(),
            node: Node::new(document, value),
        })
    }

    pub(super) fn get(self, key: &str) -> Option<Node<'d>> {
        self.entries().find(|entry| entry.key == key).map(|entry| entry.node)
    }

    pub(super) fn require(self, key: &str) -> Result<Node<'d>, LoadError> {
        self.get(key).ok_or_else(|| self.fault(format!("`{key}` is missing"), None))
    }

    /// An error if there is a key that is not among `known`.
    pub(super) fn only(self, known: &[&str]) -> Result<(), LoadError> {
        match self.entries().find(|entry| !known.contains(&entry.key)) {
            None => Ok(()),
            Some(entry) => Err(self.unknown(&entry, known)),
        }
    }

    pub(super) fn unknown(self, entry: &Entry<'_>, known: &[&str]) -> LoadError {
        let message = format!("unknown key `{}`", entry.key);
        self.document.fault(entry.place.clone(), message, Some(accepted(entry.key, known.iter().copied())))
    }

    pub(super) fn fault(self, message: impl Into<String>, help: impl Into<Option<String>>) -> LoadError {
        self.document.fault(self.start..self.end, message.into(), help.into())
    }

    pub(super) fn text(self, key: &str) -> Result<String, LoadError> {
        self.require(key)?.text().map(str::to_owned)
    }

    pub(super) fn optional_text(self, key: &str) -> Result<Option<String>, LoadError> {
        self.get(key).map(|node| node.text().map(str::to_owned)).transpose()
    }

    pub(super) fn optional_boolean(self, key: &str) -> Result<Option<bool>, LoadError> {
        self.get(key).map(Node::boolean).transpose()
    }

    pub(super) fn texts(self, key: &str) -> Result<Vec<String>, LoadError> {
        self.get(key).map_or(Ok(Vec::new()), Node::texts)
    }

    /// The tables of `[[key]]`, none if absent.
    pub(super) fn tables(self, key: &str) -> Result<Vec<Table<'d>>, LoadError> {
        let Some(node) = self.get(key) else { return Ok(Vec::new()) };
        node.items()?.into_iter().map(Node::table).collect()
    }
}
