//! The words of a language, and which of them may stand where.

use quarry_views::View;

use crate::Quote;

/// A word of a language or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The word.
    pub name: String,
    /// What kind of word it is.
    pub kind: EntryKind,
    /// How it is written.
    pub syntax: String,
    /// What it means, as Markdown.
    pub meaning: String,
    /// The vendor's page, where there is one.
    pub page: Option<String>,
    /// The plan's function that it stands for, whose examples are shown.
    pub function: Option<String>,
    /// The command whose option it is.
    pub of: Option<&'static str>,
}

impl Entry {
    /// A word that stands for no function of the plan and has no page of the vendor's.
    pub fn new(
        name: impl Into<String>,
        kind: EntryKind,
        syntax: impl Into<String>,
        meaning: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            kind,
            syntax: syntax.into(),
            meaning: meaning.into(),
            page: None,
            function: None,
            of: None,
        }
    }
}

/// Kinds of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A clause, operator or other keyword.
    Keyword,
    /// A command of a pipeline.
    Command,
    /// A function.
    Function,
    /// An option of a command, `name=value`.
    Option,
    /// A field.
    Field,
    /// The name of a log: a source type, a log source type.
    Source,
    /// A table to read from.
    Catalog,
}

/// A place where a word is being written.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a> {
    /// The text before the word.
    pub before: &'a str,
    /// The part of it that belongs to the present command; all of it where there are no commands.
    pub in_command: &'a str,
    /// Whether a command stands before the present one.
    pub follows_command: bool,
    /// The marks that the word stands between.
    pub quote: Option<Quote>,
}

/// What may stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Every word of a kind.
    Kind(EntryKind),
    /// A word.
    Word(&'static str),
    /// The options of a command.
    OptionsOf(&'static str),
}

impl Wanted {
    /// Whether a word is meant.
    #[must_use]
    pub fn means(self, entry: &Entry) -> bool {
        match self {
            Self::Kind(kind) => entry.kind == kind,
            Self::Word(word) => entry.name == word,
            Self::OptionsOf(command) => entry.of == Some(command),
        }
    }
}

/// The fields of a view that are meant to be named: all but those that begin with `_`.
#[must_use]
pub fn visible_fields(view: &View) -> Vec<&str> {
    view.field_names().into_iter().filter(|name| !name.starts_with('_')).collect()
}
