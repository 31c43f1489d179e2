//! What every query language gives, so that nothing else needs to know which language a query is in.
//!
//! * A [`Definition`] is the language's row: its names, file endings, views and the look of its text.
//! * Its [`FrontEnd`] is what runs: it loads [`Resources`], [compiles](Compile) texts, and knows the words that may
//!   stand at a [`Cursor`].
//! * [`Compiled`] is what compiling gives.
//!
//! A language's crate provides the pieces, `quarry-languages` holds the table of rows.

mod compile;
pub mod csv;
mod lexis;
mod words;

pub use compile::{Compile, Compiled, LoadError, OutputColumn, Request, Resources, Store};
pub use lexis::{Escape, Holds, Lexis, Quote};
use quarry_views::View;
pub use words::{Cursor, Entry, EntryKind, Wanted, visible_fields};

/// A query language.
#[derive(Debug)]
pub struct Definition {
    /// The word in packs, reports, addresses and on the command line, such as `spl`.
    pub id: &'static str,
    /// What people call it, such as `SPL`.
    pub title: &'static str,
    /// The same with its product, such as `Splunk SPL`.
    pub full_title: &'static str,
    /// Its name written out, for help.
    pub long_title: &'static str,
    /// What it is, in a sentence.
    pub meaning: &'static str,
    /// Where its queries run otherwise.
    pub product: Product,
    /// The ending, without the dot, of files that hold a query and nothing else.
    pub ending: Option<&'static str>,
    /// Endings of files that hold rules around a query.
    pub rule_endings: &'static [&'static str],
    /// What editors and Markdown call it, beside its `id`.
    pub editor_ids: &'static [&'static str],
    /// The word after the fence of a Markdown code block.
    pub fence: &'static str,
    /// The look of its text.
    pub lexis: &'static Lexis,
    /// Regular expressions, one of which texts of it nearly always match and texts of others hardly ever.
    pub signs: &'static [&'static str],
    /// The views that it reads through; the first unless another is chosen.
    pub views: &'static [ViewChoice],
    /// Whether JSON has all columns of a row, null where there is no value; else it lacks those.
    pub nulls_in_json: bool,
    /// What runs it; none if it is known and shown only.
    pub front_end: Option<&'static FrontEnd>,
}

/// A product that runs queries of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// The word in manifests, such as `splunk`.
    pub id: &'static str,
    /// Its name, such as `Splunk`.
    pub title: &'static str,
    /// What it calls the kind of a log.
    pub log_label: &'static str,
}

/// A view that a language can read through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewChoice {
    /// Name of the view.
    pub view: &'static str,
    /// The option of the command line that chooses it, and the value; none if there is no choice.
    pub option: Option<(&'static str, &'static str)>,
    /// What queries see through it, for help.
    pub meaning: &'static str,
}

/// What runs a language.
#[derive(Debug)]
pub struct FrontEnd {
    /// Makes it ready to compile, with what queries refer to.
    pub load: fn(&Resources) -> Result<Box<dyn Compile>, LoadError>,
    /// Its whole vocabulary.
    pub words: fn() -> Vec<Entry>,
    /// What may stand at a place, in the order in which it is offered.
    pub wanted: fn(&Cursor<'_>) -> Vec<Wanted>,
    /// The fields of a view that queries name.
    pub fields: fn(&View) -> Vec<&str>,
    /// Queries that a new pack begins with.
    pub starters: Starters,
}

/// Queries that a new pack begins with, as templates.
#[derive(Debug, Clone, Copy)]
pub struct Starters {
    /// A provider of logs, and a detection of one of its actions.
    pub detections: &'static [(&'static str, &'static str)],
    /// Name without ending, and text, of queries for hunting.
    pub hunts: &'static [(&'static str, &'static str)],
}

impl Definition {
    /// The endings, without the dot, of its files: of plain queries where there are such, then of rules around a
    /// query.
    pub fn endings(&self) -> impl Iterator<Item = &'static str> {
        self.ending.into_iter().chain(self.rule_endings.iter().copied())
    }

    /// Whether quarry runs it.
    #[must_use]
    pub const fn runs(&self) -> bool {
        self.front_end.is_some()
    }

    /// Whether editors or Markdown mean this language by a word, in any case.
    #[must_use]
    pub fn is_called(&self, word: &str) -> bool {
        let mut names = std::iter::once(&self.id).chain(self.editor_ids);
        names.any(|name| name.eq_ignore_ascii_case(word))
    }
}
