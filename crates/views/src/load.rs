//! From view files to views.

mod derivation;
mod document;
mod files;
mod formats;
mod views;

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use quarry_diagnostic::Diagnostic;

use crate::{LogFormats, LogType, View};
use document::Document;

/// The view files of the crate.
const EMBEDDED: [(&str, &str); 13] = [
    ("formats.toml", include_str!("../data/formats.toml")),
    ("reshapes.toml", include_str!("../data/reshapes.toml")),
    ("splunk.toml", include_str!("../data/splunk.toml")),
    ("splunk-aws.toml", include_str!("../data/splunk-aws.toml")),
    ("splunk-entra.toml", include_str!("../data/splunk-entra.toml")),
    ("splunk-o365.toml", include_str!("../data/splunk-o365.toml")),
    ("splunk-lake.toml", include_str!("../data/splunk-lake.toml")),
    ("qradar.toml", include_str!("../data/qradar.toml")),
    ("qradar-other.toml", include_str!("../data/qradar-other.toml")),
    ("sentinel.toml", include_str!("../data/sentinel.toml")),
    ("sentinel-entra.toml", include_str!("../data/sentinel-entra.toml")),
    ("sentinel-o365.toml", include_str!("../data/sentinel-o365.toml")),
    ("alert.toml", include_str!("../data/alert.toml")),
];

/// All formats and views: the embedded ones and the user's.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Containers and log types.
    pub formats: LogFormats,
    /// Views by name.
    pub views: Vec<View>,
    /// Files that the user names for queries to read.
    pub files: UserFiles,
}

/// Files that a `quarry.toml` names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFiles {
    /// Reference sets, maps and tables as CSV.
    pub reference: Vec<NamedFile>,
    /// Saved searches, each the query of one.
    pub saved_searches: Vec<NamedFile>,
}

/// A file under the name that queries use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// The name.
    pub name: String,
    /// Where it is; a relative path is from the folder of `quarry.toml`.
    pub file: PathBuf,
    /// Whether its values are the same in any case.
    pub ignore_case: bool,
}

/// A view file that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// The file.
    pub file: String,
    /// What is wrong, with line and column where known.
    pub message: String,
    /// The same with its place in the file, to be rendered.
    pub diagnostic: Box<Diagnostic>,
}

impl LoadError {
    fn with_help(mut self, help: &str) -> Self {
        self.message = format!("{}: {help}", self.message);
        self.diagnostic.help.push(help.to_owned());
        self
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.file, self.message)
    }
}

impl std::error::Error for LoadError {}

impl Catalog {
    /// The embedded catalog, extended by the text of a user's `quarry.toml` if given: (name, text).
    ///
    /// The user's file has the same tables as the embedded ones (docs/views.md): a field of the same name under the
    /// same source type replaces the embedded one.
    ///
    /// ```
    /// use quarry_views::Catalog;
    /// let text = r#"
    /// [[view.splunk.source]]
    /// log_type = "aws.cloudtrail"
    /// fields.team = "requestParameters.tags.team"
    /// "#;
    /// let catalog = Catalog::load(Some(("quarry.toml", text)))?;
    /// assert!(catalog.view("splunk").is_some_and(|view| view.field_names().contains(&"team")));
    /// # Ok::<(), quarry_views::LoadError>(())
    /// ```
    ///
    /// # Errors
    /// If a file is not TOML, has an unknown key, or names an unknown log type or bad expression.
    pub fn load(user: Option<(&str, &str)>) -> Result<Self, LoadError> {
        let files = EMBEDDED.into_iter().chain(user);
        let documents =
            files.map(|(file, text)| Document::parse(file, text)).collect::<Result<Vec<_>, _>>()?;
        let mut log_formats = LogFormats::default();
        let mut user_files = UserFiles::default();
        if let (Some((file, _)), Some(document)) = (user, documents.last()) {
            files::extend(&mut user_files, file, document.root())?;
        }
        for (index, document) in documents.iter().enumerate() {
            formats::extend(&mut log_formats, document.root(), index >= EMBEDDED.len())?;
        }
        let views = views::build(&documents, &log_formats)?;
        Ok(Self { formats: log_formats, views, files: user_files })
    }

    /// The embedded catalog, which a process reads once.
    ///
    /// # Errors
    /// As [`Catalog::load`].
    pub fn embedded() -> Result<Arc<Self>, LoadError> {
        static CATALOG: OnceLock<Arc<Catalog>> = OnceLock::new();
        match CATALOG.get() {
            Some(catalog) => Ok(Arc::clone(catalog)),
            None => Self::load(None).map(|catalog| Arc::clone(CATALOG.get_or_init(|| Arc::new(catalog)))),
        }
    }

    /// A view by name.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<&View> {
        self.views.iter().find(|view| view.name == name)
    }

    /// A log type by identifier.
    #[must_use]
    pub fn log_type(&self, id: &str) -> Option<&LogType> {
        self.formats.log_types.iter().find(|log_type| log_type.id == id)
    }

    /// Identifiers of all log types, in the order they are tried.
    #[must_use]
    pub fn log_type_ids(&self) -> Vec<&str> {
        self.formats.log_types.iter().map(|log_type| log_type.id.as_str()).collect()
    }
}

#[cfg(test)]
#[path = "load/tests.rs"]
mod tests;
